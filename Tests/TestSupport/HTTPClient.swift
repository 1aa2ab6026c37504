// A small HTTP/1.1 client on blocking sockets, so that tests talk to the real nginx without another library.

import Glibc

/// An answer from a server.
public struct HTTPReply: Sendable {
  public var status: Int
  /// By lower-case name.
  public var headers: [String: String]
  public var body: [UInt8]
  public var text: String { String(decoding: body, as: UTF8.self) }
}

/// Asks a server on 127.0.0.1; one connection a request.
public struct HTTPClient: Sendable {
  public struct Failure: Error, CustomStringConvertible { public var description: String }

  public var port: UInt16
  /// Seconds that a read or write may take.
  public var patience = 60

  public init(port: UInt16) { self.port = port }

  public func get(_ target: String, headers: [String: String] = [:]) throws -> HTTPReply { try send("GET", target, headers: headers) }

  public func post(_ target: String, headers: [String: String] = [:], body: [UInt8]) throws -> HTTPReply {
    try send("POST", target, headers: ["Content-Type": "application/json"].merging(headers) { $1 }, body: body)
  }

  /// Sends one request and reads the answer to its end.
  public func send(_ method: String, _ target: String, headers: [String: String] = [:], body: [UInt8] = []) throws -> HTTPReply {
    let server = try connected()
    defer { close(server) }
    var head = "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
    if method != "GET" { head += "Content-Length: \(body.count)\r\n" }
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    // A server may answer before it has read a body that is too long; then what is left cannot be written.
    _ = write(Array((head + "\r\n").utf8) + body, to: server)
    return try parse(try readAll(server))
  }

  private func connected() throws -> Int32 {
    let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard server >= 0 else { throw SystemFailure("cannot make a socket") }
    var limit = timeval(tv_sec: patience, tv_usec: 0)
    setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(server, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    guard result == 0 else {
      close(server)
      throw SystemFailure("cannot connect to port \(port)")
    }
    return server
  }

  private func write(_ bytes: [UInt8], to server: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(server, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  private func readAll(_ server: Int32) throws -> [UInt8] {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = recv(server, &buffer, buffer.count, 0)
      if count == 0 || (count < 0 && !all.isEmpty) { return all }
      guard count > 0 else { throw SystemFailure("cannot read the answer") }
      all += buffer[..<count]
    }
  }

  private func parse(_ bytes: [UInt8]) throws -> HTTPReply {
    guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else {
      throw Failure(description: "no HTTP answer in \(bytes.count) bytes")
    }
    let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
    guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
      throw Failure(description: "no status in \(lines.first ?? "")")
    }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
    }
    var body = Array(bytes[end.upperBound...])
    if headers["transfer-encoding"]?.lowercased() == "chunked" { body = try unchunked(body) }
    return HTTPReply(status: status, headers: headers, body: body)
  }

  private func unchunked(_ bytes: [UInt8]) throws -> [UInt8] {
    var result: [UInt8] = []
    var rest = bytes[...]
    while let lineEnd = rest.firstRange(of: Array("\r\n".utf8)) {
      guard let size = Int(String(decoding: rest[..<lineEnd.lowerBound], as: UTF8.self).split(separator: ";")[0], radix: 16) else { break }
      if size == 0 { return result }
      let start = lineEnd.upperBound
      guard rest.endIndex >= start + size else { break }
      result += rest[start..<start + size]
      rest = rest[(start + size)...].dropFirst(2)
    }
    throw Failure(description: "a chunked answer was cut off")
  }
}
