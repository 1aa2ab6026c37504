// Where a server is, taken apart by libpq itself.

import CPostgreSQL
import Domain
import Storage

/// A connection URI or keyword string, checked, and named without its password.
struct ConnectionAddress: Sendable {
  /// `database doc_healing on db.example.org:5432`.
  let name: String
  /// What to connect with: the address's own, then ours.
  let parameters: [(String, String)]

  init(_ url: String) throws(StoreError) {
    guard !url.utf8.contains(0), let parsed = Self.parse(url) else {
      throw StoreError(
        .unavailable,
        "database address cannot be read: it is no connection URI; "
          + "set DOC_HEALING_DATABASE_URL to postgresql://user:password@host:5432/database")
    }
    parameters =
      parsed.filter { $0.0 != "client_encoding" }
      + [("client_encoding", "UTF8")]
      + Self.defaults.filter { ours in !parsed.contains { $0.0 == ours.0 } }
    name = Self.name(parsed)
  }

  /// Lets the kernel find out that the other side is gone.
  private static let defaults = [
    ("application_name", "doc-healing"), ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
    ("tcp_user_timeout", "30000"),
  ]

  private static func parse(_ url: String) -> [(String, String)]? {
    guard let options = PQconninfoParse(url, nil) else { return nil }
    defer { PQconninfoFree(options) }
    var found: [(String, String)] = []
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val { found.append((String(cString: keyword), String(cString: value))) }
      option += 1
    }
    return found
  }

  private static func name(_ parameters: [(String, String)]) -> String {
    func value(_ keyword: String) -> String? { parameters.last { $0.0 == keyword }?.1 }
    let host = value("host") ?? value("hostaddr")
    let place = host.map { host in value("port").map { "\(host):\($0)" } ?? host }
    let database = value("dbname") ?? value("user")
    return ["database", database, place.map { "on \($0)" }].compactMap { $0 }.joined(separator: " ")
  }
}
