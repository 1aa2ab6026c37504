// The client against a real server on this machine: what it sends, what it takes, and every way in which an answer can fail.

import Domain
import HTTPClient
import TestSupport
import Testing
import Threading

private let token = Secret("t0ken-that-nobody-may-see")

@Suite struct CurlTransportTests {
  let transport = CurlTransport()

  @Test func sendsMethodPathHeadersAndBody() throws {
    let server = try HTTPServer { _ in .json(#"{"made":true}"#, status: 201, headers: [("X-Two", "a"), ("x-two", "b")]) }
    var request = HTTPRequest("POST", server.url + "/things?page=2", headers: ["Content-Type": "application/json"], body: Array("{}".utf8))
    request.setSecret("Authorization", prefix: "Bearer ", token)
    let response = try transport.send(request)
    #expect(response.status == 201)
    #expect(response.isSuccess)
    #expect(response.text == #"{"made":true}"#)
    #expect(response.headers["content-TYPE"] == "application/json")
    #expect(response.headers.all("X-TWO") == ["a", "b"])
    let asked = try #require(server.requests.first)
    #expect(asked.method == "POST")
    #expect(asked.target == "/things?page=2")
    #expect(asked.text == "{}")
    #expect(asked.headers["authorization"] == "Bearer \(token.reveal())")
    #expect(asked.headers["user-agent"] == "doc-healing")
    #expect(asked.headers["content-type"] == "application/json")
    #expect(asked.headers["expect"] == nil)
  }

  @Test(arguments: ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "POST"])
  func sendsEveryMethodWithAndWithoutBody(method: String) throws {
    let server = try HTTPServer { Reply(text: $0.method + $0.text) }
    for body in method == "HEAD" || method == "GET" ? [""] : ["", "body"] {
      let response = try transport.send(HTTPRequest(method, server.url + "/", body: Array(body.utf8)))
      #expect(response.text == (method == "HEAD" ? "" : method + body))
    }
    #expect(server.requests.allSatisfy { $0.method == method && $0.headers["content-type"] == nil })
  }

  @Test func takesEveryFraming() throws {
    let text = String(repeating: "line of text\n", count: 5000)
    let replies: [HTTPServer.Reply] = [
      Reply(text: text), Reply(text: text).with { $0.framing = .chunked(size: 777) }, Reply(text: text).with { $0.framing = .untilClose },
      Reply(status: 204),
    ]
    let server = try HTTPServer(script: replies)
    for _ in 0..<3 { #expect(try transport.send(HTTPRequest("GET", server.url)).text == text) }
    #expect(try transport.send(HTTPRequest("GET", server.url)).body.isEmpty)
  }

  @Test func usesAConnectionAgain() throws {
    let server = try HTTPServer { _ in Reply(text: "fine") }
    for _ in 0..<5 { _ = try transport.send(HTTPRequest("GET", server.url)) }
    #expect(server.connectionCount == 1)
  }

  @Test func sendsWhatIsNotRepeatableOnAConnectionOfItsOwn() throws {
    let server = try HTTPServer { _ in Reply(text: "fine") }
    for _ in 0..<3 { _ = try transport.send(HTTPRequest("POST", server.url)) }
    #expect(server.connectionCount == 3)
    var repeatable = HTTPRequest("POST", server.url)
    repeatable.isRepeatable = true
    for _ in 0..<3 { _ = try transport.send(repeatable) }
    #expect(server.connectionCount == 3)
  }

  @Test func neverSendsTwiceWhatIsNotRepeatable() throws {
    let server = try HTTPServer(script: [Reply(text: "fine"), .hangUp, Reply(text: "again")])
    _ = try transport.send(HTTPRequest("GET", server.url))
    #expect(throws: HTTPError.self) { try transport.send(HTTPRequest("POST", server.url + "/made")) }
    #expect(server.requests.count == 2)
  }

  @Test func answersSeveralThreadsAtOnce() throws {
    let server = try HTTPServer { Reply(text: $0.target) }
    let texts = parallelMap(Array(0..<64), threads: 8, name: "ask") { number in
      (try? transport.send(HTTPRequest("GET", server.url + "/\(number)")))?.text
    }
    #expect(texts == (0..<64).map { "/\($0)" })
    #expect(server.connectionCount <= 8)
  }

  @Test func returnsAnAnswerWhateverItsStatus() throws {
    let server = try HTTPServer { _ in Reply(status: 429, headers: [("Retry-After", "7")], text: "slow down") }
    let response = try transport.send(HTTPRequest("GET", server.url))
    #expect(response.status == 429)
    #expect(response.retryAfter == .seconds(7))
    #expect(!response.isSuccess)
  }

  @Test func passesOverInterimAnswers() throws {
    let server = try HTTPServer { _ in
      .raw("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nX-Late: 1\r\nContent-Length: 2\r\n\r\nok")
    }
    let response = try transport.send(HTTPRequest("GET", server.url))
    #expect(response.status == 200)
    #expect(response.headers["X-Early"] == nil)
    #expect(response.headers["X-Late"] == "1")
  }
}

private typealias Reply = HTTPServer.Reply

@Suite struct TransportFailureTests {
  let transport = CurlTransport()

  private func failure(_ reply: HTTPServer.Reply, _ change: (inout HTTPRequest) -> Void = { _ in }) throws -> HTTPError {
    let server = try HTTPServer { _ in reply }
    var request = HTTPRequest("GET", server.url + "/path?private_token=secret")
    request.setSecret("Authorization", prefix: "Bearer ", token)
    change(&request)
    let error = try #require(throws: HTTPError.self) { try transport.send(request) }
    #expect(!error.description.contains("secret") && !error.description.contains(token.reveal()) && !error.description.contains("\n"))
    #expect(error.description.hasPrefix("GET 127.0.0.1:\(server.port)/path: "))
    return error
  }

  @Test func endsAtTheDeadline() throws {
    let error = try failure(.stall) { $0.deadline = .milliseconds(150) }
    #expect(error.reason == .noAnswer(within: .milliseconds(150)))
    #expect(error.isTransient)
  }

  @Test func takesNoMoreBodyThanItsLimit() throws {
    for framing in [HTTPServer.Reply.Framing.contentLength, .chunked(size: 100), .untilClose] {
      let reply = Reply(text: String(repeating: "x", count: 1001)).with { $0.framing = framing }
      #expect(try failure(reply) { $0.maximumBodySize = 1000 }.reason == .bodyTooLarge(limit: 1000))
      let fits = try HTTPServer { _ in Reply(text: String(repeating: "x", count: 1000)).with { $0.framing = framing } }
      var request = HTTPRequest("GET", fits.url)
      request.maximumBodySize = 1000
      #expect(try transport.send(request).body.count == 1000)
    }
  }

  @Test func takesNoMoreHeadersThanItsLimit() throws {
    let many = (0..<100).map { (name: "X-\($0)", value: String(repeating: "y", count: 100)) }
    #expect(try failure(Reply(headers: many, text: "")) { $0.maximumHeaderSize = 4096 }.reason == .headersTooLarge(limit: 4096))
  }

  @Test func tellsThatAnAnswerWasCut() throws {
    #expect(try failure(.hangUp).reason == .cutOff)
    #expect(try failure(Reply(text: "0123456789").with { $0.cut = .after(bytes: 45) }).reason == .cutOff)
    let chunked = Reply(text: "0123456789").with {
      $0.framing = .chunked(size: 2)
      $0.cut = .after(bytes: 60)
    }
    #expect(try failure(chunked).reason == .cutOff)
    #expect(try failure(.hangUp).isTransient)
  }

  @Test func takesAWholeAnswerBeforeACut() throws {
    let server = try HTTPServer { _ in Reply(text: "whole").with { $0.cut = .afterAnswer } }
    for _ in 0..<2 { #expect(try transport.send(HTTPRequest("GET", server.url)).text == "whole") }
  }

  @Test func refusesWhatIsNotHTTP() throws {
    let error = try failure(.raw("SSH-2.0-OpenSSH_9.2\r\n"))
    guard case .other = error.reason else {
      Issue.record("unexpected: \(error)")
      return
    }
  }

  @Test func tellsThatNobodyListens() throws {
    let request = HTTPRequest("GET", "http://127.0.0.1:\(try freePort())/")
    let error = try #require(throws: HTTPError.self) { try transport.send(request) }
    guard case .unreachable = error.reason else {
      Issue.record("unexpected: \(error)")
      return
    }
    #expect(error.isTransient)
  }

  @Test(arguments: [
    "file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "http://user:word@127.0.0.1/", "http://", "nothing", "http://a b/",
    "http://127.0.0.1/\u{7}", "",
  ])
  func refusesOtherAddresses(url: String) throws {
    let error = try #require(throws: HTTPError.self) { try transport.send(HTTPRequest("GET", url)) }
    #expect(
      error.description == "GET to a malformed address: the address is not an http or https address without credentials")
  }

  @Test func refusesHeadersThatBreakTheLine() throws {
    let server = try HTTPServer { _ in Reply(text: "") }
    var request = HTTPRequest("GET", server.url, headers: ["X-Name": "a\r\nX-Other: b"])
    #expect(throws: HTTPError(.malformed("the header X-Name holds a control character"), on: request)) { try transport.send(request) }
    request.headers = ["X Name": "a"]
    #expect(throws: HTTPError(.malformed("a header has a malformed name"), on: request)) { try transport.send(request) }
    request.headers = [:]
    request.setSecret("Authorization", Secret("a\nb"))
    #expect(throws: HTTPError(.malformed("the header Authorization holds a control character"), on: request)) {
      try transport.send(request)
    }
    request = HTTPRequest("GET / HTTP/1.1\r\nX: y", server.url)
    #expect(throws: HTTPError(.malformed("the method is not a word in capitals"), on: request)) { try transport.send(request) }
    #expect(server.requests.isEmpty)
  }

  @Test func endsWhenTheProcessDoes() throws {
    let server = try HTTPServer { _ in .stall }
    let outcome = Monitor<HTTPError?>(nil)
    let asking = try OwnedThread(name: "ask") { [transport] in
      do throws(HTTPError) { _ = try transport.send(HTTPRequest("GET", server.url)) } catch { outcome.update { $0 = error } }
    }
    expectEventually("the request arrived") { server.requests.count == 1 }
    transport.stop()
    asking.join()
    #expect(outcome.withLock { $0 }?.reason == .stopped)
    let error = try #require(throws: HTTPError.self) { try transport.send(HTTPRequest("GET", server.url)) }
    #expect(error.reason == .stopped)
    #expect(server.requests.count == 1)
  }
}

@Suite struct RedirectTests {
  let transport = CurlTransport()

