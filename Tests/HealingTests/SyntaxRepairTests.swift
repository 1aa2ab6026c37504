// Code sent by itself, which must parse as it stands: what the first proposal that the validator accepts makes of it.

import Domain
import Healing
import TestSupport
import Testing
import Validation

struct RepairCase: CustomTestStringConvertible, Sendable {
  var language: String
  var code: String
  /// Nil when nothing may be changed.
  var healed: String?
  var testDescription: String { "\(language): \(code)" }

  init(_ language: String, _ code: String, _ healed: String?) {
    self.language = language
    self.code = code
    self.healed = healed
  }
}

@Suite struct SyntaxRepairTests {
  private static let validator = Validator(tools: DirectTools())

  /// As the verifier does it, for one finding.
  private static func heal(_ code: String, _ language: String) throws -> (text: String, fix: Fix)? {
    let bytes = Array(code.utf8)
    let findings = validator.check(code: code, language: language, path: "x").findings
    let finding = try #require(findings.first, "nothing is wrong with it")
    let context = HealingContext(
      path: "x", bytes: bytes, snippets: [HealingContext.Sample(span: Span(0, bytes.count), language: language)])
    for fix in SyntaxRepairStrategy().fixes(for: finding, in: context) {
      let text = String(decoding: try FixApplier.apply(fix.edits, to: bytes).bytes, as: UTF8.self)
      if validator.check(code: text, language: language, path: "x").findings.isEmpty { return (text, fix) }
    }
    return nil
  }

  @Test(arguments: cases) func repairs(_ sample: RepairCase) throws {
    #expect(try Self.heal(sample.code, sample.language)?.text == sample.healed)
  }

  @Test func onlyCertainRepairsAreSafe() throws {
    #expect(try Self.heal(#"{"a": 1,}"#, "json")?.fix.applicability == .safe)
    #expect(try Self.heal("{“a”: 1}", "json")?.fix.applicability == .safe)
    #expect(try Self.heal(#"{"a": 1"#, "json")?.fix.applicability == .suggested)
    #expect(try Self.heal("{“a”: 1", "json")?.fix.applicability == .suggested)
  }

  /// Whatever the bytes are, every proposal applies to them and changes them.
  @Test func proposalsApply() {
    let pieces = [
      "{", "}", "[", "]", "(", ")", "\"", "'", "“", "”", ",", ":", "\n", " ", "a", "print ", "True", "# ", "=", "if ", "except ", "\\",
      "\"\"\"",
    ]
    forAll(cases: 400) { random in
      let code = (0..<random.int(in: 1...30)).map { _ in random.pick(pieces) }.joined()
      let bytes = Array(code.utf8)
      let offset = random.int(in: 0...bytes.count - 1)
      let language = random.pick(["json", "python", "toml", "yaml"])
      let span = Span(offset, offset)
      let finding = Finding(
        rule: "syntax-error", severity: .error, path: "x", span: span, start: Position(line: 1, column: 1),
        end: Position(line: 1, column: 1), message: "", text: "", fingerprint: "")
      let context = HealingContext(
        path: "x", bytes: bytes, snippets: [HealingContext.Sample(span: Span(0, bytes.count), language: language)])
      for fix in SyntaxRepairStrategy().fixes(for: finding, in: context) {
        let healed = try FixApplier.apply(fix.edits, to: bytes)
        #expect(healed.bytes != bytes, random.comment)
      }
    }
  }
}

private let cases: [RepairCase] = [
  RepairCase("json", "{“name”: “x”}", #"{"name": "x"}"#),
  RepairCase("json", "{\n  \"a\": [1, 2,],\n}", "{\n  \"a\": [1, 2]\n}"),
  RepairCase("json", #"{"a": True, "b": None, "True": "False"}"#, #"{"a": true, "b": null, "True": "False"}"#),
  RepairCase("json", "{'name': 'x', 'on': true}", #"{"name": "x", "on": true}"#),
  RepairCase("json", "{\n  \"a\": 1\n  \"b\": 2\n}", "{\n  \"a\": 1,\n  \"b\": 2\n}"),
  RepairCase("json", #"[{"a": 1} {"b": 2}]"#, #"[{"a": 1}, {"b": 2}]"#),
  RepairCase("json", "{\n  \"server\": {\n    \"port\": 80\n", "{\n  \"server\": {\n    \"port\": 80\n  }\n}\n"),
  RepairCase("json", #"{"a": [1, 2"#, #"{"a": [1, 2]}"#),
  RepairCase("json", "{\n  \"a\": \"x,\n  \"b\": 1\n}", "{\n  \"a\": \"x\",\n  \"b\": 1\n}"),
  RepairCase("json", "{“a”: 1,}", #"{"a": 1}"#),
  RepairCase("json", #"{"a": [1, 2}"#, nil),
  RepairCase("json", #"{"a": }"#, nil),
  RepairCase("json", #"{'it"s': 1}"#, nil),
  RepairCase("toml", "name = \"demo\nport = 80\n", "name = \"demo\"\nport = 80\n"),
  RepairCase("toml", "name = “demo”\n", "name = \"demo\"\n"),
  RepairCase("toml", "mode = fast # quick\n", "mode = \"fast\" # quick\n"),
  RepairCase("toml", "ports = [1, 2\n", "ports = [1, 2]\n"),
  RepairCase("yaml", "title: Note: read this\n", "title: \"Note: read this\"\n"),
  RepairCase("yaml", "user: @me\n", "user: \"@me\"\n"),
  RepairCase("python", "if ready\n    start()\n", "if ready:\n    start()\n"),
  RepairCase("python", "def f(a, b)\n    return a\n", "def f(a, b):\n    return a\n"),
  RepairCase("python", "for x in y  # all\n    print(x)\n", "for x in y:  # all\n    print(x)\n"),
  RepairCase("python", "print \"hello\"\nprint total, 3\n", "print(\"hello\")\nprint(total, 3)\n"),
  RepairCase(
    "python", "try:\n    run()\nexcept Error, problem:\n    print(problem)\n",
    "try:\n    run()\nexcept Error as problem:\n    print(problem)\n"),
  RepairCase("python", "values = compute(1, max(2, 3)\nprint(values)\n", "values = compute(1, max(2, 3))\nprint(values)\n"),
  RepairCase("python", "if check(1:\n    go()\n", "if check(1):\n    go()\n"),
  RepairCase("python", "values = [\n    1,\n    2\n", "values = [\n    1,\n    2\n]\n"),
  RepairCase("python", "print(\"hello)\n", "print(\"hello\")\n"),
  RepairCase("python", "name = “x”\n", "name = \"x\"\n"),
  RepairCase("python", "x = (1]\n", nil),
]
