// Each provider against a scripted server: what is sent, what is read, and every way in which it can fail.

import Domain
import Foundation
import HTTPClient
import TestSupport
import Testing
import Threading

@testable import LanguageModels

private typealias Reply = HTTPServer.Reply

private let question = ModelQuestion(instructions: "Do \"this\".", data: #"{"lines":"x\ny"}"#, maximumTokens: 321)

enum Provider: String, CaseIterable {
  case openai, anthropic, bedrock

  func model(_ base: String, timeout: Duration = .seconds(20)) -> any LanguageModel {
    let transport = CurlTransport()
    switch self {
    case .openai: return OpenAIModel(name: "some-model", base: base, key: key, timeout: timeout, transport: transport)
    case .anthropic: return AnthropicModel(name: "some-model", base: base, key: key, timeout: timeout, transport: transport)
    case .bedrock:
      return BedrockModel(
        name: "vendor.some-model-v1:0", base: base, region: "us-east-1",
        credentials: AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: key, sessionToken: Secret("session-\(key.reveal())")),
        timeout: timeout, transport: transport, clock: ManualClock(Timestamp(milliseconds: 1_440_938_160_000)))
    }
  }

  /// An answer whose text is `text`.
  func answer(_ text: String) -> String {
    let quoted = String(decoding: (try? JSONEncoder().encode(text)) ?? Data(), as: UTF8.self)
    switch self {
    case .openai: return #"{"id":"1","choices":[{"index":0,"message":{"role":"assistant","content":\#(quoted)},"finish_reason":"stop"}]}"#
    case .anthropic: return #"{"id":"1","content":[{"type":"thinking","thinking":"no"},{"type":"text","text":\#(quoted)}],"usage":{}}"#
    case .bedrock: return #"{"output":{"message":{"role":"assistant","content":[{"text":\#(quoted)}]}},"stopReason":"end_turn"}"#
    }
  }
}

