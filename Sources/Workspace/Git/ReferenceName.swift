// Names that may become part of a git command or a ref.

import Domain

/// A branch's name that git accepts (git-check-ref-format(1)) and that no command takes for an option.
public struct BranchName: Sendable, Hashable, CustomStringConvertible {
  /// Without `refs/heads/`.
  public let name: String

  /// Throws `invalidReference`.
  public init(_ name: String) throws(WorkspaceError) {
    guard Self.isValid(name) else { throw WorkspaceError(.invalidReference, "not a branch name: \(shown(name))") }
    self.name = name
  }

  /// In full: `refs/heads/main`.
  public var ref: String { "refs/heads/\(name)" }

  /// The engine's own branch beside this one.
  public var healing: BranchName { BranchName(trusted: Self.healingPrefix + name) }
  public var isHealing: Bool { name.hasPrefix(Self.healingPrefix) }
  public var description: String { name }

  private static let healingPrefix = "doc-healing/"

  private init(trusted name: String) { self.name = name }

  private static func isValid(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    guard !bytes.isEmpty, bytes.count <= 240, bytes[0] != UInt8(ascii: "-"), name != "@", name != "HEAD" else { return false }
    guard bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7F && !"~^:?*[\\".utf8.contains($0) }) else { return false }
    guard !name.contains("..") && !name.contains("@{"), bytes.last != UInt8(ascii: ".") else { return false }
    return name.split(separator: "/", omittingEmptySubsequences: false)
      .allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") && !$0.hasSuffix(".lock") }
  }
}
