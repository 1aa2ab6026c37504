// Edits applied all at once, refused where they do not fit, and taken back.

import Domain
import Healing
import TestSupport
import Testing

@Suite struct FixApplierTests {
  @Test func editsMeanTheOriginalBytes() throws {
    let healed = try FixApplier.apply([edit(6, 9, "two", "2"), edit(0, 5, "one, ", "1 and ")], to: Array("one,  two".utf8))
    #expect(String(decoding: healed.bytes, as: UTF8.self) == "1 and  2")
  }

  @Test func equalEditsCountOnce() throws {
    let healed = try FixApplier.apply([edit(0, 1, "a", "b"), edit(0, 1, "a", "b")], to: Array("a".utf8))
    #expect(healed.applied.count == 1 && healed.bytes == Array("b".utf8))
  }

  @Test func anInsertionAtTheEdgeOfAReplacementFits() throws {
    let healed = try FixApplier.apply([edit(1, 2, "b", "B"), edit(1, 1, "", "<"), edit(2, 2, "", ">")], to: Array("abc".utf8))
    #expect(String(decoding: healed.bytes, as: UTF8.self) == "a<B>c")
    #expect(try FixApplier.apply(healed.inverse, to: healed.bytes).bytes == Array("abc".utf8))
  }

  @Test(arguments: [
    (
      [edit(0, 2, "ab", "x"), edit(1, 3, "bc", "y")],
      "cannot apply edits to a.md: 0-2 'ab' to 'x' and 1-3 'bc' to 'y' overlap: apply one of them"
    ),
    (
      [edit(1, 1, "", "x"), edit(1, 1, "", "y")],
      "cannot apply edits to a.md: 1-1 '' to 'x' and 1-1 '' to 'y' overlap: apply one of them"
    ),
    (
      [edit(0, 2, "zz", "x")], "cannot apply 0-2 'zz' to 'x' to a.md: found 'ab': make the edit again from the present text"
    ),
    (
      [edit(2, 9, "c", "x")], "cannot apply 2-9 'c' to 'x' to a.md: the text has 3 bytes: make the edit again from the present text"
    ),
    (
      [edit(0, 1, "a", "x"), Edit(path: "b.md", span: Span(1, 2), expected: "b", replacement: "y")],
      "cannot apply edits of a.md and b.md to one text: apply them file by file"
    ),
  ])
  func refuses(_ edits: [Edit], _ message: String) {
    let error = #expect(throws: EditError.self) { try FixApplier.apply(edits, to: Array("abc".utf8)) }
    #expect(error?.description == message)
  }

  @Test func revertingGivesTheOriginalBytes() throws {
    forAll(cases: 300) { random in
      let bytes = random.document()
      let healed = try FixApplier.apply(random.edits(of: bytes), to: bytes)
      #expect(try FixApplier.apply(healed.inverse, to: healed.bytes).bytes == bytes, random.comment)
    }
  }

  @Test func theOrderOfEditsDoesNotMatter() throws {
    forAll(cases: 300) { random in
      let bytes = random.document()
      let edits = random.edits(of: bytes)
      let expected = try FixApplier.apply(edits, to: bytes)
      #expect(try FixApplier.apply(edits.shuffled(using: &random) + edits.prefix(2), to: bytes) == expected, random.comment)
    }
  }

  @Test func overlapIsAlwaysRefused() throws {
    forAll(cases: 300) { random in
      let bytes = Array(random.text(count: 40).utf8)
      var edits = random.edits(of: bytes)
      let start = random.int(in: 0...35)
      let end = start + random.int(in: 1...5)
      func text(_ span: Range<Int>) -> String { String(decoding: bytes[span], as: UTF8.self) }
      let first = edit(start, end, text(start..<end), "one")
      let inside = random.int(in: start...end - 1)
      let last = min(40, inside + random.int(in: 1...6))
      edits += [first, edit(inside, last, text(inside..<last), "two")]
      let error = #expect(throws: EditError.self, random.comment) { try FixApplier.apply(edits.shuffled(using: &random), to: bytes) }
      guard case .overlap = error else {
        Issue.record("refused for another reason: \(String(describing: error)), \(random.comment)")
        return
      }
    }
  }
}
