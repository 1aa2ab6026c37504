// Why a forge did not do what it was asked: a closed list, so that an outbox can decide without knowing the forge. The text is one
// line that may be logged: what was asked, the status, and at most a short printable line of the forge's own; never a token, a
// header or an address.

import Domain

/// A call to a forge that did not succeed.
public struct ForgeAPIError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What the caller can do about it.
  public enum Reason: Sendable, Hashable {
    /// Too many requests: ask again when the time has passed. Nothing was done.
    case retryAfter(Duration)
    /// No answer, half an answer, or the forge's own trouble. The effect may have happened all the same: every operation of
    /// `ForgeClient` may be called again, and finds what the first call left.
    case transient
    /// The credential was refused: revoked, expired, or never right. For people, not for retries.
    case unauthorized
    /// The credential is good and does not allow this: a missing permission, a locked conversation, an archived repository.
    case forbidden
    /// What was asked about is not there (any more), or not for us.
    case gone
    /// It is not as the caller believed: the branch moved, the name is taken.
    case conflict
    /// The forge, or this client before it asked, refuses a value. The field's name is the forge's or the parameter's.
    case invalid(field: String)
    /// This forge, or this kind of credential, cannot do it; `ForgeClient.capabilities` said so.
    case unsupported
    /// An answer that this client does not understand: another version of the forge, or not the forge at all.
    case unexpected
  }

  public let reason: Reason
  /// Forge and action: `github: create a comment`.
  public let operation: String
  /// The answer's status, where there was one.
  public let status: Int?
  /// One printable line; empty when there is nothing to add.
  public let detail: String

  public init(_ reason: Reason, operation: String, status: Int? = nil, detail: String = "") {
    self.reason = reason
    self.operation = operation
    self.status = status
    self.detail = Self.line(detail)
  }

  /// Whether the same call may succeed later without anybody's help.
  public var isWorthRetrying: Bool {
    switch reason {
    case .retryAfter, .transient: true
    case .unauthorized, .forbidden, .gone, .conflict, .invalid, .unsupported, .unexpected: false
    }
  }

  public var description: String {
    let place = status.map { " (status \($0))" } ?? ""
    return "\(operation): \(what)\(place)\(detail.isEmpty ? "" : ": \(detail)")"
  }

  private var what: String {
    switch reason {
    case .retryAfter(let time): "too many requests, again in \(time.inMilliseconds / 1000) s"
    case .transient: "no usable answer"
    case .unauthorized: "the credential was refused"
    case .forbidden: "not allowed"
    case .gone: "not there"
    case .conflict: "changed meanwhile"
    case .invalid(let field): "\(Self.line(field)) is not accepted"
    case .unsupported: "not possible on this forge with this credential"
    case .unexpected: "an answer that is not understood"
    }
  }

  /// The first 200 bytes of a text as printable ASCII.
  private static func line(_ text: String) -> String {
    String(decoding: text.utf8.prefix(200).map { $0 < 0x20 || $0 >= 0x7F ? 0x3F : $0 }, as: UTF8.self)
  }
}
