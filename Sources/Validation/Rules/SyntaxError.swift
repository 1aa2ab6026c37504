// `syntax-error`: a sample does not parse.
//
// What parses is for the language to say (`Languages/`), before the rules run; here it becomes a finding on the document's bytes.

import Documents
import Domain

/// A sample that does not parse in the language that its fence names.
struct SyntaxErrorRule: Rule {
  let name = "syntax-error"
  let summary = "A code sample does not parse in the language that it is tagged with."

  func judge(_ context: RuleContext) -> RuleOutcome {
    RuleOutcome(
      findings: context.document.snippets.compactMap { snippet in
        guard case .broken(let problem) = context.syntax[snippet.id] else { return nil }
        let span = snippet.documentSpan(of: problem.range)
        return context.finding(self, at: span, Self.message(problem, language: snippet.language ?? ""))
      })
  }

  /// The finding on code that stands for itself.
  static func finding(_ problem: SyntaxProblem, in sample: Sample, path: String) -> Finding {
    let lines = LineIndex(sample.code)
    let span = Span(problem.range)
    let text = String(decoding: sample.code[problem.range], as: UTF8.self)
    var hash = StableHash()
    for part in ["syntax-error", path, text, problem.message] { hash.add(part) }
    return Finding(
      rule: "syntax-error", severity: .error, path: path, span: span, start: lines.position(of: span.start),
      end: lines.position(of: span.end), message: message(problem, language: sample.language), text: text, fingerprint: hash.hex)
  }

  private static func message(_ problem: SyntaxProblem, language: String) -> String { "\(language) does not parse: \(problem.message)" }
}
