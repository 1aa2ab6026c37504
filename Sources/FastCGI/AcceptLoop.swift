// The responder's front door: a pool of threads that accept FastCGI connections from the web server, read requests, call
// the handler and write its answers.

import CFastCGI
import Threading

/// Serves HTTP requests that a web server hands over by FastCGI.
///
/// `threads` is the number of requests that are handled at once; idle kept connections (`fastcgi_keep_conn on`) take none of
/// them. Each request in hand may hold one body, so the bound on memory for bodies is `threads` × `maximumBody`.
public final class AcceptLoop: Sendable {
  /// Requests handled at once where nothing else is said. The nginx files keep fewer connections than this open to a responder.
  public static let defaultThreads = 16

  private enum Gate: Sendable { case closed, open }

  private let reactor: Reactor
  private let gate = Monitor(Gate.closed)
  private let pool: [OwnedThread]

  /// Starts the threads; they serve from `run` on.
  /// - Parameters:
  ///   - listeningSocket: a listening unix or TCP socket; 0 is where spawn-fcgi puts it. Standard input is /dev/null afterwards.
  ///     Other processes may share it.
  ///   - threads: how many requests are handled at once.
  ///   - maximumBody: bytes; a request with a larger body is answered 413 and never reaches the handler.
  ///   - handler: called on several threads at once, with whole requests only.
  public convenience init(
    listeningSocket: Int32 = 0, threads: Int = AcceptLoop.defaultThreads, maximumBody: Int,
    handler: @escaping @Sendable (Request) -> Response
  ) throws(FastCGIError) {
    try self.init(listeningSocket: listeningSocket, threads: threads, limits: Limits(body: maximumBody), handler: handler)
  }

  init(
    listeningSocket: Int32, threads: Int, limits: Limits, handler: @escaping @Sendable (Request) -> Response
  ) throws(FastCGIError) {
    guard threads > 0 else { throw .noThreads }
    Signals.surviveBrokenPipes()
    let code = libraryStart
    guard code == 0 else { throw .setup(call: "FCGX_Init", code: code) }
    reactor = try Reactor(listener: listeningSocket)
    var started: [OwnedThread] = []
    do {
      for number in 1...threads {
        started.append(
          try OwnedThread(name: "responder-\(number)", stackSize: 512 << 10) { [reactor, gate] in
            _ = gate.wait(upTo: nil) { $0 == .open ? true : nil }
            serve(reactor, Exchange(limits: limits, handler: handler))
          })
      }
    } catch {
      reactor.stop()
      gate.update { $0 = .open }
      for thread in started { thread.join() }
      throw .thread(error)
    }
    pool = started
  }

  /// Lets the threads of a loop that never ran leave.
  deinit {
    reactor.stop()
    gate.update { $0 = .open }
  }

  /// Serves until `stop` was called and every request in hand is answered. Call once.
  public func run() {
    gate.update { $0 = .open }
    for thread in pool { thread.join() }
    reactor.closeIdle()
  }

  /// Ends `run`, from any thread; before it, `run` returns soon after it is called. Requests in hand are finished, so are
  /// those that wait on a connection at this moment; idle connections are closed. The shared listening socket stays as it is.
  public func stop() { reactor.stop() }
}

/// libfcgi keeps global state and its initialisation is not safe from two threads: it is done once in a process.
private let libraryStart: Int32 = FCGX_Init()

/// One thread's work.
private func serve(_ reactor: Reactor, _ exchange: Exchange) {
  defer { exchange.deallocate() }
  while let connection = reactor.next() {
    if exchange.serve(connection: connection, mayKeep: { !reactor.isStopping }) { reactor.keep(connection) }
  }
}
