// `unresolved-name`: a sample uses a member of the repository's own modules and classes, or passes a keyword, that does not exist.

import Documents
import Domain
import SourceCode

/// An attribute, method, function or keyword argument that the repository's own package does not have at this commit.
struct UnresolvedNameRule: Rule {
  let name = "unresolved-name"
  let summary = "A sample uses a member or a keyword argument that this repository's code does not have."

  func judge(_ context: RuleContext) -> RuleOutcome {
    RuleOutcome(findings: SampleNames.findings(of: self, in: context) { $0.kind != .imported })
  }
}
