// The validator: strict judgement of single pieces of code, order, markers, tools that are missing.

import Documents
import Domain
import TestSupport
import Testing

@testable import Validation

@Suite struct ValidatorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var language: String
    var code: String
    /// `line:column-line:column message`, nil when it is right.
    var problem: String?
    var testDescription: String { "\(language): \(code.debugDescription)" }
  }

  static let cases = [
    Case(language: "json", code: #"{"a": [1, 2]}"#),
    Case(language: "json", code: #"{"a": 1,}"#, problem: "1:8-1:9 json does not parse: a comma behind the last value"),
    Case(language: "json", code: "{\n  // no\n}", problem: "2:3-2:4 json does not parse: expected a key in double quotes, found `/`"),
    Case(language: "json", code: "", problem: "1:1-1:1 json does not parse: expected a value, but the text ends"),
    Case(language: "json", code: "1 2", problem: "1:3-1:4 json does not parse: expected the end of the text, found `2`"),
    Case(language: "json", code: #"{"é": nul}"#, problem: "1:8-1:11 json does not parse: expected a value, found `nul`"),
    Case(language: "yaml", code: "a: 1\nb: [x]\n"),
    Case(language: "yml", code: "a: 1\na: 2\n", problem: "1:1-1:2 yaml does not parse: a key stands twice in one mapping: a"),
    Case(language: "yaml", code: "é: [1\nb: 2\n", problem: "2:2-2:3 yaml does not parse: did not find expected ',' or ']'"),
    Case(language: "toml", code: "a = 1\n[b]\nc = 'd'\n"),
    Case(language: "toml", code: "a = 1\na = 2\n", problem: "2:1-2:2 toml does not parse: it is defined twice"),
    Case(language: "python", code: "def f():\n    return 1\n"),
    Case(language: "py", code: "x = (1\n", problem: "1:5-1:6 python does not parse: '(' was never closed"),
    Case(language: "python", code: "é = 1\nü = = 2\n", problem: "2:6-2:7 python does not parse: invalid syntax"),
    Case(language: "python", code: "return 1\n", problem: "1:1-1:9 python does not parse: 'return' outside function"),
    Case(language: "python", code: "x = 1\r\ny = 2\r\n"),
    Case(language: "python", code: ">>> x\n", problem: "1:1-1:3 python does not parse: invalid syntax"),
    Case(language: "", code: "{", problem: "1:2-1:2 json does not parse: expected a key in double quotes, but the text ends"),
  ]

  @Test(arguments: cases) func codeByItselfIsJudgedStrictly(_ item: Case) {
    let result = Validator(tools: DirectTools()).check(code: item.code, language: item.language, path: "a.json")
    let found = result.findings.map { "\($0.start.line):\($0.start.column)-\($0.end.line):\($0.end.column) \($0.message)" }
    #expect(found == (item.problem.map { [$0] } ?? []))
    #expect(result.skips == [])
    for finding in result.findings { #expect(String(decoding: Array(item.code.utf8)[finding.span.range], as: UTF8.self) == finding.text) }
  }

  @Test func anUnknownLanguageIsASkip() {
    let result = Validator().check(code: "x", language: "cobol", path: "a.cob")
    #expect(result.findings == [])
    #expect(result.skips.map(\.reason) == [.unknownLanguage])
  }

  @Test func markdownIsCheckedAsADocument() {
    let result = Validator().check(code: "```json\n{\"a\": }\n```\n", language: "markdown", path: "a.md")
    #expect(result.findings.map(\.span) == [Span(14, 15)])
  }

  @Test func fingerprintsStayWhenLinesMoveAndAreDistinct() {
    let block = "```json\n{\"a\": }\n```\n\n"
    let validator = Validator()
    let before = validator.check(documents: [document("# T\n\n" + block + block)], analysis: nil).findings
    let after = validator.check(documents: [document("x\n\ny\n\n# T\n\n- z\n\n" + block + block)], analysis: nil).findings
    #expect(before.count == 2)
    #expect(before.map(\.fingerprint) == after.map(\.fingerprint))
    #expect(Set(before.map(\.fingerprint)).count == 2)
  }

  @Test func theOrderOfDocumentsDoesNotMatter() {
    forAll(cases: 100) { random in
      let documents = (0..<6).map { number in
        let lines = (0..<random.int(in: 0...4)).map { _ in "```json\n{\"\(random.text(count: 2))\": }\n```\n" }
        return document(lines.joined(separator: "\n"), path: "docs/\(number).md")
      }
      let validator = Validator()
      let shuffled = validator.check(documents: documents.shuffled(using: &random), analysis: nil)
      #expect(shuffled == validator.check(documents: documents, analysis: nil), random.comment)
    }
  }

  @Test func rulesAndLanguagesCanBeSwitchedOff() {
    let page = document("```json\n{\"a\": }\n```\n")
    let onlyAnother = Validator().configured { $0.selectedRules = ["removed-symbol"] }
    #expect(onlyAnother.check(documents: [page], analysis: nil).findings.isEmpty)
    let noRule = Validator(configuration: ValidationConfiguration(rules: ["syntax-error": false]))
    #expect(noRule.check(documents: [page], analysis: nil).findings == [])
    let onlyPython = Validator(configuration: ValidationConfiguration()).configured { $0.sampleLanguages = ["python"] }
    #expect(onlyPython.check(documents: [page], analysis: nil).findings == [])
    let noLanguage = Validator(configuration: ValidationConfiguration(disabledLanguages: ["json"]))
    #expect(noLanguage.check(documents: [page], analysis: nil).findings == [])
  }

  @Test func theRepositorysOwnMarkerSilencesTheSampleAfterIt() {
    let validator = Validator().configured { $0.ignoreMarker = "<!-- untested -->" }
    let block = "```json\n{\"a\": }\n```\n"
    func findings(_ text: String) -> Int { validator.check(documents: [document(text)], analysis: nil).findings.count }
    #expect(findings("<!-- untested -->\n" + block) == 0)
    #expect(findings("<!-- untested -->\n\n" + block) == 0)
    #expect(findings("<!-- untested -->\n\ntext\n\n" + block) == 1)
    #expect(findings("<!-- untested -->\n" + block + "\n" + block) == 1)
  }

  @Test func aMissingToolIsOneSkip() {
    let page = document("```python\nx\n```\n\n```py\ny\n```\n")
    let missing = ScriptedTools { _ in throw ToolError.missing(tool: "python3") }
    let result = Validator(tools: missing).check(documents: [page, page], analysis: nil)
    #expect(
      result.skips == [
        Skip(path: "", reason: .toolMissing, detail: "python3 is not installed: 4 samples were not checked for python syntax")
      ])
    #expect(missing.starts.value == 1)
    let none = Validator().check(documents: [page], analysis: nil)
    #expect(none.skips.map(\.reason) == [.toolMissing])
    let open = ScriptedTools { _ in throw ToolError.noSandbox }
    #expect(Validator(tools: open).check(documents: [page], analysis: nil).skips.map(\.reason) == [.noSandbox])
  }

  @Test func manySamplesAreOneStart() {
    let page = document((0..<150).map { "```python\nx = \($0)\n```\n" }.joined(separator: "\n"))
    let tools = ScriptedTools { input in
      try DirectTools().run(tool: PythonChecker.tool, arguments: PythonChecker.arguments, input: input, timeout: .seconds(60))
    }
    let result = Validator(tools: tools).check(documents: [page], analysis: nil)
    #expect(result.samples == 150)
    #expect(result.findings == [])
    #expect(tools.starts.value == 1)
  }

  /// A sample that the tool does not survive takes no other one with it.
  @Test func aSampleThatBreaksTheToolStandsAlone() {
    let page = document((0..<20).map { "```python\nx = \($0 == 13 ? "poison" : "= 1")\n```\n" }.joined(separator: "\n"))
    let tools = ScriptedTools { input in
      if String(decoding: input, as: UTF8.self).contains("poison") { throw ToolError.timedOut }
      return try DirectTools().run(tool: PythonChecker.tool, arguments: PythonChecker.arguments, input: input, timeout: .seconds(60))
    }
    let result = Validator(tools: tools).check(documents: [page], analysis: nil)
    #expect(result.findings.count == 19)
    #expect(result.skips.map(\.reason) == [.timedOut])
    #expect(tools.starts.value < 12)
  }

  @Test func aToolThatTalksNonsenseIsAskedABoundedNumberOfTimes() {
    let page = document((0..<190).map { "```python\nx = \($0)\n```\n" }.joined(separator: "\n"))
    let tools = ScriptedTools { _ in ToolResult(status: 0, output: Array("nonsense".utf8)) }
    let result = Validator(tools: tools).check(documents: [page], analysis: nil)
    #expect(result.findings == [])
    #expect(tools.starts.value < 100)
  }
}
