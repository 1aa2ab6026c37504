// What MkDocs, Docusaurus, VitePress, mdBook and MyST add to Markdown.

import Domain
import TestSupport
import Testing

@testable import Documents

@Suite struct MarkdownDialectTests {
  static let readings = [
    Reading(
      "MkDocs: admonitions hold text",
      "!!! note \"Title `a`\"\n    Text `b`.\n\n    ```py\n    c = 1\n    ```\n\n        code\n\nEnd `d`\n",
      ["codeSpan a", "codeSpan b", "code python: c = 1", "code -: code", "codeSpan d"]),
    Reading(
      "MkDocs: admonitions in admonitions and lists",
      "- item\n\n    ??? tip\n        Text `a`\n\n        !!! warning inline end\n            `b`\n\n            ```\n            c\n            ```\n    d `e`\n",
      ["codeSpan a", "codeSpan b", "code -: c", "codeSpan e"]),
    Reading(
      "MkDocs: tabs", "=== \"A\"\n\n    ```js\n    a\n    ```\n\n=== \"B\"\n\n    Text `b`\n", ["code javascript: a", "codeSpan b"]),
    Reading("MkDocs: indented by a tab", "!!! note\n\tText `a`\n\n\t\tcode\n", ["codeSpan a", "code -: code"]),
    Reading("a mark without content is text", "!!! note\n\ntext\n\n    code\n", ["code -: code"]),
    Reading("marks in code are code", "```\n!!! note\n    a\n:::tip\n(x)=\n```\n", ["code -: !!! note⏎    a⏎:::tip⏎(x)="]),
    Reading(
      "containers", "::: tip Title `a`\nText `b`\n:::\n\n::::info\n:::note{id=\"x\"}\n```py\nc\n```\n:::\n::::\n# T\n",
      ["codeSpan a", "codeSpan b", "code python: c", "heading 1 T"]),
    Reading("GitHub's alerts", "> [!NOTE]\n> Text `a`\n>\n> ```sh\n> b\n> ```\n", ["codeSpan a", "code bash: b"]),
    Reading(
      "details", "<details>\n<summary>A <code>b</code></summary>\n\n```py\nc\n```\n\n</details>\n", ["codeSpan b", "code python: c"]),
    Reading(
      "HTML tables", "<table><tr><td><code>a</code></td><td><a href=\"b.md\">c</a></td></tr></table>\n",
      ["codeSpan a", "link b.md -> b.md"]),
    Reading(
      "mdBook's includes", "{{#include ../src/a.rs:2:10}}\n\ntext `b`\n",
      ["include[include] ../src/a.rs -> ../src/a.rs lines=2:10", "codeSpan b"]),
    Reading(
      "MyST: directives of text",
      "~~~{note} Title `a`\n:class: x\n\nText `b`\n~~~\n\n:::{tip}\n`c`\n:::\n\n````{warning}\n```py\nd\n```\n````\ne `f`\n",
      ["codeSpan a", "codeSpan b", "codeSpan c", "code python: d", "codeSpan f"]),
    Reading(
      "MyST: directives of code", ":::{code-block} python\n:caption: x\n\na = 1\n:::\n\n```{code-cell} ipython3\nb\n```\n",
      ["code python: a = 1", "code ipython: b"]),
    Reading(
      "MyST: places and roles", "(the-name)=\n# Title\n\n{func}`~a.b` {doc}`c <../d>` {ref}`e` {kbd}`F`\n",
      [
        "anchor the-name", "heading 1 Title", "codeSpan[func] a.b", "crossReference[doc] c -> ../d", "crossReference[ref] e -> e",
        "crossReference[kbd] F",
      ]),
    Reading(
      "MyST: pages", "```{toctree}\n:maxdepth: 1\n\na\nTitle <b/c>\n```\n",
      ["crossReference[toctree] a -> a", "crossReference[toctree] b/c -> b/c"]),
    Reading(
      "MyST: includes",
      "```{literalinclude} ../a.py\n:lines: 1-3\n:language: python\n```\n\n```{include} b.md\n```\n\n```{image} c.png\n```\n`d`\n",
      [
        "include[literalinclude] ../a.py -> ../a.py lines=1-3 language=python", "include[include] b.md -> b.md", "image c.png -> c.png",
        "codeSpan d",
      ]),
    Reading("MyST: comments", "```{note}\na\n```\n\n% no `text`\n\n`b`\n", ["codeSpan b"]),
    Reading("MyST: what holds no text", "```{mermaid}\nA --> `b`\n```\n\n```{math}\nx\n```\n`c`\n", ["codeSpan c"]),
    Reading("MyST: in a list", "- item\n\n  ```{note}\n  `a`\n  ```\n\n  ```py\n  b\n  ```\n", ["codeSpan a", "code python: b"]),
    Reading(
      "names of titles", "# Title {#a .b}\n\n## Other { #c }\n\n### Third {: #d }\n",
      ["heading 1 Title", "anchor a", "heading 2 Other", "anchor c", "heading 3 Third", "anchor d"]),
    Reading(
      "link definitions", "[a][b] [c]\n\n[b]: d.md \"t\"\n[c]: <e f.md>\n> [unused]: g.md\n\n```\n[no]: x\n```\n\ntext [no]: x\n",
      [
        "link a -> d.md", "link c -> e f.md", "linkDefinition b -> d.md", "linkDefinition c -> e f.md", "linkDefinition unused -> g.md",
        "code -: [no]: x",
      ]),
    Reading(
      "escaped links", "[a](b\\_c.md) [d](<e\\>f>) [g](h&amp;i \"t\")\n",
      ["link a -> b_c.md written b\\_c.md", "link d -> e>f written e\\>f", "link g -> h&amp;i"]),
  ]

  @Test(arguments: readings) func everythingIsFoundAtItsBytes(_ reading: Reading) throws { try reading.check(.markdown) }

  @Test func percentMarkers() throws {
    let document = try markdown("% doc-healing:ignore\n\na `b`\n\nc\n")
    #expect(document.ignores.map { document.text($0.span) } == ["a `b`"])
  }

  @Test func anyTextKeepsTheLaws() throws {
    let words = [
      "!!! note\n", "??? tip \"x\"\n", "=== \"Tab\"\n", "    ", "\t", "  ", "\n", "\n\n", ":::note\n", "::::{tip} a\n", ":::\n", "::::\n",
      "```{note}\n", "```py\n",
      "```\n", "````\n", "```{toctree}\n", "(x)=\n", "% c\n", "{func}`", "`", "a", "é😀", "- ", "> ", "# ", "{#x}", "[a]: b\n", "[a](b\\_c)",
      "{{#include a:1}}\n",
      ":::{code-block} py\n", ":k: v\n", "---\n", "\r\n", "\r", "<code>a</code>", "```{include} b\n", "```{image} c\n",
      "<!-- doc-healing:ignore -->",
    ]
    forAll(cases: 3000) { random in
      let text = (0..<Int.random(in: 1...60, using: &random)).compactMap { _ in words.randomElement(using: &random) }.joined()
      let document = try read(text, .markdown)
      #expect(document.brokenLaws() == [], "\(random.comment): \(text.debugDescription)")
    }
  }
}
