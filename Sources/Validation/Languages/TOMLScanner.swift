// TOML 1.0.0 (https://toml.io/en/v1.0.0), to the letter, with the place of the first mistake.
//
// Why not a library: toml++ 3.0 (through TOMLKit) aborts the process on texts like `a = 1\nb.é`, and this text comes from strangers.
// The grammar is small, so it is read here by hand; what a document defines is kept in `TOMLNames`. A property test holds both
// against Python's `tomllib`.

/// Finds where a text stops being TOML.
struct TOMLScanner {
  enum Problem: Error, Hashable {
    case mistake(range: Range<Int>, message: String)
    /// Nested deeper than `maximumDepth`: not judged.
    case tooDeep
  }

  /// Arrays and inline tables in one another: each level is a call inside a call.
  static let maximumDepth = 64

  let bytes: [UInt8]
  var position = 0
  var depth = 0
  private var names = TOMLNames()

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Nil when the text is TOML.
  static func problem(in bytes: [UInt8]) -> Problem? {
    var scanner = TOMLScanner(bytes)
    do {
      try scanner.document()
      return nil
    } catch {
      return error
    }
  }

  // MARK: Lines

  private mutating func document() throws(Problem) {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    while position < bytes.count {
      skipBlanks()
      switch peek() {
      case UInt8(ascii: "["): try header()
      case UInt8(ascii: "#"), 0x0A, 0x0D, nil: break
      default: try pair(in: names.current)
      }
      try endOfLine()
    }
  }

  /// Blanks, perhaps a comment, then a line ending or the end of the text.
  private mutating func endOfLine() throws(Problem) {
    skipBlanks()
    try comment()
    guard position < bytes.count else { return }
    guard try lineEnding() else { throw unexpected("the end of the line") }
  }

  mutating func comment() throws(Problem) {
    guard peek() == UInt8(ascii: "#") else { return }
    while let byte = peek(), byte != 0x0A, byte != 0x0D {
      if Self.isControl(byte) { throw mistake(position..<position + 1, "a control character in a comment") }
      position += 1
    }
  }

  /// Takes LF or CR LF; a CR by itself is a mistake.
  mutating func lineEnding() throws(Problem) -> Bool {
    if peek() == 0x0D {
      guard position + 1 < bytes.count, bytes[position + 1] == 0x0A else {
        throw mistake(position..<position + 1, "a carriage return without a line feed")
      }
      position += 2
      return true
    }
    guard peek() == 0x0A else { return false }
    position += 1
    return true
  }

  private mutating func header() throws(Problem) {
    let start = position
    let isArray = bytes[start...].starts(with: "[[".utf8)
    position += isArray ? 2 : 1
    skipBlanks()
    let keys = try key()
    let closing = isArray ? "]]" : "]"
    guard bytes[min(position, bytes.count)...].starts(with: closing.utf8) else { throw unexpected("`\(closing)`") }
    position += closing.utf8.count
    if let reason = isArray ? names.openElement(keys) : names.openTable(keys) { throw mistake(start..<position, reason) }
  }

  /// `key = value` in a table.
  mutating func pair(in table: Int) throws(Problem) {
    let start = position
    let keys = try key()
    var end = position
    while end > start + 1, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
    guard peek() == UInt8(ascii: "=") else { throw unexpected("`=` behind the key") }
    position += 1
    skipBlanks()
    try value()
    if let reason = names.define(keys, in: table) { throw mistake(start..<end, reason) }
  }

  /// A key, its parts separated by dots, and the blanks behind it.
  private mutating func key() throws(Problem) -> [String] {
    var parts: [String] = []
    while true {
      parts.append(try keyPart())
      skipBlanks()
      guard peek() == UInt8(ascii: ".") else { return parts }
      position += 1
      skipBlanks()
    }
  }

  private mutating func keyPart() throws(Problem) -> String {
    if let quote = peek(), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") { return try lineString(quote) }
    let start = position
    while let byte = peek(), Self.isBare(byte) { position += 1 }
    guard position > start else { throw unexpected("a key") }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  // MARK: Nested values

  mutating func array() throws(Problem) {
    let start = position
    try enter()
    position += 1
    while true {
      try skipSpaceAndComments()
      if try close(UInt8(ascii: "]")) { return }
      guard position < bytes.count else { throw mistake(start..<start + 1, "an array that is not closed") }
      try value()
      try skipSpaceAndComments()
      if try close(UInt8(ascii: "]")) { return }
      guard peek() == UInt8(ascii: ",") else { throw unexpected("`,` or `]`") }
      position += 1
    }
  }

  mutating func inlineTable() throws(Problem) {
    try enter()
    position += 1
    skipBlanks()
    if try close(UInt8(ascii: "}")) { return }
    let table = names.makeTable()
    while true {
      try pair(in: table)
      skipBlanks()
      if try close(UInt8(ascii: "}")) { return }
      guard peek() == UInt8(ascii: ",") else { throw unexpected("`,` or `}`") }
      position += 1
      skipBlanks()
    }
  }

  private mutating func enter() throws(Problem) {
    depth += 1
    if depth > Self.maximumDepth { throw .tooDeep }
  }

  private mutating func close(_ bracket: UInt8) throws(Problem) -> Bool {
    guard peek() == bracket else { return false }
    position += 1
    depth -= 1
    return true
  }

  private mutating func skipSpaceAndComments() throws(Problem) {
    while true {
      skipBlanks()
      try comment()
      guard try lineEnding() else { return }
    }
  }

  // MARK: Bytes

  func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func skipBlanks() {
    while let byte = peek(), byte == 0x20 || byte == 0x09 { position += 1 }
  }

  func mistake(_ range: Range<Int>, _ message: String) -> Problem { .mistake(range: range, message: message) }

  func unexpected(_ expected: String) -> Problem {
    guard let byte = peek() else { return mistake(bytes.count..<bytes.count, "expected \(expected), but the text ends") }
    if byte == 0x0A || byte == 0x0D { return mistake(position..<position, "expected \(expected), but the line ends") }
    var end = position + 1
    while end < bytes.count, end - position < 40, Self.isBare(bytes[position]) ? Self.isBare(bytes[end]) : bytes[end] & 0xC0 == 0x80 {
      end += 1
    }
    let found = String(decoding: bytes[position..<end], as: UTF8.self)
    return mistake(position..<end, "expected \(expected), found `\(found)`")
  }

  static func isBare(_ byte: UInt8) -> Bool {
    (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || isDigit(byte) || byte == 45 || byte == 95
  }
  static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
  static func isControl(_ byte: UInt8) -> Bool { (byte < 0x20 && byte != 0x09) || byte == 0x7F }
}
