// What the loop answers itself, what it hands on, and how many connections it serves.

import Foundation
import Testing
import Threading

@testable import FastCGI

@Suite struct AcceptLoopTests {
  struct Refusal: Sendable {
    var method = "POST"
    var length: String
    var body = 0
    var status: Int
  }

  @Test(arguments: [
    Refusal(length: "", body: 3, status: 411),
    Refusal(method: "PUT", length: "", status: 411),
    Refusal(length: "-1", body: 3, status: 411),
    Refusal(length: "-3", body: 3, status: 400),
    Refusal(length: "3 ", body: 3, status: 400),
    Refusal(length: "0x3", body: 3, status: 400),
    Refusal(length: "2", body: 3, status: 400),
    Refusal(length: "1001", body: 1001, status: 413),
    Refusal(length: "300000", body: 300_000, status: 413),
    Refusal(length: "99999999999", body: 3, status: 413),
    Refusal(length: "99999999999999999999999999", body: 3, status: 413),
    Refusal(method: "post", length: "3", body: 3, status: 400),
    Refusal(method: "GET /", length: "0", status: 400),
  ])
  func aRequestThatMayNotBeHandledIsRefused(_ refusal: Refusal) throws {
    let responder = try Responder(limits: Limits(body: 1000))
    defer { responder.finish() }
    let peer = try Peer(responder.path)
    peer.send(Record.request(refusal.method, body: [UInt8](repeating: 7, count: refusal.body), contentLength: refusal.length))
    let answer = peer.response()
    #expect(answer?.status == refusal.status)
    #expect(answer?.headers["Content-Type"] == "application/problem+json")
    #expect(responder.handled.withLock { $0.isEmpty })
  }

  @Test func aRefusedRequestLeavesTheConnectionUsable() throws {
    let responder = try Responder(limits: Limits(body: 1000))
    defer { responder.finish() }
    let peer = try Peer(responder.path)
    for size in [200_000, 10, 1001, 1000] {
      peer.send(Record.request(body: [UInt8](repeating: 7, count: size)))
      #expect(peer.response()?.status == (size > 1000 ? 413 : 200))
    }
  }

  @Test func aBodyThatIsNotWorthReadingIsRefusedAndTheConnectionClosed() throws {
    let responder = try Responder(limits: Limits(body: 1000, discarded: 5000))
    defer { responder.finish() }
    let peer = try Peer(responder.path)
    peer.send(Record.request(body: [UInt8](repeating: 7, count: 5001)).dropLast(4000))
    #expect(peer.response()?.status == 413)
    #expect(peer.isClosedByPeer)
  }

  @Test func aBodyThatTakesTooLongCallsNoHandler() throws {
    let responder = try Responder(limits: Limits(body: 1000, bodyTime: .zero))
    defer { responder.finish() }
    let peer = try Peer(responder.path)
    peer.send(Record.request(body: [1, 2, 3]))
    #expect(peer.response() == nil)
    #expect(responder.handled.withLock { $0.isEmpty })
  }

  @Test func theHandlerSeesWhatTheClientSent() throws {
    let responder = try Responder()
    defer { responder.finish() }
    let peer = try Peer(responder.path)
    peer.send(Record.request("POST", "/a%2Fb?x=1&y=?", headers: [("HTTP_X_HUB_SIGNATURE_256", "sha256=00")], body: [1, 2]))
    #expect(peer.response()?.status == 200)
    let request = try #require(responder.handled.withLock { $0.first })
    #expect(request.method == "POST")
    #expect(request.path == "/a%2Fb")
    #expect(request.query == "x=1&y=?")
    #expect(request.body == [1, 2])
    #expect(request.remoteAddress == "192.0.2.7")
    #expect(request.contentType == "application/json")
    #expect(request[header: "X-Hub-Signature-256"] == "sha256=00")
    #expect(request[header: "x-absent"] == nil)
  }

  @Test func aHeaderWithALineBreakIsRefused() throws {
    let responder = try Responder()
    defer { responder.finish() }
    let peer = try Peer(responder.path)
    peer.send(Record.request(headers: [("HTTP_X_EVENT", "push\r\nX-Other: 1")]))
    #expect(peer.response()?.status == 400)
    #expect(responder.handled.withLock { $0.isEmpty })
  }

  @Test(arguments: ["a\r\nSet-Cookie: b", "a\nb", "a\rb", "a\0b", "a\u{7F}"])
  func aResponseCannotSmuggleAHeader(value: String) throws {
    let responder = try Responder { _ in Response(status: 200, headers: [("Location", value)], body: [1]) }
    defer { responder.finish() }
    let peer = try Peer(responder.path)
    peer.send(Record.request())
    let answer = try #require(peer.response())
    #expect(answer.status == 500)
    #expect(Set(answer.headers.keys) == ["Status", "Content-Type", "Content-Length"])
  }

  @Test func aLongResponseArrivesWhole() throws {
    let body = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let responder = try Responder { _ in Response(status: 200, headers: [("Content-Type", "application/octet-stream")], body: body) }
    defer { responder.finish() }
    let peer = try Peer(responder.path)
    peer.send(Record.request())
    let answer = try #require(peer.response())
    #expect(answer.body == body)
    #expect(answer.headers["Content-Length"] == "1000000")
  }

  @Test func idleKeptConnectionsTakeNoThread() throws {
    let responder = try Responder(threads: 1)
    defer { responder.finish() }
    let kept = try (0..<20).map { _ in try Peer(responder.path) }
    for round in 1...3 {
      for peer in kept {
        peer.send(Record.request(body: [UInt8(round)]))
        #expect(peer.response()?.status == 200)
      }
    }
    #expect(responder.handled.withLock { $0.count } == 60)
  }

  @Test func asManyRequestsAsThreadsAreHandledAtOnce() throws {
    let inside = Monitor(0)
    let responder = try Responder(threads: 4) { _ in
      inside.update { $0 += 1 }
      let met: Bool? = inside.wait(upTo: .seconds(10)) { $0 == 4 ? true : nil }
      return Response(status: met == true ? 200 : 500)
    }
    defer { responder.finish() }
    let peers = try (0..<4).map { _ in try Peer(responder.path) }
    for peer in peers { peer.send(Record.request()) }
    for peer in peers { #expect(peer.response()?.status == 200) }
  }

  @Test func aDescriptorThatDoesNotListenIsNamed() throws {
    let descriptor = open("/dev/null", O_RDONLY)
    defer { close(descriptor) }
    let error = #expect(throws: FastCGIError.self) {
      _ = try AcceptLoop(listeningSocket: descriptor, threads: 1, maximumBody: 1) { _ in Response(status: 200) }
    }
    #expect(
      error?.description
        == "cannot serve: file descriptor \(descriptor) is not a listening socket; start the responder with spawn-fcgi")
  }
}
