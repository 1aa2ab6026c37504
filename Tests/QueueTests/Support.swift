// What the queue tests share: backends, jobs, randomness, recorders, and a Redis server of one's own.

import Domain
import Foundation
import Logging
import Testing
import Threading

@testable import Queue
@testable import QueueRedis

/// The queues that pass one suite.
enum Backend: String, CaseIterable, CustomTestStringConvertible {
  case memory, redis
  var testDescription: String { rawValue }

  /// Runs `body` with a new queue whose time is moved by hand, and deletes it afterwards.
  func withQueue(_ limits: QueueLimits = QueueLimits(), _ body: (any JobQueue, ManualClock) throws -> Void) throws {
    let clock = ManualClock()
    switch self {
    case .memory: try body(MemoryQueue(limits: limits, clock: clock), clock)
    case .redis: try withRedis(limits, clock: clock, usesServerTime: false) { try body($0, clock) }
    }
  }

  /// Runs `body` with a new queue on the real time.
  func withRealTimeQueue(_ limits: QueueLimits = QueueLimits(), _ body: (any JobQueue) throws -> Void) throws {
    switch self {
    case .memory: try body(MemoryQueue(limits: limits))
    case .redis: try withRedis(limits) { try body($0) }
    }
  }
}

struct NoTestRedis: Error, CustomStringConvertible {
  var description: String {
    "TEST_REDIS_URL is not set: run the tests through scripts/test, or export what `scripts/test-redis start DIR` prints"
  }
}

func testRedis() throws -> RedisEndpoint {
  guard let url = ProcessInfo.processInfo.environment["TEST_REDIS_URL"] else { throw NoTestRedis() }
  return try RedisEndpoint(url: url)
}

/// A new queue on the tests' server under a prefix of its own, which is emptied afterwards.
func withRedis(
  _ limits: QueueLimits = QueueLimits(), clock: any WallClock = SystemClock(), usesServerTime: Bool = true,
  _ body: (RedisQueue) throws -> Void
) throws {
  let queue = RedisQueue(
    endpoint: try testRedis(), prefix: "test-\(UInt64.random(in: 0...UInt64.max)):", limits: limits, times: RedisTimes(), clock: clock,
    usesServerTime: usesServerTime)
  defer { try? queue.deleteEverything() }
  try body(queue)
}

// MARK: - Jobs

func job(
  _ id: String, _ payload: String = "{}", queue: QueueName = .validation, group: String = "g", order: String? = nil, unique: String? = nil,
  notBefore: Timestamp? = nil
) -> NewJob {
  NewJob(
    id: JobID(rawValue: id), queue: queue, function: .validateFile, payload: payload, group: group, orderingKey: order, uniqueKey: unique,
    notBefore: notBefore)
}

extension JobQueue {
  func take(_ limit: Int = 1, from queues: [QueueName] = [.validation]) throws -> [Lease] {
    try lease(from: queues, worker: "test", limit: limit, patience: .zero)
  }

  func takeOne(from queues: [QueueName] = [.validation]) throws -> Lease { try #require(try take(from: queues).first) }

  /// Leases and completes one job after the other until none is ready; their identifiers.
  func drain(from queues: [QueueName] = [.validation]) throws -> [String] {
    var ids: [String] = []
    while let lease = try take(from: queues).first {
      ids.append(lease.job.id.rawValue)
      try complete(lease)
    }
    return ids
  }
}

// MARK: - Randomness

/// SplitMix64: the same sequence for the same seed.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64
  /// Multiplied by another constant than the step, lest neighbouring seeds give the same sequence, shifted.
  init(_ seed: UInt64) { state = (seed &+ 1) &* 0xD134_2543_DE82_EF95 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
  mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }
}

// MARK: - Handlers and recorders

struct Handler: JobHandler {
  let body: @Sendable (Lease, JobControl) throws -> JobOutcome
  init(_ body: @escaping @Sendable (Lease, JobControl) throws -> JobOutcome) { self.body = body }
  func run(_ lease: Lease, _ control: JobControl) throws -> JobOutcome { try body(lease, control) }
}

struct Failure: Error, CustomStringConvertible { var description = "it did not work" }

final class Recorder: JobRecorder {
  struct Entry: Sendable, Hashable {
    var id: String
    var state: JobState
    var attempt: Int
    var result: String?
    var error: String?
  }

