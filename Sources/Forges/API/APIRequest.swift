// How a client says what it asks, before any address or credential is known. Path segments and query values are escaped here and
// nowhere else: names come from webhooks.

import Domain
import FoundationEssentials

/// One request to a forge's API.
struct APIRequest: Sendable {
  var method: String
  /// Each is one segment of the path, whatever bytes it has.
  var path: [String]
  var query: [(name: String, value: String)] = []
  var body: [UInt8] = []
  /// What it is called in an error.
  var operation: String
  /// Whose credential it takes.
  var authority: Authority
  /// Whether an answer is kept and asked for by its ETag the next time: for what is polled.
  var isConditional = false
  var accept: String?
  var maximumBodySize = 8 << 20
  /// Asked of the GraphQL address instead of `path`.
  var isGraphQL = false

  /// What a credential must be good for.
  enum Authority: Sendable, Hashable {
    /// Anything in a repository, by its full name.
    case repository(String)
    /// The account itself; an App signs as itself.
    case account
  }

  init(_ method: String, _ path: [String], authority: Authority, _ operation: String) {
    self.method = method
    self.path = path
    self.authority = authority
    self.operation = operation
  }

  /// A copy with a query.
  func with(_ items: (String, String?)...) -> APIRequest {
    var copy = self
    for (name, value) in items { if let value { copy.set(name, value) } }
    return copy
  }

  /// A copy whose body is JSON.
  func with(body: some Encodable) throws(ForgeAPIError) -> APIRequest {
    var copy = self
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(body) else { throw ForgeAPIError(.invalid(field: "body"), operation: operation) }
    copy.body = Array(data)
    return copy
  }

  /// A copy that is asked by ETag the next time.
  func conditional() -> APIRequest {
    var copy = self
    copy.isConditional = true
    return copy
  }

  /// Sets a query item, in place of one with the same name.
  mutating func set(_ name: String, _ value: String) {
    query.removeAll { $0.name == name }
    query.append((name, value))
  }

  /// Path and query, escaped; begins with a slash.
  var target: String {
    let items = query.map { Self.escaped($0.name) + "=" + Self.escaped($0.value) }
    return path.map { "/" + Self.escaped($0) }.joined() + (items.isEmpty ? "" : "?" + items.joined(separator: "&"))
  }

  /// Everything but unreserved characters (RFC 3986, section 2.3) as percent and two digits.
  static func escaped(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    // A segment that is a dot or two would be taken out by whoever resolves the path.
    let isDots = text == "." || text == ".."
    for byte in text.utf8 {
      let isPlain = RepositoryName.isAlphanumeric(byte) || byte == 0x2D || byte == 0x5F || byte == 0x7E || (byte == 0x2E && !isDots)
      if isPlain { bytes.append(byte) } else { bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
