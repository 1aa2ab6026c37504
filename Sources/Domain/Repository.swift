// Whose documentation is kept true.

/// The forges whose webhooks are understood; `git` is a plain git server with a post-receive hook.
public enum Forge: String, Sendable, Codable, CaseIterable, Hashable {
  case github, gitlab, gitea, git
}

/// A repository that the engine watches.
public struct Repository: Sendable, Codable, Hashable {
  public var id: RepositoryID
  public var forge: Forge
  /// What the forge calls it: `owner/name`; for plain git the path or URL that webhooks name it by.
  public var name: String
  /// Where git fetches it from and pushes to. Never contains a credential.
  public var cloneURL: String
  /// The branch that pull requests go to, when the forge told.
  public var defaultBranch: String?
  public var enabled: Bool
  public var createdAt: Timestamp

  public init(
    id: RepositoryID, forge: Forge, name: String, cloneURL: String, defaultBranch: String? = nil, enabled: Bool = true,
    createdAt: Timestamp
  ) {
    self.id = id
    self.forge = forge
    self.name = name
    self.cloneURL = cloneURL
    self.defaultBranch = defaultBranch
    self.enabled = enabled
    self.createdAt = createdAt
  }
}

/// A git object name: 40 (SHA-1) or 64 (SHA-256) lower-case hexadecimal digits. Only such text ever reaches a git command.
public struct ObjectID: Hashable, Sendable, Codable, CustomStringConvertible, Comparable {
  public let hex: String

  /// Nil when `hex` is not an object name in full.
  public init?(_ hex: String) {
    guard hex.utf8.count == 40 || hex.utf8.count == 64 else { return nil }
    guard hex.utf8.allSatisfy({ ($0 >= 48 && $0 <= 57) || ($0 >= 97 && $0 <= 102) }) else { return nil }
    self.hex = hex
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let value = ObjectID(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a git object name")
    }
    self = value
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hex)
  }

  /// All zeros: how a webhook says "there was no such ref before" or "the ref is gone".
  public var isZero: Bool { hex.utf8.allSatisfy { $0 == 48 } }
  public var description: String { hex }
  /// The first twelve digits, for people.
  public var short: String { String(hex.prefix(12)) }
  public static func < (left: Self, right: Self) -> Bool { left.hex < right.hex }
}
