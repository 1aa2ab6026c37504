// HCL samples (Terraform, Packer): brackets, comments, heredocs, and strings with the templates inside them.

import Domain

struct HCLLanguage: ScannedLanguage {
  let name = "hcl"
  let names = ["hcl"]

  private static let grammar = BracketGrammar(
    quotes: [], hasSlashComments: true, hasHashComments: true,
    special: { (reader: inout ByteReader) throws(Mistake) in
      if reader.current == UInt8(ascii: "\"") {
        try template(&reader)
        return .passed
      }
      return try skipHeredoc(&reader) ? .passed : .none
    })

  func mistake(in sample: Sample) -> Mistake? { Self.grammar.mistake(in: sample.code) }

  func forgives(_ mistake: Mistake, in sample: Sample) -> Bool { sample.hasPlaceholder || mistake.kind == .unclosed }

  private enum Level {
    case string(Int)
    case interpolation(Int)
  }

  /// `"a ${f("b")} c"`: strings and templates inside one another, on a list.
  private static func template(_ reader: inout ByteReader) throws(Mistake) {
    var levels = [Level.string(reader.position)]
    reader.position += 1
    while let level = levels.last {
      switch level {
      case .string(let start):
        if reader.isAtEnd || reader.current == 0x0A { throw Mistake(.unclosed, at: start, "a string that is not closed on its line") }
        readString(&reader, &levels)
      case .interpolation(let start):
        if reader.isAtEnd { throw Mistake(.unclosed, at: start, "a template that is never closed") }
        readInterpolation(&reader, &levels)
      }
    }
  }

  private static func readString(_ reader: inout ByteReader, _ levels: inout [Level]) {
    if reader.skip("$${") || reader.skip("%%{") { return }
    let place = reader.position
    if reader.skip("${") || reader.skip("%{") { return levels.append(.interpolation(place)) }
    if reader.current == UInt8(ascii: "\"") { levels.removeLast() }
    reader.position += reader.current == UInt8(ascii: "\\") ? 2 : 1
  }

  private static func readInterpolation(_ reader: inout ByteReader, _ levels: inout [Level]) {
    switch reader.current {
    case UInt8(ascii: "\""): levels.append(.string(reader.position))
    case UInt8(ascii: "{"): levels.append(.interpolation(reader.position))
    case UInt8(ascii: "}"): levels.removeLast()
    default: break
    }
    reader.position += 1
  }

  /// `<<EOF` and `<<-EOF`, to the line that says `EOF`.
  private static func skipHeredoc(_ reader: inout ByteReader) throws(Mistake) -> Bool {
    guard reader.isAt("<<") else { return false }
    let start = reader.position
    var ahead = reader
    ahead.position += ahead.peek(2) == UInt8(ascii: "-") ? 3 : 2
    let nameStart = ahead.position
    ahead.skip { $0.isWord || $0 == UInt8(ascii: "-") }
    let name = ahead.bytes[nameStart..<ahead.position]
    guard let first = name.first, !first.isDigit else { return false }
    ahead.skipLine()
    while !ahead.isAtEnd {
      ahead.position += 1
      let lineStart = ahead.position
      ahead.skipLine()
      if ahead.bytes[lineStart..<ahead.position].trimmed == name {
        reader = ahead
        return true
      }
    }
    throw Mistake(.unclosed, start..<nameStart + name.count, "a heredoc without the line that ends it")
  }
}
