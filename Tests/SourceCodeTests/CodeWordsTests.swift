// Words of code that are kept: a search with them finds what a search without them finds, whatever is kept.

import Domain
import Synchronization
import TestSupport
import Testing

@testable import SourceCode

@Suite struct CodeWordsTests {
  /// Keeps everything, and counts.
  private final class Kept: ContentCache {
    private let values = Mutex<[ContentKey: [UInt8]]>([:])
    func value(for key: ContentKey) -> [UInt8]? { values.withLock { $0[key] } }
    func store(_ value: [UInt8], for key: ContentKey) { values.withLock { $0[key] = value } }
    func flush() {}
    var count: Int { values.withLock { $0.count } }
    func damage(_ change: ([UInt8]) -> [UInt8]) { values.withLock { $0 = $0.mapValues(change) } }
  }

  /// Counts what is read.
  private final class Counting: Checkout {
    let tree: LiteralTree
    let reads = Mutex(0)
    init(_ tree: LiteralTree) { self.tree = tree }
    var commit: ObjectID? { nil }
    var entries: [TreeEntry] { tree.entries }
    func entry(at path: String) -> TreeEntry? { tree.entry(at: path) }
    func read(_ entry: TreeEntry, limit: Int) throws -> [UInt8] {
      reads.withLock { $0 += 1 }
      return try tree.read(entry, limit: limit)
    }
  }

  private static let names = ["load", "load_all", "$load", "load?", "Client", "connect", "a$b", "größe"]

  private static func file(_ random: inout SeededGenerator) -> String {
    let words = ["x", "value", "import", "def", "# load", "'connect'"] + (random.int(in: 0...2) == 0 ? names : [])
    return (0..<random.int(in: 0...12)).map { _ in random.pick(words) + random.pick([" ", "(", ".", "\n", "$", "?"]) }.joined()
  }

  private static func tree(_ random: inout SeededGenerator, like old: [String: String] = [:]) -> [String: String] {
    var files = old
    for number in 0..<random.int(in: 1...60) where old.isEmpty || random.int(in: 0...9) == 0 {
      let path = random.pick(["src", "lib", "tests", "docs"]) + "/f\(number)." + random.pick(["py", "js", "rb", "txt"])
      files[path] = file(&random)
    }
    return files
  }

  private static func found(_ names: Set<String>, _ head: any Checkout, _ content: (any ContentCache)?) -> RemainingUses {
    RemainingUses(of: names, in: head, cache: MemoryFactsCache(byteLimit: 0), limits: AnalysisLimits(), content: content)
  }

  private static func description(_ uses: RemainingUses) -> [String] {
    uses.remains.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" } + uses.skips.map { "\($0)" }
  }

  @Test func aSearchFindsTheSame() {
    forAll(cases: 200) { random in
      let kept = Kept()
      var files = Self.tree(&random)
      for _ in 0..<3 {
        let head = LiteralTree(files)
        let names = Set((0..<random.int(in: 1...6)).map { _ in random.pick(Self.names) })
        let (plain, first) = (Self.found(names, head, nil), Self.found(names, head, kept))
        try #require(Self.description(plain) == Self.description(first), random.comment)
        let again = Self.found(names, head, kept)
        try #require(Self.description(plain) == Self.description(again), random.comment)
        let texts = TextSearch(names, in: head, limits: AnalysisLimits(), content: kept)
        let plainTexts = TextSearch(names, in: head, limits: AnalysisLimits())
        for name in names { try #require(texts.isGone(name) == plainTexts.isGone(name), random.comment) }
        files = Self.tree(&random, like: files)
      }
    }
  }

  @Test func aFileIsReadWhereAWordStandsAlone() {
    forAll(cases: 300) { random in
      let bytes = Array(Self.file(&random).utf8)
      var collector = WordCollector()
      _ = collector.words(of: Array(Self.file(&random).utf8))
      let words = WordSlice(collector.words(of: bytes))
      for name in Self.names where NameFilter([name]).mayMatch(bytes) {
        try #require(WordQuery([name, "another"]).mayMatch(words), random.comment)
        // Of many names each word of the file is looked for.
        try #require(WordQuery([name] + (0..<200).map { "other\($0)" }).mayMatch(words), random.comment)
      }
    }
  }

  private static let many = Dictionary(
    uniqueKeysWithValues: (0..<100).map { ("src/f\($0).py", "def function_\($0)():\n    return \($0)\n") })

  @Test func onlyFilesWithTheWordAreReadAgain() {
    let (kept, head) = (Kept(), Counting(LiteralTree(Self.many)))
    _ = Self.found(["absent"], head, kept)
    #expect(head.reads.withLock { $0 } == 100)
    #expect(kept.count > 1)
    #expect(Self.found(["function_7"], head, kept).remains["function_7"]?.use?.path == "src/f7.py")
    #expect(head.reads.withLock { $0 } == 101)
    _ = Self.found(["absent"], head, kept)
    #expect(head.reads.withLock { $0 } == 101)
  }

  @Test func aChangedFileIsReadWithItsNeighboursOnly() {
    let kept = Kept()
    _ = Self.found(["absent"], LiteralTree(Self.many), kept)
    var files = Self.many
    files["src/f50.py"] = "def other():\n    pass\n"
    let head = Counting(LiteralTree(files))
    #expect(Self.found(["other"], head, kept).remains["other"]?.use?.path == "src/f50.py")
    #expect(head.reads.withLock { $0 } <= 64)
  }

  @Test func whatIsDamagedIsReadAnew() {
    for damage: ([UInt8]) -> [UInt8] in [{ Array($0.dropLast(3)) }, { $0 + [0] }, { _ in [] }, { [0x7F] + $0 }] {
      let (kept, head) = (Kept(), LiteralTree(Self.many))
      _ = Self.found(["absent"], head, kept)
      kept.damage(damage)
      #expect(Self.found(["function_7"], head, kept).remains["function_7"]?.use != nil)
    }
  }

  /// What is kept under the same hash for other blobs is not taken for these.
  @Test func namesOfBlobsAreCompared() {
    let kept = Kept()
    _ = Self.found(["absent"], LiteralTree(Self.many), kept)
    kept.damage { bytes in bytes.prefix(8) + [bytes[8] ^ 1] + bytes.dropFirst(9) }
    let head = Counting(LiteralTree(Self.many))
    _ = Self.found(["absent"], head, kept)
    #expect(head.reads.withLock { $0 } == 100)
  }

  @Test func largeVocabulariesAreKept() {
    var collector = WordCollector()
    let names = (0..<20_000).map { "name_\($0)" }
    let words = WordSlice(collector.words(of: Array(names.joined(separator: " ").utf8)))
    #expect(names.allSatisfy { words.contains(CodeWordHash.of($0.utf8)) })
    #expect(!words.contains(CodeWordHash.of("absent".utf8)))
  }
}
