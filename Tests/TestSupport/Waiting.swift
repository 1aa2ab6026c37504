// Waiting for what happens elsewhere: a condition and a deadline, never a fixed sleep.

import Domain
import Glibc
import Testing
import Threading

/// Looks at `condition` again and again until it holds or `limit` has passed; returns whether it held.
public func eventually(within limit: Duration = .seconds(20), _ condition: () throws -> Bool) rethrows -> Bool {
  let deadline = monotonicNow() + limit
  var pause: UInt32 = 500
  while true {
    // The last look begins after the deadline, so that one slow look cannot be the only one.
    let isLast = monotonicNow() >= deadline
    if try condition() { return true }
    if isLast { return false }
    usleep(pause)
    pause = min(pause * 2, 20_000)
  }
}

/// As `eventually`, and fails the test at `sourceLocation` when it never held.
public func expectEventually(
  _ what: String, within limit: Duration = .seconds(20), sourceLocation: SourceLocation = #_sourceLocation,
  _ condition: () throws -> Bool
) rethrows {
  if try !eventually(within: limit, condition) { Issue.record("never happened: \(what)", sourceLocation: sourceLocation) }
}

/// A TCP port on 127.0.0.1 that was free a moment ago.
public func freePort() throws -> UInt16 {
  let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  guard server >= 0 else { throw SystemFailure("cannot make a socket") }
  defer { close(server) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = inet_addr("127.0.0.1")
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let bound = withUnsafeMutablePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(server, $0, length) == 0 && getsockname(server, $0, &length) == 0 }
  }
  guard bound else { throw SystemFailure("cannot bind a free port") }
  return UInt16(bigEndian: address.sin_port)
}

/// Whether something accepts connections on 127.0.0.1 at `port`.
public func acceptsConnections(port: UInt16) -> Bool {
  let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  guard client >= 0 else { return false }
  defer { close(client) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = inet_addr("127.0.0.1")
  return withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
  }
}
