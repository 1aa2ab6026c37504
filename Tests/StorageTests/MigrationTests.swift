// The schema's way up and back, and programs that start at the same time.

import Domain
import Storage
import Testing
import Threading

@Suite struct MigrationTests {
  @Test(arguments: Backend.allCases) func goesUpAndBackStepByStep(_ backend: Backend) throws {
    let database = try backend.makeDatabase()
    defer { database.remove() }
    let migrator = Migrator(database.database)
    #expect(try migrator.version() == 0)
    for version in Array(1...Migration.newest) + (0..<Migration.newest).reversed() + [Migration.newest, 1, 2, 0] {
      try migrator.migrate(to: version)
      #expect(try migrator.version() == version)
    }
    #expect(try migrator.migrate() == 0)
    #expect(try migrator.migrate() == Migration.newest)
  }

  @Test(arguments: Backend.allCases) func goingBackKeepsWhatEarlierStepsMade(_ backend: Backend) throws {
    let database = try backend.makeDatabase()
    defer { database.remove() }
    let store = try SQLStore(migrating: database.database)
    _ = try store.accept(delivery(1), job: job(1))
    _ = try store.register(repository(1))
    try Migrator(database.database).migrate(to: 1)
    try Migrator(database.database).migrate()
    #expect(try store.delivery(id(1)) == delivery(1))
    #expect(try store.job(id(1)) == job(1))
    #expect(try store.repository(id(1)) == nil)
  }

  @Test(arguments: Backend.allCases) func startersDoNotRace(_ backend: Backend) throws {
    let database = try backend.makeDatabase()
    defer { database.remove() }
    let failures = Monitor<[String]>([])
    let others = try (0..<4).map { _ in try database.again() }
    try concurrently(others.count) { index in
      do {
        let store = try SQLStore(migrating: others[index])
        _ = try store.accept(delivery(index + 1), job: job(index + 1))
      } catch { failures.withLock { $0.append("\(error)") } }
    }
    for other in others { other.close() }
    #expect(failures.withLock { $0 } == [])
    #expect(try Migrator(database.database).version() == Migration.newest)
    #expect(try SQLStore(database.database).deliveries(Page(), status: nil).count == others.count)
  }

  @Test(arguments: Backend.allCases) func aFailedMigrationLeavesNothing(_ backend: Backend) throws {
    let database = try backend.makeDatabase()
    defer { database.remove() }
    // The last step finds a table of its name there.
    try database.database.write { connection throws(StoreError) in try connection.run("CREATE TABLE metrics (name TEXT)") }
    #expect(throws: StoreError.self) { try Migrator(database.database).migrate() }
    #expect(try Migrator(database.database).version() == 0)
    try database.database.write { connection throws(StoreError) in try connection.run("DROP TABLE metrics") }
    try Migrator(database.database).migrate()
  }

  @Test func stepsAreNumberedWithoutGaps() {
    #expect(Migration.all.map(\.version) == Array(1...Migration.newest))
    #expect(Set(Migration.all.map(\.name)).count == Migration.newest)
  }
}
