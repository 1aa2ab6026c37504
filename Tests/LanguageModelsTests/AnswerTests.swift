// What of an answer counts, and how a session ends.

import Domain
import HTTPClient
import TestSupport
import Testing
import Threading

@testable import LanguageModels

@Suite struct AnswerTests {
  private func judged(_ answer: String, _ inputs: ModelInputs = inputs()) throws -> String? {
    let window = try #require(ModelWindow(of: inputs.finding, in: inputs.bytes))
    return try ModelAnswer.replacement(from: answer, for: window, inputs)
  }

  private static func json(_ text: String, first: Int = 3, last: Int = 3) -> String {
    let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    return #"{"first_line":\#(first),"last_line":\#(last),"replacement":"\#(escaped)"}"#
  }

  @Test func takesARepair() throws {
    let repaired = "Call `load_settings(path)` to read the settings."
    #expect(try judged(Self.json(repaired)) == repaired)
    #expect(try judged("```json\n\(Self.json(repaired))\n```\n") == repaired)
    #expect(try judged(Self.json(repaired + "\n")) == repaired)
    #expect(try judged(#"{"first_line":3,"last_line":3,"replacement":null}"#) == nil)
  }

  @Test(arguments: [
    ("", Rejection.notJSON), ("Sure! Here is the repair.", .notJSON), ("[]", .notJSON), ("{}", .notJSON),
    (#"{"first_line":3,"last_line":3}"#, .notJSON), (#"{"first_line":"3","last_line":3,"replacement":"x"}"#, .notJSON),
    (#"{"first_line":3,"last_line":3,"replacement":"x","path":"/etc/passwd"}"#, .notJSON),
    (json("Call `load_settings(path)`.", first: 2), .otherLines), (json("Call `load_settings(path)`.", last: 9), .otherLines),
    (json("Call `load_settings(path)`.", first: 1, last: 7), .otherLines),
    (json(""), .tooLarge), (json("Call."), .tooLarge), (json(String(repeating: "load ", count: 100)), .tooLarge),
    (json("Call `load_settings(path)` to\nread\nthe\nset\ntings."), .tooLarge),
    (json("                                                  "), .tooLarge),
    (json("Call `parse_config(path)` to read the settings."), .unchanged),
    (json("Call `load_settings(path)` to read\u{202E} the settings."), .unprintable),
    (json("Call `load_settings(path)` to read\u{200B} the settings."), .unprintable),
    (json("Call `load_settings(path)` to <b>read</b> the settings."), .addsMarkup),
    (json("Call `load_settings(path)`. <script src=x></script>"), .addsMarkup),
    (json("Call `parse_config(path)`. <!-- nothing to see -->"), .addsMarkup),
    (json("Call `load_settings(path)`, see [here](https://evil.example/)."), .addsAddress),
    (json("Call `load_settings(path)`, see www.evil.example."), .addsAddress),
    (json("Call `load_settings(path)`, see [here](//evil.example/x)."), .addsAddress),
    (json("Call `load_settings(path)`, [x](javascript:alert) yes."), .addsAddress),
    (json("Call `load_settings(path)` or mail me@evil.example."), .addsAddress),
    (json("Call `load_settings(path)` to read.\n```\ncode\n```"), .addsFence),
    (json("```\nCall `parse_config(path)` to read."), .addsFence),
    (json("Call `parse_config(path)` doc-healing:ignore now."), .addsMarker),
    (json("Call `load_settings(path)` <!-- skip-this --> now."), .addsMarker),
  ])
  func refusesTheRest(_ answer: String, _ rejection: Rejection) {
    #expect(throws: rejection) { try judged(answer) }
  }

  @Test func refusesLongAnswersUnread() {
    #expect(throws: Rejection.tooLarge) { try judged(String(repeating: " ", count: 20_000) + Self.json("x")) }
  }

  @Test func keepsWhatStoodThereAlready() throws {
    let text = "See <https://example.org/parse_config> or <b>`parse_config`</b>, me@example.org.\n"
    let repaired = "See <https://example.org/parse_config> or <b>`load_settings`</b>, me@example.org."
    #expect(try judged(Self.json(repaired, first: 1, last: 1), inputs("`parse_config`", in: text)) == repaired)
  }

  @Test func letsCodeUseAngleBrackets() throws {
    let text = "```rust\nlet a = parse_config();\n```\n"
    let sample = inputs("parse_config()", in: text, isInSample: true)
    let repaired = "let a = load::<Map>();"
    #expect(try judged(Self.json(repaired, first: 2, last: 2), sample) == repaired)
    #expect(throws: Rejection.addsMarkup) { try judged(Self.json("let a = load(); </code>", first: 2, last: 2), sample) }
  }

  @Test func keepsLineEnds() throws {
    let text = "one\r\ncall parse_config and\r\nparse_config again\r\n"
    var finding = finding("parse_config and\r\nparse_config", in: text)
    finding.path = "a.md"
    let inputs = ModelInputs(finding: finding, bytes: Array(text.utf8), isInSample: false)
    let answer = Self.json("call load_settings and\nload_settings again", first: 2, last: 3)
    let (proposer, _) = proposer([.success(answer)])
    let fix = try #require(proposer.session().propose(for: inputs))
    let edit = try #require(fix.edits.first)
    var bytes = Array(text.utf8)
    bytes.replaceSubrange(edit.span.start..<edit.span.end, with: Array(edit.replacement.utf8))
    #expect(String(decoding: bytes, as: UTF8.self) == "one\r\ncall load_settings and\r\nload_settings again\r\n")
  }
}

@Suite struct SessionTests {
  private static let repair = Result<String, ModelFailure>.success(
    #"{"first_line":3,"last_line":3,"replacement":"Call `load_settings(path)` to read the settings."}"#)

  @Test func makesAFixThatSaysWhatItIs() throws {
    let (proposer, _) = proposer([Self.repair])
    let session = proposer.session()
    let fix = try #require(session.propose(for: inputs()))
    #expect(fix.strategy == "language-model" && fix.applicability == .suggested && fix.confidence == 0.3)
    #expect(fix.edits.map(\.expected) == ["parse_config"] && fix.edits.map(\.replacement) == ["load_settings"])
    #expect(fix.evidence.first?.statement == "proposed by the language model a-model of scripted: read it before you take it")
    session.countProven()
    #expect(session.note == "language model scripted a-model: 1 questions, 1 proposals, 1 proven")
  }

  @Test func asksNoMoreThanItMay() {
    let (proposer, model) = proposer(Array(repeating: Self.repair, count: 9), limit: 3)
    let session = proposer.session()
    for _ in 0..<8 { _ = session.propose(for: inputs()) }
    #expect(model.questions.count == 3)
    #expect(session.note?.hasSuffix("5 findings not asked about; stopped: 3 questions are the most in a run") == true)
    // The next run has its own.
    #expect(proposer.session().propose(for: inputs()) != nil)
  }

  @Test func restsWhenTheProviderAsksForIt() {
    let time = Monitor(Duration.seconds(1000))
    let model = ScriptedModel([
      .failure(ModelFailure(provider: "scripted", .busy(status: 429, retryAfter: .seconds(60)))), Self.repair,
    ])
    let proposer = ModelProposer(model: model, maximumRequests: 9, maximumTokens: 100) { time.withLock { $0 } }
    let first = proposer.session()
    for _ in 0..<3 { #expect(first.propose(for: inputs()) == nil) }
    #expect(model.questions.count == 1)
    #expect(first.note?.contains("stopped: scripted is busy (status 429) and asks to wait 60.0 seconds") == true)
    time.withLock { $0 += .seconds(59) }
    let second = proposer.session()
    #expect(second.propose(for: inputs()) == nil && model.questions.count == 1)
    #expect(second.note?.contains("stopped: the provider asked to wait") == true)
    time.withLock { $0 += .seconds(1) }
    #expect(proposer.session().propose(for: inputs()) != nil)
  }

  @Test(arguments: [
    (ModelFailure.Reason.refused(status: 401), 1), (.refused(status: 404), 1), (.refused(status: 500), 2), (.nonsense("x"), 2),
    (.transport(HTTPError(.cutOff, on: HTTPRequest("POST", "http://h/"))), 2),
    (.transport(HTTPError(.stopped, on: HTTPRequest("POST", "http://h/"))), 1), (.busy(status: 503, retryAfter: nil), 1),
  ])
  func givesUpOnAProviderThatFails(_ reason: ModelFailure.Reason, _ questions: Int) {
    let failure = ModelFailure(provider: "scripted", reason)
    let (proposer, model) = proposer(Array(repeating: .failure(failure), count: 9))
    let session = proposer.session()
    for _ in 0..<5 { #expect(session.propose(for: inputs()) == nil) }
    #expect(model.questions.count == questions)
    #expect(session.note?.hasSuffix("stopped: \(failure)") == true)
  }

  @Test func countsWhatItRefuses() {
    let (proposer, _) = proposer([.success("no"), .success("{}"), Self.repair])
    let session = proposer.session()
    for _ in 0..<3 { _ = session.propose(for: inputs()) }
    #expect(
      session.note == "language model scripted a-model: 3 questions, 1 proposals, 0 proven; 2 refused: not the JSON that was asked for")
  }

  @Test func saysNothingWhenThereWasNothingToAsk() {
    let (proposer, _) = proposer([])
    #expect(proposer.session().note == nil)
  }
}
