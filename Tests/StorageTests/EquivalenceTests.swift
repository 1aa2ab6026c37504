// SQLite and PostgreSQL must not differ in anything that a caller can see: random histories of migrations and store calls
// run on both, and every answer is compared.

import Domain
import Storage
import Testing

@Suite struct EquivalenceTests {
  // Feature: lightweight-deployment, Property 3: every migration, up and down, leaves SQLite and PostgreSQL functionally
  // equivalent.
  @Test(arguments: 0..<100) func migrationsAndCallsGiveTheSameAnswers(_ number: Int) throws {
    var random = SeededGenerator(seed: testSeed &+ UInt64(number))
    let databases = [try Backend.sqlite.makeDatabase(), try Backend.postgresql.makeDatabase()]
    defer { for database in databases { database.remove() } }
    let steps =
      (number.isMultiple(of: 2) ? [.migrate(to: nil)] : []) + (0..<40).map { _ in Step.random(using: &random) } + [.migrate(to: nil)]
      + Step.everything
    for (index, step) in steps.enumerated() {
      let answers = databases.map { step.answer(of: $0.database) }
      let history = steps[...index].map { "\($0)" }.joined(separator: "\n")
      try #require(answers[0] == answers[1], "TEST_SEED=\(testSeed) case \(number), after\n\(history)")
    }
  }
}

/// One thing that can be done to a database.
private struct Step: Sendable, CustomStringConvertible {
  let description: String
  private let perform: @Sendable (any SQLDatabase) throws -> String

  private init(_ description: String, _ perform: @escaping @Sendable (any SQLDatabase) throws -> String) {
    self.description = description
    self.perform = perform
  }

  /// What came of it: a result, or an error without the database's name.
  func answer(of database: any SQLDatabase) -> String {
    do { return try perform(database) } catch {
      guard let error = error as? StoreError else { return "\(error)" }
      return "\(error.code) \(error.description.replacing(database.name, with: "it"))"
    }
  }

  static func migrate(to version: Int?) -> Step {
    Step("migrate(to: \(version as Any))") { database in
      let migrator = Migrator(database)
      return "\(try migrator.migrate(to: version)) \(try migrator.version())"
    }
  }

  /// A call of the store, which first checks the schema as a program that starts does.
  private static func call<Answer>(_ description: String, _ body: @escaping @Sendable (SQLStore) throws -> Answer) -> Step {
    Step(description) { database in String(reflecting: try body(try SQLStore(database))) }
  }

  static let everything: [Step] = [
    call("deliveries") { try $0.deliveries(Page(limit: 100), status: nil) },
    call("jobs") { try $0.jobs(Page(limit: 100), state: nil) },
    call("repositories") { try $0.repositories(Page(limit: 100)) },
    call("runs") { try $0.runs(Page(limit: 100), repository: nil) },
    call("findings") { try $0.findings(Page(limit: 100), filter: FindingFilter()) },
    call("counts") { try $0.counts() },
  ]

