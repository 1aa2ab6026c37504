import Domain
import TestSupport
import Testing

@Suite struct ContentCodingTests {
  private static func read(_ bytes: [UInt8]) throws(ContentReader.Malformed) -> (UInt64, Int, Bool, String, String?, UInt64, [String]) {
    var reader = ContentReader(bytes)
    let result = (
      try reader.number(), try reader.integer(), try reader.flag(), try reader.text(), try reader.optionalText(), try reader.fixed(),
      try reader.list { (reader) throws(ContentReader.Malformed) in try reader.text() }
    )
    guard reader.isAtEnd else { throw ContentReader.Malformed() }
    return result
  }

  @Test func whatIsWrittenIsRead() throws {
    forAll(cases: 300) { random in
      let number = UInt64.random(in: 0...(.max), using: &random) >> UInt64(random.int(in: 0...63))
      let texts = (0..<random.int(in: 0...5)).map { _ in random.text(count: random.int(in: 0...9)) }
      let text = random.text(count: 3)
      let isSet = random.int(in: 0...1) == 1
      var writer = ContentWriter()
      writer.add(number)
      writer.add(texts.count)
      writer.add(isSet)
      writer.add(text)
      writer.add(isSet ? text : nil as String?)
      writer.addFixed(number)
      writer.add(texts) { $0.add($1) }
      let read = try? Self.read(writer.bytes)
      #expect(read?.0 == number && read?.1 == texts.count && read?.2 == isSet && read?.3 == text, random.comment)
      #expect(read?.4 == (isSet ? text : nil) && read?.5 == number && read?.6 == texts, random.comment)
      // Cut anywhere, it is malformed, and nothing traps.
      let cut = Array(writer.bytes.prefix(random.int(in: 0...(writer.bytes.count - 1))))
      #expect(throws: ContentReader.Malformed.self) { try Self.read(cut) }
    }
  }

  @Test func anyBytesAreSurvived() {
    forAll(cases: 500) { random in
      let bytes = (0..<random.int(in: 0...40)).map { _ in UInt8(random.int(in: 0...255)) }
      _ = try? Self.read(bytes)
    }
  }
}