  private func request(_ method: String, _ url: String, following limit: Int) -> HTTPRequest {
    var request = HTTPRequest(method, url, body: method == "POST" ? [0x31] : [])
    request.maximumRedirects = limit
    request.setSecret("Authorization", prefix: "Bearer ", token)
    return request
  }

  @Test func followsNoneUnlessAsked() throws {
    let server = try HTTPServer { _ in Reply(status: 302, headers: [("Location", "/there")], text: "") }
    #expect(try transport.send(HTTPRequest("GET", server.url)).status == 302)
    #expect(server.requests.count == 1)
  }

  @Test func followsWithinTheOrigin() throws {
    let server = try HTTPServer {
      $0.path == "/there" ? Reply(text: "here") : Reply(status: 301, headers: [("Location", "there")], text: "")
    }
    #expect(try transport.send(request("GET", server.url + "/from?x=1", following: 1)).text == "here")
    #expect(server.requests.map(\.target) == ["/from?x=1", "/there"])
  }

  @Test func neverLeavesTheOrigin() throws {
    let other = try HTTPServer { _ in Reply(text: "stolen") }
    for location in [
      other.url + "/", "//127.0.0.1:\(other.port)/", "http://localhost:\(other.port)/", "https://127.0.0.1/", "file:///etc/passwd",
    ] {
      let server = try HTTPServer { _ in Reply(status: 307, headers: [("Location", location)], text: "gone") }
      let response = try transport.send(request("GET", server.url, following: 5))
      #expect(response.status == 307)
      #expect(response.text == "gone")
    }
    #expect(other.requests.isEmpty)
  }

