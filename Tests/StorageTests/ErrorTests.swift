// Every message that an operator can meet, word for word.

import CSQLite
import Domain
import Foundation
import Storage
import Testing
import Threading

@testable import StoragePostgreSQL
@testable import StorageSQLite

@Suite struct ErrorTests {
  private func message(_ body: () throws -> Void) -> String {
    do { try body() } catch {
      guard let error = error as? StoreError else { return "\(error)" }
      return "(\(error.code)) \(error)"
    }
    return "no error"
  }

  // MARK: The schema

  @Test(arguments: Backend.allCases) func schemas(_ backend: Backend) throws {
    let database = try backend.makeDatabase()
    defer { database.remove() }
    let name = database.database.name
    let newest = Migration.newest
    #expect(
      message { _ = try SQLStore(database.database) }
        == "(olderSchema) \(name) has schema version 0 and this program needs \(newest); run doc-healing migrate")
    let migrator = Migrator(database.database)
    try migrator.migrate()
    try database.database.write { connection throws(StoreError) in
      try connection.run("INSERT INTO doc_healing_schema (version) VALUES (99)")
    }
    let newer =
      "(newerSchema) \(name) has schema version 99, made by a newer program, and this one knows only \(newest); "
      + "install that program, or run its doc-healing migrate --to \(newest)"
    #expect(message { _ = try SQLStore(database.database) } == newer)
    #expect(message { _ = try SQLStore(migrating: database.database) } == newer)
    #expect(message { try migrator.migrate(to: 0) } == newer)
    #expect(
      message { try migrator.migrate(to: newest + 1) } == "(olderSchema) no schema version \(newest + 1): this program knows 0 to \(newest)"
    )
  }

  // MARK: SQLite

  @Test func sqlitePaths() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let advice = "set DOC_HEALING_SQLITE_PATH to a file in a folder that this user can write"
    let text = Data("not a database, but longer than a header: 0123456789".utf8)
    _ = FileManager.default.createFile(atPath: folder.path + "/file", contents: text)
    let long = folder.path + "/" + String(repeating: "x/", count: 250) + "a"
    for (path, expected) in [
      ("", "database  cannot be created: that is no path of a file; \(advice)"),
      ("a\0b", "database a\u{FFFD}b cannot be created: that is no path of a file; \(advice)"),
      ("\(folder.path)/", "database \(folder.path)/ cannot be created: that is no path of a file; \(advice)"),
      (folder.path, "database \(folder.path) cannot be created: that is a folder; \(advice)"),
      ("/dev/null", "database /dev/null cannot be created: that is no regular file; \(advice)"),
      (
        "\(folder.path)/file/a.db",
        "database \(folder.path)/file/a.db cannot be created: not a directory; \(advice)"
      ),
      (
        "\(folder.path)/file/b/a.db",
        "database \(folder.path)/file/b/a.db cannot be created: folder \(folder.path)/file/b: not a directory; \(advice)"
      ),
      (long, "database \(long) cannot be created: its path is longer than 500 bytes; \(advice)"),
      ("/proc/a\nb.db", "database /proc/a\u{FFFD}b.db cannot be created: no such file or directory; \(advice)"),
      ("\(folder.path)/file", "database \(folder.path)/file is not an SQLite database; move it away, or \(advice)"),
    ] { #expect(message { _ = try SQLiteDatabase(path: path) } == "(unavailable) " + expected) }
  }

  @Test func sqliteLocked() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = folder.path + "/a.db"
    let first = try SQLiteDatabase(path: path)
    let second = try SQLiteDatabase(path: path, busyTimeout: .milliseconds(20))
    defer {
      first.close()
      second.close()
    }
    let store = try SQLStore(migrating: second)
    let locked = "(busy) database \(path) is locked by another process; end what holds it, or try again"
    try first.write { connection throws(StoreError) in
      #expect(message { try store.probe() } == locked)
      #expect(message { _ = try store.accept(delivery(1), job: job(1)) } == locked)
      #expect(message { _ = try store.job(id(1)) } == "no error")
    }
    try store.probe()
  }

  @Test func sqliteFull() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = folder.path + "/a.db"
    let tuning = SQLiteDatabase.Tuning(maximumPageCount: 100)
    let database = try SQLiteDatabase(path: path, busyTimeout: .seconds(5), readers: 1, tuning: tuning)
    defer { database.close() }
    let store = try SQLStore(migrating: database)
    let large = [UInt8](repeating: 1, count: 2_000_000)
    #expect(
      message { _ = try store.accept(delivery(1, payload: large), job: job(1)) }
        == "(full) database \(path) cannot be written: no space is left; free some, or move it to a larger disk")
    #expect(try store.delivery(id(1)) == nil)
    #expect(try store.accept(delivery(2), job: job(2)) == .accepted)
  }

  @Test func sqliteDamaged() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = folder.path + "/a.db"
    let database = try SQLiteDatabase(path: path)
    try SQLStore(migrating: database).close()
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    for index in 100..<bytes.count { bytes[index] = 0xA5 }
    try bytes.write(to: URL(fileURLWithPath: path))
    #expect(
      message { _ = try SQLStore(try SQLiteDatabase(path: path)) }
        == "(corrupt) database \(path) is damaged; restore a backup, or salvage it with sqlite3's .recover")
  }

  @Test(arguments: sqliteFailures) func sqliteCodes(_ failure: SQLiteFailure, _ expected: String) {
    #expect(message { throw failure.error("database x") } == expected)
  }

  // MARK: PostgreSQL

  @Test func postgresqlLogins() throws {
    let correct = "correct DOC_HEALING_DATABASE_URL"
    let parts = try #require(URLComponents(string: try PostgreSQLServer.url()))
    let place = "127.0.0.1:\(parts.port ?? 0)"
    let user = parts.user ?? ""
    func attempt(_ change: (inout URLComponents) -> Void) throws -> String {
      let database = try PostgreSQLDatabase(url: try PostgreSQLServer.url(change), connections: 1, connectTimeout: .seconds(60))
      return message { _ = try SQLStore(database) }
    }
    #expect(
      try attempt { $0.password = "not-it" }
        == "(refused) database postgres on \(place) refused to log in: password authentication failed for user \"\(user)\"; \(correct)")
    #expect(
      try attempt { $0.password = nil } == "(refused) database postgres on \(place) refused to log in: it asks for a password; \(correct)")
    #expect(
      try attempt { $0.path = "/no_such" }
        == "(unavailable) database no_such on \(place) cannot be opened: database \"no_such\" does not exist; "
        + "create it with createdb, or \(correct)")
    #expect(
      try attempt { $0.port = 1 }
        == "(unavailable) database postgres on 127.0.0.1:1 cannot be reached: connection refused; start the server, or \(correct)")
    let unknown = try attempt { $0.host = "nowhere.invalid" }
    let unreached = "(unavailable) database postgres on nowhere.invalid:\(parts.port ?? 0) cannot be reached: could not translate"
    #expect(unknown.hasPrefix(unreached))
    #expect(!unknown.contains("\n") && !unknown.contains(parts.password ?? "?"))
  }

  @Test(arguments: ["", "mysql://a:secret@b/c", "postgresql://u:%zzsecret@h/d", "host=a secret", "postgresql://h:5432/d\0secret"])
  func postgresqlAddresses(_ url: String) {
    if url.isEmpty { return }
    #expect(
      message { _ = try PostgreSQLDatabase(url: url) }
        == "(unavailable) database address cannot be read: it is no connection URI; "
        + "set DOC_HEALING_DATABASE_URL to postgresql://user:password@host:5432/database")
  }

  @Test func postgresqlSilence() throws {
    // A server that takes connections and never says a word.
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        _ = bind(listener, pointer, size)
        _ = getsockname(listener, pointer, &size)
      }
    }
    listen(listener, 5)
    let port = UInt16(bigEndian: address.sin_port)
    let database = try PostgreSQLDatabase(url: "postgresql://a:b@127.0.0.1:\(port)/c", connections: 1, connectTimeout: .milliseconds(50))
    #expect(
      message { _ = try SQLStore(database) }
        == "(unavailable) database c on 127.0.0.1:\(port) cannot be reached: it did not answer in time; "
        + "start the server, or correct DOC_HEALING_DATABASE_URL")
  }

  @Test func postgresqlTakesTooLong() throws {
    let database = try PostgreSQLDatabase(url: try PostgreSQLServer.url(), connections: 1, statementTimeout: .seconds(1))
    defer { database.close() }
    #expect(
      message { try database.read { connection throws(StoreError) in _ = try connection.run("SELECT pg_sleep(60)") } }
        == "(busy) \(database.name) took too long to answer or to lock; end what holds it, or try again")
    // The connection still works after the statement that was ended.
    try database.read { connection throws(StoreError) in _ = try connection.run("SELECT 1") }
  }

  @Test func postgresqlConnectionsInUse() throws {
    let address = try ConnectionAddress(try PostgreSQLServer.url())
    let pool = ConnectionPool(limit: 1, patience: .milliseconds(10), name: "database x") { () throws(StoreError) in
      try PostgreSQLConnection(
        name: "database x", parameters: address.parameters, connectTimeout: .seconds(60), patience: .seconds(60), settings: "")
    }
    defer { pool.close() }
    let member = try pool.take()
    #expect(message { _ = try pool.take() } == "(busy) database x is busy: all 1 connections are in use; try again")
    pool.giveBack(member)
    #expect(try pool.take() === member)
    pool.giveBack(member)
  }

  @Test(arguments: postgresqlFailures) func postgresqlStates(_ failure: PostgreSQLFailure, _ expected: String) {
    #expect(message { throw failure.error("database x") } == expected)
  }
}

