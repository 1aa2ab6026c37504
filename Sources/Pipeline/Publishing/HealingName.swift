// The name of a repair: the same for the same repair of the same place in every run, so that what was offered, undone or closed once
// is known again.

import Domain
import Validation

extension Fix {
  /// A hash of where, what and how; not of lines, which move.
  var healingName: String {
    var hash = ContentHash()
    for part in [finding.path, finding.rule, finding.fingerprint] { hash.add(part) }
    for edit in edits {
      hash.add(edit.expected)
      hash.add(edit.replacement)
    }
    return String(hash.hex.prefix(24))
  }
}
