// One connection: libpq's non-blocking calls with a deadline of our own, so that a server that went silent holds no
// thread for ever. Parameters and results travel in binary: no quoting, no escaping, no copy to hexadecimal.

import CPostgreSQL
import Domain
import Storage
import Threading

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// A connection to one server. Used by one thread at a time, which `ConnectionPool` sees to.
final class PostgreSQLConnection: SQLConnection {
  /// Statements kept prepared; beyond it all are dropped. Listings with filters make a few dozen texts.
  private static let statementLimit = 96

  let name: String
  /// How long one answer may take.
  private let patience: Duration
  private let handle: OpaquePointer
  private var statements: [String: String] = [:]
  private var prepared = 0
  /// The last failure, until `clearFailure`.
  private(set) var failure: PostgreSQLFailure?

  /// Connects and logs in.
  /// - Parameters:
  ///   - name: what messages call the database.
  ///   - parameters: of libpq.
  ///   - patience: how long one answer may take, after the server's own limit.
  init(
    name: String, parameters: [(String, String)], connectTimeout: Duration, patience: Duration, settings: String
  ) throws(StoreError) {
    self.name = name
    self.patience = patience
    guard let started = startConnection(parameters) else {
      throw StoreError(.unavailable, "\(name) cannot be reached: out of memory; give this process more")
    }
    handle = started
    PQsetNoticeProcessor(handle, { _, _ in }, nil)
    PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
    try finishConnecting(by: monotonicNow() + connectTimeout)
    PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
    PQsetnonblocking(handle, 1)
    try execute(settings)
  }

  deinit { PQfinish(handle) }

  /// Whether statements can be sent, as far as is known here.
  var isUsable: Bool { PQstatus(handle) == CONNECTION_OK && !(failure?.breaksConnection ?? false) }

  /// Whether a statement of the open transaction failed, so that the server will only roll it back.
  var isTransactionFailed: Bool { PQtransactionStatus(handle) == PQTRANS_INERROR }

  /// Whether no transaction, and no part of a statement, is open.
  var isIdle: Bool { PQtransactionStatus(handle) == PQTRANS_IDLE }

  func clearFailure() { failure = nil }

  /// Runs a statement without parameters that is not worth preparing.
  func execute(_ sql: String) throws(StoreError) {
    guard PQsendQuery(handle, sql) == 1 else { throw lost() }
    _ = try collect { _ throws(StoreError) in }
  }

  func run(_ sql: String, _ arguments: [SQLValue], row: (any SQLRow) throws(StoreError) -> Void) throws(StoreError) -> Int {
    let statement = try prepare(sql)
    let parameters = Parameters(arguments)
    guard
      parameters.send({ values, lengths, formats in
        PQsendQueryPrepared(handle, statement, Int32(arguments.count), values, lengths, formats, 1)
      }) == 1
    else { throw lost() }
    return try collect(row)
  }

  private func prepare(_ sql: String) throws(StoreError) -> String {
    if let statement = statements[sql] { return statement }
    if statements.count >= Self.statementLimit {
      try execute("DEALLOCATE ALL")
      statements.removeAll()
    }
    prepared += 1
    let statement = "s\(prepared)"
    guard PQsendPrepare(handle, statement, sql, 0, nil) == 1 else { throw lost() }
    _ = try collect { _ throws(StoreError) in }
    statements[sql] = statement
    return statement
  }

  /// Takes every result of what was sent; the number of rows changed. All are taken even when one is a failure, since the
  /// connection takes nothing else before.
  private func collect(_ row: (any SQLRow) throws(StoreError) -> Void) throws(StoreError) -> Int {
    let deadline = monotonicNow() + patience
    var changed = 0
    var thrown: StoreError?
    while let result = try nextResult(by: deadline) {
      defer { PQclear(result) }
      switch PQresultStatus(result) {
      case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
        changed = Int(String(cString: PQcmdTuples(result))) ?? changed
      case PGRES_TUPLES_OK:
        guard thrown == nil else { continue }
        do throws(StoreError) {
          for index in 0..<PQntuples(result) { try row(PostgreSQLRow(result: result, index: index)) }
        } catch { thrown = error }
      default:
        thrown = noted(failure(of: result))
      }
    }
    if let thrown { throw thrown }
    return changed
  }

