// The language model behind the strategies: what it proposes is proven like everything else, and what goes wrong with it changes
// nothing.

import Domain
import HTTPClient
import Healing
import LanguageModels
import Settings
import TestSupport
import Testing
import Validation

@testable import Pipeline

private typealias Reply = HTTPServer.Reply
private let key = Secret("sk-never-show-this-0123456789")

@Suite struct ModelStageTests {
  static let readme = "# Settings\n\nCall `parse_config(path)` to read the settings.\n"
  static let change = EngineTests.change(documents: ["README.md": readme])

  /// A provider's answer that carries `text`.
  private static func says(_ text: String) -> Reply {
    let quoted = (try? JSONText.encode([text])).map { String($0.dropFirst().dropLast()) } ?? ""
    return .json(#"{"choices":[{"message":{"content":\#(quoted)}}]}"#)
  }

  private static func replacing(_ line: Int, _ text: String) -> Reply {
    says(#"{"first_line":\#(line),"last_line":\#(line),"replacement":"\#(text)"}"#)
  }

  /// An engine whose strategies are `strategies`, with a model behind a server.
  private static func engine(_ server: HTTPServer, strategies: StrategyRegistry = StrategyRegistry([]), limit: Int = 10) -> Engine {
    let model = OpenAIModel(name: "m", base: server.url, key: key, timeout: .seconds(20), transport: CurlTransport())
    return Engine(
      validator: Validator(), strategies: strategies, model: ModelProposer(model: model, maximumRequests: limit, maximumTokens: 100))
  }

  @Test func healsWhatNoStrategyHeals() throws {
    let server = try HTTPServer { _ in Self.replacing(3, "Call `load_settings(path)` to read the settings.") }
    let report = try Self.engine(server).heal(Self.change)
    let healed = try #require(report.healed.first)
    #expect(String(decoding: healed.healed, as: UTF8.self) == Self.readme.replacing("parse_config", with: "load_settings"))
    let fix = try #require(report.fixes.first?.fix)
    #expect(fix.strategy == "language-model" && fix.applicability == .suggested && fix.confidence == 0.3)
    #expect(report.notes == ["language model openai m: 1 questions, 1 proposals, 1 proven"])
    // It was told what the code did.
    let asked = try #require(server.requests.first?.text)
    #expect(asked.contains("-def parse_config(path):") && asked.contains("+def load_settings(path):"))
    #expect(!asked.contains(key.reveal()))
  }

  @Test func isNotAskedAboutWhatAStrategyHeals() throws {
    let server = try HTTPServer { _ in .hangUp }
    let report = try Self.engine(server, strategies: .standard).heal(Self.change)
    #expect(report.fixes.count == 1 && report.notes.isEmpty && server.requests.isEmpty)
  }

  @Test func healingTwiceChangesNothing() throws {
    let server = try HTTPServer { _ in Self.replacing(3, "Call `load_settings(path)` to read the settings.") }
    let engine = Self.engine(server)
    let healed = try #require(try engine.heal(Self.change).healed.first).healed
    let again = try engine.heal(EngineTests.change(documents: ["README.md": String(decoding: healed, as: UTF8.self)]))
    #expect(again.healed.isEmpty && server.requests.count == 1)
  }

  @Test(arguments: [
    "Call `parse_config(path)` to read all the settings.", "Call `parse_config_file(path)` or `parse_config(path)` now.",
    "Call `load_settings(path)`, see [this](missing/page.md) now.",
  ])
  func whatProvesWrongIsNotLetThrough(_ text: String) throws {
    let server = try HTTPServer { _ in Self.replacing(3, text) }
    let report = try Self.engine(server).heal(Self.change)
    #expect(report.healed.isEmpty && report.findings.count == 1)
    #expect(report.notes == ["language model openai m: 1 questions, 1 proposals, 0 proven"])
  }

  @Test func whatLeavesWorkForAStrategyIsNotLetThrough() throws {
    // The strategies know the new name of a second finding only once it stands in the healed text.
    struct Restless: Strategy {
      let name = "restless"
      let rules: Set<String> = ["removed-symbol"]
      func fixes(for finding: Finding, in context: HealingContext) -> [Fix] {
        guard String(decoding: context.bytes, as: UTF8.self).contains("First `load_settings`"), finding.start.line == 3 else { return [] }
        let edit = Edit(path: finding.path, span: finding.span, expected: finding.text, replacement: "load_settings")
        return [Fix(strategy: name, finding: finding, edits: [edit], applicability: .suggested, confidence: 1, evidence: [])]
      }
    }
    let server = try HTTPServer {
      $0.text.contains(#"first_line\":1"#) ? Self.replacing(1, "First `load_settings`.") : Self.says("no")
    }
    let change = EngineTests.change(documents: ["README.md": "First `parse_config`.\n\nThen `parse_config`.\n"])
    let settled = try Self.engine(server).heal(change)
    #expect(settled.fixes.count == 1)
    #expect(try Self.engine(server, strategies: StrategyRegistry([Restless()])).heal(change).fixes.isEmpty)
  }

  @Test func whateverItSaysTheRunIsTheSame() throws {
    let change = EngineTests.change(documents: ["README.md": Self.readme, "docs/a.md": "Use `parse_config` and `parse_config` first.\n"])
    let silent = try Engine(validator: Validator(), strategies: StrategyRegistry([])).heal(change)
    let replies: [Reply] = [
      .hangUp, .raw("nonsense"), .json("{}"), .json(#"{"error":"\#(key.reveal())"}"#, status: 401),
      .json("", status: 429, headers: [("Retry-After", "3600")]), .json("", status: 500),
      Reply(text: String(repeating: "x", count: 2 << 20)),
      Self.says("I will not."), Self.says(String(repeating: "x", count: 30_000)), Self.replacing(1, "Other lines"),
      Self.replacing(3, "Call <script>`load_settings(path)`</script> to read the settings."),
      Self.replacing(3, "Call `load_settings(path)`, see https://evil.example/."),
      Self.says(#"{"first_line":3,"last_line":3,"replacement":null}"#),
    ]
    for (number, reply) in replies.enumerated() {
      let report = try Self.engine(try HTTPServer { _ in reply }).heal(change)
      #expect(report.findings == silent.findings && report.skips == silent.skips, "reply \(number)")
      #expect(try report.patch == silent.patch && report.lineEdits() == silent.lineEdits(), "reply \(number)")
      #expect(report.notes.count == 1 && report.notes.allSatisfy { !$0.contains(key.reveal()) && !$0.contains("\n") }, "reply \(number)")
    }
    #expect(silent.notes.isEmpty)
  }

  @Test func withoutItNothingChanges() throws {
    let change = EngineTests.change(documents: ["README.md": Self.readme])
    let without = try Engine(validator: Validator()).heal(change)
    let server = try HTTPServer { _ in .hangUp }
    let with = try Self.engine(server, strategies: .standard).heal(change)
    #expect(without.patch == with.patch && without.findings == with.findings && with.notes == without.notes)
  }

  @Test func aRepositoryCanSwitchItOff() throws {
    let server = try HTTPServer { _ in Self.replacing(3, "Call `load_settings(path)` to read the settings.") }
    let (off, mistakes) = RepositoryConfiguration.parse(Array("validation:\n  languageModel: false\n".utf8))
    #expect(mistakes.isEmpty)
    #expect(try Self.engine(server).configured(by: off).heal(Self.change).healed.isEmpty)
    let (broken, _) = RepositoryConfiguration.parse(Array("validation: [\n".utf8))
    #expect(try Self.engine(server).configured(by: broken).heal(Self.change).healed.isEmpty)
    #expect(server.requests.isEmpty)
    #expect(try Self.engine(server).configured(by: RepositoryConfiguration()).heal(Self.change).healed.count == 1)
    // And never on.
    let (on, _) = RepositoryConfiguration.parse(Array("validation:\n  languageModel: true\n".utf8))
    let none = Engine(validator: Validator(), strategies: StrategyRegistry([])).configured(by: on)
    #expect(try none.heal(Self.change).healed.isEmpty)
  }

  @Test func isNotAskedForFixesThatNobodyTakes() throws {
    let server = try HTTPServer { _ in .hangUp }
    let engine = Self.engine(server)
    #expect(try engine.heal(Self.change, selection: FixSelection(applicability: .safe)).healed.isEmpty)
    #expect(try engine.heal(Self.change, selection: FixSelection(confidence: 0.8)).healed.isEmpty)
    #expect(try engine.heal(Self.change, selection: FixSelection(includesModel: false)).healed.isEmpty)
    #expect(server.requests.isEmpty)
  }

  @Test func neverMakesACommitByItself() throws {
    let server = try HTTPServer { _ in Self.replacing(3, "Call `load_settings(path)` to read the settings.") }
    let engine = Self.engine(server)
    let report = try engine.heal(Self.change)
    #expect(report.fixes.count == 1)
    #expect(try engine.narrowed(report, to: FixSelection(applicability: .safe)).healed.isEmpty)
    #expect(try engine.narrowed(report, to: FixSelection(confidence: 0.8)).healed.isEmpty)
    #expect(try engine.narrowed(report, to: FixSelection(confidence: 0.2)).fixes.count == 1)
    #expect(server.requests.count == 1)
  }

  @Test func filesOfSecretsAreNotShown() throws {
    let files = ["README.md": Self.readme, ".env": "parse_config=first\n", "prod.tfvars": "parse_config = 1\n"]
    let base = LiteralTree(files.merging(["settings.py": EngineTests.oldCode]) { $1 }, commit: objectID(1))
    let head = LiteralTree(["README.md": Self.readme], commit: objectID(2))
    let server = try HTTPServer { _ in Self.says("no") }
    _ = try Self.engine(server).heal(Change(base: base, head: head, files: head.changes(since: base)))
    let asked = try #require(server.requests.first?.text)
    #expect(asked.contains("--- settings.py") && !asked.contains("first") || !asked.contains("parse_config=first"))
    #expect(!asked.contains(".env") && !asked.contains("tfvars"))
  }
}
