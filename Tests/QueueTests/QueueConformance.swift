// The laws of JobQueue, proven for every backend. A new backend adds a case to `Backend` and passes this file.

import Domain
import Queue
import Testing
import Threading

@Suite struct QueueConformance {
  // MARK: - A job's life

  @Test("a job is leased, completed and forgotten", arguments: Backend.allCases) func life(backend: Backend) throws {
    try backend.withQueue { queue, clock in
      let new = job("a", "{\"x\":1}", group: "r", order: "o", unique: "u")
      #expect(try queue.enqueue(new) == .queued(new.id))
      #expect(try queue.state(of: new.id) == LiveJob(state: .queued, attempts: 0))
      let enqueuedAt = clock.now()
      clock.advance(by: .seconds(3))
      let lease = try queue.takeOne()
      #expect(lease.job == new)
      #expect(lease.attempt == 1)
      #expect(lease.enqueuedAt == enqueuedAt)
      #expect(try queue.state(of: new.id) == LiveJob(state: .running, attempts: 1, startedAt: clock.now(), worker: "test"))
      #expect(try queue.take().isEmpty)
      try queue.complete(lease)
      #expect(try queue.state(of: new.id) == nil)
      #expect(throws: QueueError.leaseLost(new.id)) { try queue.complete(lease) }
    }
  }

  @Test(
    "a payload comes out as it went in", arguments: Backend.allCases,
    ["", "\u{0}\r\n$3\r\n*1", "naïve 🦊 \u{10FFFF}", String(repeating: "x", count: 1 << 20)])
  func payloads(backend: Backend, payload: String) throws {
    try backend.withQueue { queue, _ in
      let new = job("a b:{c}", payload, group: payload.isEmpty ? "" : "*?[\u{0}]", order: "", unique: "+")
      _ = try queue.enqueue(new)
      #expect(try queue.takeOne().job == new)
    }
  }

  @Test("the same identifier twice is one job; a dead one is replaced", arguments: Backend.allCases)
  func identifiers(backend: Backend) throws {
    try backend.withQueue { queue, _ in
      _ = try queue.enqueue(job("a", "first"))
      #expect(try queue.enqueue(job("a", "second")) == .queued(JobID(rawValue: "a")))
      #expect(try queue.reading(of: .validation).depth == 1)
      let lease = try queue.takeOne()
      #expect(lease.job.payload == "first")
      _ = try queue.enqueue(job("a", "third"))
      #expect(try queue.reading(of: .validation).depth == 0)
      try queue.bury(lease, error: "bad")
      _ = try queue.enqueue(job("a", "fourth", queue: .healing))
      #expect(try queue.reading(of: .validation) == QueueReading())
      let next = try queue.takeOne(from: [.healing])
      #expect(next.job.payload == "fourth")
      #expect(next.attempt == 1)
      #expect(next.token > lease.token)
    }
  }

  @Test("a delayed job is not leased before its time", arguments: Backend.allCases) func delays(backend: Backend) throws {
    try backend.withQueue { queue, clock in
      _ = try queue.enqueue(job("late", notBefore: clock.now().advanced(by: .seconds(30))))
      _ = try queue.enqueue(job("soon"))
      _ = try queue.enqueue(job("past", notBefore: clock.now().advanced(by: .seconds(-30))))
      #expect(try queue.reading(of: .validation).delayed == 1)
      #expect(try queue.drain() == ["soon", "past"])
      clock.advance(by: .milliseconds(29_999))
      #expect(try queue.take().isEmpty)
      _ = try queue.enqueue(job("after"))
      clock.advance(by: .milliseconds(1))
      #expect(try queue.drain() == ["late", "after"], "a delayed job has its place by the order of coming")
    }
  }

  // MARK: - Leases

  @Test("a lease that is not extended goes to another worker, and its old holder can do nothing", arguments: Backend.allCases)
  func stealing(backend: Backend) throws {
    try backend.withQueue(QueueLimits(leaseDuration: .seconds(10))) { queue, clock in
      _ = try queue.enqueue(job("a"))
      let old = try queue.takeOne()
      clock.advance(by: .milliseconds(9_999))
      #expect(try queue.take().isEmpty)
      clock.advance(by: .milliseconds(1))
      let new = try queue.takeOne()
      #expect(new.job.id == old.job.id)
      #expect(new.token > old.token)
      #expect(new.attempt == 2)
      #expect(try queue.reading(of: .validation).stolen == 1)
      expectLost(old, by: queue)
      try queue.complete(new)
    }
  }

