// Names that come from outside and end in URLs, paths and git commands. Each is accepted by what it may contain, never
// cleaned up: a name that a forge cannot have issued is an attack or a mistake, and both deserve an error.

import Domain

enum RepositoryName {
  /// Stands for the head of a pull request whose fork is gone; it can never be a real name, so nothing can be fetched from it.
  static let deletedFork = "(deleted)/(deleted)"

  /// Returns `name` when it can be a repository of the forge: `owner/name`, on GitLab with up to 20 groups before the project.
  static func validated(_ name: String, forge: Forge) throws(ForgeError) -> String {
    let segments = name.split(separator: "/", omittingEmptySubsequences: false)
    let allowed = forge == .gitlab ? 2...21 : 2...2
    guard allowed.contains(segments.count), name.utf8.count <= 1024, name.utf8.first != 0x2D, segments.allSatisfy(isSegment) else {
      throw ForgeError(.badName, "the repository's name is not one that \(forge.rawValue) gives")
    }
    return name
  }

  private static func isSegment(_ segment: Substring) -> Bool {
    guard (1...255).contains(segment.utf8.count), segment != ".", !segment.contains(".."), !segment.hasSuffix(".git") else { return false }
    return segment.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F }
  }

  static func isAlphanumeric(_ byte: UInt8) -> Bool { (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A) }
}

/// Names of accounts.
public enum LoginName {
  static let appSuffix = "[bot]"

  /// How people mention the account: an App's `[bot]` is no part of that.
  public static func mention(of name: String) -> String { name.hasSuffix(appSuffix) ? String(name.dropLast(appSuffix.count)) : name }

  static func isValid(_ name: String) -> Bool {
    let plain = mention(of: name)
    guard (1...255).contains(plain.utf8.count) else { return false }
    return plain.utf8.allSatisfy { RepositoryName.isAlphanumeric($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F }
  }
}

/// Names of refs, by the rules of git-check-ref-format(1).
public enum RefName {
  /// Whether a full ref (`refs/heads/main`) is one that git accepts and no command takes for an option.
  public static func isValid(_ ref: String) -> Bool {
    guard ref.hasPrefix("refs/"), ref.utf8.count <= 1024, !ref.contains(".."), !ref.contains("@{"), !ref.hasSuffix(".") else {
      return false
    }
    let components = ref.split(separator: "/", omittingEmptySubsequences: false)
    return components.count >= 3 && components.allSatisfy(isComponent) && ref.unicodeScalars.allSatisfy(isAllowed)
  }

  /// Whether a branch's short name (`main`) is valid.
  public static func isValid(branch: String) -> Bool { isValid("refs/heads/" + branch) }

  private static func isComponent(_ component: Substring) -> Bool {
    !component.isEmpty && component.utf8.count <= 255 && !component.hasPrefix(".") && !component.hasPrefix("-")
      && !component.hasSuffix(".lock")
  }

  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\u{0}"..."\u{20}", "\u{7F}"..."\u{9F}", "~", "^", ":", "?", "*", "[", "\\": false
    default: true
    }
  }
}
