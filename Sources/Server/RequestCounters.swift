// What `/metrics` knows of requests: counts by route and status, and how long they took.

import Threading

/// Counts requests; shared by all threads.
final class RequestCounters: Sendable {
  struct Key: Hashable {
    var route: String
    var status: Int
  }

  struct Totals {
    var requests: [Key: Int] = [:]
    /// Cumulative, for each of `bounds` and, last, for all.
    var buckets = [Int](repeating: 0, count: RequestCounters.bounds.count + 1)
    var seconds = 0.0
  }

  /// Upper bounds of the duration histogram, in seconds.
  static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
  private static let routes: Set<String> = [
    "", "webhooks", "health", "ready", "metrics", "validate", "heal", "tasks", "deliveries", "runs", "repositories", "findings", "pages",
  ]

  private let totals = Monitor(Totals())

  /// Routes that do not exist are counted as one, so that a scanner cannot fill the memory.
  func count(route: String, status: Int, took: Duration) {
    let seconds = Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18
    totals.withLock { totals in
      totals.requests[Key(route: Self.routes.contains(route) ? route : "other", status: status), default: 0] += 1
      totals.seconds += seconds
      for (index, bound) in Self.bounds.enumerated() where seconds <= bound { totals.buckets[index] += 1 }
      totals.buckets[Self.bounds.count] += 1
    }
  }

  func read() -> Totals { totals.withLock { $0 } }
}
