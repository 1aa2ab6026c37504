// Names that users type and that the code holds as text: flags, subcommands, environment variables, configuration keys, values. A
// symbol is declared and called; a literal is only spelled, in a string, a key, a manifest or an argument parser's call, so what
// became of it is read from the lines that the change replaced and from what is left in the head's code.

import Domain

/// What a literal is for.
public enum LiteralKind: String, Sendable, Hashable, CaseIterable {
  /// `--dry-run`
  case flag
  /// `CACHE_DIR`
  case environmentVariable
  /// `max_retries` in a file, a mapping or an object of options.
  case configurationKey
  /// `remote add` of a command-line program.
  case subcommand
  /// Where a repository is: `github.com/owner/name`.
  case address
  /// A string constant that users see or type: `invalid_union`, `example/agent:1.2`.
  case value
}

/// A literal that the base's code had and the head's code has no more.
public struct RemovedLiteral: Sendable, Hashable {
  public enum Certainty: Sendable, Hashable {
    /// Nothing of it is left in the head's code (tests, examples and comments do not count).
    case gone
    /// What is left only leads to its successor: a deprecated alias, a message that names the new one.
    case deprecatedAlias
    /// The head still has it, under other sections than `sections`.
    case goneFromSection
  }

  public var kind: LiteralKind
  public var text: String
  public var certainty: Certainty
  /// The section of the configuration that lost the key; nil when it is gone everywhere.
  public var section: String?
  /// Where it was, and what is left of it.
  public var evidence: [Evidence]
  /// What it became, most likely first; several when the evidence cannot decide.
  public var renames: [LiteralRename]

  /// The rename that the evidence decides for: likelier than not, and well before any other.
  public var decided: LiteralRename? {
    guard let best = renames.first, best.confidence >= 0.5 else { return nil }
    return renames.dropFirst().allSatisfy { best.confidence - $0.confidence >= 0.15 } ? best : nil
  }
}

/// What a literal became.
public struct LiteralRename: Sendable, Hashable {
  public var text: String
  /// 0 to 1.
  public var confidence: Double
  public var evidence: [Evidence]
}

/// Shapes of literals, by their bytes.
public enum LiteralShape {
  /// `--dry-run`, at least two letters long.
  static func isFlag(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count >= 4, bytes[0] == dash, bytes[1] == dash, isLetter(bytes[2]) else { return false }
    return bytes.dropFirst(2).allSatisfy { isWordByte($0) || $0 == dash } && bytes.last != dash
  }

  /// `CACHE_DIR`: two words of capitals.
  static func isEnvironmentVariable(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count >= 5, isUpper(bytes[0]), bytes.dropFirst().dropLast().contains(underscore) else { return false }
    return bytes.allSatisfy { isUpper($0) || isDigit($0) || $0 == underscore }
  }

  /// A plain identifier.
  static func isIdentifier(_ text: String) -> Bool {
    guard let first = text.utf8.first, !isDigit(first) else { return false }
    return text.utf8.allSatisfy(isWordByte)
  }

  /// Two words in one, or a name with marks inside: nobody writes it by accident.
  public static func isDistinctive(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count >= 5 else { return false }
    if bytes[0] == underscore && isLetter(bytes[1]) { return true }
    var sawLower = false
    for (index, byte) in bytes.enumerated() {
      if isUpper(byte) && sawLower { return true }
      sawLower = isLower(byte)
      if index > 0 && index < bytes.count - 1 && "_-/:".utf8.contains(byte) { return true }
      if index > 0 && index < bytes.count - 1 && byte == 0x2E && isLetter(bytes[index + 1]) { return true }
    }
    return false
  }

  /// `name.go`, `docs/page.md`: paths have rules of their own.
  static func isFileName(_ text: String) -> Bool {
    guard let dot = text.utf8.lastIndex(of: 0x2E) else { return false }
    let ending = text[text.index(after: dot)...].lowercased()
    return fileEndings.contains(ending) || SourceLanguage(path: text) != nil
  }

  private static let fileEndings: Set<String> = [
    "md", "rst", "adoc", "txt", "json", "yaml", "yml", "toml", "ini", "cfg", "conf", "lock", "sh", "html", "css", "xml", "env", "mod",
    "sum", "log",
    "png", "svg", "jpg", "gz", "zip", "mdx", "gradle", "properties", "proto", "sql", "tmpl", "csv", "exe", "dll", "so", "jar",
  ]

  /// `github.com/owner/name`.
  static func isAddress(_ text: String) -> Bool { hosts.contains { text.hasPrefix($0) } }

  static let hosts = ["github.com/", "gitlab.com/", "codeberg.org/", "bitbucket.org/"]

  /// The host, owner and name of the repository that an address leads into.
  static func address(in text: String) -> String? {
    for host in hosts {
      guard let start = text.ranges(of: host).first?.lowerBound else { continue }
      let parts = text[start...].split(separator: "/")
      guard parts.count >= 3 else { return nil }
      let name = parts[2].prefix { $0 != "@" && $0 != ":" && $0 != "#" }
      let plain = name.hasSuffix(".git") ? name.dropLast(4) : name
      return plain.isEmpty ? nil : "\(parts[0])/\(parts[1])/\(plain)"
    }
    return nil
  }

  static let dash = UInt8(ascii: "-")
  static let underscore = UInt8(ascii: "_")
  static func isUpper(_ byte: UInt8) -> Bool { byte >= 0x41 && byte <= 0x5A }
  static func isLower(_ byte: UInt8) -> Bool { byte >= 0x61 && byte <= 0x7A }
  static func isLetter(_ byte: UInt8) -> Bool { isUpper(byte) || isLower(byte) }
  static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
  static func isWordByte(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) || byte == underscore }

  /// `fooBar`, `FooBar`, `foo_bar` as `foo-bar`.
  static func kebab(_ name: String) -> String { NameWords(name).words.joined(separator: "-") }
}
