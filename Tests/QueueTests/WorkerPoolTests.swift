// The worker pool on both queues: outcomes, retries, fencing, cancellation and stopping.

import Domain
import Testing
import Threading

@testable import Queue

/// Passes everything on, counts, and can cut a worker off from its queue as a stalled process is.
final class WatchedQueue: JobQueue {
  struct Counts {
    var waiting = 0
    var mostWaiting = 0
    var extensions = 0
    var completions = 0
  }

  let inner: any JobQueue
  let counts = Monitor(Counts())
  let isCutOff = Monitor(false)

  init(_ inner: any JobQueue) { self.inner = inner }

  func enqueue(_ job: NewJob) throws(QueueError) -> Enqueued { try inner.enqueue(job) }

  func lease(from queues: [QueueName], worker: String, limit: Int, patience: Duration) throws(QueueError) -> [Lease] {
    counts.update { counts in
      counts.waiting += 1
      counts.mostWaiting = max(counts.mostWaiting, counts.waiting)
    }
    defer { counts.update { $0.waiting -= 1 } }
    return try inner.lease(from: queues, worker: worker, limit: limit, patience: patience)
  }

  func extend(_ lease: Lease) throws(QueueError) {
    if isCutOff.withLock({ $0 }) { throw .unavailable("cut off") }
    try inner.extend(lease)
    counts.update { $0.extensions += 1 }
  }

  func complete(_ lease: Lease) throws(QueueError) {
    counts.update { $0.completions += 1 }
    try inner.complete(lease)
  }

  func retry(_ lease: Lease, after delay: Duration, error: String) throws(QueueError) {
    try inner.retry(lease, after: delay, error: error)
  }
  func release(_ lease: Lease, after delay: Duration) throws(QueueError) { try inner.release(lease, after: delay) }
  func bury(_ lease: Lease, error: String) throws(QueueError) { try inner.bury(lease, error: error) }
  func revive(_ id: JobID) throws(QueueError) -> Bool { try inner.revive(id) }
  func state(of id: JobID) throws(QueueError) -> LiveJob? { try inner.state(of: id) }
  func reading(of queue: QueueName) throws(QueueError) -> QueueReading { try inner.reading(of: queue) }
  func wake() { inner.wake() }
  func close() { inner.close() }
}

func makePool(
  _ queue: any JobQueue, threads: Int = 2, worker: String = "w", policy: RetryPolicy = .immediate, leaseDuration: Duration = .seconds(60),
  recorder: any JobRecorder = NoRecorder(), hardTimeout: Duration = .seconds(1800),
  _ body: @escaping @Sendable (Lease, JobControl) throws -> JobOutcome
) -> WorkerPool {
  WorkerPool(
    queue: queue, queues: QueueName.allCases, threads: threads, niceness: 0, worker: worker, policy: policy, leaseDuration: leaseDuration,
    handler: Handler(body), recorder: recorder, clock: SystemClock(), logger: silent, hardTimeout: hardTimeout)
}

/// Runs a pool during `body`.
func withPool(_ pool: WorkerPool, _ body: () throws -> Void) throws {
  try pool.start()
  do { try body() } catch {
    _ = pool.stop(grace: .zero)
    throw error
  }
  #expect(pool.stop(grace: .seconds(60)))
}

