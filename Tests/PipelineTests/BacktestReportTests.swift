import Domain
import TestSupport
import Testing

@testable import Pipeline

/// Reports against golden files (`Golden/backtest.*`; UPDATE_GOLDEN=1 renews them).
@Suite struct BacktestReportTests {
  static func commit(_ number: Int, day: Int, _ subject: String) -> CommitName {
    CommitName(id: objectID(number), time: Timestamp(milliseconds: 1_700_000_000_000 + Int64(day) * 86_400_000), subject: subject)
  }

  static func proposal(
    _ number: Int, day: Int, _ strategy: String, confidence: Double, _ outcome: ProposalOutcome, isStanding: Bool = false
  ) -> Proposal {
    Proposal(
      commit: commit(number, day: day, "Rename \(number) <b> & \u{202E}co"), path: "docs/a \"b\".md", line: 10 + number,
      before: "Call `old_name_\(number)` </script><script>alert(1)</script>", after: "Call `new_name_\(number)` \u{1B}[31m",
      strategies: [strategy], rules: ["removed-symbol"], applicability: number % 2 == 0 ? .safe : .suggested, confidence: confidence,
      evidence: [Evidence("function old_name_\(number) became new_name_\(number)", path: "src/a.py", line: number)], repeats: number % 3,
      isStanding: isStanding, outcome: outcome)
  }

  static var report: BacktestReport {
    let later = commit(90, day: 500, "Docs: fix names")
    let path = "docs/a \"b\".md"
    return BacktestReport(
      repository: "exa<mple>", address: "https://forge.example/owner/exa", head: commit(99, day: 700, "Newest"),
      first: commit(1, day: 0, "First"), since: "2023-11-14", commits: 1234, merges: 56, judged: 321, documents: 17,
      proposals: [
        proposal(
          1, day: 0, "moved-file", confidence: 0.99, ProposalOutcome(.made, commit: later, days: 500, path: path, line: 4), isStanding: true
        ),
        proposal(2, day: 10, "renamed-symbol", confidence: 0.96, ProposalOutcome(.made, commit: later, days: 490, path: path, line: 12)),
        proposal(3, day: 480, "renamed-symbol", confidence: 0.91, ProposalOutcome(.made, commit: later, days: 20, path: path, line: 13)),
        proposal(
          4, day: 495, "renamed-symbol", confidence: 0.91,
          ProposalOutcome(.madeInRewrite, commit: later, days: 5, path: path, line: 14, text: "Now call `new_name_4`.")),
        proposal(
          5, day: 300, "renamed-flag", confidence: 0.8,
          ProposalOutcome(.madeOtherwise, commit: later, days: 200, path: path, line: 15, text: "Use `--other`.")),
        proposal(6, day: 300, "renamed-flag", confidence: 0.8, ProposalOutcome(.gone, commit: later, days: 200, path: path)),
        proposal(7, day: 600, "renamed-symbol", confidence: 0.95, ProposalOutcome(.neverMade, days: 100, path: "docs/new.md", line: 3)),
        proposal(
          8, day: 601, "renamed-symbol", confidence: 0.7,
          ProposalOutcome(.neverMade, days: 99, path: "docs/new.md", line: 5, oldWordsIn: "src/b.py")),
      ])
  }

  @Test(arguments: BacktestFormat.allCases) func isAsTheGoldenFile(_ format: BacktestFormat) throws {
    try expectGolden(try Self.report.rendered(as: format, version: "1.2.3"), "Golden/backtest.\(format.rawValue)")
  }

  @Test(arguments: BacktestFormat.allCases) func nothingProposedIsAReportToo(_ format: BacktestFormat) throws {
    var report = Self.report
    report.proposals = []
    report.isShallow = true
    try expectGolden(try report.rendered(as: format, version: "1.2.3"), "Golden/backtest-empty.\(format.rawValue)")
  }

  @Test func nothingOfTheRepositoryIsMarkup() throws {
    let page = try Self.report.rendered(as: .html, version: "1.2.3")
    #expect(!page.contains("<script") && !page.contains("exa<mple>") && !page.contains("\u{202E}") && !page.utf8.contains(0x1B))
    #expect(!page.contains("http://") && page.ranges(of: "src=").isEmpty)
    #expect(!(try Self.report.rendered(as: .text, version: "1.2.3")).utf8.contains(0x1B))
  }

