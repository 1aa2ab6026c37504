// Keeps the leases of a pool's running jobs alive from one thread, and notices jobs that run too long. It sleeps while
// nothing runs; jobs shorter than a third of a lease cost it nothing.

import Domain
import Threading

/// A job that this pool has a lease on.
final class RunningJob: Sendable {
  let lease: Lease
  let control = JobControl()
  private let times: Monitor<Times>

  /// On the monotonic clock.
  struct Times {
    var extendedAt: Duration
    var nextBeat: Duration
    var timesOutAt: Duration
  }

  init(_ lease: Lease, at now: Duration, beat: Duration, hardTimeout: Duration) {
    self.lease = lease
    times = Monitor(Times(extendedAt: now, nextBeat: now + beat, timesOutAt: now + hardTimeout))
  }

  func withTimes<Result>(_ body: (inout Times) -> Result) -> Result { times.withLock(body) }
}

final class Heartbeat: Sendable {
  private struct State {
    var running: [Int64: RunningJob] = [:]
    var sleeping = false
    var stopped = false
  }

  private let state = Monitor(State())
  private let queue: any JobQueue
  private let leaseDuration: Duration
  private let hardTimeout: Duration

  private var beat: Duration { leaseDuration / 3 }

  init(queue: any JobQueue, leaseDuration: Duration, hardTimeout: Duration) {
    self.queue = queue
    self.leaseDuration = leaseDuration
    self.hardTimeout = hardTimeout
  }

  /// Keeps this lease alive until `remove`.
  func add(_ lease: Lease) -> RunningJob {
    let job = RunningJob(lease, at: monotonicNow(), beat: beat, hardTimeout: hardTimeout)
    state.updateIfNeeded { state, wakes in
      state.running[lease.token] = job
      wakes = state.sleeping
      state.sleeping = false
    }
    return job
  }

  func remove(_ job: RunningJob) { state.withLock { _ = $0.running.removeValue(forKey: job.lease.token) } }

  func cancelAll(_ cancellation: JobControl.Cancellation) {
    for job in state.withLock({ Array($0.running.values) }) { job.control.cancel(cancellation) }
  }

  func stop() { state.update { $0.stopped = true } }

  /// Whether the lease surely holds: certain by our own clock for two thirds of its time, else by asking the queue.
  func isOurs(_ job: RunningJob) -> Bool {
    if job.control.cancellation == .leaseLost { return false }
    let age = monotonicNow() - job.withTimes { $0.extendedAt }
    return age < beat * 2 || extend(job)
  }

  /// The body of the pool's heartbeat thread.
  func run() {
    while let due = nextDue() {
      for job in due { tend(job) }
    }
  }

  /// Waits until jobs need care; nil after `stop`.
  private func nextDue() -> [RunningJob]? {
    while true {
      let now = monotonicNow()
      var pause: Duration?
      let due = state.withLock { state -> [RunningJob]? in
        if state.stopped { return nil }
        let times = state.running.values.map { job in (job, job.withTimes { min($0.nextBeat, $0.timesOutAt) }) }
        pause = times.map(\.1).min().map { $0 - now }
        state.sleeping = times.isEmpty
        return times.filter { $0.1 <= now }.map(\.0)
      }
      guard let due else { return nil }
      if !due.isEmpty { return due }
      _ = state.wait(upTo: pause) { $0.stopped || (pause == nil && !$0.sleeping) ? true : nil }
    }
  }

  private func tend(_ job: RunningJob) {
    let now = monotonicNow()
    let timedOut = job.withTimes { times -> Bool in
      guard times.timesOutAt <= now else { return false }
      // Neither is looked at again: the lease ends by itself unless the job ends before.
      times.timesOutAt = .seconds(Int64.max / 2)
      times.nextBeat = .seconds(Int64.max / 2)
      return true
    }
    if timedOut { job.control.cancel(.timedOut) } else { _ = extend(job) }
  }

  /// Extends the lease. False when it is lost, or when the queue could not be asked while it may have ended.
  private func extend(_ job: RunningJob) -> Bool {
    let now = monotonicNow()
    do {
      try queue.extend(job.lease)
      job.withTimes { times in
        times.extendedAt = now
        if times.nextBeat < .seconds(Int64.max / 2) { times.nextBeat = now + beat }
      }
      return true
    } catch {
      let age =
        now
        - job.withTimes { times in
          times.nextBeat = max(times.nextBeat, now + beat / 4)
          return times.extendedAt
        }
      if case .unavailable = error, age < leaseDuration { return false }
      job.control.cancel(.leaseLost)
      return false
    }
  }
}
