import Domain
import Testing

@Suite struct TimestampTests {
  @Test(
    "RFC 3339 text",
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
      (1_795_497_896_000, "2026-11-24T05:24:56.000Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
      (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
    ] as [(Int64, String)])
  func text(milliseconds: Int64, expected: String) {
    #expect(Timestamp(milliseconds: milliseconds).rfc3339 == expected)
  }

  @Test("moving and measuring are inverse") func arithmetic() {
    let start = Timestamp(milliseconds: 1_750_000_000_000)
    for step in [-86_400_000, -1, 0, 1, 999, 86_400_000] as [Int64] {
      #expect(start.advanced(by: .milliseconds(step)).since(start) == .milliseconds(step))
    }
  }

  @Test("durations lose what is below a millisecond") func durations() {
    #expect(Duration.microseconds(1999).inMilliseconds == 1)
    #expect(Duration.seconds(-2).inMilliseconds == -2000)
  }
}
