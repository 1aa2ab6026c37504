// `changed-output`: a sample was run, and printed something else than the document shows.

import Documents
import Domain

/// An output in a document that its sample does not give any more.
struct ChangedOutputRule: Rule {
  let name = "changed-output"
  let summary = "A sample prints something else than the document shows."

  func judge(_ context: RuleContext) -> RuleOutcome {
    var findings: [Finding] = []
    for snippet in context.document.snippets {
      guard case .differs(let outputs)? = context.executions[snippet.id] else { continue }
      for output in outputs {
        guard let span = span(of: output, snippet, context.document) else { continue }
        let message = "the sample prints `\(Self.short(output.actual))` instead"
        findings.append(context.finding(self, .warning, at: span, message, evidence: evidence(output)))
      }
    }
    return RuleOutcome(findings: findings)
  }

  private func span(of output: ChangedOutput, _ snippet: Snippet, _ document: Document) -> Span? {
    switch output.place {
    case .own(let range): snippet.documentSpan(of: range)
    case .sample(let id): document.snippets.first { $0.id == id }.map(\.span)
    }
  }

  private static func short(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let first = OneLine.of(String(lines.first ?? "").prefix(80).description)
    return lines.count > 1 ? "\(first) …" : first
  }

  /// What may stand in the place of what is shown, for the strategy that puts it there.
  private func evidence(_ output: ChangedOutput) -> [Evidence] {
    output.isRepeatable ? [Evidence(ChangedOutput.statement(output.actual))] : []
  }
}

extension ChangedOutput {
  /// The sentence by which the rule hands an output on.
  static func statement(_ output: String) -> String { "the sample, run twice, printed:\n\(output)" }
}
