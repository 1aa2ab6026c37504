// Where there is more than is looked at, a link is not called broken.

import Domain
import TestSupport
import Testing

@testable import Documents

@Suite struct LinkLimitTests {
  private static func sites(_ paths: [String]) -> (sites: [Site], isCut: Bool) {
    SiteFinder.sites(in: PathIndex(LiteralTree(Dictionary(uniqueKeysWithValues: paths.map { ($0, "") })).entries)) { _ in [] }
  }

  private static func link(_ text: String, in document: String, of files: [String: String]) throws -> LinkVerdict {
    Revisions(head: Revision(LiteralTree(files))).links.verdict(try #require(LinkTarget(text)), in: document)
  }

  @Test func settingsOfOtherProgramsHideNoSite() {
    let many = (0..<60).map { "app\($0)/src/config.ts" }
    let found = Self.sites(many + ["website/.vitepress/config.ts", "website/a.md"])
    #expect(found.sites.map(\.folder) == ["website"])
    #expect(!found.isCut)
  }

  @Test func ofTooManySitesNoLinkIsCertain() throws {
    var files = ["README.md": "[a](gone.md)\n"]
    #expect(try Self.link("gone.md", in: "README.md", of: files) == .missing(path: "gone.md", was: nil))
    for number in 0...SiteFinder.maximumSites { files["site\(number)/mkdocs.yml"] = "site_name: A\n" }
    for number in 0...SiteFinder.maximumSites { files["site\(number)/docs/index.md"] = "# A\n" }
    #expect(Self.sites(Array(files.keys)).isCut)
    #expect(try Self.link("gone.md", in: "README.md", of: files) == .unknown)
  }

  @Test func ofTooManyIgnoredPathsAnyMayBe() {
    let paths = PathIndex(LiteralTree([".gitignore": ""]).entries)
    func ignored(_ count: Int) -> IgnoredPaths {
      IgnoredPaths(paths: paths) { _ in Array((0..<count).map { "out\($0)\n" }.joined().utf8) }
    }
    #expect(!ignored(5000).contains("a.md"))
    #expect(ignored(5001).contains("a.md"))
  }

  @Test func ofTooManyRedirectsAnyMayLead() {
    func redirects(_ files: [String: String]) -> Redirects { Revision(LiteralTree(files)).redirects }
    let many = Dictionary(uniqueKeysWithValues: (0..<64).map { ("site\($0)/_redirects", "/a/old /a/new 301\n") })
    #expect(redirects(many).lead(from: "docs/a/old.md"))
    #expect(!redirects(many).lead(from: "docs/a/other.md"))
    #expect(redirects(many.merging(["more/_redirects": ""]) { $1 }).lead(from: "docs/a/other.md"))
    #expect(redirects(["_redirects": String(repeating: "x", count: (1 << 20) + 1)]).lead(from: "docs/a/other.md"))
  }

  @Test func ofTooManyPagesOneMayHaveThePlace() throws {
    func verdict(_ count: Int, _ fragment: String) throws -> AnchorVerdict {
      var files = ["a/index.md": "# Title\n\n[x](#\(fragment))\n"]
      for number in 0..<count { files["a/p\(number).md"] = "# Page\n" }
      let head = Revision(LiteralTree(files))
      let own = try Anchors(#require(head.document(at: "a/index.md")))
      return Revisions(head: head).links.anchorVerdict(try #require(LinkTarget("#\(fragment)")), in: "a/index.md") { own }
    }
    let missing = AnchorVerdict.missing(page: "a/index.md", was: nil)
    #expect(try verdict(3, "gone-place") == missing)
    #expect(try verdict(301, "gone-place") == .unknown)
    #expect(try verdict(3, "Gone-place") == missing)
    #expect(try verdict(301, "Gone-place") == .unknown)
  }

  @Test func ofTooManyFilesNoRegionIsKnown() {
    func found(_ count: Int) -> [String: [String]] {
      SnippetMarks.files(in: (0..<count).map { "f\($0).cs" }) { $0 == "f3.cs" ? Array("// begin-snippet: one\n".utf8) : nil }
    }
    #expect(found(20_000) == ["one": ["f3.cs"]])
    #expect(found(20_001) == [:])
  }
}
