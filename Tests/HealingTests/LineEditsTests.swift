// Whole-line edits of the command line's JSON.

import Domain
import Healing
import TestSupport
import Testing

@Suite struct LineEditsTests {
  private func make(_ text: String, _ fixes: [Fix]) throws -> [String] {
    try LineEdits.make(path: "a.md", bytes: Array(text.utf8), fixes: fixes).map {
      "\($0.line)-\($0.endLine) \($0.before.debugDescription) \($0.after.debugDescription)"
    }
  }

  @Test func oneLine() throws {
    #expect(try make("one\ntwo\n", [fix(edit(4, 7, "two", "2"))]) == [#"2-2 "two" "2""#])
  }

  @Test func fixesOnOneLineAreOneEntry() throws {
    let fixes = [fix(edit(0, 3, "one", "1"), confidence: 0.9), fix(edit(4, 7, "two", "2"), rule: "other", applicability: .suggested)]
    let entries = try LineEdits.make(path: "a.md", bytes: Array("one two\nthree".utf8), fixes: fixes)
    #expect(entries.count == 1)
    #expect(entries[0].after == "1 2" && entries[0].rule == "removed-symbol, other")
    #expect(entries[0].applicability == .suggested && entries[0].confidence == 0.9 && entries[0].evidence == [Evidence("proof")])
  }

  @Test(arguments: [
    ("a\nb\nc\n", edit(2, 4, "b\n", ""), #"2-3 "b\nc" "c""#),
    ("a\nb\n", edit(2, 4, "b\n", ""), #"1-2 "a\nb" "a""#),
    ("a\nb", edit(1, 2, "\n", " "), #"1-2 "a\nb" "a b""#),
    ("a\nb\n", edit(2, 4, "b\n", "B\n"), #"2-2 "b" "B""#),
    ("a\nb\n", edit(2, 3, "b", "B\nC"), #"2-2 "b" "B\nC""#),
    ("a\n", edit(2, 2, "", "b\n"), #"1-1 "a" "a\nb""#),
    ("a", edit(0, 1, "a", ""), #"1-1 "a" """#),
    ("a\r\nb\r\n", edit(0, 1, "a", "x"), #"1-1 "a\r" "x\r""#),
  ])
  func boundaries(_ text: String, _ edit: Edit, _ expected: String) throws {
    #expect(try make(text, [fix(edit)]) == [expected])
  }

  /// Replacing the entries' lines gives the healed document, and no two entries share a line.
  @Test func entriesGiveTheHealedDocument() throws {
    forAll(cases: 300) { random in
      let bytes = random.document(lines: 1...30)
      let edits = random.edits(of: bytes).filter { !($0.replacement.isEmpty && $0.expected.isEmpty) }
      let healed = try FixApplier.apply(edits, to: bytes).bytes
      let entries = try LineEdits.make(path: "a.md", bytes: bytes, fixes: edits.map { fix($0) })
      for (left, right) in zip(entries, entries.dropFirst()) { try #require(left.endLine < right.line, random.comment) }
      var lines = String(decoding: bytes, as: UTF8.self).split(byLineFeeds: ())
      for entry in entries.reversed() {
        let replaced = lines[entry.line - 1...entry.endLine - 1]
        try #require(replaced.map(\.text).joined(separator: "\n") == entry.before, random.comment)
        let ending = replaced.last?.ending ?? ""
        lines.replaceSubrange(entry.line - 1...entry.endLine - 1, with: [(text: entry.after, ending: ending)])
      }
      let result = lines.map { $0.text + $0.ending }.joined()
      // Whole lines cannot say whether the last one ends with a line feed.
      #expect(result.trimmingLineFeeds == String(decoding: healed, as: UTF8.self).trimmingLineFeeds, random.comment)
    }
  }
}

extension String {
  fileprivate var trimmingLineFeeds: String {
    var scalars = unicodeScalars[...]
    while scalars.last == "\n" { scalars.removeLast() }
    return String(scalars)
  }

  /// The lines without their line feeds, and the line feeds. (A Character may be CR LF: the split is by scalars.)
  fileprivate func split(byLineFeeds: Void) -> [(text: String, ending: String)] {
    var lines: [(text: String, ending: String)] = []
    var line = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      if scalar == "\n" {
        lines.append((String(line), "\n"))
        line = String.UnicodeScalarView()
      } else {
        line.append(scalar)
      }
    }
    if !line.isEmpty || lines.isEmpty { lines.append((String(line), "")) }
    return lines
  }
}
