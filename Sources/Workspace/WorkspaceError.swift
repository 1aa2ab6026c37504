// The one error of this target, and how another program's words are made fit to be shown.

/// Why a process, a git command or the sandbox did not do its work. `description` is one lower-case line without a
/// credential, a control character or a document's content.
public struct WorkspaceError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable, Hashable, CaseIterable {
    /// A program that is needed is not installed.
    case toolMissing
    /// The operating system did not start the process, or an argument cannot be passed to one.
    case cannotStart
    /// It ran longer than its wall-clock limit and was killed.
    case timedOut
    /// Someone called `Cancellation.cancel()`.
    case cancelled
    /// It wrote more than its limit and was killed.
    case outputTooLarge
    /// No git repository is there, or the forge says that there is none.
    case notARepository
    /// A `.git` file, link or `commondir` leads to a repository that does not point back.
    case redirected
    /// Not a place that git may fetch from.
    case invalidURL
    /// Not a branch or revision that may reach a git command.
    case invalidReference
    /// Not a path that a commit may write.
    case invalidPath
    /// No such commit, branch or object.
    case unknownRevision
    /// The network or the other machine does not answer.
    case unreachable
    /// The credential is missing, wrong or not sufficient.
    case unauthorized
    /// The branch that was to be replaced has moved since it was read.
    case leaseLost
    /// The other side took the push and said no.
    case refused
    /// An object or a tree is larger than the caller's limit.
    case tooLarge
    /// Another process holds the mirror's lock for too long.
    case busy
    /// A file of our own cannot be read or written.
    case inputOutput
    /// What a program answered cannot be understood.
    case malformed
    /// Nothing is executed here, because isolation is incomplete.
    case noSandbox
    /// The program failed in another way.
    case failed
  }

  public var code: Code
  public var description: String

  public init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}

/// Foreign text as one line that can be logged: credentials in URLs, control and format characters taken out, bounded.
/// - Parameter limit: characters.
func sanitized(_ bytes: [UInt8], limit: Int = 300) -> String {
  let lines = String(decoding: bytes.prefix(8192), as: UTF8.self)
    .split(whereSeparator: \.isNewline)
    .map { withoutCredentials(printable(String($0))) }
    .filter { !$0.isEmpty }
  let text = lines.prefix(3).joined(separator: "; ")
  return text.count <= limit ? text : text.prefix(limit) + "…"
}

/// A path or name as it is shown: control characters become `?`, and it is bounded.
func shown(_ name: String) -> String {
  let text = printable(name, replacement: "?")
  return text.count <= 200 ? text : text.prefix(200) + "…"
}

private func printable(_ text: String, replacement: String = " ") -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: result += replacement
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// `https://user:secret@host` becomes `https://host`.
private func withoutCredentials(_ line: String) -> String {
  let words = line.split(separator: " ").map { word -> String in
    var parts = word.components(around: "://")
    for index in parts.indices.dropFirst() {
      let authority = parts[index].prefix { $0 != "/" && $0 != "'" && $0 != "\"" }
      guard let at = authority.lastIndex(of: "@") else { continue }
      parts[index] = parts[index][parts[index].index(after: at)...]
    }
    return parts.joined(separator: "://")
  }
  return words.joined(separator: " ")
}

extension Substring {
  fileprivate func components(around separator: String) -> [Substring] {
    var parts: [Substring] = []
    var rest = self
    while let range = rest.firstRange(of: separator) {
      parts.append(rest[..<range.lowerBound])
      rest = rest[range.upperBound...]
    }
    return parts + [rest]
  }
}
