// One attempt of one job, from its lease to the queue's last word on it. The worker pool and the synchronous queue share it.
//
//   started ─► handler ─► outcome ─► still ours? ─► recorder.finished ─► complete | retry | bury | release
//
// The record comes before the queue's verb: a crash between them repeats the job instead of losing its record.

import Domain
import Logging
import Threading

struct JobRunner: Sendable {
  let queue: any JobQueue
  let handler: any JobHandler
  let recorder: any JobRecorder
  let policy: RetryPolicy
  let clock: any WallClock
  let logger: Logger
  /// Whether a job whose death cannot be recorded is put back until it can; else it is buried without a record.
  let waitsForRecord: Bool

  /// What becomes of the job.
  private enum Verdict {
    case done(JobState, result: String?, error: String?)
    case again(after: Duration, error: String)
    case dead(error: String)
    /// Not counted as an attempt.
    case released(after: Duration, error: String)
    /// Another worker has it.
    case abandoned
  }

  /// Runs the job. `isOurs` tells, right before the outcome is recorded, whether the lease still holds.
  func run(_ lease: Lease, _ control: JobControl, isOurs: () -> Bool) {
    let startedAt = clock.now()
    guard lease.attempt <= policy.attempts else { return buryPoison(lease, startedAt: startedAt) }
    recorder.started(lease)
    let verdict = attempt(lease, control)
    if case .abandoned = verdict { return abandon(lease) }
    guard isOurs() else { return abandon(lease) }
    conclude(lease, verdict, startedAt: startedAt)
  }

  private func abandon(_ lease: Lease) {
    logger.notice("a job was left to another worker: its lease had ended", metadata: metadata(lease))
  }

  /// A lease beyond the last attempt comes only from leases that ended without a word: the job takes its workers down.
  private func buryPoison(_ lease: Lease, startedAt: Timestamp) {
    let attempts = lease.attempt - 1
    let error = "given up after \(attempts) attempts that ended without an outcome (their worker died, hung or could not record it)"
    do {
      try recorder.finished(lease, state: .dead, result: nil, error: error, startedAt: startedAt, finishedAt: clock.now())
    } catch {
      logger.error("a job's death could not be recorded: \(oneLine(error))", metadata: metadata(lease))
      if waitsForRecord {
        return settle(lease) { () throws(QueueError) in
          try queue.release(lease, after: policy.delay(afterAttempt: lease.attempt))
        }
      }
    }
    logger.error("a job was \(error)", metadata: metadata(lease))
    settle(lease) { () throws(QueueError) in try queue.bury(lease, error: error) }
  }

  private func attempt(_ lease: Lease, _ control: JobControl) -> Verdict {
    do {
      defer { control.retire() }
      let outcome = try handler.run(lease, control)
      if control.cancellation == .leaseLost { return .abandoned }
      switch outcome {
      case .completed(let result): return .done(.completed, result: result, error: nil)
      case .ignored(let reason): return .done(.ignored, result: nil, error: reason)
      }
    } catch {
      return judge(error, lease, control)
    }
  }

  private func judge(_ error: any Error, _ lease: Lease, _ control: JobControl) -> Verdict {
    switch control.cancellation {
    case .leaseLost: return .abandoned
    case .stopping: return .released(after: .zero, error: "interrupted: the worker stopped; runs again")
    case .timedOut: return failure("ran longer than a job may and was cancelled", lease)
    case nil: break
    }
    switch error {
    case let error as PermanentFailure: return .dead(error: oneLine(error))
    case let error as Postponement: return .released(after: error.delay, error: oneLine(error))
    default: return failure(oneLine(error), lease)
    }
  }

  private func failure(_ error: String, _ lease: Lease) -> Verdict {
    guard lease.attempt < policy.attempts else { return .dead(error: error) }
    return .again(after: policy.delay(afterAttempt: lease.attempt), error: error)
  }

  private func conclude(_ lease: Lease, _ verdict: Verdict, startedAt: Timestamp) {
    func record(_ state: JobState, result: String? = nil, error: String?, then verb: () throws(QueueError) -> Void) {
      do {
        try recorder.finished(lease, state: state, result: result, error: error, startedAt: startedAt, finishedAt: clock.now())
      } catch let failure {
        return retryUnrecorded(lease, failure)
      }
      settle(lease, verb)
    }
    switch verdict {
    case .done(let state, let result, let error):
      record(state, result: result, error: error) { () throws(QueueError) in try queue.complete(lease) }
    case .again(let delay, let error):
      logger.warning("a job failed and will be retried: \(error)", metadata: metadata(lease))
      record(.failed, error: error) { () throws(QueueError) in try queue.retry(lease, after: delay, error: error) }
    case .dead(let error):
      logger.error("a job failed for good: \(error)", metadata: metadata(lease))
      record(.dead, error: error) { () throws(QueueError) in try queue.bury(lease, error: error) }
    case .released(let delay, let error):
      logger.notice("a job was put back: \(error)", metadata: metadata(lease))
      record(.failed, error: error) { () throws(QueueError) in try queue.release(lease, after: delay) }
    case .abandoned:
      abandon(lease)
    }
  }

  private func retryUnrecorded(_ lease: Lease, _ failure: any Error) {
    let error = "its outcome could not be recorded: \(oneLine(failure))"
    logger.error("a job will be retried: \(error)", metadata: metadata(lease))
    settle(lease) { () throws(QueueError) in
      try queue.retry(lease, after: policy.delay(afterAttempt: lease.attempt), error: error)
    }
  }

  /// Tells the queue. A failure is only logged: the lease then ends by itself and the job repeats.
  private func settle(_ lease: Lease, _ verb: () throws(QueueError) -> Void) {
    do {
      try verb()
    } catch {
      logger.warning("a job's end was not taken by the queue: \(error)", metadata: metadata(lease))
    }
  }

  private func metadata(_ lease: Lease) -> Logger.Metadata {
    ["job": "\(lease.job.id)", "queue": "\(lease.job.queue.rawValue)", "attempt": "\(lease.attempt)"]
  }
}

/// An error as one line of at most 2,000 bytes.
func oneLine(_ error: any Error) -> String {
  let text = String(describing: error).split(whereSeparator: \.isNewline).joined(separator: " ")
  return text.utf8.count <= 2000 ? text : String(decoding: text.utf8.prefix(2000), as: UTF8.self) + "…"
}
