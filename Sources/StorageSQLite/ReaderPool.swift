// Connections that read, opened when first needed and kept.

import Domain
import Storage
import Threading

/// Hands a connection to one thread at a time.
final class ReaderPool: Sendable {
  /// `@unchecked Sendable` is safe: between `take` and `giveBack` only the thread that took it uses the connection, and the
  /// pool's monitor orders one use before the next.
  final class Reader: @unchecked Sendable {
    let connection: SQLiteConnection
    init(_ connection: SQLiteConnection) { self.connection = connection }
  }

  private enum Turn {
    case use(Reader)
    case open
  }

  private struct State {
    var idle: [Reader] = []
    /// Idle, in use, or being opened.
    var count = 0
    var isClosed = false
  }

  private let state = Monitor(State())
  private let limit: Int
  private let name: String
  private let open: @Sendable () throws(StoreError) -> SQLiteConnection

  /// - Parameters:
  ///   - limit: connections at the most.
  ///   - name: what messages call the database.
  init(limit: Int, name: String, open: @escaping @Sendable () throws(StoreError) -> SQLiteConnection) {
    self.limit = limit
    self.name = name
    self.open = open
  }

  /// Waits for a connection. Give it back.
  func take() throws(StoreError) -> Reader {
    let turn = try state.wait(upTo: nil) { state throws(StoreError) -> Turn? in
      guard !state.isClosed else { throw StoreError(.unavailable, "\(name) is closed") }
      if let reader = state.idle.popLast() { return .use(reader) }
      guard state.count < limit else { return nil }
      state.count += 1
      return .open
    }
    if case .use(let reader) = turn { return reader }
    do throws(StoreError) { return Reader(try open()) } catch {
      state.update { $0.count -= 1 }
      throw error
    }
  }

  func giveBack(_ reader: Reader) {
    state.update { state in
      if state.isClosed { state.count -= 1 } else { state.idle.append(reader) }
    }
  }

  /// Refuses later readers and waits for those under way.
  func close() {
    _ = state.wait(upTo: nil) { state -> Bool? in
      state.isClosed = true
      state.count -= state.idle.count
      state.idle.removeAll()
      return state.count == 0 ? true : nil
    }
  }
}
