// The properties of the issue that are about running jobs.

import Domain
import Foundation
import Testing
import Threading

@testable import Queue
@testable import QueueRedis

@Suite struct JobProperties {
  // Feature: lightweight-deployment, Property 1: webhook, validation and healing jobs in any mix all complete in the unified worker.
  @Test("any mix of jobs completes in one pool", arguments: Backend.allCases, 0..<100) func property1(backend: Backend, seed: UInt64) throws
  {
    try backend.withRealTimeQueue { queue in
      var random = Seeded(seed)
      var expected: Set<String> = []
      let recorder = Recorder()
      let failing = Set((0..<40).filter { _ in random.chance(20) }.map { "job \($0)" })
      let pool = makePool(queue, threads: 1 + random.below(4), recorder: recorder) { lease, _ in
        if lease.attempt < 3 && failing.contains(lease.job.id.rawValue) { throw Failure() }
        return .completed(result: nil)
      }
      try withPool(pool) {
        for number in 0..<(1 + random.below(40)) {
          let delay = random.pick([nil, nil, nil, 1, 3])
          let enqueued = try queue.enqueue(
            job(
              "job \(number)", queue: random.pick(QueueName.allCases), group: random.pick(["g", "h", "i"]),
              order: random.pick([nil, "o", "p"]), unique: random.pick([nil, nil, "u"]),
              notBefore: delay.map { SystemClock().now().advanced(by: .milliseconds($0)) }))
          expected.insert(enqueued.id.rawValue)
        }
        try eventually("seed \(seed): every job ends") {
          try QueueName.allCases.allSatisfy { name in
            let reading = try queue.reading(of: name)
            return reading.depth == 0 && reading.running == 0
          }
        }
      }
      let completed = recorder.ends.filter { $0.state == .completed }.map(\.id)
      #expect(Set(completed) == expected, "seed \(seed)")
      #expect(completed.count == expected.count, "seed \(seed): no job completes twice")
    }
  }

  // Feature: lightweight-deployment, Property 4: synchronous mode runs the job before enqueue returns, asynchronous mode on
  // worker threads.
  @Test("a synchronous job has ended when enqueue returns", arguments: 0..<100) func property4Synchronous(seed: UInt64) throws {
    var random = Seeded(seed)
    let recorder = Recorder()
    let threads = Monitor<Set<UInt>>([])
    let failures = (0..<12).map { _ in random.below(5) }
    let queue = SynchronousQueue(
      policy: RetryPolicy(attempts: 3, base: .milliseconds(1)),
      handler: Handler { lease, _ in
        threads.update { _ = $0.insert(pthread_self()) }
        if lease.attempt <= failures[Int(lease.job.payload) ?? 0] { throw Failure() }
        return .completed(result: nil)
      }, recorder: recorder, clock: SystemClock(), logger: silent)
    for (number, failing) in failures.enumerated() {
      let new = job(
        "\(number)", "\(number)", queue: random.pick(QueueName.allCases), order: random.pick([nil, "o"]), unique: random.pick([nil, "u"]),
        notBefore: random.chance(30) ? SystemClock().now().advanced(by: .seconds(3600)) : nil)
      #expect(try queue.enqueue(new) == .queued(new.id), "seed \(seed)")
      let ends = recorder.ends.filter { $0.id == "\(number)" }.map(\.state)
      let failed = Array(repeating: JobState.failed, count: min(failing, 2))
      #expect(ends == failed + [failing < 3 ? .completed : .dead], "seed \(seed)")
      #expect(try queue.state(of: new.id)?.state == (failing < 3 ? nil : .dead), "seed \(seed)")
    }
    #expect(threads.withLock { $0 } == [pthread_self()], "seed \(seed): it runs on the enqueuing thread")
  }