@Suite struct WorkerPoolTests {
  @Test("each outcome has its state, its record and its verb", arguments: Backend.allCases) func outcomes(backend: Backend) throws {
    try backend.withRealTimeQueue { queue in
      let recorder = Recorder()
      let pool = makePool(queue, recorder: recorder) { lease, _ in
        switch lease.job.payload {
        case "done": return .completed(result: "{\"n\":1}")
        case "nothing": return .ignored(reason: "no docs")
        case "hopeless": throw PermanentFailure(message: "not a repository")
        case "flaky" where lease.attempt < 3: throw Failure(description: "two\nlines")
        case "early" where recorder.ends.allSatisfy({ $0.id != lease.job.id.rawValue }):
          throw Postponement(by: .milliseconds(1), reason: "rate limit")
        case "bad": throw Failure()
        default: return .completed(result: nil)
        }
      }
      try withPool(pool) {
        for kind in ["done", "nothing", "hopeless", "flaky", "early", "bad"] { _ = try queue.enqueue(job(kind, kind)) }
        try recorder.waitForEnds(11)
      }
      func ends(_ id: String) -> [Recorder.Entry] { recorder.ends.filter { $0.id == id } }
      #expect(ends("done") == [.init(id: "done", state: .completed, attempt: 1, result: "{\"n\":1}")])
      #expect(ends("nothing") == [.init(id: "nothing", state: .ignored, attempt: 1, error: "no docs")])
      #expect(ends("hopeless") == [.init(id: "hopeless", state: .dead, attempt: 1, error: "not a repository")])
      #expect(ends("flaky").map(\.state) == [.failed, .failed, .completed])
      #expect(ends("flaky").first?.error == "two lines")
      #expect(ends("early").map(\.state) == [.failed, .completed])
      #expect(ends("early").map(\.attempt) == [1, 1], "a postponed attempt is not counted")
      #expect(ends("bad").map(\.state) == [.failed, .failed, .dead])
      #expect(ends("bad").map(\.attempt) == [1, 2, 3])
      #expect(try queue.reading(of: .validation) == QueueReading(dead: 2))
      #expect(try queue.state(of: JobID(rawValue: "bad"))?.error == "it did not work")
    }
  }

  @Test("the record is written before the queue forgets; when it cannot be, the job runs again", arguments: Backend.allCases)
  func recordFirst(backend: Backend) throws {
    try backend.withRealTimeQueue { inner in
      let queue = WatchedQueue(inner)
      let recorder = Recorder()
      recorder.refuses.withLock { $0 = 1 }
      try withPool(makePool(queue, recorder: recorder) { _, _ in .completed(result: nil) }) {
        _ = try queue.enqueue(job("a"))
        try recorder.waitForEnds(1)
      }
      #expect(recorder.ends == [.init(id: "a", state: .completed, attempt: 2)])
      #expect(queue.counts.withLock { $0.completions } == 1)
    }
  }

