// A commit as git stores it.

import Domain

/// One commit.
public struct Commit: Sendable, Hashable {
  /// Name, address and time of an author or committer.
  public struct Signature: Sendable, Hashable {
    public var name: String
    public var email: String
    public var time: Timestamp
    /// `+0200`.
    public var zone: String

    public init(name: String, email: String, time: Timestamp, zone: String = "+0000") {
      self.name = name
      self.email = email
      self.time = time
      self.zone = zone
    }
  }

  public var id: ObjectID
  public var tree: ObjectID
  public var parents: [ObjectID]
  public var author: Signature
  public var committer: Signature
  /// In full; bytes that are not UTF-8 are repaired.
  public var message: String

  /// The message's first line.
  public var subject: String { message.split(separator: "\n", maxSplits: 1).first.map(String.init) ?? "" }

  /// Reads a raw commit object (gitformat-commit). Unknown headers, such as signatures, are passed over.
  init(_ id: ObjectID, raw: [UInt8]) throws(WorkspaceError) {
    let separator = raw.indices.dropLast().first { raw[$0] == 0x0A && raw[$0 + 1] == 0x0A } ?? raw.endIndex
    var values: [String: [Substring]] = [:]
    let header = String(decoding: raw[..<separator], as: UTF8.self)
    for line in header.split(separator: "\n") where !line.hasPrefix(" ") {
      let parts = line.split(separator: " ", maxSplits: 1)
      if parts.count == 2 { values[String(parts[0]), default: []].append(parts[1]) }
    }
    guard let tree = values["tree"]?.first.flatMap({ ObjectID(String($0)) }), let author = values["author"]?.first,
      let committer = values["committer"]?.first
    else { throw WorkspaceError(.malformed, "object \(id.short) is not a commit that can be read") }
    self.id = id
    self.tree = tree
    parents = (values["parent"] ?? []).compactMap { ObjectID(String($0)) }
    self.author = Self.signature(author)
    self.committer = Self.signature(committer)
    message = String(decoding: raw[min(separator + 2, raw.endIndex)...], as: UTF8.self)
  }

  /// `Name <email> 1750000000 +0200`; what is missing is empty or 0.
  private static func signature(_ text: Substring) -> Signature {
    let open = text.firstIndex(of: "<") ?? text.endIndex
    let close = text.lastIndex(of: ">") ?? text.endIndex
    let email = open < close ? text[text.index(after: open)..<close] : ""
    let rest = close < text.endIndex ? text[text.index(after: close)...].split(separator: " ") : []
    let seconds = min(max(rest.first.flatMap { Int64($0) } ?? 0, 0), 253_402_300_799)
    let name = text[..<open]
    return Signature(
      name: String(name.last == " " ? name.dropLast() : name), email: String(email), time: Timestamp(milliseconds: seconds * 1000),
      zone: rest.count > 1 ? String(rest[1]) : "+0000")
  }
}
