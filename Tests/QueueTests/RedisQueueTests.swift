// What only the Redis queue has: endpoints, connections that break, scripts that are forgotten.

import Domain
import Foundation
import Queue
import Testing
import Threading

@testable import QueueRedis

@Suite struct RedisEndpointTests {
  @Test(
    "urls of redis servers",
    arguments: [
      ("redis://localhost", RedisEndpoint()),
      ("redis://", RedisEndpoint()),
      ("REDIS://example.org:7000/3", RedisEndpoint(place: .tcp(host: "example.org", port: 7000), database: 3)),
      ("redis://:s%40cret@10.0.0.1/", RedisEndpoint(place: .tcp(host: "10.0.0.1", port: 6379), password: "s@cret")),
      ("redis://worker:p@ss:word@h:1/0", RedisEndpoint(place: .tcp(host: "h", port: 1), user: "worker", password: "p@ss:word")),
      ("redis://[::1]:6380/1", RedisEndpoint(place: .tcp(host: "::1", port: 6380), database: 1)),
      ("redis://[::1]", RedisEndpoint(place: .tcp(host: "::1", port: 6379))),
      ("unix:///run/redis.sock", RedisEndpoint(place: .unix(path: "/run/redis.sock"))),
      ("unix://u:p@/run/redis.sock?db=2", RedisEndpoint(place: .unix(path: "/run/redis.sock"), user: "u", password: "p", database: 2)),
    ])
  func valid(url: String, expected: RedisEndpoint) throws {
    #expect(try RedisEndpoint(url: url) == expected)
  }

  @Test(
    "urls that are none, and why",
    arguments: [
      ("localhost:6379", "not a redis url: it has no scheme; use redis://host:port/database or unix:///path"),
      ("http://h", "not a redis url: unknown scheme; use redis://host:port/database or unix:///path"),
      (
        "rediss://h",
        "rediss:// (redis over tls) is not supported; use a tunnel such as stunnel or a unix socket, and redis:// or unix://"
      ),
      ("redis://h:0", "not a redis url: its port is not 1 to 65535"),
      ("redis://h:70000", "not a redis url: its port is not 1 to 65535"),
      ("redis://h/x", "not a redis url: its database is not a number from 0"),
      ("redis://h/-1", "not a redis url: its database is not a number from 0"),
      ("redis://secret@h", "not a redis url: before @ stands user:password or :password"),
      ("redis://u:sec%ret@h", "not a redis url: user or password has a % that two hexadecimal digits do not follow"),
      ("redis://a b", "not a redis url: its host is not a name or an address"),
      ("unix://relative", "not a redis url: unix:// needs an absolute path of at most 107 bytes, as in unix:///run/redis.sock"),
      ("unix:///s?x=1", "not a redis url: after the path only ?db=NUMBER may stand"),
    ])
  func invalid(url: String, reason: String) {
    #expect(throws: RedisEndpoint.Invalid(description: reason)) { try RedisEndpoint(url: url) }
  }

  @Test("a description has no password") func description() throws {
    #expect(try RedisEndpoint(url: "redis://me:secret@h:1/2").description == "redis at h:1, database 2")
  }
}

@Suite struct RedisQueueTests {
  /// Trouble is given up after a moment.
  private let impatient = RedisTimes(connect: .milliseconds(200), command: .seconds(2), trouble: .milliseconds(100))