  @Test("a lease ends by the clock, not by being taken", arguments: Backend.allCases) func expiry(backend: Backend) throws {
    for verb in 0..<5 {
      try backend.withQueue(QueueLimits(leaseDuration: .seconds(10))) { queue, clock in
        _ = try queue.enqueue(job("a"))
        let lease = try queue.takeOne()
        clock.advance(by: .seconds(10))
        #expect(throws: QueueError.leaseLost(lease.job.id)) { try Self.apply(verb, lease, queue) }
        #expect(try queue.state(of: lease.job.id)?.state == .failed)
        #expect(try queue.takeOne().attempt == 2)
      }
    }
  }

  private static func apply(_ verb: Int, _ lease: Lease, _ queue: any JobQueue) throws(QueueError) {
    switch verb {
    case 0: try queue.extend(lease)
    case 1: try queue.complete(lease)
    case 2: try queue.retry(lease, after: .zero, error: "x")
    case 3: try queue.release(lease, after: .zero)
    default: try queue.bury(lease, error: "x")
    }
  }

  private func expectLost(_ lease: Lease, by queue: any JobQueue) {
    for verb in 0..<5 { #expect(throws: QueueError.leaseLost(lease.job.id)) { try Self.apply(verb, lease, queue) } }
  }

  @Test("a heartbeat keeps a lease", arguments: Backend.allCases) func extending(backend: Backend) throws {
    try backend.withQueue(QueueLimits(leaseDuration: .seconds(10))) { queue, clock in
      _ = try queue.enqueue(job("a"))
      let lease = try queue.takeOne()
      for _ in 0..<5 {
        clock.advance(by: .seconds(9))
        try queue.extend(lease)
        #expect(try queue.take().isEmpty)
      }
      try queue.complete(lease)
      #expect(try queue.reading(of: .validation) == QueueReading())
    }
  }

  // MARK: - Ends of an attempt

  @Test("a retried job rests, counts its attempt, keeps its error and its place", arguments: Backend.allCases)
  func retrying(backend: Backend) throws {
    try backend.withQueue { queue, clock in
      _ = try queue.enqueue(job("a"))
      _ = try queue.enqueue(job("b"))
      let first = try queue.takeOne()
      let startedAt = clock.now()
      try queue.retry(first, after: .seconds(5), error: "no luck")
      expectLost(first, by: queue)
      #expect(
        try queue.state(of: first.job.id)
          == LiveJob(state: .failed, attempts: 1, startedAt: startedAt, worker: "test", error: "no luck"))
      clock.advance(by: .seconds(5))
      let second = try queue.takeOne()
      #expect(second.job.id == first.job.id)
      #expect(second.attempt == 2)
      #expect(try queue.drain() == ["b"])
    }
  }

  @Test("a released job runs again as if its lease had not been", arguments: Backend.allCases) func releasing(backend: Backend) throws {
    try backend.withQueue { queue, clock in
      _ = try queue.enqueue(job("a"))
      _ = try queue.enqueue(job("b"))
      let first = try queue.takeOne()
      try queue.release(first, after: .zero)
      expectLost(first, by: queue)
      #expect(try queue.state(of: first.job.id)?.state == .queued)
      let second = try queue.takeOne()
      #expect(second.job.id == first.job.id)
      #expect(second.attempt == 1)
      try queue.release(second, after: .seconds(9))
      #expect(try queue.drain() == ["b"])
      clock.advance(by: .seconds(9))
      #expect(try queue.drain() == ["a"])
    }
  }

  @Test("a buried job is kept until it is revived, behind the others", arguments: Backend.allCases) func burying(backend: Backend) throws {
    try backend.withQueue { queue, clock in
      _ = try queue.enqueue(job("a"))
      _ = try queue.enqueue(job("b"))
      let lease = try queue.takeOne()
      #expect(try queue.revive(lease.job.id) == false)
      try queue.bury(lease, error: String(repeating: "ü", count: 3000))
      let dead = try queue.state(of: lease.job.id)
      #expect(dead?.state == .dead)
      #expect(dead?.error?.utf8.count == 4096)
      #expect(try queue.reading(of: .validation).dead == 1)
      clock.advance(by: .seconds(7))
      #expect(try queue.revive(lease.job.id))
      #expect(try queue.revive(lease.job.id) == false)
      #expect(try queue.revive(JobID(rawValue: "never")) == false)
      #expect(try queue.state(of: lease.job.id)?.attempts == 0)
      #expect(try queue.reading(of: .validation).dead == 0)
      #expect(try queue.takeOne().job.id.rawValue == "b")
      let revived = try queue.takeOne()
      #expect(revived.attempt == 1)
      #expect(revived.enqueuedAt == clock.now())
    }
  }

  // MARK: - Bounds

