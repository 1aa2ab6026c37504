import Testing

@testable import FastCGI

@Suite struct ParametersTests {
  private func request(_ entries: [(String, String)]) -> Request? {
    Parameters([("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/a")] + entries).request(body: [])
  }

  @Test(arguments: [
    ("POST", "", Parameters.BodyLength.missing), ("PATCH", "", .missing), ("GET", "", .bytes(0)), ("GET", "12", .bytes(12)),
    ("POST", "0", .bytes(0)), ("POST", "007", .bytes(7)), ("POST", "-1", .missing), ("POST", "-2", .malformed), ("POST", "+7", .malformed),
    ("POST", "7,7", .malformed),
    ("POST", "٧", .malformed),
    ("POST", "9223372036854775807", .bytes(.max)), ("POST", "9223372036854775808", .bytes(.max)),
  ])
  func theAnnouncedLengthIsDigitsOnly(method: String, value: String, expected: Parameters.BodyLength) {
    #expect(Parameters([("REQUEST_METHOD", method), ("CONTENT_LENGTH", value)]).bodyLength == expected)
  }

  @Test func thePathComesFromTheFirstThatTheServerSends() {
    let method = ("REQUEST_METHOD", "GET")
    #expect(Parameters([method, ("REQUEST_URI", "/a%20b?c=d")]).request(body: [])?.path == "/a%20b")
    #expect(Parameters([method, ("REQUEST_URI", "/a?c=d")]).request(body: [])?.query == "c=d")
    #expect(Parameters([method, ("DOCUMENT_URI", "/b"), ("QUERY_STRING", "e")]).request(body: [])?.path == "/b")
    #expect(Parameters([method, ("SCRIPT_NAME", "/s"), ("PATH_INFO", "/p")]).request(body: [])?.path == "/s/p")
    #expect(Parameters([method]).request(body: []) == nil)
    #expect(Parameters([method, ("REQUEST_URI", "http://x/")]).request(body: []) == nil)
    #expect(Parameters([("REQUEST_METHOD", "OPTIONS"), ("REQUEST_URI", "*")]).request(body: [])?.path == "*")
  }

  @Test func aHeaderIsFoundByItsNameInAnyCase() {
    let value = request([("HTTP_X_GITHUB_EVENT", "push"), ("HTTP_EMPTY", ""), ("CONTENT_TYPE", "text/plain")])
    #expect(value?[header: "X-GitHub-Event"] == "push")
    #expect(value?[header: "x-github-event"] == "push")
    #expect(value?[header: "empty"]?.isEmpty == true)
    #expect(value?[header: "content-type"] == "text/plain")
    #expect(value?[header: "x-github"] == nil)
  }

  @Test func aHeaderSentTwiceHasBothValues() {
    #expect(request([("HTTP_X_TOKEN", "a"), ("HTTP_X_TOKEN", "b")])?[header: "x-token"] == "a, b")
  }

  @Test(arguments: ["a\rb", "a\nb", "\u{1}", "\u{7F}"])
  func aControlCharacterInAnyValueIsRefused(value: String) {
    for name in ["HTTP_X", "QUERY_STRING", "REMOTE_ADDR", "CONTENT_TYPE"] { #expect(request([(name, value)]) == nil) }
    #expect(request([("HTTP_X", "tab\tand ümlaut")]) != nil)
  }

  @Test func aRequestMadeByHandLooksHeadersUpTheSameWay() {
    let made = Request(method: "POST", path: "/", headers: ["X-Gitlab-Token": "t"])
    #expect(made[header: "x-gitlab-token"] == "t")
  }
}
