// Docs of several versions side by side: `docs/v1/` beside `docs/v2/`. Only the newest is healed; the others describe what was. A path
// alone cannot tell, so this is made of all paths of a tree.

import Domain

/// Which folders of a tree hold the docs of an older version.
public struct VersionedFolders: Sendable {
  /// The newest version by the folder that holds them all.
  private var newest: [String: [Int]] = [:]
  private var counts: [String: Set<[Int]>] = [:]

  /// - Parameter paths: all of a tree.
  public init(paths: some Sequence<String>) {
    var seen: Set<Substring> = []
    for path in paths {
      guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), seen.insert(path[..<slash]).inserted else { continue }
      for folder in Self.versions(in: path) {
        counts[folder.parent, default: []].insert(folder.version)
        if let known = newest[folder.parent], !known.lexicographicallyPrecedes(folder.version) { continue }
        newest[folder.parent] = folder.version
      }
    }
  }

  /// Why a page is left out: it stands in an older version's folder; nil when it does not.
  public func skip(path: String) -> String? {
    for folder in Self.versions(in: path) {
      guard let newest = newest[folder.parent], counts[folder.parent]?.count ?? 0 > 1 else { continue }
      if folder.version.lexicographicallyPrecedes(newest) { return "there are docs of a newer version beside it" }
    }
    return nil
  }

  /// The folders on a path that are named like a version and stand among docs.
  private static func versions(in path: String) -> [(parent: String, version: [Int])] {
    var found: [(String, [Int])] = []
    var parent = ""
    var isAmongDocs = false
    for folder in path.split(separator: "/").dropLast() {
      let name = folder.lowercased()
      if isAmongDocs, let version = version(name) { found.append((parent, version)) }
      isAmongDocs = isAmongDocs || docs.contains(name)
      parent += "/" + name
    }
    return found
  }

  private static let docs: Set<String> = [
    "docs", "doc", "documentation", "website", "site", "content", "guide", "guides", "manual", "book", "versions", "www",
  ]

  /// `v1`, `1.2`, `2.x`, `v1.0.3`
  private static func version(_ name: String) -> [Int]? {
    let digits = name.hasPrefix("v") ? name.dropFirst() : name[...]
    guard let first = digits.utf8.first, first.isDigit, digits.utf8.count < 12 else { return nil }
    var numbers: [Int] = []
    for part in digits.split(separator: ".", omittingEmptySubsequences: false) {
      if part == "x" { continue }
      guard let number = Int(part), number < 1900 else { return nil }
      numbers.append(number)
    }
    return numbers.isEmpty ? nil : numbers
  }
}
