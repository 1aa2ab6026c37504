// A run of a pull request, delivered: the safe repairs as one commit, the others as suggestions, one comment, one check. Every step
// finds what an earlier try of it left, so the whole may be begun again at any point.

import Domain
import Forges
import Storage
import Threading
import Workspace

/// Delivers runs of pull requests.
struct PullRequestPublisher: Sendable {
  let store: any Store
  let clients: ForgeClients
  let committer: HeadCommitter
  let planner: Planner
  /// Where people reach the pages; nil when nobody said.
  let pages: String?
  let clock: any WallClock

  /// Shows that a run has begun.
  func announce(_ announcement: Announcement, of effect: Effect, in repository: Repository) throws -> EffectOutcome {
    let client = clients[repository.forge]
    guard client.capabilities.checks != .none else { return .dropped("this forge shows no checks") }
    guard try store.wantsChecks(repository.id) else { return .dropped("the configuration wants no checks") }
    let memory = try memory(of: announcement.number, in: repository)
    if memory.isPaused { return .dropped("paused") }
    // Its webhook may have been faster than our note of it; its check was shown when it was made.
    if memory.commits.contains(announcement.head), memory.wantedHead != announcement.head { return .dropped("our own commit") }
    guard let id = effect.runID, let run = try store.run(id), !run.state.isFinal else { return .dropped("the run has ended already") }
    try client.publish(
      CheckReport(
        key: id.rawValue, head: announcement.head, branch: announcement.headBranch, state: .running,
        title: "The documentation is being checked", address: page(of: id)), in: repository.name)
    return .done()
  }

  /// Delivers what a run came to.
  func deliver(_ delivery: PullRequestDelivery, in repository: Repository, step: @escaping () throws -> Void) throws -> EffectOutcome {
    let client = clients[repository.forge]
    guard client.capabilities.hasAPI else { return .dropped("no credential for \(repository.forge.rawValue) is configured") }
    let memory = try memory(of: delivery.number, in: repository)
    var pass = Pass(client: client, repository: repository, delivery: delivery, memory: memory, step: step)
    try step()
    pass.pull = try client.pullRequest(delivery.number, in: repository.name)
    if delivery.ending == .skipped, memory.commits.contains(delivery.head) { return .dropped("our own commit has its check already") }
    guard delivery.ending == .checked, pass.pull?.state == .open, !memory.isPaused else {
      try show(pass)
      return .done(memory.isPaused ? "paused: a check only" : delivery.detail)
    }
    guard try commit(&pass) else {
      try show(pass)
      return try startAgain(pass)
    }
    try show(pass)
    guard try review(&pass) else { return try startAgain(pass) }
    try comment(pass)
    try remember(pass)
    return .done(DeliveryText(pass).title)
  }

  private func page(of run: RunID) -> String? { pages.map { "\($0)/runs/\(run)" } }

  // MARK: One pass

  /// What one try has come to so far.
  struct Pass {
    let client: any ForgeClient
    let repository: Repository
    let delivery: PullRequestDelivery
    let memory: PullRequestMemory
    let step: () throws -> Void
    var pull: ForgePullRequest?
    var progress = DeliveryProgress()
    /// The head that suggestions and the final check are for.
    var head: ObjectID { progress.commit ?? delivery.head }
  }

  private func memory(of number: Int, in repository: Repository) throws -> PullRequestMemory {
    try store.memory(of: number, in: repository.id)
  }

  /// The safe repairs as one commit. False when the head has moved.
  private func commit(_ pass: inout Pass) throws -> Bool {
    let delivery = pass.delivery
    guard let pull = pass.pull else { return true }
    guard !delivery.files.isEmpty else {
      pass.progress.notCommitted = delivery.notCommitted
      return pull.head.sha == delivery.head
    }
    guard delivery.policy.commits else {
      pass.progress.notCommitted = "the configuration asks for review"
      return pull.head.sha == delivery.head
    }
    try pass.step()
    switch try committer.commit(
      delivery.files, message: delivery.message, onto: delivery.head, of: pull, repository: pass.repository, client: pass.client)
    {
    case .committed(let commit):
      pass.progress.commit = commit
      let offers = offers(delivery.committed, .commit, pass)
      try store.record(offers)
      try store.changeMemory(of: delivery.number, in: pass.repository.id) { $0.note(commit: commit, isRepair: true) }
      return true
    case .moved: return false
    case .notAllowed(let reason):
      pass.progress.notCommitted = reason
      return true
    }
  }

  /// The check, at the head that was checked and at the one that our commit made of it.
  private func show(_ pass: Pass) throws {
    guard pass.client.capabilities.checks != .none else { return }
    // One that was announced before the configuration was read must end.
    guard try store.wantsChecks(pass.repository.id) || isAnnounced(pass.delivery.run) else { return }
    let text = DeliveryText(pass)
    let branch = pass.pull?.head.branch
    if let commit = pass.progress.commit {
      try pass.step()
      try pass.client.publish(
        CheckReport(
          key: pass.delivery.run.rawValue, head: commit, branch: branch, state: .finished(text.conclusion()), title: text.title,
          summary: text.summary, address: page(of: pass.delivery.run)), in: pass.repository.name)
    }
    try pass.step()
    let isRepaired = pass.progress.commit != nil
    try pass.client.publish(
      CheckReport(
        key: pass.delivery.run.rawValue, head: pass.delivery.head, branch: branch,
        state: .finished(text.conclusion(isRepaired: isRepaired)),
        title: isRepaired ? "Repaired in \(pass.head.short)" : text.title, summary: text.summary, annotations: text.annotations,
        address: page(of: pass.delivery.run)),
      in: pass.repository.name)
  }

