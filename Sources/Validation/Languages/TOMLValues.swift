// The values of TOML that hold no others: strings, numbers, dates.

extension TOMLScanner {
  mutating func value() throws(Problem) {
    switch peek() {
    case UInt8(ascii: "["): try array()
    case UInt8(ascii: "{"): try inlineTable()
    case UInt8(ascii: "\""), UInt8(ascii: "'"): try string()
    default: try scalar()
    }
  }

  // MARK: Strings

  private mutating func string() throws(Problem) {
    let quote = bytes[position]
    if bytes[position...].starts(with: [quote, quote, quote]) { return try textBlock(quote) }
    _ = try lineString(quote)
  }

  /// A string on one line; returns what it means, for keys are compared by it.
  mutating func lineString(_ quote: UInt8) throws(Problem) -> String {
    let start = position
    var text: [UInt8] = []
    position += 1
    while let byte = peek(), byte != quote, byte != 0x0A, byte != 0x0D {
      if Self.isControl(byte) { throw mistake(position..<position + 1, "a control character in a string") }
      if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        text += Array(String(try escape()).utf8)
      } else {
        text.append(byte)
        position += 1
      }
    }
    guard peek() == quote else { throw mistake(start..<position, "a string that is not closed on its line") }
    position += 1
    return String(decoding: text, as: UTF8.self)
  }

  /// `"""…"""`: up to two quotes may stand before the closing three.
  private mutating func textBlock(_ quote: UInt8) throws(Problem) {
    let start = position
    position += 3
    while let byte = peek() {
      if bytes[position...].starts(with: [quote, quote, quote]) {
        position += 3
        for _ in 0..<2 where peek() == quote { position += 1 }
        return
      }
      if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        if !(try lineContinuation()) { _ = try escape() }
      } else if byte == 0x0A || byte == 0x0D {
        _ = try lineEnding()
      } else if Self.isControl(byte) {
        throw mistake(position..<position + 1, "a control character in a string")
      } else {
        position += 1
      }
    }
    throw mistake(start..<start + 3, "a string that is not closed")
  }

  /// A backslash at the end of a line takes the line ending and all blanks behind it.
  private mutating func lineContinuation() throws(Problem) -> Bool {
    var end = position + 1
    while end < bytes.count, bytes[end] == 0x20 || bytes[end] == 0x09 { end += 1 }
    guard end < bytes.count, bytes[end] == 0x0A || bytes[end] == 0x0D else { return false }
    position = end
    return try lineEnding()
  }

  private mutating func escape() throws(Problem) -> Unicode.Scalar {
    let start = position
    let kind = position + 1 < bytes.count ? bytes[position + 1] : 0
    if let plain = Self.escapes[kind] {
      position += 2
      return plain
    }
    let length = kind == UInt8(ascii: "u") ? 4 : kind == UInt8(ascii: "U") ? 8 : 0
    let digits = String(decoding: bytes[min(bytes.count, start + 2)..<min(bytes.count, start + 2 + length)], as: UTF8.self)
    guard length > 0, digits.utf8.count == length, digits.utf8.first != UInt8(ascii: "+"), let number = UInt32(digits, radix: 16),
      let scalar = Unicode.Scalar(number)
    else { throw mistake(start..<min(bytes.count, start + 2), "an escape that TOML does not know") }
    position += 2 + length
    return scalar
  }

  private static let escapes: [UInt8: Unicode.Scalar] = [
    UInt8(ascii: "b"): "\u{8}", UInt8(ascii: "t"): "\t", UInt8(ascii: "n"): "\n", UInt8(ascii: "f"): "\u{C}", UInt8(ascii: "r"): "\r",
    UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\",
  ]

  // MARK: Words, numbers, dates

  private mutating func scalar() throws(Problem) {
    let start = position
    while let byte = peek(), Self.isBare(byte) || "+.:".utf8.contains(byte) { position += 1 }
    if isDate(bytes[start..<position]), takesTime() {
      position += 1
      while let byte = peek(), Self.isBare(byte) || "+.:".utf8.contains(byte) { position += 1 }
    }
    let text = Array(bytes[start..<position])
    guard !text.isEmpty else { throw unexpected("a value") }
    guard Self.isWord(text) || TOMLNumber.isNumber(text) || TOMLDate.isDate(text) else {
      throw mistake(start..<position, "`\(String(decoding: text.prefix(40), as: UTF8.self))` is no value: strings need quotes")
    }
  }

  private static func isWord(_ text: [UInt8]) -> Bool {
    let word = text.first == UInt8(ascii: "+") || text.first == UInt8(ascii: "-") ? text.dropFirst() : text[...]
    if word.elementsEqual("inf".utf8) || word.elementsEqual("nan".utf8) { return true }
    return text.elementsEqual("true".utf8) || text.elementsEqual("false".utf8)
  }

  private func isDate(_ text: ArraySlice<UInt8>) -> Bool { text.count == 10 && TOMLDate.isDate(Array(text)) }

  /// A space behind a date belongs to it when a time follows: `1979-05-27 07:32:00`.
  private func takesTime() -> Bool {
    guard position + 3 < bytes.count, bytes[position] == 0x20, bytes[position + 3] == UInt8(ascii: ":") else { return false }
    return Self.isDigit(bytes[position + 1]) && Self.isDigit(bytes[position + 2])
  }
}

