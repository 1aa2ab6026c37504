// What stands in the parentheses of a link, taken apart: path, query, fragment, and which bytes each is. What a program fills in
// later (`{{ page }}`, `$HOME/x`, `<version>`) and what other programs resolve (`mailto:`, `xref:`, `doc:`, `@/x`) is no target:
// nobody can say here where it leads.

import Domain

/// A link's target, taken apart.
public struct LinkTarget: Sendable, Hashable {
  public enum Form: Sendable, Hashable {
    /// `../guide.md#install`
    case relative
    /// `/docs/guide`
    case rooted
    /// `#install`
    case fragment
    /// `https://example.org/guide`
    case url
  }
  /// As written.
  public let text: String
  public let form: Form
  /// Before the query and the fragment, with escapes (`%20`) resolved; for a URL with scheme and host.
  public let path: String
  /// The bytes of the path within `text`, as written.
  public let pathSpan: Span
  /// Behind the `#`, with escapes resolved; nil when there is no `#`.
  public let fragment: String?
  /// The bytes of the fragment within `text`, without the `#`.
  public let fragmentSpan: Span?

  /// Longer ones are no links that a person wrote.
  static let maximumLength = 2000

  /// Nil when it is not for us to say where it leads.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard !bytes.isEmpty, bytes.count <= Self.maximumLength, let form = Self.form(of: bytes) else { return nil }
    if form != .url, bytes.contains(where: Self.isForeign) { return nil }
    let hash = bytes.firstIndex(of: UInt8(ascii: "#"))
    let query = bytes[..<(hash ?? bytes.count)].firstIndex(of: UInt8(ascii: "?"))
    pathSpan = Span(0, query ?? hash ?? bytes.count)
    self.text = text
    self.form = form
    path = PercentEncoding.decoded(bytes[pathSpan.range])
    fragmentSpan = hash.map { Span($0 + 1, bytes.count) }
    fragment = fragmentSpan.map { PercentEncoding.decoded(bytes[$0.range]) }
  }

  private static func form(of bytes: [UInt8]) -> Form? {
    switch bytes[0] {
    case UInt8(ascii: "#"): return .fragment
    case UInt8(ascii: "?"), UInt8(ascii: "@"), UInt8(ascii: "~"), UInt8(ascii: ":"), UInt8(ascii: "!"), UInt8(ascii: "("):
      return nil
    case UInt8(ascii: "/"): return bytes.count > 1 && bytes[1] == bytes[0] ? nil : .rooted
    default: break
    }
    guard let end = bytes.firstIndex(where: { !isScheme($0) }), bytes[end] == UInt8(ascii: ":") else { return .relative }
    let scheme = String(decoding: bytes[..<end], as: UTF8.self).lowercased()
    return scheme == "https" || scheme == "http" ? .url : nil
  }

  private static func isScheme(_ byte: UInt8) -> Bool {
    (byte | 0x20 >= 97 && byte | 0x20 <= 122) || (byte >= 48 && byte <= 57) || byte == 43 || byte == 45 || byte == 46
  }

  /// Marks of templates and placeholders, and line breaks.
  private static func isForeign(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "$"), UInt8(ascii: "|"),
      UInt8(ascii: "*"),
      UInt8(ascii: "\\"), UInt8(ascii: "`"), UInt8(ascii: "\""), UInt8(ascii: "["), UInt8(ascii: "]"), 0x0A, 0x0D, 0x09:
      true
    default: false
    }
  }
}

/// Escapes of URLs.
public enum PercentEncoding {
  /// With `%20` and the like resolved; an incomplete escape stays as it is.
  public static func decoded(_ bytes: some Collection<UInt8>) -> String {
    guard bytes.contains(UInt8(ascii: "%")) else { return String(decoding: bytes, as: UTF8.self) }
    let source = Array(bytes)
    var result: [UInt8] = []
    var position = 0
    while position < source.count {
      if source[position] == UInt8(ascii: "%"), position + 2 < source.count, let high = hex(source[position + 1]),
        let low = hex(source[position + 2])
      {
        result.append(high << 4 | low)
        position += 3
      } else {
        result.append(source[position])
        position += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// A path as a link may have it: what would end the target or start another part of it is escaped.
  public static func encoded(_ path: String) -> String {
    var result: [UInt8] = []
    for byte in path.utf8 {
      switch byte {
      case 0...0x20, UInt8(ascii: "%"), UInt8(ascii: "#"), UInt8(ascii: "?"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"),
        UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "\\"), 0x7F:
        result += [UInt8(ascii: "%"), digit(byte >> 4), digit(byte & 15)]
      default: result.append(byte)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func hex(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 65...70: byte - 55
    case 97...102: byte - 87
    default: nil
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 55 + value }
}
