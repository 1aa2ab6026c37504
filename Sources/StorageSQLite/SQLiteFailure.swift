// What SQLite's result codes mean to the person who runs the engine.

import CSQLite
import Domain
import Storage

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// A call to SQLite that failed. SQLite's own text is left out of messages: it can quote what was stored.
struct SQLiteFailure {
  /// An extended result code (https://www.sqlite.org/rescode.html).
  var code: Int32
  /// The `errno` behind it, or 0.
  var system: Int32

  /// - Parameter database: what messages call it.
  func error(_ database: String) -> StoreError {
    switch code & 0xFF {
    case SQLITE_BUSY, SQLITE_LOCKED:
      StoreError(.busy, "\(database) is locked by another process; end what holds it, or try again")
    case SQLITE_FULL:
      StoreError(.full, "\(database) cannot be written: no space is left; free some, or move it to a larger disk")
    case SQLITE_IOERR where system == ENOSPC || system == EDQUOT:
      StoreError(.full, "\(database) cannot be written: \(reason); free some, or move it to a larger disk")
    case SQLITE_READONLY:
      StoreError(.refused, "\(database) cannot be written: it or its folder is read-only; give this user the right to write both")
    case SQLITE_PERM, SQLITE_AUTH:
      StoreError(.refused, "\(database) cannot be used: permission denied; give this user the right to read and write it")
    case SQLITE_CANTOPEN:
      StoreError(.unavailable, "\(database) cannot be opened: \(reason); \(DatabaseFile.advice)")
    case SQLITE_NOTADB:
      StoreError(.unavailable, "\(database) is not an SQLite database; move it away, or \(DatabaseFile.advice)")
    case SQLITE_CORRUPT:
      StoreError(.corrupt, "\(database) is damaged; restore a backup, or salvage it with sqlite3's .recover")
    case SQLITE_IOERR:
      StoreError(.unavailable, "\(database) cannot be read or written: \(reason); check the disk")
    case SQLITE_NOMEM:
      StoreError(.unavailable, "\(database) cannot be used: out of memory; give this process more")
    case SQLITE_TOOBIG:
      StoreError(.refused, "\(database) cannot store a value: it is larger than SQLite's limit of 1 GB")
    case SQLITE_CONSTRAINT:
      StoreError(.corrupt, "\(database) refused a row: \(constraint); this is a defect, please report it")
    default:
      StoreError(.corrupt, "\(database) failed with SQLite's code \(code); this is a defect, please report it")
    }
  }

  private var reason: String { system == 0 ? "SQLite's code \(code)" : systemReason(system) }

  private var constraint: String {
    switch code {
    case foreignKeyFailed: "it names another row that is not there"
    case checkFailed: "a value is longer than its column takes"
    case uniqueFailed, primaryKeyFailed: "its key is taken"
    default: "a constraint failed (SQLite's code \(code))"
    }
  }
}

/// The system's words for an `errno`, as a sentence of ours begins: in lower case.
func systemReason(_ code: Int32) -> String {
  let words = String(cString: strerror(code))
  return words.prefix(1).lowercased() + words.dropFirst()
}

// Extended codes, which C builds with shifts that Swift does not import.
private let checkFailed = SQLITE_CONSTRAINT | (1 << 8)
private let foreignKeyFailed = SQLITE_CONSTRAINT | (3 << 8)
private let primaryKeyFailed = SQLITE_CONSTRAINT | (6 << 8)
private let uniqueFailed = SQLITE_CONSTRAINT | (8 << 8)
