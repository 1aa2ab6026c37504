// What PostgreSQL's failures mean to the person who runs the engine, and which of them another try can cure.

import Domain
import Storage

/// A failure of one statement or one connection. The server's text is only shown where it cannot quote what was stored.
struct PostgreSQLFailure {
  /// SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html); nil when the server did not speak.
  var state: String?
  /// The server's or libpq's words, one line.
  var words: String

  /// SQLSTATE `connection_failure`.
  static let connectionLost = "08006"

  /// Whether the connection is of no more use.
  var breaksConnection: Bool {
    guard let state else { return true }
    return state.hasPrefix("08") || state.hasPrefix("57P")
  }

  /// Whether the transaction is known to be undone and may go through on another try: a deadlock, a conflict, or a
  /// statement that the server has forgotten or must plan anew.
  var isCurable: Bool {
    guard let state else { return false }
    return state.hasPrefix("40") || state == "26000" || state == "0A000"
  }

  /// - Parameter database: what messages call it.
  func error(_ database: String) -> StoreError {
    guard let state else {
      return StoreError(.unavailable, "\(database) cannot be reached: \(words); start the server, or \(Self.advice)")
    }
    switch (state.prefix(2), state) {
    case (_, "28P01"), (_, "28000"):
      return StoreError(.refused, "\(database) refused to log in: \(words); \(Self.advice)")
    case (_, "3D000"):
      return StoreError(.unavailable, "\(database) cannot be opened: \(words); create it with createdb, or \(Self.advice)")
    case (_, "42501"):
      return StoreError(.refused, "\(database) refused a statement: \(words); grant this user the rights of the owner")
    case (_, "25006"):
      return StoreError(.refused, "\(database) cannot be written: it is read-only; connect to the primary server")
    case (_, "53300"), (_, "53400"):
      return StoreError(.unavailable, "\(database) cannot be reached: \(words); raise the server's max_connections")
    case (_, "53100"):
      return StoreError(.full, "\(database) cannot be written: no space is left on the server's disk; free some")
    case ("53", _):
      return StoreError(.unavailable, "\(database) is out of resources: \(words)")
    case (_, "57014"), (_, "55P03"):
      return StoreError(.busy, "\(database) took too long to answer or to lock; end what holds it, or try again")
    case ("40", _):
      return StoreError(.busy, "\(database) undid a transaction that collided with another; try again")
    case ("57", _), ("08", _):
      return StoreError(.unavailable, "\(database) ended the connection: \(words); start the server again")
    case (_, "23503"):
      return StoreError(.corrupt, "\(database) refused a row: it names another row that is not there; this is a defect, please report it")
    case (_, "23514"):
      return StoreError(.corrupt, "\(database) refused a row: a value is longer than its column takes; this is a defect, please report it")
    case (_, "23505"):
      return StoreError(.corrupt, "\(database) refused a row: its key is taken; this is a defect, please report it")
    case ("XX", _), ("58", _):
      return StoreError(.corrupt, "\(database) failed inside (SQLSTATE \(state)); look into the server's log")
    default:
      return StoreError(.corrupt, "\(database) refused a statement (SQLSTATE \(state)); this is a defect, please report it")
    }
  }

  static let advice = "correct DOC_HEALING_DATABASE_URL"
}

extension PostgreSQLFailure {
  /// Reads libpq's text about a connection that was not made. With verbose messages the server's part of it is
  /// `FATAL:  28P01: password authentication failed …` in every language; the last attempt counts.
  init(connecting text: String) {
    let lines = text.split(whereSeparator: \.isNewline)
    if let refusal = lines.reversed().lazy.compactMap(serverRefusal).first {
      self = refusal
      return
    }
    let last = lines.last { $0.contains(" failed: ") } ?? lines.first ?? "the server closed the connection"
    let words = last.split(separator: " failed: ", maxSplits: 1).last ?? last
    self.init(state: nil, words: words.prefix(1).lowercased() + words.dropFirst())
  }
}

/// `…:  CODE: words` of one line.
private func serverRefusal(_ line: Substring) -> PostgreSQLFailure? {
  guard let mark = line.firstRange(of: ":  ") else { return nil }
  let rest = line[mark.upperBound...].split(separator: ": ", maxSplits: 1)
  guard rest.count == 2, rest[0].utf8.count == 5, rest[0].utf8.allSatisfy(isStateByte) else { return nil }
  return PostgreSQLFailure(state: String(rest[0]), words: String(rest[1]))
}

private func isStateByte(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (65...90).contains(byte) }

/// Text without line feeds at its end or inside.
func oneLine(_ text: String) -> String {
  text.split(whereSeparator: \.isNewline).map { $0.drop { $0 == "\t" || $0 == " " } }.joined(separator: " ")
}
