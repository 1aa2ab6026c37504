// What authors say about samples, in the words of many tools.

import Domain
import Testing

@testable import Documents

extension SnippetAnnotations {
  /// All that was said, in few words.
  var summary: String {
    var words: [String] = []
    if skip != nil { words.append("skip") }
    if expectsFailure != nil { words.append("fails") }
    if noRun != nil { words.append("no-run") }
    if isContinuation { words.append("continues") }
    if isHidden { words.append("hidden") }
    if isFormatExempt { words.append("as-it-is") }
    if outputOf != nil { words.append("output") }
    if let name { words.append("name=\(name)") }
    if let group { words.append("group=\(group)") }
    if let embed { words.append("\(embed.dialect):\(embed.path)\(embed.range.map { "#\($0)" } ?? "")") }
    return words.joined(separator: " ")
  }
}

@Suite struct AnnotationTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var dialect: String
    var text: String
    var said: [String]
    var format = DocumentFormat.markdown
    var testDescription: String { "\(dialect): \(text)" }
  }

  /// A fence with an info string.
  static func info(_ dialect: String, _ info: String, _ said: String) -> Case {
    Case(dialect: dialect, text: "```\(info)\na\n```\n", said: [said])
  }

  /// A comment before the first of two samples.
  static func remark(_ dialect: String, _ comment: String, _ said: [String]) -> Case {
    Case(dialect: dialect, text: "<!-- \(comment) -->\n```py\na\n```\n\n```py\nb\n```\n", said: said)
  }

  static let cases = [
    info("rustdoc", "rust,ignore", "skip"), info("rustdoc", "rust,ignore-windows", "skip"), info("rustdoc", "rust,should_panic", "fails"),
    info("rustdoc", "rust,no_run", "no-run"), info("rustdoc", "rust,compile_fail,E0277", "fails"), info("rustdoc", "rust,edition2021", ""),
    info("pytest-markdown-docs", "python notest", "skip"),
    info("pytest-markdown-docs", "python continuation fixture:x retry:3", "continues"),
    info("ocaml-mdx", "ocaml skip", "skip"), info("ocaml-mdx", "ocaml non-deterministic", "no-run"),
    info("byexample", "python +skip", "skip"),
    info("quarto", "{python, eval=FALSE}", "no-run"), info("docusaurus", "js title=\"a.js\" showLineNumbers", "name=a.js"),
    info("code-import", "js file=./src/a.js#L1-L4", "code-import:./src/a.js#L1-L4"), info("code-import", "js file=\"a.js\"", ""),
    info("twoslash", "ts twoslash", ""), info("common", "python test=false", "skip"), info("common", "python test", ""),
    info("common", "python run", ""),
    info("common", "js invalid", "fails"), info("common", "python skip=false", ""),
    info("common", "python group=a hidden", "hidden group=a"),
    info("unknown", "python frobnicate test=maybe", ""),
    Case(dialect: "myst-nb", text: "```{code-cell} python\n:tags: [raises-exception]\n\na\n```\n", said: ["fails"]),
    Case(dialect: "myst-nb", text: "```{code-cell} python\n:tags: [skip-execution, x]\n\na\n```\n", said: ["skip no-run"]),
    Case(dialect: "sphinx-doctest", text: ".. doctest::\n   :options: +SKIP\n\n   >>> a\n", said: ["skip"], format: .reStructuredText),
    Case(dialect: "sphinx-doctest", text: ".. testsetup::\n\n   import a\n", said: ["hidden"], format: .reStructuredText),
    remark("sybil", "skip: next", ["skip", ""]), remark("sybil", "skip: next if(x, reason=\"y\")", ["skip", ""]),
    Case(dialect: "sybil", text: ".. skip: next\n\n>>> a\n\n.. code::\n\n   b\n", said: ["skip", ""], format: .reStructuredText),
    Case(
      dialect: "sybil", text: "```{note}\nx\n```\n\n% skip: start\n\n```py\na\n```\n\n% skip: end\n\n```py\nb\n```\n", said: ["skip", ""]),
    Case(dialect: "sybil", text: "{/* skip: next */}\n\n```py\na\n```\n", said: ["skip"], format: .mdx),
    Case(dialect: "sybil", text: "<!--- invisible-code-block: python\nimport a\n\nb = 1\n-->\n\n```py\nc\n```\n", said: ["hidden", ""]),
    Case(
      dialect: "sybil", text: ".. invisible-code-block: python\n\n   import a\n\n>>> b\n", said: ["hidden", ""], format: .reStructuredText),
    remark("pytest-markdown-docs", "pmd-metadata: notest", ["skip", ""]),
    remark("pytest-codeblocks", "pytest-codeblocks:skip", ["skip", ""]),
    remark("pytest-codeblocks", "pytest-codeblocks:skipif(sys.version)", ["", ""]),
    remark("pytest-codeblocks", "pytest-codeblocks:skipfile", ["skip", "skip"]),
    remark("pytest-codeblocks", "pytest-codeblocks:expect-error", ["fails", ""]),
    remark("pytest-codeblocks", "pytest-codeblocks:cont", ["continues", ""]),
    Case(
      dialect: "pytest-codeblocks", text: "```py\na\n```\n<!--pytest-codeblocks:expected-output-->\n```\n1\n```\n", said: ["", "output"]),
    remark("phmdoctest", "phmdoctest-skip", ["skip", ""]), remark("phmdoctest", "phmdoctest-mark.skipif<3.8", ["skip", ""]),
    remark("phmdoctest", "phmdoctest-setup", ["hidden", ""]), remark("phmdoctest", "phmdoctest-label my_name", ["name=my_name", ""]),
    Case(
      dialect: "doc-detective", text: "<!-- test ignore start -->\n```sh\na\n```\n<!-- test ignore end -->\n```sh\nb\n```\n",
      said: ["skip", ""]),
    remark("embedme", "embedme-ignore-next", ["skip", ""]), remark("embedme", "embedme src/a.py#L1-L9", ["embedme:src/a.py#L1-L9", ""]),
    Case(
      dialect: "embedme", text: "```ts\n// src/a.ts#L1-L9\n\nlet a\n```\n\n```ts\n// src/b.ts\nlet b\n```\n",
      said: ["embedme:src/a.ts#L1-L9", ""]),
    Case(dialect: "embedmd", text: "[embedmd]:# (a.go /func/ /^}/)\n```go\na\n```\n", said: ["embedmd:a.go#/func/ /^}/"]),
    Case(
      dialect: "markdown-snippets", text: "<!-- snippet: my-key -->\n```cs\na\n```\n<!-- endSnippet -->\n\n```cs\nb\n```\n",
      said: ["markdown-snippets:my-key", ""]),
    Case(dialect: "mdbook", text: "```rust\n{{#rustdoc_include ../a.rs:setup}}\n```\n", said: ["mdbook:../a.rs#setup"]),
    Case(dialect: "cog", text: "<!-- [[[cog\nprint(1)\n]]] -->\n```\na\n```\n<!-- [[[end]]] -->\n```\nb\n```\n", said: ["cog:", ""]),
    Case(
      dialect: "markdown-code-runner", text: "<!-- OUTPUT:START -->\n```\na\n```\n<!-- OUTPUT:END -->\n", said: ["markdown-code-runner:"]),
    remark("markdown-code-runner", "CODE:SKIP", ["skip", ""]),
    Case(
      dialect: "twoslash", text: "```ts\n// @errors: 2322\nlet a: string = 1\n```\n\n```ts\n// @noErrors\nb\n```\n",
      said: ["fails", "skip"]),
    Case(dialect: "doctest", text: "```pycon\n>>> a  # doctest: +SKIP\n```\n", said: ["skip"]),
    Case(dialect: "bluehawk", text: "```js\n// :remove-start:\na\n// :remove-end:\n```\n", said: ["skip"]),
    Case(
      dialect: "blacken-docs", text: "<!-- blacken-docs:off -->\n```py\na\n```\n<!-- blacken-docs:on -->\n```py\nb\n```\n",
      said: ["as-it-is", ""]),
    remark("eslint", "eslint-skip", ["as-it-is", ""]), remark("prettier", "prettier-ignore", ["as-it-is", ""]),
    remark("unknown", "please skip: next", ["", ""]), remark("unknown", "embedmental x", ["", ""]),
    Case(dialect: "asciidoc", text: "// skip: next\n[source,python]\n----\na\n----\n", said: ["skip"], format: .asciiDoc),
  ]