/// Integers and floats.
enum TOMLNumber {
  static func isNumber(_ text: [UInt8]) -> Bool {
    for (prefix, digits) in [("0x", "0123456789abcdefABCDEF"), ("0o", "01234567"), ("0b", "01")] where text.starts(with: prefix.utf8) {
      return isGrouped(text[2...]) { digits.utf8.contains($0) }
    }
    var rest = text[...]
    if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
    let whole = rest.prefix { TOMLScanner.isDigit($0) || $0 == 95 }
    guard isGrouped(whole, TOMLScanner.isDigit), whole.count == 1 || whole.first != UInt8(ascii: "0") else { return false }
    rest = rest.dropFirst(whole.count)
    if rest.first == UInt8(ascii: ".") {
      let fraction = rest.dropFirst().prefix { TOMLScanner.isDigit($0) || $0 == 95 }
      guard isGrouped(fraction, TOMLScanner.isDigit) else { return false }
      rest = rest.dropFirst(1 + fraction.count)
    }
    guard let mark = rest.first else { return true }
    guard mark | 0x20 == UInt8(ascii: "e") else { return false }
    rest = rest.dropFirst()
    if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
    return isGrouped(rest, TOMLScanner.isDigit)
  }

  /// Digits with single underscores between them.
  private static func isGrouped(_ text: ArraySlice<UInt8>, _ isDigit: (UInt8) -> Bool) -> Bool {
    var wasDigit = false
    for byte in text {
      if byte == 95 {
        guard wasDigit else { return false }
        wasDigit = false
      } else {
        guard isDigit(byte) else { return false }
        wasDigit = true
      }
    }
    return wasDigit
  }
}

/// Dates and times (RFC 3339, with local forms).
enum TOMLDate {
  static func isDate(_ text: [UInt8]) -> Bool {
    var parser = Parser(rest: text[...])
    if text.count >= 3, text[2] == UInt8(ascii: ":") { return parser.time() && parser.rest.isEmpty }
    guard parser.date() else { return false }
    guard let separator = parser.rest.first else { return true }
    guard separator == 0x20 || separator | 0x20 == UInt8(ascii: "t") else { return false }
    parser.rest = parser.rest.dropFirst()
    return parser.time() && parser.offset() && parser.rest.isEmpty
  }

  private struct Parser {
    var rest: ArraySlice<UInt8>

    mutating func number(_ count: Int, _ allowed: ClosedRange<Int>) -> Int? {
      let digits = rest.prefix(count)
      guard digits.count == count, digits.allSatisfy(TOMLScanner.isDigit) else { return nil }
      rest = rest.dropFirst(count)
      let value = digits.reduce(0) { $0 * 10 + Int($1 - 48) }
      return allowed.contains(value) ? value : nil
    }

    mutating func take(_ mark: Unicode.Scalar) -> Bool {
      guard rest.first == UInt8(ascii: mark) else { return false }
      rest = rest.dropFirst()
      return true
    }

    mutating func date() -> Bool {
      guard let year = number(4, 1...9999), take("-"), let month = number(2, 1...12), take("-"), let day = number(2, 1...31) else {
        return false
      }
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      return day <= [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    mutating func time() -> Bool {
      guard number(2, 0...23) != nil, take(":"), number(2, 0...59) != nil, take(":"), number(2, 0...59) != nil else { return false }
      guard take(".") else { return true }
      let fraction = rest.prefix(while: TOMLScanner.isDigit)
      rest = rest.dropFirst(fraction.count)
      return !fraction.isEmpty
    }

    mutating func offset() -> Bool {
      if rest.isEmpty || take("Z") || take("z") { return true }
      return (take("+") || take("-")) && number(2, 0...23) != nil && take(":") && number(2, 0...59) != nil
    }
  }
}
