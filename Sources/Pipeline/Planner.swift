// From a stored delivery to a planned run: what a `process_webhook` job does. Planning stores the run, its job and the tie
// to the delivery in one transaction and queues the job after; when the process ends in between, the delivery is not
// final, and the recovery plans it again onto the same run.

import Domain
import Forges
import Logging
import Queue
import Storage
import Threading

/// Plans deliveries.
public struct Planner: Sendable {
  let store: any Store
  let queue: any JobQueue
  let directory: RepositoryDirectory
  let clock: any WallClock
  let holder: String?
  let bell: OutboxBell
  let logger: Logger
  /// Runs of one branch that may start within `debounceWindow`; further ones wait until it has passed, and only the newest of
  /// them is done.
  static let burst = 3
  static let debounceWindow = Duration.seconds(30)

  public init(
    store: any Store, queue: any JobQueue, directory: RepositoryDirectory, clock: any WallClock, holder: String?, bell: OutboxBell,
    logger: Logger
  ) {
    self.store = store
    self.queue = queue
    self.directory = directory
    self.clock = clock
    self.holder = holder
    self.bell = bell
    self.logger = logger
  }

  /// Decodes the delivery and does what it asks for.
  func process(_ id: DeliveryID) throws -> JobOutcome {
    guard let delivery = try store.delivery(id) else { return .ignored(reason: "delivery \(id) is not stored any more") }
    if delivery.status.isFinal { return .ignored(reason: "the delivery is \(delivery.status.rawValue) already") }
    let event: Event
    do {
      event = try ForgeRegistry.receiver(for: delivery.forge).decode(eventName: delivery.eventName, payload: delivery.payload)
    } catch {
      return .ignored(reason: "the payload was not understood: \(error)")
    }
    do {
      return try handle(event, of: delivery)
    } catch let ignored as Ignored {
      return .ignored(reason: ignored.description)
    }
  }

  private func handle(_ event: Event, of delivery: Delivery) throws -> JobOutcome {
    switch event {
    case .ping: throw Ignored("ping")
    case .installation: throw Ignored("installation")
    case .comment(let comment): return try handle(comment, of: delivery)
    case .repository(let event): return try handle(event, of: delivery)
    case .other(let name): throw Ignored("nothing to do for \(name)")
    case .push(let push): return try handle(push, of: delivery)
    case .pullRequest(let event): return try handle(event, of: delivery)
    }
  }

  private func handle(_ push: Event.Push, of delivery: Delivery) throws -> JobOutcome {
    guard let branch = push.branch else { throw Ignored("\(push.ref) is not a branch") }
    guard !push.after.isZero else { throw Ignored("branch \(branch) was deleted") }
    guard !OwnCommits.isOwn(branch: branch) else { throw Ignored("branch \(branch) is the engine's own") }
    if let message = push.headMessage, OwnCommits.isOwn(message: message) { throw Ignored("the commit is the engine's own") }
    let repository = try directory.resolve(push.repository, forge: delivery.forge).get()
    if let newest = push.repository.defaultBranch, newest != repository.defaultBranch {
      try store.setDefaultBranch(newest, repository: repository.id)
    }
    let request = RunRequest(
      repository: repository, branch: branch, pullRequest: nil, base: push.before.isZero ? nil : push.before, head: push.after)
    return try plan(request, for: delivery.id)
  }

  private func handle(_ event: Event.PullRequestEvent, of delivery: Delivery) throws -> JobOutcome {
    let repository = try directory.resolve(event.repository, forge: delivery.forge).get()
    try store.record(
      PullRequest(
        repositoryID: repository.id, number: event.number,
        state: event.action == .merged ? "merged" : event.action == .closed ? "closed" : "open",
        headBranch: event.headBranch, head: event.head, baseBranch: event.baseBranch, updatedAt: clock.now()))
    if event.action == .merged || event.action == .closed { return try learn(event, repository, delivery) }
    guard !isOwn(event) else { throw Ignored("pull request \(event.number) is the engine's own") }
    guard event.action == .opened || event.action == .updated else {
      throw Ignored("nothing to do when a pull request is \(event.action.rawValue)")
    }
    guard try !store.memory(of: event.number, in: repository.id).commits.contains(event.head) else {
      throw Ignored("the head is the engine's own commit")
    }
    let request = RunRequest(
      repository: repository, branch: event.baseBranch, pullRequest: event.number, base: event.base, head: event.head,
      headBranch: event.headBranch)
    return try plan(request, for: delivery.id)
  }

