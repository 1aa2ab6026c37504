// From a verified webhook to an accepted delivery. The order is the guarantee: the delivery and its job are on disk before
// the queue has the job, and the queue has it before the sender is answered. When the process ends in between, nobody was
// answered 2xx, and the recovery plans the stored delivery all the same.

import Domain
import Queue
import Storage
import Threading

/// Accepts deliveries.
public struct Intake: Sendable {
  /// What the sender is told.
  public enum Answer: Sendable, Hashable {
    case queued(JobID)
    /// It was accepted before; here is the job of that time.
    case duplicate(JobID)
  }

  let store: any Store
  let queue: any JobQueue
  let clock: any WallClock
  /// The process that holds the memory queue; nil when jobs outlive processes.
  let holder: String?
  /// Jobs that the webhook queue holds at the most.
  let queueLimit: Int
  /// Until when the queue is looked at before anything is written, because it was full a moment ago.
  private let congestedUntil = Monitor<Duration>(.zero)

  public init(store: any Store, queue: any JobQueue, clock: any WallClock, holder: String?, queueLimit: Int) {
    self.store = store
    self.queue = queue
    self.clock = clock
    self.holder = holder
    self.queueLimit = queueLimit
  }

  /// Stores and queues one delivery. `repository` orders it: deliveries of one repository take effect as they came.
  /// Throws `QueueError.full` (and leaves nothing behind) or the store's error.
  public func accept(forge: Forge, key: String, eventName: String, payload: [UInt8], repository: String) throws -> Answer {
    if try isCongested(), try store.delivery(key: key) == nil { throw QueueError.full(queue: .webhooks, limit: queueLimit) }
    let now = clock.now()
    let group = "\(forge.rawValue):\(repository)"
    let delivery = Delivery(
      id: .make(at: now), forge: forge, deduplicationKey: key, eventName: eventName, payload: payload, jobID: .make(at: now),
      receivedAt: now)
    let job = NewJob.webhook(for: delivery.id, id: delivery.jobID, group: group)
    switch try store.accept(delivery, job: job.record(holder: holder, at: now)) {
    case .duplicate(let earlier): return .duplicate(earlier.jobID)
    case .accepted: break
    }
    do throws(QueueError) {
      _ = try queue.enqueue(job)
    } catch {
      // When even this fails the delivery stands without a job, and the recovery plans it: accepted though not promised.
      try? store.withdraw(delivery.id)
      if case .full = error { congestedUntil.withLock { $0 = monotonicNow() + .seconds(1) } }
      throw error
    }
    return .queued(job.id)
  }

  /// For a second after a refusal a flood costs a look at the queue, not two writes to the database each.
  private func isCongested() throws -> Bool {
    guard congestedUntil.withLock({ monotonicNow() < $0 }) else { return false }
    return try queue.reading(of: .webhooks).depth >= queueLimit
  }
}

/// The payload of a `process_webhook` job.
struct WebhookJob: Codable, Sendable {
  var delivery: DeliveryID
}

/// The payload of a `run_revision` job.
struct RunJob: Codable, Sendable {
  var run: RunID
}

extension NewJob {
  /// The job that processes a delivery. Its group is its order: one repository's deliveries are processed one by one.
  static func webhook(for delivery: DeliveryID, id: JobID, group: String) -> NewJob {
    // The identifier is base 32: no escaping is needed, and the hot path is spared an encoder.
    NewJob(
      id: id, queue: .webhooks, function: .processWebhook, payload: "{\"delivery\":\"\(delivery)\"}", group: group, orderingKey: group)
  }

  /// The job that does a run. Runs of one branch or pull request are done one by one; other branches do not wait.
  static func run(_ run: RunID, id: JobID, repository: RepositoryID, branch: String, pullRequest: Int?, notBefore: Timestamp?) -> NewJob {
    NewJob(
      id: id, queue: .healing, function: .runRevision, payload: "{\"run\":\"\(run)\"}", group: repository.rawValue,
      orderingKey: "\(repository):\(pullRequest.map { "#\($0)" } ?? branch)", notBefore: notBefore)
  }

  /// The job's history as it begins.
  func record(holder: String?, at time: Timestamp) -> Job {
    Job(id: id, queue: queue, function: function, payload: payload, holder: holder, enqueuedAt: time)
  }
}