  @Test("an asynchronous job runs on a worker's thread", arguments: Backend.allCases, 0..<100)
  func property4Asynchronous(backend: Backend, seed: UInt64) throws {
    try backend.withRealTimeQueue { queue in
      var random = Seeded(seed)
      let mayRun = Monitor(false)
      let threads = Monitor<Set<String>>([])
      let recorder = Recorder()
      let pool = makePool(queue, threads: 1 + random.below(3), recorder: recorder) { _, _ in
        try wait(for: mayRun)
        let name = (try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)) ?? ""
        threads.update { _ = $0.insert(String(name.prefix(7))) }
        return .completed(result: nil)
      }
      let count = 1 + random.below(5)
      try withPool(pool) {
        for number in 0..<count { _ = try queue.enqueue(job("\(number)", queue: random.pick(QueueName.allCases))) }
        // Every enqueue has returned although no job could run.
        #expect(recorder.ends.isEmpty, "seed \(seed)")
        mayRun.update { $0 = true }
        try recorder.waitForEnds(count)
      }
      #expect(threads.withLock { $0 } == ["worker-"], "seed \(seed)")
    }
  }

  // Feature: lightweight-deployment, Property 6: after a restart Redis jobs are still there, memory jobs are not.
  @Test("a new process finds the jobs of Redis and none of memory", arguments: 0..<100) func property6(seed: UInt64) throws {
    try withRedis { before in
      var random = Seeded(seed)
      let after = before.reopened()
      let memory = MemoryQueue()
      var waiting: Set<String> = []
      for number in 0..<(1 + random.below(15)) {
        let new = job(
          "\(number)", String(repeating: "p", count: random.below(50)), group: random.pick(["g", "h"]), order: random.pick([nil, "o"]))
        _ = try before.enqueue(new)
        _ = try memory.enqueue(new)
        waiting.insert("\(number)")
        if random.chance(30), let lease = try before.take().first {
          switch random.below(3) {
          case 0:
            try before.complete(lease)
            waiting.remove(lease.job.id.rawValue)
          case 1: try before.retry(lease, after: .zero, error: "x")
          default:
            try before.bury(lease, error: "x")
            waiting.remove(lease.job.id.rawValue)
            #expect(try after.state(of: lease.job.id)?.state == .dead, "seed \(seed)")
          }
        }
      }
      #expect(Set(try after.drain()) == waiting, "seed \(seed)")
      #expect(try MemoryQueue().drain().isEmpty)
      #expect(try memory.reading(of: .validation).depth > 0)
    }
  }

  @Test("a Redis server that is killed and started again still has every job") func property6ServerCrash() throws {
    let server = try PrivateRedis(["--appendfsync", "always"])
    let queue = RedisQueue(endpoint: server.endpoint, times: RedisTimes(trouble: .seconds(30)))
    let leased = try {
      for number in 0..<200 { _ = try queue.enqueue(job("\(number)", "payload \(number)", order: number % 3 == 0 ? "o" : nil)) }
      return try queue.take(20)
    }()
    #expect(leased.count == 20)
    try server.kill()
    try server.restart()
    // The same client goes on: it connects and loads its scripts again, and the leases still hold.
    for lease in leased { try queue.complete(lease) }
    let rest = try RedisQueue(endpoint: server.endpoint).drain()
    #expect(Set(rest).union(leased.map(\.job.id.rawValue)).count == 200)
    #expect(rest.count == 180)
  }

  @Test("jobs complete while the server is killed again and again") func crashes() throws {
    let server = try PrivateRedis(["--appendfsync", "always"])
    let queue = RedisQueue(
      endpoint: server.endpoint, limits: QueueLimits(leaseDuration: .seconds(2)), times: RedisTimes(trouble: .seconds(30)))
    let recorder = Recorder()
    try withPool(
      makePool(queue, threads: 3, policy: RetryPolicy(attempts: 9), leaseDuration: .seconds(2), recorder: recorder) { _, _ in
        .completed(result: nil)
      }
    ) {
      for round in 0..<3 {
        for number in 0..<100 { _ = try queue.enqueue(job("\(round) \(number)")) }
        try server.kill()
        try server.restart()
      }
      try eventually("every job ends") {
        let reading = try queue.reading(of: .validation)
        return reading.depth == 0 && reading.running == 0
      }
    }
    #expect(Set(recorder.ends.map(\.id)).count == 300)
  }
}
