// The rolling pull request of a branch: one, from `doc-healing/<branch>`, made to say what that branch has now, and closed when nothing
// is left. The branch itself is pushed by the run.

import Domain
import Forges
import Storage
import Threading
import Validation
import Workspace

/// Keeps rolling pull requests true.
struct ProposalPublisher: Sendable {
  let store: any Store
  let clients: ForgeClients
  let clock: any WallClock

  func propose(_ proposal: BranchProposal, in repository: Repository, step: @escaping () throws -> Void) throws -> EffectOutcome {
    let client = clients[repository.forge]
    guard client.capabilities.hasAPI else { return .dropped("no credential for \(repository.forge.rawValue) is configured") }
    try step()
    if proposal.isFrozen { return try freeze(proposal, client, repository) }
    guard proposal.commit != nil else { return try close(proposal, client, repository, step) }
    let pull = try client.openPullRequest(
      PullRequestProposal(
        branch: proposal.healingBranch, base: proposal.branch, title: title(proposal), body: body(proposal, client)), in: repository.name)
    let now = clock.now()
    let offers = proposal.repairs.map {
      Offer($0, repository: repository.id, branch: proposal.branch, pullRequest: pull.number, road: .proposal, at: now)
    }
    try store.changeMemory(of: pull.number, in: repository.id) { $0.closedByUs = false }
    try store.record(offers)
    // What it does not offer any more was mended otherwise, or the code changed again: nobody decided.
    let names = Set(offers.map(\.healing))
    let stale = try store.offers(repository: repository.id, pullRequest: pull.number).filter {
      $0.state == .open && !names.contains($0.healing)
    }
    try store.settle(stale, as: .lapsed, at: now)
    if var run = try store.run(proposal.run) {
      run.publishedTo = "#\(pull.number)"
      try store.update(run)
    }
    return .done("pull request #\(pull.number)")
  }

  /// A person works on the branch: it is theirs, and they are told once.
  private func freeze(_ proposal: BranchProposal, _ client: any ForgeClient, _ repository: Repository) throws -> EffectOutcome {
    for pull in try open(proposal, client, repository) {
      try client.addComment(
        "A commit on this branch is not the engine's, so it is left alone from now on. Merge or close it, or delete the branch, and the "
          + "next repairs come on a new one.", mark: HiddenMark("frozen"), on: pull.number, in: repository.name)
    }
    return .done("frozen: a person's commit is on \(proposal.healingBranch)")
  }

  private func close(
    _ proposal: BranchProposal, _ client: any ForgeClient, _ repository: Repository, _ step: @escaping () throws -> Void
  ) throws -> EffectOutcome {
    let pulls = try open(proposal, client, repository)
    for pull in pulls {
      try step()
      try store.changeMemory(of: pull.number, in: repository.id) { $0.closedByUs = true }
      try client.addComment(
        "Nothing is left to repair on \(MarkdownText.code(proposal.branch)).", mark: HiddenMark("closed", key: proposal.run.rawValue),
        on: pull.number,
        in: repository.name)
      try client.closePullRequest(pull.number, in: repository.name)
      let offers = try store.offers(repository: repository.id, pullRequest: pull.number)
      try store.settle(offers, as: .lapsed, at: clock.now())
    }
    return pulls.isEmpty ? .dropped("nothing to repair, and no pull request is open") : .done("closed: nothing is left to repair")
  }

  private func open(_ proposal: BranchProposal, _ client: any ForgeClient, _ repository: Repository) throws -> [ForgePullRequest] {
    try client.pullRequests(from: proposal.healingBranch, state: .open, in: repository.name).filter { $0.base.branch == proposal.branch }
  }

  private func title(_ proposal: BranchProposal) -> String {
    let files = Set(proposal.repairs.map(\.path)).sorted()
    let what = files.count == 1 ? MarkdownText.oneLine(files[0], limit: 120) : counted(files.count, "document")
    return "\(OwnCommits.subjectPrefix) Repair \(what)"
  }

  private static let rows = 100

  private func body(_ proposal: BranchProposal, _ client: any ForgeClient) throws -> String {
    let mention = LoginName.mention(of: try client.account())
    var lines = [
      "\(counted(proposal.repairCount, "place")) of the documentation did not match the code on \(MarkdownText.code(proposal.branch)). "
        + "Each repair was proven by checking the document again.",
      "",
    ]
    for repair in proposal.repairs.prefix(Self.rows) {
      lines.append("- \(MarkdownText.code("\(repair.path):\(repair.first)")): \(MarkdownText.prose(repair.reason))")
    }
    let listed = min(proposal.repairs.count, Self.rows)
    if proposal.repairCount > listed { lines.append("- and \(proposal.repairCount - listed) more") }
    for reason in proposal.demoted { lines.append("\n> \(MarkdownText.prose(reason))") }
    lines += [
      "",
      "This pull request is rebuilt as the branch moves. Close it and these repairs are not proposed again; push to it and it is yours.",
      "", "<sub>`@\(mention) ignore <rule|file>` · `@\(mention) recheck`</sub>",
    ]
    return MarkdownText.fitted(lines.joined(separator: "\n"), limit: client.capabilities.commentLimit)
  }
}

extension MarkdownText {
  /// The text, cut at the end of a line where a forge takes no more.
  static func fitted(_ text: String, limit: Int) -> String {
    guard text.unicodeScalars.count > limit else { return text }
    let cut = String(String.UnicodeScalarView(text.unicodeScalars.prefix(max(0, limit - 200))))
    return (cut.split(separator: "\n", omittingEmptySubsequences: false).dropLast().joined(separator: "\n"))
      + "\n\nThe rest is too long to be shown here."
  }
}
