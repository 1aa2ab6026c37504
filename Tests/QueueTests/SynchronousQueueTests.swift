// Synchronous mode at its edges: handlers that enqueue, threads that share an order, records that cannot be written.

import Domain
import Testing
import Threading

@testable import Queue

@Suite struct SynchronousQueueTests {
  private func makeQueue(
    recorder: any JobRecorder = NoRecorder(), limits: QueueLimits = QueueLimits(),
    _ body: @escaping @Sendable (Lease, JobControl) throws -> JobOutcome
  ) -> SynchronousQueue {
    SynchronousQueue(
      limits: limits, policy: .immediate, handler: Handler(body), recorder: recorder, clock: SystemClock(), logger: silent)
  }

  /// Lets a handler reach the queue that runs it.
  private final class Reference: Sendable { let queue = Monitor<SynchronousQueue?>(nil) }

  @Test("what a handler enqueues has ended, too: inside, or right after it when their order demands")
  func nested() throws {
    let reference = Reference()
    let order = Monitor<[String]>([])
    let queue = makeQueue { lease, _ in
      order.update { $0.append("\(lease.job.id) begins") }
      if lease.job.id.rawValue == "outer" {
        for inner in [job("free"), job("ordered", order: "o")] {
          _ = try reference.queue.withLock { $0 }?.enqueue(inner)
        }
      }
      order.update { $0.append("\(lease.job.id) ends") }
      return .completed(result: nil)
    }
    reference.queue.withLock { $0 = queue }
    _ = try queue.enqueue(job("outer", order: "o"))
    reference.queue.withLock { $0 = nil }
    #expect(order.withLock { $0 } == ["outer begins", "free begins", "free ends", "outer ends", "ordered begins", "ordered ends"])
    for id in ["outer", "free", "ordered"] { #expect(try queue.state(of: JobID(rawValue: id)) == nil) }
  }

  @Test("threads that enqueue to one order run their jobs one at a time") func threads() throws {
    let inside = Monitor((now: 0, most: 0, runs: 0))
    let queue = makeQueue { lease, _ in
      inside.update { state in
        state.now += 1
        state.most = max(state.most, state.now)
        state.runs += 1
      }
      defer { inside.update { $0.now -= 1 } }
      if lease.attempt == 1 { throw Failure() }
      return .completed(result: nil)
    }
    let unfinished = Monitor(0)
    let threads = try (0..<6).map { thread in
      try OwnedThread(name: "enqueues-\(thread)") {
        for number in 0..<20 {
          let new = job("\(thread) \(number)", order: "o")
          _ = try? queue.enqueue(new)
          if (try? queue.state(of: new.id)) != .some(nil) { unfinished.update { $0 += 1 } }
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(inside.withLock { $0.most } == 1)
    #expect(inside.withLock { $0.runs } == 240)
    #expect(unfinished.withLock { $0 } == 0)
  }

  @Test("a record that cannot be written does not hang the caller") func unrecorded() throws {
    let recorder = Recorder()
    recorder.refuses.withLock { $0 = 1000 }
    let queue = makeQueue(recorder: recorder) { _, _ in .completed(result: nil) }
    _ = try queue.enqueue(job("a"))
    #expect(try queue.state(of: JobID(rawValue: "a"))?.state == .dead)
    recorder.refuses.withLock { $0 = 0 }
    #expect(try queue.revive(JobID(rawValue: "a")))
    #expect(recorder.ends.map(\.state) == [.completed])
    #expect(try queue.revive(JobID(rawValue: "a")) == false)
  }

  @Test("it has limits, and leases nothing") func limits() throws {
    let queue = makeQueue(limits: QueueLimits(maximumBytes: 4)) { _, _ in .completed(result: nil) }
    #expect(throws: QueueError.full(queue: .validation, limit: 4, unit: .bytes)) { try queue.enqueue(job("a", "12345")) }
    #expect(try queue.lease(from: QueueName.allCases, worker: "w", limit: 1, patience: .zero).isEmpty)
    queue.close()
    #expect(try queue.lease(from: QueueName.allCases, worker: "w", limit: 1, patience: .seconds(600)).isEmpty)
  }
}

@Suite struct RetryPolicyTests {
  @Test("delays double up to the cap, and chance takes its share", arguments: 0..<100) func delays(seed: UInt64) {
    let random = Monitor(Seeded(seed))
    let draw: @Sendable () -> Double = { random.withLock { Double.random(in: 0..<1, using: &$0) } }
    for attempt in 1...70 {
      let whole = attempt < 8 ? Duration.milliseconds(100 << (attempt - 1)) : .seconds(10)
      func delay(_ jitter: RetryPolicy.Jitter) -> Duration {
        RetryPolicy(base: .milliseconds(100), cap: .seconds(10), jitter: jitter, random: draw).delay(afterAttempt: attempt)
      }
      #expect(delay(.none) == min(whole, .seconds(10)), "seed \(seed)")
      #expect(delay(.full) >= .zero && delay(.full) <= whole, "seed \(seed)")
      let half = delay(.equal)
      #expect(half >= whole / 2 - .milliseconds(1) && half <= whole, "seed \(seed)")
    }
  }
}
