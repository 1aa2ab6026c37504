// RFC 8259, to the letter, without recursion: brackets are kept on a stack of bytes, so depth costs a byte and not a frame.

/// Finds where a text stops being JSON.
struct JSONScanner {
  struct Problem: Error, Hashable {
    var range: Range<Int>
    var message: String
  }

  private let bytes: [UInt8]
  private var position = 0
  private var open: [UInt8] = []

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Nil when the text is one JSON value.
  static func problem(in bytes: [UInt8]) -> Problem? {
    var scanner = JSONScanner(bytes)
    do {
      try scanner.scan()
      return nil
    } catch {
      return error
    }
  }

  private mutating func scan() throws(Problem) {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw Problem(range: 0..<3, message: "a byte order mark is not allowed") }
    skipSpace()
    try value()
    while let bracket = open.last {
      skipSpace()
      try afterValue(in: bracket)
    }
    skipSpace()
    if position < bytes.count { throw unexpected("the end of the text") }
  }

  /// Behind a value inside a bracket: a comma and the next value, or the closing bracket.
  private mutating func afterValue(in bracket: UInt8) throws(Problem) {
    let closing = bracket == UInt8(ascii: "{") ? UInt8(ascii: "}") : UInt8(ascii: "]")
    guard position < bytes.count else { throw unexpected("`,` or `\(Character(UnicodeScalar(closing)))`") }
    if bytes[position] == closing {
      position += 1
      open.removeLast()
      return
    }
    guard bytes[position] == UInt8(ascii: ",") else { throw unexpected("`,` or `\(Character(UnicodeScalar(closing)))`") }
    let comma = position
    position += 1
    skipSpace()
    if position < bytes.count, bytes[position] == closing {
      throw Problem(range: comma..<comma + 1, message: "a comma behind the last value")
    }
    if bracket == UInt8(ascii: "{") { try key() }
    try value()
  }

  private mutating func value() throws(Problem) {
    while true {
      guard position < bytes.count else { throw unexpected("a value") }
      let byte = bytes[position]
      guard byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") else { return try scalar(byte) }
      position += 1
      skipSpace()
      let closing = byte == UInt8(ascii: "{") ? UInt8(ascii: "}") : UInt8(ascii: "]")
      if position < bytes.count, bytes[position] == closing {
        position += 1
        return
      }
      open.append(byte)
      if byte == UInt8(ascii: "{") { try key() }
    }
  }

  private mutating func key() throws(Problem) {
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw unexpected("a key in double quotes") }
    try string()
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else { throw unexpected("`:` behind the key") }
    position += 1
    skipSpace()
  }

  private mutating func scalar(_ byte: UInt8) throws(Problem) {
    switch byte {
    case UInt8(ascii: "\""): try string()
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
    default: try word()
    }
  }

  private mutating func word() throws(Problem) {
    let end = wordEnd(from: position)
    guard [Array("true".utf8), Array("false".utf8), Array("null".utf8)].contains(Array(bytes[position..<end])) else {
      throw unexpected("a value")
    }
    position = end
  }

  private mutating func string() throws(Problem) {
    let start = position
    position += 1
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      if bytes[position] < 0x20 {
        if bytes[position] == 0x0A || bytes[position] == 0x0D { break }
        throw Problem(range: position..<position + 1, message: "a control character inside a string")
      }
      if bytes[position] == UInt8(ascii: "\\") { try escape() } else { position += 1 }
    }
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
      throw Problem(range: start..<position, message: "a string that is not closed on its line")
    }
    position += 1
  }

  private mutating func escape() throws(Problem) {
    let start = position
    position += 1
    let kind = position < bytes.count ? bytes[position] : 0
    if kind == UInt8(ascii: "u") {
      let digits = bytes[(position + 1)..<min(bytes.count, position + 5)]
      guard digits.count == 4, digits.allSatisfy(Self.isHexadecimal) else {
        throw Problem(range: start..<min(bytes.count, position + 1), message: "an escape `\\u` without four hexadecimal digits")
      }
      position += 5
    } else if "\"\\/bfnrt".utf8.contains(kind) {
      position += 1
    } else {
      throw Problem(range: start..<min(bytes.count, position + 1), message: "an escape that JSON does not know")
    }
  }

  private mutating func number() throws(Problem) {
    let start = position
    if bytes[position] == UInt8(ascii: "-") { position += 1 }
    let zero = position < bytes.count && bytes[position] == UInt8(ascii: "0")
    let whole = digits()
    var isRight = whole > 0 && !(zero && whole > 1)
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      position += 1
      isRight = isRight && digits() > 0
    }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") { position += 1 }
      isRight = isRight && digits() > 0
    }
    guard isRight, wordEnd(from: position) == position else {
      throw Problem(range: start..<max(start + 1, wordEnd(from: position)), message: "a number as JSON does not write it")
    }
  }

  private mutating func digits() -> Int {
    let start = position
    while position < bytes.count, bytes[position] >= 48, bytes[position] <= 57 { position += 1 }
    return position - start
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
  }

  private func unexpected(_ expected: String) -> Problem {
    guard position < bytes.count else {
      let end = bytes.count
      return Problem(range: end..<end, message: "expected \(expected), but the text ends")
    }
    let end = max(position + 1, wordEnd(from: position))
    let found = String(decoding: bytes[position..<min(end, position + 40)], as: UTF8.self)
    return Problem(range: position..<end, message: "expected \(expected), found `\(found)`")
  }

  private func wordEnd(from start: Int) -> Int {
    var end = start
    while end < bytes.count, Self.isWord(bytes[end]) { end += 1 }
    return end
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || (byte >= 48 && byte <= 57) || byte == 95 || byte == 36 || byte >= 0x80
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (byte >= 48 && byte <= 57) || (byte | 0x20 >= 97 && byte | 0x20 <= 102)
  }
}
