// JSON with comments (`jsonc`), JSON5 and JSON Lines samples. As with JSON, a fragment is called broken only when it is clearly one
// whole text: behind its comments it begins with a bracket, and nothing in it is elided.

import Domain

struct JSON5Language: ScannedLanguage {
  let name = "json5"
  let names = ["json5", "jsonc", "jsonl"]

  func mistake(in sample: Sample) -> Mistake? {
    if sample.language == "jsonl" { return Self.mistakeInLines(sample) }
    return JSON5Scanner.mistake(in: sample.code, dialect: sample.language == "json5" ? .json5 : .withComments)
  }

  func forgives(_ mistake: Mistake, in sample: Sample) -> Bool {
    if sample.language == "jsonl" { return sample.hasPlaceholder }
    // `jsonc` is also written where JSON5 is meant.
    if JSON5Scanner.mistake(in: sample.code, dialect: .json5) == nil { return true }
    return mistake.message.hasPrefix("expected the end") || !JSON5Scanner.beginsWithBracket(sample.code)
      || Self.hasForeignMark(sample, mistake)
  }

  /// Placeholders and variables on the line of the mistake.
  private static func hasForeignMark(_ sample: Sample, _ mistake: Mistake) -> Bool {
    sample.line(at: mistake.range.lowerBound).contains { "<>$|*".utf8.contains($0) }
  }

  /// One JSON text a line. In a fragment only lines that look like one: a value may be spread over lines for the reader.
  private static func mistakeInLines(_ sample: Sample) -> Mistake? {
    for line in sample.lines {
      let body = line.trimmed
      guard let first = body.first, let last = body.last else { continue }
      let looksWhole = first == UInt8(ascii: "{") && last == UInt8(ascii: "}")
      guard sample.isWhole || looksWhole, let problem = JSONScanner.problem(in: Array(body)) else { continue }
      let start = body.startIndex
      return Mistake(start + problem.range.lowerBound..<start + problem.range.upperBound, problem.message)
    }
    return nil
  }
}
