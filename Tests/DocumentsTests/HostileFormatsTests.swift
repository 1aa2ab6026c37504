// Documents made to hurt, in every format: each is read, or refused by name. Time is linear: were it not, these tests would not end.

import Domain
import TestSupport
import Testing

@testable import Documents

@Suite struct HostileFormatsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var path: String
    var name: String
    var text: @Sendable () -> String
    var testDescription: String { "\(path): \(name)" }

    init(_ path: String, _ name: String, _ text: @escaping @Sendable () -> String) {
      self.path = path
      self.name = name
      self.text = text
    }

    init(_ path: String, _ piece: String, _ count: Int) {
      self.init(path, "\(count) × \(piece.debugDescription)") { String(repeating: piece, count: count) }
    }
  }

  static let cases = [
    Case("a.mdx", "[", 100_000), Case("a.mdx", "{", 200_000), Case("a.mdx", "<a ", 100_000), Case("a.mdx", "<a b=\"", 100_001),
    Case("a.mdx", "backquotes of all lengths") { (1...1000).map { String(repeating: "`", count: $0) + "a" }.joined() },
    Case("a.mdx", "export const a = {\n\n", 50_000), Case("a.mdx", "```\n<a>{b}\n```\n", 30_000), Case("a.mdx", "> ```\n", 50_000),
    Case("a.rst", "``a ", 200_000), Case("a.rst", "`a ", 200_000), Case("a.rst", "[", 100_000), Case("a.rst", "a_ ", 60_000),
    Case("a.rst", "_", 500_000),
    Case("a.rst", "a::\n\n", 60_000), Case("a.rst", "- ", 100_000), Case("a.rst", "==== ====\n", 100_000), Case("a.rst", "|", 100_000),
    Case("a.rst", ".. doc-healing:ignore\n\n", 50_000), Case("a.rst", "a b ", 2_500_000), Case("a.rst", "a\r", 1_000_000),
    Case("a.rst", ">>> a\n\n", 50_000),
    Case("a.rst", "deep indentation") { (0..<2000).map { String(repeating: " ", count: $0) + "- ``a``::\n\n" }.joined() },
    Case("a.rst", "titles") { (0..<20_000).map { "a\n\(String(repeating: ["=", "-", "~", "^"][$0 % 4], count: 4))\n" }.joined() },
    Case("a.rst", "targets") { (0..<40_000).map { ".. _a\($0): a\($0 + 1)_\n" }.joined() },
    Case("a.adoc", "[[", 100_000), Case("a.adoc", "<<", 100_000), Case("a.adoc", "<< >", 100_000), Case("a.adoc", "link:a[", 30_000),
    Case("a.adoc", "`a ", 200_000), Case("a.adoc", "----\na\n----\n", 30_000), Case("a.adoc", "a b ", 2_500_000),
    Case("a.adoc", "[source]\n", 100_000),
    Case("a.adoc", "delimiters") { (4..<1500).map { String(repeating: "-", count: $0) + "\n" }.joined() },
    Case("a.md", "!!! note\n    ", 50_000), Case("a.md", ":::note\n", 100_000), Case("a.md", "```{toctree}\n", 100_000),
    Case("a.md", "[a]: b\n", 40_000),
    Case("a.md", "a]: ", 40_000), Case("a.md", "[a](b\\_c", 50_000), Case("a.md", "{a}`", 100_000), Case("a.md", "# {#", 50_000),
    Case("a.md", "(", 200_000),
    Case("a.md", "nested admonitions") { (0..<1000).map { String(repeating: "    ", count: $0) + "!!! note\n" }.joined() },
    Case("a.md", "<!-- skip: next -->\n", 50_000), Case("a.md", "<!-- skip: start -->\n```\n```\n", 20_000),
    Case("a.md", "<!-- [[[cog -->\n```\n```\n<!-- [[[end]]] -->\n", 20_000), Case("a.md", "<!-- [[[cog -->\n```\n```\n", 20_000),
  ]

  @Test(arguments: cases) func isReadOrRefused(_ item: Case) throws {
    let format = try #require(DocumentSelection.format(ofPath: item.path))
    do {
      let document = try Document.read(path: item.path, bytes: Array(item.text().utf8), format: format)
      if document.snippets.count + document.references.count < 1000 { #expect(document.brokenLaws() == []) }
    } catch {
      guard case DocumentError.tooLarge = error else { throw error }
    }
  }

  static let code = [
    Case("a.rs", "/// [", 100_000), Case("a.rs", "/// ```\n", 60_000), Case("a.py", "\"\"\"", 100_000),
    Case("a.py", "def a():\n  '''`", 60_000),
    Case("a.ts", "/** {@link a", 100_000), Case("a.ts", "/**\n * @example\n * a\n */\n", 20_000), Case("a.go", "// [a\n", 100_000),
    Case("a.rb", "# {a\n", 100_000), Case("A.java", "/** <pre>", 60_000), Case("a.py", "# \"\"\"\n", 100_000), Case("a.go", "/", 1_000_000),
    Case("a.py", "# a\n", 100_000), Case("a.py", "'''a'''\n", 60_000),
  ]

  @Test(arguments: code) func codeIsReadOrRefused(_ item: Case) throws {
    do {
      _ = try Document.docComments(path: item.path, bytes: Array(item.text().utf8))
    } catch {
      guard case DocumentError.tooLarge = error else { throw error }
    }
  }
}
