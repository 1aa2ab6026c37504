// The history of jobs, and what is thrown away of it all in the end.

import Domain

extension SQLStore {
  public func insert(_ job: Job) throws(StoreError) {
    try database.write { connection throws(StoreError) in try insert(job, connection) }
  }

  /// Stores a job inside a transaction; a job that is there already stays as it is.
  func insert(_ job: Job, _ connection: any SQLConnection) throws(StoreError) {
    try connection.run(
      """
      INSERT INTO jobs (id, queue, function, payload, state, attempts, holder, enqueued_at, started_at, finished_at, result, error)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (id) DO NOTHING
      """,
      [
        .of(job.id), .of(job.queue), .of(job.function), .of(job.payload), .of(job.state), .of(job.attempts), .of(job.holder),
        .of(job.enqueuedAt), .of(job.startedAt), .of(job.finishedAt), .of(job.result), .of(job.error),
      ])
  }

  public func job(_ id: JobID) throws(StoreError) -> Job? {
    try database.read { connection throws(StoreError) in
      try connection.first("SELECT \(Self.jobColumns) FROM jobs WHERE id = $1", [.of(id)], Self.job)
    }
  }

  public func update(_ job: Job, settling outcome: DeliveryOutcome?) throws(StoreError) {
    try database.write { connection throws(StoreError) in
      try connection.run(
        """
        UPDATE jobs SET state = $2, attempts = $3, holder = $4, enqueued_at = $5, started_at = $6, finished_at = $7, result = $8,
        error = $9 WHERE id = $1
        """,
        [
          .of(job.id), .of(job.state), .of(job.attempts), .of(job.holder), .of(job.enqueuedAt), .of(job.startedAt),
          .of(job.finishedAt), .of(job.result), .of(job.error),
        ])
      if let outcome { try settle(outcome, at: job.finishedAt ?? job.startedAt ?? job.enqueuedAt, connection) }
    }
  }

  public func jobs(_ page: Page<JobID>, state: JobState?) throws(StoreError) -> [Job] {
    try database.read { connection throws(StoreError) in
      var conditions = Conditions()
      conditions.require("state = #", state.map { .of($0) })
      conditions.require("id < #", page.before.map { .of($0) })
      let limit = conditions.next(bounded(page.limit))
      return try connection.rows(
        "SELECT \(Self.jobColumns) FROM jobs\(conditions.clause) ORDER BY id DESC LIMIT \(limit)", conditions.arguments, Self.job)
    }
  }

  public func loseJobs(notHeldBy holder: String, at time: Timestamp) throws(StoreError) -> Int {
    try database.write { connection throws(StoreError) in
      try connection.run(
        """
        UPDATE jobs SET state = 'lost', finished_at = $2
        WHERE state IN ('queued', 'running', 'failed') AND holder IS NOT NULL AND holder <> $1
        """, [.of(holder), .of(time)])
    }
  }

  public func prune(finishedBefore time: Timestamp, limit: Int) throws(StoreError) -> Int {
    try database.write { connection throws(StoreError) in
      var pruned = 0
      for table in ["deliveries", "jobs", "runs", "effects"] {
        pruned += try connection.run(
          "DELETE FROM \(table) WHERE id IN (SELECT id FROM \(table) WHERE finished_at < $1 ORDER BY finished_at, id LIMIT $2)",
          [.of(time), bounded(limit)])
      }
      return pruned
        + (try connection.run(
          "DELETE FROM metrics WHERE (name, at) IN (SELECT name, at FROM metrics WHERE at < $1 ORDER BY at, name LIMIT $2)",
          [.of(time), bounded(limit)]))
    }
  }

  private static let jobColumns =
    "id, queue, function, payload, state, attempts, holder, enqueued_at, started_at, finished_at, result, error"

  private static func job(_ row: inout Columns) throws(StoreError) -> Job {
    Job(
      id: try row.id(), queue: try row.word(), function: try row.word(), payload: try row.text(), state: try row.word(),
      attempts: try row.integer(), holder: row.optionalText(), enqueuedAt: try row.time(), startedAt: row.optionalTime(),
      finishedAt: row.optionalTime(), result: row.optionalText(), error: row.optionalText())
  }
}
