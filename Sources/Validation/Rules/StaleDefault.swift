// `stale-default`: a document gives a default value that the change edited.
//
// The change analysis knows which named values the code replaced. A value in a document counts only where the text calls it the default
// and the same name leads its line, its entry or its row.

import Documents
import Domain
import SourceCode

/// A documented default that was the code's at the base and is not at the head.
struct StaleDefaultRule: Rule {
  let name = "stale-default"
  let summary = "A document gives a default value that the code has replaced."
  let trustsGuessedBase = false

  func judge(_ context: RuleContext) -> RuleOutcome {
    guard let literals = context.analysis?.literals, !DatedPages.contains(context.document.path) else { return RuleOutcome() }
    let document = context.document
    let changes = literals.defaults
    var findings: [Finding] = []
    for occurrence in literals.defaultOccurrences(in: document.bytes) {
      let span = Span(occurrence.range)
      guard let change = DefaultContext.change(at: span, in: document.bytes, among: changes) else { continue }
      guard !PastTense.speaks(around: span, in: document) else { continue }
      findings.append(
        context.finding(
          self, at: span, "the default of `\(change.spelledName)` is `\(change.new)` now, not `\(occurrence.text)`",
          evidence: [Evidence("\(change.spelledName) went from \(change.old) to \(change.new)", path: change.path, line: change.line)]))
    }
    return RuleOutcome(findings: findings)
  }
}
