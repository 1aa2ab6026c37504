// SQL samples. Dialects differ in nearly everything, so only strings, comments and brackets are judged, and only what is wrong in each
// way of reading them: a backslash escapes or not (MySQL, the standard), `#` begins a comment or not.
//
// Forgiven in fragments: a client's prompts and the tables that it prints.

import Domain

struct SQLLanguage: ScannedLanguage {
  let name = "sql"
  let names = ["sql"]

  private static let readings = [(false, false), (true, false), (false, true), (true, true)].map {
    grammar(hasEscapes: $0, hasHashComments: $1)
  }

  func mistake(in sample: Sample) -> Mistake? {
    var first: Mistake?
    for reading in Self.readings {
      guard let found = reading.mistake(in: sample.code) else { return nil }
      first = first ?? found
    }
    return first
  }

  func forgives(_ mistake: Mistake, in sample: Sample) -> Bool {
    sample.hasPlaceholder || sample.contains("+--") || sample.contains("--+") || sample.contains("=>") || sample.contains("=#")
      || sample.contains("> ") && sample.lines.contains { $0.firstIndex(of: UInt8(ascii: ">")).map { $0 > 0 } == true && Self.isPrompt($0) }
  }

  /// `mysql> `, `sqlite> `, `db=> `.
  private static func isPrompt(_ line: ArraySlice<UInt8>) -> Bool {
    guard let mark = line.firstIndex(of: UInt8(ascii: ">")), mark > line.startIndex, mark + 1 < line.endIndex else { return false }
    return line[mark + 1] == 0x20 && line[..<mark].allSatisfy { $0.isWord || "=-.@:".utf8.contains($0) }
  }

  private static func grammar(hasEscapes: Bool, hasHashComments: Bool) -> BracketGrammar {
    BracketGrammar(
      quotes: [
        .init(byte: UInt8(ascii: "'"), hasEscapes: hasEscapes, isDoubled: true, spansLines: true),
        .init(byte: UInt8(ascii: "\""), hasEscapes: hasEscapes, isDoubled: true, spansLines: true),
        .init(byte: UInt8(ascii: "`"), hasEscapes: false, isDoubled: true, spansLines: true),
      ], hasHashComments: hasHashComments, hasDashComments: true, nestsBlockComments: !hasEscapes,
      special: { (reader: inout ByteReader) throws(Mistake) in try skipDollars(&reader) ? .passed : .none })
  }

  /// PostgreSQL's `$$ … $$` and `$tag$ … $tag$`; `$1` is a parameter.
  private static func skipDollars(_ reader: inout ByteReader) throws(Mistake) -> Bool {
    guard reader.current == UInt8(ascii: "$"), !reader.peek(-1).isWord else { return false }
    let start = reader.position
    var ahead = reader
    ahead.position += 1
    if ahead.current.isDigit { return false }
    ahead.skip(while: \.isWord)
    guard ahead.current == UInt8(ascii: "$") else { return false }
    ahead.position += 1
    let mark = ahead.bytes[start..<ahead.position]
    while !ahead.isAtEnd {
      if ahead.current == UInt8(ascii: "$"), ahead.bytes[ahead.position...].starts(with: mark) {
        reader.position = ahead.position + mark.count
        return true
      }
      ahead.position += 1
    }
    throw Mistake(.unclosed, start..<start + mark.count, "a dollar-quoted string that is never closed")
  }
}
