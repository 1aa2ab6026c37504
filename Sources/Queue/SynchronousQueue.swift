// SYNC_PROCESSING: the queue in which `enqueue` returns only when its job has ended. It stands on a memory queue, so keys,
// order, retries and limits are the same; the enqueuing thread is the worker.
//
// A handler may enqueue further jobs. Such a job runs at once, inside; but when the order makes it wait for the very job
// that enqueued it, it runs right after that one, still before the outermost `enqueue` returns. Only outermost calls wait
// for other threads, and they hold no job then, so no two can wait for each other.

import Domain
import Logging
import Threading

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// A queue that runs each job, with its retries, before `enqueue` returns. `notBefore` is not waited for; the delays of
/// retries are. Nothing is ever leased from it.
public final class SynchronousQueue: JobQueue {
  private let jobs: MemoryQueue
  private let runner: JobRunner
  private let worker: String
  /// The unfinished jobs of each thread that is inside `enqueue`.
  private let pending = Monitor<[pthread_t: [JobID]]>([:])
  /// Grows with every attempt that ends.
  private let ended = Monitor(0)
  private let closed = Monitor(false)

  public init(
    limits: QueueLimits = QueueLimits(), worker: String = "synchronous", policy: RetryPolicy, handler: any JobHandler,
    recorder: any JobRecorder, clock: any WallClock, logger: Logger
  ) {
    var limits = limits
    // Nobody else could take a job over: the caller's thread is the only worker that it has.
    limits.leaseDuration = .seconds(3_155_760_000)
    self.worker = worker
    jobs = MemoryQueue(limits: limits, clock: clock)
    runner = JobRunner(
      queue: jobs, handler: handler, recorder: recorder, policy: policy, clock: clock, logger: logger, waitsForRecord: false)
  }

  public func enqueue(_ job: NewJob) throws(QueueError) -> Enqueued {
    var job = job
    job.notBefore = nil
    let enqueued = try jobs.enqueue(job)
    try finish(enqueued.id)
    return enqueued
  }

  private func finish(_ id: JobID) throws(QueueError) {
    let thread = pthread_self()
    let inside = pending.withLock { pending -> Bool in
      defer { pending[thread, default: []].append(id) }
      return pending[thread] != nil
    }
    if inside { return runIfReady(id) }
    defer { pending.withLock { $0[thread] = nil } }
    try finishAll(of: thread)
  }

  private func finishAll(of thread: pthread_t) throws(QueueError) {
    while true {
      let seen = ended.withLock { $0 }
      for id in pending.withLock({ $0[thread] ?? [] }) { runIfReady(id) }
      var unfinished: [JobID] = []
      for id in pending.withLock({ $0[thread] ?? [] }) where try isUnfinished(id) { unfinished.append(id) }
      pending.withLock { $0[thread] = unfinished }
      if unfinished.isEmpty { return }
      _ = ended.wait(upTo: jobs.timeToNextEvent()) { $0 != seen ? true : nil }
    }
  }

  private func isUnfinished(_ id: JobID) throws(QueueError) -> Bool {
    switch try jobs.state(of: id)?.state {
    case nil, .dead: false
    default: true
    }
  }

  /// Runs the job unless it waits for something or another thread runs it.
  private func runIfReady(_ id: JobID) {
    guard let lease = jobs.lease(only: id, worker: worker) else { return }
    runner.run(lease, JobControl(), isOurs: { true })
    ended.update { $0 += 1 }
  }

  /// Always empty, after `patience` or `close`: jobs run where they are enqueued.
  public func lease(from queues: [QueueName], worker: String, limit: Int, patience: Duration) throws(QueueError) -> [Lease] {
    _ = closed.wait(upTo: patience) { $0 ? true : nil }
    return []
  }

  public func extend(_ lease: Lease) throws(QueueError) { try jobs.extend(lease) }
  public func complete(_ lease: Lease) throws(QueueError) { try jobs.complete(lease) }
  public func retry(_ lease: Lease, after delay: Duration, error: String) throws(QueueError) {
    try jobs.retry(lease, after: delay, error: error)
  }
  public func release(_ lease: Lease, after delay: Duration) throws(QueueError) { try jobs.release(lease, after: delay) }
  public func bury(_ lease: Lease, error: String) throws(QueueError) { try jobs.bury(lease, error: error) }

  /// Runs the dead job again before it returns.
  public func revive(_ id: JobID) throws(QueueError) -> Bool {
    guard try jobs.revive(id) else { return false }
    try finish(id)
    return true
  }

  public func state(of id: JobID) throws(QueueError) -> LiveJob? { try jobs.state(of: id) }
  public func reading(of queue: QueueName) throws(QueueError) -> QueueReading { try jobs.reading(of: queue) }
  public func wake() { jobs.wake() }
  public func close() {
    closed.update { $0 = true }
    jobs.close()
  }
}
