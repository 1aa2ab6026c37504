// A small HTTP/1.1 server on 127.0.0.1 for tests of clients: real sockets, a thread a connection, keep-alive. It answers from a
// script or from a function, records what it was asked, and misbehaves on request: answers late or never, cuts the connection before,
// within or after an answer, or sends bytes that are no HTTP at all.

import Glibc
import Threading

/// A server that does what a test tells it. Ends with `stop()`, and when nobody holds it any more.
public final class HTTPServer: Sendable {
  private let listener: Int32
  private let state = Monitor(State())
  /// Where it listens.
  public let port: UInt16
  /// `http://127.0.0.1:PORT`.
  public var url: String { "http://127.0.0.1:\(port)" }

  private struct State {
    var isStopped = false
    var requests: [Request] = []
    var connections: Set<Int32> = []
    var connectionCount = 0
    var threads: [OwnedThread] = []
  }

  /// Answers each request with what `handler` returns; called on several threads at once.
  public init(_ handler: @escaping @Sendable (Request) -> Reply) throws {
    (listener, port) = try Self.listen()
    let accepting = try OwnedThread(name: "http-accept") { [listener, state] in
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0 else {
          if errno == EINTR || errno == ECONNABORTED { continue }
          return
        }
        guard Self.admit(client, to: state, handler) else { return }
      }
    }
    state.withLock { $0.threads.append(accepting) }
  }

  /// Answers the requests one after the other with the replies of a script; a request after its end gets status 500.
  public convenience init(script: [Reply]) throws {
    let rest = Monitor(script[...])
    try self.init { _ in rest.withLock { $0.popFirst() } ?? Reply(status: 500, text: "the script has ended") }
  }

  deinit { stop() }

  /// Every request so far, in the order in which they were read.
  public var requests: [Request] { state.withLock { $0.requests } }

  /// How many connections were made so far.
  public var connectionCount: Int { state.withLock { $0.connectionCount } }

  /// Ends every connection and waits for the threads.
  public func stop() {
    let threads = state.update { state in
      defer { state.threads = [] }
      state.isStopped = true
      for client in state.connections { shutdown(client, Int32(SHUT_RDWR)) }
      return state.threads
    }
    guard !threads.isEmpty else { return }
    shutdown(listener, Int32(SHUT_RDWR))
    threads[0].join()
    close(listener)
    // A connection that was accepted last has added its thread meanwhile.
    for thread in threads.dropFirst() + state.withLock({ $0.threads }) { thread.join() }
  }

  private static func admit(_ client: Int32, to state: Monitor<State>, _ handler: @escaping @Sendable (Request) -> Reply) -> Bool {
    let number: Int? = state.withLock { state in
      guard !state.isStopped else { return nil }
      state.connectionCount += 1
      state.connections.insert(client)
      return state.connectionCount
    }
    guard let number else {
      close(client)
      return false
    }
    let thread = try? OwnedThread(name: "http-\(number)") {
      serve(HTTPServerConnection(client), number: number, state, handler)
      // Out of the list before its number can be used again.
      state.withLock { state in
        state.connections.remove(client)
        close(client)
      }
    }
    state.withLock { state in if let thread { state.threads.append(thread) } }
    return true
  }

  private static func serve(
    _ connection: HTTPServerConnection, number: Int, _ state: Monitor<State>, _ handler: @Sendable (Request) -> Reply
  ) {
    while var request = connection.readRequest() {
      request.connection = number
      state.update { $0.requests.append(request) }
      let reply = handler(request)
      let isStopped = state.wait(upTo: reply.delay) { $0.isStopped ? true : nil } ?? false
      guard !isStopped, connection.write(reply, to: request) else { return }
    }
  }

  private static func listen() throws -> (Int32, UInt16) {
    let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard server >= 0 else { throw SystemFailure("cannot make a socket") }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(server, $0, length) == 0 && getsockname(server, $0, &length) == 0 }
    }
    guard bound, Glibc.listen(server, 64) == 0 else {
      close(server)
      throw SystemFailure("cannot listen on a free port")
    }
    return (server, UInt16(bigEndian: address.sin_port))
  }
}

extension HTTPServer {
  /// What a client asked.
  public struct Request: Sendable {
    public var method: String
    /// Path and query as they were sent.
    public var target: String
    /// By lower-case name; equal names are joined with a comma.
    public var headers: [String: String]
    public var body: [UInt8]
    /// Which connection it came on, from 1.
    public var connection = 0

    public var path: String { String(target.prefix { $0 != "?" }) }
    public var query: String { String(target.drop { $0 != "?" }.dropFirst()) }
    public var text: String { String(decoding: body, as: UTF8.self) }
  }

  /// What it is answered.
  public struct Reply: Sendable {
    /// How the body's length is told.
    public enum Framing: Sendable {
      case contentLength
      case chunked(size: Int)
      case untilClose
    }

    /// Where the connection is cut.
    public enum Cut: Sendable {
      case beforeAnswer
      /// After so many bytes of the answer, head included.
      case after(bytes: Int)
      case afterAnswer
    }

    public var status: Int
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    public var framing = Framing.contentLength
    public var cut: Cut?
    /// Before the first byte; nil waits until the server stops.
    public var delay: Duration? = .zero
    /// Sent as it is instead of all the above; then the connection ends.
    public var raw: [UInt8]?

    public init(status: Int = 200, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
      self.status = status
      self.headers = headers
      self.body = body
    }

    public init(status: Int = 200, headers: [(name: String, value: String)] = [], text: String) {
      self.init(status: status, headers: headers, body: Array(text.utf8))
    }

    /// A JSON answer.
    public static func json(_ text: String, status: Int = 200, headers: [(name: String, value: String)] = []) -> Reply {
      Reply(status: status, headers: [("Content-Type", "application/json")] + headers, text: text)
    }

    /// Never answers.
    public static var stall: Reply {
      var reply = Reply()
      reply.delay = nil
      return reply
    }

    /// Cuts the connection instead of answering.
    public static var hangUp: Reply {
      var reply = Reply()
      reply.cut = .beforeAnswer
      return reply
    }

    /// Sends bytes that need not be HTTP, then ends the connection.
    public static func raw(_ text: String) -> Reply {
      var reply = Reply()
      reply.raw = Array(text.utf8)
      return reply
    }

    /// A copy with changes: `Reply(text: "x").with { $0.cut = .afterAnswer }`.
    public func with(_ change: (inout Reply) -> Void) -> Reply {
      var reply = self
      change(&reply)
      return reply
    }
  }
}
