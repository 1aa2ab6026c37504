// Runs `Specs/*.md`: the documents of the head tree are checked against the change from base to head. Expected is a block `findings`
// with a line for each finding, and, where a case has it, a block `skips` with a line for each skip.

import Documents
import Domain
import SourceCode
import TestSupport
import Testing

@testable import Validation

@Suite struct SpecTests {
  static let names = (try? Spec.all(in: testFolder + "/Specs"))?.map { String($0.path.split(separator: "/").last ?? "") } ?? []

  /// Without those of languages whose tool is not on this machine (`scripts/test` installs all that Debian has new enough).
  static let possible = names.filter { name in
    guard name.hasPrefix("lang-"), let language = RuleRegistry.language(named: String(name.dropFirst(5).dropLast(3))) else { return true }
    guard let tool = language.tool else { return true }
    return (try? DirectTools().run(tool: tool, arguments: ["--version"], input: [], timeout: .seconds(30))) != nil
  }

  @Test func thereAreSpecs() { #expect(Self.names.count >= 50 && Self.possible.count >= 50) }

  @Test(arguments: possible) func holds(_ name: String) throws {
    let spec = try Spec(path: testFolder + "/Specs/" + name)
    #expect(!spec.cases.isEmpty)
    var actual: [(block: Spec.Block, text: String, name: String)] = []
    for item in spec.cases {
      let result = try Self.check(item)
      let findings = try #require(item.expectation("findings"), "\(name), \(item.name): a block `findings` is missing")
      actual.append((findings, result.findings.map(Self.line).joined(), item.name))
      if let skips = item.expectation("skips") { actual.append((skips, result.skips.map(Self.line).joined(), item.name)) }
      for finding in result.findings { try Self.holdsLaws(finding, item) }
    }
    try spec.expect(actual)
  }

  static func check(_ item: Spec.Case) throws -> CheckResult {
    let analysis = try ChangeAnalysis(change: item.change, cache: MemoryFactsCache())
    let (documents, skips) = documents(of: item.head)
    let day = Timestamp(milliseconds: 1_780_000_000_000)  // 2026-05-28
    let validator = Validator(tools: DirectTools(), configuration: ValidationConfiguration(now: { day }))
    let revisions = Revisions(
      head: Revision(item.change.head, documents: documents), base: item.change.base.map { Revision($0) }, files: item.change.files)
    let resolver = Resolver(item.change.head)
    let executed = item.expectation("findings")?.attribute("execute")?.split(separator: ",").map(String.init) ?? []
    let runner =
      executed.isEmpty
      ? nil
      : SampleRunner(
        host: SandboxedHost(item.change.head),
        settings: ExecutionSettings(languages: Dictionary(executed.map { ($0, .init()) }) { first, _ in first }), resolver: resolver)
    var result = validator.check(documents: documents, analysis: analysis, revisions: revisions, resolver: resolver, runner: runner)
    result.skips = (skips + result.skips).sorted { ($0.path, $0.line ?? 0) < ($1.path, $1.line ?? 0) }
    return result
  }

  private static func line(_ finding: Finding) -> String {
    "\(finding.path):\(finding.start.line):\(finding.start.column): \(finding.severity.rawValue): \(finding.message) [\(finding.rule)]\n"
  }

  private static func line(_ skip: Skip) -> String {
    "\(skip.path)\(skip.line.map { ":\($0)" } ?? ""): \(skip.reason.rawValue)\(skip.detail.map { ": \($0)" } ?? "")\n"
  }

  private static func holdsLaws(_ finding: Finding, _ item: Spec.Case) throws {
    let bytes = Array(try #require(item.head[finding.path]).utf8)
    #expect(finding.span.end <= bytes.count)
    #expect(String(decoding: bytes[finding.span.range], as: UTF8.self) == finding.text)
    #expect(LineIndex(bytes).position(of: finding.span.start) == finding.start)
  }
}
