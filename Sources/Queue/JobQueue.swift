// The protocol of all queues, and its laws. `Tests/QueueTests/QueueConformance.swift` proves them for every backend.

import Domain

/// Holds jobs until they are done.
///
/// Laws, for every backend:
/// - A job whose `enqueue` returned is leased at least once, unless the process of a memory queue ends.
/// - At any time a job has at most one valid lease. A lease that is not extended ends after `leaseDuration`; the job then
///   goes to another worker, and the old lease can neither complete, retry, bury nor extend it (`leaseLost`).
/// - Jobs with one `orderingKey`, of whatever queues, are leased one at a time in the order they came; a retried job keeps
///   its place, so later ones wait while it waits. A job that is buried leaves the order; a revived one joins it at its end.
/// - A `uniqueKey` holds within one queue, while its job is not leased. A job with the same key that comes meanwhile gives
///   the waiting one its function, payload and `notBefore` (later or earlier, nil is at once) and a fresh count of attempts.
///   A retried job takes its key back unless a newer job has it; then the two stand side by side.
/// - Groups that have work are leased from in turn, and so are the queues named in one call.
/// - `enqueue` either takes the whole job or throws and takes nothing. The same identifier again changes nothing while its
///   job is here; that of a dead job replaces the dead one.
/// - A queue is bounded by jobs and by the bytes of their payloads. Jobs that return (a retry, an ended lease) are taken
///   back beyond the bound.
public protocol JobQueue: Sendable {
  /// Adds a job. Throws `full` at one of the queue's limits, `unavailable` when the backend cannot be reached.
  func enqueue(_ job: NewJob) throws(QueueError) -> Enqueued

  /// Takes up to `limit` jobs of the named queues for one worker, waiting up to `patience` for the first. Empty when none
  /// came or `wake` was called, and at once after `close`. The `notBefore` of a leased job has passed and reads nil.
  func lease(from queues: [QueueName], worker: String, limit: Int, patience: Duration) throws(QueueError) -> [Lease]

  /// Starts the lease's time again. Throws `leaseLost` when it has ended or another worker has the job.
  func extend(_ lease: Lease) throws(QueueError)

  /// The job is done and forgotten. Throws `leaseLost`.
  func complete(_ lease: Lease) throws(QueueError)

  /// The job runs again after `delay`; `error` is kept with it (its first 4 KiB) until then. Throws `leaseLost`.
  func retry(_ lease: Lease, after delay: Duration, error: String) throws(QueueError)

  /// As `retry`, but as if this lease had not been: its attempt is not counted. Throws `leaseLost`.
  func release(_ lease: Lease, after delay: Duration) throws(QueueError)

  /// The job is dead: kept, not run, until `revive`. Beyond `maximumDead` the queue forgets those that died first (the
  /// history keeps every one). Throws `leaseLost`.
  func bury(_ lease: Lease, error: String) throws(QueueError)

  /// Makes a dead job queued again, as if it came now, with no attempts counted. False when there is no such dead job.
  /// Throws `full` as `enqueue` does.
  func revive(_ id: JobID) throws(QueueError) -> Bool

  /// What the queue knows of a job; nil once it is complete, or was never here.
  func state(of id: JobID) throws(QueueError) -> LiveJob?

  /// Depth and age of one queue.
  func reading(of queue: QueueName) throws(QueueError) -> QueueReading

  /// Makes every `lease` that waits now return empty; later ones wait again.
  func wake()

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
  /// Fencing token: larger than that of every earlier lease.
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
  /// Leases since it was queued or revived, without released ones.
  public var attempts: Int
  /// When its latest lease began.
  public var startedAt: Timestamp?
  /// Who has, or had, its latest lease.
  public var worker: String?
  /// Why its latest attempt failed.
  public var error: String?

  public init(state: JobState, attempts: Int, startedAt: Timestamp? = nil, worker: String? = nil, error: String? = nil) {
    self.state = state
    self.attempts = attempts
    self.startedAt = startedAt
    self.worker = worker
    self.error = error
  }
}

/// One queue's gauges.
public struct QueueReading: Sendable, Hashable {
  /// Jobs that wait, delayed ones included.
  public var depth: Int
  /// Of these, the jobs whose time has not come. One that stands behind another of its ordering key is not looked at yet.
  public var delayed: Int
  public var running: Int
  public var dead: Int
  /// How long ago the waiting job that came first was enqueued; nil when none waits.
  public var oldestAge: Duration?
  /// Leases that ended without a word of their worker, whose jobs therefore went to another one, since the queue was made.
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
  /// What a full queue has too many of.
  public enum Unit: String, Sendable { case jobs, bytes }

  case full(queue: QueueName, limit: Int, unit: Unit = .jobs)
  case leaseLost(JobID)
  case unavailable(String)

  public var description: String {
    switch self {
    case .full(let queue, let limit, .jobs): "queue \(queue.rawValue) is full: \(limit) jobs wait; try again later"
    case .full(let queue, let limit, .bytes):
      "queue \(queue.rawValue) is full: the jobs that wait would hold more than \(limit) bytes; try again later"
    case .leaseLost(let id): "the lease of job \(id) has ended; another worker has the job or will get it"
    case .unavailable(let why): "queue unavailable: \(why)"
    }
  }
}

/// What every queue is made with.
public struct QueueLimits: Sendable, Hashable {
  /// Jobs that may wait in one queue.
  public var maximumDepth: Int
  /// Bytes that the payloads of one queue's waiting jobs, and again those of its dead ones, may take.
  public var maximumBytes: Int
  /// Dead jobs that one queue keeps.
  public var maximumDead: Int
  public var leaseDuration: Duration

  public init(
    maximumDepth: Int = 10_000, maximumBytes: Int = 256 << 20, maximumDead: Int = 10_000, leaseDuration: Duration = .seconds(60)
  ) {
    self.maximumDepth = maximumDepth
    self.maximumBytes = maximumBytes
    self.maximumDead = maximumDead
    self.leaseDuration = leaseDuration
  }
}
