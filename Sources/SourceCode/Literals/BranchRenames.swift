// The default branch has another name: the repository's own pipelines, which name the branches that they run for, lost the one and gained
// the other, and none names the old one any more.

import Domain

/// A branch that took another's place in the pipelines.
public struct BranchRename: Sendable, Hashable {
  public var old: String
  public var new: String
  /// In the head.
  public var path: String
  public var line: Int
  /// `owner/name` of the repository, as its manifests say it.
  public var repositories: Set<String>
}

/// Finds the renamed branch of a change.
enum BranchRenames {
  static func find(_ change: Change, limits: AnalysisLimits) -> BranchRename? {
    guard let base = change.base else { return nil }
    var found: [BranchRename] = []
    for file in change.files {
      guard let old = file.old, let new = file.new, PipelineBranches.isPipeline(new.path), old.size <= 1 << 20, new.size <= 1 << 20 else {
        continue
      }
      guard let before = try? base.read(old, limit: 1 << 20), let after = try? change.head.read(new, limit: 1 << 20) else { continue }
      let (left, right) = (PipelineBranches.names(in: before), PipelineBranches.names(in: after))
      let lost = left.keys.filter { right[$0] == nil && isPlain($0) }
      let gained = right.filter { left[$0.key] == nil && isPlain($0.key) }
      guard lost.count == 1, gained.count == 1, let was = lost.first, let now = gained.first else { continue }
      found.append(BranchRename(old: was, new: now.key, path: new.path, line: now.value, repositories: []))
    }
    guard var rename = found.min(by: { $0.path < $1.path }) else { return nil }
    guard found.allSatisfy({ $0.old == rename.old && $0.new == rename.new }) else { return nil }
    guard isGone(rename.old, change.head, limits) else { return nil }
    rename.repositories = repositories(change.head)
    return rename
  }

  /// A line of development has a plain name; what has a number is a release.
  private static func isPlain(_ name: String) -> Bool { name.utf8.count >= 4 && name.utf8.allSatisfy(LiteralShape.isLetter) }

  private static func isGone(_ name: String, _ head: any Checkout, _ limits: AnalysisLimits) -> Bool {
    for entry in head.entries where PipelineBranches.isPipeline(entry.path) && (entry.kind == .file || entry.kind == .executable) {
      guard entry.size <= 1 << 20, let bytes = try? head.read(entry, limit: 1 << 20) else { return false }
      if PipelineBranches.names(in: bytes)[name] != nil { return false }
    }
    return true
  }

  private static let manifests: Set<String> = [
    "package.json", "Cargo.toml", "pyproject.toml", "setup.py", "setup.cfg", "go.mod", "build.gradle", "build.gradle.kts", "pom.xml",
    "composer.json", "gradle.properties", "mix.exs",
  ]

  /// The one repository that the manifests at the root name.
  private static func repositories(_ head: any Checkout) -> Set<String> {
    var found: Set<String> = []
    for entry in head.entries where entry.kind == .file && (manifests.contains(entry.path) || isGemspec(entry.path)) {
      guard entry.size <= 1 << 20, let bytes = try? head.read(entry, limit: 1 << 20) else { continue }
      for line in LineDiff.lines(of: bytes).prefix(5000) where line.count <= 400 {
        // The module's own address is on its first line; what it requires is others'.
        if entry.path == "go.mod", !line.starts(with: "module ".utf8) { continue }
        if let address = LiteralShape.address(in: String(decoding: line, as: UTF8.self)) {
          let names = address.split(separator: "/").dropFirst().prefix(2).map {
            $0.prefix { $0.isLetter || $0.isNumber || "-_.".contains($0) }
          }
          found.insert(names.joined(separator: "/").lowercased())
        }
      }
    }
    return found.count == 1 ? found : []
  }

  private static func isGemspec(_ path: String) -> Bool { path.hasSuffix(".gemspec") && !path.contains("/") }
}

/// The branches that a pipeline's configuration runs for.
enum PipelineBranches {
  static func isPipeline(_ path: String) -> Bool {
    if path.hasPrefix(".github/workflows/") || path.hasPrefix(".circleci/") { return path.hasSuffix(".yml") || path.hasSuffix(".yaml") }
    return [".gitlab-ci.yml", ".travis.yml", "azure-pipelines.yml", "appveyor.yml", ".appveyor.yml", "bitbucket-pipelines.yml"].contains(
      path)
  }

  private static let keys: Set<Substring> = ["branches", "branch", "only", "ignore", "trigger"]

  /// Names and the 1-based lines on which they stand first: `branches: [main]`, `- main` under `branches:`.
  static func names(in bytes: [UInt8]) -> [String: Int] {
    var found: [String: Int] = [:]
    var list: (indent: Int, isOpen: Bool) = (0, false)
    for (number, line) in LineDiff.lines(of: bytes).prefix(10_000).enumerated() where line.count <= 400 {
      let text = String(decoding: line, as: UTF8.self).prefix { $0 != "#" && $0 != "\n" && $0 != "\r" }
      let content = text.drop { $0 == " " }
      guard !content.isEmpty else { continue }
      let indent = text.count - content.count
      var names: [Substring] = []
      if content.hasPrefix("- "), list.isOpen, indent >= list.indent {
        names = [content.dropFirst(2)]
      } else if let colon = content.firstIndex(of: ":") {
        let key = content[..<colon].drop { $0 == "-" || $0 == " " }
        let value = content[content.index(after: colon)...].drop { $0 == " " }
        list = (indent, keys.contains(key) && value.isEmpty)
        if keys.contains(key), !value.isEmpty { names = value.split { "[], ".contains($0) } }
      } else {
        list.isOpen = false
      }
      for name in names.map({ $0.filter { !"\"' ".contains($0) } }) where !name.isEmpty && found[name] == nil { found[name] = number + 1 }
    }
    return found
  }
}
