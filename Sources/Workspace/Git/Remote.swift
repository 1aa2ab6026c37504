// Where git fetches from and pushes to. Git itself understands `ext::`, which runs any program, URLs that are options,
// and more; only what is listed here gets through.

import Domain
import Glibc

/// A place that git may talk to: an `https`, `http`, `ssh` or `git` URL, `user@host:path`, or a folder on this machine.
public struct Remote: Sendable, Hashable, CustomStringConvertible {
  public enum Kind: String, Sendable, Hashable, CaseIterable { case https, http, ssh, git, path }

  public let kind: Kind
  /// The URL, or for a folder the absolute path of its git directory. Never contains a password.
  public let location: String
  /// `scheme://host[:port]`, for which a credential holds; nil for `path` and `ssh`.
  let origin: String?

  /// Reads a URL or an absolute path (`file://` included).
  /// Throws `invalidURL`; for a folder `notARepository` or `redirected`.
  public init(_ text: String) throws(WorkspaceError) {
    guard text.utf8.count <= 2048, !text.isEmpty, text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F || $0 == " " })
    else { throw Self.refusal(text, "it is empty, too long or contains control characters") }
    if text.hasPrefix("/") {
      self = try Self.folder(text)
    } else if text.hasPrefix("file:///") {
      self = try Self.folder(String(text.dropFirst("file://".count)))
    } else {
      self = try text.firstRange(of: "://") == nil ? Self.shortForm(text) : Self.url(text)
    }
  }

  private init(kind: Kind, location: String, origin: String?) {
    self.kind = kind
    self.location = location
    self.origin = origin
  }

  private static func folder(_ path: String) throws(WorkspaceError) -> Remote {
    Remote(kind: .path, location: try RepositoryLocation.find(path, searchingUpwards: false).gitDirectory, origin: nil)
  }

  private static func url(_ url: String) throws(WorkspaceError) -> Remote {
    guard !url.contains(" ") else { throw refusal(url, "it contains a space") }
    guard let separator = url.firstRange(of: "://"), let kind = Kind(rawValue: String(url[..<separator.lowerBound])), kind != .path else {
      throw refusal(url, allowed)
    }
    let rest = url[separator.upperBound...]
    let authority = rest.prefix { $0 != "/" }
    let parts = authority.split(separator: "@", omittingEmptySubsequences: false)
    guard let host = parts.last, parts.count <= 2, isHost(host) else { throw refusal(url, "its host is not a host name") }
    guard parts.count == 1 || kind != .git && isUser(parts[0]) else {
      throw refusal(url, "it must not contain a password; give the token in the settings")
    }
    guard rest.dropFirst(authority.count).count > 1 else { throw refusal(url, "it has no path") }
    return Remote(kind: kind, location: url, origin: kind == .ssh ? nil : "\(kind.rawValue)://\(host)")
  }

  /// `user@host:path`, as scp has it.
  private static func shortForm(_ text: String) throws(WorkspaceError) -> Remote {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let names = (parts.first ?? "").split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, names.count <= 2, let host = names.last, isHost(host), names.count == 1 || isUser(names[0]),
      let first = parts[1].first, first != ":", first != "-"
    else { throw refusal(text, allowed) }
    return Remote(kind: .ssh, location: text, origin: nil)
  }

  private static let allowed = "allowed are https, http, ssh and git URLs, user@host:path and absolute paths"

  public var description: String { location }

  /// A host name or an address, an IPv6 one in brackets, with a port or without.
  private static func isHost(_ text: Substring) -> Bool {
    guard text.utf8.count <= 255, let first = text.first, first != "-" else { return false }
    if first == "[" {
      guard let end = text.firstIndex(of: "]") else { return false }
      let isAddress = text[text.index(after: text.startIndex)..<end].allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
      return isAddress && isPort(text[text.index(after: end)...])
    }
    let name = text.prefix { $0 != ":" }
    return !name.isEmpty && name.utf8.allSatisfy { isAlphanumeric($0) || ".-_".utf8.contains($0) } && isPort(text.dropFirst(name.count))
  }

  /// Nothing, or `:` and a number.
  private static func isPort(_ text: Substring) -> Bool {
    text.isEmpty || text.first == ":" && UInt16(text.dropFirst()) != nil
  }

  private static func isUser(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, first != UInt8(ascii: "-") else { return false }
    return text.utf8.allSatisfy { isAlphanumeric($0) || ".-_+%".utf8.contains($0) }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    default: false
    }
  }

  private static func refusal(_ url: String, _ why: String) -> WorkspaceError {
    WorkspaceError(.invalidURL, "cannot use \(sanitized(Array(url.utf8), limit: 120)) as a git URL: \(why)")
  }
}

