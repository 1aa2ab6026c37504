// YAML samples, read by libyaml through Yams.

import Domain
import Yams

struct YAMLLanguage: Language {
  let name = "yaml"
  let names = ["yaml"]

  /// Yams builds nodes with a call inside a call for each level: deeper texts would need an unknown amount of stack.
  static let maximumDepth = 96

  func judge(_ samples: [Sample], tools: (any ToolRunner)?) -> [SyntaxVerdict] { samples.map(Self.judge) }

  private static func judge(_ sample: Sample) -> SyntaxVerdict {
    guard let text = sample.text else { return .unjudged(.notText, "the sample is not UTF-8") }
    guard depth(of: sample.code) <= maximumDepth else {
      return .unjudged(.tooLarge, "the sample may be nested more than \(maximumDepth) levels deep")
    }
    guard let error = error(in: text) else { return .valid }
    return verdict(error, in: sample)
  }

  private static func error(in text: String) -> (any Error)? {
    do {
      let parser = try Parser(yaml: text)
      while try parser.nextRoot() != nil {}
      return nil
    } catch {
      return error
    }
  }

  private static func verdict(_ error: any Error, in sample: Sample) -> SyntaxVerdict {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _):
      let range = sample.range(line: mark.line, column: mark.column)
      if !sample.isWhole, sample.hasTemplateMarks || sample.hasElision || isNotation(sample, at: range.lowerBound) {
        return .unjudged(.fragment, "the sample leaves something out")
      }
      return .broken(SyntaxProblem(range: range, message: problem))
    case .composer(_, let problem, let mark, _):
      guard sample.isWhole else { return .unjudged(.fragment, "the sample names an anchor that stands elsewhere") }
      return .broken(SyntaxProblem(range: sample.range(line: mark.line, column: mark.column), message: problem))
    case .duplicatedKeysInMapping(let duplicates, let context):
      guard sample.isWhole else { return .unjudged(.fragment, "the sample shows alternatives") }
      let range = sample.range(line: context.mark.line, column: context.mark.column)
      return .broken(
        SyntaxProblem(range: range, message: "a key stands twice in one mapping: \(duplicates.sorted().joined(separator: ", "))"))
    case .reader(let problem, _, _, _):
      return .broken(SyntaxProblem(range: sample.range(line: 1, column: 1), message: problem))
    default:
      return .unjudged(.timedOut, "the parser gave up")
    }
  }

  /// A page's notation about YAML: `<placeholder>` on the line of the error or the one before, `[option: <type>]`, the numbers of
  /// callouts, lines of a log.
  private static func isNotation(_ sample: Sample, at offset: Int) -> Bool {
    let line = sample.line(at: offset)
    let before = sample.line(at: max(0, line.startIndex - 1))
    if !Sample.placeholders(in: line).isEmpty || !Sample.placeholders(in: before).isEmpty || sample.contains("①") { return true }
    return sample.lines.contains { text in
      let body = text.trimmed
      return body.first == UInt8(ascii: "[") && body.contains(UInt8(ascii: ":")) && body.contains(UInt8(ascii: "<")) || isLogged(body)
    }
  }

  /// `2026-01-31 …`: a log begins its lines with the day.
  private static func isLogged(_ body: ArraySlice<UInt8>) -> Bool {
    body.count > 11 && body.prefix(4).allSatisfy(\.isDigit) && body.dropFirst(4).first == UInt8(ascii: "-")
      && body.dropFirst(7).first == UInt8(ascii: "-") && body.dropFirst(10).first != UInt8(ascii: ":")
  }

  /// An upper bound of the nesting: brackets that are open, and indentation with its dashes, line by line.
  private static func depth(of code: [UInt8]) -> Int {
    var brackets = 0
    var deepest = 0
    var column = 0
    var atStart = true
    for byte in code {
      switch byte {
      case 0x0A:
        column = 0
        atStart = true
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        brackets += 1
        atStart = false
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        brackets = max(0, brackets - 1)
        atStart = false
      case 0x20, UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"): if atStart { column += 1 }
      default: atStart = false
      }
      deepest = max(deepest, brackets + (column + 1) / 2)
    }
    return deepest
  }
}