  @Test(arguments: cases) func isUnderstood(_ item: Case) throws {
    let document = try read(item.text, item.format)
    #expect(document.snippets.map(\.annotations.summary) == item.said)
    #expect(document.brokenLaws() == [])
  }

  @Test func everyDialectHasACase() {
    let tested = Set(Self.cases.map(\.dialect))
    let known = Set(AnnotationTable.rows.map(\.dialect))
    let simple: Set<String> = [
      "common", "markdown-magic", "terraform-docs", "doctoc", "all-contributors", "generated", "sphinx", "markdown-exec",
    ]
    #expect(known.subtracting(tested).subtracting(simple) == [])
    #expect(known.count >= 15)
    #expect(AnnotationTable.rows.allSatisfy { $0.word == $0.word.lowercased() })
  }

  @Test func linesOfRustThatAreHidden() throws {
    let document = try markdown("```rust\n# fn main() {\n#\nlet a = 1;\n#[b]\n  # }\n```\n")
    #expect(document.snippets.first?.annotations.hiddenLines == [0..<2, 4..<5])
    #expect(document.snippets.first?.code.first == UInt8(ascii: "#"))
  }

  @Test func whatAToolWritesIsItsOwn() throws {
    let document = try markdown("a\n<!-- START doctoc generated TOC -->\n- `b`\n<!-- END doctoc generated TOC -->\nc\n")
    #expect(document.owned.map { document.text($0.span) } == ["\n- `b`\n"])
    #expect(document.owned.first?.dialect == "doctoc")
  }

  @Test func outputBelongsToTheSampleBefore() throws {
    let document = try markdown("```py\na\n```\n<!--pytest-codeblocks:expected-output-->\n```\n1\n```\n")
    #expect(document.snippets.last?.annotations.outputOf == document.snippets.first?.id)
  }
}
