// Reads JSON strictly (RFC 8259) in one pass and keeps nothing: the responder must know that a body is one whole object before
// it answers, for thousands of bodies a second, and building a tree would cost many times more than hashing the bytes does.
//
// How: recursive descent over a pointer. Strings are passed eight bytes at a time while none of them is a quote, a backslash,
// a control character or the start of a longer UTF-8 sequence. Strings that lie on a wanted path are remembered as offsets.

/// Where and why a text is not JSON.
public struct JSONProblem: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Reason: String, Sendable, Hashable {
    case empty = "expected an object"
    case notAnObject = "expected an object, starting with {"
    case value = "expected a value"
    case key = "expected a name in quotes"
    case colon = "expected a colon"
    case separator = "expected a comma or the end of the list or object"
    case string = "the string does not end"
    case control = "a control character in a string"
    case escape = "an escape that does not exist"
    case surrogate = "half of a surrogate pair"
    case encoding = "not UTF-8"
    case number = "a malformed number"
    case trailing = "expected nothing after the value"
    case depth = "nested too deeply"
  }
  /// In bytes.
  public let offset: Int
  public let reason: Reason

  public var description: String { "byte \(offset): \(reason.rawValue)" }
}

/// The scanner's state; `PayloadScanner` is its safe face. Every read is behind a comparison of `index` with `count`.
struct JSONScanner {
  private let base: UnsafePointer<UInt8>
  private let count: Int
  private var index = 0
  private let maximumDepth: Int
  private let wanted: [[[UInt8]]]
  /// Where each wanted path's string begins and ends, without its quotes, and whether it contains escapes.
  private(set) var found: [(start: Int, end: Int, isEscaped: Bool)?]

  /// The bytes must outlive the scanner. At most 64 paths are wanted.
  init(base: UnsafePointer<UInt8>, count: Int, maximumDepth: Int, wanted: [[[UInt8]]]) {
    precondition(wanted.count <= 64, "a scan looks for at most 64 paths")
    self.base = base
    self.count = count
    self.maximumDepth = maximumDepth
    self.wanted = wanted
    found = Array(repeating: nil, count: wanted.count)
  }

  mutating func scanDocument(mustBeObject: Bool) throws(JSONProblem) {
    skipBlanks()
    guard index < count else { throw problem(.empty) }
    if mustBeObject, base[index] != 0x7B { throw problem(.notAnObject) }
    try scanValue(depth: 0, active: wanted.isEmpty ? 0 : UInt64.max >> UInt64(64 - wanted.count))
    skipBlanks()
    if index < count { throw problem(.trailing) }
  }

  // MARK: Values

  /// `active` has a bit for each wanted path whose first `depth` components led here.
  private mutating func scanValue(depth: Int, active: UInt64) throws(JSONProblem) {
    guard index < count else { throw problem(.value) }
    switch base[index] {
    case 0x22: try scanStringValue(depth: depth, active: active)
    case 0x7B: try scanObject(depth: depth + 1, active: active)
    case 0x5B: try scanArray(depth: depth + 1)
    case 0x74: try scanLiteral("true")
    case 0x66: try scanLiteral("false")
    case 0x6E: try scanLiteral("null")
    default: try scanNumber()
    }
  }

  private mutating func scanObject(depth: Int, active: UInt64) throws(JSONProblem) {
    guard depth <= maximumDepth else { throw problem(.depth) }
    index += 1
    skipBlanks()
    if take(0x7D) { return }
    while true {
      guard index < count, base[index] == 0x22 else { throw problem(.key) }
      let start = index + 1
      let isEscaped = try scanString()
      let inner = active == 0 ? 0 : matching(start, index - 1, isEscaped, component: depth - 1, active: active)
      skipBlanks()
      guard take(0x3A) else { throw problem(.colon) }
      skipBlanks()
      try scanValue(depth: depth, active: inner)
      skipBlanks()
      if take(0x7D) { return }
      guard take(0x2C) else { throw problem(.separator) }
      skipBlanks()
    }
  }

