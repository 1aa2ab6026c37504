// One connection: prepared statements, arguments, rows. A connection is used by one thread at a time, which its owner
// sees to (`SQLiteDatabase`, `GroupCommit`); so SQLite's own mutexes are switched off.

import CSQLite
import Domain
import Storage

/// A connection to one file.
final class SQLiteConnection: SQLConnection {
  /// Statements kept prepared; beyond it all are dropped. Listings with filters make a few dozen texts.
  private static let statementLimit = 96

  let name: String
  private let handle: OpaquePointer
  private var statements: [String: OpaquePointer] = [:]

  /// Opens `path`, which must exist and must not look like a URI or a special name (see `DatabaseFile`).
  /// - Parameter name: what messages call the database.
  init(path: String, name: String, busyTimeout: Duration) throws(StoreError) {
    self.name = name
    var opened: OpaquePointer?
    let code = sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil)
    guard code == SQLITE_OK, let opened else {
      let failure = SQLiteFailure(code: code, system: opened.map(sqlite3_system_errno) ?? 0)
      sqlite3_close_v2(opened)
      throw failure.error(name)
    }
    handle = opened
    sqlite3_extended_result_codes(handle, 1)
    sqlite3_busy_timeout(handle, Int32(clamping: busyTimeout.inMilliseconds))
  }

  deinit {
    for statement in statements.values { sqlite3_finalize(statement) }
    sqlite3_close_v2(handle)
  }

  func run(_ sql: String, _ arguments: [SQLValue], row: (any SQLRow) throws(StoreError) -> Void) throws(StoreError) -> Int {
    let statement = try prepared(sql)
    defer {
      sqlite3_reset(statement)
      sqlite3_clear_bindings(statement)
    }
    var failure: StoreError?
    let code = bind(arguments[...], to: statement) {
      var code = sqlite3_step(statement)
      while code == SQLITE_ROW {
        do throws(StoreError) { try row(SQLiteRow(statement: statement)) } catch {
          failure = error
          return SQLITE_OK
        }
        code = sqlite3_step(statement)
      }
      return code
    }
    if let failure { throw failure }
    guard code == SQLITE_DONE else { throw SQLiteFailure(code: code, system: sqlite3_system_errno(handle)).error(name) }
    return Int(sqlite3_changes(handle))
  }

  /// Whether a transaction is open. A failure can have ended it.
  var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  private func prepared(_ sql: String) throws(StoreError) -> OpaquePointer {
    if let statement = statements[sql] { return statement }
    if statements.count >= Self.statementLimit { dropStatements() }
    var statement: OpaquePointer?
    // `?1` is SQLite's numbered parameter; its `$1` would be a name, numbered by where it first stands.
    let numbered = sql.replacing("$", with: "?")
    let code = sqlite3_prepare_v3(handle, numbered, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
    guard code == SQLITE_OK, let statement else { throw SQLiteFailure(code: code, system: sqlite3_system_errno(handle)).error(name) }
    statements[sql] = statement
    return statement
  }

  private func dropStatements() {
    for statement in statements.values { sqlite3_finalize(statement) }
    statements.removeAll()
  }

  /// Binds what is left of the arguments, then calls `step`. Nested, so that blobs are read where they lie: SQLite is
  /// done with them when `step` returns.
  private func bind(_ rest: ArraySlice<SQLValue>, to statement: OpaquePointer, then step: () -> Int32) -> Int32 {
    var rest = rest
    while let value = rest.popFirst() {
      let index = Int32(rest.startIndex)
      let code: Int32
      switch value {
      case .null: code = sqlite3_bind_null(statement, index)
      case .integer(let number): code = sqlite3_bind_int64(statement, index, number)
      case .real(let number): code = sqlite3_bind_double(statement, index, number)
      case .text(var text):
        code = text.withUTF8 { bytes in
          bytes.withMemoryRebound(to: CChar.self) { characters in
            sqlite3_bind_text64(
              statement, index, characters.baseAddress ?? emptyText, UInt64(bytes.count), copied, UInt8(SQLITE_UTF8))
          }
        }
      case .blob(let bytes):
        return bytes.withUnsafeBytes { bytes in
          guard let base = bytes.baseAddress, !bytes.isEmpty else {
            let code = sqlite3_bind_zeroblob(statement, index, 0)
            return code == SQLITE_OK ? bind(rest, to: statement, then: step) : code
          }
          let code = sqlite3_bind_blob64(statement, index, base, UInt64(bytes.count), nil)
          return code == SQLITE_OK ? bind(rest, to: statement, then: step) : code
        }
      }
      if code != SQLITE_OK { return code }
    }
    return step()
  }
}

/// SQLITE_TRANSIENT, which C writes as a cast that Swift does not import: SQLite copies the text.
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

/// What stands for the address of an empty text: nil would be NULL.
/// `nonisolated(unsafe)` is safe: allocated once, never written or freed after.
nonisolated(unsafe) private let emptyText: UnsafePointer<CChar> = {
  let text = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
  text.initialize(to: 0)
  return UnsafePointer(text)
}()

/// The row that a statement stands on.
private struct SQLiteRow: SQLRow {
  let statement: OpaquePointer

  func integer(_ column: Int) -> Int64? {
    let column = Int32(column)
    return sqlite3_column_type(statement, column) == SQLITE_INTEGER ? sqlite3_column_int64(statement, column) : nil
  }

  func real(_ column: Int) -> Double? {
    let column = Int32(column)
    return sqlite3_column_type(statement, column) == SQLITE_FLOAT ? sqlite3_column_double(statement, column) : nil
  }

  func text(_ column: Int) -> String? {
    let column = Int32(column)
    guard sqlite3_column_type(statement, column) == SQLITE_TEXT, let start = sqlite3_column_text(statement, column) else { return nil }
    let count = Int(sqlite3_column_bytes(statement, column))
    return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  func blob(_ column: Int) -> [UInt8]? {
    let column = Int32(column)
    guard sqlite3_column_type(statement, column) == SQLITE_BLOB else { return nil }
    guard let start = sqlite3_column_blob(statement, column) else { return [] }
    return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column))))
  }
}
