// Texts that are looked for together.

import Domain
import TestSupport
import Testing

@testable import Validation

@Suite struct TextSetTests {
  @Test func findsWhatEachTextAloneWouldFind() {
    forAll(cases: 500) { random in
      let texts = (0..<random.int(in: 1...5)).map { _ in random.text(count: random.int(in: 2...4), of: "ab é") }
      let text = random.text(count: random.int(in: 0...12), of: "ab é")
      let isIn = texts.contains { Array(text.utf8).contains(text: $0) }
      try #require(TextSet(texts).isIn(text.utf8) == isIn, "\(texts) in \(text): \(random.comment)")
    }
  }
}
