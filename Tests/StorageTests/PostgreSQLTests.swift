// What only PostgreSQL does: connections that die, and transactions that collide.

import Domain
import Foundation
import Storage
import StoragePostgreSQL
import Testing
import Threading

@Suite struct PostgreSQLTests {
  /// Ends every connection of `application` to the server, as a restart would.
  private static func terminate(_ application: String, _ admin: PostgreSQLDatabase) throws -> Int {
    try admin.read { connection throws(StoreError) in
      let query = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = $1"
      return try connection.rows(query, [.text(application)]) { _ in true }.count
    }
  }

  /// A store whose connections can be told apart, and a connection to end them with.
  private func withStore(_ body: (SQLStore, PostgreSQLDatabase, _ terminate: @escaping @Sendable () throws -> Int) throws -> Void) throws {
    let temporary = try TemporaryDatabase.postgresql()
    defer { temporary.remove() }
    let application = "test-\(UUID().uuidString)"
    let database = try PostgreSQLDatabase(url: temporary.address + "&application_name=\(application)", connections: 4)
    let admin = try PostgreSQLDatabase(url: try PostgreSQLServer.url(), connections: 1)
    defer {
      database.close()
      admin.close()
    }
    try body(try SQLStore(migrating: database), database) { try Self.terminate(application, admin) }
  }

  @Test func reconnectsAfterTheServerEndedItsConnections() throws {
    try withStore { store, _, terminate in
      for number in 1...3 {
        _ = try store.accept(delivery(number * 2), job: job(number * 2))
        #expect(try terminate() >= 1)
        #expect(try store.accept(delivery(number * 2 + 1), job: job(number * 2 + 1)) == .accepted)
        #expect(try terminate() >= 1)
        #expect(try store.delivery(id(number * 2)) == delivery(number * 2))
      }
      #expect(try store.jobs(Page(), state: nil).count == 6)
    }
  }

  @Test func runsATransactionAgainThatWasCutOff() throws {
    try withStore { store, database, terminate in
      let tries = Monitor(0)
      try database.write { connection throws(StoreError) in
        try connection.run(
          "INSERT INTO metrics (name, at, value) VALUES ('cut', $1, 1)", [.integer(Int64(tries.withLock { $0 }))])
        let isFirst = tries.withLock { tries in
          tries += 1
          return tries == 1
        }
        if isFirst { _ = try? terminate() }
        try connection.run("INSERT INTO metrics (name, at, value) VALUES ('cut', 100, 1)")
      }
      #expect(tries.withLock { $0 } == 2)
      #expect(try store.metrics("cut", since: Timestamp(milliseconds: 0), limit: 9).map(\.at.milliseconds) == [1, 100])
    }
  }

  @Test func givesUpWhenEveryTryIsCutOff() throws {
    try withStore { _, database, terminate in
      let error = #expect(throws: StoreError.self) {
        try database.write { connection throws(StoreError) in
          _ = try? terminate()
          try connection.run("SELECT 1")
        }
      }
      #expect(error?.code == .unavailable)
      #expect(
        error?.description
          == database.name + " ended the connection: terminating connection due to administrator command; start the server again")
    }
  }

  @Test func manyThreadsSurviveTheServerEndingTheirConnections() throws {
    try withStore { store, _, terminate in
      let failures = Monitor<[String]>([])
      let ended = Monitor(0)
      try concurrently(5) { thread in
        for number in 1...30 {
          do {
            if thread == 0 {
              // Twice, so that no call is hit more often than it is tried again.
              if number.isMultiple(of: 15) { ended.withLock { $0 += (try? terminate()) ?? 0 } }
            } else {
              _ = try store.accept(delivery(thread * 100 + number), job: job(thread * 100 + number))
            }
          } catch { failures.withLock { $0.append("\(error)") } }
        }
      }
      #expect(ended.withLock { $0 } >= 1)
      #expect(failures.withLock { $0 } == [])
      #expect(try store.deliveries(Page(limit: 500), status: nil).count == 120)
    }
  }

  @Test func curesADeadlock() throws {
    try withStore { store, database, _ in
      for number in 1...2 { try store.record(metric: "\(number)", value: 0, at: start) }
      let ready = Monitor(Set<Int>())
      let failures = Monitor(0)
      try concurrently(2) { thread in
        do {
          try database.write { connection throws(StoreError) in
            let raise = "UPDATE metrics SET value = value + 1 WHERE name = $1"
            try connection.run(raise, [.text("\(thread + 1)")])
            ready.update { _ = $0.insert(thread) }
            _ = ready.wait(upTo: .seconds(10)) { $0.count == 2 ? true : nil }
            try connection.run(raise, [.text("\(2 - thread)")])
          }
        } catch { failures.withLock { $0 += 1 } }
      }
      #expect(failures.withLock { $0 } == 0)
      #expect(try store.metrics("1", since: start, limit: 1).map(\.value) == [2])
      #expect(try store.metrics("2", since: start, limit: 1).map(\.value) == [2])
    }
  }

  @Test func aFailureThatIsPassedOverIsNotCommitted() throws {
    try withStore { store, database, _ in
      #expect(throws: StoreError.self) {
        try database.write { connection throws(StoreError) in
          try connection.run("INSERT INTO metrics (name, at, value) VALUES ('a', 1, 1)")
          _ = try? connection.run("INSERT INTO metrics (name, at, value) VALUES ('a', 1, 1)")
        }
      }
      #expect(try store.metrics("a", since: Timestamp(milliseconds: 0), limit: 1).isEmpty)
      try store.probe()
    }
  }

  @Test func keepsPreparingBeyondItsCache() throws {
    try withStore { _, database, _ in
      try database.read { connection throws(StoreError) in
        for number in 0..<250 {
          let found = try connection.first("SELECT CAST(\(number) AS BIGINT) + $1", [.integer(1)]) { _ in number }
          #expect(found == number)
        }
      }
    }
  }

  @Test func aBrokenPipeEndsNothing() throws {
    // With the default action of SIGPIPE a write to a dead connection would end this very process.
    try withStore { store, _, terminate in
      try store.probe()
      #expect(try terminate() >= 1)
      let large = delivery(1, payload: [UInt8](repeating: 7, count: 1_000_000))
      #expect(try store.accept(large, job: job(1)) == .accepted)
      #expect(try store.delivery(id(1)) == large)
    }
  }
}
