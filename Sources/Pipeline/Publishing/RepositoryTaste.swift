// What a repository's people have said by what they did: repairs that they declined are not proposed again, and a rule whose repairs
// they mostly decline only reports.

import Domain
import Settings
import Storage

/// What people of one repository want.
struct RepositoryTaste {
  /// By content-addressed name.
  private let declined: Set<String>
  /// Rules that only report here.
  let demoted: [RuleAcceptance]

  private static let limit = 5000

  init(of repository: Repository, bar: Double, store: any Store) throws {
    declined = Set(
      try store.declinedHealings(repository: repository.id, limit: Self.limit).flatMap { $0.split(separator: "-").map(String.init) })
    demoted = bar > 0 ? RuleAcceptance.table(try store.offerCounts(repository: repository.id)).filter { $0.isDemoted(below: bar) } : []
  }

  func applied(to selection: FixSelection) -> FixSelection {
    var selection = selection
    selection.declined = declined
    selection.reportOnlyRules = Set(demoted.map(\.rule))
    return selection
  }
}

extension IgnoredTarget {
  var entry: RepositoryConfiguration.IgnoreEntry? {
    switch kind {
    case .finding: .init(target: .finding(value), until: until)
    case .rule: .init(target: .rule(value), until: until)
    case .file: (try? Glob(value)).map { .init(target: .file($0), until: until) }
    }
  }
}
