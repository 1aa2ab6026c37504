// `failing-sample`: a sample was run beside the code of the commit, and failed by its own fault or the code's.

import Documents
import Domain

/// A sample that fails when it is run.
struct FailingSampleRule: Rule {
  let name = "failing-sample"
  let summary = "A sample that is to be run fails, and not for want of something."

  func judge(_ context: RuleContext) -> RuleOutcome {
    let failures = context.document.snippets.compactMap { snippet -> Finding? in
      guard case .failed(let problem)? = context.executions[snippet.id] else { return nil }
      return context.finding(self, at: snippet.documentSpan(of: problem.range), "the sample fails here: \(problem.message)")
    }
    guard !failures.isEmpty else { return RuleOutcome() }
    // The rules that read the code say the same, and more exactly.
    let told = SampleNames.findings(of: self, in: context) { _ in true }.map(\.span)
    return RuleOutcome(findings: failures.filter { failure in !told.contains { failure.span.contains($0) } })
  }
}
