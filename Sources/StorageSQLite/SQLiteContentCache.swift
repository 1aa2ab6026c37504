// A content cache in one SQLite file, shared by any number of processes. It is a cache: whatever goes wrong with the file, the
// work goes on without it, and a file that cannot be read is made anew.
//
// Writes are gathered and go to the file in one transaction at `flush`. Each value carries the day on which it was last wanted;
// when the file outgrows its limit the days that lie furthest back are dropped.

import Domain
import Storage
import Synchronization
import Threading

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Keeps values by content in a file.
public final class SQLiteContentCache: ContentCache {
  private struct State: ~Copyable {
    var connection: SQLiteConnection?
    var pending: [[UInt8]: [UInt8]] = [:]
    var pendingBytes = 0
    /// Rowids of values that were wanted and whose day is not today.
    var wanted: [Int64] = []
  }

  private let state: Mutex<State>
  private let path: String
  private let byteLimit: Int
  private let today: Int64

  /// Values larger than this are not kept.
  private static let valueLimit = 4 << 20
  /// What is gathered before it is written without being asked.
  private static let pendingLimit = 8 << 20

  /// Opens or makes the file. Never fails: without a file that works nothing is kept.
  /// - Parameters:
  ///   - byteLimit: what the file may grow to.
  ///   - now: decides what today is.
  public init(path: String, byteLimit: Int = 512 << 20, now: Timestamp) {
    self.path = path
    self.byteLimit = byteLimit
    today = Int64(now.milliseconds / 86_400_000)
    state = Mutex(State(connection: Self.open(path)))
  }

  /// Whether values outlive the process.
  public var isOpen: Bool { state.withLock { $0.connection != nil } }

  public func value(for key: ContentKey) -> [UInt8]? {
    state.withLock { state in
      if let value = state.pending[key.bytes] { return value }
      guard let connection = state.connection else { return nil }
      var found: [UInt8]?
      do throws(StoreError) {
        _ = try connection.run("SELECT value, day, rowid FROM content WHERE key = $1", [.blob(key.bytes)]) { row throws(StoreError) in
          found = row.blob(0)
          if row.integer(1) != today, let id = row.integer(2) { state.wanted.append(id) }
        }
      } catch {
        giveUp(error, &state)
      }
      return found
    }
  }

  public func store(_ value: [UInt8], for key: ContentKey) {
    guard value.count <= Self.valueLimit else { return }
    state.withLock { state in
      guard state.connection != nil else { return }
      state.pendingBytes += value.count - (state.pending.updateValue(value, forKey: key.bytes)?.count ?? -key.bytes.count)
      if state.pendingBytes > Self.pendingLimit { write(&state) }
    }
  }

  public func flush() { state.withLock { write(&$0) } }

  private func write(_ state: inout State) {
    guard let connection = state.connection, !state.pending.isEmpty || !state.wanted.isEmpty else { return }
    do throws(StoreError) {
      _ = try connection.run("BEGIN IMMEDIATE", []) { _ throws(StoreError) in }
      for (key, value) in state.pending {
        _ = try connection.run(
          "INSERT INTO content (key, value, day) VALUES ($1, $2, $3) ON CONFLICT (key) DO UPDATE SET value = excluded.value, day = excluded.day",
          [.blob(key), .blob(value), .integer(today)]
        ) { _ throws(StoreError) in }
      }
      for id in state.wanted {
        _ = try connection.run("UPDATE content SET day = $1 WHERE rowid = $2", [.integer(today), .integer(id)]) { _ throws(StoreError) in }
      }
      try shrink(connection)
      _ = try connection.run("COMMIT", []) { _ throws(StoreError) in }
    } catch {
      if connection.isInTransaction { _ = try? connection.run("ROLLBACK", []) { _ throws(StoreError) in } }
      giveUp(error, &state)
    }
    (state.pending, state.pendingBytes, state.wanted) = ([:], 0, [])
  }

  /// Drops the days that lie furthest back until the rest fits into three quarters of the limit.
  private func shrink(_ connection: SQLiteConnection) throws(StoreError) {
    guard try bytesInUse(connection) > byteLimit else { return }
    while try bytesInUse(connection) > byteLimit / 4 * 3 {
      let dropped = try connection.run(
        "DELETE FROM content WHERE rowid IN (SELECT rowid FROM content ORDER BY day, rowid LIMIT 1 + (SELECT count(*) FROM content) / 8)",
        []
      ) { _ throws(StoreError) in }
      if dropped == 0 { return }
    }
  }

  private func bytesInUse(_ connection: SQLiteConnection) throws(StoreError) -> Int {
    var numbers: [Int64] = []
    for pragma in ["page_count", "freelist_count", "page_size"] {
      _ = try connection.run("PRAGMA \(pragma)", []) { row throws(StoreError) in numbers.append(row.integer(0) ?? 0) }
    }
    return numbers.count == 3 ? Int(numbers[0] - numbers[1]) * Int(numbers[2]) : 0
  }

  // MARK: The file

  /// A busy file is left for next time; one that cannot be used is not asked again, and a damaged one is removed.
  private func giveUp(_ error: StoreError, _ state: inout State) {
    guard error.code != .busy else { return }
    state.connection = nil
    if error.code == .corrupt, let file = try? DatabaseFile(creating: path) { Self.remove(file) }
  }

  private static func remove(_ file: DatabaseFile) {
    for suffix in ["", "-wal", "-shm"] { unlink(file.absolutePath + suffix) }
  }

  private static func open(_ path: String) -> SQLiteConnection? {
    guard let file = try? DatabaseFile(creating: path) else { return nil }
    do throws(StoreError) { return try prepared(file) } catch {
      // Locks and full disks pass by; anything else means that this is no database, or none that can be read.
      guard error.code != .busy, error.code != .full else { return nil }
      remove(file)
      guard let again = try? DatabaseFile(creating: path) else { return nil }
      return try? prepared(again)
    }
  }

  private static func prepared(_ file: DatabaseFile) throws(StoreError) -> SQLiteConnection {
    let connection = try SQLiteConnection(path: file.absolutePath, name: file.name, busyTimeout: .seconds(2))
    for statement in [
      "PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", "PRAGMA cache_size = -2048", "PRAGMA journal_size_limit = 16777216",
      "CREATE TABLE IF NOT EXISTS content (key BLOB PRIMARY KEY, value BLOB NOT NULL, day INTEGER NOT NULL)",
    ] { _ = try connection.run(statement, []) { _ throws(StoreError) in } }
    return connection
  }
}
