// Many writers, one fsync. A transaction costs a wait for the disk, whatever is in it; so the writers that come while one
// transaction is on its way to the disk are gathered, and go together in the next. Nobody waits for company: a writer
// that finds the connection idle goes at once, alone.
//
// The first writer of a group leads it: it waits for the connection, closes the group, runs every body of it, each in a
// savepoint, commits, and wakes the others. A body that throws is rolled back to its savepoint and hurts no one else; a
// commit that fails is everyone's failure.

import Domain
import Storage
import Threading

/// Gathers write transactions on one connection.
///
/// `@unchecked Sendable` is safe: `connection` is only used by the leader whose turn it is (`Turn.isWriting`), and only let
/// go, inside the monitor, when no group is left.
final class GroupCommit: @unchecked Sendable {
  /// Bodies of one transaction; more wait for the next, so that it stays short.
  private static let largestGroup = 128

  private struct Turn {
    /// Whether a leader uses the connection.
    var isWriting = false
    /// The group that a writer may still join.
    var open: Group?
    /// Groups that are not done.
    var groups = 0
    var isClosed = false
  }

  /// Writers that go together.
  private final class Group: Sendable {
    let entries = Monitor<[Entry]>([])
    let isDone = Monitor(false)
  }

  /// One writer's body, and where its failure goes.
  ///
  /// `@unchecked Sendable` is safe: the leader uses it only while its owner waits in `write`, and the owner reads the
  /// outcome after the group is done; `Group.isDone` orders the two.
  private final class Entry: @unchecked Sendable {
    /// Nil once it has run for the last time: its owner's closure must not outlive its owner's call.
    var body: ((SQLiteConnection) throws(StoreError) -> Void)?
    var failure: StoreError?
    init(_ body: @escaping (SQLiteConnection) throws(StoreError) -> Void) { self.body = body }
  }

  private let name: String
  /// Nil once closed.
  private var connection: SQLiteConnection?
  private let turn = Monitor(Turn())

  init(_ connection: sending SQLiteConnection) {
    name = connection.name
    self.connection = connection
  }

  /// Runs `body` in a transaction, perhaps with others' and on another's thread; returns once it is on the disk.
  func write(_ body: (SQLiteConnection) throws(StoreError) -> Void) throws(StoreError) {
    let outcome: Result<Void, StoreError> = withoutActuallyEscaping(body) { body in
      let entry = Entry(body)
      defer { entry.body = nil }
      do throws(StoreError) {
        let (group, leads) = try join(entry)
        if leads { lead(group) } else { _ = group.isDone.wait(upTo: nil) { $0 ? true : nil } }
      } catch {
        return .failure(error)
      }
      return entry.failure.map { .failure($0) } ?? .success(())
    }
    try outcome.get()
  }

  /// Waits for the transaction under way and refuses later ones.
  func close() {
    _ = turn.wait(upTo: nil) { turn -> Bool? in
      turn.isClosed = true
      guard turn.groups == 0 else { return nil }
      connection = nil
      return true
    }
  }

  /// Adds a writer to the open group, or opens one and makes the writer its leader.
  private func join(_ entry: Entry) throws(StoreError) -> (group: Group, leads: Bool) {
    try turn.withLock { turn throws(StoreError) in
      guard !turn.isClosed else { throw StoreError(.unavailable, "\(name) is closed") }
      if let group = turn.open {
        let size = group.entries.withLock { entries in
          entries.append(entry)
          return entries.count
        }
        if size >= Self.largestGroup { turn.open = nil }
        return (group, false)
      }
      let group = Group()
      turn.groups += 1
      group.entries.withLock { $0.append(entry) }
      turn.open = group
      return (group, true)
    }
  }

  private func lead(_ group: Group) {
    _ = turn.wait(upTo: nil) { turn -> Bool? in
      guard !turn.isWriting else { return nil }
      turn.isWriting = true
      if turn.open === group { turn.open = nil }
      return true
    }
    let entries = group.entries.withLock { $0 }
    commit(entries)
    for entry in entries { entry.body = nil }
    turn.update { turn in
      turn.isWriting = false
      turn.groups -= 1
    }
    group.isDone.update { $0 = true }
  }

  private func commit(_ entries: [Entry]) {
    guard let connection else { return }
    do throws(StoreError) {
      try connection.run("BEGIN IMMEDIATE")
      for entry in entries { try perform(entry, connection) }
      try connection.run("COMMIT")
    } catch {
      if connection.isInTransaction { _ = try? connection.run("ROLLBACK") }
      for entry in entries { entry.failure = error }
    }
  }

  /// Runs one body in its savepoint. Throws only what ends the whole transaction.
  private func perform(_ entry: Entry, _ connection: SQLiteConnection) throws(StoreError) {
    try connection.run("SAVEPOINT entry")
    do throws(StoreError) {
      try entry.body?(connection)
    } catch {
      // A full disk or an I/O error can have rolled back everything.
      guard connection.isInTransaction else { throw error }
      entry.failure = error
      try connection.run("ROLLBACK TO entry")
    }
    try connection.run("RELEASE entry")
  }
}
