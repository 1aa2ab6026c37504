// The machinery under the languages that tools judge: what is kept, what is started, what a tool's silence is worth.

import Domain
import SourceCode
import TestSupport
import Testing

@testable import Validation

@Suite struct ToolLanguageTests {
  /// Has a version, so that what it says is kept.
  private struct Versioned: ToolRunner {
    let tools: ScriptedTools
    var version = "1"
    func run(tool: String, arguments: [String], input: [UInt8], timeout: Duration) throws -> ToolResult {
      try tools.run(tool: tool, arguments: arguments, input: input, timeout: timeout)
    }
    func version(of tool: String) -> String? { version }
  }

  private static func python(_ code: String, whole: Bool = false) -> Sample {
    Sample(code: Array(code.utf8), language: "python", isWhole: whole)
  }

  private static func answers(_ count: Int, _ one: String) -> ToolResult {
    ToolResult(status: 0, output: Array("[\(Array(repeating: one, count: count).joined(separator: ","))]".utf8))
  }

  @Test func whatAToolSaidIsKept() {
    let scripted = ScriptedTools { _ in Self.answers(1, "{}") }
    let cache = MemoryVerdictCache()
    func judge(_ sample: Sample, version: String = "1") -> [SyntaxVerdict] {
      SampleJudge(language: PythonLanguage(), tools: Versioned(tools: scripted, version: version), cache: cache).judge([sample])
    }
    #expect(judge(Self.python("a")) == [.valid])
    #expect(judge(Self.python("a")) == [.valid])
    #expect(scripted.starts.value == 1)
    for other in [Self.python("b"), Self.python("a", whole: true)] { _ = judge(other) }
    _ = judge(Self.python("a"), version: "2")
    #expect(scripted.starts.value == 4)
  }

  @Test func whatSaysSomethingAboutTheHourIsNotKept() {
    let scripted = ScriptedTools { _ in throw ToolError.timedOut }
    let cache = MemoryVerdictCache()
    for _ in 0..<2 {
      _ = SampleJudge(language: PythonLanguage(), tools: Versioned(tools: scripted), cache: cache).judge([Self.python("a")])
    }
    #expect(scripted.starts.value == 2)
  }

  @Test func aCacheKeepsWhatWasAskedForLately() {
    let cache = MemoryVerdictCache(limit: 10)
    let keys = (0..<100).map { VerdictKey(Self.python("\($0)"), language: "python", tool: "") }
    for key in keys {
      cache.store(.valid, key)
      #expect(cache.verdict(keys[0]) == .valid)
    }
    #expect(keys.filter { cache.verdict($0) != nil }.count <= 10)
    #expect(Set(keys.map(\.text)).count == keys.count)
  }

  /// A compiler that says nothing, not even about the file that is wrong on purpose, has judged nothing.
  @Test func silenceIsNoProof() {
    let sample = Sample(code: Array("func f( {".utf8), language: "go", isWhole: true)
    let silent = ScriptedTools { _ in ToolResult(status: 0, output: []) }
    guard case .unjudged = GoLanguage().judge([sample], tools: silent).first else { return #expect(Bool(false), "it was judged") }
    let speaking = ScriptedTools { _ in ToolResult(status: 0, output: Array("1_0.go:1:1: wrong\n0_0.go:1:9: not so\n".utf8)) }
    #expect(GoLanguage().judge([sample], tools: speaking) == [.broken(SyntaxProblem(range: 8..<9, message: "not so"))])
  }

  @Test func aFolderTravelsAsAnArchive() throws {
    var archive = TarArchive()
    archive.add("a.txt", Array("hello".utf8))
    archive.add("b.txt", [UInt8](repeating: 0x78, count: 512))
    let bytes = archive.finish()
    #expect(bytes.count % 512 == 0)
    let listed = try DirectTools().run(tool: "tar", arguments: ["tvf", "-"], input: bytes, timeout: .seconds(20))
    let sizes = String(decoding: listed.output, as: UTF8.self).split(separator: "\n").map { $0.split(separator: " ") }
    #expect(sizes.map { [$0[2], $0[5]] } == [["5", "a.txt"], ["512", "b.txt"]])
  }

  @Test func oneProgramInSeveralSamples() {
    func verdicts(_ codes: [String]) -> [SyntaxVerdict] {
      SampleJudge(language: BracketLanguage(.c), tools: nil, cache: MemoryVerdictCache())
        .judge(codes.map { Sample(code: Array($0.utf8), language: "c", isWhole: false) })
    }
    let forgiven = SyntaxVerdict.unjudged(.fragment, "the sample is continued in another one")
    #expect(verdicts(["f(a,\n b", "g();", "c);\n)"]).first == forgiven)
    guard case .broken = verdicts(["f(a,\n b", "g();", "c }"]).first else { return #expect(Bool(false), "another bracket was taken") }
  }

  @Test(
    arguments: [
      ("f(a)[b]{c}", [], []), ("f(", [1], []), (")", [], [0]), ("'(' \"[\" // {", [], []), ("a\n\nb(\n\n)\n\nc", [], []),
    ] as [(String, [Int], [Int])])
  func brackets(_ code: String, _ open: [Int], _ unexpected: [Int]) {
    let balance = BracketBalance(Array(code.utf8), .javascript)
    #expect(balance.open == open)
    #expect(balance.unexpected == unexpected)
    #expect(balance.crossed == nil)
  }

  @Test func bracketsThatCrossAndLinesOutside() {
    let crossed = BracketBalance(Array("f(]".utf8), .c).crossed
    #expect(crossed?.open == 1 && crossed?.close == 2)
    #expect(BracketBalance(Array("a\n\nb(\n\n)\n\nc".utf8), .go).blankLines == [2, 9])
  }

  /// Whatever a sample is, each reading has its lines, and the place of any complaint lies in it.
  @Test func readingsKeepTheLines() {
    let parts = [
      "...", "…", "<a b>", "f(", ")", "\n", "\r\n", "> ", "irb> ", "# ", "import x", "é", "\"", "{ get }", ".a", "// b", ",", " ",
    ]
    let languages: [any ToolLanguage] = [
      GoLanguage(), JavaLanguage(), JavaScriptLanguage(), PHPLanguage(), PythonLanguage(), RubyLanguage(), RustLanguage(), SwiftLanguage(),
    ]
    forAll(cases: 200) { random in
      let code = Array((0..<random.int(in: 0...12)).map { _ in random.pick(parts) }.joined().utf8)
      let language = random.pick(languages)
      let sample = Sample(code: code, language: language.name, isWhole: false)
      guard case .success(let readings) = language.readings(of: sample) else { return }
      let lines = code.split(separator: 0x0A, omittingEmptySubsequences: false).count
      for (number, reading) in readings.enumerated() {
        #expect(reading.removed.count == lines, random.comment)
        #expect(reading.lines.count >= lines + reading.linesBefore, random.comment)
        let complaint = Complaint(
          reading: number, line: random.int(in: 0...20), start: random.int(in: 0...20), end: random.int(in: 0...20), message: "x")
        let place = SampleComplaint(complaint, reading, in: sample)
        #expect(place.range.upperBound <= code.count, random.comment)
        _ = language.doubt(about: place, in: sample)
      }
    }
  }
}