/// What proves to a forge who we are. Never printed.
public struct Credential: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
  public var username: String
  public var password: String

  /// - Parameter username: forges take any name with a token; GitHub asks for `x-access-token`.
  public init(username: String = "x-access-token", password: String) {
    self.username = username
    self.password = password
  }

  public var description: String { "Credential(\(username), hidden)" }
  public var customMirror: Swift.Mirror { Swift.Mirror(self, children: ["username": username]) }
}

extension Git {
  /// The branch that the HEAD of `remote` is on; nil when it is on none. Throws what `Mirror.fetch` throws.
  public func defaultBranch(of remote: Remote, credential: Credential? = nil) throws(WorkspaceError) -> BranchName? {
    var words = ["ls-remote", "--symref"]
    if remote.kind == .path { words.append("--upload-pack=\(servedBy("upload-pack"))") }
    let limits = ProcessLimits(time: .seconds(60), output: 1 << 16)
    let command = try remoteCommand(
      words + ["--", remote.location, "HEAD"], in: nil, remote: remote, credential: credential, limits: limits)
    let lines = String(decoding: try run(command, named: "ls-remote").output, as: UTF8.self).split(separator: "\n")
    let prefix = "ref: refs/heads/"
    guard let line = lines.first(where: { $0.hasPrefix(prefix) && $0.hasSuffix("\tHEAD") }) else { return nil }
    return try? BranchName(String(line.dropFirst(prefix.count).dropLast("\tHEAD".count)))
  }

  /// A command that talks to `remote`: only that kind of transport is allowed, and the credential, when there is one,
  /// reaches git through the environment of a helper that answers for that host alone.
  func remoteCommand(
    _ arguments: [String], in gitDirectory: String?, remote: Remote, credential: Credential?, limits: ProcessLimits
  ) throws(WorkspaceError) -> Command {
    var environment = Self.networkEnvironment
    environment["GIT_ALLOW_PROTOCOL"] = Self.transports(remote.kind)
    environment["GIT_SSH_VARIANT"] = "ssh"
    environment["GIT_SSH_COMMAND"] =
      "ssh -o BatchMode=yes -o ConnectTimeout=20 -o PermitLocalCommand=no -o ForwardAgent=no -o ClearAllForwardings=yes "
      + "-o ControlPath=none"
    var settings = ["-c", "http.followRedirects=initial", "-c", "http.lowSpeedLimit=1000", "-c", "http.lowSpeedTime=30"]
    if let credential, let origin = remote.origin {
      guard !(credential.username + credential.password).unicodeScalars.contains(where: { $0.value < 0x20 }) else {
        throw WorkspaceError(.unauthorized, "cannot use the credential for \(origin): it contains control characters")
      }
      environment["DOC_HEALING_GIT_USERNAME"] = credential.username
      environment["DOC_HEALING_GIT_PASSWORD"] = credential.password
      settings += ["-c", "credential.\(origin).helper=\(Self.credentialHelper)"]
    }
    return command(settings + arguments, in: gitDirectory, environment: environment, limits: limits)
  }

  /// Answers git's question with what stands in its environment; the only secret-bearing piece of text is a variable's name.
  private static let credentialHelper =
    #"!f() { test "$1" = get && printf 'username=%s\npassword=%s\n' "$DOC_HEALING_GIT_USERNAME" "$DOC_HEALING_GIT_PASSWORD"; }; f"#

  private static func transports(_ kind: Remote.Kind) -> String {
    switch kind {
    case .path: "file"
    case .http: "http:https"
    case .https, .ssh, .git: kind.rawValue
    }
  }

  /// How the programs of this machine reach the network, as far as its administrator has said.
  private static let networkEnvironment: [String: String] = {
    let names = [
      "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR",
      "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "SSH_AUTH_SOCK",
    ]
    var found: [String: String] = [:]
    for name in names { if let value = getenv(name) { found[name] = String(cString: value) } }
    return found
  }()

  /// The program that serves a repository on this machine, with the same overrides: its own configuration may come from anyone.
  /// Git clears our overrides for that side, so they are given again.
  func servedBy(_ service: String) -> String {
    let settings = Self.overrides + ["safe.directory=*", "receive.autogc=false"]
    return ([executable] + settings.flatMap { ["-c", $0] } + [service]).map(Self.quoted).joined(separator: " ")
  }

  /// For the shell that git passes `--upload-pack` and `--receive-pack` to; the words are ours, only git's path comes from PATH.
  private static func quoted(_ word: String) -> String {
    "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
