import Domain
import TestSupport
import Testing

@Suite struct ByteSearchTests {
  @Test func findsWhatANaiveSearchFinds() {
    forAll(cases: 300) { random in
      let bytes = (0..<random.int(in: 0...40)).map { _ in UInt8(random.int(in: 97...99)) }
      let needle = String(decoding: (0..<random.int(in: 0...3)).map { _ in UInt8(random.int(in: 97...99)) }, as: UTF8.self)
      let start = random.int(in: 0...45)
      let expected = start <= bytes.count ? (start...bytes.count).first { bytes[$0...].starts(with: needle.utf8) } : nil
      #expect(bytes.offset(of: needle, from: start) == expected, random.comment)
      #expect(bytes.contains(text: needle) == (bytes.offset(of: needle) != nil), random.comment)
      #expect(AnySequence(bytes).contains(text: needle) == bytes.contains(text: needle), random.comment)
      #expect(bytes[...].contains(anyOf: ["zz", needle]) == bytes.contains(text: needle), random.comment)
    }
  }

  @Test func onlyASCIILettersChangeCase() {
    #expect(Array("ÄBc[`{".utf8).asciiLowercased == Array("Äbc[`{".utf8))
  }
}
