// Bodies of type application/x-www-form-urlencoded, which GitHub and Gitea can be set to send: one field named `payload`
// holds the JSON. The signature is over the form as it came.

enum FormBody {
  /// The JSON of a body: the body itself when it starts like JSON, else the field `payload`; nil when there is none.
  static func document(in body: [UInt8]) -> [UInt8]? {
    let first = body.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
    let looksLikeForm = first.map(RepositoryName.isAlphanumeric) ?? false
    guard looksLikeForm, body.contains(0x3D) else { return body }
    let name = Array("payload=".utf8)
    for field in body.split(separator: 0x26) where field.starts(with: name) { return decoded(field.dropFirst(name.count)) }
    return nil
  }

  /// `+` is a space, `%XX` a byte; nil when an escape is incomplete.
  static func decoded(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var index = text.startIndex
    while index < text.endIndex {
      switch text[index] {
      case 0x2B: bytes.append(0x20)
      case 0x25:
        guard index + 2 < text.endIndex, let high = digit(text[index + 1]), let low = digit(text[index + 2]) else { return nil }
        bytes.append(high << 4 | low)
        index += 2
      case let byte: bytes.append(byte)
      }
      index += 1
    }
    return bytes
  }

  private static func digit(_ character: UInt8) -> UInt8? {
    switch character {
    case 0x30...0x39: character - 0x30
    case 0x41...0x46: character - 0x41 + 10
    case 0x61...0x66: character - 0x61 + 10
    default: nil
    }
  }
}
