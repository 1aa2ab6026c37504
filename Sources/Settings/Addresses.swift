// Places that the settings name: a database, a Redis server, a forge. Each is checked when it is read, so that a mistake is
// told at the start and not at the first delivery, and each prints without its password.

import Domain

/// A libpq connection URI. Prints with its passwords as `***`.
public struct DatabaseURL: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  private let text: String

  static let standard = DatabaseURL(unchecked: "postgresql://localhost/doc_healing")

  /// Nil when the text is not a `postgresql://` or `postgres://` URI.
  public init?(_ text: String) {
    guard text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") else { return nil }
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return nil }
    self.text = text
  }

  private init(unchecked text: String) { self.text = text }

  /// The whole URI, for libpq only.
  public func reveal() -> String { text }

  /// The URI for logs and errors.
  public var redacted: String {
    guard let scheme = text.firstRange(of: "://") else { return "***" }
    let rest = text[scheme.upperBound...]
    let mark = rest.firstIndex(of: "?") ?? rest.endIndex
    let authorityEnd = rest[..<mark].firstIndex(of: "/") ?? mark
    let start = text[..<scheme.upperBound]
    return start + Self.withoutPassword(rest[..<authorityEnd]) + rest[authorityEnd..<mark] + Self.withoutSecrets(rest[mark...])
  }

  public var description: String { redacted }
  public var debugDescription: String { redacted }
  public var customMirror: Mirror { Mirror(self, children: []) }

  /// `user:***@host` for `user:password@host`. The last `@` counts: an unescaped one in a password must not show its rest.
  private static func withoutPassword(_ authority: Substring) -> String {
    guard let at = authority.lastIndex(of: "@") else { return String(authority) }
    guard let colon = authority[..<at].firstIndex(of: ":") else { return String(authority) }
    return authority[..<colon] + ":***" + authority[at...]
  }

  /// The query with the value of every parameter hidden whose name speaks of a password or key.
  private static func withoutSecrets(_ query: Substring) -> String {
    query.split(separator: "&", omittingEmptySubsequences: false).map { parameter in
      guard let equals = parameter.firstIndex(of: "=") else { return String(parameter) }
      let name = parameter[..<equals].lowercased()
      let isSecret = name.contains("pass") || name.contains("%") || name.contains("secret")
      return isSecret ? parameter[...equals] + "***" : String(parameter)
    }.joined(separator: "&")
  }
}

/// Where Redis is.
public struct RedisAddress: Sendable, Hashable, CustomStringConvertible {
  public var host = "localhost"
  public var port = 6379
  /// The number that `SELECT` takes.
  public var database = 0
  /// For servers with access lists (Redis 6 and newer).
  public var username: String?
  public var password: Secret?

  public init() {}

  /// Parses `redis://[[user]:password@]host[:port][/database]`. Nil when it is something else.
  public init?(url: String) {
    guard url.hasPrefix("redis://") else { return nil }
    var rest = url.dropFirst("redis://".count)
    if let at = rest.lastIndex(of: "@") {
      guard setCredentials(rest[..<at]) else { return nil }
      rest = rest[rest.index(after: at)...]
    }
    if let slash = rest.firstIndex(of: "/") {
      guard setDatabase(rest[rest.index(after: slash)...]) else { return nil }
      rest = rest[..<slash]
    }
    guard let (host, port) = HostAndPort.parse(rest, defaultPort: 6379) else { return nil }
    (self.host, self.port) = (host, port)
  }

  /// The address without its password.
  public var description: String {
    let user = password == nil ? "" : "\(username ?? ""):***@"
    return "redis://\(user)\(host.contains(":") ? "[\(host)]" : host):\(port)/\(database)"
  }

  private mutating func setCredentials(_ text: Substring) -> Bool {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let user = PercentEncoding.decode(parts[0]), let word = PercentEncoding.decode(parts[1]) else { return false }
    username = user.isEmpty ? nil : user
    password = word.isEmpty ? nil : Secret(word)
    return true
  }

  private mutating func setDatabase(_ text: Substring) -> Bool {
    if text.isEmpty { return true }
    guard let number = Digits.parse(text), Settings.redisDatabases.contains(number) else { return false }
    database = number
    return true
  }
}

