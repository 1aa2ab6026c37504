// JSON samples. In documentation `json` often means "about JSON": with comments, with `...`, a list's middle, two alternatives. So a
// sample is called broken only when it is clearly one whole JSON text: it begins and ends with its brackets and has none of these marks.

import Domain

struct JSONLanguage: Language {
  let name = "json"
  let names = ["json"]

  func judge(_ samples: [Sample], tools: (any ToolRunner)?) -> [SyntaxVerdict] { samples.map(Self.judge) }

  private static func judge(_ sample: Sample) -> SyntaxVerdict {
    guard let problem = JSONScanner.problem(in: sample.code) else { return .valid }
    if !sample.isWhole, !isClearlyJSON(sample) || forgives(problem, in: sample) {
      return .unjudged(.fragment, "the sample is not one whole JSON text")
    }
    return .broken(SyntaxProblem(range: problem.range, message: problem.message))
  }

  private static func isClearlyJSON(_ sample: Sample) -> Bool {
    let code = sample.code
    guard let first = code.firstIndex(where: { $0 > 0x20 }), let last = code.lastIndex(where: { $0 > 0x20 }) else { return false }
    let pair = (code[first], code[last])
    guard pair == (UInt8(ascii: "{"), UInt8(ascii: "}")) || pair == (UInt8(ascii: "["), UInt8(ascii: "]")) else { return false }
    return !sample.hasTemplateMarks && !sample.hasElision && !outsideStrings(code).hasForeignMark
  }

  /// Relaxed writings that authors choose for readers: a comma behind the last value, keys without quotes, single quotes; and
  /// several texts in one block.
  private static func forgives(_ problem: JSONScanner.Problem, in sample: Sample) -> Bool {
    if problem.message.hasPrefix("a comma behind") { return true }
    if problem.message.hasPrefix("expected the end of the text") { return true }
    if problem.message.hasPrefix("a string that is not closed"), continuesDeeper(problem.range.upperBound, sample) { return true }
    guard let byte = problem.range.isEmpty ? nil : sample.code[problem.range.lowerBound] else { return false }
    if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "`") { return true }
    if problem.message.hasPrefix("expected a value, found"), byte.isLetter { return !isAlmostRight(sample.code[problem.range]) }
    return problem.message.hasPrefix("expected a key") && byte != UInt8(ascii: "}") && byte != UInt8(ascii: "\"")
  }

  /// Whether the next line begins well to the right of this one: a long string, broken for readers.
  private static func continuesDeeper(_ offset: Int, _ sample: Sample) -> Bool {
    let lines = LineIndex(sample.code)
    let number = lines.lineNumber(of: offset)
    guard number < lines.starts.count else { return false }
    func indentation(_ line: Int) -> Int { sample.code[lines.span(ofLine: line).range].prefix { $0 == 0x20 }.count }
    return indentation(number + 1) >= indentation(number) + 4
  }

  /// A word in the place of a value stands for one (`string`, `Sample`), unless it is a misspelt or a foreign constant.
  private static func isAlmostRight(_ word: ArraySlice<UInt8>) -> Bool {
    ["true", "false", "null", "none", "nil", "tru", "fals", "nul"].contains(word.text.lowercased())
  }

  private struct Marks {
    var hasForeignMark = false
  }

  /// Comments, placeholders and variables, where no string hides them. An open string ends with its line.
  private static func outsideStrings(_ code: [UInt8]) -> Marks {
    var marks = Marks()
    var inString = false
    var previous: UInt8 = 0
    for byte in code {
      if byte == 0x0A { inString = false }
      if byte == UInt8(ascii: "\""), previous != UInt8(ascii: "\\") {
        inString.toggle()
      } else if !inString, "/#<>$|*".utf8.contains(byte) {
        marks.hasForeignMark = true
      }
      previous = previous == UInt8(ascii: "\\") && byte == UInt8(ascii: "\\") ? 0 : byte
    }
    return marks
  }
}
