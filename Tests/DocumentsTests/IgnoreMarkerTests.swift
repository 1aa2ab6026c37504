// `<!-- doc-healing:ignore -->` and what it covers.

import Domain
import Testing

@testable import Documents

@Suite struct IgnoreMarkerTests {
  /// The text that markers cover, in order.
  func covered(_ text: String) throws -> [String] {
    let document = try markdown(text)
    #expect(document.brokenLaws() == [])
    return document.ignores.map { document.text($0.span) }
  }

  @Test func theNextBlock() throws {
    #expect(try covered("a\n\n<!-- doc-healing:ignore -->\n```py\nx\n```\n\nb\n") == ["```py\nx\n```"])
    #expect(try covered("<!-- doc-healing:ignore -->\n\nsome `text`\nmore.\n\nb\n") == ["some `text`\nmore."])
    #expect(try covered("<!-- doc-healing:ignore -->\n- a\n- > b\n\nc\n") == ["- a\n- > b"])
    #expect(try covered("- a\n\n  <!-- doc-healing:ignore -->\n\n  b\n\n  c\n") == ["  b"])
    #expect(try covered("<!--doc-healing:ignore-->\n# T\n\nx\n") == ["# T"])
    #expect(try covered("<!-- doc-healing:ignore -->\n<!-- other -->\n\nx\n") == ["x"])
    #expect(try covered("a\n\n<!-- doc-healing:ignore -->\n") == [])
  }

  @Test func itsOwnParagraphWhenItStandsInOne() throws {
    #expect(try covered("a\n\nb `c` <!-- doc-healing:ignore -->\nd\n\ne\n") == ["b `c` <!-- doc-healing:ignore -->\nd"])
    #expect(try covered("- a <!-- doc-healing:ignore -->\n- b\n") == ["- a <!-- doc-healing:ignore -->"])
  }

  @Test func regionsAndFiles() throws {
    #expect(
      try covered("<!-- doc-healing:ignore-start -->\na\n\nb\n\n<!-- doc-healing:ignore-end -->\n\nc\n") == ["\na\n\nb\n\n"])
    #expect(try covered("x\n\n<!-- doc-healing:ignore-start -->\na\n") == ["\na\n"])
    #expect(try covered("x\n\n<!-- doc-healing:ignore-end -->\na\n") == [])
    let file = "x\n\n<!-- doc-healing:ignore-file rule=removed-symbol -->\n\ny\n"
    #expect(try covered(file) == [file])
  }

  @Test func rulesReasonAndDay() throws {
    let document = try markdown(
      "<!-- doc-healing:ignore rule=removed-symbol,syntax-error reason=\"old, but right\" until=2027-01-31 -->\n\nx\n")
    let marker = try #require(document.ignores.first)
    #expect(marker.rules == ["removed-symbol", "syntax-error"])
    #expect(marker.reason == "old, but right")
    #expect(marker.silences(rule: "syntax-error", on: "2027-01-31"))
    #expect(!marker.silences(rule: "syntax-error", on: "2027-02-01"))
    #expect(!marker.silences(rule: "broken-link", on: "2027-01-01"))
    #expect(try markdown("<!-- doc-healing:ignore because it is so -->\n\nx\n").ignores.first?.rules == [])
  }

  @Test(arguments: ["doc-healing:ignored", "doc-healing:ignore until=tomorrow", "doc-healing:ignore-all", "doc-healing", "ignore"])
  func whatIsNotCertainIsNoMarker(_ comment: String) throws {
    #expect(try markdown("<!-- \(comment) -->\n\nx\n").ignores == [])
  }

  @Test func aMarkerInCodeIsCode() throws {
    #expect(try covered("`<!-- doc-healing:ignore -->`\n\n```\n<!-- doc-healing:ignore-file -->\n```\n") == [])
  }
}
