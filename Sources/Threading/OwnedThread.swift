// A thread of our own: named, joinable, with a stack that a pool of them can afford.

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// A POSIX thread that runs one closure.
///
/// `@unchecked Sendable` is safe: `handle` is written once before the initializer returns and only read afterwards.
public final class OwnedThread: @unchecked Sendable {
  /// A thread could not be started: `code` is the `errno` of `pthread_create`.
  public struct CannotStart: Error, CustomStringConvertible {
    public var name: String
    public var code: Int32
    public var description: String { "cannot start thread \(name): \(String(cString: strerror(code)))" }
  }

  private final class Body {
    let name: String
    let niceness: Int32
    let run: @Sendable () -> Void
    init(name: String, niceness: Int32, run: @escaping @Sendable () -> Void) {
      self.name = name
      self.niceness = niceness
      self.run = run
    }
  }

  public let name: String
  private var handle = pthread_t()

  /// Starts the thread. `niceness` above 0 lets other threads of the machine go first (Linux applies it to one thread).
  /// - Parameter stackSize: bytes of address space; pages are only used once touched.
  public init(name: String, niceness: Int32 = 0, stackSize: Int = 1 << 20, _ run: @escaping @Sendable () -> Void) throws(CannotStart) {
    self.name = name
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stackSize)
    let body = Unmanaged.passRetained(Body(name: name, niceness: niceness, run: run))
    let code = pthread_create(
      &handle, &attributes,
      { argument in
        guard let argument else { return nil }
        let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
        nameThisThread(body.name)
        if body.niceness != 0 { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, body.niceness) }
        body.run()
        return nil
      }, body.toOpaque())
    if code != 0 {
      body.release()
      throw CannotStart(name: name, code: code)
    }
  }

  /// Waits until the closure has returned. Call once.
  public func join() { pthread_join(handle, nil) }

  /// Sends a signal to this thread, to end a system call that it blocks in. Only while it has not been joined.
  public func signal(_ number: Int32) { pthread_kill(handle, number) }
}

/// Names the calling thread for `ps -T` and debuggers (glibc hides `pthread_setname_np` from Swift). Best effort.
private func nameThisThread(_ name: String) {
  let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
  guard file >= 0 else { return }
  _ = Array(name.utf8.prefix(15)).withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
  close(file)
}
