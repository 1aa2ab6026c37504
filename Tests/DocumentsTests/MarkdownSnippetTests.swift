// Samples and the bytes of their lines, wherever Markdown lets them stand.

import Domain
import Testing

@testable import Documents

@Suite struct MarkdownSnippetTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var markdown: String
    var lines: [String]
    var padding: [Int]?
    var language: String?
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "fenced", markdown: "a\n\n```python\nx = 1\n\ny = 2\n```\nb\n", lines: ["x = 1", "", "y = 2"], language: "python"),
    Case(name: "tildes, not closed", markdown: "~~~js\nlet a\n", lines: ["let a"], language: "javascript"),
    Case(name: "no line feed at the end", markdown: "```\nabc", lines: ["abc"]),
    Case(name: "indentation is kept", markdown: "```py\nif a:\n    b\n\tc\n```\n", lines: ["if a:", "    b", "\tc"], language: "python"),
    Case(name: "trailing space is kept", markdown: "```\na  \n   \nb\n```\n", lines: ["a  ", "   ", "b"]),
    Case(name: "CRLF", markdown: "```go\r\na\r\n\r\n  b\r\n```\r\n", lines: ["a", "", "  b"], language: "go"),
    Case(name: "lone CR", markdown: "```\ra\r b\r```\r", lines: ["a", " b"]),
    Case(
      name: "in a quote", markdown: "> ```rust\n> fn a() {\n>   b\n>\n> }\n> ```\n", lines: ["fn a() {", "  b", "", "}"], language: "rust"),
    Case(name: "in a quote without spaces", markdown: ">```\n>a\n>```\n", lines: ["a"]),
    Case(name: "in a list", markdown: "- item\n\n  ```sh\n  ls\n\n    -l\n  ```\n", lines: ["ls", "", "  -l"], language: "bash"),
    Case(name: "in a numbered list", markdown: "10. ```\n    a\n     b\n    ```\n", lines: ["a", " b"]),
    Case(name: "in a quote in a list in a quote", markdown: "> - > ```\n>   > a\n>   >  b\n>   > ```\n", lines: ["a", " b"]),
    Case(name: "fence indented: its indentation is taken off", markdown: "  ```\n  a\n    b\n c\n  ```\n", lines: ["a", "  b", "c"]),
    Case(name: "indented", markdown: "p\n\n    a\n      b\n\n    c\n\np\n", lines: ["a", "  b", "", "c"]),
    Case(name: "indented by a tab", markdown: "p\n\n\ta\n\t\tb\n", lines: ["a", "\tb"]),
    Case(name: "a tab split by a quote", markdown: "> ```\n>\ta\n> ```\n", lines: ["a"], padding: [2]),
    Case(name: "a tab behind a list's columns", markdown: "- ```\n  \ta\n  ```\n", lines: ["\ta"], padding: [0]),
    Case(name: "quote, two tabs, indented", markdown: ">\t\ta\n", lines: ["a"], padding: [2]),
    Case(
      name: "nested fences", markdown: "````markdown\n```python\na\n```\n````\n", lines: ["```python", "a", "```"], language: "markdown"),
    Case(name: "fence in a fence's text", markdown: "```\n    ```\nx\n```\n", lines: ["    ```", "x"]),
    Case(name: "only blank lines", markdown: "```text\n\n  \n```\n", lines: ["", "  "], language: "text"),
    Case(
      name: "options of a directive are no code",
      markdown: "- ```{code-block} python\n  :caption: a.py\n  :emphasize-lines: 1\n\n  x = 1\n  ```\n",
      lines: ["x = 1"], language: "python"),
    Case(name: "only blank lines, no info", markdown: "> ~~~\n>\n>\n> ~~~\n", lines: ["", ""]),
    Case(name: "leading blank lines, escaped info", markdown: "> ```a\\*b\n>\n>\n> x\n> ```\n", lines: ["", "", "x"], language: "a*b"),
    Case(name: "after front matter", markdown: "---\ntitle: x\n---\n```\na\n```\n", lines: ["a"]),
    Case(name: "after a byte order mark", markdown: "\u{FEFF}```\na\n```\n", lines: ["a"]),
    Case(name: "non-ASCII", markdown: "é😀\n\n> ```\n> ü😀\n>   ñ\n> ```\n", lines: ["ü😀", "  ñ"]),
    Case(name: "a list item's fence ends with the item", markdown: "- ```\n  a\nb\n", lines: ["a"]),
  ]

  @Test(arguments: cases) func everyLineIsMappedToItsBytes(_ item: Case) throws {
    let document = try markdown(item.markdown)
    let snippet = try #require(document.snippets.first)
    #expect(document.snippets.count == 1)
    #expect(snippet.lineTexts(in: document) == item.lines)
    #expect(snippet.lines.map(\.padding) == item.padding ?? item.lines.map { _ in 0 })
    #expect(snippet.language == item.language)
    #expect(document.brokenLaws() == [])
  }

  @Test func anEmptyFenceIsASampleWithoutLines() throws {
    let document = try markdown("a\n\n```json\n```\n\nb\n")
    let snippet = try #require(document.snippets.first)
    #expect(snippet.code == [])
    #expect(snippet.span == Span(11, 11))
    #expect(snippet.documentOffset(of: 0) == 11)
  }

  @Test func optionsOfADirectiveAreAttributes() throws {
    let snippet = try #require(try markdown("```{code-cell} python\n:tags: [skip]\nx\n```\n").snippets.first)
    #expect(snippet.attribute("tags") == "[skip]")
    #expect(snippet.attribute("directive") == "code-cell")
    #expect(snippet.text == "x\n")
  }

  @Test func offsetsOfTheCodeAreOffsetsOfTheDocument() throws {
    let text = "> ```py\n> ab\n>  cd\n> ```\n"
    let document = try markdown(text)
    let snippet = try #require(document.snippets.first)
    #expect(snippet.text == "ab\n cd\n")
    #expect(document.text(snippet.documentSpan(of: 4..<6)) == "cd")
    #expect(document.text(snippet.documentSpan(of: 1..<5)) == "b\n>  c")
    #expect(snippet.documentOffset(of: 7) == snippet.span.end)
    #expect(document.text(snippet.span) == "ab\n>  cd")
  }

  @Test func idsAreStableAndDistinct() throws {
    let before = try markdown("```py\na\n```\n\n```py\na\n```\n\n```py\nb\n```\n")
    let after = try markdown("new\n\n# lines\n\n> ```py\n> a\n> ```\n\n```py\na\n```\n\n```py\nb\n```\n")
    #expect(before.snippets.map(\.id) == after.snippets.map(\.id))
    #expect(Set(before.snippets.map(\.id)).count == 3)
    let elsewhere = try markdown("```py\na\n```\n", path: "other.md")
    #expect(elsewhere.snippets.first?.id != before.snippets.first?.id)
  }

  struct Info: Sendable, CustomTestStringConvertible {
    var text: String
    var language: String?
    var attributes: [String]
    var testDescription: String { text }
  }

  static let infos = [
    Info(text: "py", language: "python", attributes: []),
    Info(text: "python title=\"a b.py\" {1,3-5} skip", language: "python", attributes: ["title=a b.py", "{1,3-5}", "skip"]),
    Info(text: "js{1,3}", language: "javascript", attributes: ["{1,3}"]),
    Info(text: "js:src/a.js", language: "javascript", attributes: ["title=src/a.js"]),
    Info(text: "rust,ignore,should_panic", language: "rust", attributes: ["ignore", "should_panic"]),
    Info(text: "{.python .numberLines start=\"2\"}", language: "python", attributes: ["numberLines", "start=2"]),
    Info(text: "{code-block} python", language: "python", attributes: ["directive=code-block"]),
    Info(text: "{python, echo=FALSE}", language: "python", attributes: ["echo=FALSE"]),
    Info(text: "C++", language: "cpp", attributes: []),
    Info(text: "title=\"x\"", language: nil, attributes: ["title=x"]),
    Info(text: "shell-session", language: "console", attributes: []),
    Info(text: "Unheard-Of", language: "unheard-of", attributes: []),
    Info(text: "", language: nil, attributes: []),
  ]

  @Test(arguments: infos) func infoStringsOfManyGenerators(_ item: Info) throws {
    let snippet = try #require(try markdown("```\(item.text)\na\n```\n").snippets.first)
    #expect(snippet.language == item.language)
    #expect(snippet.attributes.map { attribute in attribute.value.map { "\(attribute.name)=\($0)" } ?? attribute.name } == item.attributes)
    #expect(snippet.info == item.text)
  }
}
