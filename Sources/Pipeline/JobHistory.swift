// What became of each job, written before the queue forgets it; and with a job that ends for good, the end of the delivery
// or the run that it was for.

import Domain
import Logging
import Queue
import Storage
import Threading

/// Records jobs in the store.
public struct JobHistory: JobRecorder {
  let store: any Store
  let clock: any WallClock
  let bell: OutboxBell
  let logger: Logger

  public init(store: any Store, clock: any WallClock, bell: OutboxBell, logger: Logger) {
    self.store = store
    self.clock = clock
    self.bell = bell
    self.logger = logger
  }

  /// Nothing is written when a job starts: the queue knows, and the hot path is spared a transaction.
  public func started(_ lease: Lease) {}

  public func finished(
    _ lease: Lease, state: JobState, result: String?, error: String?, startedAt: Timestamp, finishedAt: Timestamp
  ) throws {
    let job = Job(
      id: lease.job.id, queue: lease.job.queue, function: lease.job.function, payload: lease.job.payload, state: state,
      attempts: lease.attempt, enqueuedAt: lease.enqueuedAt, startedAt: startedAt, finishedAt: state.isFinal ? finishedAt : nil,
      result: result, error: error)
    try store.update(job, settling: delivery(of: lease.job, state: state, detail: error))
    if state == .dead { try endRun(of: lease.job, error: error) }
    log(job)
  }

  /// A webhook's job that was ignored or died settles its delivery; one that planned a run leaves that to the run.
  private func delivery(of job: NewJob, state: JobState, detail: String?) throws -> DeliveryOutcome? {
    guard job.function == .processWebhook, state == .ignored || state == .dead else { return nil }
    let id = try JSONText.decode(WebhookJob.self, from: job.payload).delivery
    return DeliveryOutcome(id: id, status: state == .ignored ? .ignored : .dead, detail: detail)
  }

  private func endRun(of job: NewJob, error: String?) throws {
    guard job.function == .runRevision, var run = try store.run(JSONText.decode(RunJob.self, from: job.payload).run) else { return }
    guard !run.state.isFinal else { return }
    run.state = .failed
    run.detail = error
    run.finishedAt = clock.now()
    let now = clock.now()
    let ending = bell.forges.isEmpty ? nil : try Effect.ending(of: run, as: .failed, detail: "it gave up after several tries", at: now)
    try store.finish(run, deliveries: .dead, detail: error, at: now, posting: [ending].compactMap { $0 })
    bell.ring()
  }

  private func log(_ job: Job) {
    let metadata: Logger.Metadata = [
      "task": "\(job.id)", "function": "\(job.function.rawValue)", "attempt": "\(job.attempts)", "error": "\(job.error ?? "")",
    ]
    switch job.state {
    case .failed: logger.warning("job failed and will be retried", metadata: metadata)
    case .dead: logger.error("job gave up; doc-healing redeliver brings its delivery back", metadata: metadata)
    default: logger.debug("job \(job.state.rawValue)", metadata: metadata)
    }
  }
}
