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
  let logger: Logger
  /// Runs of one branch that may start within `debounceWindow`; further ones wait until it has passed, and only the newest of
  /// them is done.
  static let burst = 3
  static let debounceWindow = Duration.seconds(30)

  public init(
    store: any Store, queue: any JobQueue, directory: RepositoryDirectory, clock: any WallClock, holder: String?, logger: Logger
  ) {
    self.store = store
    self.queue = queue
    self.directory = directory
    self.clock = clock
    self.holder = holder
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
    case .comment: throw Ignored("comment")
    case .repository(let event): throw Ignored("repository \(event.action.rawValue)")
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
    let request = RunRequest(
      repository: repository, branch: branch, pullRequest: nil, base: push.before.isZero ? nil : push.before, head: push.after)
    return try plan(request, for: delivery)
  }

  private func handle(_ event: Event.PullRequestEvent, of delivery: Delivery) throws -> JobOutcome {
    guard !OwnCommits.isOwn(branch: event.headBranch) else { throw Ignored("pull request \(event.number) is the engine's own") }
    let repository = try directory.resolve(event.repository, forge: delivery.forge).get()
    try store.record(
      PullRequest(
        repositoryID: repository.id, number: event.number,
        state: event.action == .merged ? "merged" : event.action == .closed ? "closed" : "open",
        headBranch: event.headBranch, head: event.head, baseBranch: event.baseBranch, updatedAt: clock.now()))
    guard event.action == .opened || event.action == .updated else {
      throw Ignored("nothing to do when a pull request is \(event.action.rawValue)")
    }
    let request = RunRequest(
      repository: repository, branch: event.baseBranch, pullRequest: event.number, base: event.base, head: event.head)
    return try plan(request, for: delivery)
  }

  /// What a run is to check.
  private struct RunRequest {
    var repository: Repository
    var branch: String
    var pullRequest: Int?
    var base: ObjectID?
    var head: ObjectID
  }

  private func plan(_ request: RunRequest, for delivery: Delivery) throws -> JobOutcome {
    let recent = try store.runs(repository: request.repository.id, branch: request.branch, pullRequest: request.pullRequest, limit: 20)
    if let same = recent.first(where: { $0.head == request.head && $0.state != .superseded && $0.state != .failed }) {
      return try join(same, delivery)
    }
    let waiting = recent.filter { $0.state == .queued }
    let now = clock.now()
    let run = Run(
      id: .make(at: now), repositoryID: request.repository.id, branch: request.branch, pullRequest: request.pullRequest,
      // The oldest base of those it takes the place of: nothing that they would have seen is missed.
      base: waiting.last.map(\.base) ?? request.base, head: request.head, jobID: .make(at: now), createdAt: now)
    let job = NewJob.run(
      run.id, id: run.jobID, repository: run.repositoryID, branch: run.branch, pullRequest: run.pullRequest,
      notBefore: debounced(recent, at: now))
    try store.plan(run, job: job.record(holder: holder, at: now), for: delivery.id)
    for old in waiting { try supersede(old, by: run) }
    _ = try queue.enqueue(job)
    return .completed(result: try JSONText.encode(["run_id": run.id]))
  }

  /// The same revision is checked or about to be: this delivery ends with it.
  private func join(_ run: Run, _ delivery: Delivery) throws -> JobOutcome {
    if run.state.isFinal {
      return .ignored(reason: "run \(run.id) has checked \(run.head.short) already")
    }
    try store.attach(delivery.id, to: run.id)
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
    try store.finish(old, deliveries: .completed, detail: old.detail, at: clock.now())
  }

  private func debounced(_ recent: [Run], at now: Timestamp) -> Timestamp? {
    let started = recent.compactMap(\.startedAt).filter { now.since($0) < Self.debounceWindow }
    guard started.count >= Self.burst, let first = started.min() else { return nil }
    return first.advanced(by: Self.debounceWindow)
  }
}
