import Domain
import Testing

@Suite struct LineIndexTests {
  @Test("positions of a small text") func example() {
    let index = LineIndex("ab\n\ncd".utf8)
    #expect(index.position(of: 0) == Position(line: 1, column: 1))
    #expect(index.position(of: 2) == Position(line: 1, column: 3))
    #expect(index.position(of: 3) == Position(line: 2, column: 1))
    #expect(index.position(of: 6) == Position(line: 3, column: 3))
    #expect(index.span(ofLine: 1) == Span(0, 3))
    #expect(index.span(ofLine: 3) == Span(4, 6))
  }

  @Test("every byte lies in the line that it is said to lie in", arguments: 0..<100) func property(seed: UInt64) {
    var state = seed &* 0x9E37_79B9_7F4A_7C15
    func next(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    let text = (0..<next(200)).map { _ in next(4) == 0 ? UInt8(0x0A) : UInt8(97 + next(26)) }
    let index = LineIndex(text)
    for offset in 0...text.count {
      let line = index.lineNumber(of: offset)
      #expect(line == 1 + text.prefix(offset).count { $0 == 0x0A }, "seed \(seed)")
      let span = index.span(ofLine: line)
      #expect(span.start <= offset && offset <= span.end, "seed \(seed)")
      #expect(index.position(of: offset) == Position(line: line, column: offset - span.start + 1), "seed \(seed)")
    }
  }

  @Test("spans overlap only when they share a byte") func overlap() {
    #expect(!Span(0, 3).overlaps(Span(3, 5)))
    #expect(Span(0, 4).overlaps(Span(3, 5)))
    #expect(Span(0, 4).contains(Span(1, 4)))
    #expect(Span(2, 2).isEmpty)
  }
}

@Suite struct ObjectIDTests {
  @Test("only full lower-case hexadecimal names are taken")
  func names() {
    #expect(ObjectID(String(repeating: "a", count: 40)) != nil)
    #expect(ObjectID(String(repeating: "0", count: 64))?.isZero == true)
    for bad in [
      "", "abc", String(repeating: "A", count: 40), String(repeating: "g", count: 40), "--upload-pack=" + String(repeating: "a", count: 26),
      String(repeating: "a", count: 41), String(repeating: "é", count: 20),
    ] {
      #expect(ObjectID(bad) == nil, "\(bad)")
    }
  }

  @Test("short names are for people") func short() throws {
    let id = try #require(ObjectID("0123456789abcdef0123456789abcdef01234567"))
    #expect(id.short == "0123456789ab")
    #expect(!id.isZero)
  }
}