  @Test(arguments: [(301, false, ""), (302, false, ""), (303, true, "GET"), (307, true, "POST1"), (308, true, "POST1")])
  func keepsTheMethodOrStops(status: Int, follows: Bool, asked: String) throws {
    let server = try HTTPServer {
      $0.path == "/to" ? Reply(text: $0.method + $0.text) : Reply(status: status, headers: [("Location", "/to")], text: "")
    }
    let response = try transport.send(request("POST", server.url + "/", following: 3))
    #expect(response.text == asked)
    #expect(server.requests.count == (follows ? 2 : 1))
  }

  @Test func givesUpOnALoop() throws {
    let server = try HTTPServer { _ in Reply(status: 302, headers: [("Location", "/")], text: "") }
    let error = try #require(throws: HTTPError.self) { try transport.send(request("GET", server.url, following: 4)) }
    #expect(error.reason == .tooManyRedirects(limit: 4))
    #expect(server.requests.count == 5)
  }
}

@Suite struct AddressTests {
  @Test func readsItsParts() throws {
    let address = try #require(HTTPAddress("https://Example.org/a/../b?q=1#f"))
    #expect(address.scheme == "https")
    #expect(address.port == 443)
    #expect(address.path == "/b")
    #expect(address.text == "https://Example.org/b?q=1")
    #expect(HTTPAddress("http://[::1]:8080")?.host == "[::1]")
    #expect(HTTPAddress("http://[::1]:8080")?.port == 8080)
  }

  @Test(arguments: [
    ("https://a.example/x", "https://a.example:443/y", true), ("https://a.example/x", "https://A.EXAMPLE/", true),
    ("https://a.example/x", "http://a.example/x", false), ("https://a.example/x", "https://a.example.org/x", false),
    ("https://a.example/x", "https://a.example:444/x", false), ("https://a.example", "https://a.example@b.example/", nil),
    ("https://a.example", "//b.example/", false), ("https://a.example", "/b", true), ("https://a.example", "javascript:alert(1)", nil),
  ])
  func knowsOrigins(from: String, to: String, same: Bool?) throws {
    let address = try #require(HTTPAddress(from))
    #expect(address.resolving(to)?.isSameOrigin(as: address) == same)
  }

  @Test func describesWithoutSecrets() {
    var request = HTTPRequest("GET", "https://api.example.org/a?token=hidden", headers: ["X-Key": "hidden"], body: Array("hidden".utf8))
    request.setSecret("Authorization", Secret("hidden"))
    var dumped = ""
    dump(request, to: &dumped)
    for text in ["\(request)", String(reflecting: request), dumped] {
      #expect(text.contains("GET api.example.org/a"))
      #expect(!text.contains("hidden"))
    }
  }
}
