// Moves a database's schema up and down. Programs that start together do not race: the database lets one of them in at a
// time, and those who come later find nothing left to do.

/// Reads and changes the version of a database's schema.
public struct Migrator: Sendable {
  /// Keeps one row for each step that was applied.
  private static let table = "doc_healing_schema"
  private let database: any SQLDatabase

  public init(_ database: any SQLDatabase) { self.database = database }

  /// The newest step that was applied; 0 for a database that has none.
  public func version() throws(StoreError) -> Int {
    try database.read { connection throws(StoreError) in try currentVersion(connection) }
  }

  /// Applies, or takes back, every step between the database's version and `target`, all in one transaction; nil is the
  /// newest. Going down deletes what the steps had added.
  /// - Returns: the version before.
  /// - Throws: `newerSchema` when a newer program's steps would have to be taken back.
  @discardableResult
  public func migrate(to target: Int? = nil) throws(StoreError) -> Int {
    let target = target ?? Migration.newest
    guard (0...Migration.newest).contains(target) else {
      throw StoreError(.olderSchema, "no schema version \(target): this program knows 0 to \(Migration.newest)")
    }
    return try database.migrate { connection throws(StoreError) in
      // Made first and read then: PostgreSQL may remember from before the lock that there was no such table.
      try connection.run(database.dialect.spoken("CREATE TABLE IF NOT EXISTS \(Self.table) (version INTEGER NOT NULL PRIMARY KEY)"))
      let current = try appliedVersion(connection)
      guard current <= Migration.newest else { throw newer(current) }
      for step in Migration.all.dropFirst(current).prefix(max(0, target - current)) { try apply(step, connection) }
      for step in Migration.all.prefix(current).dropFirst(target).reversed() { try takeBack(step, connection) }
      return current
    }
  }

  /// Throws `olderSchema` or `newerSchema` unless the schema is the one that this program knows.
  func check() throws(StoreError) {
    let current = try version()
    if current > Migration.newest { throw newer(current) }
    guard current == Migration.newest else {
      throw StoreError(
        .olderSchema,
        "\(database.name) has schema version \(current) and this program needs \(Migration.newest); run doc-healing migrate")
    }
  }

  private func newer(_ version: Int) -> StoreError {
    StoreError(
      .newerSchema,
      "\(database.name) has schema version \(version), made by a newer program, and this one knows only \(Migration.newest); "
        + "install that program, or run its doc-healing migrate --to \(Migration.newest)")
  }

  private func currentVersion(_ connection: any SQLConnection) throws(StoreError) -> Int {
    let tables = try connection.first(database.dialect.tableCount, [.text(Self.table)]) { row throws(StoreError) in try row.integer() }
    return tables ?? 0 > 0 ? try appliedVersion(connection) : 0
  }

  private func appliedVersion(_ connection: any SQLConnection) throws(StoreError) -> Int {
    try connection.first("SELECT COALESCE(MAX(version), 0) FROM \(Self.table)") { row throws(StoreError) in try row.integer() } ?? 0
  }

  private func apply(_ step: Migration, _ connection: any SQLConnection) throws(StoreError) {
    for statement in step.up { try connection.run(database.dialect.spoken(statement)) }
    try connection.run("INSERT INTO \(Self.table) (version) VALUES ($1)", [.of(step.version)])
  }

  private func takeBack(_ step: Migration, _ connection: any SQLConnection) throws(StoreError) {
    for statement in step.down { try connection.run(database.dialect.spoken(statement)) }
    try connection.run("DELETE FROM \(Self.table) WHERE version = $1", [.of(step.version)])
  }
}
