// The queue that outlives processes and is shared by machines. Each operation is one script on the server (RedisScripts),
// hence atomic. A script whose answer was lost is sent again, which is safe:
//   enqueue                       the identifier is known, so nothing changes
//   complete, retry, bury …       the token no longer holds, so nothing changes and `leaseLost` is thrown
//   lease                         the first answer's leases end by themselves and their jobs are leased again
// Leases run by the server's clock. A worker's clock matters only for `notBefore`, which is sent as a delay.

import Domain
import Queue
import Threading

/// How long the Redis queue waits for what.
public struct RedisTimes: Sendable, Hashable {
  /// For a connection to be made.
  public var connect: Duration
  /// For the answer to one command; must exceed 1 second, for which workers wait in the server.
  public var command: Duration
  /// For lost connections, a loading or failing-over server to come back, before `unavailable` is thrown.
  public var trouble: Duration
  /// Connections at once, each used by one thread.
  public var connections: Int

  public init(
    connect: Duration = .seconds(2), command: Duration = .seconds(5), trouble: Duration = .seconds(5), connections: Int = 64
  ) {
    self.connect = connect
    self.command = command
    self.trouble = trouble
    self.connections = max(2, connections)
  }
}

/// A queue in a Redis server (6.0 or newer, `maxmemory-policy noeviction`, append-only file on).
public final class RedisQueue: JobQueue {
  private let connections: RedisConnections
  private let prefix: String
  private let limits: QueueLimits
  private let clock: any WallClock
  private let usesServerTime: Bool

  /// - Parameter prefix: begins every key of this queue. Braces keep all of them in one slot where a cluster proxy hashes.
  /// No connection is made before the first operation.
  public convenience init(
    endpoint: RedisEndpoint, prefix: String = "{doc-healing}:", limits: QueueLimits = QueueLimits(), times: RedisTimes = RedisTimes(),
    clock: any WallClock = SystemClock()
  ) {
    self.init(endpoint: endpoint, prefix: prefix, limits: limits, times: times, clock: clock, usesServerTime: true)
  }

  /// Tests move the scripts' time by their own clock.
  init(endpoint: RedisEndpoint, prefix: String, limits: QueueLimits, times: RedisTimes, clock: any WallClock, usesServerTime: Bool) {
    connections = RedisConnections(endpoint: endpoint, times: times)
    self.prefix = prefix
    self.limits = limits
    self.clock = clock
    self.usesServerTime = usesServerTime
  }

  private func run(_ script: RedisScript, _ arguments: [String]) throws(QueueError) -> RedisReply {
    let time = usesServerTime ? "-1" : String(clock.now().milliseconds)
    return try connections.run(script, prefix: prefix, [time] + arguments)
  }

  private func malformed(_ script: RedisScript) -> QueueError {
    .unavailable("the script \(script.name) answered in an unknown form; do versions of this engine share the prefix?")
  }

  private static func optional(_ key: String?) -> String { key.map { "+" + $0 } ?? "" }

  // MARK: - JobQueue

  public func enqueue(_ job: NewJob) throws(QueueError) -> Enqueued {
    let delay = job.notBefore.map { $0.milliseconds - clock.now().milliseconds } ?? 0
    let reply = try run(
      .enqueue,
      [
        job.id.rawValue, job.queue.rawValue, job.function.rawValue, job.payload, job.group, Self.optional(job.orderingKey),
        Self.optional(job.uniqueKey), String(delay), String(limits.maximumDepth), String(limits.maximumBytes),
      ])
    guard case .array(let parts) = reply, parts.count == 2, case .text(let verdict) = parts[0], case .text(let detail) = parts[1] else {
      throw malformed(.enqueue)
    }
    switch verdict {
    case "queued": return .queued(JobID(rawValue: detail))
    case "merged": return .merged(into: JobID(rawValue: detail))
    default: throw full(job.queue, detail)
    }
  }

