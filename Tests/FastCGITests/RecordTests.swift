// However a request is cut into records and writes, the handler sees the same request; whatever else is sent, the next
// request is served.

import Foundation
import Testing

@testable import FastCGI

@Suite struct RecordTests {
  /// Cuts `bytes` at random places, empty pieces excluded.
  private func pieces(_ bytes: [UInt8], largest: Int, _ random: inout SeededGenerator) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + Int.random(in: 1...largest, using: &random))
      result.append(Array(bytes[start..<end]))
      start = end
    }
    return result
  }

  private func randomRequest(_ body: [UInt8], keep: Bool, _ random: inout SeededGenerator) -> [UInt8] {
    let size = [7, 300, 5000, 65535].randomElement(using: &random) ?? 1
    var parameters = Record.parameters("POST", "/webhooks/git?a=%20b", contentLength: String(body.count))
    parameters += [("HTTP_X_LONG", String(repeating: "x", count: Int.random(in: 0...20000, using: &random)))]
    var stream = Record.begin(keep: keep)
    for piece in pieces(Record.pairs(parameters), largest: size, &random) {
      stream += Record.make(Record.parameters, piece, padding: Int.random(in: 0...255, using: &random))
    }
    stream += Record.make(Record.parameters, [])  // never padded: libfcgi forgets the padding of an empty record
    for piece in pieces(body, largest: size, &random) {
      stream += Record.make(Record.input, piece, padding: Int.random(in: 0...255, using: &random))
    }
    return stream + Record.make(Record.input, [])
  }

  // 120 cases
  @Test func anySplitOfRecordsAndWritesGivesTheSameRequest() throws {
    let responder = try Responder(threads: 3)
    defer { responder.finish() }
    var peer = try Peer(responder.path)
    for seed in UInt64(1)...120 {
      var random = SeededGenerator(seed: seed)
      let body = randomBytes([0, 1, 100, 28_000, 70_000, 200_000].randomElement(using: &random) ?? 0, &random)
      let keep = Bool.random(using: &random)
      for piece in pieces(randomRequest(body, keep: keep, &random), largest: 20000, &random) { peer.send(piece) }
      let answer = peer.response()
      #expect(answer?.text == "POST /webhooks/git ?a=%20b \(checksum(body))", "seed \(seed)")
      if !keep {
        #expect(peer.isClosedByPeer, "seed \(seed)")
      }
      if !keep || answer == nil {
        peer = try Peer(responder.path)
      }
    }
    #expect(responder.handled.withLock { $0.count } == 120)
  }

  // 200 cases
  @Test func whateverIsSentTheNextRequestIsServed() throws {
    let responder = try Responder(threads: 2)
    defer { responder.finish() }
    for seed in UInt64(1)...200 {
      var random = SeededGenerator(seed: seed)
      let hostile = try Peer(responder.path)
      hostile.send(damaged(&random))
      hostile.finishSending()
      while hostile.response() != nil {}
      let peer = try Peer(responder.path)
      peer.send(Record.request(body: [1, 2, 3]))
      #expect(peer.response()?.status == 200, "seed \(seed)")
    }
  }

  /// Random bytes, or a valid request with some bytes changed, removed or repeated.
  private func damaged(_ random: inout SeededGenerator) -> [UInt8] {
    if Int.random(in: 0..<4, using: &random) == 0 { return randomBytes(Int.random(in: 0...3000, using: &random), &random) }
    var bytes = Record.request(body: randomBytes(Int.random(in: 0...500, using: &random), &random), keep: Bool.random(using: &random))
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...9, using: &random)))
      default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 9)], at: place)
      }
      if bytes.isEmpty { break }
    }
    return bytes
  }

  @Test(arguments: [0, 1, 8, 20, 23, 60, 200])
  func aConnectionThatEndsInTheMiddleOfARequestCallsNoHandler(missing: Int) throws {
    let responder = try Responder()
    defer { responder.finish() }
    let whole = Record.request(body: [UInt8](repeating: 7, count: 100))
    let peer = try Peer(responder.path)
    peer.send(whole.dropLast(8 + missing))
    peer.finishSending()
    #expect(peer.response() == nil)
    #expect(peer.isClosedByPeer)
    #expect(responder.handled.withLock { $0.isEmpty })
  }

  @Test func anAbortedRequestCallsNoHandler() throws {
    let responder = try Responder()
    defer { responder.finish() }
    let peer = try Peer(responder.path)
    peer.send(Record.request(body: [UInt8](repeating: 7, count: 100)).dropLast(20))
    peer.send([UInt8](repeating: 7, count: 12) + Record.make(Record.abort, []))
    #expect(peer.response() == nil)
    #expect(responder.handled.withLock { $0.isEmpty })
  }

  @Test func aBodyShorterThanAnnouncedCallsNoHandler() throws {
    let responder = try Responder()
    defer { responder.finish() }
    let peer = try Peer(responder.path)
    peer.send(Record.request(body: [1, 2, 3], contentLength: "4"))
    #expect(peer.response() == nil)
    #expect(peer.isClosedByPeer)
    #expect(responder.handled.withLock { $0.isEmpty })
  }
}
