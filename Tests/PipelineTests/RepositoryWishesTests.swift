import Domain
import Healing
import Settings
import TestSupport
import Testing
import Validation

@testable import Pipeline

/// What `.doc-healing.yml`, a guessed base and tools that write into pages mean to the engine.
@Suite struct RepositoryWishesTests {
  private static let page = "Call `parse_config` first.\n"

  private static func configuration(_ text: String) -> RepositoryConfiguration {
    RepositoryConfiguration.parse(Array(text.utf8)).configuration
  }

  private static func findings(_ change: Change, _ text: String = "", selected: Set<String>? = nil) throws -> [String] {
    let wishes = configuration(text)
    let engine = Engine(validator: Validator()).configured(by: wishes, selectedRules: selected)
    return try engine.check(change, scope: EngineScope(wishes)).findings.map(\.rule)
  }

  @Test func rulesAreSwitched() throws {
    let change = EngineTests.change(documents: ["README.md": Self.page])
    #expect(try Self.findings(change) == ["removed-symbol"])
    #expect(try Self.findings(change, "rules: {removed-symbol: off}").isEmpty)
    #expect(try Self.findings(change, "rules: {removed-symbol: off}", selected: ["removed-symbol"]) == ["removed-symbol"])
    #expect(try Self.findings(change, selected: ["syntax-error"]).isEmpty)
  }

  @Test func aGuessedBaseIsTrustedWhereARepositorySaysSo() throws {
    var change = EngineTests.change(documents: ["README.md": Self.page])
    change.isBaseGuessed = true
    #expect(try Self.findings(change).isEmpty)
    #expect(try Self.findings(change, "rules: {removed-symbol: on}") == ["removed-symbol"])
    #expect(try Engine(validator: Validator()).heal(change).fixes.isEmpty)
  }

  @Test func theLevelOfALanguageCounts() throws {
    let tree = LiteralTree([
      "pyproject.toml": "[project]\nname = \"paint\"\n", "paint/__init__.py": "def mix(a):\n    return a\n",
      "README.md": "```python\nfrom paint import blend\nfrom paint import mix\n```\n",
    ])
    let change = Change(base: nil, head: tree, files: [])
    #expect(try Self.findings(change) == ["unresolved-import"])
    #expect(try Self.findings(change, "languages: {python: {level: syntax}}").isEmpty)
    #expect(try Self.findings(change, "languages: {python: {enabled: false}}").isEmpty)
  }

  @Test func olderVersionsAndCodeAreDocumentsOnlyWhereAskedFor() throws {
    let tree = LiteralTree([
      "docs/v1/a.md": "# A\n", "docs/v2/a.md": "# A\n", "src/a.py": "def f():\n    \"\"\"Say so.\"\"\"\n",
    ])
    func check(_ text: String) throws -> CheckResult {
      try Engine(validator: Validator()).check(Change(base: nil, head: tree, files: []), scope: EngineScope(Self.configuration(text)))
    }
    let plain = try check("")
    #expect(plain.documents == 1)
    #expect(plain.skips.contains { $0.path == "docs/v1/a.md" && $0.reason == .oldVersion })
    #expect(try check("documentation: {include: ['docs/**', 'src/**/*.py']}").documents == 2)
  }

  @Test func whatIsRunIsWhatTheConfigurationSays() {
    let text =
      "languages:\n  py: {level: execute, timeout: 7, dependencies: [requests]}\n  bash: {level: execute, enabled: false}\n  go: {level: resolve}\n"
    let settings = EngineScope(Self.configuration(text)).execution
    #expect(settings.languages == ["python": ExecutionSettings.Language(timeout: 7, dependencies: ["requests"])])
  }

  @Test func regionsThatToolsWriteAreNotEdited() throws {
    let block = "Call `parse_config` first.\n"
    let owned = "<!-- BEGIN_TF_DOCS -->\n\n\(block)\n<!-- END_TF_DOCS -->\n\n\(block)"
    let report = try Engine(validator: Validator()).heal(EngineTests.change(documents: ["README.md": owned]))
    #expect(report.findings.count == 2)
    #expect(report.fixes.count == 1)
    let healed = try #require(report.healed.first)
    let text = String(decoding: healed.healed, as: UTF8.self)
    #expect(
      text
        == owned.replacing("parse_config", with: "load_settings", subrange: text.startIndex..<text.endIndex, maxReplacements: 2)
        .replacing("load_settings", with: "parse_config", maxReplacements: 1))
  }
}