  /// An unsigned delivery may ask for a check; who wrote a comment, or what became of a repository, it cannot tell.
  private func requireSecret(_ delivery: Delivery, _ what: String) throws {
    guard directory.settings.takesUnsignedWebhooks(delivery.forge) else { return }
    throw Ignored("no secret vouches for the webhook: \(what) are not taken from it")
  }

  /// A comment that may hold a command: who wrote it and what it says is looked at in the outbox, where the forge can be asked.
  private func handle(_ comment: Event.CommentEvent, of delivery: Delivery) throws -> JobOutcome {
    guard comment.body.contains("@") else { throw Ignored("a comment without a command") }
    try requireSecret(delivery, "commands")
    let repository = try directory.resolve(comment.repository, forge: delivery.forge).get()
    guard bell.forges.contains(repository.forge) else { throw Ignored("no credential for \(repository.forge.rawValue) is configured") }
    let request = CommandRequest(
      number: comment.number, commentID: "\(comment.place.rawValue)-\(comment.id)", author: comment.author, body: comment.body)
    try post(
      Effect.on(
        pullRequest: comment.number, of: repository.id, .obey, key: "\(repository.id):\(request.commentID)", request, at: clock.now()))
    return try settled(delivery, "comment \(request.commentID)")
  }

  /// A repository that was renamed keeps its history here; one that is gone or read-only is left alone.
  private func handle(_ event: Event.RepositoryEvent, of delivery: Delivery) throws -> JobOutcome {
    try requireSecret(delivery, "news about repositories")
    let name = event.oldName ?? event.repository.name
    guard let known = try store.repository(forge: delivery.forge, name: name) else { throw Ignored("repository \(name) is not known") }
    switch event.action {
    case .renamed, .transferred:
      let url = try directory.address(of: event.repository.name, forge: delivery.forge)
      guard try store.rename(known.id, to: event.repository.name, cloneURL: url) else {
        throw Ignored("repository \(event.repository.name) is known already")
      }
    case .deleted, .archived: try store.setEnabled(false, repository: known.id)
    default: throw Ignored("nothing to do when a repository is \(event.action.rawValue)")
    }
    return try settled(delivery, "repository \(name) \(event.action.rawValue)")
  }

  /// The delivery asked for nothing more.
  private func settled(_ delivery: Delivery, _ detail: String) throws -> JobOutcome {
    try store.settle(DeliveryOutcome(id: delivery.id, status: .completed, detail: detail), at: clock.now())
    return .completed(result: try JSONText.encode(["detail": detail]))
  }

  /// Whether the pull request comes from our own branch. A fork may call a branch whatever it likes.
  private func isOwn(_ event: Event.PullRequestEvent) -> Bool {
    OwnCommits.isOwn(branch: event.headBranch) && event.headRepository == nil
  }

  /// What was offered on it is settled by how it ended.
  private func learn(_ event: Event.PullRequestEvent, _ repository: Repository, _ delivery: Delivery) throws -> JobOutcome {
    guard bell.forges.contains(repository.forge) else { throw Ignored("the pull request is \(event.action.rawValue)") }
    let ended = EndedPullRequest(
      number: event.number, headBranch: isOwn(event) ? event.headBranch : "", baseBranch: event.baseBranch,
      isMerged: event.action == .merged)
    try post(
      try Effect.on(
        pullRequest: event.number, of: repository.id, .learn, key: delivery.id.rawValue, ended, at: clock.now()))
    return try settled(delivery, "pull request \(event.number) \(event.action.rawValue)")
  }

  private func post(_ effect: Effect) throws {
    try store.post([effect])
    bell.ring()
  }

  /// Checks the head that a pull request has now.
  /// - Parameter anew: also when that head was checked before.
  /// - Returns: the run that does it; nil when there is nothing to check.
  @discardableResult
  func check(_ pull: ForgePullRequest, of repository: Repository, anew: Bool) throws -> RunID? {
    guard pull.state == .open, let head = pull.head.sha else { return nil }
    if !anew, try store.memory(of: pull.number, in: repository.id).commits.contains(head) { return nil }
    let request = RunRequest(
      repository: repository, branch: pull.base.branch, pullRequest: pull.number, base: pull.base.sha, head: head,
      headBranch: pull.head.branch, isAnew: anew)
    _ = try plan(request, for: nil)
    return try store.runs(repository: repository.id, branch: pull.base.branch, pullRequest: pull.number, limit: 1).first?.id
  }

