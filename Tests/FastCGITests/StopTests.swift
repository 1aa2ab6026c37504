// A stop finishes what is in hand, closes what is idle, and leaves a shared listening socket to the others.

import Foundation
import Testing
import Threading

@testable import FastCGI

@Suite struct StopTests {
  /// A handler that waits until the gate opens.
  private func gated(_ gate: Monitor<Bool>) -> @Sendable (Request) -> Response {
    { _ in
      let isOpen: Bool? = gate.wait(upTo: .seconds(10)) { $0 ? true : nil }
      return Response(status: isOpen == true ? 200 : 500)
    }
  }

  @Test func aRequestInHandIsAnsweredAndIdleConnectionsAreClosedAtOnce() throws {
    let gate = Monitor(true)
    let responder = try Responder(threads: 1, handler: gated(gate))
    let idle = try Peer(responder.path)
    idle.send(Record.request())
    #expect(idle.response()?.status == 200)
    gate.update { $0 = false }
    let busy = try Peer(responder.path)
    busy.send(Record.request())
    #expect(responder.waitUntilHandled(2))

    responder.loop.stop()
    #expect(idle.isClosedByPeer)
    #expect(responder.isRunning)
    gate.update { $0 = true }
    #expect(busy.response()?.status == 200)
    #expect(busy.isClosedByPeer)
    #expect(responder.hasFinished())
    responder.finish()
  }

  @Test func aRequestThatIsStillArrivingIsAnswered() throws {
    let responder = try Responder(threads: 1)
    let body = [UInt8](repeating: 7, count: 50000)
    let stream = Record.request(body: body)
    let peer = try Peer(responder.path)
    peer.send(stream.prefix(30000))
    responder.loop.stop()
    peer.send(stream.dropFirst(30000))
    #expect(peer.response()?.text == "POST /webhooks/git ? \(checksum(body))")
    #expect(responder.hasFinished())
    responder.finish()
  }

  @Test func requestsSentBeforeTheStopAreAnswered() throws {
    let gate = Monitor(false)
    let responder = try Responder(threads: 1, handler: gated(gate))
    let peers = try (0..<10).map { _ in try Peer(responder.path) }
    for peer in peers { peer.send(Record.request()) }
    #expect(responder.waitUntilHandled(1))
    responder.loop.stop()
    gate.update { $0 = true }
    for peer in peers { #expect(peer.response()?.status == 200) }
    #expect(responder.hasFinished())
    responder.finish()
  }

  @Test func theOtherResponderOnTheSocketServesOn() throws {
    let first = try Responder()
    let second = try Responder(sharing: first)
    first.finish(keepingSocket: true)
    for _ in 0..<100 {
      let peer = try Peer(second.path)
      peer.send(Record.request(body: [1], keep: false))
      #expect(peer.response()?.status == 200)
    }
    #expect(second.handled.withLock { $0.count } == 100)
    second.finish()
  }

  @Test func aStopBeforeTheRunEndsItAtOnce() throws {
    let responder = try Responder()
    responder.loop.stop()
    responder.loop.stop()
    #expect(responder.hasFinished())
    responder.finish()
  }
}
