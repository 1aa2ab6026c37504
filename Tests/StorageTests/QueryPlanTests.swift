// Every query has its index: none reads a whole table to find a few rows.

import Domain
import Storage
import StorageSQLite
import Testing
import Threading

@Suite struct QueryPlanTests {
  @Test func noCallReadsAWholeTable() throws {
    let temporary = try TemporaryDatabase.sqlite()
    defer { temporary.remove() }
    let database = RecordingDatabase(temporary.database)
    try everyCall(of: try SQLStore(migrating: database))
    let statements = database.statements.withLock { $0 }.filter { $0.contains(" FROM ") || $0.hasPrefix("UPDATE") }
    #expect(statements.count > 40)
    for statement in statements.sorted() {
      // The schema's version and the numbers of rows in each state are read from all there is.
      if statement.contains("sqlite_master") || statement.contains("doc_healing_schema") || statement.contains("GROUP BY") { continue }
      let plan = try temporary.database.read { connection throws(StoreError) in
        try connection.rows("EXPLAIN QUERY PLAN " + statement) { row throws(StoreError) in
          for _ in 0..<3 { _ = try row.integer() }
          return try row.text()
        }
      }
      for step in plan where !isFine(step, of: statement) { Issue.record("\(statement)\n\(step)") }
    }
  }

  private func isFine(_ step: String, of statement: String) -> Bool {
    let isListing = statement.contains("ORDER BY id DESC LIMIT")
    // A page without conditions walks its table from the newest row, or from its cursor, and stops at its limit.
    if step.hasPrefix("SCAN") { return step == "SCAN CONSTANT ROW" || isListing && !statement.contains("WHERE") }
    if step.contains("(id<?)") && isListing { return statement.contains("WHERE id < $1 ORDER") }
    // Rows are sorted where they are one for each forge.
    return !step.contains("TEMP B-TREE") || statement.contains("WHERE deduplication_key = $1 ORDER BY id DESC LIMIT 1")
  }

  private func everyCall(of store: SQLStore) throws {
    try everyIntake(of: store)
    try everyRun(of: store)
    for filter in [
      FindingFilter(), FindingFilter(repository: id(1)), FindingFilter(run: id(1)), FindingFilter(rule: "a"),
      FindingFilter(severity: .note),
      FindingFilter(path: "a"), FindingFilter(repository: id(1), rule: "a", severity: .note, path: "b"),
    ] {
      _ = try store.findings(Page(), filter: filter)
      _ = try store.findings(Page(before: id(1)), filter: filter)
    }
    try store.record(metric: "m", value: 1, at: start)
    _ = try store.metrics("m", since: start, limit: 1)
    _ = try store.counts()
    _ = try store.prune(finishedBefore: start, limit: 1)
    try store.probe()
  }

  private func everyIntake(of store: SQLStore) throws {
    _ = try store.accept(delivery(1), job: job(1))
    _ = try store.accept(delivery(2, key: "key-1"), job: job(2))
    _ = try store.delivery(id(1))
    _ = try store.delivery(key: "key-1")
    try store.settle(DeliveryOutcome(id: id(1), status: .queued), at: start)
    _ = try store.replan(id(1), replacing: id(1), with: job(3))
    _ = try store.replan(id(1), replacing: id(1), with: job(3))
    for page in [Page<DeliveryID>(), Page(before: id(1))] {
      for status in [nil, DeliveryStatus.queued] { _ = try store.deliveries(page, status: status) }
    }
    _ = try store.unfinishedDeliveries(receivedBefore: start, limit: 1)
    try store.withdraw(id(1))
    _ = try store.job(id(1))
    try store.update(job(1), settling: nil)
    for page in [Page<JobID>(), Page(before: id(1))] { for state in [nil, JobState.queued] { _ = try store.jobs(page, state: state) } }
    _ = try store.loseJobs(notHeldBy: "a", at: start)
  }

  private func everyRun(of store: SQLStore) throws {
    _ = try store.register(repository(1))
    _ = try store.repository(id(1))
    _ = try store.repository(forge: .git, name: "a")
    _ = try store.repositories(Page())
    _ = try store.repositories(Page(before: id(1)))
    try store.setEnabled(true, repository: id(1))
    try store.setDefaultBranch("a", repository: id(1))
    _ = try store.rename(id(1), to: "a", cloneURL: "b")
    _ = try store.pullRequest(repository: id(1), number: 1)
    try store.plan(run(1), job: job(4), for: id(1))
    try store.finish(run(1), deliveries: .completed, detail: nil, at: start)
    _ = try store.run(id(1))
    for page in [Page<RunID>(), Page(before: id(1))] {
      for one in [nil, id(1) as RepositoryID] { _ = try store.runs(page, repository: one) }
    }
    _ = try store.runs(repository: id(1), branch: "a", pullRequest: nil, limit: 1)
    try store.record(findings: [finding(1)], fixes: [fix(1)], for: id(1))
    _ = try store.findings(of: id(1))
    _ = try store.fixes(of: id(1))
    _ = try store.record(Publication(runID: id(1), key: "a", forgeID: "b", createdAt: start))
    try everyEffect(of: store)
    _ = try store.remove(id(1))
  }

  private func everyEffect(of store: SQLStore) throws {
    try store.post([effect(1)])
    _ = try store.leaseEffect(by: "a", at: time(9), until: time(10))
    _ = try store.extendLease(of: id(1), by: "a", until: time(11))
    _ = try store.settle(effect(1))
    _ = try store.effect(id(1))
    _ = try store.effect(key: "effect-1")
    for page in [Page<EffectID>(), Page(before: id(1))] {
      for state in [nil, Effect.State.queued] { _ = try store.effects(page, state: state) }
    }
    try store.record([offer("a")])
    try store.settle([offer("a")], as: .declined, at: start)
    _ = try store.offers(repository: id(1), pullRequest: 7)
    _ = try store.declinedHealings(repository: id(1), limit: 1)
    _ = try store.offerCounts(repository: id(1))
    _ = try store.replaceNote("a", from: nil, to: "b")
    _ = try store.replaceNote("a", from: "b", to: "c")
    _ = try store.note("a")
  }
}

/// Remembers every statement.
private final class RecordingDatabase: SQLDatabase {
  let statements = Monitor(Set<String>())
  private let database: any SQLDatabase

  init(_ database: any SQLDatabase) { self.database = database }

  private struct Connection: SQLConnection {
    let connection: any SQLConnection
    let statements: Monitor<Set<String>>

    func run(_ sql: String, _ arguments: [SQLValue], row: (any SQLRow) throws(StoreError) -> Void) throws(StoreError) -> Int {
      statements.withLock { _ = $0.insert(sql) }
      return try connection.run(sql, arguments, row: row)
    }
  }

  var dialect: SQLDialect { database.dialect }
  var name: String { database.name }

  func read<Result>(_ body: (any SQLConnection) throws(StoreError) -> Result) throws(StoreError) -> Result {
    try database.read { connection throws(StoreError) in try body(Connection(connection: connection, statements: statements)) }
  }

  func write<Result>(_ body: (any SQLConnection) throws(StoreError) -> Result) throws(StoreError) -> Result {
    try database.write { connection throws(StoreError) in try body(Connection(connection: connection, statements: statements)) }
  }

  func migrate<Result>(_ body: (any SQLConnection) throws(StoreError) -> Result) throws(StoreError) -> Result {
    try database.migrate(body)
  }

  func close() { database.close() }
}