private let defect = "this is a defect, please report it"

private let sqliteFailures: [(SQLiteFailure, String)] = [
  (
    SQLiteFailure(code: SQLITE_READONLY, system: 0),
    "(refused) database x cannot be written: it or its folder is read-only; give this user the right to write both"
  ),
  (
    SQLiteFailure(code: SQLITE_PERM, system: 0),
    "(refused) database x cannot be used: permission denied; give this user the right to read and write it"
  ),
  (
    SQLiteFailure(code: SQLITE_CANTOPEN, system: EACCES),
    "(unavailable) database x cannot be opened: permission denied; "
      + "set DOC_HEALING_SQLITE_PATH to a file in a folder that this user can write"
  ),
  (
    SQLiteFailure(code: SQLITE_IOERR | (3 << 8), system: ENOSPC),
    "(full) database x cannot be written: no space left on device; free some, or move it to a larger disk"
  ),
  (
    SQLiteFailure(code: SQLITE_IOERR | (4 << 8), system: EIO),
    "(unavailable) database x cannot be read or written: input/output error; check the disk"
  ),
  (SQLiteFailure(code: SQLITE_NOMEM, system: 0), "(unavailable) database x cannot be used: out of memory; give this process more"),
  (SQLiteFailure(code: SQLITE_TOOBIG, system: 0), "(refused) database x cannot store a value: it is larger than SQLite's limit of 1 GB"),
  (
    SQLiteFailure(code: SQLITE_CONSTRAINT | (1 << 8), system: 0),
    "(corrupt) database x refused a row: a value is longer than its column takes; \(defect)"
  ),
  (
    SQLiteFailure(code: SQLITE_CONSTRAINT | (3 << 8), system: 0),
    "(corrupt) database x refused a row: it names another row that is not there; \(defect)"
  ),
  (SQLiteFailure(code: SQLITE_CONSTRAINT | (8 << 8), system: 0), "(corrupt) database x refused a row: its key is taken; \(defect)"),
  (SQLiteFailure(code: SQLITE_MISUSE, system: 0), "(corrupt) database x failed with SQLite's code 21; \(defect)"),
]

