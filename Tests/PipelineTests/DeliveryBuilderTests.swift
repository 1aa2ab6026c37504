// Where repairs stand that are offered beside a commit.

import Domain
import TestSupport
import Testing

@testable import Pipeline

@Suite struct DeliveryBuilderTests {
  private func fix(_ text: String, _ old: String, _ new: String) -> Fix {
    let start = text.utf8.count - text[(text.range(of: old)?.lowerBound ?? text.startIndex)...].utf8.count
    let span = Span(start, start + old.utf8.count)
    let finding = Finding(
      rule: "r", severity: .error, path: "a.md", span: span, start: Position(line: 1, column: 1), end: Position(line: 1, column: 2),
      message: "m", text: old, fingerprint: old)
    return Fix(
      strategy: "s", finding: finding, edits: [Edit(path: "a.md", span: span, expected: old, replacement: new)], applicability: .suggested,
      confidence: 1, evidence: [])
  }

  @Test func repairsMoveWithWhatIsCommittedBeforeThem() throws {
    let text = "one\ntwo\nthree\n"
    let committed = fix(text, "two", "zwei\nzwo")
    let moved = DeliveryBuilder.shifted([fix(text, "one", "eins"), fix(text, "three", "drei")], past: committed.edits)
    let repairs = try DeliveryBuilder.repairs("a.md", Array("one\nzwei\nzwo\nthree\n".utf8), moved)
    #expect(repairs.map(\.first) == [1, 4])
    #expect(repairs.map(\.before) == ["one", "three"] && repairs.map(\.after) == ["eins", "drei"])
    #expect(DeliveryBuilder.shifted([fix(text, "two", "2")], past: committed.edits).isEmpty)
  }

  @Test func twoRepairsOfOneLineAreOneOffer() throws {
    let text = "one two\n"
    let repairs = try DeliveryBuilder.repairs("a.md", Array(text.utf8), [fix(text, "one", "eins"), fix(text, "two", "zwei")])
    #expect(repairs.map(\.after) == ["eins zwei"])
    #expect(repairs[0].healing.split(separator: "-").count == 2)
  }

  @Test func longLinesAreNotOffered() throws {
    let text = String(repeating: "x", count: 9000) + " one\n"
    let repairs = try DeliveryBuilder.repairs("a.md", Array(text.utf8), [fix(text, "one", "eins")])
    #expect(repairs.count == 1 && DeliveryBuilder.bounded(repairs).isEmpty)
  }

  @Test func theNameOfARepairIsOfItsContent() {
    let text = "one two\n"
    #expect(fix(text, "one", "eins").healingName == fix("more " + text, "one", "eins").healingName)
    #expect(fix(text, "one", "eins").healingName != fix(text, "one", "uno").healingName)
  }
}