  static func random(using random: inout SeededGenerator) -> Step {
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<8: return migrate(to: Bool.random(using: &random) ? nil : .random(in: 0...4, using: &random))
    case 8..<14: return migrate(to: nil)
    case 14..<40: return intake(using: &random)
    case 40..<60: return watching(using: &random)
    case 60..<80: return finding(using: &random)
    default: return listing(using: &random)
    }
  }

  private static func intake(using random: inout SeededGenerator) -> Step {
    let (one, two) = (small(using: &random), small(using: &random))
    let when = time(small(using: &random))
    switch Int.random(in: 0..<9, using: &random) {
    case 0, 1, 2:
      var sample = delivery(one, key: text(using: &random), forge: Forge.allCases.randomElement(using: &random) ?? .git)
      sample.payload = Array(text(using: &random).utf8)
      sample.detail = Bool.random(using: &random) ? text(using: &random) : nil
      return call("accept(\(sample))") { [sample] in try $0.accept(sample, job: job(two)) }
    case 3: return call("withdraw(\(one))") { try $0.withdraw(id(one)) }
    case 4:
      let outcome = DeliveryOutcome(
        id: id(one), status: DeliveryStatus.allCases.randomElement(using: &random) ?? .dead, detail: text(using: &random))
      return call("settle(\(outcome))") { try $0.settle(outcome, at: when) }
    case 5: return call("replan(\(one), \(two))") { try $0.replan(id(one), replacing: id(two), with: job(two + 1)) }
    case 6:
      var sample = job(one, state: JobState.allCases.randomElement(using: &random) ?? .dead, holder: text(using: &random), finishedAt: when)
      sample.result = text(using: &random)
      let outcome = DeliveryOutcome(id: id(two), status: .completed)
      return call("update(\(sample))") { [sample] in try $0.update(sample, settling: outcome) }
    case 7: return call("loseJobs(\(when))") { try $0.loseJobs(notHeldBy: "a", at: when) }
    default: return call("prune(\(when), \(one))") { try $0.prune(finishedBefore: when, limit: one) }
    }
  }

  private static func watching(using random: inout SeededGenerator) -> Step {
    let (one, two) = (small(using: &random), small(using: &random))
    let when = time(small(using: &random))
    switch Int.random(in: 0..<8, using: &random) {
    case 0, 1, 2:
      var sample = repository(one)
      sample.name = text(using: &random)
      sample.cloneURL = text(using: &random)
      sample.defaultBranch = Bool.random(using: &random) ? text(using: &random) : nil
      return call("register(\(sample))") { [sample] in try $0.register(sample) }
    case 3: return call("setEnabled(\(one))") { try $0.setEnabled(two.isMultiple(of: 2), repository: id(one)) }
    case 4: return call("remove(\(one))") { try $0.remove(id(one)) }
    case 5, 6:
      let sample = PullRequest(
        repositoryID: id(one), number: two, state: text(using: &random), headBranch: text(using: &random), head: object("a"),
        baseBranch: "main", updatedAt: when)
      return call("record(\(sample))") { try $0.record(sample) }
    default: return call("pullRequest(\(one), \(two))") { try $0.pullRequest(repository: id(one), number: two) }
    }
  }

  private static func finding(using random: inout SeededGenerator) -> Step {
    let (one, two) = (small(using: &random), small(using: &random))
    let when = time(small(using: &random))
    switch Int.random(in: 0..<10, using: &random) {
    case 0, 1, 2:
      let sample = run(one, repository: two, branch: text(using: &random), pullRequest: Bool.random(using: &random) ? two : nil)
      return call("plan(\(sample))") { try $0.plan(sample, job: job(two), for: id(two)) }
    case 3:
      var sample = run(one, repository: two, finishedAt: when)
      sample.patch = text(using: &random)
      return call("finish(\(sample))") { [sample] in try $0.finish(sample, deliveries: .dead, detail: "x", at: when) }
    case 4: return call("attach(\(one), \(two))") { try $0.attach(id(one), to: id(two)) }
    case 5, 6, 7:
      let samples = (0..<two).map { number in
        StorageTests.finding(
          number, rule: text(using: &random), severity: Severity.allCases.randomElement(using: &random) ?? .note, path: text(using: &random)
        )
      }
      return call("record(\(samples.map { [$0.rule, $0.path] }), for: \(one))") { store in
        try store.record(findings: samples, fixes: [fix(one)], for: id(one))
        return [try store.findings(of: id(one)).map { "\($0)" }, try store.fixes(of: id(one)).map { "\($0)" }]
      }
    case 8:
      let sample = Publication(runID: id(one), key: text(using: &random), forgeID: text(using: &random), createdAt: when)
      return call("record(\(sample))") { try $0.record(sample) }
    default:
      let value = [0, -0.0, 1.0 / 3, 1e300, -.infinity, .nan].randomElement(using: &random) ?? 0
      return call("record(metric \(value))") { store in
        try store.record(metric: "m", value: value, at: when)
        return try store.metrics("m", since: time(0), limit: 9)
      }
    }
  }

  private static func listing(using random: inout SeededGenerator) -> Step {
    let (one, two) = (small(using: &random), small(using: &random))
    let word = text(using: &random)
    switch Int.random(in: 0..<9, using: &random) {
    case 0: return call("delivery(\(one))") { try $0.delivery(id(one)) }
    case 1: return call("delivery(key: \(word))") { try $0.delivery(key: word) }
    case 2: return call("deliveries(\(one))") { try $0.deliveries(Page(before: id(one), limit: two), status: .queued) }
    case 3: return call("unfinished(\(one))") { try $0.unfinishedDeliveries(receivedBefore: time(one), limit: two) }
    case 4: return call("jobs(\(one))") { try $0.jobs(Page(before: id(one), limit: two), state: .queued) }
    case 5: return call("runs(\(one), \(two))") { try $0.runs(Page(limit: two), repository: id(one)) }
    case 6: return call("runs(\(one), \(word))") { try $0.runs(repository: id(one), branch: word, pullRequest: nil, limit: two) }
    case 7:
      let filter = FindingFilter(rule: Bool.random(using: &random) ? word : nil, severity: .note, path: two > 2 ? word : nil)
      return call("findings(\(filter))") { try $0.findings(Page(limit: one), filter: filter) }
    default: return everything.randomElement(using: &random) ?? migrate(to: nil)
    }
  }

  /// Few numbers, so that rows meet one another.
  private static func small(using random: inout SeededGenerator) -> Int { .random(in: 1...5, using: &random) }

  /// Few texts, and odd ones.
  private static func text(using random: inout SeededGenerator) -> String {
    [
      "", "a", "A", "b", "ä", "a\u{308}", "漢", "😀", "a\0b", "'; DROP TABLE jobs; --", "$1", "?1", "%", "_", "\\", "\u{7F}\u{1}", " a ",
      String(repeating: "x", count: 600), String(repeating: "é", count: 601), "\u{FFFD}", "NULL",
    ].randomElement(using: &random) ?? ""
  }
}
