// The web server's side of FastCGI, written by hand so that tests can send what no web server would.

import Foundation
import Testing
import Threading

@testable import FastCGI

/// Reproducible randomness (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

func randomBytes(_ count: Int, _ generator: inout SeededGenerator) -> [UInt8] {
  (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
}

/// The records of FastCGI 1.0.
enum Record {
  static let begin: UInt8 = 1, abort: UInt8 = 2, end: UInt8 = 3, parameters: UInt8 = 4, input: UInt8 = 5, output: UInt8 = 6

  static func make(_ type: UInt8, _ content: [UInt8], padding: Int = 0, id: UInt16 = 1) -> [UInt8] {
    [
      1, type, UInt8(id >> 8), UInt8(id & 255), UInt8(content.count >> 8), UInt8(content.count & 255), UInt8(padding), 0,
    ] + content + [UInt8](repeating: 0xAA, count: padding)
  }

  static func begin(keep: Bool) -> [UInt8] { make(begin, [0, 1, keep ? 1 : 0, 0, 0, 0, 0, 0]) }

  static func pairs(_ pairs: [(String, String)]) -> [UInt8] {
    pairs.flatMap { length($0.0) + length($0.1) + Array($0.0.utf8) + Array($0.1.utf8) }
  }

  private static func length(_ text: String) -> [UInt8] {
    let count = text.utf8.count
    return count < 128
      ? [UInt8(count)] : [UInt8(count >> 24) | 0x80, UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255)]
  }

  /// A whole request; `contentLength` replaces the true length.
  static func request(
    _ method: String = "POST", _ target: String = "/webhooks/git", headers: [(String, String)] = [], body: [UInt8] = [],
    contentLength: String? = nil, keep: Bool = true
  ) -> [UInt8] {
    let parameters = self.parameters(method, target, contentLength: contentLength ?? String(body.count), headers: headers)
    var stream = begin(keep: keep) + make(Record.parameters, pairs(parameters)) + make(Record.parameters, [])
    for start in Swift.stride(from: 0, to: body.count, by: 32768) {
      stream += make(input, Array(body[start..<min(start + 32768, body.count)]))
    }
    return stream + make(input, [])
  }

  static func parameters(_ method: String, _ target: String, contentLength: String, headers: [(String, String)] = []) -> [(String, String)]
  {
    [
      ("REQUEST_METHOD", method), ("REQUEST_URI", target), ("CONTENT_LENGTH", contentLength), ("CONTENT_TYPE", "application/json"),
      ("REMOTE_ADDR", "192.0.2.7"),
    ] + headers
  }
}

/// A connection to the responder. Every wait ends after ten seconds.
final class Peer {
  private let descriptor: Int32

  init(_ path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let result = withUnixAddress(path) { connect(descriptor, $0, $1) }
    try #require(result == 0)
  }

  deinit { close(descriptor) }

  /// Sends as much as the other side takes; false once it has closed.
  @discardableResult
  func send(_ bytes: some Collection<UInt8>) -> Bool {
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard sent > 0 else { return false }
      rest = rest.dropFirst(sent)
    }
    return true
  }

  /// No more is sent; the other side may still answer.
  func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  private func receive(_ count: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    while bytes.count < count {
      var chunk = [UInt8](repeating: 0, count: count - bytes.count)
      let received = recv(descriptor, &chunk, chunk.count, 0)
      guard received > 0 else { return nil }
      bytes += chunk[..<received]
    }
    return bytes
  }

  /// The end of the stream, within the time limit.
  var isClosedByPeer: Bool {
    var byte: UInt8 = 0
    return recv(descriptor, &byte, 1, 0) == 0 || errno == ECONNRESET
  }

  /// Reads records up to the end of the request; nil when the connection ends before it.
  func response() -> Answer? {
    var output: [UInt8] = []
    while let header = receive(8) {
      let count = Int(header[4]) << 8 | Int(header[5])
      guard let content = receive(count + Int(header[6])) else { return nil }
      if header[1] == Record.output { output += content[..<count] }
      if header[1] == Record.end { return Answer(output) }
    }
    return nil
  }
}

/// A response as the web server sees it.
struct Answer: Equatable {
  var status = 0
  var headers: [String: String] = [:]
  var body: [UInt8] = []

  /// Nil for a request that ended without output.
  init?(_ output: [UInt8]) {
    let text = String(decoding: output, as: UTF8.self)
    guard let end = text.range(of: "\r\n\r\n") else { return nil }
    for line in text[..<end.lowerBound].components(separatedBy: "\r\n") {
      let parts = line.components(separatedBy: ": ")
      headers[parts[0]] = parts.dropFirst().joined(separator: ": ")
    }
    status = Int(headers["Status"]?.prefix(3) ?? "") ?? 0
    body = Array(output.dropFirst(text[..<end.upperBound].utf8.count))
  }

  var text: String { String(decoding: body, as: UTF8.self) }
}

func withUnixAddress<Result>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8.prefix(107))) }
  return withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
  }
}

/// An accept loop on a private socket. `finish` stops it and waits.
final class Responder: Sendable {
  let path: String
  let loop: AcceptLoop
  /// Requests that reached the handler.
  let handled = Monitor<[Request]>([])
  private let runner: OwnedThread
  private let hasReturned = Monitor(false)
  private let listener: Int32

  /// - Parameter sharing: a responder whose listening socket is used instead of a new one.
  init(
    threads: Int = 2, limits: Limits = Limits(body: 1 << 20), sharing: Responder? = nil,
    handler: @escaping @Sendable (Request) -> Response = Responder.echo
  ) throws {
    path = sharing?.path ?? "/tmp/fastcgi-\(UUID().uuidString).sock"
    if let sharing { listener = dup(sharing.listener) } else { listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0) }
    if sharing == nil {
      let bound = withUnixAddress(path) { [listener] in bind(listener, $0, $1) }
      try #require(bound == 0)
      try #require(listen(listener, 64) == 0)
    }
    let loop = try AcceptLoop(listeningSocket: listener, threads: threads, limits: limits) { [handled] request in
      handled.update { $0.append(request) }
      return handler(request)
    }
    self.loop = loop
    runner = try OwnedThread(name: "run") { [hasReturned] in
      loop.run()
      hasReturned.update { $0 = true }
    }
  }

  /// Says what arrived: method, path, query and the body's checksum; the body itself where it is short.
  static let echo: @Sendable (Request) -> Response = { request in
    Response(status: 200, text: "\(request.method) \(request.path) ?\(request.query) \(checksum(request.body))")
  }

  var isRunning: Bool { hasReturned.withLock { !$0 } }

  /// Whether `run` returned, after waiting for it for ten seconds at most.
  func hasFinished() -> Bool { hasReturned.wait(upTo: .seconds(10)) { $0 ? true : nil } ?? false }

  func waitUntilHandled(_ count: Int) -> Bool { handled.wait(upTo: .seconds(10)) { $0.count >= count ? true : nil } ?? false }

  /// Stops, waits, and removes the socket.
  func finish(keepingSocket: Bool = false) {
    loop.stop()
    runner.join()
    close(listener)
    if !keepingSocket { unlink(path) }
  }
}

/// A checksum that notices order (FNV-1a) with the length.
func checksum(_ bytes: [UInt8]) -> String {
  "\(bytes.count):\(bytes.reduce(into: UInt64(14_695_981_039_346_656_037)) { $0 = ($0 ^ UInt64($1)) &* 1_099_511_628_211 })"
}
