// `broken-link`: a link leads to a file or folder of the repository that is not there.

import Documents
import Domain

/// A relative link, a route, or a URL of the repository's own files that leads nowhere.
struct BrokenLinkRule: Rule {
  let name = "broken-link"
  let summary = "A link leads to a file or folder that the repository does not have."

  func judge(_ context: RuleContext) -> RuleOutcome { LinkFindings.missing(self, .link, context) }
}
