// AsciiDoc: what is found, and at which bytes.

import Domain
import TestSupport
import Testing

@testable import Documents

@Suite struct AsciiDocTests {
  static let readings = [
    Reading(
      "titles", "= Title `a`\nAuthor\n:toc:\n\n== Two\n\n=== Three ===\n\ntext\n",
      ["heading 1 Title a", "codeSpan a", "heading 2 Two", "heading 3 Three"]),
    Reading(
      "source blocks", "[source,java,linenums]\n.Caption `c`\n----\nint a; // <1>\n\n  b();\n----\n<1> note `d`\n",
      ["codeSpan c", "code java: int a; // <1>⏎⏎  b();", "codeSpan d"]),
    Reading(
      "short forms", "[,ruby]\n----\na\n----\n\n```js\nb\n```\n\n[source,sh]\nls\n-l\n\nend `e`\n",
      ["code ruby: a", "code javascript: b", "code bash: ls⏎-l", "codeSpan e"]),
    Reading("the default language", ":source-language: go\n\n[source]\n----\na\n----\n\n----\nb\n----\n", ["code go: a", "code -: b"]),
    Reading("literal blocks", "text\n\n  a\n    b\n\n....\nc\n....\n", ["code -: a⏎  b", "code -: c"]),
    Reading(
      "code in lists and examples", "* item `a`\n+\n[source,py]\n----\nb = 1\n----\n\n====\ntext `c`\n\n--\n`d`\n--\n====\n",
      ["codeSpan a", "code python: b = 1", "codeSpan c", "codeSpan d"]),
    Reading(
      "includes", "include::a/b.adoc[]\n\n[source,java]\n----\ninclude::{dir}/C.java[tags=x,indent=0]\n----\n",
      [
        "include[include] a/b.adoc -> a/b.adoc", "code java: include::{dir}/C.java[tags=x,indent=0]",
        "include[include] {dir}/C.java -> {dir}/C.java tags=x indent=0",
      ]),
    Reading(
      "links",
      "link:a.html[the text,window=_blank], https://b.c[d], https://e.f/g. xref:h.adoc#i[j] <<k>> <<l,m n>> image:o.png[]\n\nimage::p.svg[Alt]\n",
      [
        "link the text -> a.html", "link d -> https://b.c", "link https://e.f/g -> https://e.f/g", "crossReference[xref] j -> h.adoc#i",
        "crossReference[xref] k -> k",
        "crossReference[xref] m n -> l", "image o.png -> o.png", "image p.svg -> p.svg",
      ]),
    Reading(
      "places", "[[one]]\n== A\n\n[#two.role]\ntext [[three]] b\n\n[source,java,id=\"four\"]\n----\nc\n----\n",
      ["anchor one", "heading 2 A", "anchor two", "anchor three", "anchor four", "code java: c"]),
    Reading("comments", "// no `a`\n////\nno `b`\n////\ntext `c`\n", ["codeSpan c"]),
    Reading("code spans", "`a` and ``b``c and `+d_e+`, don`t \"`no`\" x`y`z\n`not closed\n", ["codeSpan a", "codeSpan b", "codeSpan d_e"]),
    Reading("tables", "|===\n|Name |`a`\n\n|`b`\n|c\n|===\n\n`d`\n", ["codeSpan a", "codeSpan b", "codeSpan d"]),
    Reading("passed through", "++++\n<a `b`>\n++++\n`c`\n", ["codeSpan c"]),
    Reading("not ASCII", "== Ü `é😀`\n\n* ñ `ü`\n", ["heading 2 Ü é😀", "codeSpan é😀", "codeSpan ü"]),
  ]

  @Test(arguments: readings) func everythingIsFoundAtItsBytes(_ reading: Reading) throws { try reading.check(.asciiDoc) }

  @Test func markersCoverTheNextBlock() throws {
    let document = try read("a\n\n// doc-healing:ignore rule=x\nb `c`\nd\n\ne\n", .asciiDoc)
    #expect(document.ignores.map { document.text($0.span) } == ["b `c`\nd"])
  }

  @Test func anyTextKeepsTheLaws() throws {
    let words = [
      "`", "``", "+", "----\n", "....\n", "====\n", "--\n", "[source,java]\n", "[[a]]", "[#b]", "<<c", ">>", "include::d[]\n",
      "image::e[]\n", "link:f[g]", "xref:h[",
      "]", "== ", "* ", ". ", "<1> ", "|===\n", "|", "// doc-healing:ignore\n", "////\n", "\n", "\n\n", "  ", "\t", "a", "é😀",
      "https://x.y/z", ":k: v\n", "\r\n",
      "\r", "\\", "[", "```js\n", "```\n", ".T\n",
    ]
    forAll(cases: 3000) { random in
      let text = (0..<Int.random(in: 1...60, using: &random)).compactMap { _ in words.randomElement(using: &random) }.joined()
      let document = try read(text, .asciiDoc)
      #expect(document.brokenLaws() == [], "\(random.comment): \(text.debugDescription)")
    }
  }
}
