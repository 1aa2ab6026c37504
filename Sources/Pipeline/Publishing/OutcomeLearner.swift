// What became of what was offered: told by the merged text, not by clicks, since people apply, squash and rebase as they like.

import Domain
import Forges
import Storage
import Threading
import Workspace

/// Settles the offers of pull requests that have ended.
struct OutcomeLearner: Sendable {
  let store: any Store
  let workspaces: EffectWorkspaces
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
    try workspaces.with(repository) { workspace in
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
  }

  /// By whole lines: a word of the repair may stand anywhere.
  static func verdict(on offer: Offer, in text: String) -> Offer.State {
    let lines = Array("\n\(text)\n".utf8)
    let hasOld = lines.contains(text: "\n\(offer.before)\n")
    // A repair that took its lines away is there when they are gone.
    let hasNew = offer.after.isEmpty ? !hasOld : lines.contains(text: "\n\(offer.after)\n")
    return hasNew ? .accepted : hasOld ? .declined : .edited
  }

  private static func text(_ path: String, _ tree: GitTree) -> String {
    guard let entry = tree.entry(at: path), let bytes = try? tree.read(entry, limit: 4 << 20) else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }
}