  /// Checks a branch that a person asked to have checked again.
  func check(branch: String, at head: ObjectID, of repository: Repository) throws {
    _ = try plan(RunRequest(repository: repository, branch: branch, base: nil, head: head, isAnew: true), for: nil)
  }

  /// What a run is to check.
  private struct RunRequest {
    var repository: Repository
    var branch: String
    var pullRequest: Int?
    var base: ObjectID?
    var head: ObjectID
    var headBranch: String?
    /// Also when the head was checked before.
    var isAnew = false
  }

  private func plan(_ request: RunRequest, for delivery: DeliveryID?) throws -> JobOutcome {
    let recent = try store.runs(repository: request.repository.id, branch: request.branch, pullRequest: request.pullRequest, limit: 20)
    let same = recent.first { $0.head == request.head && $0.state != .superseded && $0.state != .failed }
    if let same, !same.state.isFinal || !request.isAnew { return try join(same, delivery) }
    let waiting = recent.filter { $0.state == .queued }
    let now = clock.now()
    let run = Run(
      id: .make(at: now), repositoryID: request.repository.id, branch: request.branch, pullRequest: request.pullRequest,
      // The oldest base of those it takes the place of: nothing that they would have seen is missed.
      base: waiting.last.map(\.base) ?? request.base, head: request.head, jobID: .make(at: now), createdAt: now)
    let job = NewJob.run(
      run.id, id: run.jobID, repository: run.repositoryID, branch: run.branch, pullRequest: run.pullRequest,
      notBefore: debounced(recent, at: now))
    try store.plan(run, job: job.record(holder: holder, at: now), for: delivery, posting: announcement(of: run, request, at: now))
    for old in waiting { try supersede(old, by: run) }
    _ = try queue.enqueue(job)
    bell.ring()
    return .completed(result: try JSONText.encode(["run_id": run.id]))
  }

  private func announcement(of run: Run, _ request: RunRequest, at now: Timestamp) throws -> [Effect] {
    guard let number = run.pullRequest, bell.forges.contains(request.repository.forge) else { return [] }
    let announcement = Announcement(number: number, head: run.head, headBranch: request.headBranch)
    return [
      try Effect.on(
        pullRequest: number, of: run.repositoryID, .announce, key: run.id.rawValue, run: run.id, announcement, at: now)
    ]
  }

  /// The same revision is checked or about to be: this delivery ends with it.
  private func join(_ run: Run, _ delivery: DeliveryID?) throws -> JobOutcome {
    if run.state.isFinal {
      return .ignored(reason: "run \(run.id) has checked \(run.head.short) already")
    }
    if let delivery { try store.attach(delivery, to: run.id) }
    if try queue.state(of: run.jobID) == nil { try enqueueAnew(run) }
    return .completed(result: try JSONText.encode(["run_id": run.id]))
  }

  /// The run's job went with the process or the server that held it.
  func enqueueAnew(_ run: Run) throws {
    var run = run
    // It may have ended just now: the history is written before the queue forgets.
    guard let current = try store.run(run.id), !current.state.isFinal else { return }
    run = current
    run.jobID = .make(at: clock.now())
    run.state = .queued
    let job = NewJob.run(
      run.id, id: run.jobID, repository: run.repositoryID, branch: run.branch, pullRequest: run.pullRequest, notBefore: nil)
    try store.insert(job.record(holder: holder, at: clock.now()))
    try store.update(run)
    _ = try queue.enqueue(job)
    logger.notice("run planned anew", metadata: ["run": "\(run.id)", "task": "\(job.id)"])
  }

  private func supersede(_ old: Run, by new: Run) throws {
    var old = old
    old.state = .superseded
    old.detail = "superseded by run \(new.id)"
    old.finishedAt = clock.now()
    let now = clock.now()
    let ending = bell.forges.isEmpty ? nil : try Effect.ending(of: old, as: .superseded, detail: old.detail, at: now)
    try store.finish(old, deliveries: .completed, detail: old.detail, at: now, posting: [ending].compactMap { $0 })
  }

  private func debounced(_ recent: [Run], at now: Timestamp) -> Timestamp? {
    let started = recent.compactMap(\.startedAt).filter { now.since($0) < Self.debounceWindow }
    guard started.count >= Self.burst, let first = started.min() else { return nil }
    return first.advanced(by: Self.debounceWindow)
  }
}
