// `broken-image`: an image's file is not in the repository.

import Documents
import Domain

/// An image whose file is not there.
struct BrokenImageRule: Rule {
  let name = "broken-image"
  let summary = "An image's file is not in the repository."

  func judge(_ context: RuleContext) -> RuleOutcome { LinkFindings.missing(self, .image, context) }
}
