// What is asked and what comes back: values. Secrets stand apart from the other headers, so that a request can be printed.

import Domain

/// One request.
public struct HTTPRequest: Sendable {
  /// Upper case: `GET`, `POST`.
  public var method: String
  /// An http or https address without credentials.
  public var url: String
  public var headers: HTTPHeaders
  /// Headers that nobody may see; sent to the origin of `url` only.
  public private(set) var secretHeaders: [SecretField] = []
  public var body: [UInt8]
  /// The most that the whole exchange may take, redirects included.
  public var deadline: Duration = .seconds(30)
  /// The most that finding and reaching the server may take.
  public var connectTimeout: Duration = .seconds(10)
  /// Bytes of body that are taken; an answer with more is an error.
  public var maximumBodySize = 8 << 20
  /// Bytes of header lines that are taken.
  public var maximumHeaderSize = 64 << 10
  /// Redirects that are followed, within the same origin only; any other is the answer.
  public var maximumRedirects = 0
  /// Whether sending it twice does no harm. libcurl sends a request again when a connection that it reused turns out to have been
  /// closed; one that is not repeatable goes on a connection of its own, on which that cannot happen.
  public var isRepeatable: Bool

  /// A header whose value is a secret.
  public struct SecretField: Sendable, Hashable {
    public var name: String
    /// What stands before the secret, such as `Bearer `.
    public var prefix: String
    public var value: Secret
  }

  public init(_ method: String, _ url: String, headers: HTTPHeaders = [:], body: [UInt8] = []) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    isRepeatable = !["POST", "PATCH"].contains(method)
  }

  /// Adds a header that is never shown: `setSecret("Authorization", prefix: "Bearer ", token)`. Replaces one of the same name.
  public mutating func setSecret(_ name: String, prefix: String = "", _ value: Secret) {
    secretHeaders.removeAll { $0.name.lowercased() == name.lowercased() }
    secretHeaders.append(SecretField(name: name, prefix: prefix, value: value))
  }
}

extension HTTPRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Method, host and path; a query may hold what nobody should read.
  public var description: String { HTTPError.subject(method: method, HTTPAddress(url)) }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// One answer, whatever its status.
public struct HTTPResponse: Sendable, Hashable {
  public var status: Int
  public var headers: HTTPHeaders
  public var body: [UInt8]

  public init(status: Int, headers: HTTPHeaders = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// Whether the status is one of 200 to 299.
  public var isSuccess: Bool { (200...299).contains(status) }
  /// The body as text; what is not UTF-8 becomes U+FFFD.
  public var text: String { String(decoding: body, as: UTF8.self) }

  /// Seconds that `Retry-After` asks to wait; nil when it says none, a date, or nonsense.
  public var retryAfter: Duration? {
    guard let text = headers["Retry-After"], text.utf8.count <= 9, let seconds = Int(text), seconds >= 0 else { return nil }
    return .seconds(seconds)
  }
}

/// Exchanges a request for an answer; the place where tests put a fake.
public protocol HTTPTransport: Sendable {
  /// Sends once, waits for the whole answer, and returns it whatever its status. Callers own retries. Safe to call from several
  /// threads at once.
  func send(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse
}
