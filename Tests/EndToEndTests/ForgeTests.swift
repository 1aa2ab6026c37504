// The engine as a good citizen of a forge: nginx, the responder and its workers of this build against a fake forge, over its webhooks,
// its API and real git over http.

import Domain
import Forges
import Foundation
import TestSupport
import Testing

/// A service and a forge that tell each other everything.
final class ForgeScenario {
  enum Kind: String, CaseIterable, CustomTestStringConvertible {
    case githubToken, githubApp, gitlab, gitea
    var testDescription: String { rawValue }
    var forge: Forge { self == .gitlab ? .gitlab : self == .gitea ? .gitea : .github }
  }

  static let name = "octo/hello"
  let kind: Kind
  let fake: FakeForge
  let service: ServiceUnderTest
  let account: String
  private let keys: TemporaryDirectory

  init(_ kind: Kind, settings: [String: String] = [:], files: [String: String] = [:]) throws {
    self.kind = kind
    fake = try FakeForge(kind.forge)
    let name = Self.name
    try fake.addRepository(
      name, files: ["settings.py": ExampleRepository.code, "README.md": ExampleRepository.readme].merging(files) { $1 })
    fake.permit("ada", .write, in: name)
    fake.permit("stranger", .read, in: name)
    var environment = settings
    keys = try TemporaryDirectory("keys")
    switch kind {
    case .githubToken, .gitlab, .gitea:
      account = "helper"
      let token = fake.addToken(for: account, permissions: [name: .admin]).reveal()
      switch kind {
      case .gitlab: environment.merge(["DOC_HEALING_GITLAB_TOKEN": token, "DOC_HEALING_GITLAB_URL": fake.url]) { $1 }
      case .gitea: environment.merge(["DOC_HEALING_GITEA_TOKEN": token, "DOC_HEALING_GITEA_URL": fake.url]) { $1 }
      default: environment.merge(["DOC_HEALING_GITHUB_TOKEN": token, "DOC_HEALING_GITHUB_API_URL": fake.apiAddress]) { $1 }
      }
    case .githubApp:
      account = "doc-healing[bot]"
      let key = try fake.addApp(id: "4711", slug: "doc-healing", on: [name])
      try keys.write("app.pem", key.reveal())
      environment.merge([
        "DOC_HEALING_GITHUB_APP_ID": "4711", "DOC_HEALING_GITHUB_APP_PRIVATE_KEY_PATH": keys("app.pem"),
        "DOC_HEALING_GITHUB_API_URL": fake.apiAddress,
      ]) { $1 }
    }
    service = try ServiceUnderTest(environment)
    fake.addHook(
      port: service.client.port, path: "/webhooks/\(kind.forge.rawValue)", secret: Secret(service.secret), in: name,
      isApp: kind == .githubApp)
  }

  /// Renames the function on a branch and opens a pull request.
  func open(from branch: String = "topic", of fork: String? = nil, by author: String = "ada") throws -> Int {
    try fake.commit(
      ["settings.py": ExampleRepository.code.replacing("parse_config", with: "load_settings")], to: branch, from: "main",
      message: "Rename parse_config on \(branch)\n", in: fork ?? Self.name)
    return fake.addPull(from: branch, of: fork, author: author, in: Self.name)
  }

  static let healed = ExampleRepository.readme.replacing("parse_config", with: "load_settings")

  func pull(_ number: Int) -> FakePull { fake.pull(number, in: Self.name) }
  func git() -> FakeGit { fake.repository(Self.name).git }

  /// Our comments on a pull request.
  func comments(_ number: Int) -> [FakeComment] { pull(number).comments.filter { $0.author == account } }

  /// The states of our check at a commit, newest last.
  func checks(at commit: ObjectID) -> [String] {
    let repository = fake.repository(Self.name)
    if kind == .githubApp { return repository.checks.filter { $0.head == commit.hex }.map { $0.conclusion ?? $0.status } }
    return repository.statuses.filter { $0.sha == commit.hex && $0.context == "Documentation" }.map(\.state)
  }

