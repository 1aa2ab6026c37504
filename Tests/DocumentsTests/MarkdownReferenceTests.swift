// Code spans, links, images, anchors and headings, and exactly their bytes.

import Domain
import Testing

@testable import Documents

@Suite struct MarkdownReferenceTests {
  @Test(arguments: [
    ("a `foo()` b", "foo()"), ("> - `x`", "x"), ("| a | b |\n|---|---|\n| `c` | d |", "c"), ("# T `x.y`", "x.y"), ("`` a`b ``", "a`b"),
    ("[`z`](u)", "z"), ("**`q`**", "q"), ("- a\n\n  `w`", "w"), ("é😀 `ü`", "ü"), ("1. `li`", "li"), ("x\r\n`cr`\r\n", "cr"),
  ])
  func codeSpansCoverExactlyTheirCode(_ text: String, _ code: String) throws {
    let document = try markdown(text)
    let span = try #require(document.references(.codeSpan).first)
    #expect(span.text == code)
    #expect(document.text(span.span) == code)
    #expect(document.brokenLaws() == [])
  }

  @Test func aCodeSpanOverTwoLinesHasItsTextJoined() throws {
    let document = try markdown("> `a\n> b`\n")
    let span = try #require(document.references.first)
    #expect(span.text == "a b")
    #expect(document.text(span.span) == "a\n> b")
  }

  @Test func linksKeepTextAndTargetApart() throws {
    let document = try markdown(
      "See [the *guide*](docs/guide.md#top \"t\"), ![pic](a.png), <https://x.y/z>, [ref], [e](a&amp;b).\n\n[ref]: ./other.md\n")
    let links = document.references(.link)
    #expect(links.map(\.text) == ["the guide", "https://x.y/z", "ref", "e"])
    #expect(links.map { document.text($0.span) } == ["the *guide", "https://x.y/z", "ref", "e"])
    #expect(links.map(\.target) == ["docs/guide.md#top", "https://x.y/z", "./other.md", "a&amp;b"])
    #expect(links.map { $0.targetSpan.map(document.text) } == ["docs/guide.md#top", "https://x.y/z", "./other.md", nil])
    #expect(document.references(.image).map(\.target) == ["a.png"])
  }

  @Test func imagesInLinksAreBoth() throws {
    let document = try markdown("[![build `x`](b.svg)](ci.md)\n")
    #expect(document.references.map(\.kind) == [.codeSpan, .image, .link])
    #expect(document.references.map(\.target) == [nil, "b.svg", "ci.md"])
    #expect(document.references.map(\.text) == ["x", "build x", "build x"])
  }

  @Test func linksWithoutTextAreFoundByTheirTarget() throws {
    let document = try markdown("[](a.md)\n")
    let link = try #require(document.references.first)
    #expect(document.text(link.span) == "a.md")
    #expect(document.brokenLaws() == [])
  }

  @Test func rawHTMLIsRead() throws {
    let document = try markdown(
      "<a name=\"top\"></a>\n<p align='center'><img src=\"a.png\"\n  alt=x> <a HREF='b.md'>b</a></p>\n\nInline <a id=\"in\"></a> text <img src=\"c.png\"/>.\n"
    )
    #expect(document.references(.anchor).map(\.text) == ["top", "in"])
    #expect(document.references(.image).map(\.target) == ["a.png", "c.png"])
    #expect(document.references(.link).map(\.target) == ["b.md"])
    #expect(document.brokenLaws() == [])
  }

  @Test func nothingIsReadInCodeCommentsAndFrontMatter() throws {
    let document = try markdown("---\na: \"`x` [y](z)\"\n---\n<!-- `x` [y](z) <a id=\"q\"> -->\n\n    `x`\n\n```\n[y](z)\n```\n")
    #expect(document.references == [])
    #expect(document.frontMatter == Span(0, 24))
  }

  @Test(
    arguments: [
      ("---\n\ntext\n\n---\n", nil), ("---\nfoo bar\n---\n", nil), ("+++\na = 1\n+++\n", 14), ("---\r\na: b\r\n---\r\n# x", 16),
      ("---\n# comment\na: b\n---\n", 23), ("---\na: b\n", nil), ("text\n---\na: b\n---\n", nil), ("---\n---\n", 8),
    ] as [(String, Int?)])
  func frontMatterIsToldFromARule(_ text: String, _ end: Int?) throws {
    #expect(try markdown(text).frontMatter?.end == end)
  }

  @Test func headingsHaveLevelTextAndPlace() throws {
    let document = try markdown("# A `b` *c*\n\nx\n=====\n\n## D &amp; E ##\n\n- ### in item\n\ntext\n")
    #expect(document.headings.map(\.level) == [1, 1, 2, 3])
    #expect(document.headings.map(\.text) == ["A b c", "x", "D &amp; E", "in item"])
    #expect(document.headings.map { document.text($0.span) } == ["A `b` *c", "x", "D &amp; E", "in item"])
    #expect(document.headings(over: document.bytes.count).map(\.text) == ["x", "D &amp; E", "in item"])
  }

  @Test func aReferenceKnowsItsBlock() throws {
    let document = try markdown("# t\n\nOne `a`.\n\n- two `b`\n\n1. three\n\n   `c`\n\n| x | `d` |\n|---|---|\n| `e` | y |\n")
    let blocks = document.references.map { document.blocks[$0.block] }
    #expect(blocks.map(\.kind) == [.paragraph, .listItem, .paragraph, .tableCell, .tableCell])
    #expect(zip(document.references, blocks).allSatisfy { $1.span.contains($0.span) })
    #expect(document.references.map { document.block(at: $0.span.start) } == blocks)
  }
}