  private mutating func scanArray(depth: Int) throws(JSONProblem) {
    guard depth <= maximumDepth else { throw problem(.depth) }
    index += 1
    skipBlanks()
    if take(0x5D) { return }
    while true {
      try scanValue(depth: depth, active: 0)
      skipBlanks()
      if take(0x5D) { return }
      guard take(0x2C) else { throw problem(.separator) }
      skipBlanks()
    }
  }

  private mutating func scanLiteral(_ literal: StaticString) throws(JSONProblem) {
    guard index + literal.utf8CodeUnitCount <= count else { throw problem(.value) }
    for offset in 0..<literal.utf8CodeUnitCount where base[index + offset] != literal.utf8Start[offset] { throw problem(.value) }
    index += literal.utf8CodeUnitCount
  }

  private mutating func scanNumber() throws(JSONProblem) {
    let start = index
    let isNegative = take(0x2D)
    guard index < count, isDigit(base[index]) else {
      index = start
      throw problem(isNegative ? .number : .value)
    }
    if !take(0x30) { skipDigits() }
    if take(0x2E), !skipDigits() { throw problem(.number) }
    if take(0x65) || take(0x45) {
      if !take(0x2B) { _ = take(0x2D) }
      if !skipDigits() { throw problem(.number) }
    }
  }

  // MARK: Wanted paths

  /// The wanted paths whose next component is the key between the offsets.
  private func matching(_ start: Int, _ end: Int, _ isEscaped: Bool, component: Int, active: UInt64) -> UInt64 {
    let raw = UnsafeBufferPointer(start: base + start, count: end - start)
    let plain = isEscaped ? JSONText.unescaped(raw) : nil
    var result: UInt64 = 0
    var rest = active
    while rest != 0 {
      let bit = rest.trailingZeroBitCount
      rest &= rest - 1
      let path = wanted[bit]
      guard component < path.count else { continue }
      let isMatch = plain.map { $0 == path[component] } ?? raw.elementsEqual(path[component])
      if isMatch { result |= 1 << UInt64(bit) }
    }
    return result
  }

  private mutating func scanStringValue(depth: Int, active: UInt64) throws(JSONProblem) {
    let start = index + 1
    let isEscaped = try scanString()
    var rest = active
    while rest != 0 {
      let bit = rest.trailingZeroBitCount
      rest &= rest - 1
      if wanted[bit].count == depth, found[bit] == nil { found[bit] = (start, index - 1, isEscaped) }
    }
  }

  // MARK: Strings

  /// Passes the string whose opening quote is at `index`; true when it contains escapes.
  private mutating func scanString() throws(JSONProblem) -> Bool {
    index += 1
    var isEscaped = false
    while true {
      skipPlain()
      guard index < count else { throw problem(.string) }
      switch base[index] {
      case 0x22:
        index += 1
        return isEscaped
      case 0x5C:
        isEscaped = true
        try scanEscape()
      case 0x00...0x1F: throw problem(.control)
      case 0x80...0xFF: try scanSequence()
      default: index += 1
      }
    }
  }

