// TOML samples.

import Domain

struct TOMLLanguage: Language {
  let name = "toml"
  let names = ["toml"]

  func judge(_ samples: [Sample], tools: (any ToolRunner)?) -> [SyntaxVerdict] { samples.map(Self.judge) }

  private static func judge(_ sample: Sample) -> SyntaxVerdict {
    guard sample.text != nil else { return .unjudged(.notText, "the sample is not UTF-8") }
    switch TOMLScanner.problem(in: sample.code) {
    case nil: return .valid
    case .tooDeep: return .unjudged(.tooLarge, "the sample is nested more than \(TOMLScanner.maximumDepth) levels deep")
    case .mistake(let range, let message):
      if !sample.isWhole, forgives(message, in: sample) {
        return .unjudged(.fragment, "the sample leaves something out or shows alternatives")
      }
      return .broken(SyntaxProblem(range: range, message: message))
    }
  }

  private static func forgives(_ message: String, in sample: Sample) -> Bool {
    sample.hasTemplateMarks || sample.hasElision || sample.contains("<") || message.contains("defined")
  }
}