  func eventually(_ what: String, sourceLocation: SourceLocation = #_sourceLocation, _ condition: @escaping () throws -> Bool) throws {
    guard try !TestSupport.eventually(within: .seconds(60), condition) else { return }
    let effects = fake.journal.suffix(12).map { "\($0.method) \($0.path)" }.joined(separator: "\n")
    throw NeverHappened(description: "never happened: \(what)\n\(effects)\n\(service.log.suffix(3000))")
  }

  /// Nothing is left in the outbox.
  func settled() throws {
    try eventually("the outbox is empty") {
      let text = try self.service.client.get("/metrics").text
      return text.contains("doc_healing_records{record=\"effects\"")
        && !text.contains("doc_healing_records{record=\"effects\",state=\"queued\"}")
    }
  }

  func expectNoViolations(sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(fake.violations == [], sourceLocation: sourceLocation)
  }
}

struct NeverHappened: Error, CustomStringConvertible { var description: String }

@Suite(.serialized) struct EndToEndForgeTests {
  @Test(arguments: ForgeScenario.Kind.allCases) func aPullRequestIsRepairedWhereItStands(_ kind: ForgeScenario.Kind) throws {
    let scenario = try ForgeScenario(kind)
    let number = try scenario.open()
    let head = try #require(scenario.git().tip(of: "topic"))
    try scenario.eventually("the branch is repaired") { scenario.git().tip(of: "topic") != head }
    let commit = try #require(scenario.git().tip(of: "topic"))
    #expect(scenario.git().file("README.md", at: commit.hex) == ForgeScenario.healed)
    #expect(scenario.git().parents(of: commit.hex) == [head.hex])
    let message = scenario.git().message(of: commit.hex)
    #expect(message.hasPrefix("[bot:doc-healing] Repair README.md after"))
    #expect(message.contains("\nDoc-Healing-Run: ") && message.contains("\nSigned-off-by: "))
    try scenario.eventually("the comment is there") { scenario.comments(number).count == 1 }
    try scenario.eventually("both heads have a final check") {
      scenario.checks(at: head).last == "success" && scenario.checks(at: commit).last == "success"
    }
    #expect(scenario.comments(number)[0].body.contains("repaired in \(commit.short)"))
    // Our own commit's webhook starts nothing.
    try scenario.settled()
    #expect(scenario.git().tip(of: "topic") == commit)
    #expect(scenario.comments(number).count == 1)
    #expect(scenario.fake.repository(ForgeScenario.name).pulls.count == 1)
    if kind == .githubApp { #expect(scenario.checks(at: commit).count == 1 && scenario.checks(at: head).count == 1) }
    scenario.expectNoViolations()
  }

  @Test(arguments: ForgeScenario.Kind.allCases) func aForkGetsSuggestionsAndNoCommit(_ kind: ForgeScenario.Kind) throws {
    let scenario = try ForgeScenario(kind)
    try scenario.fake.addFork(of: ForgeScenario.name, as: "ada/hello")
    let number = try scenario.open(of: "ada/hello")
    let head = try #require(scenario.fake.repository("ada/hello").git.tip(of: "topic"))
    try scenario.eventually("the comment is there") { scenario.comments(number).count == 1 }
    try scenario.eventually("the check is final") { scenario.checks(at: head).last.map { $0 != "pending" && $0 != "in_progress" } ?? false }
    #expect(scenario.fake.repository("ada/hello").git.tip(of: "topic") == head)
    // The README is not in the diff: no line of it takes a suggestion, so the repair is a patch in the comment.
    #expect(scenario.comments(number)[0].body.contains("+Call `load_settings(\"app.conf\")`"))
    scenario.expectNoViolations()
  }

  @Test(arguments: ForgeScenario.Kind.allCases) func linesOfTheDiffGetSuggestions(_ kind: ForgeScenario.Kind) throws {
    let scenario = try ForgeScenario(kind)
    try scenario.fake.addFork(of: ForgeScenario.name, as: "ada/hello")
    try scenario.fake.commit(
      [
        "settings.py": ExampleRepository.code.replacing("parse_config", with: "load_settings"),
        "README.md": ExampleRepository.readme.replacing("to read the settings", with: "to read all settings"),
      ], to: "topic", from: "main", message: "Rename\n", in: "ada/hello")
    let number = scenario.fake.addPull(from: "topic", of: "ada/hello", in: ForgeScenario.name)
    try scenario.eventually("the comment is there") { scenario.comments(number).count == 1 }
    try scenario.settled()
    let comments = scenario.pull(number).reviewComments.filter { $0.author == scenario.account && $0.lines.contains(3) }
    #expect(comments.count == 1)
    #expect(comments.first?.body.contains("Call `load_settings(\"app.conf\")` to read all settings.") == true)
    // Checked again, nothing is said twice.
    let all = scenario.pull(number).reviewComments.count
    scenario.fake.addComment("@doc-healing recheck", by: "ada", on: number, in: ForgeScenario.name)
    try scenario.eventually("it is answered") { scenario.comments(number).contains { $0.body.contains("is checked again") } }
    try scenario.eventually("it is checked again") {
      try scenario.service.client.get("/runs").text.components(separatedBy: "\"head\"").count == 3
    }
    try scenario.settled()
    #expect(scenario.pull(number).reviewComments.count == all)
    scenario.expectNoViolations()
  }

  @Test func aPausedPullRequestAndOneFromTheDefaultBranchGetNoCommit() throws {
    let scenario = try ForgeScenario(.gitea)
    try scenario.fake.commit(["x.txt": "x\n"], to: "topic", from: "main", in: ForgeScenario.name)
    let number = scenario.fake.addPull(from: "topic", in: ForgeScenario.name)
    scenario.fake.addComment("@doc-healing pause", by: "ada", on: number, in: ForgeScenario.name)
    try scenario.eventually("it is paused") { scenario.comments(number).contains { $0.body.hasPrefix("Paused") } }
    let renamed = ExampleRepository.code.replacing("parse_config", with: "load_settings")
    try scenario.fake.commit(["settings.py": renamed], to: "topic", in: ForgeScenario.name)
    let head = try #require(scenario.git().tip(of: "topic"))
    try scenario.eventually("the check is final") {
      scenario.checks(at: head).contains("success") || scenario.checks(at: head).contains("warning")
    }
    try scenario.settled()
    #expect(scenario.git().tip(of: "topic") == head)
    #expect(scenario.comments(number).count == 1)
    scenario.fake.addComment("@doc-healing resume", by: "ada", on: number, in: ForgeScenario.name)
    try scenario.eventually("it is repaired") { scenario.git().tip(of: "topic") != head }

    try scenario.fake.commit(["release.txt": "1\n"], to: "release", from: "main", in: ForgeScenario.name)
    try scenario.fake.commit(["settings.py": renamed], to: "main", in: ForgeScenario.name)
    let main = try #require(scenario.git().tip(of: "main"))
    let second = scenario.fake.addPull(from: "main", to: "release", in: ForgeScenario.name)
    try scenario.eventually("it is told") {
      scenario.comments(second).contains { $0.body.contains("the pull request comes from the default branch") }
    }
    try scenario.settled()
    #expect(scenario.git().tip(of: "main") == main)
    scenario.expectNoViolations()
  }

  @Test func aBranchThatAPersonPushedToIsFrozenAndNeverClosed() throws {
    let scenario = try ForgeScenario(.gitlab)
    let renamed = ExampleRepository.code.replacing("parse_config", with: "load_settings")
    try scenario.fake.commit(["settings.py": renamed], to: "main", in: ForgeScenario.name)
    let ours = { scenario.fake.repository(ForgeScenario.name).pulls.filter { $0.headBranch == "doc-healing/main" } }
    try scenario.eventually("a pull request is open") { ours().count == 1 }
    try scenario.settled()
    let theirs = try scenario.fake.commit(["more.md": "more\n"], to: "doc-healing/main", message: "Add\n", in: ForgeScenario.name)
    try scenario.fake.commit(["README.md": ForgeScenario.healed], to: "main", message: "Docs\n", in: ForgeScenario.name)
    try scenario.eventually("they are told") {
      scenario.comments(ours()[0].number).contains { $0.body.contains("left alone from now on") }
    }
    try scenario.settled()
    #expect(ours().count == 1 && ours()[0].state == .open)
    #expect(scenario.git().tip(of: "doc-healing/main") == theirs)
    scenario.expectNoViolations()
  }

  @Test func aRepositoryThatWantsNoChecksHasNoneLeftPending() throws {
    let scenario = try ForgeScenario(
      .githubApp, files: [".doc-healing.yml": "notifications:\n  statusChecks: false\n  prComments: false\n"])
    let number = try scenario.open()
    let head = try #require(scenario.git().tip(of: "topic"))
    try scenario.eventually("the branch is repaired") { scenario.git().tip(of: "topic") != head }
    try scenario.settled()
    // The first one was announced before the configuration was read.
    #expect(!scenario.checks(at: head).contains("in_progress"))
    #expect(scenario.comments(number).isEmpty)
    _ = try scenario.open(from: "second")
    let second = try #require(scenario.git().tip(of: "second"))
    try scenario.eventually("the second is repaired") { scenario.git().tip(of: "second") != second }
    try scenario.settled()
    #expect(scenario.checks(at: second).isEmpty)
    scenario.expectNoViolations()
  }

  @Test(arguments: ForgeScenario.Kind.allCases) func aPushGetsOneRollingPullRequest(_ kind: ForgeScenario.Kind) throws {
    let scenario = try ForgeScenario(kind)
    let renamed = ExampleRepository.code.replacing("parse_config", with: "load_settings")
    try scenario.fake.commit(["settings.py": renamed], to: "main", message: "Rename\n", in: ForgeScenario.name)
    let ours = { scenario.fake.repository(ForgeScenario.name).pulls.filter { $0.headBranch == "doc-healing/main" } }
    try scenario.eventually("a pull request is open") { ours().count == 1 && ours()[0].state == .open }
    #expect(scenario.git().file("README.md", at: "doc-healing/main") == ForgeScenario.healed)
    // Another change: rebuilt in place.
    try scenario.fake.commit(["other.txt": "x\n"], to: "main", message: "Other\n", in: ForgeScenario.name)
    let main = try #require(scenario.git().tip(of: "main"))
    try scenario.eventually("the branch is rebuilt") { scenario.git().parents(of: "doc-healing/main") == [main.hex] }
    try scenario.settled()
    #expect(ours().count == 1)
    // A person repairs it: nothing is left, and it is closed.
    try scenario.fake.commit(["README.md": ForgeScenario.healed], to: "main", message: "Docs\n", in: ForgeScenario.name)
    try scenario.eventually("it is closed") { ours()[0].state == .closed }
    try scenario.settled()
    #expect(ours().count == 1)
    scenario.expectNoViolations()
  }

  @Test func whatAPersonClosedIsNotProposedAgain() throws {
    let scenario = try ForgeScenario(.gitea)
    let renamed = ExampleRepository.code.replacing("parse_config", with: "load_settings")
    try scenario.fake.commit(["settings.py": renamed], to: "main", message: "Rename\n", in: ForgeScenario.name)
    let ours = { scenario.fake.repository(ForgeScenario.name).pulls.filter { $0.headBranch == "doc-healing/main" } }
    try scenario.eventually("a pull request is open") { ours().count == 1 }
    try scenario.settled()
    scenario.fake.closePull(ours()[0].number, isMerged: false, by: "ada", in: ForgeScenario.name)
    try scenario.eventually("it is known") {
      let output = try scenario.service.tool(["status"]).output
      return output.contains("acceptance") && !output.contains(" 0 declined")
    }
    try scenario.fake.commit(["other.txt": "x\n"], to: "main", message: "Other\n", in: ForgeScenario.name)
    let main = try #require(scenario.git().tip(of: "main"))
    try scenario.eventually("the new head is checked") {
      try scenario.service.client.get("/runs").text.contains(main.hex)
        && !scenario.service.client.get("/runs").text.contains("\"queued\"")
        && !scenario.service.client.get("/runs").text.contains("\"running\"")
    }
    try scenario.settled()
    #expect(ours().count == 1 && ours()[0].state == .closed)
    scenario.expectNoViolations()
  }

  @Test(arguments: ForgeScenario.Kind.allCases) func commandsAreObeyedFromThoseWhoMayWrite(_ kind: ForgeScenario.Kind) throws {
    let scenario = try ForgeScenario(kind)
    let number = try scenario.open()
    let head = try #require(scenario.git().tip(of: "topic"))
    try scenario.eventually("the branch is repaired") { scenario.git().tip(of: "topic") != head }
    try scenario.eventually("the comment is there") { scenario.comments(number).count == 1 }
    try scenario.settled()
    let repaired = try #require(scenario.git().tip(of: "topic"))

    scenario.fake.addComment("@doc-healing undo", by: "stranger", on: number, in: ForgeScenario.name)
    scenario.fake.addComment("Let us see.\n\n@doc-healing undo", by: "ada", on: number, in: ForgeScenario.name)
    try scenario.eventually("the repair is undone") { scenario.git().tip(of: "topic") != repaired }
    let undone = try #require(scenario.git().tip(of: "topic"))
    #expect(scenario.git().parents(of: undone.hex) == [repaired.hex])
    #expect(scenario.git().file("README.md", at: undone.hex) == ExampleRepository.readme)
    try scenario.eventually("it is answered") { scenario.comments(number).contains { $0.body.contains("is undone by") } }
    try scenario.settled()
    // It is not repaired again, and the stranger was not answered.
    #expect(scenario.git().tip(of: "topic") == undone)
    #expect(scenario.comments(number).count == 2)

    scenario.fake.addComment(
      "@doc-healing ignore README.md because it is \"old\"", by: "ada", on: number, in: ForgeScenario.name)
    try scenario.eventually("the entry is committed") { scenario.git().file(".doc-healing.yml", at: "topic") != nil }
    let entry = try #require(scenario.git().file(".doc-healing.yml", at: "topic"))
    #expect(entry.contains("- file: \"README.md\"") && entry.contains("it is \\\"old\\\" (@ada)"))
    try scenario.eventually("the comment says that nothing is wrong") {
      scenario.comments(number).contains { $0.body.contains("nothing is wrong any more") }
    }
    try scenario.settled()
    scenario.expectNoViolations()
  }

  @Test func lostAnswersAndFailuresLeaveOneOfEach() throws {
    let scenario = try ForgeScenario(.githubApp)
    scenario.fake.loseAnswers(0.15, seed: 7)
    let numbers = try (1...6).map { try scenario.open(from: "topic-\($0)") }
    try scenario.eventually("all are repaired and told") {
      numbers.allSatisfy { scenario.comments($0).count == 1 }
    }
    try scenario.settled()
    scenario.fake.loseAnswers(0, seed: 7)
    for number in numbers {
      let pull = scenario.pull(number)
      let tip = try #require(scenario.git().tip(of: pull.headBranch))
      #expect(scenario.comments(number).count == 1)
      #expect(scenario.git().message(of: tip.hex).hasPrefix("[bot:doc-healing]"))
      let parent = try #require(ObjectID(scenario.git().parents(of: tip.hex)[0]))
      #expect(!scenario.git().message(of: parent.hex).hasPrefix("[bot:doc-healing]"))
      #expect(scenario.checks(at: tip) == ["success"])
      #expect(scenario.checks(at: parent) == ["success"])
    }
    scenario.expectNoViolations()
  }
}
