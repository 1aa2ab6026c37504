// The queue of a single process: nothing outlives it (the store knows what was lost; docs/decisions/0003-redis-queue.md
// has the queue that outlives processes). The state is in MemoryQueueState; here are its lock, its clock and the waiting.

import Domain
import Threading

/// A queue in this process's memory.
public final class MemoryQueue: JobQueue {
  private struct Guarded {
    var jobs: MemoryQueueState
    var closed = false
    var wakes = 0
  }

  private let guarded: Monitor<Guarded>
  private let clock: any WallClock

  public init(limits: QueueLimits = QueueLimits(), clock: any WallClock = SystemClock()) {
    self.clock = clock
    guarded = Monitor(Guarded(jobs: MemoryQueueState(limits: limits)))
  }

  deinit { guarded.withLock { $0.jobs.removeAll() } }

  /// Applies one operation; wakes the waiting only when there is something for them to look at.
  private func apply<Result>(
    _ operation: (inout MemoryQueueState, Int64) throws(QueueError) -> Result
  ) throws(QueueError) -> Result {
    let now = clock.now().milliseconds
    return try guarded.updateIfNeeded { (state, wakes) throws(QueueError) -> Result in
      let before = state.jobs.changes
      defer { wakes = state.jobs.changes != before }
      return try operation(&state.jobs, now)
    }
  }

  public func enqueue(_ job: NewJob) throws(QueueError) -> Enqueued {
    try apply { (jobs, now) throws(QueueError) in try jobs.enqueue(job, at: now) }
  }

  public func lease(from queues: [QueueName], worker: String, limit: Int, patience: Duration) throws(QueueError) -> [Lease] {
    let deadline = monotonicNow() + patience
    let wakes = guarded.withLock { $0.wakes }
    while true {
      let now = clock.now().milliseconds
      let (leases, changes, next) = guarded.withLock { state -> ([Lease]?, Int, Int64?) in
        guard !state.closed && state.wakes == wakes else { return ([], 0, nil) }
        let leases = state.jobs.lease(from: queues, worker: worker, limit: limit, at: now)
        return (leases.isEmpty ? nil : leases, state.jobs.changes, state.jobs.nextEvent(in: queues))
      }
      if let leases { return leases }
      var left = deadline - monotonicNow()
      guard left > .zero else { return [] }
      if let next { left = min(left, .milliseconds(max(1, next - now))) }
      _ = guarded.wait(upTo: left) { $0.jobs.changes != changes || $0.closed || $0.wakes != wakes ? true : nil }
    }
  }

  /// Leases this job and no other, for a caller that has to run it itself; nil when it is not ready.
  func lease(only id: JobID, worker: String) -> Lease? {
    let now = clock.now().milliseconds
    return guarded.withLock { $0.jobs.lease(only: id, worker: worker, at: now) }
  }

  /// How long it takes at most until a job becomes due or a lease ends; nil when nothing happens by itself.
  func timeToNextEvent() -> Duration? {
    let next = guarded.withLock { $0.jobs.nextEvent(in: QueueName.allCases) }
    return next.map { .milliseconds(max(1, $0 - clock.now().milliseconds)) }
  }

  public func extend(_ lease: Lease) throws(QueueError) {
    try apply { (jobs, now) throws(QueueError) in try jobs.extend(lease, at: now) }
  }

  public func complete(_ lease: Lease) throws(QueueError) {
    try apply { (jobs, now) throws(QueueError) in try jobs.complete(lease, at: now) }
  }

  public func retry(_ lease: Lease, after delay: Duration, error: String) throws(QueueError) {
    try apply { (jobs, now) throws(QueueError) in try jobs.retry(lease, after: delay, error: error, at: now) }
  }

  public func release(_ lease: Lease, after delay: Duration) throws(QueueError) {
    try apply { (jobs, now) throws(QueueError) in try jobs.release(lease, after: delay, at: now) }
  }

  public func bury(_ lease: Lease, error: String) throws(QueueError) {
    try apply { (jobs, now) throws(QueueError) in try jobs.bury(lease, error: error, at: now) }
  }

  public func revive(_ id: JobID) throws(QueueError) -> Bool {
    try apply { (jobs, now) throws(QueueError) in try jobs.revive(id, at: now) }
  }

  public func state(of id: JobID) throws(QueueError) -> LiveJob? {
    try apply { (jobs, now) throws(QueueError) in jobs.live(id, at: now) }
  }

  public func reading(of queue: QueueName) throws(QueueError) -> QueueReading {
    try apply { (jobs, now) throws(QueueError) in jobs.reading(of: queue, at: now) }
  }

  public func wake() { guarded.update { $0.wakes += 1 } }

  public func close() { guarded.update { $0.closed = true } }
}
