// What runs jobs, and what remembers them: the two things that the layers above put into a worker pool.

import Domain

/// Runs jobs.
public protocol JobHandler: Sendable {
  /// Runs one job; called on any of the pool's threads. A job may run more than once (its worker died, its lease was lost),
  /// so doing it twice must leave one result.
  ///
  /// Throw `PermanentFailure` when no retry can help, `Postponement` when it is only too early, anything else to be retried.
  /// The error's description becomes the job's error: one line, without secrets.
  func run(_ lease: Lease, _ control: JobControl) throws -> JobOutcome
}

public enum JobOutcome: Sendable, Hashable {
  /// Done; the result is JSON.
  case completed(result: String?)
  /// Nothing was to be done, and why.
  case ignored(reason: String)
}

/// A failure that no retry mends: the job is dead at once.
public struct PermanentFailure: Error, Hashable, CustomStringConvertible {
  public var message: String
  public init(message: String) { self.message = message }
  public var description: String { message }
}

/// The job cannot run yet through no fault of its own (a forge's rate limit): it runs again later, and this attempt is not
/// counted.
public struct Postponement: Error, Hashable, CustomStringConvertible {
  public var delay: Duration
  public var reason: String
  public init(by delay: Duration, reason: String) {
    self.delay = delay
    self.reason = reason
  }
  public var description: String { reason }
}

/// Writes the history of jobs.
public protocol JobRecorder: Sendable {
  /// An attempt begins.
  func started(_ lease: Lease)

  /// An attempt has ended as `completed`, `ignored` (`error` says why), `failed` (it will run again) or `dead`. Called before
  /// the queue forgets the job: when the process dies between the two, the job runs again rather than losing its record.
  /// When this throws, the job is retried.
  func finished(
    _ lease: Lease, state: JobState, result: String?, error: String?, startedAt: Timestamp, finishedAt: Timestamp
  ) throws
}

/// Remembers nothing.
public struct NoRecorder: JobRecorder {
  public init() {}
  public func started(_ lease: Lease) {}
  public func finished(
    _ lease: Lease, state: JobState, result: String?, error: String?, startedAt: Timestamp, finishedAt: Timestamp
  ) {}
}
