// SQLite as the engine's database: one file, one connection that writes (`GroupCommit`), a few that read. In WAL mode
// readers and the writer do not wait for one another, and other processes may use the file at the same time.
//
// Every number below is a trade of memory against speed; docs/decisions/0002-storage.md has the measurements.

import Domain
import Storage
import Threading

/// A `SQLDatabase` in one file.
public final class SQLiteDatabase: SQLDatabase {
  /// What tests turn.
  package struct Tuning: Sendable {
    /// Pages that the file may have; nil is no limit of ours.
    package var maximumPageCount: Int?
    package init(maximumPageCount: Int? = nil) { self.maximumPageCount = maximumPageCount }
  }

  public let name: String
  private let writer: GroupCommit
  private let readers: ReaderPool

  /// Opens the database at exactly `path`, relative to the working directory; makes it and its folders when missing.
  /// - Parameters:
  ///   - path: any path of a file of up to 500 bytes; no URI, no special name.
  ///   - busyTimeout: how long a call waits for another process's lock.
  ///   - readers: how many threads read at the same time; more wait for one another.
  public convenience init(path: String, busyTimeout: Duration = .seconds(5), readers: Int = 2) throws(StoreError) {
    try self.init(path: path, busyTimeout: busyTimeout, readers: readers, tuning: Tuning())
  }

  package init(path: String, busyTimeout: Duration, readers: Int, tuning: Tuning) throws(StoreError) {
    let file = try DatabaseFile(creating: path)
    name = file.name
    writer = GroupCommit(try Self.openWriter(file, busyTimeout, tuning))
    self.readers = ReaderPool(limit: max(1, readers), name: file.name) { () throws(StoreError) in
      try Self.openReader(file, busyTimeout)
    }
  }

  public var dialect: SQLDialect {
    SQLDialect(phrases: [], tableCount: "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = $1")
  }

  public func read<Result>(_ body: (any SQLConnection) throws(StoreError) -> Result) throws(StoreError) -> Result {
    let reader = try readers.take()
    defer { readers.giveBack(reader) }
    return try body(reader.connection)
  }

  @discardableResult
  public func write<Result>(_ body: (any SQLConnection) throws(StoreError) -> Result) throws(StoreError) -> Result {
    var result: Result?
    try writer.write { connection throws(StoreError) in result = try body(connection) }
    guard let result else { throw StoreError(.unavailable, "\(name) did not run a transaction; try again") }
    return result
  }

  /// A write transaction keeps every other writer out, in this process and in others: that is all the lock it takes.
  public func migrate<Result>(_ body: (any SQLConnection) throws(StoreError) -> Result) throws(StoreError) -> Result {
    try write(body)
  }

  public func close() {
    readers.close()
    writer.close()
  }

  private static func openWriter(_ file: DatabaseFile, _ busyTimeout: Duration, _ tuning: Tuning) throws(StoreError) -> SQLiteConnection {
    let connection = try SQLiteConnection(path: file.absolutePath, name: file.name, busyTimeout: busyTimeout)
    // Only counts for a file that is still empty.
    try connection.run("PRAGMA page_size = 8192")
    try switchToWAL(connection, patience: busyTimeout)
    for setting in [
      "synchronous = FULL", "foreign_keys = ON", "secure_delete = OFF", "temp_store = MEMORY", "mmap_size = 0", "cache_size = -1024",
      "wal_autocheckpoint = 1000", "journal_size_limit = 16777216",
    ] { try connection.run("PRAGMA \(setting)") }
    if let pages = tuning.maximumPageCount { try connection.run("PRAGMA max_page_count = \(pages)") }
    return connection
  }

  private static func openReader(_ file: DatabaseFile, _ busyTimeout: Duration) throws(StoreError) -> SQLiteConnection {
    let connection = try SQLiteConnection(path: file.absolutePath, name: file.name, busyTimeout: busyTimeout)
    for setting in ["query_only = ON", "temp_store = MEMORY", "mmap_size = 0", "cache_size = -256"] {
      try connection.run("PRAGMA \(setting)")
    }
    return connection
  }

  /// The switch does not wait for other processes as other statements do, so it is tried until `patience` is over.
  private static func switchToWAL(_ connection: SQLiteConnection, patience: Duration) throws(StoreError) {
    let deadline = monotonicNow() + patience
    let pause = Monitor(())
    while true {
      do throws(StoreError) {
        var mode: String?
        _ = try connection.run("PRAGMA journal_mode = WAL", []) { row throws(StoreError) in mode = row.text(0) }
        if mode == "wal" { return }
        throw StoreError(
          .unavailable, "\(connection.name) cannot keep a write-ahead log on its file system; put it on a disk of this machine")
      } catch  where error.code == .busy && monotonicNow() < deadline {
        _ = pause.wait(upTo: .milliseconds(10)) { _ in nil as Void? }
      }
    }
  }
}
