// A pool of connections and the patience with which commands are tried: a lost connection, a server that loads its data
// or fails over, and a script that the server has forgotten are all repaired here, within a bounded time. Every script
// may be sent again: done twice, each leaves what it leaves done once (RedisQueue says so of each).

import Domain
import Queue
import Threading

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

final class RedisConnections: Sendable {
  private struct State {
    var idle: [RedisConnection] = []
    var open = 0
    /// What the server calls each script.
    var digests: [RedisScript: String] = [:]
    /// Sockets of connections that wait for a wake token.
    var waiting: Set<Int32> = []
    var wakes = 0
    var closed = false
  }

  private let state = Monitor(State())
  let endpoint: RedisEndpoint
  private let limits: RedisTimes

  init(endpoint: RedisEndpoint, times: RedisTimes) {
    self.endpoint = endpoint
    limits = times
  }

  // MARK: - Commands

  /// Runs a script, as often as it takes within the time allowed for trouble.
  func run(_ script: RedisScript, prefix: String, _ arguments: [String]) throws(QueueError) -> RedisReply {
    let tail = ["1", prefix] + arguments
    return try persist { connection throws(RedisConnectionFailure) in
      guard let digest = self.state.withLock({ $0.digests[script] }) else { return try self.load(script, tail, on: connection) }
      let reply = try connection.run(["EVALSHA", digest] + tail)
      if case .failure(let text) = reply, text.hasPrefix("NOSCRIPT") { return try self.load(script, tail, on: connection) }
      return reply
    }
  }

  private func load(
    _ script: RedisScript, _ tail: [String], on connection: RedisConnection
  ) throws(RedisConnectionFailure) -> RedisReply {
    let loaded = try connection.run(["SCRIPT", "LOAD", script.source])
    guard case .text(let digest) = loaded else { return loaded }
    state.withLock { $0.digests[script] = digest }
    return try connection.run(["EVALSHA", digest] + tail)
  }

  /// Runs a plain command in the same way.
  func run(_ command: [String]) throws(QueueError) -> RedisReply {
    try persist { connection throws(RedisConnectionFailure) in try connection.run(command) }
  }

  private func persist(
    _ body: (RedisConnection) throws(RedisConnectionFailure) -> RedisReply
  ) throws(QueueError) -> RedisReply {
    let deadline = monotonicNow() + limits.trouble
    var pause = Duration.milliseconds(10)
    while true {
      let trouble: RedisConnectionFailure
      do {
        let reply = try borrow(until: deadline, body)
        guard case .failure(let text) = reply else { return reply }
        trouble = RedisConnectionFailure(reason: "\(endpoint) answered: \(text)", isFinal: true)
      } catch {
        trouble = error
      }
      let rest = min(pause * Double.random(in: 0.5...1), deadline - monotonicNow())
      if trouble.isFinal || rest <= .zero { throw .unavailable(trouble.reason) }
      sleep(rest)
      pause = min(pause * 2, .milliseconds(250))
    }
  }

  /// The thread has nothing else to do: the caller waits for the server.
  private func sleep(_ duration: Duration) {
    var time = timespec(tv_sec: Int(duration.components.seconds), tv_nsec: Int(duration.components.attoseconds / 1_000_000_000))
    nanosleep(&time, nil)
  }

  // MARK: - Waiting for work

  /// How often `wake` has been called, and whether `close` has.
  var signals: (wakes: Int, closed: Bool) { state.withLock { ($0.wakes, $0.closed) } }

  /// Waits in the server until one of the lists has a token. Returns early after `wake` and `close`, and at any trouble,
  /// which the next command then meets.
  func waitForToken(in lists: [String], upTo time: Duration, unlessWokenSince wakes: Int) {
    let seconds = Double(max(1, time.inMilliseconds)) / 1000
    let deadline = monotonicNow() + limits.trouble
    _ = try? borrow(until: deadline) { connection throws(RedisConnectionFailure) in
      let waits = self.state.withLock { state -> Bool in
        guard state.wakes == wakes && !state.closed else { return false }
        return state.waiting.insert(connection.descriptor).inserted
      }
      guard waits else { return RedisReply.none }
      defer { _ = self.state.withLock { $0.waiting.remove(connection.descriptor) } }
      return try connection.run(["BLPOP"] + lists + [String(seconds)])
    }
  }

  func wake() { endWaits { $0.wakes += 1 } }

  func close() { endWaits { $0.closed = true } }

  /// A blocked reader is woken through its socket, which its connection then gives up. The socket is still open: it is
  /// closed only after the connection has left the set.
  private func endWaits(_ change: (inout State) -> Void) {
    state.update { state in
      change(&state)
      for descriptor in state.waiting { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }
  }

  // MARK: - The pool

  /// Lends a connection. One that fails is dropped, with the idle ones, which the same trouble has most likely broken.
  private func borrow(
    until deadline: Duration, _ body: (RedisConnection) throws(RedisConnectionFailure) -> RedisReply
  ) throws(RedisConnectionFailure) -> RedisReply {
    let connection = try acquire(until: deadline)
    do {
      let reply = try body(connection)
      state.update { $0.idle.append(connection) }
      return reply
    } catch {
      state.update { state in
        state.open -= 1 + state.idle.count
        state.idle = []
      }
      throw error
    }
  }

  private func acquire(until deadline: Duration) throws(RedisConnectionFailure) -> RedisConnection {
    let place = state.wait(upTo: max(.zero, deadline - monotonicNow())) { state -> RedisConnection?? in
      if let connection = state.idle.popLast() { return .some(connection) }
      guard state.open < limits.connections else { return nil }
      state.open += 1
      return .some(nil)
    }
    guard let place else { throw RedisConnectionFailure(reason: "all \(limits.connections) connections to \(endpoint) are in use") }
    if let connection = place { return connection }
    do {
      return try RedisConnection(to: endpoint, connectTimeout: limits.connect, commandTimeout: limits.command)
    } catch {
      state.update { $0.open -= 1 }
      throw error
    }
  }
}
