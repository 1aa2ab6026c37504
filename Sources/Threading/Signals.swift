// Signals as a thread's events: SIGTERM and SIGINT are blocked everywhere and fetched by one thread of ours, so that no
// code of the engine ever runs inside a signal handler.

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

public enum Signals {
  /// Calls `action` once, on a thread of its own, when the process is asked to end (SIGTERM or SIGINT). Further requests
  /// change nothing: what is in flight is finished whatever is sent, SIGKILL apart.
  ///
  /// Call it before any other thread starts: threads inherit the blocked mask from the one that makes them. So do child
  /// processes: whoever starts one gives it an empty mask. Also makes a write to a closed socket fail with EPIPE instead
  /// of ending the process.
  public static func onTermination(_ action: @escaping @Sendable () -> Void) throws(OwnedThread.CannotStart) {
    surviveBrokenPipes()
    var requests = terminationRequests()
    pthread_sigmask(SIG_BLOCK, &requests, nil)
    _ = try OwnedThread(name: "signals", stackSize: 128 << 10) {
      var awaited = terminationRequests()
      var received: Int32 = 0
      while sigwait(&awaited, &received) != 0 {}
      action()
    }
  }

  /// A handler that does nothing rather than SIG_IGN: a handler is reset in a program that we start, SIG_IGN is not.
  public static func surviveBrokenPipes() {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in }
    action.sa_flags = SA_RESTART
    sigaction(SIGPIPE, &action, nil)
  }

  private static func terminationRequests() -> sigset_t {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGTERM)
    sigaddset(&signals, SIGINT)
    return signals
  }
}
