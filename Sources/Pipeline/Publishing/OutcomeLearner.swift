// What became of what was offered: told by the merged text, not by clicks, since people apply, squash and rebase as they like.

import Domain
import Forges
import Settings
import Storage
import Threading
import Workspace

/// Settles the offers of pull requests that have ended.
struct OutcomeLearner: Sendable {
  let store: any Store
  let settings: Settings
  let clients: ForgeClients
  let clock: any WallClock

  func learn(_ ended: EndedPullRequest, in repository: Repository, step: @escaping () throws -> Void) throws -> EffectOutcome {
    let open = try store.offers(repository: repository.id, pullRequest: ended.number).filter { $0.state == .open }
    guard !open.isEmpty else { return .dropped("nothing was offered on #\(ended.number)") }
    let now = clock.now()
    if OwnCommits.isOwn(branch: ended.headBranch) {
      let memory = try store.memory(of: ended.number, in: repository.id)
      let state: Offer.State = ended.isMerged ? .accepted : memory.closedByUs ? .lapsed : .declined
      try store.settle(open, as: state, at: now)
      return .done("\(open.count) \(state.rawValue)")
    }
    guard ended.isMerged else {
      try store.settle(open, as: .lapsed, at: now)
      return .done("\(open.count) lapsed")
    }
    try step()
    let verdicts = try verdicts(on: open, after: ended, in: repository)
    for (state, offers) in verdicts { try store.settle(offers, as: state, at: now) }
    return .done(verdicts.map { "\($1.count) \($0.rawValue)" }.sorted().joined(separator: ", "))
  }

  private func verdicts(
    on offers: [Offer], after ended: EndedPullRequest, in repository: Repository
  ) throws -> [Offer.State: [Offer]] {
    let workspace = try RunWorkspace(
      repository: repository, settings: settings, credentials: GitCredentials(settings: settings, clients: clients))
    defer { workspace.close() }
    try workspace.fetch(pullRequest: nil)
    guard let tip = try workspace.tip(of: ended.baseBranch) else { return [.lapsed: offers] }
    let tree = try workspace.mirror.repository.tree(at: tip)
    var texts: [String: String] = [:]
    return Dictionary(grouping: offers) { offer in
      let text = texts[offer.path] ?? Self.text(offer.path, tree)
      texts[offer.path] = text
      return Self.verdict(on: offer, in: text)
    }
  }

  static func verdict(on offer: Offer, in text: String) -> Offer.State {
    if !offer.after.isEmpty, text.contains(offer.after) { return .accepted }
    return text.contains(offer.before) ? .declined : .edited
  }

  private static func text(_ path: String, _ tree: GitTree) -> String {
    guard let entry = tree.entry(at: path), let bytes = try? tree.read(entry, limit: 4 << 20) else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }
}

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
    "`\(rule)` only reports in this repository: of its last \(judged) repairs \(accepted) were accepted"
  }
}