/// An http or https address without credentials, query and fragment; `path` never ends with a slash.
public struct WebURL: Sendable, Hashable, CustomStringConvertible {
  public var scheme: String
  /// Lower case; IPv6 in brackets.
  public var host: String
  /// Nil for the scheme's own.
  public var port: Int?
  public var path: String

  static let github = WebURL(scheme: "https", host: "api.github.com", port: nil, path: "")
  static let gitlab = WebURL(scheme: "https", host: "gitlab.com", port: nil, path: "")

  init(scheme: String, host: String, port: Int?, path: String) {
    (self.scheme, self.host, self.port, self.path) = (scheme, host, port, path)
  }

  /// Nil when the text is not such an address.
  public init?(_ text: String) {
    guard let scheme = ["https", "http"].first(where: { text.hasPrefix($0 + "://") }) else { return nil }
    let rest = text.dropFirst(scheme.count + 3)
    guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !Self.forbidden.contains($0) }) else { return nil }
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    guard let (host, port) = HostAndPort.parse(rest[..<slash], defaultPort: 0) else { return nil }
    var path = rest[slash...]
    while path.last == "/" { path.removeLast() }
    guard !path.split(separator: "/").contains("..") else { return nil }
    self.init(scheme: scheme, host: host.contains(":") ? "[\(host)]" : host.lowercased(), port: port == 0 ? nil : port, path: String(path))
  }

  public var description: String { "\(scheme)://\(host)" + (port.map { ":\($0)" } ?? "") + path }

  /// Credentials, query, fragment, and what breaks out of a line or a quotation.
  private static let forbidden = Set("@?#\\\"'<>`{}|^".utf8)
}

/// `host`, `host:port`, `[v6]`, `[v6]:port`.
enum HostAndPort {
  /// Nil when the host is not a name or an address. The host comes back without brackets.
  static func parse(_ text: Substring, defaultPort: Int) -> (host: String, port: Int)? {
    var host = text
    var port = defaultPort
    if let bracket = text.lastIndex(of: "]") {
      guard text.first == "[" else { return nil }
      host = text[text.index(after: text.startIndex)..<bracket]
      let rest = text[text.index(after: bracket)...]
      if !rest.isEmpty {
        guard rest.first == ":", let number = portNumber(rest.dropFirst()) else { return nil }
        port = number
      }
      guard isAddressV6(host) else { return nil }
      return (String(host), port)
    }
    if let colon = text.firstIndex(of: ":") {
      guard let number = portNumber(text[text.index(after: colon)...]) else { return nil }
      (host, port) = (text[..<colon], number)
    }
    return isHostName(host) ? (String(host), port) : nil
  }

  /// A DNS name or an IPv4 address: letters, digits, `.`, `-`, `_`, at most 253 bytes, not option-like.
  static func isHostName(_ text: some StringProtocol) -> Bool {
    guard (1...253).contains(text.utf8.count), text.first != "-", text.first != "." else { return false }
    return text.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F }
  }

  /// The characters of an IPv6 address with at least two colons; whether it is one is the resolver's word.
  static func isAddressV6(_ text: some StringProtocol) -> Bool {
    guard (2...45).contains(text.utf8.count), text.utf8.count(where: { $0 == 0x3A }) >= 2 else { return false }
    return text.utf8.allSatisfy { $0 == 0x3A || $0 == 0x2E || ($0 >= 0x30 && $0 <= 0x39) || (($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x66) }
  }

  private static func portNumber(_ text: Substring) -> Int? { Digits.parse(text).flatMap { Settings.ports.contains($0) ? $0 : nil } }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A)
  }
}

/// Whole numbers written with digits only.
enum Digits {
  static func parse(_ text: some StringProtocol) -> Int? {
    guard (1...18).contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
    return Int(text)
  }
}

/// `%40` for `@`, as in the user part of a URL.
enum PercentEncoding {
  /// Nil when an escape is incomplete or the result is not UTF-8.
  static func decode(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == 0x25 else {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else { return nil }
      rest = rest.dropFirst(2)
      bytes.append(value)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
