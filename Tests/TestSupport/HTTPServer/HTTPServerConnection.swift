// One connection of the test server: reads requests (Content-Length and chunked bodies) and writes replies.

import Glibc

/// A connected socket with what was read ahead.
final class HTTPServerConnection {
  private let socket: Int32
  private var ahead: [UInt8] = []

  init(_ socket: Int32) { self.socket = socket }

  /// The next request; nil when the client ended the connection or sent no HTTP.
  func readRequest() -> HTTPServer.Request? {
    guard let line = readLine() else { return nil }
    let parts = line.split(separator: " ")
    guard parts.count == 3 else { return nil }
    var headers: [String: String] = [:]
    while true {
      guard let line = readLine() else { return nil }
      if line.isEmpty { break }
      guard let colon = line.firstIndex(of: ":") else { return nil }
      let value = String(line[line.index(after: colon)...].drop { $0 == " " })
      headers[line[..<colon].lowercased(), default: ""] += (headers[line[..<colon].lowercased()] == nil ? "" : ", ") + value
    }
    guard let body = readBody(headers) else { return nil }
    return HTTPServer.Request(method: String(parts[0]), target: String(parts[1]), headers: headers, body: body)
  }

  private func readBody(_ headers: [String: String]) -> [UInt8]? {
    if headers["expect"]?.lowercased() == "100-continue" { _ = send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) }
    guard headers["transfer-encoding"]?.lowercased() == "chunked" else {
      return read(headers["content-length"].flatMap { Int($0) } ?? 0)
    }
    var body: [UInt8] = []
    while let line = readLine(), let size = Int(line.prefix { $0 != ";" }, radix: 16), let piece = read(size), readLine() != nil {
      if size == 0 { return body }
      body += piece
    }
    return nil
  }

  private func readLine() -> String? {
    while true {
      if let end = ahead.firstRange(of: [0x0D, 0x0A]) {
        defer { ahead.removeSubrange(..<end.upperBound) }
        return String(decoding: ahead[..<end.lowerBound], as: UTF8.self)
      }
      guard ahead.count < 1 << 20, readMore() else { return nil }
    }
  }

  private func read(_ count: Int) -> [UInt8]? {
    while ahead.count < count { guard readMore() else { return nil } }
    defer { ahead.removeSubrange(..<count) }
    return Array(ahead[..<count])
  }

  private func readMore() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = recv(socket, &buffer, buffer.count, 0)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      ahead += buffer[..<count]
      return true
    }
  }

  /// Sends the reply; returns whether the connection goes on.
  func write(_ reply: HTTPServer.Reply, to request: HTTPServer.Request) -> Bool {
    if let raw = reply.raw {
      _ = send(raw)
      return false
    }
    let answer = Self.bytes(of: reply, to: request)
    switch reply.cut {
    case .beforeAnswer: return false
    case .after(let count):
      _ = send(Array(answer.prefix(count)))
      return false
    case .afterAnswer:
      _ = send(answer)
      return false
    case nil: break
    }
    guard send(answer) else { return false }
    if case .untilClose = reply.framing { return false }
    return request.headers["connection"]?.lowercased() != "close"
  }

  private static func bytes(of reply: HTTPServer.Reply, to request: HTTPServer.Request) -> [UInt8] {
    var head = "HTTP/1.1 \(reply.status) \(reply.status < 400 ? "Fine" : "Not fine")\r\n"
    for (name, value) in reply.headers { head += "\(name): \(value)\r\n" }
    let hasBody = request.method != "HEAD" && reply.status != 204 && reply.status != 304
    switch reply.framing {
    case .contentLength:
      if reply.status != 204 { head += "Content-Length: \(reply.body.count)\r\n" }
      return Array((head + "\r\n").utf8) + (hasBody ? reply.body : [])
    case .untilClose: return Array((head + "Connection: close\r\n\r\n").utf8) + (hasBody ? reply.body : [])
    case .chunked(let size):
      head += "Transfer-Encoding: chunked\r\n\r\n"
      return Array(head.utf8) + (hasBody ? chunks(of: reply.body, size: max(1, size)) : [])
    }
  }

  private static func chunks(of body: [UInt8], size: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: body.count, by: size) {
      let piece = body[start..<min(body.count, start + size)]
      bytes += Array((String(piece.count, radix: 16) + "\r\n").utf8) + piece + [0x0D, 0x0A]
    }
    return bytes + Array("0\r\n\r\n".utf8)
  }

  private func send(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