  @Test("a job that took three workers down is buried, not run again", arguments: Backend.allCases) func poison(backend: Backend) throws {
    try backend.withQueue { queue, clock in
      _ = try queue.enqueue(job("a", order: "o"))
      _ = try queue.enqueue(job("next", order: "o"))
      for attempt in 1...3 {
        #expect(try queue.takeOne().attempt == attempt)
        clock.advance(by: .seconds(60))
      }
      let recorder = Recorder()
      let ran = Monitor<[String]>([])
      // Two refusals show that its death waits for its record.
      recorder.refuses.withLock { $0 = 2 }
      let pool = makePool(queue, recorder: recorder) { lease, _ in
        ran.update { $0.append(lease.job.id.rawValue) }
        return .completed(result: nil)
      }
      try withPool(pool) { try recorder.waitForEnds(2) }
      #expect(ran.withLock { $0 } == ["next"])
      #expect(recorder.ends.first?.state == .dead)
      #expect(
        recorder.ends.first?.error
          == "given up after 3 attempts that ended without an outcome (their worker died, hung or could not record it)")
      #expect(try queue.state(of: JobID(rawValue: "a"))?.state == .dead)
    }
  }

  @Test("a worker that stalled is fenced off: what it did is not recorded", arguments: Backend.allCases) func stall(backend: Backend) throws
  {
    try backend.withRealTimeQueue(QueueLimits(leaseDuration: .milliseconds(500))) { inner in
      let stalled = WatchedQueue(inner)
      let (lost, stolen) = (Recorder(), Recorder())
      let (started, resumed) = (Monitor(false), Monitor(false))
      let slow = makePool(stalled, threads: 1, worker: "slow", leaseDuration: .milliseconds(500), recorder: lost) { _, _ in
        stalled.isCutOff.update { $0 = true }
        started.update { $0 = true }
        try wait(for: resumed)
        return .completed(result: "old")
      }
      try withPool(slow) {
        _ = try inner.enqueue(job("a"))
        try wait(for: started)
        let quick = makePool(inner, worker: "quick", leaseDuration: .milliseconds(500), recorder: stolen) { _, _ in
          .completed(result: "new")
        }
        try withPool(quick) {
          try stolen.waitForEnds(1)
          stalled.isCutOff.update { $0 = false }
          resumed.update { $0 = true }
        }
      }
      #expect(stolen.ends.map(\.result) == ["new"])
      #expect(lost.ends.isEmpty)
      #expect(stalled.counts.withLock { $0.completions } == 0)
      #expect(try inner.reading(of: .validation).stolen == 1)
    }
  }

  @Test("a job that outlives its lease many times keeps it", arguments: Backend.allCases) func heartbeat(backend: Backend) throws {
    try backend.withRealTimeQueue(QueueLimits(leaseDuration: .milliseconds(600))) { inner in
      let queue = WatchedQueue(inner)
      let recorder = Recorder()
      let pool = makePool(queue, leaseDuration: .milliseconds(600), recorder: recorder) { _, control in
        let beaten: Bool? = queue.counts.wait(upTo: .seconds(60)) { $0.extensions >= 7 ? true : nil }
        return beaten == true && !control.isCancelled ? .completed(result: nil) : .ignored(reason: "no heartbeat")
      }
      try withPool(pool) {
        _ = try queue.enqueue(job("a"))
        try recorder.waitForEnds(1)
      }
      #expect(recorder.ends == [.init(id: "a", state: .completed, attempt: 1)])
    }
  }

  @Test("a job whose lease is lost is told so, and its child is killed once", arguments: Backend.allCases)
  func lostLease(backend: Backend) throws {
    try backend.withRealTimeQueue(QueueLimits(leaseDuration: .milliseconds(500))) { queue in
      let watched = WatchedQueue(queue)
      watched.isCutOff.update { $0 = true }
      let kills = Monitor(0)
      let reason = Monitor<JobControl.Cancellation?>(nil)
      let recorder = Recorder()
      let pool = makePool(watched, threads: 1, leaseDuration: .milliseconds(500), recorder: recorder) { lease, control in
        guard lease.attempt == 1 else { return .completed(result: nil) }
        let forgotten = control.whenCancelled { kills.update { $0 += 100 } }
        control.forget(forgotten)
        control.whenCancelled { kills.update { $0 += 1 } }
        _ = kills.wait(upTo: .seconds(60)) { $0 > 0 ? true : nil }
        reason.withLock { $0 = control.cancellation }
        watched.isCutOff.update { $0 = false }
        throw Failure()
      }
      try withPool(pool) {
        _ = try queue.enqueue(job("a"))
        try recorder.waitForEnds(1)
      }
      #expect(kills.withLock { $0 } == 1)
      #expect(reason.withLock { $0 } == .leaseLost)
      #expect(recorder.ends == [.init(id: "a", state: .completed, attempt: 2)])
    }
  }

  @Test("a job that runs too long is cancelled and counts as failed", arguments: Backend.allCases) func hardTimeout(backend: Backend) throws
  {
    try backend.withRealTimeQueue { queue in
      let recorder = Recorder()
      let pool = makePool(queue, policy: RetryPolicy(attempts: 1), recorder: recorder, hardTimeout: .milliseconds(30)) { _, control in
        let cancelled = Monitor(false)
        control.whenCancelled { cancelled.update { $0 = true } }
        try wait(for: cancelled)
        throw Failure()
      }
      try withPool(pool) {
        _ = try queue.enqueue(job("a"))
        try recorder.waitForEnds(1)
      }
      #expect(recorder.ends == [.init(id: "a", state: .dead, attempt: 1, error: "ran longer than a job may and was cancelled")])
    }
  }

  // MARK: - Stopping

  @Test("a pool that stops lets running jobs end and takes no more", arguments: Backend.allCases) func graceful(backend: Backend) throws {
    try backend.withRealTimeQueue { queue in
      let recorder = Recorder()
      let (running, mayEnd, stopped) = (Monitor(false), Monitor(false), Monitor(false))
      let pool = makePool(queue, threads: 1, recorder: recorder) { _, _ in
        running.update { $0 = true }
        try wait(for: mayEnd)
        return .completed(result: nil)
      }
      try pool.start()
      _ = try queue.enqueue(job("a"))
      try wait(for: running)
      _ = try queue.enqueue(job("b"))
      let stopper = try OwnedThread(name: "stops") {
        let complete = pool.stop(grace: .seconds(60))
        stopped.update { $0 = complete }
      }
      mayEnd.update { $0 = true }
      stopper.join()
      #expect(stopped.withLock { $0 })
      let states = recorder.ends
      // The pool may have taken `b` before it was told to stop, never after.
      #expect(states.first == .init(id: "a", state: .completed, attempt: 1))
      #expect(try queue.reading(of: .validation).running == 0)
      #expect(try queue.reading(of: .validation).depth == 2 - states.count)
      #expect(pool.stop(grace: .zero), "stopping twice is stopping")
    }
  }

  @Test("after the grace jobs are cancelled and go back uncounted", arguments: Backend.allCases) func ungraceful(backend: Backend) throws {
    try backend.withRealTimeQueue { queue in
      let recorder = Recorder()
      let running = Monitor(false)
      let pool = makePool(queue, threads: 1, recorder: recorder) { _, control in
        running.update { $0 = true }
        let cancelled = Monitor(false)
        control.whenCancelled { cancelled.update { $0 = true } }
        try wait(for: cancelled)
        throw Failure()
      }
      try pool.start()
      _ = try queue.enqueue(job("a"))
      try wait(for: running)
      #expect(pool.stop(grace: .zero))
      #expect(recorder.ends == [.init(id: "a", state: .failed, attempt: 1, error: "interrupted: the worker stopped; runs again")])
      #expect(try queue.state(of: JobID(rawValue: "a"))?.attempts == 0)
      #expect(try queue.takeOne().attempt == 1)
    }
  }

  @Test("a handler that does not return keeps its thread, and its lease ends by itself", arguments: Backend.allCases)
  func stubborn(backend: Backend) throws {
    try backend.withRealTimeQueue { queue in
      let (running, mayEnd) = (Monitor(false), Monitor(false))
      let pool = makePool(queue, threads: 2) { _, _ in
        running.update { $0 = true }
        try wait(for: mayEnd)
        return .completed(result: nil)
      }
      try pool.start()
      _ = try queue.enqueue(job("a"))
      try wait(for: running)
      #expect(pool.stop(grace: .zero, afterwards: .milliseconds(1)) == false)
      #expect(try queue.reading(of: .validation).running == 1)
      mayEnd.update { $0 = true }
      #expect(pool.stop(grace: .seconds(60)))
    }
  }

  @Test("idle threads cost the queue one waiting call", arguments: Backend.allCases) func idle(backend: Backend) throws {
    try backend.withRealTimeQueue { inner in
      let queue = WatchedQueue(inner)
      let recorder = Recorder()
      try withPool(makePool(queue, threads: 8, recorder: recorder) { _, _ in .completed(result: nil) }) {
        for number in 0..<100 { _ = try queue.enqueue(job("\(number)")) }
        try recorder.waitForEnds(100)
      }
      #expect(queue.counts.withLock { $0.mostWaiting } == 1)
    }
  }

  @Test("threads work at once", arguments: Backend.allCases) func parallel(backend: Backend) throws {
    try backend.withRealTimeQueue { queue in
      let together = Monitor(0)
      let recorder = Recorder()
      let pool = makePool(queue, threads: 4, recorder: recorder) { _, _ in
        together.update { $0 += 1 }
        let met: Bool? = together.wait(upTo: .seconds(60)) { $0 >= 4 ? true : nil }
        return met == true ? .completed(result: nil) : .ignored(reason: "ran alone")
      }
      try withPool(pool) {
        for number in 0..<4 { _ = try queue.enqueue(job("\(number)")) }
        try recorder.waitForEnds(4)
      }
      #expect(recorder.ends.allSatisfy { $0.state == .completed })
    }
  }
}