  @Test("a server that is not there makes the queue unavailable, soon and with its address") func absent() throws {
    let queue = RedisQueue(endpoint: RedisEndpoint(place: .tcp(host: "127.0.0.1", port: 1)), times: impatient)
    #expect(
      throws: QueueError.unavailable("cannot connect to redis at 127.0.0.1:1, database 0: Connection refused")
    ) { try queue.enqueue(job("a")) }
    #expect(throws: QueueError.self) { try queue.lease(from: [.healing], worker: "w", limit: 1, patience: .seconds(60)) }
  }

  @Test("a wrong password is told at once, and is not in the error") func password() throws {
    let server = try PrivateRedis(["--requirepass", "right"])
    var endpoint = server.endpoint
    let patient = RedisTimes(trouble: .seconds(600))
    for (secret, fragment) in [("wr0ng", "refused user or password: WRONGPASS"), (nil, "answered: NOAUTH")] {
      endpoint.password = secret
      do {
        _ = try RedisQueue(endpoint: endpoint, times: patient).reading(of: .webhooks)
        Issue.record("the server let us in")
      } catch {
        #expect(error.description.contains(fragment), "\(error)")
        #expect(!error.description.contains("wr0ng"))
      }
    }
    endpoint.password = "right"
    endpoint.database = 3
    _ = try RedisQueue(endpoint: endpoint).enqueue(job("a"))
    endpoint.user = "default"
    #expect(try RedisQueue(endpoint: endpoint).drain() == ["a"])
    endpoint.database = 99
    #expect(throws: QueueError.self) { try RedisQueue(endpoint: endpoint, times: patient).drain() }
  }

  @Test("a unix socket is a place too") func unixSocket() throws {
    let path = "/tmp/queue-test-\(UInt32.random(in: 0...UInt32.max)).sock"
    let server = try PrivateRedis(["--unixsocket", path])
    let queue = RedisQueue(endpoint: try RedisEndpoint(url: "unix://\(path)?db=1"))
    _ = try queue.enqueue(job("a"))
    #expect(try queue.drain() == ["a"])
    _ = server
  }

  @Test("scripts that the server forgot, and connections that it closed, are made anew") func repaired() throws {
    let server = try PrivateRedis()
    let queue = RedisQueue(endpoint: server.endpoint)
    let admin = try RedisConnection(to: server.endpoint, connectTimeout: .seconds(2), commandTimeout: .seconds(2))
    for number in 0..<5 {
      _ = try queue.enqueue(job("\(number)"))
      #expect(try admin.run(["SCRIPT", "FLUSH"]) == .text("OK"))
      _ = try queue.enqueue(job("again \(number)"))
      _ = try admin.run(["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"])
    }
    #expect(try queue.drain().count == 10)
  }

  @Test("a server that stands still is left after the time for one command") func standstill() throws {
    let server = try PrivateRedis()
    let queue = RedisQueue(endpoint: server.endpoint, times: RedisTimes(command: .milliseconds(100), trouble: .milliseconds(50)))
    _ = try queue.enqueue(job("a"))
    let pid = try #require(server.pid)
    kill(pid, SIGSTOP)
    defer { kill(pid, SIGCONT) }
    #expect(throws: QueueError.unavailable("connection lost: no answer in time")) { try queue.enqueue(job("b")) }
    kill(pid, SIGCONT)
    #expect(Set(try RedisQueue(endpoint: server.endpoint).drain()).isSuperset(of: ["a"]))
  }

  @Test("closing wakes every worker that waits in the server") func closing() throws {
    try withRedis { queue in
      let returned = Monitor(0)
      let threads = try (0..<4).map { number in
        try OwnedThread(name: "waits-\(number)") {
          let leases = try? queue.lease(from: [.webhooks], worker: "w\(number)", limit: 1, patience: .seconds(600))
          returned.update { $0 += leases == [] ? 1 : 100 }
        }
      }
      queue.close()
      for thread in threads { thread.join() }
      #expect(returned.withLock { $0 } == 4)
    }
  }

  @Test("more threads than connections share them") func fewConnections() throws {
    let queue = RedisQueue(
      endpoint: try testRedis(), prefix: "test-\(UInt64.random(in: 0...UInt64.max)):",
      times: RedisTimes(trouble: .seconds(60), connections: 2))
    defer { try? queue.deleteEverything() }
    let threads = try (0..<8).map { number in
      try OwnedThread(name: "enqueues-\(number)") { for count in 0..<25 { _ = try? queue.enqueue(job("\(number) \(count)")) } }
    }
    for thread in threads { thread.join() }
    #expect(try queue.reading(of: .validation).depth == 200)
  }

  @Test("what endangers jobs in the server is named") func concerns() throws {
    let safe = try PrivateRedis()
    #expect(try RedisQueue(endpoint: safe.endpoint).concerns() == [])
    let unsafe = try PrivateRedis(["--appendonly", "no", "--maxmemory-policy", "allkeys-lru"])
    #expect(
      try RedisQueue(endpoint: unsafe.endpoint).concerns() == [
        "redis has no append-only file, so jobs are lost when it restarts; set `appendonly yes`",
        "redis may evict jobs (maxmemory-policy allkeys-lru); set `maxmemory-policy noeviction`",
      ])
  }

  @Test("a queue that is empty leaves nothing but its counters") func nothingLeft() throws {
    try withRedis { queue in
      for number in 0..<20 {
        _ = try queue.enqueue(
          job("\(number)", group: "g\(number % 3)", order: "o\(number % 4)", unique: number % 2 == 0 ? "u\(number)" : nil))
      }
      let lease = try queue.takeOne()
      try queue.retry(lease, after: .milliseconds(1), error: "x")
      try eventually("all are done") {
        _ = try queue.drain()
        return try queue.reading(of: .validation) == QueueReading()
      }
      _ = try queue.take()
      #expect(try queue.keyNames() == ["counter", "q:validation:tally", "spin"])
    }
  }

  @Test("memory, too, keeps nothing of jobs that are done") func memoryLeft() throws {
    weak var entry: AnyObject?
    try {
      let queue = MemoryQueue()
      for number in 0..<100 { _ = try queue.enqueue(job("\(number)", order: "o")) }
      entry = queue
      #expect(try queue.drain().count == 100)
      for number in 0..<100_000 { _ = try queue.enqueue(job("deep \(number % 5000)", order: "o")) }
    }()
    #expect(entry == nil)
  }
}
