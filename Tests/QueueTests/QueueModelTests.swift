// Feature: lightweight-deployment, Property 5: the same job has the same effect on the memory and the Redis queue.
//
// Random sequences of all operations, applied to both; every answer and every error must agree, and so must what is seen
// of the queues afterwards. The laws that can be watched from outside are checked on the way.

import Domain
import Queue
import QueueRedis
import Testing
import Threading

@Suite struct QueueModelTests {
  @Test("the memory and the Redis queue do the same", arguments: 0..<120) func property5(seed: UInt64) throws {
    let limits = QueueLimits(maximumDepth: 12, maximumBytes: 120, maximumDead: 3, leaseDuration: .seconds(10))
    let clock = ManualClock()
    try withRedis(limits, clock: clock, usesServerTime: false) { redis in
      var script = Script(seed: seed, clock: clock, memory: MemoryQueue(limits: limits, clock: clock), redis: redis)
      for _ in 0..<80 { try script.step() }
      try script.compareAll()
    }
  }
}

private struct Script {
  var random: Seeded
  let seed: UInt64
  let clock: ManualClock
  let memory: MemoryQueue
  let redis: RedisQueue
  var made = 0
  var leases: [Lease] = []
  var log: [String] = []
  /// The end of the lease that holds each ordering key, and the place of the job leased last.
  var busy: [String: (lease: Lease, until: Timestamp)] = [:]

  init(seed: UInt64, clock: ManualClock, memory: MemoryQueue, redis: RedisQueue) {
    random = Seeded(seed)
    self.seed = seed
    self.clock = clock
    self.memory = memory
    self.redis = redis
  }

  /// Applies one operation to both queues and compares the answers.
  @discardableResult
  mutating func both<Answer: Equatable>(_ what: String, _ operation: (any JobQueue) throws(QueueError) -> Answer) throws -> Answer? {
    log.append(what)
    func answer(_ queue: any JobQueue) -> Result<Answer, QueueError> {
      do { return .success(try operation(queue)) } catch { return .failure(error) }
    }
    let one = answer(memory)
    let other = answer(redis)
    try #require(one == other, "seed \(seed): memory \(one), redis \(other), after \(log.suffix(30).joined(separator: "; "))")
    return try? one.get()
  }

  mutating func step() throws {
    switch random.below(100) {
    case ..<34: try enqueue()
    case ..<56: try lease()
    case ..<64: try onLease("complete") { (queue, lease) throws(QueueError) in try queue.complete(lease) }
    case ..<70:
      let delay = Duration.seconds(random.pick([0, 0, 3, 12]))
      try onLease("retry after \(delay)") { (queue, lease) throws(QueueError) in try queue.retry(lease, after: delay, error: "e") }
    case ..<74: try onLease("release") { (queue, lease) throws(QueueError) in try queue.release(lease, after: .seconds(1)) }
    case ..<79: try onLease("bury") { (queue, lease) throws(QueueError) in try queue.bury(lease, error: "dead") }
    case ..<84: try onLease("extend") { (queue, lease) throws(QueueError) in try queue.extend(lease) }
    case ..<88:
      let id = anyID()
      try both("revive \(id)") { (queue) throws(QueueError) in try queue.revive(id) }
    case ..<92:
      let name = random.pick(QueueName.allCases)
      try both("reading \(name)") { (queue) throws(QueueError) in try queue.reading(of: name) }
    case ..<95:
      let id = anyID()
      try both("state \(id)") { (queue) throws(QueueError) in try queue.state(of: id) }
    default:
      let time = Duration.milliseconds(random.pick([1, 500, 3000, 10_000]))
      log.append("advance \(time)")
      clock.advance(by: time)
    }
  }

  private mutating func anyID() -> JobID { JobID(rawValue: "j\(random.below(max(1, made)))") }

  private mutating func enqueue() throws {
    let reuses = made > 0 && random.chance(5)
    let id = reuses ? random.below(made) : made
    made = max(made, id + 1)
    let new = job(
      "j\(id)", String(repeating: "p", count: random.below(14)), queue: random.pick([.webhooks, .validation]),
      group: random.pick(["g", "h", "i"]), order: random.pick([nil, nil, "o", "p"]), unique: random.pick([nil, nil, "u", "v"]),
      notBefore: random.pick([nil, nil, nil, -1, 2, 8]).map { clock.now().advanced(by: .seconds($0)) })
    try both("enqueue \(id) \(new.queue) \(new.group) order \(new.orderingKey ?? "-") unique \(new.uniqueKey ?? "-")") {
      (queue) throws(QueueError) in try queue.enqueue(new)
    }
  }

  private mutating func lease() throws {
    let queues = random.pick([[QueueName.webhooks], [.validation], [.webhooks, .validation], [.validation, .healing, .webhooks]])
    let limit = random.pick([1, 1, 2, 5])
    let taken = try both("lease \(limit) from \(queues)") { (queue) throws(QueueError) in
      try queue.lease(from: queues, worker: "w", limit: limit, patience: .zero)
    }
    for lease in taken ?? [] {
      if let key = lease.job.orderingKey {
        if let holder = busy[key] { #expect(holder.until <= clock.now(), "seed \(seed): two leases hold one ordering key") }
        busy[key] = (lease, clock.now().advanced(by: .seconds(10)))
      }
      leases.append(lease)
    }
  }

  private mutating func onLease(_ what: String, _ verb: (any JobQueue, Lease) throws(QueueError) -> Void) throws {
    guard !leases.isEmpty else { return }
    let index = random.below(leases.count)
    let lease = leases[index]
    // Sometimes a lease is used again after its end.
    if what != "extend" && random.chance(80) { leases.remove(at: index) }
    let done = try both("\(what) \(lease.job.id) token \(lease.token)") { (queue) throws(QueueError) -> Bool in
      try verb(queue, lease)
      return true
    }
    guard done == true, let key = lease.job.orderingKey, busy[key]?.lease == lease else { return }
    busy[key] = what == "extend" ? (lease, clock.now().advanced(by: .seconds(10))) : nil
  }

  mutating func compareAll() throws {
    for name in QueueName.allCases { try both("reading \(name)") { (queue) throws(QueueError) in try queue.reading(of: name) } }
    for number in 0..<made {
      try both("state \(number)") { (queue) throws(QueueError) in try queue.state(of: JobID(rawValue: "j\(number)")) }
    }
    clock.advance(by: .seconds(20))
    // Everything that is left comes out in the same order.
    while let taken = try both(
      "drain",
      { (queue) throws(QueueError) in
        try queue.lease(from: QueueName.allCases, worker: "w", limit: 3, patience: .zero)
      }), !taken.isEmpty
    {
      for lease in taken {
        try both("complete \(lease.job.id)") { (queue) throws(QueueError) -> Bool in
          try queue.complete(lease)
          return true
        }
      }
    }
    for name in QueueName.allCases {
      let reading = try both("reading \(name)") { (queue) throws(QueueError) in try queue.reading(of: name) }
      #expect(reading?.depth == 0 && reading?.running == 0, "seed \(seed): a job was never leased")
    }
  }
}
