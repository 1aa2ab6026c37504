// The tokens of GraphQL. Commas are white space there.

/// One token of a text.
struct GraphQLToken {
  enum Kind { case name, number, string, mark, end }
  var kind: Kind
  var range: Range<Int>
  /// `...` is the one mark `.`.
  var text: String

  /// All tokens; the last one is the end.
  static func tokens(of bytes: [UInt8]) throws(Mistake) -> [GraphQLToken] {
    var reader = ByteReader(bytes)
    var tokens: [GraphQLToken] = []
    while true {
      skipIgnored(&reader)
      guard !reader.isAtEnd else { break }
      let start = reader.position
      let kind = try read(&reader)
      let text = kind == .mark && reader.position - start == 3 ? "." : reader.text(from: start)
      tokens.append(GraphQLToken(kind: kind, range: start..<reader.position, text: text))
    }
    return tokens + [GraphQLToken(kind: .end, range: bytes.count..<bytes.count, text: "")]
  }

  private static func skipIgnored(_ reader: inout ByteReader) {
    while !reader.isAtEnd {
      reader.skip { $0.isSpace || $0 == UInt8(ascii: ",") }
      if reader.isAt("\u{FEFF}") { reader.position += 3 } else if reader.current == UInt8(ascii: "#") { reader.skipLine() } else { return }
    }
  }

  private static func read(_ reader: inout ByteReader) throws(Mistake) -> Kind {
    let byte = reader.current
    if byte.isLetter || byte == 0x5F {
      reader.skip { $0.isLetter || $0.isDigit || $0 == 0x5F }
      return .name
    }
    if byte.isDigit || byte == UInt8(ascii: "-") {
      reader.position += 1
      reader.skip { $0.isDigit || $0.isLetter || ".+-".utf8.contains($0) }
      return .number
    }
    if byte == UInt8(ascii: "\"") {
      try string(&reader)
      return .string
    }
    if reader.skip("...") { return .mark }
    reader.position += 1
    guard "!$&():=@[]{|}".utf8.contains(byte) else { throw Mistake(at: reader.position - 1, "`\(byte.shown)` is no part of GraphQL") }
    return .mark
  }

  private static func string(_ reader: inout ByteReader) throws(Mistake) {
    let start = reader.position
    if reader.skip("\"\"\"") {
      while !reader.isAtEnd {
        if reader.skip("\\\"\"\"") { continue }
        if reader.skip("\"\"\"") { return }
        reader.position += 1
      }
      throw Mistake(.unclosed, start..<start + 3, "a text that is never closed")
    }
    reader.position += 1
    while !reader.isAtEnd, reader.current != UInt8(ascii: "\""), reader.current != 0x0A {
      reader.position += reader.current == UInt8(ascii: "\\") ? 2 : 1
    }
    guard reader.current == UInt8(ascii: "\""), !reader.isAtEnd else {
      throw Mistake(.unclosed, at: start, "a string that is not closed on its line")
    }
    reader.position += 1
  }
}