  private func full(_ queue: QueueName, _ unit: String) -> QueueError {
    unit == QueueError.Unit.jobs.rawValue
      ? .full(queue: queue, limit: limits.maximumDepth) : .full(queue: queue, limit: limits.maximumBytes, unit: .bytes)
  }

  public func lease(from queues: [QueueName], worker: String, limit: Int, patience: Duration) throws(QueueError) -> [Lease] {
    guard !queues.isEmpty && limit > 0 else { return [] }
    let deadline = monotonicNow() + patience
    let wakes = connections.signals.wakes
    let lists = queues.map { "\(prefix)q:\($0.rawValue):wake" }
    while true {
      let signals = connections.signals
      if signals.closed || signals.wakes != wakes { return [] }
      let (leases, next) = try take(from: queues, worker: worker, limit: limit)
      var left = deadline - monotonicNow()
      if !leases.isEmpty || left <= .zero { return leases }
      // Once a second at least it looks by itself: the token of a worker that died may be lost.
      left = min(left, .seconds(1))
      if let next { left = min(left, next) }
      connections.waitForToken(in: lists, upTo: left, unlessWokenSince: wakes)
    }
  }

  private func take(from queues: [QueueName], worker: String, limit: Int) throws(QueueError) -> ([Lease], Duration?) {
    let reply = try run(.lease, [worker, String(limit), String(limits.leaseDuration.inMilliseconds)] + queues.map(\.rawValue))
    guard case .array(let parts) = reply, parts.count == 2, case .integer(let next) = parts[0], case .array(let rows) = parts[1] else {
      throw malformed(.lease)
    }
    let leases = rows.compactMap(Self.lease)
    guard leases.count == rows.count else { throw malformed(.lease) }
    return (leases, next < 0 ? nil : .milliseconds(next))
  }

  /// id queue function payload group ordering unique attempt token at
  private static func lease(_ reply: RedisReply) -> Lease? {
    guard case .array(let row) = reply, row.count == 10, case .integer(let attempt) = row[7], case .integer(let token) = row[8] else {
      return nil
    }
    let words = row.map { $0.word ?? "" }
    guard let queue = QueueName(rawValue: words[1]), let function = JobFunction(rawValue: words[2]), let at = Int64(words[9]) else {
      return nil
    }
    let job = NewJob(
      id: JobID(rawValue: words[0]), queue: queue, function: function, payload: words[3], group: words[4],
      orderingKey: words[5].isEmpty ? nil : String(words[5].dropFirst()), uniqueKey: words[6].isEmpty ? nil : String(words[6].dropFirst()))
    return Lease(job: job, attempt: Int(attempt), token: token, enqueuedAt: Timestamp(milliseconds: at))
  }

  /// Runs a script on the job of a lease.
  private func settle(_ script: RedisScript, _ lease: Lease, _ arguments: [String] = []) throws(QueueError) {
    let reply = try run(script, [lease.job.id.rawValue, String(lease.token)] + arguments)
    if reply != .integer(1) { throw .leaseLost(lease.job.id) }
  }

  public func extend(_ lease: Lease) throws(QueueError) {
    try settle(.extend, lease, [String(limits.leaseDuration.inMilliseconds)])
  }

  public func complete(_ lease: Lease) throws(QueueError) { try settle(.complete, lease) }

  public func retry(_ lease: Lease, after delay: Duration, error: String) throws(QueueError) {
    try settle(.retry, lease, [String(delay.inMilliseconds), keptError(error)])
  }

  public func release(_ lease: Lease, after delay: Duration) throws(QueueError) {
    try settle(.release, lease, [String(delay.inMilliseconds)])
  }

  public func bury(_ lease: Lease, error: String) throws(QueueError) {
    try settle(.bury, lease, [keptError(error), String(limits.maximumDead), String(limits.maximumBytes)])
  }

