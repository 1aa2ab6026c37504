// Documentation in code: what is found in comments, and at which bytes.

import Domain
import TestSupport
import Testing

@testable import Documents

@Suite struct DocCommentTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var path: String
    var reading: Reading
    var testDescription: String { "\(path): \(reading.name)" }

    init(_ path: String, _ name: String, _ text: String, _ outline: [String]) {
      self.path = path
      reading = Reading(name, text, outline)
    }
  }

  static let cases = [
    Case(
      "a.rs", "doctests",
      "//! Crate `a`.\n\nlet s = \"/// `no`\";\n\n/// Calls [`B::c`] and [d](crate::e).\n///\n/// ```\n/// # hidden\n/// f();\n/// ```\n///\n/// ```no_run\n/// g();\n/// ```\nfn x() {}\n//// `rule`\n",
      ["codeSpan a", "codeSpan B::c", "crossReference[doc-link] d -> crate::e", "code rust: # hidden⏎f();", "code rust: g();"]),
    Case(
      "a.rs", "blocks", "  /** Text `a`\n   * ```text\n   * b\n   *  c\n   * ```\n   */\nfn x() {}\n/**/ /* `no` */\n",
      ["codeSpan a", "code text: b⏎ c"]),
    Case(
      "a.py", "docstrings",
      "\"\"\"Module ``a``.\"\"\"\nx = \"\"\"``no``\"\"\"\n\ndef f():\n    r\"\"\"Does :func:`g`.\n\n    >>> f()\n    '\\n'\n\n    Example::\n\n        h(1)\n          i\n    \"\"\"\n    return \"\"\"``no``\"\"\"\n\nclass B:  # c\n    '''``d``'''\n",
      ["codeSpan a", "codeSpan[func] g", "code pycon: >>> f()⏎'\\n'", "code -: h(1)⏎  i", "codeSpan d"]),
    Case(
      "a.py", "Markdown in docstrings", "def f():\n    \"\"\"Text `a`.\n\n    ```python\n    b = 1\n    ```\n    \"\"\"\n",
      ["codeSpan a", "code python: b = 1"]),
    Case(
      "a.py", "escapes make a sample uncertain", "def f():\n    \"\"\"A.\n\n    >>> print('\\\\n')\n    \"\"\"\n",
      ["code -: >>> print('\\\\n')"]),
    Case(
      "a.ts", "JSDoc",
      "/**\n * Uses `a` and {@link B.c | the c}.\n *\n * @example\n * const d = e();\n *   f(d);\n *\n * @param {G} h `i`\n * @example\n * ```ts\n * j\n * ```\n */\nfunction k() {} // `no`\n/* `no` */\n",
      ["codeSpan a", "crossReference[link] B.c -> B.c", "code javascript: const d = e();⏎  f(d);", "codeSpan i", "code typescript: j"]),
    Case(
      "a.go", "Go",
      "// Package a does `b`.\n//\n// See [Reader.Read] and [c](d).\n//\n//\te := f()\n//\t\tg\npackage a\n\n//go:build x\n\n// `no`\n\nvar x = 1 // `no`\n",
      ["codeSpan b", "crossReference[doc-link] Reader.Read -> Reader.Read", "crossReference[doc-link] c -> d", "code -: e := f()⏎\tg"]),
    Case(
      "A.java", "Javadoc",
      "/**\n * Uses {@code a()} and {@link B#c(int) text}, <code>d</code>.\n * <pre>{@code\n * int e = 1;\n *   f();\n * }</pre>\n * <pre>\n * &lt;g&gt;\n * </pre>\n * @see H\n */\nclass A {}\n",
      ["codeSpan a()", "crossReference[link] B#c(int) -> B#c(int)", "codeSpan d", "code java: int e = 1;⏎  f();", "code -: &lt;g&gt;"]),
    Case(
      "A.java", "Markdown in Javadoc", "/// Uses `a`.\n///\n/// ```java\n/// b();\n/// ```\nclass A {}\n",
      ["codeSpan a", "code java: b();"]),
    Case(
      "a.swift", "DocC", "/// Calls ``A/b(_:)`` with `c`.\n///\n///     d()\nfunc x() {}\n",
      ["codeSpan[symbol] A/b(_:)", "codeSpan c", "code -: d()"]),
    Case("a.kt", "KDoc", "/**\n * See [A.b] and `c`.\n */\nfun x() {}\n", ["crossReference[doc-link] A.b -> A.b", "codeSpan c"]),
    Case(
      "a.rb", "YARD", "# Does `a`, see {B#c}.\n#\n# @example Title\n#   d = 1\n#     e\n#\n# @return [F] `g`\ndef x\n  # `no`\n  y\nend\n",
      ["codeSpan a", "crossReference[yard] B#c -> B#c", "code ruby: d = 1⏎  e", "codeSpan g"]),
    Case("a.rb", "shebangs and remarks", "#!/usr/bin/env ruby\n# `no`\n\nx = 1 # `no`\n", []),
  ]

  @Test(arguments: cases) func everythingIsFoundAtItsBytes(_ item: Case) throws {
    for ending in ["\n", "\r\n"] {
      let text = item.reading.text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: ending)
      let document = try Document.docComments(path: item.path, bytes: Array(text.utf8))
      #expect(document?.outline ?? [] == item.reading.outline)
      #expect(document?.brokenLaws() ?? [] == [])
    }
  }

  @Test func codeWithoutDocumentationIsNoDocument() throws {
    #expect(try Document.docComments(path: "a.rs", bytes: Array("fn a() { let b = 1 / 2; } // c\n".utf8)) == nil)
    #expect(try Document.docComments(path: "a.txt", bytes: Array("/// `a`\n".utf8)) == nil)
  }

  @Test func codeIsNoDocumentUnlessAskedFor() {
    #expect(DocumentSelection.verdict(path: "src/a.rs") == .notADocument)
    #expect(DocumentSelection.verdict(path: "src/a.rs", includeDocComments: true) == .document(.docComments))
    #expect(DocumentSelection.format(ofPath: "a.py") == nil)
  }

  @Test func anyTextKeepsTheLaws() throws {
    let words = [
      "///", "//!", "// ", "/**", " */", " * ", "# ", "\"\"\"", "'''", "r\"\"\"", "def f():\n", "```", "```\n", "`", "``", "\n", "\n\n",
      "    ", "\t", "a", "é😀",
      "@example\n", "@param x", "{@code a}", "{@link B#c d}", "<pre>", "</pre>", "<code>", "</code>", "[A.b]", "[c](d)", ">>> e\n",
      "func f\n", "def g\n", "class H\n",
      "\r\n", "\r", ":func:`i`", "::", "{", "}", "\\", "#",
    ]
    let paths = ["a.rs", "a.py", "a.ts", "a.go", "A.java", "a.kt", "a.swift", "a.rb"]
    forAll(cases: 4000) { random in
      let text = (0..<Int.random(in: 1...60, using: &random)).compactMap { _ in words.randomElement(using: &random) }.joined()
      let path = paths.randomElement(using: &random) ?? ""
      let document = try Document.docComments(path: path, bytes: Array(text.utf8))
      #expect(document?.brokenLaws() ?? [] == [], "\(random.comment) \(path): \(text.debugDescription)")
    }
  }
}
