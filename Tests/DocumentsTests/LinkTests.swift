// Targets, slugs, places and patterns, case by case; and laws that must hold for any path.

import Domain
import TestSupport
import Testing

@testable import Documents

@Suite struct LinkTargetTests {
  @Test func partsAreToldApart() throws {
    let target = try #require(LinkTarget("../my%20docs/a.md?plain=1#the%20end"))
    #expect(target.form == .relative)
    #expect(target.path == "../my docs/a.md")
    #expect(target.pathSpan == Span(0, 17))
    #expect(target.fragment == "the end")
    #expect(target.fragmentSpan == Span(26, 35))
    #expect(LinkTarget("#a")?.form == .fragment)
    #expect(LinkTarget("/a")?.form == .rooted)
    #expect(LinkTarget("https://a.b/c")?.form == .url)
  }

  @Test(arguments: [
    "", "mailto:a@b.c", "doc:Page", "xref:a.adoc", "//cdn.example.org/a.js", "{{ page }}", "@/a.md", "~/a", "$HOME/a", "<version>.md",
    "?a=b",
    ":ref:`a`", "{% link a %}", "a*.md",
  ])
  func whatOthersResolveIsNoTarget(_ text: String) { #expect(LinkTarget(text) == nil) }

  @Test(arguments: [
    ("https://github.com/Acme/Tool/blob/main/docs/a.md#L3", "acme/tool", "main", "docs/a.md"),
    ("https://github.com/acme/tool/tree/refs/heads/main/docs/", "acme/tool", "main", "docs"),
    ("https://raw.githubusercontent.com/acme/tool/v1.0/a%20b.png", "acme/tool", "v1.0", "a b.png"),
    ("https://gitlab.com/group/sub/tool/-/blob/master/a.md", "group/sub/tool", "master", "a.md"),
    ("https://codeberg.org/acme/tool/src/branch/main/a.md", "acme/tool", "main", "a.md"),
  ])
  func forgeURLs(_ url: String, _ repository: String, _ branch: String, _ path: String) throws {
    let forge = try #require(LinkTarget(url).flatMap { ForgeURL($0) })
    #expect(forge.repository == repository)
    #expect(forge.branch == branch)
    #expect(forge.path == path)
  }

  @Test(arguments: ["https://github.com/acme/tool", "https://github.com/acme/tool/issues/1", "https://example.org/a/b/c/d/e/f/g"])
  func otherURLs(_ url: String) { #expect(LinkTarget(url).flatMap { ForgeURL($0) } == nil) }
}

@Suite struct SlugRuleTests {
  @Test(arguments: [
    (SlugRule.gitHub, "What's new in 2.0?", "whats-new-in-20"),
    (.gitHub, "A & B", "a--b"),
    (.gitHub, "snake_case and `code`", "snake_case-and-code"),
    (.gitHub, "Über uns — heute", "über-uns--heute"),
    (.gitHub, "🚀 Go", "-go"),
    (.gitHub, "A &amp; B", "a--b"),
    (.gitLab, "A & B", "a-b"),
    (.pythonMarkdown, "What's new in 2.0?", "whats-new-in-20"),
    (.pythonMarkdown, "Über uns — heute", "uber-uns-heute"),
    (.pymdownx, "Über uns — heute", "über-uns-heute"),
    (.docutils, "2.0: What's new?", "what-s-new"),
    (.vitePress, "v2.0: What's new?", "v2-0-what-s-new"),
    (.kramdown, "2.0 What's new", "whats-new"),
  ])
  func slugs(_ rule: SlugRule, _ text: String, _ slug: String) { #expect(rule.slug(text) == slug) }

  @Test func idsOfAuthors() {
    #expect(HeadingText("Install {#setup}").id == "setup")
    #expect(HeadingText("Install { #setup .wide }").text == "Install")
    #expect(HeadingText("Install {/* #setup */}").id == "setup")
    #expect(HeadingText("A {brace}").id == nil)
  }

  @Test func slugsAreTheirOwnSlugs() {
    forAll(cases: 300) { random in
      let text = random.text(count: random.int(in: 0...20), of: "abcZÄé🚀 _-.&'()12\u{301}")
      for rule in [SlugRule.gitHub, .gitLab, .vitePress, .docutils] {
        let slug = rule.slug(text)
        #expect(rule.slug(slug) == slug, random.comment)
      }
    }
  }
}

@Suite struct LinkPathTests {
  @Test func aRelativePathLeadsBack() {
    forAll(cases: 500) { random in
      func path() -> String { (0..<random.int(in: 1...5)).map { _ in random.pick(["a", "b", "c d", "é", "x.md"]) }.joined(separator: "/") }
      let (target, folder) = (path(), random.bool() ? "" : path())
      let steps = target.relative(to: folder)
      #expect(PathIndex.resolve(steps, from: folder) == target, random.comment)
      #expect(PercentEncoding.decoded(PercentEncoding.encoded(steps).utf8) == steps, random.comment)
    }
  }

  @Test func anyBytesAreReadWithoutATrap() {
    forAll(cases: 500) { random in
      let text =
        String(decoding: random.bytes(count: random.int(in: 0...40)), as: UTF8.self) + random.pick(["", "#a", "%2", "/../x", "{#b}"])
      if let target = LinkTarget(text) {
        _ = ForgeURL(target)
        #expect(target.pathSpan.end <= target.text.utf8.count, random.comment)
      }
      for rule in SlugRule.allCases { _ = rule.slug(text) }
      _ = HeadingText(text)
    }
  }

  @Test func ignoredPaths() {
    let tree = LiteralTree([".gitignore": "dist/\n/build\n*.log\ndocs/**/api\n!keep\n# note\n", "sub/.gitignore": "out\n"])
    let ignored = IgnoredPaths(paths: PathIndex(tree.entries)) { path in tree.entry(at: path).flatMap { try? tree.read($0, limit: 1000) } }
    for path in ["dist/a.md", "x/dist/a.md", "build/a", "x/y.log", "docs/v1/api/a.md", "sub/out"] {
      #expect(ignored.contains(path), "\(path)")
    }
    for path in ["x/build/a", "keep", "out", "docs/guide.md"] { #expect(!ignored.contains(path), "\(path)") }
  }

  @Test func symbolicLinksAreFollowed() {
    let tree = LiteralTree(
      bytes: ["docs/real.md": [], "current": Array("docs".utf8), "loop": Array("loop".utf8), "out": Array("../x".utf8), "mod": []],
      kinds: ["current": .symlink, "loop": .symlink, "out": .symlink, "mod": .submodule])
    let index = LinkIndex(tree, PathIndex(tree.entries))
    #expect(index.exists("current/real.md"))
    #expect(!index.exists("current/none.md"))
    #expect(!index.exists("loop/a"))
    for path in ["loop/a", "out/a", "mod/a"] { #expect(index.isBeyond(path), "\(path)") }
    #expect(!index.isBeyond("current/none.md"))
  }

  @Test func pagesInOrderedFolders() throws {
    let tree = LiteralTree(["docusaurus.config.js": "", "docs/01-start/02-install.md": "# Install", "docs/use.md": "# Use"])
    let place = try #require(LinkIndex(tree, PathIndex(tree.entries)).place(of: "/docs/start/install/", from: "docs/use.md"))
    #expect(place.path == "docs/01-start/02-install.md")
    #expect(place.form == .ordered)
  }
}

@Suite struct MovesTests {
  private func moves(_ base: [String: String], _ head: [String: String]) -> Moves? {
    let (old, new) = (LiteralTree(base), LiteralTree(head))
    return Revisions(head: Revision(new), base: Revision(old), files: new.changes(since: old)).links.moves
  }

  private let page = (0..<12).map { "line number \($0) of the page\n" }.joined()

  @Test func foldersGoWithTheirFiles() {
    let moved = moves(
      ["a/x/1.md": "one", "a/x/2.md": "two", "a/3.md": "three"], ["b/x/1.md": "one", "b/x/2.md": "two", "b/3.md": "three"])
    #expect(moved?.folder("a")?.path == "b")
    #expect(moved?.folder("a/x")?.path == "b/x")
    #expect(moved?.file("a/x/1.md")?.path == "b/x/1.md")
    #expect(moved?.folder("c") == nil)
  }

  @Test func aRewrittenPageIsKnownByItsWords() {
    #expect(
      moves(["docs/about-rules.md": "old"], ["docs/rules/about.md": "new"])?.file("docs/about-rules.md")?.path == "docs/rules/about.md")
    #expect(moves(["docs/create.md": "old"], ["docs/create.mdx": "new"])?.file("docs/create.md")?.path == "docs/create.mdx")
  }

  @Test func aPageIsKnownByMostOfItsLines() {
    #expect(moves(["docs/list.md": page], ["docs/rules.md": page + "and more\n"])?.file("docs/list.md")?.path == "docs/rules.md")
    #expect(moves(["docs/list.md": page], ["docs/rules.md": page + "a\n", "docs/other.md": page + "b\n"])?.file("docs/list.md") == nil)
  }

  @Test func twoNewFilesOfANameAreNone() {
    #expect(moves(["a/setup.md": "x"], ["b/setup.md": "y", "c/setup.md": "z"])?.file("a/setup.md") == nil)
  }
}
