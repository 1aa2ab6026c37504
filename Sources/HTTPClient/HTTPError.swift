// Why there is no answer, in one line that may be logged: method, host, path and reason; never a query, a header or a body.

/// A request without an answer.
public struct HTTPError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Reason: Sendable, Hashable {
    /// The request itself cannot be sent; why.
    case malformed(String)
    /// The server was not found or not reached; what libcurl says.
    case unreachable(String)
    /// The server's certificate is not to be trusted, or TLS failed; what libcurl says.
    case untrusted(String)
    /// Nothing connected, or no whole answer came, in time.
    case noConnection(within: Duration)
    case noAnswer(within: Duration)
    /// The connection ended before the whole answer was there.
    case cutOff
    case bodyTooLarge(limit: Int)
    case headersTooLarge(limit: Int)
    case tooManyRedirects(limit: Int)
    /// The process is ending.
    case stopped
    case other(String)
  }

  /// `POST api.example.org/v1/messages`.
  public let subject: String
  public let reason: Reason

  init(_ request: HTTPRequest, _ reason: Reason) {
    subject = Self.subject(method: request.method, HTTPAddress(request.url))
    self.reason = reason
  }

  /// An error of a transport that is not libcurl's: a fake of a test.
  public init(_ reason: Reason, on request: HTTPRequest) { self.init(request, reason) }

  /// Whether the same request may find an answer later.
  public var isTransient: Bool {
    switch reason {
    case .unreachable, .noConnection, .noAnswer, .cutOff: true
    case .malformed, .untrusted, .bodyTooLarge, .headersTooLarge, .tooManyRedirects, .stopped, .other: false
    }
  }

  public var description: String { "\(subject): \(explanation)" }

  private var explanation: String {
    switch reason {
    case .malformed(let why): why
    case .unreachable(let why): "cannot reach the server: \(why)"
    case .untrusted(let why): "the server cannot be trusted: \(why)"
    case .noConnection(let limit): "no connection within \(limit)"
    case .noAnswer(let limit): "no whole answer within \(limit)"
    case .cutOff: "the connection ended before the answer did"
    case .bodyTooLarge(let limit): "the answer has more than \(limit) bytes"
    case .headersTooLarge(let limit): "the answer's headers have more than \(limit) bytes"
    case .tooManyRedirects(let limit): "more than \(limit) redirects"
    case .stopped: "the process is ending"
    case .other(let why): why
    }
  }

  static func subject(method: String, _ address: HTTPAddress?) -> String {
    let name = method.utf8.count <= 16 && method.utf8.allSatisfy { (0x41...0x5A).contains($0) } ? method : "request"
    guard let address else { return "\(name) to a malformed address" }
    let isDefault = address.port == (address.scheme == "https" ? 443 : 80)
    return "\(name) \(address.host)\(isDefault ? "" : ":\(address.port)")\(address.path.prefix(200))"
  }
}