  private func nextResult(by deadline: Duration) throws(StoreError) -> OpaquePointer? {
    var unsent = PQflush(handle)
    while unsent == 1 || PQisBusy(handle) == 1 {
      guard unsent >= 0, wait(for: unsent == 1 ? POLLIN | POLLOUT : POLLIN, by: deadline) else { throw silent() }
      guard PQconsumeInput(handle) == 1 else { throw lost() }
      if unsent == 1 { unsent = PQflush(handle) }
    }
    guard unsent == 0 else { throw lost() }
    return PQgetResult(handle)
  }

  private func finishConnecting(by deadline: Duration) throws(StoreError) {
    var direction = PGRES_POLLING_WRITING
    while direction != PGRES_POLLING_OK {
      if PQstatus(handle) == CONNECTION_BAD || direction == PGRES_POLLING_FAILED {
        throw noted(
          PQconnectionNeedsPassword(handle) == 1
            ? PostgreSQLFailure(state: "28P01", words: "it asks for a password")
            : PostgreSQLFailure(connecting: String(cString: PQerrorMessage(handle))))
      }
      guard wait(for: direction == PGRES_POLLING_READING ? POLLIN : POLLOUT, by: deadline) else {
        throw noted(PostgreSQLFailure(state: nil, words: "it did not answer in time"))
      }
      direction = PQconnectPoll(handle)
    }
  }

  /// False when the deadline passed.
  private func wait(for events: Int32, by deadline: Duration) -> Bool {
    var descriptor = pollfd(fd: PQsocket(handle), events: Int16(events), revents: 0)
    while true {
      let left = (deadline - monotonicNow()).inMilliseconds
      guard left > 0 else { return false }
      let ready = poll(&descriptor, 1, Int32(clamping: left))
      if ready > 0 || (ready < 0 && errno != EINTR) { return true }
    }
  }

  private func failure(of result: OpaquePointer) -> PostgreSQLFailure {
    let words = PQresultErrorField(result, field("M")).map { oneLine(String(cString: $0)) }
    guard let state = PQresultErrorField(result, field("C")) else {
      return PostgreSQLFailure(state: nil, words: words ?? oneLine(String(cString: PQresultErrorMessage(result))))
    }
    return PostgreSQLFailure(state: String(cString: state), words: words ?? "")
  }

  /// The connection broke; the first line of libpq's text says why, the others only guess.
  private func lost() -> StoreError {
    let first = String(cString: PQerrorMessage(handle)).split(whereSeparator: \.isNewline).first ?? "no reason was given"
    return noted(PostgreSQLFailure(state: PostgreSQLFailure.connectionLost, words: String(first).replacing("FATAL:  ", with: "")))
  }

  private func silent() -> StoreError { noted(PostgreSQLFailure(state: nil, words: "it did not answer in time")) }

  private func noted(_ failure: PostgreSQLFailure) -> StoreError {
    self.failure = failure
    return failure.error(name)
  }
}

/// `PG_DIAG_…`, which C defines as characters.
private func field(_ letter: Unicode.Scalar) -> Int32 { Int32(letter.value) }

private func startConnection(_ parameters: [(String, String)]) -> OpaquePointer? {
  var keywords: [UnsafePointer<CChar>?] = parameters.map { UnsafePointer(strdup($0.0)) }
  var values: [UnsafePointer<CChar>?] = parameters.map { UnsafePointer(strdup($0.1)) }
  keywords.append(nil)
  values.append(nil)
  defer { for text in keywords + values { free(UnsafeMutablePointer(mutating: text)) } }
  return PQconnectStartParams(keywords, values, 0)
}
