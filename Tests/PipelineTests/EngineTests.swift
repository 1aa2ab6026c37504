import Domain
import Healing
import SourceCode
import TestSupport
import Testing
import Validation

@testable import Pipeline

/// The stages together, on trees in memory.
@Suite struct EngineTests {
  static let oldCode = """
    def parse_config(path):
        with open(path) as file:
            return dict(line.split("=", 1) for line in file)


    def main():
        print(parse_config("app.conf"))

    """

  /// A change in which `parse_config` became `name`, and the documents were not touched.
  static func change(renamedTo name: String = "load_settings", documents: [String: String]) -> Change {
    let base = LiteralTree(["settings.py": oldCode].merging(documents) { $1 }, commit: objectID(1))
    let head = LiteralTree(
      ["settings.py": oldCode.replacing("parse_config", with: name)].merging(documents) { $1 }, commit: objectID(2))
    return Change(base: base, head: head, files: head.changes(since: base))
  }

  @Test func healsARenamedFunctionInProseAndSamples() throws {
    let readme = """
      # Settings

      Call `parse_config(path)` to read the settings; `parse_config` opens the file.

      ```python
      from settings import parse_config
      parse_config("app.conf")
      ```

      """
    let engine = Engine(validator: Validator())
    let report = try engine.heal(Self.change(documents: ["README.md": readme]))
    #expect(report.findings.count == 4)
    let healed = try #require(report.healed.first)
    #expect(String(decoding: healed.healed, as: UTF8.self) == readme.replacing("parse_config", with: "load_settings"))
    #expect(report.fixes.allSatisfy { !$0.fix.evidence.isEmpty && $0.fix.applicability == .safe })
    #expect(try report.lineEdits().map(\.line) == [3, 6, 7])
  }

  @Test func healingTwiceChangesNothing() throws {
    forAll { random in
      let name = "load_" + random.text(count: 8, of: "abcdefgh")
      let lines = (0..<random.int(in: 1...12)).map { _ in
        random.pick([
          "Text about nothing.", "Use `parse_config` first.", "> Quoted: `parse_config(path)`.", "- item `settings.parse_config`",
          "| a | `parse_config` |", "```python\nparse_config(1)\n```", "",
        ])
      }
      let readme = "# Title\n\n" + lines.joined(separator: "\n\n") + "\n"
      let engine = Engine(validator: Validator())
      let first = try engine.heal(Self.change(renamedTo: name, documents: ["README.md": readme]))
      let healed = first.healed.first.map { String(decoding: $0.healed, as: UTF8.self) } ?? readme
      let second = try engine.heal(Self.change(renamedTo: name, documents: ["README.md": healed]))
      #expect(second.healed.isEmpty, random.comment)
      // Taken back, the original's bytes are there again.
      for verification in first.healed {
        let applied = try FixApplier.apply(verification.fixes.flatMap(\.fix.edits), to: verification.original)
        #expect(try FixApplier.apply(applied.inverse, to: applied.bytes).bytes == verification.original, random.comment)
      }
    }
  }

  @Test func whatWasWrongBeforeTheChangeIsLeftToAHealWithoutABase() throws {
    let readme = "# Settings\n\nSee [the guide](guide.md).\n\n```json\n{\"on\": True}\n```\n"
    let guide = "# Guide\n\nHow to set it up.\n"
    let base = LiteralTree(["README.md": readme, "guide.md": guide])
    let head = LiteralTree(["README.md": readme, "docs/guide.md": guide])
    let change = Change(base: base, head: head, files: head.changes(since: base))
    var scope = EngineScope()
    let all = try Engine(validator: Validator()).heal(change, scope: scope)
    #expect(Set(all.fixes.map(\.fix.finding.rule)) == ["broken-link", "syntax-error"])
    scope.healsOlder = false
    let caused = try Engine(validator: Validator()).heal(change, scope: scope)
    #expect(caused.findings == all.findings)
    #expect(caused.fixes.map(\.fix.finding.rule) == ["broken-link"])
  }

  @Test func nothingIsFoundWhereNothingWasLost() throws {
    let documents = ["README.md": "Use `main()` and `parse_config`.\n"]
    let tree = LiteralTree(["settings.py": Self.oldCode].merging(documents) { $1 })
    let report = try Engine(validator: Validator()).heal(Change(base: tree, head: tree, files: []))
    #expect(report.findings.isEmpty && report.healed.isEmpty)
  }

  @Test func historyIsNeverRewritten() throws {
    let text = "- Added `parse_config`.\n"
    let report = try Engine(validator: Validator()).heal(
      Self.change(documents: ["CHANGELOG.md": text, "docs/release-notes/1.0.md": text]))
    #expect(report.healed.isEmpty && report.findings.isEmpty)
    #expect(report.skips.map(\.reason) == [.changelog, .changelog])
  }

  /// Proposes what the test says.
  struct Proposal: Strategy {
    var name = "proposal"
    var rules: Set<String> = ["removed-symbol"]
    var replacements: [String]

    func fixes(for finding: Finding, in context: HealingContext) -> [Fix] {
      replacements.map {
        Fix(
          strategy: name, finding: finding,
          edits: [Edit(path: finding.path, span: finding.span, expected: finding.text, replacement: $0)], applicability: .safe,
          confidence: 1, evidence: [])
      }
    }
  }

  @Test func aFixThatProvesWrongIsNotLetThrough() throws {
    let change = Self.change(documents: ["README.md": "Use `parse_config` first.\n"])
    let worse = Engine(validator: Validator(), strategies: StrategyRegistry([Proposal(replacements: ["settings.parse_config"])]))
    let report = try worse.heal(change)
    #expect(report.findings.count == 1)
    #expect(report.healed.isEmpty)
    // The next proposal gets its turn.
    let second = Engine(
      validator: Validator(), strategies: StrategyRegistry([Proposal(replacements: ["settings.parse_config", "load_settings"])]))
    #expect(try second.heal(change).healed.map { String(decoding: $0.healed, as: UTF8.self) } == ["Use `load_settings` first.\n"])
  }

  @Test func narrowingProvesAgain() throws {
    let change = Self.change(documents: ["README.md": "Use `parse_config` first.\n"])
    let engine = Engine(validator: Validator())
    let report = try engine.heal(change)
    #expect(report.fixes.count == 1)
    #expect(try engine.narrowed(report, to: FixSelection(applicability: .safe)).fixes.count == 1)
    #expect(try engine.narrowed(report, to: FixSelection(confidence: 1.1)).healed.isEmpty)
  }

  @Test func excludedDocumentsAreNamedSkips() throws {
    let report = try Engine(validator: Validator()).check(
      Self.change(documents: ["README.md": "`parse_config`\n", "docs/a.md": "`parse_config`\n"]),
      scope: EngineScope(includes: { !$0.hasPrefix("docs/") }))
    #expect(report.findings.map(\.path) == ["README.md"])
    #expect(report.skips == [Skip(path: "docs/a.md", reason: .excludedByConfiguration)])
  }
}

/// How long a document may keep the verifier busy.
@Suite struct ProofBudgetTests {
  @Test(arguments: [0, 1, 1000, 1 << 20, 1 << 30]) func isBoundedAndNeverNothing(bytes: Int) {
    var budget = ProofBudget(bytes: bytes)
    var proofs = 0
    for _ in 0..<1000 where budget.takes(3) { proofs += 1 }
    #expect((24...400).contains(proofs))
    #expect(proofs == 24 || proofs * bytes <= 32 << 20)
    #expect(budget.refused == 3 * (1000 - proofs))
  }
}
