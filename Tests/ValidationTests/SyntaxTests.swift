// The parsers behind `syntax-error`, against other parsers and against hostile input.

import Domain
import TestSupport
import Testing

@testable import Validation

@Suite struct SyntaxTests {
  /// Our JSON scanner and Python's `json` agree on any text made of JSON's parts.
  @Test func jsonIsWhatPythonSaysItIs() throws {
    try agrees(
      with: "json.loads(text, parse_constant=int)", cases: 4000,
      parts: [
        "{", "}", "[", "]", ",", ":", "\"a\"", "\"b\\n\"", "\"\\u00e9\"", "\"\\x\"", "1", "-1", "01", "1.5", "1.", ".5", "1e5", "1e",
        "true",
        "false", "null", "nul", " ", "\n", "\"", "é", "'a'", "{\"a\":", "[1,", "-",
      ]
    ) { JSONScanner.problem(in: $0) == nil }
  }

  /// Our TOML scanner and Python's `tomllib` agree on any text made of TOML's parts.
  @Test func tomlIsWhatPythonSaysItIs() throws {
    try agrees(
      with: "tomllib.loads(text)", cases: 6000,
      parts: [
        "a", "b", "c", "\"a\"", "'b'", ".", " = ", "=", "1", "0", "01", "+1", "1_0", "1__0", "0x1f", "0b2", "1.5", "1.", "1e5", "-inf",
        "nan", "true",
        "\n", "\n", "\n", "[a]\n", "[b]\n", "[a.b]\n", "[[a]]\n", "[[b.c]]\n", "[", "]", "{", "}", "{a=1}", "{a.b=1, a.c=2}", "{a=1,}",
        "[1, 2]",
        "[1,\n2,]", ",", " ", "\t", "# x", "\r\n", "\r", "\"\"\"", "'''", "\"x\\ty\"", "\"\\q\"", "\\", "\"\\u00e9\"", "\"\\uD800\"", "é",
        "1979-05-27", "1979-02-30", "07:32:00", "1979-05-27T07:32:00Z", "1979-05-27 07:32:00.5+01:00", "25:00:00", "a = 1\n", "b.c = 2\n",
        "a.b = 3\n", "c = [{}, {a = 1}]\n", "a.b.c = 1\n",
      ]
    ) { TOMLScanner.problem(in: $0) == nil }
  }

  /// Random texts of 1 to 9 parts, judged by a Python expression that throws `ValueError` and by `law`.
  private func agrees(with expression: String, cases: Int, parts: [String], _ law: ([UInt8]) -> Bool) throws {
    var random = SeededGenerator(seed: .random(in: 0 ... .max))
    let texts = (0..<cases).map { _ in (0..<random.int(in: 1...9)).map { _ in random.pick(parts) }.joined() }
    let program = """
      import json, sys, tomllib
      def right(text):
          try: \(expression); return True
          except ValueError: return False
      print("".join("1" if right(bytes.fromhex(line).decode()) else "0" for line in sys.stdin.read().split(".")))
      """
    let input = texts.map { $0.utf8.map { String($0, radix: 16).leftPadded }.joined() }.joined(separator: ".")
    let answers = Array(try runCommand(["python3", "-c", program], input: input).output)
    for (text, answer) in zip(texts, answers) {
      #expect(law(Array(text.utf8)) == (answer == "1"), "\(text.debugDescription), seed \(random.seed)")
    }
    #expect(answers.contains("1") && answers.contains("0"))
  }

  static let hostile: [(name: String, language: String, code: @Sendable () -> String)] = [
    ("deep JSON", "json", { String(repeating: "[", count: 1_000_000) }),
    ("deep closed JSON", "json", { String(repeating: "[", count: 500_000) + String(repeating: "]", count: 500_000) }),
    ("deep YAML", "yaml", { String(repeating: "[", count: 100_000) }),
    ("deep YAML list", "yaml", { String(repeating: "- ", count: 100_000) }),
    ("deep YAML map", "yaml", { (0..<2000).map { String(repeating: " ", count: $0) + "a:\n" }.joined() }),
    (
      "YAML laughs", "yaml",
      {
        "a0: &a0 x\n"
          + (1..<60).map { level in
            "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ","))]\n"
          }.joined()
      }
    ),
    ("deep TOML", "toml", { "a = " + String(repeating: "[", count: 100_000) }),
    ("deep TOML key", "toml", { (0..<50_000).map { _ in "a" }.joined(separator: ".") + " = 1" }),
    ("deep Python", "python", { String(repeating: "(", count: 100_000) }),
    ("long Python", "python", { "x = " + (0..<100_000).map { _ in "1" }.joined(separator: "+") }),
    ("Python dots", "python", { "a" + String(repeating: ".b", count: 100_000) }),
    ("Python minus", "python", { String(repeating: "-", count: 100_000) + "1" }),
  ]

  @Test(arguments: hostile.indices) func hostileSamplesComeToAnEnd(_ index: Int) {
    let item = Self.hostile[index]
    let sample = Sample(code: Array(item.code().utf8), language: item.language, isWhole: true)
    let verdicts = RuleRegistry.language(named: item.language)?.judge(
      [sample, Sample(code: [], language: item.language, isWhole: false)], tools: DirectTools())
    #expect(verdicts?.count == 2)
  }

  /// Any text is judged without harm, and a problem lies in it.
  @Test(arguments: ["json", "yaml", "toml"]) func problemsLieInTheSample(_ language: String) {
    let parts = [
      "a", ": ", " = ", "[", "]", "{", "}", "\n", "\n  ", "\"", "'", "- ", "é😀", "\t", "#", "&x ", "*x", "|", ">", "1", ",", "\r\n", "...",
      "---", "!",
    ]
    forAll(cases: 500) { random in
      let text = (0..<random.int(in: 0...30)).map { _ in random.pick(parts) }.joined()
      let sample = Sample(code: Array(text.utf8), language: language, isWhole: true)
      guard case .broken(let problem) = RuleRegistry.language(named: language)?.judge([sample], tools: nil).first else { return }
      #expect(problem.range.upperBound <= sample.code.count, random.comment)
      #expect(!problem.message.contains("\n"), random.comment)
    }
  }

  @Test(arguments: [
    ("ab\ncd", 2, 1, 3..<4), ("é b", 1, 2, 2..<3), ("ab", 1, 9, 1..<2), ("ab\n", 7, 1, 3..<3), ("", 1, 1, 0..<0), ("a\r\nb", 1, 2, 0..<1),
    ("x😀y", 1, 2, 1..<5),
  ])
  func placesAreCountedInScalars(_ text: String, _ line: Int, _ column: Int, _ range: Range<Int>) {
    #expect(Sample(code: Array(text.utf8), language: "", isWhole: true).range(line: line, column: column) == range)
  }
}

extension String {
  fileprivate var leftPadded: String { count == 1 ? "0" + self : self }
}
