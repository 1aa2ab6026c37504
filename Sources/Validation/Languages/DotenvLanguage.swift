// `.env` samples: `KEY=value` lines. A fragment is called broken only where a value's quote is never closed; a whole file must have
// a name and `=` on each line as well.

import Domain

struct DotenvLanguage: ScannedLanguage {
  let name = "dotenv"
  let names = ["dotenv"]

  func mistake(in sample: Sample) -> Mistake? {
    var reader = ByteReader(sample.code)
    do throws(Mistake) {
      while !reader.isAtEnd { try Self.line(&reader, isStrict: sample.isWhole) }
      return nil
    } catch {
      return error
    }
  }

  func forgives(_ mistake: Mistake, in sample: Sample) -> Bool { sample.hasPlaceholder }

  private static func line(_ reader: inout ByteReader, isStrict: Bool) throws(Mistake) {
    reader.skipSpace()
    guard !reader.isAtEnd else { return }
    guard reader.current != UInt8(ascii: "#") else { return reader.skipLine() }
    let start = reader.position
    reader.skip { $0 != 0x0A && $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "#") }
    guard reader.current == UInt8(ascii: "=") else {
      let name = reader.bytes[start..<reader.position].trimmed
      reader.skipLine()
      if isStrict { throw Mistake(start..<start + name.count, "a line without `=`") }
      return
    }
    if isStrict, !isName(reader.bytes[start..<reader.position].trimmed) {
      throw Mistake(start..<max(start + 1, reader.position), "a name that no environment variable can have")
    }
    reader.position += 1
    reader.skip(while: \.isBlank)
    try value(&reader)
  }

  /// `export` may stand before a name.
  private static func isName(_ text: ArraySlice<UInt8>) -> Bool {
    let name = text.starts(with: "export ") ? text.dropFirst(7).trimmed : text
    guard let first = name.first, !first.isDigit else { return false }
    return name.allSatisfy { $0.isWord || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
  }

  /// A quote counts only at the start of a value: `GREETING=it's` is right.
  private static func value(_ reader: inout ByteReader) throws(Mistake) {
    let quote = reader.current
    guard "\"'`".utf8.contains(quote) else { return reader.skipLine() }
    let start = reader.position
    reader.position += 1
    while !reader.isAtEnd, reader.current != quote {
      reader.position += reader.current == UInt8(ascii: "\\") && quote == UInt8(ascii: "\"") ? 2 : 1
    }
    if reader.isAtEnd { throw Mistake(.unclosed, at: start, "a value whose quote is never closed") }
    reader.skipLine()
  }
}
