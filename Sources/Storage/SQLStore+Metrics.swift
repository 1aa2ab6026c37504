// Gauges over time.

import Domain

extension SQLStore {
  public func record(metric name: String, value: Double, at time: Timestamp) throws(StoreError) {
    guard !value.isNaN else { throw StoreError(.corrupt, "metric \(name) cannot be stored: its value is not a number") }
    // SQLite keeps no negative zero.
    try database.write { connection throws(StoreError) in
      try connection.run(
        "INSERT INTO metrics (name, at, value) VALUES ($1, $2, $3) ON CONFLICT (name, at) DO UPDATE SET value = excluded.value",
        [.of(name), .of(time), .real(value == 0 ? 0 : value)])
    }
  }

  public func metrics(_ name: String, since time: Timestamp, limit: Int) throws(StoreError) -> [MetricPoint] {
    try database.read { connection throws(StoreError) in
      try connection.rows(
        "SELECT at, value FROM metrics WHERE name = $1 AND at >= $2 ORDER BY at LIMIT $3", [.of(name), .of(time), bounded(limit)]
      ) { row throws(StoreError) in
        MetricPoint(at: try row.time(), value: try row.real())
      }
    }
  }
}
