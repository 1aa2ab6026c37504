import Domain
import Testing

@Suite struct IdentifierTests {
  /// Always the same numbers.
  private struct Constant: RandomNumberGenerator {
    var value: UInt64
    mutating func next() -> UInt64 { value }
  }

  @Test("the time is written as the ULID specification's example") func timePart() {
    let id = JobID.make(at: Timestamp(milliseconds: 1_469_918_176_385))
    #expect(id.rawValue.hasPrefix("01ARYZ6S41"))
    #expect(id.rawValue.utf8.count == 26)
  }

  @Test("every digit is one of Crockford's 32, and the random part takes 80 bits", arguments: [0, UInt64.max])
  func randomPart(bits: UInt64) {
    var random = Constant(value: bits)
    let id = JobID.make(at: Timestamp(milliseconds: 0), using: &random)
    #expect(id.rawValue == String(repeating: "0", count: 10) + String(repeating: bits == 0 ? "0" : "Z", count: 16))
  }

  @Test("identifiers sort by the time they were made") func order() {
    let ids = (0..<200).map { JobID.make(at: Timestamp(milliseconds: 1_700_000_000_000 + $0 * 977)) }
    #expect(ids == ids.sorted())
    #expect(Set(ids).count == ids.count)
  }
}
