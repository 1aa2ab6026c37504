// The laws of JobQueue about keys, order, fairness and waiting, proven for every backend.

import Domain
import Queue
import Testing
import Threading

@Suite struct QueueKeysConformance {
  // MARK: - Unique keys

  @Test("a burst of 100 with one unique key is one job with the newest payload", arguments: Backend.allCases)
  func burst(backend: Backend) throws {
    try backend.withQueue { queue, _ in
      for number in 0..<100 {
        let enqueued = try queue.enqueue(job("\(number)", "payload \(number)", unique: "u"))
        #expect(enqueued == (number == 0 ? .queued(JobID(rawValue: "0")) : .merged(into: JobID(rawValue: "0"))))
      }
      let leases = try queue.take(10)
      #expect(leases.map(\.job.payload) == ["payload 99"])
      #expect(leases.map(\.job.id.rawValue) == ["0"])
    }
  }

  @Test("a merged job keeps its place, its group's turn and its order", arguments: Backend.allCases) func place(backend: Backend) throws {
    try backend.withQueue { queue, _ in
      _ = try queue.enqueue(job("a", group: "x", unique: "u"))
      _ = try queue.enqueue(job("b", group: "y"))
      _ = try queue.enqueue(job("c", group: "x"))
      _ = try queue.enqueue(job("d", "new", group: "z", order: "o", unique: "u"))
      #expect(try queue.drain() == ["a", "b", "c"])
    }
  }

  @Test("a merge moves the time later or earlier", arguments: Backend.allCases) func debounce(backend: Backend) throws {
    try backend.withQueue { queue, clock in
      let start = clock.now()
      _ = try queue.enqueue(job("a", "1", unique: "u", notBefore: start.advanced(by: .seconds(30))))
      clock.advance(by: .seconds(20))
      _ = try queue.enqueue(job("b", "2", unique: "u", notBefore: start.advanced(by: .seconds(50))))
      clock.advance(by: .seconds(29))
      #expect(try queue.take().isEmpty)
      _ = try queue.enqueue(job("c", "3", unique: "u"))
      #expect(try queue.reading(of: .validation).delayed == 0)
      _ = try queue.enqueue(job("d", "4", unique: "u", notBefore: clock.now().advanced(by: .seconds(1))))
      #expect(try queue.take().isEmpty)
      clock.advance(by: .seconds(1))
      #expect(try queue.takeOne().job.payload == "4")
    }
  }

  @Test("while a job is leased its key is free, and a retried job leaves it to a newer one", arguments: Backend.allCases)
  func leasedKey(backend: Backend) throws {
    try backend.withQueue { queue, _ in
      _ = try queue.enqueue(job("a", "1", unique: "u"))
      let running = try queue.takeOne()
      #expect(try queue.enqueue(job("b", "2", unique: "u")) == .queued(JobID(rawValue: "b")))
      try queue.retry(running, after: .zero, error: "x")
      #expect(try queue.enqueue(job("c", "3", unique: "u")) == .merged(into: JobID(rawValue: "b")))
      #expect(try queue.drain() == ["a", "b"])
    }
  }

  @Test("a retried job takes its key back; what then merges starts its attempts anew", arguments: Backend.allCases)
  func retriedKey(backend: Backend) throws {
    try backend.withQueue { queue, clock in
      _ = try queue.enqueue(job("a", "1", unique: "u"))
      try queue.retry(try queue.takeOne(), after: .seconds(60), error: "x")
      #expect(try queue.enqueue(job("b", "2", unique: "u")) == .merged(into: JobID(rawValue: "a")))
      let state = try queue.state(of: JobID(rawValue: "a"))
      #expect(state?.state == .queued)
      #expect(state?.error == nil)
      let lease = try queue.takeOne()
      #expect(lease.attempt == 1)
      #expect(lease.job.payload == "2")
      #expect(clock.now() == lease.enqueuedAt)
    }
  }

  @Test("a unique key holds within one queue; a dead job holds none", arguments: Backend.allCases)
  func keyScope(backend: Backend) throws {
    try backend.withQueue { queue, _ in
      _ = try queue.enqueue(job("a", unique: "u"))
      #expect(try queue.enqueue(job("b", queue: .healing, unique: "u")) == .queued(JobID(rawValue: "b")))
      try queue.bury(try queue.takeOne(), error: "x")
      #expect(try queue.enqueue(job("c", unique: "u")) == .queued(JobID(rawValue: "c")))
      #expect(try queue.revive(JobID(rawValue: "a")))
      #expect(try queue.enqueue(job("d", unique: "u")) == .merged(into: JobID(rawValue: "c")))
    }
  }

  // MARK: - Ordering keys

  @Test("jobs of one ordering key run one at a time in the order they came, across queues", arguments: Backend.allCases)
  func order(backend: Backend) throws {
    try backend.withQueue { queue, _ in
      let all = QueueName.allCases
      _ = try queue.enqueue(job("a", queue: .webhooks, order: "o"))
      _ = try queue.enqueue(job("b", queue: .healing, group: "h", order: "o"))
      _ = try queue.enqueue(job("c", queue: .webhooks, order: "o"))
      _ = try queue.enqueue(job("free", queue: .healing, group: "h", order: "p"))
      let first = try queue.take(9, from: all)
      #expect(Set(first.map(\.job.id.rawValue)) == ["a", "free"])
      #expect(try queue.take(9, from: all).isEmpty)
      for lease in first { try queue.complete(lease) }
      #expect(try queue.take(9, from: [.webhooks]).isEmpty)
      #expect(try queue.drain(from: all) == ["b", "c"])
    }
  }

