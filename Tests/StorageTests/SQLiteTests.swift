// What only SQLite does: the file, its neighbours, the group commit, and the process that is killed.

import Domain
import Foundation
import Storage
import StorageSQLite
import Testing
import Threading

@Suite struct SQLiteTests {
  // MARK: The file

  // Feature: lightweight-deployment, Property 2: the SQLite file appears at exactly the configured path, for any valid path.
  @Test func theFileAppearsAtExactlyTheConfiguredPath() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let failures = Monitor<[String]>([])
    // On a thread with a working directory of its own, so that relative paths do not land among the sources.
    let thread = try OwnedThread(name: "paths") {
      guard leaveTheWorkingDirectory(for: folder.path) else { return failures.withLock { $0.append("no directory of its own") } }
      for number in 0..<120 {
        var random = SeededGenerator(seed: testSeed &+ UInt64(number))
        let root = folder.path + "/case\(number)"
        guard mkdir(root, 0o700) == 0, chdir(root) == 0 else { continue }
        let path = PathCase.all.indices.contains(number) ? PathCase.all[number] : PathCase.random(root, using: &random)
        guard let failure = PathCase.failure(of: path) else { continue }
        failures.withLock { $0.append("TEST_SEED=\(testSeed) case \(number): \(failure)") }
      }
    }
    thread.join()
    #expect(failures.withLock { $0 } == [])
  }

  @Test func leavesTheModeOfAFileThatIsThere() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = folder.path + "/a.db"
    _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o640])
    let database = try SQLiteDatabase(path: path)
    defer { database.close() }
    try Migrator(database).migrate()
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o640)
  }

  @Test func followsALinkToAFileThatIsNotThereYet() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: folder.path + "/target.db")
    let database = try SQLiteDatabase(path: folder.path + "/link")
    try SQLStore(migrating: database).close()
    #expect(try FileManager.default.attributesOfItem(atPath: folder.path + "/target.db")[.posixPermissions] as? Int == 0o600)
  }

  @Test func closingLeavesOneFile() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let store = try SQLStore(migrating: try SQLiteDatabase(path: folder.path + "/a.db"))
    _ = try store.accept(delivery(1), job: job(1))
    _ = try store.delivery(id(1))
    store.close()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.db"])
  }

  // MARK: Group commit

  @Test func aFailingWriterHurtsNoOneOfItsGroup() throws {
    let temporary = try TemporaryDatabase.sqlite()
    defer { temporary.remove() }
    let store = try SQLStore(migrating: temporary.database)
    let wrong = Monitor<[Int]>([])
    try concurrently(12) { thread in
      for number in 0..<20 {
        let name = "\(thread)-\(number)"
        let isToFail = (thread + number).isMultiple(of: 3)
        do {
          try temporary.database.write { connection throws(StoreError) in
            try connection.run("INSERT INTO metrics (name, at, value) VALUES ($1, 1, 1)", [.text(name)])
            if isToFail { throw StoreError(.corrupt, "on purpose") }
          }
          if isToFail { wrong.withLock { $0.append(number) } }
        } catch {
          if !isToFail { wrong.withLock { $0.append(number) } }
        }
        let isThere = (try? store.metrics(name, since: Timestamp(milliseconds: 0), limit: 1).count) == 1
        if isThere == isToFail { wrong.withLock { $0.append(number) } }
      }
    }
    #expect(wrong.withLock { $0 } == [])
  }

  @Test func writersThatWaitTogetherAreCommittedTogether() throws {
    let temporary = try TemporaryDatabase.sqlite()
    defer { temporary.remove() }
    try Migrator(temporary.database).migrate()
    let isHeld = Monitor(false)
    let order = Monitor<[String]>([])
    let holder = try OwnedThread(name: "holder") {
      _ = try? temporary.database.write { connection throws(StoreError) in
        isHeld.update { $0 = true }
        // Leaves once all the others have had every chance to gather: they are on their way when they say so.
        _ = order.wait(upTo: .seconds(10)) { $0.count == 8 ? true : nil }
      }
    }
    _ = isHeld.wait(upTo: .seconds(10)) { $0 ? true : nil }
    let first = Monitor(Set<String>())
    try concurrently(8) { thread in
      order.update { $0.append("\(thread)") }
      _ = try? temporary.database.write { connection throws(StoreError) in
        // What is not committed yet is seen by the same transaction only.
        try connection.run("INSERT INTO metrics (name, at, value) VALUES ($1, 1, 1)", [.text("\(thread)")])
        first.withLock { _ = $0.insert("\(thread)") }
      }
    }
    holder.join()
    #expect(first.withLock { $0.count } == 8)
    let store = try SQLStore(temporary.database)
    #expect(try (0..<8).allSatisfy { try store.metrics("\($0)", since: Timestamp(milliseconds: 0), limit: 1).count == 1 })
  }

  @Test func keepsPreparingBeyondItsCache() throws {
    let temporary = try TemporaryDatabase.sqlite()
    defer { temporary.remove() }
    try temporary.database.read { connection throws(StoreError) in
      for number in 0..<250 {
        let found = try connection.first("SELECT \(number) + $1", [.integer(1)]) { _ in number }
        #expect(found == number)
      }
    }
  }

  // MARK: The process that is killed

  /// The child of the next test: accepts deliveries and tells of each, until it is killed.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["TEST_KILLED_DATABASE"] != nil)) func acceptsUntilKilled() throws {
    let path = try #require(ProcessInfo.processInfo.environment["TEST_KILLED_DATABASE"])
    let store = try SQLStore(migrating: try SQLiteDatabase(path: path))
    try concurrently(6) { thread in
      for number in 1...20_000 {
        let unique = thread * 100_000 + number
        let sample = delivery(unique, payload: [UInt8](repeating: 1, count: 5000))
        guard (try? store.accept(sample, job: job(unique))) == .accepted else { return }
        let line = Array("accepted \(unique)\n".utf8)
        _ = line.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
      }
    }
  }

  @Test func whatWasAcceptedSurvivesAKill() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = folder.path + "/a.db"
    let told = try killedAfter(lines: 300, path)
    let store = try SQLStore(try SQLiteDatabase(path: path))
    defer { store.close() }
    #expect(told.count >= 300)
    for number in told {
      #expect(try store.delivery(id(number))?.payload.count == 5000)
      #expect(try store.job(id(number)) == job(number))
    }
    let deliveries = try store.deliveries(Page(limit: 100_000), status: nil)
    #expect(try store.jobs(Page(limit: 100_000), state: nil).map(\.id) == deliveries.map(\.jobID))
    let check = try SQLiteDatabase(path: path).read { connection throws(StoreError) in
      try connection.rows("PRAGMA integrity_check") { row throws(StoreError) in row.optionalText() }
    }
    #expect(check == ["ok"])
  }

  /// Runs `acceptsUntilKilled` in another process, kills it in the midst of things; the numbers that it told of.
  private func killedAfter(lines: Int, _ path: String) throws -> [Int] {
    let child = Process()
    let output = Pipe()
    child.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    child.arguments = ["--testing-library", "swift-testing", "--filter", "acceptsUntilKilled"]
    child.environment = ProcessInfo.processInfo.environment.merging(["TEST_KILLED_DATABASE": path]) { $1 }
    child.standardOutput = output
    child.standardError = FileHandle.nullDevice
    try child.run()
    var text = ""
    func told() -> [Int] {
      let whole = text.split(separator: "\n").dropLast(text.hasSuffix("\n") ? 0 : 1)
      return whole.filter { $0.hasPrefix("accepted ") }.compactMap { Int($0.dropFirst(9)) }
    }
    while told().count < lines {
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { break }
      text += String(decoding: more, as: UTF8.self)
    }
    kill(child.processIdentifier, SIGKILL)
    text += String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    child.waitUntilExit()
    return told()
  }
}

