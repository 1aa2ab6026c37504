// Connections that are made when needed, kept, and thrown away when they break.

import Domain
import Storage
import Threading

/// Hands a connection to one thread at a time.
final class ConnectionPool: Sendable {
  /// `@unchecked Sendable` is safe: between `take` and `giveBack` only the thread that took it uses the connection, and the
  /// pool's monitor orders one use before the next.
  final class Member: @unchecked Sendable {
    let connection: PostgreSQLConnection
    init(_ connection: PostgreSQLConnection) { self.connection = connection }
  }

  private enum Turn {
    case use(Member)
    case connect
  }

  private struct State {
    var idle: [Member] = []
    /// Idle, in use, or being made.
    var count = 0
    var isClosed = false
  }

  private let state = Monitor(State())
  private let limit: Int
  private let patience: Duration
  private let name: String
  private let connect: @Sendable () throws(StoreError) -> PostgreSQLConnection

  /// - Parameters:
  ///   - limit: connections at the most.
  ///   - patience: how long a thread waits for one of them.
  ///   - name: what messages call the database.
  init(limit: Int, patience: Duration, name: String, connect: @escaping @Sendable () throws(StoreError) -> PostgreSQLConnection) {
    self.limit = limit
    self.patience = patience
    self.name = name
    self.connect = connect
  }

  /// Waits for a connection. Give it back.
  func take() throws(StoreError) -> Member {
    let turn = try state.wait(upTo: patience) { state throws(StoreError) -> Turn? in
      guard !state.isClosed else { throw StoreError(.unavailable, "\(name) is closed") }
      if let member = state.idle.popLast() { return .use(member) }
      guard state.count < limit else { return nil }
      state.count += 1
      return .connect
    }
    switch turn {
    case .use(let member): return member
    case nil: throw StoreError(.busy, "\(name) is busy: all \(limit) connections are in use; try again")
    case .connect:
      do throws(StoreError) { return Member(try connect()) } catch {
        state.update { $0.count -= 1 }
        throw error
      }
    }
  }

  /// Keeps a connection that is fit for another transaction. When it broke, the idle ones are thrown away too: most
  /// likely the server was restarted, and they would all fail in turn.
  func giveBack(_ member: Member) {
    let isFit = member.connection.isUsable && member.connection.isIdle
    let isBroken = !member.connection.isUsable
    state.update { state in
      if isFit && !state.isClosed { state.idle.append(member) } else { state.count -= 1 }
      guard isBroken else { return }
      state.count -= state.idle.count
      state.idle.removeAll()
    }
  }

  /// Refuses later calls and waits for those under way.
  func close() {
    _ = state.wait(upTo: nil) { state -> Bool? in
      state.isClosed = true
      state.count -= state.idle.count
      state.idle.removeAll()
      return state.count == 0 ? true : nil
    }
  }
}
