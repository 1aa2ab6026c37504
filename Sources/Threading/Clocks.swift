// Time is injected: tests move it by hand.

import Domain

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Tells the time of day. Deadlines inside a process use the monotonic clock instead.
public protocol WallClock: Sendable {
  func now() -> Timestamp
}

/// The machine's clock.
public struct SystemClock: WallClock {
  public init() {}

  public func now() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }
}

/// A clock that stands still until it is moved.
public final class ManualClock: WallClock {
  private let time: Monitor<Timestamp>

  public init(_ start: Timestamp = Timestamp(milliseconds: 1_750_000_000_000)) { time = Monitor(start) }

  public func now() -> Timestamp { time.withLock { $0 } }

  public func advance(by duration: Duration) { time.update { $0 = $0.advanced(by: duration) } }
}

/// The monotonic time since some fixed moment.
public func monotonicNow() -> Duration {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
}
