// Where a Redis server is and how to enter: a URL, read once.

/// A Redis server, user and database.
public struct RedisEndpoint: Sendable, Hashable, CustomStringConvertible {
  public enum Place: Sendable, Hashable {
    case tcp(host: String, port: UInt16)
    case unix(path: String)
  }

  /// Why a URL is not one of a Redis server; never contains the password.
  public struct Invalid: Error, Hashable, CustomStringConvertible {
    public var description: String
  }

  public var place: Place
  /// Nil is Redis' `default` user.
  public var user: String?
  public var password: String?
  public var database: Int

  public init(place: Place = .tcp(host: "localhost", port: 6379), user: String? = nil, password: String? = nil, database: Int = 0) {
    self.place = place
    self.user = user
    self.password = password
    self.database = database
  }

  /// Reads `redis://[[user]:password@]host[:port][/database]` or `unix://[[user]:password@]/path[?db=database]`. User and
  /// password may be percent-encoded; an IPv6 address stands in brackets.
  public init(url: String) throws(Invalid) {
    guard let separator = url.firstRange(of: "://") else {
      throw Invalid(description: "not a redis url: it has no scheme; use redis://host:port/database or unix:///path")
    }
    let rest = url[separator.upperBound...]
    switch url[..<separator.lowerBound].lowercased() {
    case "redis": try self.init(tcp: rest)
    case "unix", "redis+unix", "redis-socket": try self.init(unix: rest)
    case "rediss":
      throw Invalid(
        description: "rediss:// (redis over tls) is not supported; use a tunnel such as stunnel or a unix socket, and redis:// or unix://")
    default: throw Invalid(description: "not a redis url: unknown scheme; use redis://host:port/database or unix:///path")
    }
  }

  private init(tcp rest: Substring) throws(Invalid) {
    let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let (credentials, address) = Self.splitCredentials(parts[0])
    self.init(place: try Self.address(address))
    try enter(credentials)
    if parts.count > 1, !parts[1].isEmpty { database = try Self.database(parts[1]) }
  }

  private init(unix rest: Substring) throws(Invalid) {
    let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let slash = parts[0].firstIndex(of: "/") ?? parts[0].endIndex
    let (credentials, host) = Self.splitCredentials(parts[0][..<slash])
    let path = String(parts[0][slash...])
    guard host.isEmpty && path.utf8.count > 1 && path.utf8.count < 108 else {
      throw Invalid(description: "not a redis url: unix:// needs an absolute path of at most 107 bytes, as in unix:///run/redis.sock")
    }
    self.init(place: .unix(path: path))
    try enter(credentials)
    guard parts.count > 1 else { return }
    guard parts[1].hasPrefix("db=") else { throw Invalid(description: "not a redis url: after the path only ?db=NUMBER may stand") }
    database = try Self.database(parts[1].dropFirst(3))
  }

  /// A password may contain `@`: the last one ends it.
  private static func splitCredentials(_ text: Substring) -> (Substring?, Substring) {
    guard let at = text.lastIndex(of: "@") else { return (nil, text) }
    return (text[..<at], text[text.index(after: at)...])
  }

  private mutating func enter(_ credentials: Substring?) throws(Invalid) {
    guard let credentials else { return }
    let parts = credentials.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { throw Invalid(description: "not a redis url: before @ stands user:password or :password") }
    guard let name = Self.percentDecoded(parts[0]), let secret = Self.percentDecoded(parts[1]) else {
      throw Invalid(description: "not a redis url: user or password has a % that two hexadecimal digits do not follow")
    }
    user = name.isEmpty ? nil : name
    password = secret.isEmpty ? nil : secret
  }

  private static func address(_ text: Substring) throws(Invalid) -> Place {
    var host = text
    var port = Substring("6379")
    let afterAddress = text.hasPrefix("[") ? text.firstIndex(of: "]") ?? text.startIndex : text.startIndex
    if let colon = text[afterAddress...].lastIndex(of: ":") {
      host = text[..<colon]
      port = text[text.index(after: colon)...]
    }
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard let number = UInt16(port), number > 0 else { throw Invalid(description: "not a redis url: its port is not 1 to 65535") }
    guard host.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || ".-_:%".contains($0)) }) else {
      throw Invalid(description: "not a redis url: its host is not a name or an address")
    }
    return .tcp(host: host.isEmpty ? "localhost" : String(host), port: number)
  }

  private static func database(_ text: Substring) throws(Invalid) -> Int {
    guard let number = Int(text), (0...65_535).contains(number) else {
      throw Invalid(description: "not a redis url: its database is not a number from 0")
    }
    return number
  }

  private static func percentDecoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else { return nil }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// The place and the database, without user and password.
  public var description: String {
    switch place {
    case .tcp(let host, let port): "redis at \(host):\(port), database \(database)"
    case .unix(let path): "redis at \(path), database \(database)"
    }
  }
}
