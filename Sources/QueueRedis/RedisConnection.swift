// One connection to a Redis server through hiredis' blocking calls.

import CHiredis
import Domain

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// What a server answers.
enum RedisReply: Sendable, Hashable {
  case none
  case integer(Int64)
  case text(String)
  case array([RedisReply])
  /// An error of this command; the connection goes on.
  case failure(String)

  var word: String? { if case .text(let word) = self { word } else { nil } }
  var number: Int64? { if case .integer(let number) = self { number } else { nil } }

  /// Replies nest no deeper than our scripts make them.
  static let maximumDepth = 8

  init(_ reply: UnsafeMutablePointer<redisReply>, depth: Int = 0) {
    let reply = reply.pointee
    switch reply.type {
    case REDIS_REPLY_INTEGER: self = .integer(reply.integer)
    case REDIS_REPLY_STRING, REDIS_REPLY_STATUS: self = .text(Self.text(reply))
    case REDIS_REPLY_ERROR: self = .failure(Self.withoutArguments(Self.text(reply)))
    case REDIS_REPLY_ARRAY where depth < Self.maximumDepth:
      self = .array(
        (0..<Int(reply.elements)).map { index in reply.element?[index].map { RedisReply($0, depth: depth + 1) } ?? .none })
    default: self = .none
    }
  }

  /// An unknown command is reported with its arguments, which may be a payload.
  private static func withoutArguments(_ failure: String) -> String {
    let text = failure.firstRange(of: ", with args").map { failure[..<$0.lowerBound] } ?? failure[...]
    return String(text.prefix(300).prefix { !$0.isNewline })
  }

  private static func text(_ reply: redisReply) -> String {
    guard let bytes = reply.str else { return "" }
    return String(decoding: UnsafeRawBufferPointer(start: bytes, count: Int(reply.len)), as: UTF8.self)
  }
}

/// The connection is broken, or was never made: a reason without secrets. `isFinal` when trying again cannot help.
struct RedisConnectionFailure: Error {
  var reason: String
  var isFinal = false
}

/// A connection that one thread at a time uses.
///
/// `@unchecked Sendable` is safe: the context is touched only by the thread that borrowed the connection from
/// `RedisConnections`; other threads only use `descriptor`, which is constant.
final class RedisConnection: @unchecked Sendable {
  private let context: UnsafeMutablePointer<redisContext>
  let descriptor: Int32

  init(to endpoint: RedisEndpoint, connectTimeout: Duration, commandTimeout: Duration) throws(RedisConnectionFailure) {
    _ = brokenPipesAreErrors
    let opened =
      switch endpoint.place {
      case .tcp(let host, let port): redisConnectWithTimeout(host, Int32(port), timeval(connectTimeout))
      case .unix(let path): redisConnectUnixWithTimeout(path, timeval(connectTimeout))
      }
    guard let opened else { throw RedisConnectionFailure(reason: "out of memory for a connection to \(endpoint)") }
    context = opened
    descriptor = opened.pointee.fd
    guard opened.pointee.err == 0 else {
      let reason = errorText
      throw RedisConnectionFailure(reason: "cannot connect to \(endpoint): \(reason)")
    }
    redisSetTimeout(opened, timeval(commandTimeout))
    if case .tcp = endpoint.place { redisEnableKeepAlive(opened) }
    try enter(endpoint)
  }

  deinit { redisFree(context) }

  private func enter(_ endpoint: RedisEndpoint) throws(RedisConnectionFailure) {
    if let password = endpoint.password {
      try expect(["AUTH"] + (endpoint.user.map { [$0] } ?? []) + [password], refusal: "\(endpoint) refused user or password")
    }
    if endpoint.database != 0 {
      try expect(["SELECT", String(endpoint.database)], refusal: "\(endpoint) refused the database")
    }
  }

  private func expect(_ command: [String], refusal: String) throws(RedisConnectionFailure) {
    guard case .failure(let text) = try run(command) else { return }
    throw RedisConnectionFailure(reason: "\(refusal): \(text)", isFinal: true)
  }

  /// Sends one command and waits for its reply. An error that another connection, or time, may mend is thrown.
  func run(_ command: [String]) throws(RedisConnectionFailure) -> RedisReply {
    let bytes = Self.encoded(command)
    let appended = bytes.withUnsafeBytes { bytes in
      redisAppendFormattedCommand(context, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
    }
    var reply: UnsafeMutableRawPointer?
    guard appended == REDIS_OK, redisGetReply(context, &reply) == REDIS_OK, let reply else {
      throw RedisConnectionFailure(reason: "connection lost: \(errorText)")
    }
    defer { freeReplyObject(reply) }
    let answer = RedisReply(reply.assumingMemoryBound(to: redisReply.self))
    if case .failure(let text) = answer, Self.isTransient(text) { throw RedisConnectionFailure(reason: "the server answered: \(text)") }
    return answer
  }

  /// Errors of a server that starts, fails over or is busy.
  private static func isTransient(_ failure: String) -> Bool {
    ["LOADING ", "BUSY ", "TRYAGAIN ", "CLUSTERDOWN ", "MASTERDOWN ", "READONLY "].contains { failure.hasPrefix($0) }
  }

  /// The protocol's form of a command: an array of strings with their lengths.
  static func encoded(_ command: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(command.reduce(16) { $0 + $1.utf8.count + 16 })
    func line(_ mark: Character, _ number: Int) { bytes.append(contentsOf: "\(mark)\(number)\r\n".utf8) }
    line("*", command.count)
    for word in command {
      line("$", word.utf8.count)
      bytes.append(contentsOf: word.utf8)
      bytes.append(contentsOf: "\r\n".utf8)
    }
    return bytes
  }

  /// hiredis' last error as one line.
  private var errorText: String {
    if context.pointee.err == REDIS_ERR_IO && (errno == EAGAIN || errno == EWOULDBLOCK) { return "no answer in time" }
    let text = withUnsafeBytes(of: context.pointee.errstr) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return text.isEmpty ? "unknown error" : text
  }
}

private func timeval(_ duration: Duration) -> timeval {
  let parts = duration.components
  return Glibc.timeval(tv_sec: Int(parts.seconds), tv_usec: Int(parts.attoseconds / 1_000_000_000_000))
}

/// A write to a connection that the server closed must be an error to handle, not this process' end. hiredis cannot ask
/// for that by call, so the signal is ignored for the process unless it has a handler of its own.
private let brokenPipesAreErrors: Void = {
  var action = sigaction()
  if sigaction(SIGPIPE, nil, &action) == 0, action.__sigaction_handler.sa_handler == nil { signal(SIGPIPE, SIG_IGN) }
}()
