// PostgreSQL as the engine's database. Transactions of several threads and processes run side by side; the server groups
// their commits itself. A connection that turns out to be dead is replaced and the closure runs again: its effect done
// twice is its effect done once (`SQLDatabase`), so even a commit whose answer was lost may be repeated.

import CPostgreSQL
import Domain
import Storage
import Threading

/// A `SQLDatabase` on a PostgreSQL server.
public final class PostgreSQLDatabase: SQLDatabase {
  /// How often a closure runs at the most.
  private static let attempts = 3
  /// The advisory lock of migrations: `doc-heal` in ASCII.
  private static let migrationLock = "7237112172883829100"

  public let name: String
  private let pool: ConnectionPool

  /// Prepares to connect; connections are made when they are first needed.
  /// - Parameters:
  ///   - url: a connection URI or keyword string of libpq. What it leaves out comes from libpq's environment variables.
  ///   - connections: threads that use the database at the same time; more wait for one another.
  ///   - statementTimeout: how long one statement may run.
  ///   - connectTimeout: how long connecting, or waiting for one of the connections, may take.
  /// - Throws: `unavailable` when `url` is malformed. Nothing of it is in the message: it may be the password.
  public init(
    url: String, connections: Int = 8, statementTimeout: Duration = .seconds(30), connectTimeout: Duration = .seconds(10)
  ) throws(StoreError) {
    let address = try ConnectionAddress(url)
    name = address.name
    let settings =
      "SET statement_timeout = \(statementTimeout.inMilliseconds); SET idle_in_transaction_session_timeout = 60000; "
      + "SET client_min_messages = warning"
    pool = ConnectionPool(limit: max(1, connections), patience: connectTimeout, name: address.name) { () throws(StoreError) in
      try PostgreSQLConnection(
        name: address.name, parameters: address.parameters, connectTimeout: connectTimeout,
        // The server ends a statement first, and says so; this is for a server that says nothing any more.
        patience: statementTimeout + .seconds(5), settings: settings)
    }
  }

  public var dialect: SQLDialect {
    SQLDialect(
      phrases: [
        (" STRICT, WITHOUT ROWID", ""), (" STRICT", ""), (" TEXT", " TEXT COLLATE \"C\""), (" INTEGER", " BIGINT"),
        (" REAL", " DOUBLE PRECISION"), (" BLOB", " BYTEA"),
      ],
      tableCount: "SELECT COUNT(to_regclass($1))")
  }

  public func read<Result>(_ body: (any SQLConnection) throws(StoreError) -> Result) throws(StoreError) -> Result {
    try repeating { connection throws(StoreError) in try body(connection) }
  }

  @discardableResult
  public func write<Result>(_ body: (any SQLConnection) throws(StoreError) -> Result) throws(StoreError) -> Result {
    try repeating { connection throws(StoreError) in
      try Self.transaction(on: connection) { () throws(StoreError) in try body(connection) }
    }
  }

  public func migrate<Result>(_ body: (any SQLConnection) throws(StoreError) -> Result) throws(StoreError) -> Result {
    try repeating { connection throws(StoreError) in
      try Self.transaction(on: connection) { () throws(StoreError) in
        try connection.execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")
        try connection.execute("SELECT pg_advisory_xact_lock(\(Self.migrationLock))")
        return try body(connection)
      }
    }
  }

  public func close() { pool.close() }

  private static func transaction<Result>(
    on connection: PostgreSQLConnection, _ body: () throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    try connection.run("BEGIN")
    let result = try body()
    // The server would answer the commit of a transaction in which a statement failed with a quiet rollback.
    if connection.isTransactionFailed, let failure = connection.failure { throw failure.error(connection.name) }
    try connection.run("COMMIT")
    return result
  }

  /// Runs `body` with a connection, again with another when the connection broke or the transaction can be cured.
  private func repeating<Result>(_ body: (PostgreSQLConnection) throws(StoreError) -> Result) throws(StoreError) -> Result {
    var attempt = 1
    while true {
      let member = try pool.take()
      let connection = member.connection
      connection.clearFailure()
      do throws(StoreError) {
        let result = try body(connection)
        pool.giveBack(member)
        return result
      } catch {
        let isWorthAnother = connection.failure.map { $0.breaksConnection || $0.isCurable } ?? false
        if connection.isUsable, !connection.isIdle { _ = try? connection.execute("ROLLBACK") }
        pool.giveBack(member)
        guard isWorthAnother, attempt < Self.attempts else { throw error }
        attempt += 1
      }
    }
  }
}
