// MDX: Markdown between imports, tags and expressions.

import Domain
import TestSupport
import Testing

@testable import Documents

@Suite struct MDXTests {
  static let readings = [
    Reading(
      "imports and exports are no text",
      "---\ntitle: x\n---\nimport A from './a';\nimport {B} from `b`;\n\nexport const c = {\n  d: '`e`',\n\n  f: 1,\n};\n\n# Title\n\nText `g`\n",
      ["heading 1 Title", "codeSpan g"]),
    Reading("a sentence may begin with import", "import is a word with `a`.\n", ["codeSpan a"]),
    Reading(
      "fences in components, without blank lines",
      "<Tabs>\n<TabItem value=\"a\" label={<b>`x`</b>}>\n```js\nlet a = <b>{c}</b>;\n```\n</TabItem>\n</Tabs>\n",
      ["code javascript: let a = <b>{c}</b>;"]),
    Reading(
      "fences in indented components", "<Tabs>\n    <Tab>\n        ```py\n        a = 1\n        ```\n    </Tab>\n</Tabs>\n",
      ["code python: a = 1"]),
    Reading("there is no indented code", "<A>\n\n    text `a`\n\n</A>\n", ["codeSpan a"]),
    Reading("tags in a paragraph", "A <Foo a={b > c} d=\"e\">[f](g.md)</Foo> and `<h>` <br/>\n", ["link f -> g.md", "codeSpan <h>"]),
    Reading(
      "attributes that lead somewhere",
      "<Link to=\"/a\">x</Link>\n\n<img src=\"b.png\" alt={c} />\n# Title\n<Card href=\"d.md\" id=\"e\" />\n",
      ["link /a -> /a", "image b.png -> b.png", "heading 1 Title", "link d.md -> d.md", "anchor e"]),
    Reading("expressions are no text", "A {`b` + \"}\"} `c` {/* `d` */} e\n\n{\n  f.map((g) => `h`)\n}\n", ["codeSpan c"]),
    Reading("names of titles", "## Title `a` {#the-name}\n", ["heading 2 Title a", "codeSpan a", "anchor the-name"]),
    Reading("marks that open nothing", "a < b { c\n\n`d`\n", ["codeSpan d"]),
    Reading("code spans are not looked into", "``{a ` <b`` and `{c}` [d](e.md)\n", ["codeSpan {a ` <b", "codeSpan {c}", "link d -> e.md"]),
    Reading("containers", ":::note[Title `a`]\n\nText `b`\n\n:::\n\n:::tip\nc `d`\n:::\n", ["codeSpan a", "codeSpan b", "codeSpan d"]),
  ]

  @Test(arguments: readings) func everythingIsFoundAtItsBytes(_ reading: Reading) throws { try reading.check(.mdx) }

  @Test func markersAreComments() throws {
    let document = try read("a\n\n{/* doc-healing:ignore rule=x */}\n\nb `c`\n\nd\n", .mdx)
    #expect(document.ignores.map { document.text($0.span) } == ["b `c`"])
    #expect(document.ignores.map { document.text($0.marker) } == ["{/* doc-healing:ignore rule=x */}"])
  }

  @Test func anyTextKeepsTheLaws() throws {
    let words = [
      "`", "``", "```js\n", "```\n", "\n", "\n\n", "<A>", "</A>", "<A b=\"", "\"", "{", "}", "{/* ", " */}", "import a from 'b'\n",
      "export const c = {\n",
      "> ", "- ", "    ", "a", "é😀", "<img src=\"x\"/>", "<>", "</>", "\\", ":::note\n", ":::\n", "[a](b)", "# ", "{#x}", "\r\n", "'",
      "<Link to=\"x\">",
    ]
    forAll(cases: 3000) { random in
      let text = (0..<Int.random(in: 1...60, using: &random)).compactMap { _ in words.randomElement(using: &random) }.joined()
      let document = try read(text, .mdx)
      #expect(document.brokenLaws() == [], "\(random.comment): \(text.debugDescription)")
    }
  }
}
