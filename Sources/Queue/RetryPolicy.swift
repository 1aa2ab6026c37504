// When a failed job runs again: exponential backoff with jitter, so that jobs that failed together do not return together.

import Domain

/// How often and how late failed jobs run again.
public struct RetryPolicy: Sendable {
  /// How much of a delay is left to chance.
  public enum Jitter: Sendable {
    /// Nothing: for tests.
    case none
    /// Between half of the delay and all of it.
    case equal
    /// Between nothing and all of it.
    case full
  }

  /// Runs of a job before it is dead; at least 1.
  public var attempts: Int
  /// The delay after the first failure; each further one doubles it.
  public var base: Duration
  /// No delay is longer.
  public var cap: Duration
  public var jitter: Jitter
  /// A number in 0..<1.
  public var random: @Sendable () -> Double

  public init(
    attempts: Int = 3, base: Duration = .seconds(5), cap: Duration = .seconds(300), jitter: Jitter = .equal,
    random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
  ) {
    self.attempts = max(1, attempts)
    self.base = base
    self.cap = cap
    self.jitter = jitter
    self.random = random
  }

  /// How long a job rests after its attempt of this number, from 1.
  public func delay(afterAttempt attempt: Int) -> Duration {
    let growth = Double(sign: .plus, exponent: min(max(attempt, 1) - 1, 62), significand: 1)
    let whole = min(Double(base.inMilliseconds) * growth, Double(cap.inMilliseconds))
    let share: Double =
      switch jitter {
      case .none: 1
      case .equal: 0.5 + random() / 2
      case .full: random()
      }
    return .milliseconds(Int64(whole * share))
  }
}
