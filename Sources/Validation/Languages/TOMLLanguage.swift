// TOML samples, read by toml++ through TOMLKit (which refuses more than 256 levels itself).

import Domain
import TOMLKit

struct TOMLLanguage: Language {
  let name = "toml"
  let names = ["toml"]

  func judge(_ samples: [Sample], tools: (any ToolRunner)?) -> [SyntaxVerdict] { samples.map(Self.judge) }

  private static func judge(_ sample: Sample) -> SyntaxVerdict {
    guard let text = sample.text else { return .unjudged(.notText, "the sample is not UTF-8") }
    do {
      _ = try TOMLTable(string: text)
      return .valid
    } catch let error as TOMLParseError {
      return verdict(error, in: sample)
    } catch {
      return .unjudged(.timedOut, "the parser gave up")
    }
  }

  private static func verdict(_ error: TOMLParseError, in sample: Sample) -> SyntaxVerdict {
    if !sample.isWhole, sample.hasTemplateMarks || sample.hasElision || sample.contains("<") || redefines(error) {
      return .unjudged(.fragment, "the sample leaves something out or shows alternatives")
    }
    let range = sample.range(line: error.source.begin.line, column: error.source.begin.column)
    return .broken(SyntaxProblem(range: range, message: oneLine(error.description)))
  }

  private static func redefines(_ error: TOMLParseError) -> Bool {
    let text = error.description.lowercased()
    return text.contains("redefin") || text.contains("already") || text.contains("duplicate")
  }

  /// toml++ writes whole sentences: `Error while parsing key-value pair: encountered end-of-file`.
  private static func oneLine(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    return line.hasPrefix("Error while ") ? "while " + line.dropFirst("Error while ".count) : line
  }
}