private let postgresqlFailures: [(PostgreSQLFailure, String)] = [
  (
    PostgreSQLFailure(state: nil, words: "gone"),
    "(unavailable) database x cannot be reached: gone; start the server, or correct DOC_HEALING_DATABASE_URL"
  ),
  (
    PostgreSQLFailure(state: "42501", words: "permission denied for table jobs"),
    "(refused) database x refused a statement: permission denied for table jobs; grant this user the rights of the owner"
  ),
  (PostgreSQLFailure(state: "25006", words: ""), "(refused) database x cannot be written: it is read-only; connect to the primary server"),
  (
    PostgreSQLFailure(state: "53300", words: "too many clients"),
    "(unavailable) database x cannot be reached: too many clients; raise the server's max_connections"
  ),
  (
    PostgreSQLFailure(state: "53100", words: "could not extend file"),
    "(full) database x cannot be written: no space is left on the server's disk; free some"
  ),
  (PostgreSQLFailure(state: "53200", words: "out of memory"), "(unavailable) database x is out of resources: out of memory"),
  (
    PostgreSQLFailure(state: "40P01", words: "deadlock detected"),
    "(busy) database x undid a transaction that collided with another; try again"
  ),
  (
    PostgreSQLFailure(state: "57P01", words: "terminating connection"),
    "(unavailable) database x ended the connection: terminating connection; start the server again"
  ),
  (
    PostgreSQLFailure(state: "23503", words: "key (a)=(secret)"),
    "(corrupt) database x refused a row: it names another row that is not there; \(defect)"
  ),
  (PostgreSQLFailure(state: "23505", words: "secret"), "(corrupt) database x refused a row: its key is taken; \(defect)"),
  (
    PostgreSQLFailure(state: "23514", words: "secret"),
    "(corrupt) database x refused a row: a value is longer than its column takes; \(defect)"
  ),
  (
    PostgreSQLFailure(state: "XX001", words: "invalid page"),
    "(corrupt) database x failed inside (SQLSTATE XX001); look into the server's log"
  ),
  (
    PostgreSQLFailure(state: "22P02", words: "invalid input: secret"),
    "(corrupt) database x refused a statement (SQLSTATE 22P02); \(defect)"
  ),
]
