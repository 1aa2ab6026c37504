// The store over any SQL database. The records' SQL is written once, in the extensions beside this file, one for each
// kind of record; a backend brings connections and transactions only.

import Domain

/// A `Store` whose records are kept in a `SQLDatabase`.
public struct SQLStore: Store {
  let database: any SQLDatabase

  /// Opens a database that has been migrated.
  /// - Throws: `olderSchema` or `newerSchema` when its schema is not this program's; what `read` throws.
  public init(_ database: any SQLDatabase) throws(StoreError) {
    self.database = database
    try Migrator(database).check()
  }

  /// Opens a database and brings its schema up first. Programs that start together may all call this.
  public init(migrating database: any SQLDatabase) throws(StoreError) {
    if try Migrator(database).version() < Migration.newest { try Migrator(database).migrate() }
    try self.init(database)
  }

  public func probe() throws(StoreError) {
    let counted = try database.write { connection throws(StoreError) in
      try connection.run("INSERT INTO probes (id, count) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET count = probes.count + 1")
      return try connection.first("SELECT count FROM probes WHERE id = 1") { row throws(StoreError) in try row.integer() }
    }
    guard counted != nil else { throw StoreError(.corrupt, "\(database.name) does not return what was just written; restore a backup") }
  }

  public func close() { database.close() }

  public func counts() throws(StoreError) -> [StateCount] {
    try database.read { connection throws(StoreError) in
      var counts: [StateCount] = []
      for (record, column) in [("deliveries", "status"), ("jobs", "state"), ("runs", "state"), ("effects", "state")] {
        counts += try connection.rows("SELECT \(column), COUNT(*) FROM \(record) GROUP BY \(column) ORDER BY \(column)") {
          row throws(StoreError) in
          StateCount(record: record, state: try row.text(), count: try row.integer())
        }
      }
      return counts
    }
  }
}

/// Collects the conditions of a listing and numbers their arguments.
struct Conditions {
  private var terms: [String] = []
  private(set) var arguments: [SQLValue] = []

  /// Adds `term` with `#` standing for the argument, unless that is nil.
  mutating func require(_ term: String, _ argument: SQLValue?) {
    guard let argument else { return }
    terms.append(term.replacing("#", with: next(argument)))
  }

  /// Numbers an argument that stands outside the conditions, such as a limit.
  mutating func next(_ argument: SQLValue) -> String {
    arguments.append(argument)
    return "$\(arguments.count)"
  }

  /// ` WHERE … AND …`, or nothing.
  var clause: String { terms.isEmpty ? "" : " WHERE " + terms.joined(separator: " AND ") }
}

/// The number of rows a listing returns at the most: what was asked for, and none for a negative number.
func bounded(_ limit: Int) -> SQLValue { .of(max(0, limit)) }
