// What `SQLStore` needs of a database: two kinds of closure, and statements with numbered parameters. A backend is these
// protocols over one C library; records, SQL and migrations are written once, above them (docs/add-a-backend.md).

import Domain

/// A database that speaks SQL with `$1` parameters, `ON CONFLICT` and `RETURNING`.
///
/// Laws, for every backend:
/// - `read` and `write` may be called from any thread. The connection belongs to the closure and does not outlive it, and
///   a closure does not call the database again.
/// - `write` is one transaction: all of it is durable when the call returns, or none of it when the call throws.
/// - A closure in which a statement threw throws too: PostgreSQL has given its transaction up by then.
/// - A closure may run again when its transaction is known to have been lost, or when a broken connection left that open;
///   so a closure keeps nothing from an earlier try, and its effect done twice is its effect done once.
public protocol SQLDatabase: Sendable {
  /// How this database writes what the standard leaves open.
  var dialect: SQLDialect { get }

  /// What messages call it: `database` and its path, or its address without the password.
  var name: String { get }

  /// Runs statements that change nothing; each sees what was committed before it.
  func read<Result>(_ body: (any SQLConnection) throws(StoreError) -> Result) throws(StoreError) -> Result

  /// Runs one transaction.
  @discardableResult
  func write<Result>(_ body: (any SQLConnection) throws(StoreError) -> Result) throws(StoreError) -> Result

  /// Runs one transaction while no other process is inside this call, without the time limit of statements.
  func migrate<Result>(_ body: (any SQLConnection) throws(StoreError) -> Result) throws(StoreError) -> Result

  /// Closes every connection once its closure is done. Later calls throw `unavailable`.
  func close()
}

/// A connection inside one closure of a `SQLDatabase`.
public protocol SQLConnection {
  /// Runs one statement. Its text is the key of a cache of prepared statements, so it holds no value: values are arguments.
  /// - Parameter row: called with each row that the statement returns; the row is only valid inside.
  /// - Returns: how many rows were changed; with a statement that changes nothing, any number.
  func run(_ sql: String, _ arguments: [SQLValue], row: (any SQLRow) throws(StoreError) -> Void) throws(StoreError) -> Int
}

/// One argument.
public enum SQLValue: Sendable, Hashable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])
}

/// One row of a result; columns count from 0. Nil is SQL's NULL, or a value that is not of the type asked for.
public protocol SQLRow {
  func integer(_ column: Int) -> Int64?
  func real(_ column: Int) -> Double?
  func text(_ column: Int) -> String?
  func blob(_ column: Int) -> [UInt8]?
}

/// What differs between databases when tables are made.
public struct SQLDialect: Sendable {
  /// What stands for each phrase of the migrations, which are written in SQLite's words, in order.
  public var phrases: [(written: String, spoken: String)]
  /// A query that returns the number of tables named `$1`.
  public var tableCount: String

  public init(phrases: [(written: String, spoken: String)], tableCount: String) {
    self.phrases = phrases
    self.tableCount = tableCount
  }

  /// A migration's statement in this database's words.
  public func spoken(_ statement: String) -> String {
    phrases.reduce(statement) { text, phrase in text.replacing(phrase.written, with: phrase.spoken) }
  }
}

extension SQLConnection {
  /// Runs a statement that returns no rows; the number of rows changed.
  @discardableResult
  public func run(_ sql: String, _ arguments: [SQLValue] = []) throws(StoreError) -> Int {
    try run(sql, arguments) { _ throws(StoreError) in }
  }

  /// Every row of a query, decoded.
  public func rows<Record>(
    _ sql: String, _ arguments: [SQLValue] = [], _ decode: (inout Columns) throws(StoreError) -> Record
  ) throws(StoreError) -> [Record] {
    var records: [Record] = []
    _ = try run(sql, arguments) { row throws(StoreError) in
      var columns = Columns(row)
      records.append(try decode(&columns))
    }
    return records
  }

  /// The first row of a query, decoded.
  public func first<Record>(
    _ sql: String, _ arguments: [SQLValue] = [], _ decode: (inout Columns) throws(StoreError) -> Record
  ) throws(StoreError) -> Record? {
    try rows(sql, arguments, decode).first
  }
}
