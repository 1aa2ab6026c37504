// URLs of files and folders on a forge: `https://github.com/OWNER/REPOSITORY/blob/BRANCH/PATH` and the forms of others.

import Domain

/// The URL of a path in a repository on a forge.
public struct ForgeURL: Sendable, Hashable {
  /// `owner/repository`, lower case (forges do not tell letter case apart); more components for a subgroup.
  public let repository: String
  public let branch: String
  /// Escapes resolved; without a slash at the end.
  public let path: String
  /// The bytes of the path within the URL, a slash at the end left out.
  public let pathSpan: Span

  /// Whether the branch moves on with the code: a tag, a commit or a release branch shows what was.
  public var isCurrent: Bool { Self.currentBranches.contains(branch) }

  private static let currentBranches: Set<String> = ["main", "master", "HEAD", "trunk", "develop", "dev", "devel", "next"]

  /// - Parameter target: the target of a link; nil when it is no URL of a path.
  public init?(_ target: LinkTarget) {
    guard target.form == .url else { return nil }
    let bytes = Array(target.text.utf8)[target.pathSpan.range]
    let parts = Self.parts(of: bytes)
    // `https:`, `` , host, …
    guard parts.count >= 6, parts[1].isEmpty else { return nil }
    let host = String(decoding: bytes[parts[2]], as: UTF8.self).lowercased()
    let words = parts.map { String(decoding: bytes[$0], as: UTF8.self) }
    guard let layout = Self.layout(host: host, words) else { return nil }
    guard layout.path < parts.count, !words[layout.path].isEmpty else { return nil }
    repository = words[layout.repository].joined(separator: "/").lowercased()
    branch = words[layout.branch]
    let end = parts.last(where: { !$0.isEmpty })?.upperBound ?? bytes.endIndex
    pathSpan = Span(parts[layout.path].lowerBound, end)
    path = PercentEncoding.decoded(bytes[pathSpan.range])
  }

  private struct Layout {
    var repository: Range<Int>
    var branch: Int
    var path: Int
  }

  /// Which component is what.
  private static func layout(host: String, _ words: [String]) -> Layout? {
    if host == "raw.githubusercontent.com" {
      if words.count > 7, words[5] == "refs", words[6] == "heads" { return Layout(repository: 3..<5, branch: 7, path: 8) }
      return Layout(repository: 3..<5, branch: 5, path: 6)
    }
    for (index, word) in words.enumerated().dropFirst(5) {
      if word == "-" {
        guard index + 1 < words.count, verbs.contains(words[index + 1]) else { return nil }
        return Layout(repository: 3..<index, branch: index + 2, path: index + 3)
      }
      guard index == 5 else { continue }
      if verbs.contains(word) {
        if words.count > 8, words[6] == "refs", words[7] == "heads" { return Layout(repository: 3..<5, branch: 8, path: 9) }
        return Layout(repository: 3..<5, branch: 6, path: 7)
      }
      if word == "src", words.count > 7, words[6] == "branch" { return Layout(repository: 3..<5, branch: 7, path: 8) }
    }
    return nil
  }

  private static let verbs: Set<String> = ["blob", "tree", "raw", "edit", "blame", "commits"]

  /// The ranges between slashes.
  private static func parts(of bytes: ArraySlice<UInt8>) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var start = bytes.startIndex
    for index in bytes.indices where bytes[index] == UInt8(ascii: "/") {
      parts.append(start..<index)
      start = index + 1
    }
    parts.append(start..<bytes.endIndex)
    return parts
  }
}

extension ForgeURL {
  /// Whether a URL speaks of a commit of its own: `https://github.com/o/r/actions/workflows/ci.yml`. Its path is that of the workflow.
  public init?(workflow target: LinkTarget) {
    guard target.form == .url else { return nil }
    let bytes = Array(target.text.utf8)[target.pathSpan.range]
    let parts = Self.parts(of: bytes)
    let words = parts.map { String(decoding: bytes[$0], as: UTF8.self) }
    guard words.count >= 8, words[5] == "actions", words[6] == "workflows", words[7].contains(".") else { return nil }
    repository = words[3...4].joined(separator: "/").lowercased()
    branch = "HEAD"
    path = ".github/workflows/" + words[7]
    pathSpan = Span(parts[7].lowerBound, parts[7].upperBound)
  }
}
