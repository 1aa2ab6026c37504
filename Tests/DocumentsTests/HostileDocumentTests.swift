// Documents made to hurt: each is read, or refused by name. Time is linear: were it not, these tests would not end.

import Domain
import TestSupport
import Testing

@testable import Documents

@Suite struct HostileDocumentTests {
  static let inputs: [(name: String, text: @Sendable () -> String)] = [
    ("open brackets", { String(repeating: "[", count: 100_000) }),
    ("brackets", { String(repeating: "[", count: 50_000) + String(repeating: "]", count: 50_000) }),
    ("nested quotes", { String(repeating: ">", count: 50_000) + "a\n" }),
    ("nested quotes around code", { String(repeating: "> ", count: 50_000) + "```\n" + String(repeating: ">", count: 50_000) + "a\n" }),
    ("nested lists", { String(repeating: "- ", count: 50_000) + "a\n" }),
    ("one line of 10 MB", { String(repeating: "a b ", count: 2_500_000) }),
    ("30,000 fences", { String(repeating: "```\na\n```\n", count: 30_000) }),
    ("60,000 open fences", { String(repeating: "````\n```\n", count: 30_000) }),
    ("backticks", { (1...1000).map { String(repeating: "`", count: $0) + "a" }.joined() }),
    ("images in images", { String(repeating: "![", count: 10_000) + "a" + String(repeating: "](b)", count: 10_000) }),
    ("comments not closed", { String(repeating: "a <!-- ", count: 100_000) }),
    ("comments in HTML", { "<div>\n" + String(repeating: "<!-- x --><a b=\"", count: 100_000) }),
    ("markers", { String(repeating: "<!-- doc-healing:ignore -->\n", count: 50_000) }),
    ("marker starts", { String(repeating: "<!-- doc-healing:ignore-start -->\n", count: 50_000) + "x" }),
    (
      "empty cells",
      {
        String(repeating: "|a", count: 100) + "|\n" + String(repeating: "|-", count: 100) + "|\n" + String(repeating: "b\n", count: 50_000)
      }
    ),
    ("front matter not closed", { "---\n" + String(repeating: "a: b\n", count: 500_000) }),
    ("emphasis", { String(repeating: "*a **b ", count: 100_000) }),
    ("equal samples", { String(repeating: "```\n```\n\n", count: 50_000) }),
    ("attributes", { String(repeating: "```a " + String(repeating: "b=\"", count: 1000) + "\n```\n", count: 50) }),
  ]

  @Test(arguments: inputs.indices) func isReadOrRefused(_ index: Int) throws {
    let bytes = Array(Self.inputs[index].text().utf8)
    do {
      let document = try Document.read(path: "a.md", bytes: bytes)
      if document.snippets.count < 1000 { #expect(document.brokenLaws() == [], "\(Self.inputs[index].name)") }
    } catch {
      guard case DocumentError.tooLarge = error else { throw error }
    }
  }

  @Test(arguments: [
    ("[a]: b\n", 50_001, "more than 50000 link definitions"), ("`a` ", 200_001, "more than 200000 links, images and code spans"),
    ("```\n```\n", 100_001, "more than 100000 samples"),
  ])
  func limitsAreNamed(_ text: String, _ count: Int, _ message: String) {
    let bytes = Array(String(repeating: text, count: count).utf8)
    let error = #expect(throws: DocumentError.self) { try Document.read(path: "a.md", bytes: bytes) }
    #expect(error?.description == message)
  }

  /// Any text at all, made of what Markdown gives a meaning to.
  @Test func anyTextKeepsTheLaws() throws {
    let words = [
      "`", "``", "```", "```py", "~~~", "\n", "\n", "\n\n", "> ", ">", "- ", "1. ", "    ", "\t", " ", "  ", "a", "b.c()", "é😀", "[", "](",
      ")",
      "]", "]: ", "![", "<", ">", "<!-- doc-healing:ignore -->", "<a id=\"x\">", "<!--", "-->", "|", "|-|-|", "# ", "===", "---", "\\",
      "&amp;",
      "*", "**", "_", "\r\n", "\r", "<div>", "https://a.b", "\u{FEFF}", "```\n", "\"", "+++", "a: b",
    ]
    forAll(cases: 3000) { random in
      let text = (0..<Int.random(in: 1...60, using: &random)).compactMap { _ in words.randomElement(using: &random) }.joined()
      let document = try markdown(text)
      #expect(document.brokenLaws() == [], random.comment)
    }
  }

  @Test func anyBytesAreReadWithoutHarm() throws {
    forAll(cases: 500) { random in
      let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in
        Bool.random(using: &random)
          ? UInt8.random(in: 1...255, using: &random) : Array("`>\n\t -[]()".utf8)[Int.random(in: 0..<10, using: &random)]
      }
      let document = try Document.read(path: "a.md", bytes: bytes)
      #expect(document.headings.allSatisfy { $0.span.end <= bytes.count }, random.comment)
    }
  }

  /// A sample put anywhere comes back as it was, and so do its bytes.
  @Test func aSampleComesBackFromAnyNesting() throws {
    forAll(cases: 1000) { random in
      let made = RandomSample(using: &random)
      let document = try markdown(made.markdown)
      let snippet = try #require(document.snippets.first, "\(random.seed): \(made.markdown.debugDescription)")
      #expect(snippet.lineTexts(in: document) == made.lines, "\(random.seed): \(made.markdown.debugDescription)")
      #expect(document.snippets.count == 1 && document.brokenLaws() == [], "\(random.seed): \(made.markdown.debugDescription)")
    }
  }
}

/// A document that consists of one sample in quotes and lists.
private struct RandomSample {
  var lines: [String]
  var markdown: String

  init(using random: inout SeededGenerator) {
    var first = ""
    var rest = ""
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      let (opening, next) = [("> ", "> "), ("- ", "  "), ("12. ", "    "), ("*   ", "    ")].randomElement(using: &random) ?? ("", "")
      first += opening
      rest += next
    }
    let pieces = [
      "a", "bc = d", "  ", "    x", "é😀", "\ty", "", "", "`", "> q", "- l", "# h", "[a](b)", "<!-- c -->", "a\tb", "trailing  ",
    ]
    lines = (0..<Int.random(in: 1...8, using: &random)).map { _ in
      (pieces.randomElement(using: &random) ?? "") + (pieces.randomElement(using: &random) ?? "")
    }
    let fence = ["```", "~~~~", "`````"].randomElement(using: &random) ?? "```"
    let newline = ["\n", "\r\n"].randomElement(using: &random) ?? "\n"
    let all = [fence + (["", "py", "json a=b"].randomElement(using: &random) ?? "")] + lines + [fence]
    markdown = all.enumerated().map { ($0 == 0 ? first : rest) + $1 }.joined(separator: newline) + newline
  }
}
