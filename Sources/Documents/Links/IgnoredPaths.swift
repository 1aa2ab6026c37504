// What `.gitignore` files keep out of the repository (gitignore(5)): builds write it, so a link to it is not broken by its absence.

import Domain

/// The patterns of all `.gitignore` files of a tree.
struct IgnoredPaths: Sendable {
  private struct Pattern {
    /// The folder of the file that has it.
    var folder: String
    /// Components; one alone matches at any depth.
    var parts: [[UInt8]]
    var isAnchored: Bool
  }
  private var patterns: [Pattern] = []
  /// Whether there are more files or patterns than are read: then any path may be kept out.
  private var isCut = false

  private static let maximumFiles = 1000
  private static let maximumPatterns = 5000

  init(paths: PathIndex, read: (String) -> [UInt8]?) {
    let files = paths.files(named: ".gitignore")
    isCut = files.count > Self.maximumFiles
    for file in files.prefix(Self.maximumFiles) where !isCut {
      let folder = String(PathIndex.folder(of: file[...]))
      for line in (read(file) ?? []).split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) { add(line, folder) }
    }
  }

  private mutating func add(_ line: ArraySlice<UInt8>, _ folder: String) {
    var line = line
    while line.last == 0x20 { line.removeLast() }
    guard let first = line.first, first != UInt8(ascii: "#"), first != UInt8(ascii: "!") else { return }
    guard patterns.count < Self.maximumPatterns else {
      isCut = true
      return
    }
    if line.last == UInt8(ascii: "/") { line.removeLast() }
    let parts = line.split(separator: UInt8(ascii: "/")).map(Array.init)
    guard !parts.isEmpty, parts != [[UInt8(ascii: "*")]] else { return }
    patterns.append(Pattern(folder: folder, parts: parts, isAnchored: line.contains(UInt8(ascii: "/"))))
  }

  /// Whether a pattern matches the path or a folder that it is in, or one that was not read may.
  func contains(_ path: String) -> Bool {
    isCut
      || patterns.contains { pattern in
        guard path.isInside(pattern.folder) else { return false }
        let rest = pattern.folder.isEmpty ? path[...] : path.dropFirst(pattern.folder.count + 1)
        let parts = rest.utf8.split(separator: UInt8(ascii: "/")).map(Array.init)
        if !pattern.isAnchored { return parts.contains { Self.matches($0, pattern.parts[0]) } }
        return Self.isPrefix(pattern.parts[...], of: parts[...])
      }
  }

  private static let anyDepth = Array("**".utf8)

  /// Whether the pattern matches the path's first components.
  private static func isPrefix(_ pattern: ArraySlice<[UInt8]>, of parts: ArraySlice<[UInt8]>) -> Bool {
    guard let first = pattern.first else { return true }
    if first == anyDepth {
      return parts.indices.contains { isPrefix(pattern.dropFirst(), of: parts[$0...]) }
    }
    guard let part = parts.first, matches(part, first) else { return false }
    return isPrefix(pattern.dropFirst(), of: parts.dropFirst())
  }

  /// `*` and `?` within one component, in linear time but for the last star.
  static func matches(_ text: [UInt8], _ pattern: [UInt8]) -> Bool {
    var (at, next) = (0, 0)
    var (star, mark) = (-1, 0)
    while at < text.count {
      if next < pattern.count, pattern[next] == UInt8(ascii: "?") || (pattern[next] == text[at] && pattern[next] != UInt8(ascii: "*")) {
        at += 1
        next += 1
      } else if next < pattern.count, pattern[next] == UInt8(ascii: "*") {
        (star, mark) = (next, at)
        next += 1
      } else if star >= 0 {
        mark += 1
        (at, next) = (mark, star + 1)
      } else {
        return false
      }
    }
    while next < pattern.count, pattern[next] == UInt8(ascii: "*") { next += 1 }
    return next == pattern.count
  }
}
