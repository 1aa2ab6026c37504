// `unresolved-import`: a sample imports from the repository's own packages what they do not have.

import Documents
import Domain
import SourceCode

/// An import of a module, or of a name of one, that the repository's own package does not have at this commit.
struct UnresolvedImportRule: Rule {
  let name = "unresolved-import"
  let summary = "A sample imports a module or a name that this repository's package does not have."

  func judge(_ context: RuleContext) -> RuleOutcome {
    RuleOutcome(findings: SampleNames.findings(of: self, in: context) { $0.kind == .imported })
  }
}
