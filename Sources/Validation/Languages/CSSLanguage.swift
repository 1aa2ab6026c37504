// CSS, SCSS and Less samples. Browsers skip what they do not know and the dialects differ, so only brackets, strings and comments are
// judged. A fragment may be declarations without a selector; `//` begins a comment, which plain CSS lacks and its authors write anyway.

import Domain

struct CSSLanguage: ScannedLanguage {
  let name = "css"
  let names = ["css", "scss", "less"]

  private static let grammar = BracketGrammar(
    quotes: [.init(byte: UInt8(ascii: "\"")), .init(byte: UInt8(ascii: "'"))], special: special)

  func mistake(in sample: Sample) -> Mistake? { Self.grammar.mistake(in: sample.code) }

  func forgives(_ mistake: Mistake, in sample: Sample) -> Bool { sample.hasPlaceholder || sample.contains("<style") }

  /// `url(…)` without quotes, escapes outside of strings, and comments to the end of the line (but not the slashes of `http://`).
  private static let special: @Sendable (inout ByteReader) throws(Mistake) -> BracketGrammar.Special = {
    (reader: inout ByteReader) throws(Mistake) in
    switch reader.current {
    case UInt8(ascii: "\\"):
      reader.position += 2
      return .passed
    case UInt8(ascii: "/") where reader.isAt("//") && reader.peek(-1) != UInt8(ascii: ":"):
      reader.skipLine()
      return .passed
    case UInt8(ascii: "u"), UInt8(ascii: "U"): return skipAddress(&reader) ? .passed : .none
    default: return .none
    }
  }

  private static func skipAddress(_ reader: inout ByteReader) -> Bool {
    guard !reader.peek(-1).isWord, reader.peek() | 0x20 == UInt8(ascii: "r"), reader.peek(2) | 0x20 == UInt8(ascii: "l"),
      reader.peek(3) == UInt8(ascii: "(")
    else { return false }
    var ahead = reader
    ahead.position += 4
    ahead.skip(while: \.isBlank)
    if ahead.current == UInt8(ascii: "\"") || ahead.current == UInt8(ascii: "'") { return false }
    ahead.skip { $0 != UInt8(ascii: ")") && $0 != 0x0A && $0 != UInt8(ascii: "(") && $0 != UInt8(ascii: "{") }
    guard ahead.current == UInt8(ascii: ")") else { return false }
    reader.position = ahead.position + 1
    return true
  }
}