/// Paths that SQLite, a shell, a URI or a careless programmer would take for something else.
private enum PathCase {
  static let all = [
    ":memory:", "file:a.db", "file:a?mode=memory&cache=shared", "file::memory:", "file://localhost/x.db", "a.db", "./a", "../b.db", "-a",
    "~", "$HOME", "a b/c d.db", "a?b#c%20d.db", "%2e%2e/x", "漢字/😀.db", "a/\u{301}b.db", "e\u{301}", "\u{E9}", "a\nb", "a\tb", "a'b\"c`d",
    "a\\b",
    "a;b", "*", "a//b///c", "a/./b", "a/../b.db", ".hidden", "...", "a.db-wal/x", "x-journal", "CON", " ", "a/ /b", "\u{202E}x", "[x]",
    "&amp;",
  ]

  static func random(_ root: String, using random: inout SeededGenerator) -> String {
    let pieces = [
      "a", "Z", "0", " ", ".", "-", "_", "?", "#", "%", "%00", "%2f", ":", "file:", ":memory:", "&", "=", "'", "\"", "\\", "é", "\u{301}",
      "漢",
      "😀", "\u{7F}", "\n", "~", "$x", "*", "|", ";", "@", "+", "\u{FEFF}",
    ]
    let names = (0...Int.random(in: 0...3, using: &random)).map { _ in
      let name = (0...Int.random(in: 0...7, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "a" }.joined()
      return name.utf8.allSatisfy { $0 == 0x2E } ? name + "x" : name
    }
    return (Bool.random(using: &random) ? root + "/" : "") + names.joined(separator: "/")
  }

  /// What is wrong with the database made at `path`, seen from the working directory; nil is nothing.
  static func failure(of path: String) -> String? {
    do {
      let store = try SQLStore(migrating: try SQLiteDatabase(path: path))
      _ = try store.accept(delivery(1), job: job(1))
      for suffix in ["", "-wal", "-shm"] {
        var status = stat()
        guard lstat(path + suffix, &status) == 0 else { return "no file at \(path.debugDescription)\(suffix)" }
        let mode = String(status.st_mode, radix: 8)
        guard mode == "100600" else { return "\(path.debugDescription)\(suffix) has mode \(mode)" }
      }
      store.close()
      let header = FileManager.default.contents(atPath: path)?.prefix(15)
      guard header == Data("SQLite format 3".utf8) else { return "no database at \(path.debugDescription)" }
      let again = try SQLStore(try SQLiteDatabase(path: path))
      defer { again.close() }
      return try again.delivery(id(1)) == delivery(1) ? nil : "nothing kept at \(path.debugDescription)"
    } catch { return "\(path.debugDescription): \(error)" }
  }
}
