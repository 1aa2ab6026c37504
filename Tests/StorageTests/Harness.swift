// Databases to test on: a fresh SQLite file, or a fresh schema of a real PostgreSQL server (scripts/test-postgresql).

import Domain
import Foundation
import Storage
import StoragePostgreSQL
import StorageSQLite
import Testing
import Threading

/// Every backend that the conformance suite runs on. To add one, add a case.
enum Backend: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case sqlite, postgresql

  var testDescription: String { rawValue }

  /// A database of its own, without tables.
  func makeDatabase() throws -> TemporaryDatabase {
    switch self {
    case .sqlite: try TemporaryDatabase.sqlite()
    case .postgresql: try TemporaryDatabase.postgresql()
    }
  }

  /// Runs `body` with an empty store of its own.
  func withStore(_ body: (SQLStore) throws -> Void) throws {
    let database = try makeDatabase()
    defer { database.remove() }
    try body(try SQLStore(migrating: database.database))
  }
}

/// A database and how to get rid of it.
struct TemporaryDatabase: Sendable {
  let database: any SQLDatabase
  /// The SQLite file's path, or the PostgreSQL address that leads to the schema.
  let address: String
  let remove: @Sendable () -> Void

  static func sqlite() throws -> TemporaryDatabase {
    let folder = try TemporaryFolder()
    let path = folder.path + "/store.db"
    let database = try SQLiteDatabase(path: path)
    return TemporaryDatabase(database: database, address: path) {
      database.close()
      folder.remove()
    }
  }

  static func postgresql() throws -> TemporaryDatabase {
    let schema = "test_" + UUID().uuidString.lowercased().replacingOccurrences(of: "-", with: "")
    let server = try PostgreSQLServer.url()
    let admin = try PostgreSQLDatabase(url: server, connections: 1)
    try admin.write { connection throws(StoreError) in try connection.run("CREATE SCHEMA \(schema)") }
    let address = server + (server.contains("?") ? "&" : "?") + "options=-csearch_path%3D\(schema)"
    let database = try PostgreSQLDatabase(url: address, connections: 4)
    return TemporaryDatabase(database: database, address: address) {
      database.close()
      _ = try? admin.write { connection throws(StoreError) in try connection.run("DROP SCHEMA \(schema) CASCADE") }
      admin.close()
    }
  }

  /// Another connection to the same database, as another process would have it.
  func again() throws -> any SQLDatabase {
    database is SQLiteDatabase ? try SQLiteDatabase(path: address) : try PostgreSQLDatabase(url: address, connections: 2)
  }
}

enum PostgreSQLServer {
  struct Missing: Error, CustomStringConvertible {
    let description = "TEST_POSTGRESQL_URL is not set: run the tests through scripts/test, which starts a server"
  }

  /// The address of the test server; without one, the test fails.
  static func url() throws -> String {
    guard let url = ProcessInfo.processInfo.environment["TEST_POSTGRESQL_URL"], !url.isEmpty else { throw Missing() }
    return url
  }

  /// The test server's address with some parts changed.
  static func url(_ change: (inout URLComponents) -> Void) throws -> String {
    guard var parts = URLComponents(string: try url()) else { throw Missing() }
    change(&parts)
    return parts.string ?? ""
  }
}

/// A folder that is removed in the end.
struct TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/doc-healing-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }
}

/// Runs `body` on `count` threads at the same time and returns when all have ended.
func concurrently(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) throws {
  let threads = try (0..<count).map { index in try OwnedThread(name: "test \(index)") { body(index) } }
  for thread in threads { thread.join() }
}

/// Gives the calling thread a working directory of its own (glibc hides `unshare` from Swift). False when it cannot.
func leaveTheWorkingDirectory(for folder: String) -> Bool {
  typealias Unshare = @convention(c) (Int32) -> Int32
  let ownFileSystemContext: Int32 = 0x200  // CLONE_FS of <linux/sched.h>
  guard let symbol = dlsym(nil, "unshare") else { return false }
  return unsafeBitCast(symbol, to: Unshare.self)(ownFileSystemContext) == 0 && chdir(folder) == 0
}

/// SplitMix64 (https://prng.di.unimi.it/splitmix64.c): the same cases for the same seed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

/// The seed of this run's random cases; set TEST_SEED to repeat one.
let testSeed = ProcessInfo.processInfo.environment["TEST_SEED"].flatMap(UInt64.init) ?? .random(in: 0...UInt64.max)
