// The protocol of all queues, and its laws. `Tests/QueueTests/QueueConformance.swift` proves them for every backend.

import Domain

/// Holds jobs until they are done.
///
/// Laws, for every backend:
/// - A job whose `enqueue` returned is leased at least once, unless the process of a memory queue ends.
/// - At any time a job has at most one valid lease. A lease that is not extended ends after `leaseDuration`; the job then
///   goes to another worker, and the old lease can neither complete, retry, bury nor extend it (`leaseLost`).
/// - Jobs with one `orderingKey` are leased one at a time in the order they came; a retried job keeps its place.
/// - Groups that have work are leased from in turn.
/// - `enqueue` either takes the whole job or throws and takes nothing.
public protocol JobQueue: Sendable {
  /// Adds a job. Throws `full` at the queue's limit, `unavailable` when the backend cannot be reached.
  func enqueue(_ job: NewJob) throws(QueueError) -> Enqueued

  /// Takes up to `limit` jobs of the named queues for one worker, waiting up to `patience` for the first. Empty when none
  /// came, and at once after `close`.
  func lease(from queues: [QueueName], worker: String, limit: Int, patience: Duration) throws(QueueError) -> [Lease]

  /// Starts the lease's time again. Throws `leaseLost` when another worker has the job.
  func extend(_ lease: Lease) throws(QueueError)

  /// The job is done and forgotten. Throws `leaseLost`.
  func complete(_ lease: Lease) throws(QueueError)

  /// The job runs again after `delay`. Throws `leaseLost`.
  func retry(_ lease: Lease, after delay: Duration, error: String) throws(QueueError)

  /// The job is dead: kept, not run, until `revive`. Throws `leaseLost`.
  func bury(_ lease: Lease, error: String) throws(QueueError)

  /// Makes a dead job queued again with no attempts counted. False when there is no such dead job.
  func revive(_ id: JobID) throws(QueueError) -> Bool

  /// What the queue knows of a job; nil once it is complete, or was never here.
  func state(of id: JobID) throws(QueueError) -> LiveJob?

  /// Depth and age of one queue.
  func reading(of queue: QueueName) throws(QueueError) -> QueueReading

  /// Wakes every waiting `lease`; later ones return empty at once. Jobs stay where they are.
  func close()
}

public enum Enqueued: Sendable, Hashable {
  /// A new job stands in the queue.
  case queued(JobID)
  /// A job with the same unique key was waiting; it now has the new payload, keeps its identifier and its place.
  case merged(into: JobID)

  public var id: JobID {
    switch self {
    case .queued(let id), .merged(into: let id): id
    }
  }
}

/// The right to run a job for a while.
public struct Lease: Sendable, Hashable {
  public var job: NewJob
  /// This attempt's number, from 1.
  public var attempt: Int
  /// Fencing token: larger with every lease of the job.
  public var token: Int64
  public var enqueuedAt: Timestamp

  public init(job: NewJob, attempt: Int, token: Int64, enqueuedAt: Timestamp) {
    self.job = job
    self.attempt = attempt
    self.token = token
    self.enqueuedAt = enqueuedAt
  }
}

/// A job that is in the queue now.
public struct LiveJob: Sendable, Hashable {
  /// `queued`, `running`, `failed` (waits for its next attempt) or `dead`.
  public var state: JobState
  public var attempts: Int
  public var startedAt: Timestamp?

  public init(state: JobState, attempts: Int, startedAt: Timestamp? = nil) {
    self.state = state
    self.attempts = attempts
    self.startedAt = startedAt
  }
}

/// One queue's gauges.
public struct QueueReading: Sendable, Hashable {
  /// Jobs that wait, delayed ones included.
  public var depth: Int
  public var delayed: Int
  public var running: Int
  public var dead: Int
  /// How long the job that waits longest has waited; nil when none waits.
  public var oldestAge: Duration?
  /// Leases that ended and went to another worker, since the queue was made.
  public var stolen: Int

  public init(depth: Int = 0, delayed: Int = 0, running: Int = 0, dead: Int = 0, oldestAge: Duration? = nil, stolen: Int = 0) {
    self.depth = depth
    self.delayed = delayed
    self.running = running
    self.dead = dead
    self.oldestAge = oldestAge
    self.stolen = stolen
  }
}

public enum QueueError: Error, Hashable, CustomStringConvertible {
  case full(queue: QueueName, limit: Int)
  case leaseLost(JobID)
  case unavailable(String)

  public var description: String {
    switch self {
    case .full(let queue, let limit): "queue \(queue.rawValue) is full: \(limit) jobs wait; try again later"
    case .leaseLost(let id): "job \(id) is leased to another worker"
    case .unavailable(let why): "queue unavailable: \(why)"
    }
  }
}

/// What every queue is made with.
public struct QueueLimits: Sendable, Hashable {
  /// Waiting jobs a queue holds.
  public var maximumDepth: Int
  public var leaseDuration: Duration

  public init(maximumDepth: Int = 10_000, leaseDuration: Duration = .seconds(60)) {
    self.maximumDepth = maximumDepth
    self.leaseDuration = leaseDuration
  }
}