  @Test("a flood meets `full`, and nothing of a refused job is taken", arguments: Backend.allCases) func flood(backend: Backend) throws {
    try backend.withQueue(QueueLimits(maximumDepth: 50)) { queue, _ in
      for number in 0..<50 { _ = try queue.enqueue(job("\(number)", unique: "u\(number)")) }
      let full = QueueError.full(queue: .validation, limit: 50)
      for number in 50..<200 { #expect(throws: full) { try queue.enqueue(job("\(number)", order: "o", unique: "u\(number)")) } }
      #expect(try queue.state(of: JobID(rawValue: "60")) == nil)
      #expect(try queue.enqueue(job("x", "new", unique: "u7")) == .merged(into: JobID(rawValue: "7")), "a merge needs no room")
      _ = try queue.enqueue(job("other", queue: .healing))
      let lease = try queue.takeOne()
      _ = try queue.enqueue(job("room"))
      try queue.retry(lease, after: .zero, error: "")
      #expect(try queue.reading(of: .validation).depth == 51, "a job that returns is taken back")
      #expect(throws: full) { try queue.enqueue(job("no room")) }
      #expect(try queue.drain().count == 51)
    }
  }

  @Test("payloads are bounded by their bytes", arguments: Backend.allCases) func bytes(backend: Backend) throws {
    try backend.withQueue(QueueLimits(maximumBytes: 100)) { queue, _ in
      let full = QueueError.full(queue: .validation, limit: 100, unit: .bytes)
      _ = try queue.enqueue(job("a", String(repeating: "é", count: 30), unique: "u"))
      #expect(throws: full) { try queue.enqueue(job("b", String(repeating: "x", count: 41))) }
      _ = try queue.enqueue(job("b", String(repeating: "x", count: 40)))
      #expect(throws: full) { try queue.enqueue(job("c", String(repeating: "x", count: 61), unique: "u")) }
      _ = try queue.enqueue(job("c", String(repeating: "x", count: 50), unique: "u"))
      _ = try queue.enqueue(job("d", String(repeating: "x", count: 10)))
      #expect(throws: full) { try queue.enqueue(job("e", "x")) }
      #expect(try queue.drain() == ["a", "b", "d"])
      _ = try queue.enqueue(job("f", String(repeating: "x", count: 100)))
    }
  }

  @Test("the dead are bounded too: those that died first are forgotten", arguments: Backend.allCases) func dead(backend: Backend) throws {
    try backend.withQueue(QueueLimits(maximumBytes: 10, maximumDead: 3)) { queue, _ in
      func die(_ id: String, _ payload: String) throws {
        _ = try queue.enqueue(job(id, payload))
        try queue.bury(try queue.takeOne(), error: "x")
      }
      for id in ["a", "b", "c", "d"] { try die(id, "1") }
      #expect(try queue.state(of: JobID(rawValue: "a")) == nil)
      #expect(try queue.reading(of: .validation).dead == 3)
      try die("e", "12345678")
      #expect(try queue.reading(of: .validation).dead == 3)
      try die("f", "123")
      #expect(try queue.reading(of: .validation).dead == 1, "eleven bytes of the dead are too many")
      _ = try queue.enqueue(job("g", "12345678"))
      #expect(throws: QueueError.full(queue: .validation, limit: 10, unit: .bytes)) { try queue.revive(JobID(rawValue: "f")) }
      #expect(try queue.state(of: JobID(rawValue: "f"))?.state == .dead)
    }
  }

  // MARK: - Readings

  @Test("readings tell depth and age", arguments: Backend.allCases) func readings(backend: Backend) throws {
    try backend.withQueue(QueueLimits(leaseDuration: .seconds(60))) { queue, clock in
      #expect(try queue.reading(of: .validation) == QueueReading())
      _ = try queue.enqueue(job("a"))
      clock.advance(by: .seconds(4))
      _ = try queue.enqueue(job("b"))
      _ = try queue.enqueue(job("c", notBefore: clock.now().advanced(by: .seconds(50))))
      clock.advance(by: .seconds(1))
      #expect(try queue.reading(of: .validation) == QueueReading(depth: 3, delayed: 1, oldestAge: .seconds(5)))
      let lease = try queue.takeOne()
      #expect(try queue.reading(of: .validation) == QueueReading(depth: 2, delayed: 1, running: 1, oldestAge: .seconds(1)))
      try queue.bury(lease, error: "x")
      #expect(try queue.reading(of: .validation) == QueueReading(depth: 2, delayed: 1, dead: 1, oldestAge: .seconds(1)))
      _ = try queue.take()
      clock.advance(by: .seconds(60))
      #expect(try queue.reading(of: .validation) == QueueReading(depth: 2, dead: 1, oldestAge: .seconds(61), stolen: 1))
      #expect(try queue.reading(of: .healing) == QueueReading())
    }
  }
}
