// JSON5 (https://spec.json5.org) and JSON with comments, without recursion: open brackets are kept on a list.

/// Finds where a text stops being JSON5, or JSON with comments and trailing commas.
struct JSON5Scanner {
  enum Dialect { case withComments, json5 }

  private let dialect: Dialect
  private var reader: ByteReader
  private var open: [(bracket: UInt8, place: Int)] = []

  private init(_ bytes: [UInt8], _ dialect: Dialect) {
    reader = ByteReader(bytes)
    self.dialect = dialect
  }

  /// Nil when the text is one value.
  static func mistake(in bytes: [UInt8], dialect: Dialect) -> Mistake? {
    var scanner = JSON5Scanner(bytes, dialect)
    do throws(Mistake) {
      try scanner.scan()
      return nil
    } catch {
      return error
    }
  }

  /// Whether the first byte behind comments opens an object or a list.
  static func beginsWithBracket(_ bytes: [UInt8]) -> Bool {
    var scanner = JSON5Scanner(bytes, .withComments)
    guard (try? scanner.skipSpace()) != nil else { return false }
    return scanner.reader.current == UInt8(ascii: "{") || scanner.reader.current == UInt8(ascii: "[")
  }

  private mutating func scan() throws(Mistake) {
    try skipSpace()
    try value()
    while !open.isEmpty { try afterValue() }
    try skipSpace()
    if !reader.isAtEnd { throw unexpected("the end of the text") }
  }

  /// Opens brackets until a value stands, or a bracket closes at once.
  private mutating func value() throws(Mistake) {
    while true {
      let byte = reader.current
      guard byte == UInt8(ascii: "{") || byte == UInt8(ascii: "["), !reader.isAtEnd else { return try scalar() }
      open.append((byte, reader.position))
      reader.position += 1
      try skipSpace()
      if close() { return }
      if byte == UInt8(ascii: "{") { try key() }
    }
  }

  private mutating func close() -> Bool {
    guard let bracket = open.last?.bracket, !reader.isAtEnd, reader.current == bracket.closingBracket else { return false }
    open.removeLast()
    reader.position += 1
    return true
  }

  private mutating func afterValue() throws(Mistake) {
    try skipSpace()
    if close() { return }
    guard let (bracket, place) = open.last else { return }
    let closing = (bracket.closingBracket ?? 0).shown
    if reader.isAtEnd { throw Mistake(.unclosed, at: place, "`\(bracket.shown)` is never closed") }
    guard reader.current == UInt8(ascii: ",") else { throw unexpected("`,` or `\(closing)`") }
    reader.position += 1
    try skipSpace()
    if close() { return }
    if bracket == UInt8(ascii: "{") { try key() }
    try value()
  }

  private mutating func key() throws(Mistake) {
    let byte = reader.current
    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") && dialect == .json5 {
      try string()
    } else if dialect == .json5, isName(byte), !byte.isDigit {
      reader.skip(while: isName)
    } else {
      throw unexpected(dialect == .json5 ? "a key" : "a key in double quotes")
    }
    try skipSpace()
    guard reader.current == UInt8(ascii: ":") else { throw unexpected("`:` behind the key") }
    reader.position += 1
    try skipSpace()
  }

  private func isName(_ byte: UInt8) -> Bool { byte.isWord || byte == UInt8(ascii: "$") || byte == UInt8(ascii: "\\") }

  private mutating func scalar() throws(Mistake) {
    let byte = reader.current
    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") && dialect == .json5 { return try string() }
    let start = reader.position
    reader.skip { $0.isWord || "+-.$".utf8.contains($0) }
    let word = reader.text(from: start)
    if ["true", "false", "null"].contains(word) || isNumber(word) { return }
    reader.position = start
    throw unexpected("a value")
  }

  private func isNumber(_ word: String) -> Bool {
    guard dialect == .json5 else { return !word.isEmpty && JSONScanner.problem(in: Array(word.utf8)) == nil }
    let body = word.first == "+" || word.first == "-" ? word.dropFirst() : word[...]
    if body == "Infinity" || body == "NaN" { return true }
    if body.hasPrefix("0x") || body.hasPrefix("0X") { return body.count > 2 && body.dropFirst(2).allSatisfy(\.isHexDigit) }
    guard let first = body.first, first == "." || first.isNumber, body.contains(where: \.isNumber) else { return false }
    if body.count > 1, first == "0", body.dropFirst().first?.isNumber == true { return false }
    return Double(String(body.hasPrefix(".") ? "0" + body : body)) != nil || Double(body.replacing(".", before: "e")) != nil
  }

  private mutating func string() throws(Mistake) {
    let quote = reader.current
    let start = reader.position
    reader.position += 1
    while !reader.isAtEnd, reader.current != quote {
      if reader.current == UInt8(ascii: "\\") { try escape() } else if reader.current == 0x0A { break } else { reader.position += 1 }
    }
    guard reader.current == quote, !reader.isAtEnd else { throw Mistake(.unclosed, at: start, "a string that is not closed on its line") }
    reader.position += 1
  }

  /// In JSON5 any character may be escaped, also the end of the line.
  private mutating func escape() throws(Mistake) {
    let next = reader.peek()
    if dialect == .withComments, !"\"\\/bfnrtu".utf8.contains(next) {
      throw Mistake(reader.position..<min(reader.bytes.count, reader.position + 2), "an escape that JSON does not know")
    }
    reader.position += next == 0x0D && reader.peek(2) == 0x0A ? 3 : 2
  }

  private mutating func skipSpace() throws(Mistake) {
    while true {
      reader.skip { $0.isSpace || $0 == 0xEF || $0 == 0xBB || $0 == 0xBF || $0 == 0xC2 || $0 == 0xA0 }
      let start = reader.position
      if reader.isAt("//") {
        reader.skipLine()
      } else if reader.skip("/*") {
        guard reader.skip(past: "*/") else { throw Mistake(.unclosed, start..<start + 2, "a comment that is never closed") }
      } else {
        return
      }
    }
  }

  private func unexpected(_ expected: String) -> Mistake {
    let place = reader.position
    guard place < reader.bytes.count else { return Mistake(.unclosed, place..<place, "expected \(expected), but the text ends") }
    let end = reader.bytes[place...].firstIndex { !isName($0) } ?? reader.bytes.count
    let stop = min(max(place + 1, end), place + 40)
    return Mistake(place..<stop, "expected \(expected), found `\(String(decoding: reader.bytes[place..<stop], as: UTF8.self))`")
  }
}

extension Substring {
  /// `5.e3` as `5e3`, `5.` as `5`.
  fileprivate func replacing(_ dot: String, before mark: String) -> String {
    var text = String(self)
    if text.hasSuffix(dot) { text.removeLast() }
    guard let exponent = text.firstIndex(where: { $0 == "e" || $0 == "E" }), exponent > text.startIndex else { return text }
    let before = text.index(before: exponent)
    if text[before] == "." { text.remove(at: before) }
    return text
  }
}
