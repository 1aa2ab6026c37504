// Commands in comments: which lines hold one, what their words mean, and that no text does harm.

import Domain
import TestSupport
import Testing

@testable import Forges

private let rules: Set<String> = ["broken-link", "stale-copy", "deadbeef"]
private let parser = CommandParser(rules: rules)

private func parse(_ comment: String) -> [Result<Command, CommandProblem>] { parser.parse(comment) }

@Suite struct CommandParserTests {
  @Test(arguments: [
    ("@doc-healing recheck", Command.recheck), ("  @Doc-Healing: ReCheck, please!", .recheck), ("@doc-healing undo.", .undo),
    ("@doc-healing[bot] pause", .pause), ("@doc-healing,resume", .resume), ("@doc-healing", .help(unknown: nil)),
    ("@doc-healing help", .help(unknown: nil)), ("@doc-healing `@all` bake", .help(unknown: "@all")),
    ("@doc-healing recheck <!-- ignore x -->", .recheck), ("@doc-healing\trecheck now\r", .recheck),
    ("@doc-healing ignore broken-link", .ignore(.rule("broken-link"), until: nil, reason: "")),
    ("@doc-healing IGNORE Broken-Link.", .ignore(.rule("broken-link"), until: nil, reason: "")),
    (
      "@doc-healing ignore broken-link until 2027-01-01 because  it is @down until then ",
      .ignore(.rule("broken-link"), until: "2027-01-01", reason: "it is @down until then")
    ),
    ("@doc-healing ignore docs/old.md", .ignore(.file("docs/old.md"), until: nil, reason: "")),
    ("@doc-healing ignore ./README.rst it lies", .ignore(.file("README.rst"), until: nil, reason: "it lies")),
    ("@doc-healing ignore `docs/a b.md` - meant so", .ignore(.file("docs/a b.md"), until: nil, reason: "meant so")),
    ("@doc-healing ignore file LICENSE", .ignore(.file("LICENSE"), until: nil, reason: "")),
    ("@doc-healing ignore old/", .ignore(.file("old/"), until: nil, reason: "")),
    ("@doc-healing ignore 3f9ac1…", .ignore(.finding("3f9ac1"), until: nil, reason: "")),
    ("@doc-healing ignore `3F9AC1D2E4B5A697-2`", .ignore(.finding("3f9ac1d2e4b5a697-2"), until: nil, reason: "")),
    ("@doc-healing ignore finding deadbeef", .ignore(.finding("deadbeef"), until: nil, reason: "")),
    ("@doc-healing ignore deadbeef", .ignore(.rule("deadbeef"), until: nil, reason: "")),
    ("@doc-healing ignore stale-copy until 2028-02-29,", .ignore(.rule("stale-copy"), until: "2028-02-29", reason: "")),
    ("@doc-healing ignore stale-copy \u{202E}a\u{7}b", .ignore(.rule("stale-copy"), until: nil, reason: "ab")),
  ])
  func commands(_ text: String, _ command: Command) { #expect(parse(text) == [.success(command)]) }

  @Test(arguments: [
    ("ignore", CommandProblem.missingTarget), ("ignore until 2027-01-01", .missingTarget), ("ignore because", .missingTarget),
    ("ignore everything", .unknownTarget("everything")), ("ignore rule brokn", .unknownRule("brokn")),
    ("ignore finding xyz", .badFinding("xyz")), ("ignore 3f9", .badFinding("3f9")), ("ignore ../etc/passwd", .badPath("../etc/passwd")),
    ("ignore /etc/x.md", .badPath("/etc/x.md")), ("ignore https://x.example/y.md", .badPath("https://x.example/y.md")),
    ("ignore a//b.md", .badPath("a//b.md")), ("ignore broken-link until", .badDate("")),
    ("ignore broken-link until tomorrow", .badDate("tomorrow")), ("ignore broken-link until 2027-02-29", .badDate("2027-02-29")),
    ("ignore broken-link until 2027-1-1", .badDate("2027-1-1")), ("undo is a bad idea", .words(after: "undo")),
    ("ignore broken-link \(String(repeating: "x", count: 501))", .longReason),
  ])
  func problems(_ words: String, _ problem: CommandProblem) {
    #expect(parse("@doc-healing \(words)") == [.failure(problem)])
    #expect(!problem.description.contains("\n") && problem.description.filter { $0 == "`" }.count.isMultiple(of: 2))
  }

  @Test(arguments: [
    "doc-healing recheck", "see @doc-healing recheck", "@doc-healing-two recheck", "@doc-healing.recheck", "@doc-heal recheck", "",
    "    @doc-healing recheck", "\t@doc-healing recheck", "> @doc-healing recheck", "  > x\n> @doc-healing undo",
    "```\n@doc-healing recheck\n```", "~~~~ text\n~~~\n@doc-healing recheck\n~~~~", "- ```\n  @doc-healing recheck\n  ```",
    "```\r\n@doc-healing recheck\r\n```\r\n", "````\n```\n@doc-healing recheck", "say `it\n@doc-healing recheck\nso`",
    "<!-- a\n@doc-healing recheck\n-->", "<!--\n\n```\n-->```\n<!--\n@doc-healing recheck", "<PRE>\n@doc-healing recheck\n</pre>",
    "x <!--\r\n@doc-healing recheck\r\n-->", "me@doc-healing recheck", "`@doc-healing recheck`", "@doc-healing/team recheck",
  ])
  func noCommand(_ text: String) { #expect(parse(text).isEmpty) }

  @Test(arguments: [
    "```\nx\n```\n@doc-healing recheck", "say `x\n\n@doc-healing recheck\n`", "<!-- x -->\n@doc-healing recheck",
    "> said\n\n@doc-healing recheck", "\\`x\n@doc-healing recheck\n", "`` x ` y\n@doc-healing recheck",
    "<pre>x</pre>\r\n@doc-healing recheck", "`<!--`\n@doc-healing recheck", "\\<!-- x\n@doc-healing recheck",
    "```inline``` code\n@doc-healing recheck", "> ```\n@doc-healing recheck",
    "> <!-- x\n@doc-healing recheck", "> <pre>\n@doc-healing recheck",
  ])
  func aCommandBesideOtherThings(_ text: String) { #expect(parse(text) == [.success(.recheck)]) }

  @Test func severalAndTooMany() {
    let three = "@doc-healing undo\nand\n@doc-healing ignore\n\n@doc-healing pause"
    #expect(parse(three) == [.success(.undo), .failure(.missingTarget), .success(.pause)])
    let many = parse(String(repeating: "@doc-healing recheck\n", count: 12))
    #expect(many == Array(repeating: .success(.recheck), count: 10) + [.failure(.tooMany)])
    #expect(parse(String(repeating: "@doc-healing recheck\n", count: 10)).count == 10)
  }

  @Test func anotherMention() {
    let own = CommandParser(mention: "Docs-App[bot]", rules: [])
    #expect(own.parse("@docs-app recheck\n@doc-healing undo") == [.success(.recheck)])
  }

  @Test func findingsByPrefix() {
    #expect(IgnoreTarget.matches("3f9ac1", fingerprint: "3f9ac1d2e4b5a697"))
    #expect(IgnoreTarget.matches("3f9ac1", fingerprint: "3f9ac1d2e4b5a697-2"))
    #expect(!IgnoreTarget.matches("3f9ac2", fingerprint: "3f9ac1d2e4b5a697"))
    #expect(IgnoreTarget.matches("3f9ac1d2e4b5a697", fingerprint: "3f9ac1d2e4b5a697"))
    #expect(!IgnoreTarget.matches("3f9ac1d2e4b5a697", fingerprint: "3f9ac1d2e4b5a697-2"))
    #expect(!IgnoreTarget.matches("3f9ac1d2e4b5a697-2", fingerprint: "3f9ac1d2e4b5a697"))
  }

  @Test func writtenCommandsReadTheSame() {
    forAll(cases: 300) { random in
      let commands = (0..<random.int(in: 1...6)).map { _ in Self.command(&random) }
      let text = commands.map { "\($0.text())\n" }.joined(separator: random.pick(["", "\n", "text `x` (> y)\n", "> @doc-healing undo\n"]))
      #expect(parse(text) == commands.map { .success($0) }, random.comment)
    }
  }

  @Test func noTextDoesHarm() {
    let pieces = [
      "@doc-healing", "@doc-healing ", "`", "```", "~~~", "\n", "\r\n", " ", "    ", "> ", "<!--", "-->", "<pre>", "</pre>", "\\",
      "ignore ",
      "until ", "2027-01-01", "é", "\u{202E}", "\u{0}", "x", "/", "..", "recheck", "-", "\"",
    ]
    forAll(cases: 500) { random in
      let text = (0..<random.int(in: 0...60)).map { _ in random.pick(pieces) }.joined()
      let found = parse(text)
      #expect(found.count <= CommandParser.mostCommands + 1, random.comment)
      #expect(found.count <= text.split(separator: "@doc-healing", omittingEmptySubsequences: false).count - 1, random.comment)
      #expect(parse(text.replacing("@doc-healing", with: "@someone")).isEmpty, random.comment)
      let fenced = parse("~~~~~~~\n\(text.replacing("~~~", with: "~"))\n~~~~~~~")
      #expect(fenced.isEmpty, random.comment)
    }
    forAll(cases: 200) { random in
      let bytes = random.bytes(count: random.int(in: 0...2000))
      #expect(parse(String(decoding: bytes, as: UTF8.self)).isEmpty, random.comment)
    }
  }

  @Test func longTextsAreReadOnce() {
    for piece in ["`", "` ", "<!--", "<", "\\", "```\n", "@doc-healing ", "`` ` ", "<pre", "\n", "> `\n"] {
      _ = parse(String(repeating: piece, count: 65_536 / piece.utf8.count))
    }
  }

  private static func command(_ random: inout SeededGenerator) -> Command {
    switch random.int(in: 0...5) {
    case 0: .recheck
    case 1: .undo
    case 2: random.bool() ? .pause : .resume
    case 3: .help(unknown: random.bool() ? nil : "x" + random.text(count: random.int(in: 1...20)))
    default: .ignore(target(&random), until: random.bool() ? nil : day(&random), reason: reason(&random))
    }
  }

  private static func day(_ random: inout SeededGenerator) -> String {
    "20\(random.int(in: 10...99))-0\(random.int(in: 1...9))-2\(random.int(in: 0...8))"
  }

  private static func target(_ random: inout SeededGenerator) -> IgnoreTarget {
    switch random.int(in: 0...2) {
    case 0: .rule(random.pick(rules.sorted()))
    case 1: .finding(random.text(count: random.int(in: 6...16), of: "0123456789abcdef") + random.pick(["", "-2", "-17"]))
    default: .file(random.pick(["a", "docs/", "x y/é", ".git"]) + random.text(count: 5, of: "abc.-_ \"") + "x.md")
    }
  }

  private static func reason(_ random: inout SeededGenerator) -> String {
    let words = ["because", "until", "it", "`is`", "—", "@all", "#12", "é", "\"so\"", "2027-01-01"]
    return (0..<random.int(in: 0...5)).map { _ in random.pick(words) }.joined(separator: " ")
  }
}
