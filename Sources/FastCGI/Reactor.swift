// Who serves what next: the listening socket, idle connections and the request to stop, in one epoll set on which all
// threads of the pool wait. A connection is handed to one thread for one request and comes back when it is kept, so an idle
// connection costs a descriptor and no thread.
//
// A connection that waits is in `idle` and armed in epoll for one event. Whoever takes it out of `idle` owns it, serves it
// and closes it or brings it back; nobody else touches its descriptor.

import CFastCGI
import Threading

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

final class Reactor: Sendable {
  /// Where a waiting connection comes from. The request of a new one is on its way; a kept one may never send another.
  private enum Origin: Sendable { case accepted, kept }

  private struct State: Sendable {
    var idle: [Int32: Origin] = [:]
    /// The moment of `stop`.
    var stoppedAt: Duration?
  }

  /// Connections that may wait for a request; beyond it new ones are closed at once, so that a peer cannot use up the
  /// process's descriptors.
  private static let maximumIdle = 512
  /// A peer that is silent for so long in the middle of a request, or does not take our answer, has gone.
  private static let silence = timeval(tv_sec: 20, tv_usec: 0)
  /// For so long after a stop connections are still accepted that had been made before it.
  private static let lateness: Duration = .seconds(1)

  private let listener: Int32
  private let epoll: Int32
  private let stopEvent: Int32
  private let state = Monitor(State())

  init(listener descriptor: Int32) throws(FastCGIError) {
    listener = try Self.privateListener(descriptor)
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    stopEvent = eventfd(0, Int32(EFD_CLOEXEC))
    guard epoll >= 0, stopEvent >= 0, arm(listener, EPOLLIN.rawValue | EPOLLEXCLUSIVE.rawValue), arm(stopEvent, EPOLLIN.rawValue) else {
      let code = errno
      for descriptor in [listener, epoll, stopEvent] where descriptor >= 0 { close(descriptor) }
      throw .setup(call: "epoll", code: code)
    }
  }

  deinit {
    closeIdle()
    for descriptor in [epoll, stopEvent, listener] { close(descriptor) }
  }

  /// A copy of the listening socket that child processes do not inherit, non-blocking since several threads and processes may
  /// wake up for one connection. Where it was standard input, /dev/null takes its place.
  private static func privateListener(_ descriptor: Int32) throws(FastCGIError) -> Int32 {
    var accepting: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &accepting, &size) == 0, accepting != 0 else {
      throw .notListening(descriptor: descriptor)
    }
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
    guard copy >= 0, fcntl(copy, F_SETFL, fcntl(copy, F_GETFL) | O_NONBLOCK) == 0 else { throw .setup(call: "fcntl", code: errno) }
    if descriptor == STDIN_FILENO {
      let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
      if nothing >= 0 {
        dup2(nothing, STDIN_FILENO)
        close(nothing)
      }
    }
    return copy
  }

  private func arm(_ descriptor: Int32, _ events: UInt32, operation: Int32 = EPOLL_CTL_ADD) -> Bool {
    var event = epoll_event()
    event.events = events
    event.data.fd = descriptor
    return epoll_ctl(epoll, operation, descriptor, &event) == 0
  }

  var isStopping: Bool { state.withLock { $0.stoppedAt != nil } }

  /// Ends the waiting of all threads (the event is never read, so it stays for each of them) and closes kept connections on
  /// which nothing has arrived.
  func stop() {
    let kept = state.withLock { state in
      state.stoppedAt = state.stoppedAt ?? monotonicNow()
      return state.idle.filter { $0.value == .kept }.keys
    }
    var one: UInt64 = 1
    write(stopEvent, &one, 8)
    for connection in kept where !isReadable(connection, milliseconds: 0) && take(connection) { close(connection) }
  }

  /// Waits for a connection on which something has arrived and gives it to the caller; nil when there is nothing more to do
  /// after `stop`.
  func next() -> Int32? {
    while true {
      var event = epoll_event()
      guard epoll_wait(epoll, &event, 1, -1) == 1 else { continue }  // a signal came
      switch event.data.fd {
      case listener: acceptConnection()
      case stopEvent: return requestLeft()
      case let connection where take(connection): return connection
      default: break  // another thread took it while stopping
      }
    }
  }

  private func take(_ connection: Int32) -> Bool { state.withLock { $0.idle.removeValue(forKey: connection) != nil } }

  private func acceptConnection() {
    guard let connection = accepted() else { return }
    let isAdmitted = state.withLock { state in
      guard state.idle.count < Self.maximumIdle else { return false }
      state.idle[connection] = .accepted
      return true
    }
    if isAdmitted { wait(for: connection, EPOLL_CTL_ADD) } else { close(connection) }
  }

  /// Takes back a served connection that stays open.
  func keep(_ connection: Int32) {
    state.withLock { $0.idle[connection] = .kept }
    wait(for: connection, EPOLL_CTL_MOD)
  }

  private func wait(for connection: Int32, _ operation: Int32) {
    if !arm(connection, EPOLLIN.rawValue | EPOLLONESHOT.rawValue, operation: operation), take(connection) { close(connection) }
  }

  private func accepted() -> Int32? {
    let connection = accept(listener, nil, nil)
    guard connection >= 0 else {
      if errno == EMFILE || errno == ENFILE || errno == ENOMEM { _ = isReadable(stopEvent, milliseconds: 100) }  // others may close some
      return nil
    }
    // The flag is not set atomically (accept4 is hidden from Swift); a child started in between holds the connection open, no more.
    _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
    _ = fcntl(connection, F_SETFL, fcntl(connection, F_GETFL) & ~O_NONBLOCK)
    var silence = Self.silence
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &silence, size)
    setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &silence, size)
    var yes: Int32 = 1
    setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))  // fails on a unix socket
    return connection
  }

  /// After a stop: a request that had been sent before it, on an idle connection or on one that had not yet been accepted.
  private func requestLeft() -> Int32? {
    let (idle, stoppedAt) = state.withLock { ($0.idle, $0.stoppedAt ?? .zero) }
    for (connection, origin) in idle where take(connection) {
      if isReadable(connection, milliseconds: origin == .accepted ? 100 : 0) { return connection }
      close(connection)
    }
    while monotonicNow() < stoppedAt + Self.lateness, isReadable(listener, milliseconds: 0) {
      guard let connection = accepted() else { continue }
      if isReadable(connection, milliseconds: 100) { return connection }
      close(connection)
    }
    return nil
  }

  private func isReadable(_ descriptor: Int32, milliseconds: Int32) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, milliseconds) > 0
  }

  /// Once no thread calls `next` any more.
  func closeIdle() {
    let left = state.withLock { state in
      defer { state.idle = [:] }
      return state.idle.keys
    }
    for connection in left { close(connection) }
  }
}
