// The one bridge between threads. The C libraries below us (libfcgi, libpq, sqlite3, hiredis) block, so the engine owns
// its threads and keeps every protocol synchronous; nothing here or above uses Swift's cooperative pool, in which a
// blocked call would starve others (docs/decisions/0001-threads.md).

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// State behind a lock, with waiting for a condition on it.
///
/// `@unchecked Sendable` is safe: `state` is only touched between `pthread_mutex_lock` and `pthread_mutex_unlock` of the
/// one mutex, which live at fixed heap addresses for as long as the monitor does.
public final class Monitor<State>: @unchecked Sendable {
  private var state: State
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>

  public init(_ state: sending State) {
    self.state = state
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Runs `body` alone with the state. Do not block in it, and do not enter another monitor whose holder may enter this one.
  public func withLock<Result, Failure: Error>(_ body: (inout State) throws(Failure) -> Result) throws(Failure) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&state)
  }

  /// As `withLock`, then wakes every waiting thread to look at the state again.
  public func update<Result, Failure: Error>(_ body: (inout State) throws(Failure) -> Result) throws(Failure) -> Result {
    pthread_mutex_lock(mutex)
    defer {
      pthread_cond_broadcast(condition)
      pthread_mutex_unlock(mutex)
    }
    return try body(&state)
  }

  /// As `withLock`; wakes the waiting threads only when `body` sets its second argument, which spares them useless turns.
  public func updateIfNeeded<Result, Failure: Error>(
    _ body: (inout State, inout Bool) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var changed = false
    pthread_mutex_lock(mutex)
    defer {
      if changed { pthread_cond_broadcast(condition) }
      pthread_mutex_unlock(mutex)
    }
    return try body(&state, &changed)
  }

  /// Calls `body` alone with the state, again after every `update`, until it returns a value or `timeout` has passed.
  /// Returns nil on time-out; nil as time-out waits for ever.
  public func wait<Result, Failure: Error>(
    upTo timeout: Duration?, for body: (inout State) throws(Failure) -> Result?
  ) throws(Failure) -> Result? {
    var deadline = timespec()
    if let timeout {
      clock_gettime(CLOCK_MONOTONIC, &deadline)
      // A negative or far too long time would make an invalid deadline, on which the wait below would spin.
      let parts = min(max(timeout, .zero), longestWait).components
      deadline.tv_sec += Int(parts.seconds)
      deadline.tv_nsec += Int(parts.attoseconds / 1_000_000_000)
      if deadline.tv_nsec >= 1_000_000_000 {
        deadline.tv_sec += 1
        deadline.tv_nsec -= 1_000_000_000
      }
    }
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let result = try body(&state) { return result }
      if timeout == nil {
        pthread_cond_wait(condition, mutex)
      } else if pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT {
        return try body(&state)
      }
    }
  }
}

/// A hundred years: more than a process lives, less than overflows a `timespec`.
private let longestWait = Duration.seconds(3_155_760_000)