  @Test func theJSONParsesAndCounts() throws {
    let program = "import json,sys; d = json.load(sys.stdin); print(d['schema'], len(d['proposals']), d['summary']['counts']['proposed'])"
    let result = try runCommand(["python3", "-c", program], input: try Self.report.rendered(as: .json, version: "1.2.3"))
    #expect(result.output == "1 8 8\n")
  }

  @Test func daysAreCountedOfWhatCouldBeSaved() {
    #expect(Self.report.daysSaved == [5, 20, 490] && Self.report.medianDaysSaved == 20)
    #expect(Self.report.tally.agreement == 0.8)
    #expect(Self.report.byStrategy.map(\.name) == ["renamed-symbol", "renamed-flag", "moved-file"])
    #expect(Self.report.byConfidence.map(\.tally.proposals).reduce(0, +) == 8)
  }

  @Test func monthsHaveNoGaps() {
    #expect(Months.from("2023-11", to: "2024-02") == ["2023-11", "2023-12", "2024-01", "2024-02"])
    #expect(Months.from("2024-02", to: "2023-11").isEmpty)
  }
}

/// What became of lines.
@Suite struct LineFateTests {
  static func fate(_ old: String, _ new: String, _ before: String, _ after: String) -> LineFate {
    let lines = old.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return LineFate.of(
      TrackedLines(start: lines.firstIndex(of: before) ?? 0, before: before, after: after), from: Array(old.utf8), to: Array(new.utf8))
  }

  static let (before, after) = ("Use `a_b` to read all the rows.", "Use `c_d` to read all the rows.")
  static let old = "# T\n\n\(before)\n\nEnd.\n"

  @Test func everyVerdict() {
    #expect(Self.fate(Self.old, Self.old.replacing(Self.before, with: Self.after), Self.before, Self.after) == .made(line: 2))
    #expect(Self.fate(Self.old, "# T\n\nEnd.\n\n  \(Self.after)  \n", Self.before, Self.after) == .made(line: 4))
    #expect(Self.fate(Self.old, "# T\n\nEnd.\n", Self.before, Self.after) == .gone)
    let rewritten = "Use `c_d` to read and write all the rows."
    #expect(
      Self.fate(Self.old, Self.old.replacing(Self.before, with: rewritten), Self.before, Self.after)
        == .madeInRewrite(line: 2, text: rewritten))
    let other = "Use `e_f` to read all the rows."
    #expect(Self.fate(Self.old, Self.old.replacing(Self.before, with: other), Self.before, Self.after) == .otherwise(line: 2, text: other))
    var moved = TrackedLines(start: 4, before: Self.before, after: Self.after)
    #expect(Self.fate(Self.old, "# T\n\nMore.\n\n\(Self.before)\n\nEnd.\n", Self.before, Self.after) == .standing(moved))
    moved = TrackedLines(start: 2, before: "Do use `a_b` to read all the rows.", after: "Do use `c_d` to read all the rows.")
    #expect(
      Self.fate(Self.old, Self.old.replacing("Use `a_b`", with: "Do use `a_b`"), Self.before, Self.after) == .standing(moved))
  }

  /// Whatever happens to a page, following never leaves it, and an untouched line is found again.
  @Test func linesAreFoundAgain() {
    forAll(cases: 300) { random in
      func text(_ count: Int) -> [String] { (0..<count).map { _ in random.pick(["a b c", "d e f", "g h i", "", "x_y z"]) } }
      let (head, tail) = (text(random.int(in: 0...6)), text(random.int(in: 0...6)))
      let line = "the `line` that nobody else has"
      let old = head + [line] + tail
      let new = text(random.int(in: 0...6)) + (random.bool() ? [line] : []) + text(random.int(in: 0...6))
      let fate = LineFate.of(
        TrackedLines(start: head.count, before: line, after: line.replacing("line", with: "row")),
        from: Array(old.joined(separator: "\n").utf8),
        to: Array(new.joined(separator: "\n").utf8))
      if let place = new.firstIndex(of: line) {
        #expect(fate == .standing(TrackedLines(start: place, before: line, after: line.replacing("line", with: "row"))), random.comment)
      } else {
        #expect(fate == .gone, random.comment)
      }
    }
  }
}
