// Runs and what they published.

import Domain

extension SQLStore {
  public func plan(_ run: Run, job: Job, for delivery: DeliveryID?, posting effects: [Effect]) throws(StoreError) {
    try database.write { connection throws(StoreError) in
      try connection.run(
        """
        INSERT INTO runs (\(Self.runColumns))
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT (id) DO NOTHING
        """, Self.values(of: run))
      try insert(job, connection)
      if let delivery { try attach(delivery, to: run.id, connection) }
      try post(effects, connection)
    }
  }

  public func update(_ run: Run) throws(StoreError) {
    try database.write { connection throws(StoreError) in try update(run, connection) }
  }

  public func finish(
    _ run: Run, deliveries status: DeliveryStatus, detail: String?, at time: Timestamp, posting effects: [Effect]
  ) throws(StoreError) {
    try database.write { connection throws(StoreError) in
      try update(run, connection)
      try settle(deliveriesOf: run.id, status, detail, at: time, connection)
      try post(effects, connection)
    }
  }

  private func update(_ run: Run, _ connection: any SQLConnection) throws(StoreError) {
    try connection.run(
      """
      UPDATE runs SET repository_id = $2, branch = $3, pull_request = $4, base = $5, head = $6, state = $7, job_id = $8,
      published_to = $9, published_commit = $10, detail = $11, document_count = $12, created_at = $13, started_at = $14,
      finished_at = $15, patch = $16 WHERE id = $1
      """, Self.values(of: run))
  }

  public func run(_ id: RunID) throws(StoreError) -> Run? {
    try database.read { connection throws(StoreError) in
      try connection.first("SELECT \(Self.runColumns) FROM runs WHERE id = $1", [.of(id)], Self.run)
    }
  }

  public func runs(_ page: Page<RunID>, repository: RepositoryID?) throws(StoreError) -> [Run] {
    var conditions = Conditions()
    conditions.require("repository_id = #", repository.map { .of($0) })
    conditions.require("id < #", page.before.map { .of($0) })
    return try listed(conditions, limit: page.limit)
  }

  public func runs(repository: RepositoryID, branch: String, pullRequest: Int?, limit: Int) throws(StoreError) -> [Run] {
    var conditions = Conditions()
    conditions.require("repository_id = #", .of(repository))
    conditions.require("branch = #", .of(branch))
    // Of runs without a pull request the column is NULL, which equals nothing.
    conditions.require("COALESCE(pull_request, -1) = #", .of(pullRequest ?? -1))
    return try listed(conditions, limit: limit)
  }

  private func listed(_ conditions: Conditions, limit: Int) throws(StoreError) -> [Run] {
    var conditions = conditions
    let limit = conditions.next(bounded(limit))
    let query = "SELECT \(Self.runColumns) FROM runs\(conditions.clause) ORDER BY id DESC LIMIT \(limit)"
    return try database.read { connection throws(StoreError) in try connection.rows(query, conditions.arguments, Self.run) }
  }

  public func record(_ publication: Publication) throws(StoreError) -> Publication {
    try database.write { connection throws(StoreError) in
      try connection.run(
        "INSERT INTO publications (key, run_id, forge_id, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (key) DO NOTHING",
        [.of(publication.key), .of(publication.runID), .of(publication.forgeID), .of(publication.createdAt)])
      guard let stored = try Self.publication(publication.key, connection) else {
        throw StoreError(.busy, "publication of run \(publication.runID) was removed while it was stored; try again")
      }
      return stored
    }
  }

  public func publication(key: String) throws(StoreError) -> Publication? {
    try database.read { connection throws(StoreError) in try Self.publication(key, connection) }
  }

  private static func publication(_ key: String, _ connection: any SQLConnection) throws(StoreError) -> Publication? {
    try connection.first("SELECT key, run_id, forge_id, created_at FROM publications WHERE key = $1", [.of(key)]) {
      row throws(StoreError) in
      let key = try row.text()
      return Publication(runID: try row.id(), key: key, forgeID: try row.text(), createdAt: try row.time())
    }
  }

  private static let runColumns =
    "id, repository_id, branch, pull_request, base, head, state, job_id, published_to, published_commit, detail, document_count, "
    + "created_at, started_at, finished_at, patch"

  private static func values(of run: Run) -> [SQLValue] {
    [
      .of(run.id), .of(run.repositoryID), .of(run.branch), .of(run.pullRequest), .of(run.base), .of(run.head), .of(run.state),
      .of(run.jobID), .of(run.publishedTo), .of(run.publishedCommit), .of(run.detail), .of(run.documentCount), .of(run.createdAt),
      .of(run.startedAt), .of(run.finishedAt), .of(run.patch),
    ]
  }

  private static func run(_ row: inout Columns) throws(StoreError) -> Run {
    var run = Run(
      id: try row.id(), repositoryID: try row.id(), branch: try row.text(), pullRequest: row.optionalInteger(),
      base: try row.optionalObjectID(), head: try row.objectID(), state: try row.word(), jobID: try row.id(),
      publishedTo: row.optionalText(), publishedCommit: try row.optionalObjectID(), detail: row.optionalText(),
      documentCount: try row.integer(), createdAt: try row.time(), startedAt: row.optionalTime(), finishedAt: row.optionalTime())
    run.patch = try row.text()
    return run
  }
}