  public func revive(_ id: JobID) throws(QueueError) -> Bool {
    let reply = try run(.revive, [id.rawValue, String(limits.maximumDepth), String(limits.maximumBytes)])
    guard case .array(let parts) = reply, let first = parts.first else { throw malformed(.revive) }
    if parts.count == 3, case .text(let unit) = parts[1], case .text(let name) = parts[2], let queue = QueueName(rawValue: name) {
      throw full(queue, unit)
    }
    return first == .text("revived")
  }

  public func state(of id: JobID) throws(QueueError) -> LiveJob? {
    guard case .array(let parts) = try run(.state, [id.rawValue]) else { throw malformed(.state) }
    guard parts.count == 5 else { return nil }
    let words = parts.map(\.word)
    let attempts = words[1].flatMap { Int($0) } ?? 0
    let state: JobState =
      switch words[0] {
      case "running": .running
      case "dead": .dead
      default: attempts == 0 ? .queued : .failed
      }
    let startedAt = words[2].flatMap { Int64($0) }.map { Timestamp(milliseconds: $0) }
    return LiveJob(state: state, attempts: attempts, startedAt: startedAt, worker: words[3], error: words[4])
  }

  public func reading(of queue: QueueName) throws(QueueError) -> QueueReading {
    guard case .array(let parts) = try run(.reading, [queue.rawValue]), parts.count == 6 else { throw malformed(.reading) }
    let numbers = parts.map { $0.number ?? 0 }
    return QueueReading(
      depth: Int(numbers[0]), delayed: Int(numbers[1]), running: Int(numbers[2]), dead: Int(numbers[3]),
      oldestAge: numbers[4] < 0 ? nil : .milliseconds(numbers[4]), stolen: Int(numbers[5]))
  }

  public func wake() { connections.wake() }

  public func close() { connections.close() }

  // MARK: - The server

  /// What of the server's settings endangers this queue, one line each: it may forget jobs, or is too old.
  public func concerns() throws(QueueError) -> [String] {
    guard case .text(let text) = try connections.run(["INFO"]) else { return [] }
    var facts: [Substring: Substring] = [:]
    for line in text.split(whereSeparator: \.isNewline) {
      let pair = line.split(separator: ":", maxSplits: 1)
      if pair.count == 2 { facts[pair[0]] = pair[1] }
    }
    var concerns: [String] = []
    if let version = facts["redis_version"], let major = Int(version.prefix { $0 != "." }), major < 6 {
      concerns.append("redis is version \(version); at least 6.0 is needed")
    }
    if facts["aof_enabled"] == "0" {
      concerns.append("redis has no append-only file, so jobs are lost when it restarts; set `appendonly yes`")
    }
    if let policy = facts["maxmemory_policy"], policy != "noeviction" {
      concerns.append("redis may evict jobs (maxmemory-policy \(policy)); set `maxmemory-policy noeviction`")
    }
    return concerns
  }

  // MARK: - For tests

  /// Another client of the same queue, as another process has.
  func reopened() -> RedisQueue {
    RedisQueue(
      endpoint: connections.endpoint, prefix: prefix, limits: limits, times: RedisTimes(), clock: clock, usesServerTime: usesServerTime)
  }

  /// The keys of this prefix, without it, sorted.
  func keyNames() throws(QueueError) -> [String] {
    let pattern = String(prefix.flatMap { "*?[]\\^".contains($0) ? ["\\", $0] : [$0] }) + "*"
    var names: Set<String> = []
    var cursor = "0"
    repeat {
      guard case .array(let parts) = try connections.run(["SCAN", cursor, "MATCH", pattern, "COUNT", "1000"]), parts.count == 2,
        case .text(let next) = parts[0], case .array(let found) = parts[1]
      else { break }
      cursor = next
      names.formUnion(found.compactMap { $0.word.map { String($0.dropFirst(prefix.count)) } })
    } while cursor != "0"
    return names.sorted()
  }

  func deleteEverything() throws(QueueError) {
    let keys = try keyNames().map { prefix + $0 }
    if !keys.isEmpty { _ = try connections.run(["UNLINK"] + keys) }
  }
}
