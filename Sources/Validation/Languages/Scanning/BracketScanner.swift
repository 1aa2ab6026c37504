// Whether brackets, strings and comments come to an end: all that can be said with certainty of languages with many dialects. A
// grammar names its strings and comments; open brackets are kept on a list, so depth costs no stack.

/// How a language writes what may hide a bracket.
struct BracketGrammar: Sendable {
  struct Quote: Sendable {
    var byte: UInt8
    /// A backslash takes the next byte's meaning away.
    var hasEscapes = true
    /// Doubled, it stands for itself.
    var isDoubled = false
    /// Otherwise it must close on its line.
    var spansLines = false
  }

  enum Special: Sendable {
    /// Nothing special stands here.
    case none
    /// It was passed over.
    case passed
  }

  var quotes: [Quote]
  /// `//`, `#`, `--`: to the end of the line.
  var hasSlashComments = false
  var hasHashComments = false
  var hasDashComments = false
  /// `/* */`.
  var hasBlockComments = true
  var nestsBlockComments = false
  /// What only this language has; asked at each byte, and moves the reader when it is there.
  var special: @Sendable (inout ByteReader) throws(Mistake) -> Special = { (_: inout ByteReader) throws(Mistake) in .none }

  /// The first mistake.
  func mistake(in code: [UInt8]) -> Mistake? {
    var scanner = BracketScanner(grammar: self, reader: ByteReader(code))
    do {
      try scanner.scan()
      return nil
    } catch {
      return error
    }
  }
}

/// One pass over a text.
private struct BracketScanner {
  let grammar: BracketGrammar
  var reader: ByteReader
  var open: [Int] = []

  mutating func scan() throws(Mistake) {
    while !reader.isAtEnd {
      if case .passed = try grammar.special(&reader) { continue }
      if try skipComment() { continue }
      if let quote = grammar.quotes.first(where: { $0.byte == reader.current }) {
        try string(quote)
      } else {
        try bracket(reader.current)
        reader.position += 1
      }
    }
    if let place = open.last { throw Mistake(.unclosed, at: place, "`\(reader.bytes[place].shown)` is never closed") }
  }

  private mutating func bracket(_ byte: UInt8) throws(Mistake) {
    if byte.closingBracket != nil { return open.append(reader.position) }
    guard byte == UInt8(ascii: ")") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") else { return }
    guard let place = open.last else { throw Mistake(.stray, at: reader.position, "`\(byte.shown)` closes nothing") }
    guard reader.bytes[place].closingBracket == byte else {
      throw Mistake(at: reader.position, "`\(byte.shown)` where `\(reader.bytes[place].shown)` is open")
    }
    open.removeLast()
  }

  private mutating func string(_ quote: BracketGrammar.Quote) throws(Mistake) {
    let start = reader.position
    reader.position += 1
    while !reader.isAtEnd {
      let byte = reader.current
      if byte == UInt8(ascii: "\\"), quote.hasEscapes {
        reader.position += reader.peek() == 0x0D && reader.peek(2) == 0x0A ? 3 : 2
      } else if byte == quote.byte {
        reader.position += 1
        guard quote.isDoubled, reader.current == quote.byte else { return }
        reader.position += 1
      } else if byte == 0x0A, !quote.spansLines {
        break
      } else {
        reader.position += 1
      }
    }
    throw Mistake(
      .unclosed, start..<min(reader.position, start + 1), "a string that is not closed\(quote.spansLines ? "" : " on its line")")
  }

  private mutating func skipComment() throws(Mistake) -> Bool {
    let byte = reader.current
    if byte == UInt8(ascii: "#"), grammar.hasHashComments {
      reader.skipLine()
    } else if byte == UInt8(ascii: "-"), grammar.hasDashComments, reader.isAt("--") {
      reader.skipLine()
    } else if byte == UInt8(ascii: "/"), grammar.hasSlashComments, reader.isAt("//") {
      reader.skipLine()
    } else if byte == UInt8(ascii: "/"), grammar.hasBlockComments, reader.isAt("/*") {
      try blockComment()
    } else {
      return false
    }
    return true
  }

  private mutating func blockComment() throws(Mistake) {
    let start = reader.position
    var depth = 0
    repeat {
      if reader.skip("*/") {
        depth -= 1
      } else if depth == 0 || grammar.nestsBlockComments, reader.skip("/*") {
        depth += 1
      } else if reader.isAtEnd {
        throw Mistake(.unclosed, start..<start + 2, "a comment that is never closed")
      } else {
        reader.position += 1
      }
    } while depth > 0
  }
}
