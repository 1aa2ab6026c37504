// What every forge's webhook route can do. All of it is pure: headers and bytes in, values out, the time is handed in.
//
// The responder calls `verify`, `document`, `deliveryKey` and `eventName` for each request before it answers; a worker calls
// `decode` later, from the stored bytes. So a receiver never depends on a header to understand a body more than the event
// name that was stored with it.
//
// When you add a forge: docs/add-a-forge.md.

import Domain

/// Reads the webhooks of one forge.
///
/// Laws, for every forge:
/// - `verify` looks at the raw bytes only, before anything is parsed, and takes the same time wherever a signature differs.
/// - `verify` with no secrets refuses; whether an unsigned delivery is taken is the caller's decision, not the forge's.
/// - `deliveryKey` is the same for a delivery that the forge sends again, and differs for another one.
/// - `decode` never trusts a place to fetch from; it throws for an event that it knows and that lacks what it needs, and returns
///   `.other` for every event that it does not know.
public protocol ForgeReceiver: Sendable {
  var forge: Forge { get }

  /// Whether one of the secrets proves that the body came from the forge as it is.
  func verify(headers: WebhookHeaders, body: [UInt8], secrets: [Secret], now: Timestamp) -> Verification

  /// The forge's name of the event; `unknown` where no usable one came.
  func eventName(headers: WebhookHeaders) -> String

  /// What makes a delivery the same when it comes again; at most 200 bytes of printable ASCII.
  func deliveryKey(headers: WebhookHeaders, body: [UInt8]) -> String

  /// The JSON in a body: the body itself, or what a form carries. Nil when the form carries none.
  func document(in body: [UInt8]) -> [UInt8]?

  /// What the delivery means. `payload` is the body as it was signed.
  func decode(eventName: String, payload: [UInt8]) throws(ForgeError) -> Event
}

extension ForgeReceiver {
  public func document(in body: [UInt8]) -> [UInt8]? { body }

  /// Throws when the body does not carry one well-formed JSON object; the route answers 400 then.
  public func checkDocument(in body: [UInt8]) throws(ForgeError) {
    guard let document = document(in: body) else { throw ForgeError(.notJSON, "the form has no field named payload") }
    do {
      try PayloadScanner.check(document)
    } catch {
      throw ForgeError(.notJSON, "the body is not a JSON object: \(error)")
    }
  }
}

/// Whether a delivery is what its sender sent.
public enum Verification: Sendable, Hashable {
  case verified
  case refused(Refusal)

  /// Why a delivery was refused. The answer to the sender is the same for all; this is for the log.
  public enum Refusal: String, Sendable, Hashable, CaseIterable {
    case noSecret = "no secret is configured for this route"
    case missing = "the request carries no signature"
    case outdated = "the request carries only a SHA-1 signature"
    case malformed = "the signature is malformed"
    case wrong = "the signature does not match"
    case stale = "the signature's timestamp is more than five minutes from this machine's clock"
  }
}

/// A delivery that cannot be understood, or a name that must not be used.
public struct ForgeError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Code: String, Sendable, Hashable {
    case notJSON = "not-json"
    case missingField = "missing-field"
    case badName = "bad-name"
    case badReference = "bad-reference"
    case badLocation = "bad-location"
    case notConfigured = "not-configured"
  }
  public let code: Code
  /// One line without anything from the payload.
  public let message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}

/// A request's headers, looked up by lower-case name: Forges does not know how the request came.
public struct WebhookHeaders: Sendable {
  private let lookUp: @Sendable (String) -> String?

  /// `lookUp` is asked with names in lower case, such as `x-hub-signature-256`.
  public init(_ lookUp: @escaping @Sendable (String) -> String?) { self.lookUp = lookUp }

  /// Headers from pairs with names in any case.
  public init(_ pairs: [String: String]) {
    let lowered = Dictionary(pairs.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
    lookUp = { lowered[$0] }
  }

  /// The header's value; nil when it is absent or empty.
  public subscript(name: String) -> String? {
    guard let value = lookUp(name), !value.isEmpty else { return nil }
    return value
  }

  /// A value short and plain enough to be kept as a name: up to `limit` bytes of visible ASCII and inner spaces.
  func token(_ name: String, limit: Int) -> String? {
    guard let value = self[name], value.utf8.count <= limit else { return nil }
    guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }), value.utf8.first != 0x20, value.utf8.last != 0x20 else { return nil }
    return value
  }
}
