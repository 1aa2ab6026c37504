// Paths of a tree.

import Domain
import TestSupport
import Testing

@Suite struct PathIndexTests {
  /// The same, part by part.
  private static func resolved(_ path: String, from base: String) -> String? {
    var parts = path.hasPrefix("/") ? [] : base.split(separator: "/").map(String.init)
    for part in path.split(separator: "/").map(String.init) {
      if part == "." { continue }
      if part != ".." { parts.append(part) } else if parts.popLast() == nil { return nil }
    }
    return parts.joined(separator: "/")
  }

  @Test func pathsAreResolvedPartByPart() {
    forAll(cases: 2000) { random in
      let pieces = ["/", "/", ".", "..", "a", "bc", "é", "...", ".x"]
      let path = (0..<random.int(in: 0...8)).map { _ in random.pick(pieces) }.joined()
      let base = (0..<random.int(in: 0...6)).map { _ in random.pick(pieces) }.joined()
      try #require(PathIndex.resolve(path, from: base) == Self.resolved(path, from: base), "\(path) from \(base): \(random.comment)")
      try #require(PathIndex.resolve(path.dropFirst(), from: base[...]) == Self.resolved(String(path.dropFirst()), from: base))
    }
  }

  @Test func pathsThatDifferByLetterCase() {
    let paths = PathIndex(LiteralTree(["Docs/Guide.md": "", "docs/guide.md": "", "LICENSE": ""]).entries)
    #expect(paths.spellings(of: "license") == ["LICENSE"])
    #expect(paths.spellings(of: "docs/Guide.md") == ["Docs/Guide.md", "docs/guide.md"])
    #expect(paths.spellings(of: "DOCS") == ["Docs", "docs"])
    #expect(paths.spellings(of: "LICENSE").isEmpty)
    #expect(paths.spellings(of: "absent").isEmpty)
  }
}
