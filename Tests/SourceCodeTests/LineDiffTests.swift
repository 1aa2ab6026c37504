// The line diff, and what is kept of files.

import Domain
import TestSupport
import Testing

@testable import SourceCode

@Suite struct LineDiffTests {
  /// The old lines with each hunk replaced are the new lines, and hunks neither touch nor begin or end with equal lines.
  @Test func hunksGiveTheNewText() {
    forAll(cases: 400) { random in
      let words = (0..<random.int(in: 1...12)).map { "line \($0)\n" }
      func text(_ count: Int) -> [String] { (0..<count).map { _ in random.pick(words) } }
      let old = text(random.int(in: 0...40))
      var new = random.bool() ? old : text(random.int(in: 0...40))
      for _ in 0..<random.int(in: 0...5) where !new.isEmpty { new[random.int(in: 0...new.count - 1)] = random.pick(words + ["new\n"]) }
      let (left, right) = (LineDiff.lines(of: Array(old.joined().utf8)), LineDiff.lines(of: Array(new.joined().utf8)))
      let hunks = LineDiff(from: left, to: right).hunks
      var result: [ArraySlice<UInt8>] = []
      var position = 0
      for hunk in hunks {
        try #require(hunk.old.lowerBound >= position && !(hunk.old.isEmpty && hunk.new.isEmpty), random.comment)
        result += left[position..<hunk.old.lowerBound] + right[hunk.new]
        position = hunk.old.upperBound
      }
      result += left[position...]
      try #require(result == right, random.comment)
      for (first, second) in zip(hunks, hunks.dropFirst()) { try #require(first.old.upperBound < second.old.lowerBound, random.comment) }
    }
  }

  @Test func isMinimalOnSmallTexts() {
    let hunks = LineDiff(from: Array("a\nb\nc\nd\n".utf8), to: Array("a\nx\nc\nd\ne\n".utf8)).hunks
    #expect(hunks == [LineDiff.Hunk(old: 1..<2, new: 1..<2), LineDiff.Hunk(old: 4..<4, new: 4..<5)])
  }

  @Test func aRewrittenTextIsOneHunk() {
    let old = (0..<3000).map { "a\($0 % 7)\n" }.joined()
    let new = (0..<3000).map { "b\($0 % 5)\n" }.joined()
    #expect(LineDiff(from: Array(old.utf8), to: Array(new.utf8)).hunks == [LineDiff.Hunk(old: 0..<3000, new: 0..<3000)])
  }
}

@Suite struct FactsTests {
  private func facts(_ text: String) throws -> FileFacts { try FileScanner.facts(of: Array(text.utf8), .python).get() }

  @Test func identifiersInCodeAndInStringsAreApart() throws {
    let facts = try facts("def run(path):  # note\n    return f\"text {value}\" + other\n")
    for name in ["run", "path", "value", "other"] { #expect(facts.code.contains(name)) }
    for name in ["note", "text", "f"] { #expect(!facts.code.contains(name)) }
    #expect(facts.strings.contains("text") && !facts.strings.contains("value"))
  }

  @Test func rustsTestModulesKeepNothingAlive() throws {
    let text = "fn live() {}\n#[cfg(test)]\nmod tests { use super::*; #[test] fn old() { only_tested(); } }\n"
    let facts = try FileScanner.facts(of: Array(text.utf8), .rust).get()
    #expect(facts.code.contains("live") && !facts.code.contains("only_tested"))
  }

  @Test func theCacheIsBoundedAndForgetsTheOldest() throws {
    let sample = try facts("def run(path):\n    return path\n")
    let cache = MemoryFactsCache(byteLimit: sample.cost * 10)
    func key(_ number: Int) -> FactsKey { FactsKey(blob: objectID(number), language: .python) }
    for number in 1...10 {
      cache.store(sample, for: key(number))
      #expect(cache.facts(for: key(1)) == sample)
    }
    cache.store(sample, for: key(11))
    #expect(cache.facts(for: key(1)) == sample && cache.facts(for: key(11)) == sample && cache.facts(for: key(2)) == nil)
    #expect(cache.facts(for: FactsKey(blob: objectID(1), language: .ruby)) == nil)
  }

  @Test(arguments: [
    ("src/client.py", PathRole.code), ("tests/test_client.py", .test), ("src/test_client.py", .test), ("pkg/client_test.go", .test),
    ("src/client.spec.ts", .test), ("src/ClientTest.java", .test), ("src/latest.java", .code), ("Sources/Testing/Test.swift", .code),
    ("docs/conf.py", .example), ("examples/a.go", .example), ("vendor/x/a.go", .vendored), ("web/app.min.js", .generated),
    ("lib/contest.rb", .code), ("spec/a_spec.rb", .test),
  ])
  func roles(_ path: String, _ role: PathRole) { #expect(PathRole(path: path) == role) }

  @Test(arguments: [
    ("parse_config", ["parse", "config"]), ("parseHTTPConfig", ["parse", "http", "config"]), ("HTTPServer2", ["http", "server2"]),
    ("__init__", ["init"]), ("MAX_SIZE", ["max", "size"]), ("kebab-case", ["kebab", "case"]), ("naïveName", ["naïve", "name"]),
  ])
  func words(_ name: String, _ words: [String]) { #expect(NameWords(name).words == words) }

  @Test(arguments: [
    ("close", [], "close"), ("Client.close()", ["Client"], "close"), ("a::b::c", ["a", "b"], "c"), ("A#b", ["A"], "b"),
    ("p->next", ["p"], "next"),
  ])
  func queries(_ text: String, _ qualifiers: [String], _ name: String) throws {
    let query = try #require(NameQuery(text))
    #expect(query.qualifiers == qualifiers && query.name == name)
  }
}