  let entries = Monitor<[Entry]>([])
  /// Makes `finished` throw.
  let refuses = Monitor(0)

  func started(_ lease: Lease) {
    entries.update { $0.append(Entry(id: lease.job.id.rawValue, state: .running, attempt: lease.attempt)) }
  }

  func finished(
    _ lease: Lease, state: JobState, result: String?, error: String?, startedAt: Timestamp, finishedAt: Timestamp
  ) throws {
    let refused = refuses.withLock { count -> Bool in
      defer { count = max(0, count - 1) }
      return count > 0
    }
    if refused { throw Failure(description: "the store is away") }
    entries.update {
      $0.append(Entry(id: lease.job.id.rawValue, state: state, attempt: lease.attempt, result: result, error: error))
    }
  }

  var ends: [Entry] { entries.withLock { $0.filter { $0.state != .running } } }

  /// Waits until as many attempts have ended; fails the test when that takes ages.
  func waitForEnds(_ count: Int, where matches: (Entry) -> Bool = { _ in true }) throws {
    let reached: Bool? = entries.wait(upTo: .seconds(60)) { entries in
      entries.count { $0.state != .running && matches($0) } >= count ? true : nil
    }
    try #require(reached == true, "waited for \(count) ends, saw \(entries.withLock { $0 })")
  }
}

let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

extension RetryPolicy {
  static let immediate = RetryPolicy(base: .zero)
}

/// Waits for a flag; fails the test when that takes ages.
func wait(for flag: Monitor<Bool>, _ comment: Comment? = nil) throws {
  try #require(flag.wait(upTo: .seconds(60)) { $0 ? true : nil } == true, comment)
}

/// Waits until `condition` holds, which another process or the time brings about.
func eventually(_ comment: Comment? = nil, _ condition: () throws -> Bool) throws {
  let pause = Monitor(false)
  let deadline = monotonicNow() + .seconds(60)
  while try !condition() {
    try #require(monotonicNow() < deadline, comment)
    _ = pause.wait(upTo: .milliseconds(2)) { $0 ? true : nil }
  }
}

// MARK: - A server of one's own

/// A Redis server that a test may kill. Made by scripts/test-redis.
final class PrivateRedis {
  let directory: String
  let endpoint: RedisEndpoint
  private let options: [String]

  init(_ options: [String] = []) throws {
    directory = NSTemporaryDirectory() + "queue-tests-\(UInt64.random(in: 0...UInt64.max))"
    self.options = options
    let line = try Self.script(["start", directory] + options)
    endpoint = try RedisEndpoint(url: String(line.dropFirst("TEST_REDIS_URL=".count).prefix { !$0.isNewline }))
  }

  deinit {
    _ = try? Self.script(["stop", directory])
    try? FileManager.default.removeItem(atPath: directory)
  }

  var pid: pid_t? {
    (try? String(contentsOfFile: directory + "/redis.pid", encoding: .utf8)).flatMap { pid_t($0.prefix { $0.isNumber }) }
  }

  /// As a crash of the server: no time to write anything.
  func kill() throws {
    let pid = try #require(pid)
    Foundation.kill(pid, SIGKILL)
    try eventually("the server ends") {
      let line = try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)
      return line?.isEmpty ?? true
    }
  }

  func restart() throws { _ = try Self.script(["start", directory] + options) }

  private static func script(_ arguments: [String]) throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let path = NSTemporaryDirectory() + "queue-tests-\(UInt64.random(in: 0...UInt64.max)).out"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let status = spawn(root.appendingPathComponent("scripts/test-redis").path, arguments, output: path)
    try #require(status == 0, "scripts/test-redis \(arguments) failed with \(status)")
    return try String(contentsOfFile: path, encoding: .utf8)
  }

  /// Foundation's Process waits for the grandchild, too, and hands down the signals that test threads block; a server then
  /// could not be ended by one. Output goes to a file, since a server started by another test could inherit a pipe.
  private static func spawn(_ program: String, _ arguments: [String], output path: String) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    var words = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var pid = pid_t()
    let code = posix_spawn(&pid, program, &actions, &attributes, &words, environ)
    guard code == 0 else { return code }
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    return status
  }
}
