// `doc-healing-responder`: FastCGI on descriptor 0, and, in the unified modes, the workers.

import Domain
import FastCGI
import Pipeline
import Queue
import Server
import Settings
import Threading

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The responder process.
public enum Responder {
  /// Threads that accept requests. nginx keeps idle connections open to the responder, so nginx' workers x `keepalive` must
  /// stay below this number (docs/decisions/0004-fastcgi.md).
  public static let threads = 16

  /// Runs until SIGTERM, finishes what is in flight, exits.
  public static func main() -> Never {
    Process.run(label: "responder") { settings in
      guard isSocket(0) else {
        throw StartError(status: 2, "descriptor 0 is not a listening socket: start me with spawn-fcgi, or run scripts/run")
      }
      let stop = Stop()
      try Signals.onTermination { stop.request() }
      let service = try Service(settings, label: "responder", threads: threads)
      let application = try service.application(waitSlots: threads / 2)
      let loop = try AcceptLoop(threads: threads, maximumBody: 25 << 20) { application.handle($0) }
      let pool =
        settings.unifiedWorker && !settings.syncProcessing
        ? service.workers(queues: QueueName.allCases, threads: settings.workerThreads) : nil
      try pool?.start()
      if settings.unifiedWorker { try service.startOutbox() }
      try service.startBackground()
      stop.whenRequested { loop.stop() }
      service.logger.info("responder is up", metadata: ["mode": "\(settings.mode.rawValue)"])
      loop.run()
      service.stopAsking()
      if let pool, !pool.stop(grace: .seconds(10)) { service.logger.warning("some jobs did not end in time; they will be done again") }
      service.close()
      service.logger.info("responder ended")
    }
  }

  private static func isSocket(_ descriptor: Int32) -> Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
  }
}

/// A request to stop that may come before there is something to stop.
final class Stop: Sendable {
  private struct State {
    var isRequested = false
    var action: (@Sendable () -> Void)?
  }

  private let state = Monitor(State())

  /// From the thread that waits for signals.
  func request() {
    let action = state.update { state -> (@Sendable () -> Void)? in
      state.isRequested = true
      return state.action
    }
    action?()
  }

  /// Runs `action` when, or as soon as, the stop is requested.
  func whenRequested(_ action: @escaping @Sendable () -> Void) {
    let isRequested = state.withLock { state -> Bool in
      state.action = action
      return state.isRequested
    }
    if isRequested { action() }
  }

  /// Blocks until the stop is requested.
  func wait() { _ = state.wait(upTo: nil) { $0.isRequested ? true : nil } }
}
