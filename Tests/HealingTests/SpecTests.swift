// Runs `Specs/*.md`: the documents of the head tree are checked against the change from base to head, and healed. Expected are a block
// `healed=PATH` with the document afterwards, and a block `fixes` with a line for each proven fix. Every case also holds the laws of
// healing: a second time changes nothing, and the reverted fixes give the original bytes.

import Domain
import Healing
import Pipeline
import TestSupport
import Testing
import Validation
import Workspace

@Suite struct SpecTests {
  static let names = (try? Spec.all(in: testFolder + "/Specs"))?.map { String($0.path.split(separator: "/").last ?? "") } ?? []

  @Test func thereAreSpecs() { #expect(Self.names.count >= 2) }

  @Test(arguments: names) func holds(_ name: String) throws {
    let spec = try Spec(path: testFolder + "/Specs/" + name)
    #expect(!spec.cases.isEmpty)
    var actual: [(block: Spec.Block, text: String, name: String)] = []
    for item in spec.cases {
      let report = try Self.engine.heal(item.change, scope: Self.scope(item), selection: FixSelection(applicability: .display))
      for block in item.expectations {
        if let path = block.attribute("healed") {
          let healed = report.healed.first { $0.path == path }.map { String(decoding: $0.healed, as: UTF8.self) }
          actual.append((block, healed ?? item.head[path] ?? "no such document\n", item.name))
        } else if block.info.prefix(while: { $0 != " " }) == "fixes" {
          actual.append((block, report.fixes.map { Self.line($0.fix) }.joined(), item.name))
        }
      }
      try #require(actual.last?.name == item.name, "\(name), \(item.name): nothing is expected")
      try Self.holdsLaws(report, item)
    }
    try spec.expect(actual)
  }

  private static let sandbox = Sandbox()
  private static let engine = Engine(validator: Validator(tools: DirectTools()), host: { SandboxedHost($0, sandbox: sandbox) })

  /// `fixes execute=python` runs the samples of these languages in the sandbox.
  private static func scope(_ item: Spec.Case) -> EngineScope {
    let languages = item.expectation("fixes")?.attribute("execute")?.split(separator: ",").map(String.init) ?? []
    return EngineScope(execution: ExecutionSettings(languages: Dictionary(languages.map { ($0, .init()) }) { first, _ in first }))
  }

  private static func line(_ fix: Fix) -> String {
    let edits = fix.edits.map { "\($0.expected.debugDescription) → \($0.replacement.debugDescription)" }.joined(separator: ", ")
    let finding = fix.finding
    return "\(finding.path):\(finding.start.line): \(fix.applicability.rawValue): \(edits) [\(fix.strategy)]\n"
  }

  private static func holdsLaws(_ report: HealReport, _ item: Spec.Case) throws {
    var healed = item.head
    for verification in report.healed {
      healed[verification.path] = String(decoding: verification.healed, as: UTF8.self)
      let edits = verification.fixes.flatMap(\.fix.edits)
      let applied = try FixApplier.apply(edits, to: verification.original)
      #expect(applied.bytes == verification.healed)
      #expect(try FixApplier.apply(applied.inverse, to: applied.bytes).bytes == verification.original, "\(item.name)")
    }
    let (old, new) = (LiteralTree(item.base), LiteralTree(healed))
    let again = try engine.heal(
      Change(base: old, head: new, files: new.changes(since: old)), scope: scope(item),
      selection: FixSelection(applicability: .display))
    #expect(again.healed.isEmpty, "\(item.name): healing twice changes more")
  }
}