@Suite struct ProviderTests {
  @Test(arguments: Provider.allCases) func asksAndReads(_ provider: Provider) throws {
    let server = try HTTPServer { _ in .json(provider.answer("the \"answer\"\n")) }
    #expect(try provider.model(server.url).answer(question) == "the \"answer\"\n")
    let asked = try #require(server.requests.first)
    #expect(asked.method == "POST")
    #expect(asked.headers["content-type"] == "application/json")
    let body = try #require(try JSONSerialization.jsonObject(with: Data(asked.body)) as? [String: Any])
    switch provider {
    case .openai:
      #expect(asked.target == "/v1/chat/completions")
      #expect(asked.headers["authorization"] == "Bearer \(key.reveal())")
      #expect(body["model"] as? String == "some-model" && body["max_tokens"] as? Int == 321 && body["max_completion_tokens"] == nil)
      let messages = try #require(body["messages"] as? [[String: String]])
      #expect(messages.map { $0["role"] } == ["system", "user"])
      #expect(messages.map { $0["content"] } == [question.instructions, question.data])
    case .anthropic:
      #expect(asked.target == "/v1/messages")
      #expect(asked.headers["x-api-key"] == key.reveal())
      #expect(asked.headers["anthropic-version"] == "2023-06-01")
      #expect(body["system"] as? String == question.instructions && body["max_tokens"] as? Int == 321)
      #expect((body["messages"] as? [[String: String]])?.map { $0["content"] } == [question.data])
    case .bedrock:
      #expect(asked.target == "/model/vendor.some-model-v1%3A0/converse")
      #expect(asked.headers["x-amz-date"] == "20150830T123600Z")
      #expect(asked.headers["x-amz-security-token"] == "session-\(key.reveal())")
      let signed = "content-type;host;x-amz-date;x-amz-security-token"
      let begin = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/bedrock/aws4_request, SignedHeaders=\(signed), Signature="
      #expect(asked.headers["authorization"]?.hasPrefix(begin) == true)
      // What the server sees gives the same signature again.
      let signature = AWSSignature(
        credentials: AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: key), region: "us-east-1", service: "bedrock")
      let headers = signed.split(separator: ";").map { (name: String($0), value: asked.headers[String($0)] ?? "") }
      let again = signature.authorization(
        method: asked.method, path: asked.target, headers: headers, body: asked.body, moment: "20150830T123600Z")
      #expect(asked.headers["authorization"] == again)
      #expect((body["inferenceConfig"] as? [String: Int]) == ["maxTokens": 321])
    }
  }

  @Test(arguments: ["", "/", "/v1", "/v1/"]) func takesAnyBaseAddress(_ path: String) throws {
    let server = try HTTPServer { $0.path == "/v1/chat/completions" ? .json(Provider.openai.answer("yes")) : Reply(status: 404) }
    #expect(try Provider.openai.model(server.url + path).answer(question) == "yes")
  }

  @Test func asksWithoutAKeyWhereNoneIsNeeded() throws {
    let server = try HTTPServer { _ in .json(Provider.openai.answer("yes")) }
    _ = try OpenAIModel(name: "m", base: server.url, key: nil, timeout: .seconds(20), transport: CurlTransport()).answer(question)
    #expect(server.requests.first?.headers["authorization"] == nil)
  }

  @Test func namesTheLimitAsThePublicInterfaceDoes() throws {
    struct Recorder: HTTPTransport {
      let sent = Monitor<[HTTPRequest]>([])
      func send(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
        sent.withLock { $0.append(request) }
        return HTTPResponse(status: 200, body: Array(Provider.openai.answer("yes").utf8))
      }
    }
    let recorder = Recorder()
    _ = try OpenAIModel(name: "m", key: key, timeout: .seconds(1), transport: recorder).answer(question)
    let request = try #require(recorder.sent.withLock { $0.first })
    #expect(request.url == "https://api.openai.com/v1/chat/completions")
    let body = String(decoding: request.body, as: UTF8.self)
    #expect(body.contains(#""max_completion_tokens":321"#) && !body.contains("max_tokens"))
  }

  @Test(arguments: Provider.allCases) func tellsEveryFailure(_ provider: Provider) throws {
    let echo = #"{"error":"wrong key \#(key.reveal())"}"#
    let cases: [(Reply, (ModelFailure.Reason) -> Bool)] = [
      (.json(echo, status: 401), { $0 == .refused(status: 401) }),
      (.json(echo, status: 400), { $0 == .refused(status: 400) }),
      (.json(echo, status: 500), { $0 == .refused(status: 500) }),
      (.json(echo, status: 302, headers: [("Location", "http://127.0.0.1:1/")]), { $0 == .refused(status: 302) }),
      (.json(echo, status: 429, headers: [("Retry-After", "17")]), { $0 == .busy(status: 429, retryAfter: .seconds(17)) }),
      (.json(echo, status: 529), { $0 == .busy(status: 529, retryAfter: nil) }),
      (.json(echo), { $0 == .nonsense("not the JSON that was expected") }),
      (.json("["), { $0 == .nonsense("not the JSON that was expected") }),
      (.json(provider.answer("")), { $0 == .nonsense("no text in it") }),
      (.json(String(repeating: "[", count: 100_000)), { $0 == .nonsense("not the JSON that was expected") }),
      (Reply(text: String(repeating: " ", count: (1 << 20) + 1)), { Self.transport($0) == .bodyTooLarge(limit: 1 << 20) }),
      (.hangUp, { Self.transport($0) == .cutOff }),
      (Reply(text: provider.answer("yes")).with { $0.cut = .after(bytes: 60) }, { Self.transport($0) == .cutOff }),
    ]
    for (number, (reply, isExpected)) in cases.enumerated() {
      let server = try HTTPServer { _ in reply }
      let failure = try #require(throws: ModelFailure.self) { try provider.model(server.url).answer(question) }
      #expect(isExpected(failure.reason), "case \(number): \(failure)")
      #expect(failure.description.hasPrefix(provider.rawValue) && !failure.description.contains("\n"))
      for text in ["\(failure)", String(reflecting: failure)] { #expect(!text.contains(key.reveal()), "case \(number)") }
    }
  }

  @Test(arguments: Provider.allCases) func endsAtItsDeadline(_ provider: Provider) throws {
    let server = try HTTPServer { _ in .stall }
    let failure = try #require(throws: ModelFailure.self) { try provider.model(server.url, timeout: .milliseconds(120)).answer(question) }
    #expect(Self.transport(failure.reason) == .noAnswer(within: .milliseconds(120)))
  }

  @Test(arguments: Provider.allCases) func neverShowsItsKey(_ provider: Provider) {
    var dumped = ""
    let model = provider.model("http://127.0.0.1:1")
    dump(model, to: &dumped)
    for text in [dumped, "\(model)", String(reflecting: model)] { #expect(!text.contains(key.reveal())) }
  }

  private static func transport(_ reason: ModelFailure.Reason) -> HTTPError.Reason? {
    if case .transport(let error) = reason { error.reason } else { nil }
  }
}

/// The suite that AWS publishes for Signature Version 4 (credentials, region, service and moment are its own).
@Suite struct AWSSignatureTests {
  private static let session = """
    AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi\
    /kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL6\
    4lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==
    """

  struct Case: Sendable {
    var name: String
    var method = "GET"
    var path = "/"
    var headers: [(name: String, value: String)] = []
    var body = ""
    var signed = "host;x-amz-date"
    var signature: String
  }

  static let cases = [
    Case(name: "get-vanilla", signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    Case(name: "post-vanilla", method: "POST", signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    Case(
      name: "post-x-www-form-urlencoded", method: "POST", headers: [("Content-Type", "application/x-www-form-urlencoded")],
      body: "Param1=value1", signed: "content-type;host;x-amz-date",
      signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
    Case(name: "get-utf8", path: "/\u{1234}", signature: "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
    Case(name: "get-space", path: "/example space/", signature: "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"),
    Case(
      name: "get-header-key-duplicate", headers: [("My-Header1", "value2"), ("My-Header1", "value2"), ("My-Header1", "value1")],
      signed: "host;my-header1;x-amz-date", signature: "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"),
    Case(
      name: "get-header-value-trim", headers: [("My-Header1", " value1"), ("My-Header2", " \"a   b   c\"")],
      signed: "host;my-header1;my-header2;x-amz-date", signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"),
    Case(
      name: "post-sts-header-before", method: "POST", headers: [("X-Amz-Security-Token", session)],
      signed: "host;x-amz-date;x-amz-security-token", signature: "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"),
  ]

  @Test(arguments: cases) func signsAsAWSDoes(_ example: Case) {
    let credentials = AWSCredentials(
      accessKeyID: "AKIDEXAMPLE", secretAccessKey: Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"))
    let signature = AWSSignature(credentials: credentials, region: "us-east-1", service: "service")
    let moment = AWSSignature.moment(Timestamp(milliseconds: 1_440_938_160_000))
    let value = signature.authorization(
      method: example.method, path: example.path,
      headers: [("Host", "example.amazonaws.com")] + example.headers + [("X-Amz-Date", moment)], body: Array(example.body.utf8),
      moment: moment)
    #expect(
      value == """
        AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=\(example.signed), \
        Signature=\(example.signature)
        """, "\(example.name)")
  }
}
