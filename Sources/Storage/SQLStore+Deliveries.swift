// Deliveries. `accept` is the engine's hot path: it stands between a webhook and its answer.

import Domain

extension SQLStore {
  public func accept(_ delivery: Delivery, job: Job) throws(StoreError) -> Acceptance {
    try database.write { connection throws(StoreError) in
      // The stored row can be withdrawn between the two statements, where the database lets others write meanwhile.
      for _ in 0..<3 {
        if try insert(delivery, connection) {
          try insert(job, connection)
          return .accepted
        }
        if let stored = try stored(as: delivery, connection) {
          return stored.id == delivery.id ? .accepted : .duplicate(of: stored)
        }
      }
      throw StoreError(.corrupt, "delivery \(delivery.id) cannot be stored: its identifier is taken by another delivery")
    }
  }

  /// False when its identifier or its key is there already; then nothing is changed.
  private func insert(_ delivery: Delivery, _ connection: any SQLConnection) throws(StoreError) -> Bool {
    let inserted = try connection.run(
      """
      INSERT INTO deliveries (id, forge, deduplication_key, event_name, status, detail, job_id, run_id, received_at, finished_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING
      """,
      [
        .of(delivery.id), .of(delivery.forge), .of(delivery.deduplicationKey), .of(delivery.eventName), .of(delivery.status),
        .of(delivery.detail), .of(delivery.jobID), .of(delivery.runID?.rawValue), .of(delivery.receivedAt), .of(delivery.finishedAt),
      ])
    guard inserted == 1 else { return false }
    try connection.run(
      "INSERT INTO delivery_payloads (delivery_id, payload) VALUES ($1, $2)", [.of(delivery.id), .blob(delivery.payload)])
    return true
  }

  private func stored(as delivery: Delivery, _ connection: any SQLConnection) throws(StoreError) -> Delivery? {
    try connection.first(
      "SELECT \(Self.deliveryColumns) FROM deliveries WHERE deduplication_key = $1 AND forge = $2",
      [.of(delivery.deduplicationKey), .of(delivery.forge)], Self.delivery)
  }

  public func withdraw(_ id: DeliveryID) throws(StoreError) {
    try database.write { connection throws(StoreError) in
      try connection.run("DELETE FROM jobs WHERE id IN (SELECT job_id FROM deliveries WHERE id = $1)", [.of(id)])
      try connection.run("DELETE FROM deliveries WHERE id = $1", [.of(id)])
    }
  }

  public func delivery(_ id: DeliveryID) throws(StoreError) -> Delivery? {
    try database.read { connection throws(StoreError) in
      try connection.first(Self.wholeDelivery + " WHERE id = $1", [.of(id)], Self.deliveryWithPayload)
    }
  }

  public func delivery(key: String) throws(StoreError) -> Delivery? {
    try database.read { connection throws(StoreError) in
      try connection.first(
        Self.wholeDelivery + " WHERE deduplication_key = $1 ORDER BY id DESC LIMIT 1", [.of(key)], Self.deliveryWithPayload)
    }
  }

  public func settle(_ outcome: DeliveryOutcome, at time: Timestamp) throws(StoreError) {
    try database.write { connection throws(StoreError) in try settle(outcome, at: time, connection) }
  }

  /// Sets the state of a delivery that is not final, inside a transaction.
  func settle(_ outcome: DeliveryOutcome, at time: Timestamp, _ connection: any SQLConnection) throws(StoreError) {
    try connection.run(
      "UPDATE deliveries SET status = $2, detail = $3, finished_at = $4 WHERE id = $1 AND status = 'queued'",
      [.of(outcome.id), .of(outcome.status), .of(outcome.detail), .of(outcome.status.isFinal ? time : nil)])
  }

  /// Sets the state of every delivery of a run that is not final, inside a transaction.
  func settle(
    deliveriesOf run: RunID, _ status: DeliveryStatus, _ detail: String?, at time: Timestamp, _ connection: any SQLConnection
  ) throws(StoreError) {
    try connection.run(
      "UPDATE deliveries SET status = $2, detail = $3, finished_at = $4 WHERE run_id = $1 AND status = 'queued'",
      [.of(run), .of(status), .of(detail), .of(status.isFinal ? time : nil)])
  }

  public func replan(_ id: DeliveryID, replacing expected: JobID, with job: Job) throws(StoreError) -> Bool {
    try database.write { connection throws(StoreError) in
      let replanned = try connection.run(
        "UPDATE deliveries SET status = 'queued', detail = NULL, job_id = $3, finished_at = NULL WHERE id = $1 AND job_id = $2",
        [.of(id), .of(expected), .of(job.id)])
      guard replanned == 1 else {
        // A repeated transaction finds its own job there.
        return try connection.first("SELECT 1 FROM deliveries WHERE id = $1 AND job_id = $2", [.of(id), .of(job.id)]) { _ in true } ?? false
      }
      try insert(job, connection)
      return true
    }
  }

  public func attach(_ delivery: DeliveryID, to run: RunID) throws(StoreError) {
    try database.write { connection throws(StoreError) in try attach(delivery, to: run, connection) }
  }

  /// Notes which run a delivery asked for, inside a transaction.
  func attach(_ delivery: DeliveryID, to run: RunID, _ connection: any SQLConnection) throws(StoreError) {
    try connection.run("UPDATE deliveries SET run_id = $2 WHERE id = $1", [.of(delivery), .of(run)])
  }

  public func deliveries(_ page: Page<DeliveryID>, status: DeliveryStatus?) throws(StoreError) -> [Delivery] {
    var conditions = Conditions()
    conditions.require("status = #", status.map { .of($0) })
    conditions.require("id < #", page.before.map { .of($0) })
    return try listed(conditions, order: "id DESC", limit: page.limit)
  }

  public func unfinishedDeliveries(receivedBefore time: Timestamp, limit: Int) throws(StoreError) -> [Delivery] {
    var conditions = Conditions()
    conditions.require("status = #", .of(DeliveryStatus.queued))
    conditions.require("received_at < #", .of(time))
    return try listed(conditions, order: "id", limit: limit)
  }

  private func listed(_ conditions: Conditions, order: String, limit: Int) throws(StoreError) -> [Delivery] {
    try database.read { connection throws(StoreError) in
      var conditions = conditions
      let limit = conditions.next(bounded(limit))
      return try connection.rows(
        "SELECT \(Self.deliveryColumns) FROM deliveries\(conditions.clause) ORDER BY \(order) LIMIT \(limit)", conditions.arguments,
        Self.delivery)
    }
  }

  private static let deliveryColumns =
    "id, forge, deduplication_key, event_name, status, detail, job_id, run_id, received_at, finished_at"
  private static let wholeDelivery =
    "SELECT \(deliveryColumns), payload FROM deliveries LEFT JOIN delivery_payloads ON delivery_id = id"

  private static func delivery(_ row: inout Columns) throws(StoreError) -> Delivery {
    Delivery(
      id: try row.id(), forge: try row.word(), deduplicationKey: try row.text(), eventName: try row.text(), payload: [],
      status: try row.word(), detail: row.optionalText(), jobID: try row.id(), runID: row.optionalText().map(RunID.init),
      receivedAt: try row.time(), finishedAt: row.optionalTime())
  }

  private static func deliveryWithPayload(_ row: inout Columns) throws(StoreError) -> Delivery {
    var delivery = try delivery(&row)
    delivery.payload = try row.bytes()
    return delivery
  }
}
