// Brackets and strings of a sample that does not parse: enough to see what is missing, with no grammar at all. One pass,
// any bytes.

import Domain

/// What a sample's brackets and strings look like.
struct SampleScan {
  /// How a language writes strings and comments.
  struct Style {
    var comment: UInt8?
    var quotes: [UInt8]
    /// Three quotes open a string of many lines.
    var hasLongStrings = false
    /// A backslash takes the next byte's meaning away inside these quotes.
    var escapes: [UInt8]

    static let json = Style(comment: nil, quotes: [quote], escapes: [quote])
    static let python = Style(comment: hash, quotes: [quote, apostrophe], hasLongStrings: true, escapes: [quote, apostrophe])
    static let toml = Style(comment: hash, quotes: [quote, apostrophe], hasLongStrings: true, escapes: [quote])
    private static let quote = UInt8(ascii: "\"")
    private static let apostrophe = UInt8(ascii: "'")
    private static let hash = UInt8(ascii: "#")
  }

  struct Bracket: Hashable {
    var byte: UInt8
    var offset: Int
    var close: UInt8 { byte == UInt8(ascii: "(") ? UInt8(ascii: ")") : byte == UInt8(ascii: "[") ? UInt8(ascii: "]") : UInt8(ascii: "}") }
  }

  /// A string without its end on its line.
  struct OpenString: Hashable {
    var quote: UInt8
    var start: Int
    /// Where its line ends, without the line break.
    var lineEnd: Int
  }

  /// A typographic quotation mark that stands where a string begins or ends.
  struct TypographicQuote: Hashable {
    var span: Span
    var straight: UInt8
  }

  let bytes: ArraySlice<UInt8>
  let style: Style
  /// Opened and not closed, outermost first.
  private(set) var open: [Bracket] = []
  /// A bracket closes what was not opened, or opened by another kind.
  private(set) var isCrossed = false
  private(set) var openStrings: [OpenString] = []
  private(set) var typographic: [TypographicQuote] = []
  /// Commas right before a closing bracket.
  private(set) var trailingCommas: [Int] = []
  /// Strings in single quotes, quotes included.
  private(set) var singleQuoted: [Span] = []
  /// The last byte that is neither blank nor in a comment.
  private(set) var lastCode: Int?

  private var comma: Int?

  /// Whether nothing is missing: every string ends on its line and every bracket is closed by its own kind.
  var isBalanced: Bool { open.isEmpty && !isCrossed && openStrings.isEmpty }

  init(_ bytes: ArraySlice<UInt8>, _ style: Style) {
    self.bytes = bytes
    self.style = style
    var position = bytes.startIndex
    while position < bytes.endIndex { position = step(position) }
  }

  private mutating func step(_ position: Int) -> Int {
    let byte = bytes[position]
    if byte <= 0x20 { return position + 1 }
    if byte == style.comment { return lineEnd(position) }
    lastCode = position
    if style.quotes.contains(byte) {
      comma = nil
      return string(position)
    }
    if let mark = typographicQuote(at: position) { return typographicString(mark) }
    // In JSON single quotes are a mistake, and worth knowing where.
    if byte == UInt8(ascii: "'"), let end = closing(byte, from: position + 1) {
      singleQuoted.append(Span(position, end + 1))
      lastCode = end
      comma = nil
      return end + 1
    }
    bracket(byte, position)
    return position + 1
  }

  private mutating func bracket(_ byte: UInt8, _ position: Int) {
    switch byte {
    case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): open.append(Bracket(byte: byte, offset: position))
    case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
      if let comma { trailingCommas.append(comma) }
      if open.last?.close == byte { open.removeLast() } else { isCrossed = true }
    default: break
    }
    comma = byte == UInt8(ascii: ",") ? position : nil
  }

  func lineEnd(_ position: Int) -> Int {
    let end = bytes[position...].firstIndex(of: 0x0A) ?? bytes.endIndex
    return end > position && bytes[end - 1] == 0x0D ? end - 1 : end
  }

  /// The next such byte of the line that no backslash precedes.
  private func closing(_ quote: UInt8, from start: Int) -> Int? {
    var position = start
    let escapes = style.escapes.contains(quote)
    while position < bytes.endIndex, bytes[position] != 0x0A {
      if bytes[position] == UInt8(ascii: "\\") && escapes {
        position += 2
        continue
      }
      if bytes[position] == quote { return position }
      position += 1
    }
    return nil
  }

  private mutating func string(_ position: Int) -> Int {
    let quote = bytes[position]
    if style.hasLongStrings, isLong(position, quote) { return longString(position, quote) }
    guard let end = closing(quote, from: position + 1) else {
      let end = lineEnd(position)
      openStrings.append(OpenString(quote: quote, start: position, lineEnd: end))
      lastCode = max(position, end - 1)
      return end
    }
    lastCode = end
    return end + 1
  }

  private func isLong(_ position: Int, _ quote: UInt8) -> Bool {
    position + 2 < bytes.endIndex && bytes[position + 1] == quote && bytes[position + 2] == quote
  }

  private mutating func longString(_ position: Int, _ quote: UInt8) -> Int {
    var end = position + 3
    while end < bytes.endIndex, !(bytes[end] == quote && isLong(end, quote)) { end += 1 }
    lastCode = min(end + 2, bytes.endIndex - 1)
    return min(end + 3, bytes.endIndex)
  }

  // MARK: Typographic quotes

  /// `“ ” „ ‟` for a quotation mark, `‘ ’` for an apostrophe: three bytes in UTF-8.
  private func typographicQuote(at position: Int) -> TypographicQuote? {
    guard position + 2 < bytes.endIndex, bytes[position] == 0xE2, bytes[position + 1] == 0x80 else { return nil }
    let span = Span(position, position + 3)
    switch bytes[position + 2] {
    case 0x9C, 0x9D, 0x9E, 0x9F: return TypographicQuote(span: span, straight: UInt8(ascii: "\""))
    case 0x98, 0x99: return TypographicQuote(span: span, straight: UInt8(ascii: "'"))
    default: return nil
    }
  }

  /// A string between typographic quotes: both are recorded when its text does not hold the straight mark.
  private mutating func typographicString(_ first: TypographicQuote) -> Int {
    var position = first.span.end
    let end = lineEnd(position)
    while position < end {
      if bytes[position] == first.straight { return position }
      if let last = typographicQuote(at: position), last.straight == first.straight {
        typographic += [first, last]
        lastCode = last.span.end - 1
        comma = nil
        return last.span.end
      }
      position += 1
    }
    return first.span.end
  }
}
