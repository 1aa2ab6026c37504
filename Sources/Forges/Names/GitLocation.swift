// Where a plain git server's repository is, as a delivery names it. git understands much more than places: `ext::` runs a
// command, `host:-option` and `ssh://-option` become options of ssh. Only what is listed here is taken; everything else is
// refused, so that a new trick of git is refused too.

import Domain

/// A place that git may fetch from.
public struct GitLocation: Sendable, Hashable, CustomStringConvertible {
  public enum Kind: Sendable, Hashable {
    /// An absolute path on this machine, or a `file:` URL.
    case local
    /// `https`, `http`, `ssh`, `git`, or the scp-like `user@host:path`.
    case remote(scheme: String, host: String)
  }

  public let text: String
  public let kind: Kind

  public var description: String { text }

  /// Throws when the text is not an absolute path, one of the URLs or scp-like.
  public init(_ text: String) throws(ForgeError) {
    guard let kind = Self.kind(of: text) else {
      throw ForgeError(
        .badLocation, "the repository is neither an absolute path nor an https, http, ssh, git or file URL nor user@host:path")
    }
    self.text = text
    self.kind = kind
  }

  private static func kind(of text: String) -> Kind? {
    guard (1...2048).contains(text.utf8.count), text.first != "-", text.unicodeScalars.allSatisfy(isPlain) else { return nil }
    if text.hasPrefix("/") { return isPath(text[...]) ? .local : nil }
    if let separator = text.firstRange(of: "://") { return url(scheme: text[..<separator.lowerBound], rest: text[separator.upperBound...]) }
    return scpLike(text)
  }

  private static func url(scheme: Substring, rest: Substring) -> Kind? {
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    let (authority, path) = (rest[..<slash], rest[slash...])
    guard isPath(path), !path.contains("?"), !path.contains("#") else { return nil }
    switch scheme {
    case "file": return authority.isEmpty || authority == "localhost" ? .local : nil
    case "https", "http", "git": return host(authority, mayHaveUser: false).map { .remote(scheme: String(scheme), host: $0) }
    case "ssh": return host(authority, mayHaveUser: true).map { .remote(scheme: "ssh", host: $0) }
    default: return nil
    }
  }

  /// `user@host:path` or `host:path`; a second colon right after the first would name a transport helper.
  private static func scpLike(_ text: String) -> Kind? {
    guard let colon = text.firstIndex(of: ":"), !text[..<colon].contains("/") else { return nil }
    let path = text[text.index(after: colon)...]
    guard let first = path.first, first != ":", first != "-", isPath("/" + path) else { return nil }
    return host(text[..<colon], mayHaveUser: true).map { .remote(scheme: "ssh", host: $0) }
  }

  /// The host of `[user@]host[:port]`; nil when it, the user or the port is not plain. A password is refused: locations are
  /// stored and shown.
  private static func host(_ authority: Substring, mayHaveUser: Bool) -> String? {
    var rest = authority
    if let at = rest.firstIndex(of: "@") {
      guard mayHaveUser, isName(rest[..<at]) else { return nil }
      rest = rest[rest.index(after: at)...]
    }
    if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
      let address = rest[rest.index(after: rest.startIndex)..<end]
      let isAddress = !address.isEmpty && address.utf8.allSatisfy { $0 == 0x3A || $0 == 0x2E || RepositoryName.isAlphanumeric($0) }
      return isAddress && isPort(rest[rest.index(after: end)...]) ? String(address) : nil
    }
    let colon = rest.firstIndex(of: ":") ?? rest.endIndex
    return isName(rest[..<colon]) && isPort(rest[colon...]) ? String(rest[..<colon]) : nil
  }

  /// Letters, digits, `.`, `-`, `_`; not option-like. `%` is left out because git decodes it in hosts.
  private static func isName(_ text: Substring) -> Bool {
    guard (1...253).contains(text.utf8.count), text.first != "-", text.first != "." else { return false }
    return text.utf8.allSatisfy { RepositoryName.isAlphanumeric($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F }
  }

  /// Nothing, or `:` and up to five digits.
  private static func isPort(_ text: Substring) -> Bool {
    text.isEmpty
      || (text.first == ":" && (2...6).contains(text.utf8.count) && text.dropFirst().utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 })
  }

  /// A path that names something and does not climb.
  private static func isPath(_ path: some StringProtocol) -> Bool {
    let segments = path.split(separator: "/")
    return path.hasPrefix("/") && !segments.isEmpty && !segments.contains("..") && !segments.contains(".")
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
    default: true
    }
  }
}

/// Where a repository is cloned from.
public enum CloneAddress {
  /// For a forge: its configured base address and the repository's validated name; nothing of the payload is trusted as a
  /// place. For plain git: the name itself, which is a path or URL, once it is one that is allowed.
  /// `base` is the forge's web address without a final slash, such as `https://git.example.org`.
  public static func url(forge: Forge, name: String, base: String?) throws(ForgeError) -> String {
    if forge == .git { return try GitLocation(name).text }
    guard let base else {
      throw ForgeError(.notConfigured, "cannot clone from \(forge.rawValue): its address is not configured (DOC_HEALING_GITEA_URL)")
    }
    return base + "/" + (try RepositoryName.validated(name, forge: forge)) + ".git"
  }
}
