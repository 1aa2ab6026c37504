// `link-case`: a link works only where letter case does not count.

import Documents
import Domain

/// A link whose letter case is not that of the file: it works on the author's computer and on no server.
struct LinkCaseRule: Rule {
  let name = "link-case"
  let summary = "A link differs from the file's name in letter case."

  func judge(_ context: RuleContext) -> RuleOutcome {
    guard let history = context.revisions?.links else { return RuleOutcome() }
    return RuleOutcome(
      findings: context.links.written(in: context.document).compactMap { link in
        guard case .otherCase(_, let actual) = context.links.verdict(link.target, in: context.document, history) else { return nil }
        return context.finding(self, .error, at: link.span, "the file is called `\(actual)`: letter case counts")
      })
  }
}
