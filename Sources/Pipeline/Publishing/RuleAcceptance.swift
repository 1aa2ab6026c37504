// How people took what a rule repaired: what `status` shows, and by what a rule is demoted.

import Domain

/// How a repository's people took what a rule repaired.
public struct RuleAcceptance: Sendable, Hashable {
  public var rule: String
  public var accepted = 0
  /// Changed by hand to something else.
  public var edited = 0
  public var declined = 0
  public var open = 0

  public var judged: Int { accepted + edited + declined }
  /// Accepted ones among those that somebody judged; 1 when nobody did.
  public var share: Double { judged == 0 ? 1 : Double(accepted) / Double(judged) }

  /// By rule.
  public static func table(_ counts: [OfferCount]) -> [RuleAcceptance] {
    var byRule: [String: RuleAcceptance] = [:]
    for count in counts {
      var entry = byRule[count.rule] ?? RuleAcceptance(rule: count.rule)
      switch count.state {
      case .accepted: entry.accepted += count.count
      case .edited: entry.edited += count.count
      case .declined: entry.declined += count.count
      case .open: entry.open += count.count
      case .lapsed: break
      }
      byRule[count.rule] = entry
    }
    return byRule.values.sorted { $0.rule < $1.rule }
  }

  /// Fewer judgements than this say nothing of a rule.
  static let fewest = 8

  /// Whether the rule only reports in a repository whose bar this is.
  func isDemoted(below bar: Double) -> Bool { judged >= Self.fewest && share < bar }

  /// One line for people.
  var reason: String {
    "`\(rule)` only reports in this repository: of \(judged) repairs that somebody decided on \(accepted) were accepted"
  }
}