  /// Passes eight bytes at a time up to the first that is special. In the words below, a byte's top bit is set when the byte
  /// is below 0x20, a quote, a backslash or above 0x7F; a borrow can only set bits above the first true one.
  private mutating func skipPlain() {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let tops: UInt64 = 0x8080_8080_8080_8080
    while index + 8 <= count {
      let word = UInt64(littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
      let quotes = word ^ (ones &* 0x22)
      let slashes = word ^ (ones &* 0x5C)
      let low = (word &- ones &* 0x20) & ~word
      let special = (low | ((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes) | word) & tops
      if special != 0 {
        index += special.trailingZeroBitCount >> 3
        return
      }
      index += 8
    }
  }

  private mutating func scanEscape() throws(JSONProblem) {
    guard index + 1 < count else { throw problem(.string) }
    switch base[index + 1] {
    case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: index += 2
    case 0x75: try scanUnicodeEscape()
    default: throw problem(.escape)
    }
  }

  private mutating func scanUnicodeEscape() throws(JSONProblem) {
    guard let unit = JSONText.hexadecimal(base, index + 2, count) else { throw problem(.escape) }
    if unit & 0xF800 != 0xD800 {
      index += 6
      return
    }
    let isPair = unit < 0xDC00 && index + 7 < count && base[index + 6] == 0x5C && base[index + 7] == 0x75
    guard isPair, let second = JSONText.hexadecimal(base, index + 8, count), second & 0xFC00 == 0xDC00 else { throw problem(.surrogate) }
    index += 12
  }

  /// Passes one well-formed UTF-8 sequence of two to four bytes (Unicode 16, table 3-7).
  private mutating func scanSequence() throws(JSONProblem) {
    let first = base[index]
    let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    guard first >= 0xC2, first <= 0xF4, index + length <= count else { throw problem(.encoding) }
    let second = base[index + 1]
    let lowest: UInt8 = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80
    let highest: UInt8 = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF
    guard second >= lowest, second <= highest else { throw problem(.encoding) }
    for offset in 2..<max(2, length) where base[index + offset] & 0xC0 != 0x80 { throw problem(.encoding) }
    index += length
  }

  // MARK: Bytes

  private mutating func skipBlanks() {
    while index < count {
      let byte = base[index]
      guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      index += 1
    }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard index < count, base[index] == byte else { return false }
    index += 1
    return true
  }

  @discardableResult private mutating func skipDigits() -> Bool {
    let start = index
    while index < count, isDigit(base[index]) { index += 1 }
    return index > start
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  private func problem(_ reason: JSONProblem.Reason) -> JSONProblem { JSONProblem(offset: index, reason: reason) }
}

/// The text of strings that the scanner has passed.
enum JSONText {
  /// The bytes of a well-formed string with its escapes resolved.
  static func unescaped(_ raw: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(raw.count)
    var index = 0
    while index < raw.count {
      guard raw[index] == 0x5C, index + 1 < raw.count else {
        text.append(raw[index])
        index += 1
        continue
      }
      index += raw[index + 1] == 0x75 ? appendUnicode(raw, index, to: &text) : appendSimple(raw[index + 1], to: &text)
    }
    return text
  }

  /// Four hexadecimal digits at `start`.
  static func hexadecimal(_ base: UnsafePointer<UInt8>, _ start: Int, _ count: Int) -> UInt32? {
    guard start + 4 <= count else { return nil }
    var value: UInt32 = 0
    for offset in 0..<4 {
      let byte = base[start + offset]
      switch byte {
      case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
      case 0x41...0x46: value = value << 4 | UInt32(byte - 0x41 + 10)
      case 0x61...0x66: value = value << 4 | UInt32(byte - 0x61 + 10)
      default: return nil
      }
    }
    return value
  }

  private static func appendSimple(_ letter: UInt8, to text: inout [UInt8]) -> Int {
    switch letter {
    case 0x62: text.append(0x08)
    case 0x66: text.append(0x0C)
    case 0x6E: text.append(0x0A)
    case 0x72: text.append(0x0D)
    case 0x74: text.append(0x09)
    default: text.append(letter)
    }
    return 2
  }

  private static func appendUnicode(_ raw: UnsafeBufferPointer<UInt8>, _ index: Int, to text: inout [UInt8]) -> Int {
    guard let base = raw.baseAddress, var value = hexadecimal(base, index + 2, raw.count) else { return 2 }
    var length = 6
    if value & 0xFC00 == 0xD800, let second = hexadecimal(base, index + 8, raw.count) {
      value = 0x10000 + (value - 0xD800) << 10 + (second & 0x3FF)
      length = 12
    }
    if let scalar = Unicode.Scalar(value) { text.append(contentsOf: String(scalar).utf8) }
    return length
  }
}