  @Test("a retried job keeps later jobs of its key waiting", arguments: Backend.allCases) func orderedRetry(backend: Backend) throws {
    try backend.withQueue(QueueLimits(leaseDuration: .seconds(10))) { queue, clock in
      for id in ["a", "b", "c"] { _ = try queue.enqueue(job(id, order: "o")) }
      try queue.retry(try queue.takeOne(), after: .seconds(5), error: "x")
      #expect(try queue.take().isEmpty)
      clock.advance(by: .seconds(5))
      let again = try queue.takeOne()
      #expect(again.job.id.rawValue == "a")
      clock.advance(by: .seconds(10))
      #expect(try queue.takeOne().job.id.rawValue == "a", "so does one whose worker died")
    }
  }

  @Test("a buried job leaves the order, a revived one joins its end", arguments: Backend.allCases)
  func orderedDeath(backend: Backend) throws {
    try backend.withQueue { queue, _ in
      for id in ["a", "b", "c"] { _ = try queue.enqueue(job(id, order: "o")) }
      try queue.bury(try queue.takeOne(), error: "x")
      let running = try queue.takeOne()
      #expect(running.job.id.rawValue == "b")
      #expect(try queue.revive(JobID(rawValue: "a")))
      try queue.complete(running)
      #expect(try queue.drain() == ["c", "a"])
    }
  }

  @Test("a delayed job keeps later jobs of its key waiting, until its time is moved", arguments: Backend.allCases)
  func orderedDelay(backend: Backend) throws {
    try backend.withQueue { queue, clock in
      _ = try queue.enqueue(job("a", order: "o", unique: "u", notBefore: clock.now().advanced(by: .seconds(30))))
      _ = try queue.enqueue(job("b", order: "o", unique: "v"))
      #expect(try queue.take().isEmpty)
      _ = try queue.enqueue(job("x", "later", unique: "v", notBefore: clock.now().advanced(by: .seconds(60))))
      _ = try queue.enqueue(job("y", "now", unique: "u"))
      #expect(try queue.drain() == ["a"])
      clock.advance(by: .seconds(60))
      #expect(try queue.takeOne().job.payload == "later")
    }
  }

  // MARK: - Fairness

  @Test("a noisy neighbour takes only its turn", arguments: Backend.allCases) func fairness(backend: Backend) throws {
    try backend.withQueue { queue, _ in
      for number in 0..<300 { _ = try queue.enqueue(job("noisy \(number)", group: "noisy")) }
      for number in 0..<3 { for group in ["x", "y"] { _ = try queue.enqueue(job("\(group) \(number)", group: group)) } }
      let ids = try queue.take(9).map(\.job.id.rawValue)
      #expect(ids == ["noisy 0", "x 0", "y 0", "noisy 1", "x 1", "y 1", "noisy 2", "x 2", "y 2"])
    }
  }

  @Test("queues are leased from in turn", arguments: Backend.allCases) func queuesInTurn(backend: Backend) throws {
    try backend.withQueue { queue, _ in
      for number in 0..<4 { for name in QueueName.allCases { _ = try queue.enqueue(job("\(name) \(number)", queue: name)) } }
      var counts: [QueueName: Int] = [:]
      for _ in 0..<6 { counts[try queue.takeOne(from: QueueName.allCases).job.queue, default: 0] += 1 }
      #expect(counts == [.webhooks: 2, .validation: 2, .healing: 2])
      #expect(try queue.take(99, from: [.healing]).count == 2)
      #expect(try queue.take(99, from: []).isEmpty)
    }
  }

  // MARK: - Waiting

  @Test("a waiting lease gets a job that comes, of any of its queues", arguments: Backend.allCases) func waiting(backend: Backend) throws {
    try backend.withRealTimeQueue { queue in
      let got = Monitor<[String]>([])
      let thread = try OwnedThread(name: "waits") {
        let leases = try? queue.lease(from: [.webhooks, .healing], worker: "w", limit: 1, patience: .seconds(60))
        got.withLock { $0 = (leases ?? []).map(\.job.id.rawValue) }
      }
      _ = try queue.enqueue(job("a", queue: .healing))
      thread.join()
      #expect(got.withLock { $0 } == ["a"])
    }
  }

  @Test("a waiting lease gets what becomes ready by itself", arguments: Backend.allCases) func comingDue(backend: Backend) throws {
    try backend.withRealTimeQueue(QueueLimits(leaseDuration: .milliseconds(500))) { queue in
      _ = try queue.enqueue(job("delayed", notBefore: SystemClock().now().advanced(by: .milliseconds(40))))
      func next() throws -> Lease? { try queue.lease(from: [.validation], worker: "w", limit: 1, patience: .seconds(60)).first }
      #expect(try next()?.attempt == 1)
      let stolen = try #require(try next())
      #expect(stolen.attempt == 2, "the first lease ended by the queue's own clock")
      try queue.retry(stolen, after: .milliseconds(20), error: "x")
      #expect(try next()?.attempt == 3)
    }
  }

  @Test("wake ends the leases that wait, close those that will", arguments: Backend.allCases) func waking(backend: Backend) throws {
    try backend.withRealTimeQueue { queue in
      for closes in [false, true] {
        let returned = Monitor(false)
        let thread = try OwnedThread(name: "waits") {
          let leases = try? queue.lease(from: [.validation], worker: "w", limit: 1, patience: .seconds(600))
          returned.update { $0 = leases == [] }
        }
        try eventually("the lease returns") {
          if closes { queue.close() } else { queue.wake() }
          return returned.withLock { $0 }
        }
        thread.join()
      }
      _ = try queue.enqueue(job("a"))
      #expect(try queue.lease(from: [.validation], worker: "w", limit: 1, patience: .seconds(600)).isEmpty)
      #expect(try queue.reading(of: .validation).depth == 1, "jobs stay where they are")
    }
  }
}