  private func isAnnounced(_ run: RunID) throws -> Bool {
    try store.effect(key: "\(Effect.Kind.announce.rawValue):\(run)")?.state == .done
  }

  /// What was not committed, at its lines. False when the head has moved.
  private func review(_ pass: inout Pass) throws -> Bool {
    let delivery = pass.delivery
    let repairs =
      pass.progress.commit == nil
      ? (delivery.committed + delivery.suggested).sorted { ($0.path, $0.first) < ($1.path, $1.first) }
      : delivery.suggestedAfterCommit
    guard !repairs.isEmpty, var pull = pass.pull else { return true }
    guard delivery.policy.reviews, pass.client.capabilities.reviews else {
      pass.progress.left = repairs
      return true
    }
    pull.head.sha = pass.head
    try pass.step()
    let published: PublishedReview
    switch try send(Review(head: pass.head, suggestions: repairs.map(DeliveryText.suggestion)), on: pull, pass) {
    case .published(let review): published = review
    case .moved: return false
    case .notAllowed: published = PublishedReview()
    }
    let marks = Set(published.published)
    pass.progress.suggested = repairs.filter { marks.contains(DeliveryText.suggestion($0).mark) }
    pass.progress.left = repairs.filter { !marks.contains(DeliveryText.suggestion($0).mark) }
    try store.record(offers(pass.progress.suggested, .suggestion, pass))
    return true
  }

  private enum ReviewOutcome { case published(PublishedReview), moved, notAllowed }

  private func send(_ review: Review, on pull: ForgePullRequest, _ pass: Pass) throws -> ReviewOutcome {
    do {
      return .published(try pass.client.publishReview(review, on: pull, in: pass.repository.name))
    } catch {
      switch error.reason {
      case .conflict: return .moved
      case .forbidden: return .notAllowed
      default: throw error
      }
    }
  }

  /// The one comment: made when there is something to say, kept true from then on.
  private func comment(_ pass: Pass) throws {
    let text = DeliveryText(pass)
    guard pass.delivery.policy.comments, text.isWorthTelling || pass.memory.hasComment else { return }
    try pass.step()
    do {
      try pass.client.publishComment(text.comment, mark: HiddenMark("summary"), on: pass.delivery.number, in: pass.repository.name)
    } catch {
      // A locked conversation: the check says it all. (A `where` at the `catch` crashes swiftc 6.3.1 here.)
      guard error.reason == .forbidden else { throw error }
      return
    }
    try store.changeMemory(of: pass.delivery.number, in: pass.repository.id) { $0.hasComment = true }
  }

  /// The run says what became of it.
  private func remember(_ pass: Pass) throws {
    guard var run = try store.run(pass.delivery.run), pass.progress.commit != nil || !pass.progress.suggested.isEmpty else { return }
    run.state = .healed
    run.publishedTo = "#\(pass.delivery.number)"
    run.publishedCommit = pass.progress.commit
    try store.update(run)
  }

  /// The head is not the one that was checked: nothing of this is for it. Its own webhook may be on its way; planned twice is once.
  private func startAgain(_ pass: Pass) throws -> EffectOutcome {
    if let pull = pass.pull { try planner.check(pull, of: pass.repository, anew: false) }
    return .dropped("the head moved on from \(pass.delivery.head.short); the new one is checked")
  }

  private func offers(_ repairs: [OfferedRepair], _ road: Offer.Road, _ pass: Pass) -> [Offer] {
    repairs.map {
      Offer(
        $0, repository: pass.repository.id, branch: pass.delivery.baseBranch, pullRequest: pass.delivery.number, road: road, at: clock.now()
      )
    }
  }
}

extension DeliveryText {
  init(_ pass: PullRequestPublisher.Pass) {
    let account = (try? pass.client.account()) ?? "doc-healing"
    self.init(
      delivery: pass.delivery, progress: pass.progress, mention: LoginName.mention(of: account),
      limit: pass.client.capabilities.commentLimit)
  }
}

extension Offer {
  init(_ repair: OfferedRepair, repository: RepositoryID, branch: String, pullRequest: Int, road: Road, at time: Timestamp) {
    self.init(
      repositoryID: repository, branch: branch, pullRequest: pullRequest, healing: repair.healing, rule: repair.rule,
      strategy: repair.strategy, path: repair.path, before: repair.before,
      after: repair.after, road: road, offeredAt: time)
  }
}

extension Store {
  func memory(of pullRequest: Int, in repository: RepositoryID) throws -> PullRequestMemory {
    guard let text = try note(PullRequestMemory.key(repository, pullRequest)) else { return PullRequestMemory() }
    return try JSONText.decode(PullRequestMemory.self, from: text)
  }

  /// Changes what is known of a pull request; `change` may run several times.
  func changeMemory(of pullRequest: Int, in repository: RepositoryID, _ change: (inout PullRequestMemory) -> Void) throws {
    _ = try changeNote(PullRequestMemory.key(repository, pullRequest)) { text in
      var memory = text.flatMap { try? JSONText.decode(PullRequestMemory.self, from: $0) } ?? PullRequestMemory()
      change(&memory)
      return (try? JSONText.encode(memory)) ?? text ?? "{}"
    }
  }

  /// Whether the repository's configuration, as it was last read, wants checks: a run is announced before it can read it.
  func wantsChecks(_ repository: RepositoryID) throws -> Bool { try note(Self.checksKey(repository)) != "off" }

  func rememberChecks(_ areWanted: Bool, of repository: RepositoryID) throws {
    _ = try changeNote(Self.checksKey(repository)) { _ in areWanted ? "on" : "off" }
  }

  private static func checksKey(_ repository: RepositoryID) -> String { "status-checks:\(repository)" }
}
