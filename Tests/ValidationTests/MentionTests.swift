// What a name in code type is a part of.

import Documents
import Domain
import Testing

@testable import Validation

@Suite struct MentionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var code: String
    var language: String?
    var qualifiers: [String]
    var form: Mention.Form
    var testDescription: String { code }

    init(_ code: String, _ language: String? = "python", _ qualifiers: [String] = [], _ form: Mention.Form = []) {
      self.code = code
      self.language = language
      self.qualifiers = qualifiers
      self.form = form
    }
  }

  static let cases = [
    Case("NAME"), Case("NAME()", nil, [], .called), Case("a.NAME", nil, ["a"], .hasReceiver),
    Case("a::b::NAME()", nil, ["a", "b"], [.hasReceiver, .called]),
    Case("a->NAME(1)", "c", ["a"], [.hasReceiver, .called]), Case("A#NAME", nil, ["A"], .hasReceiver),
    Case("a?.NAME", "swift", ["a"], .hasReceiver),
    Case("f(x).NAME", "python", [], .hasReceiver), Case("NAME.x", "python", [], .isReceiver), Case("@NAME", nil, [], .decorator),
    Case("NAME!(x)", "rust", [], .called), Case("NAME::<T>(x)", "rust", [], .isReceiver), Case("NAME<T>(x)", "typescript", [], .called),
    Case("def NAME(x):", "python", [], [.defined, .called]), Case("NAME = 1", "python", [], .defined),
    Case("f(NAME=1)", "python", [], .labelled),
    Case("NAME == 1"), Case("x if NAME >= 1 else 2"), Case("{ NAME: 1 }", "javascript", [], .labelled),
    Case("a.NAME = 1", "python", ["a"], .hasReceiver),
    Case("NAME := 1", "go", [], .defined), Case("--NAME", nil, [], .partOfWord), Case("x/NAME", nil, [], .partOfWord),
    Case("NAME-x", nil, [], .partOfWord),
    Case("$NAME", nil, [], .partOfWord), Case("<NAME>", nil, [], .partOfWord), Case("Vec<NAME>", "rust"),
    Case("new NAME()", "java", [], [.typePosition, .called]),
    Case("from a.b import NAME", "python", [], .imported), Case("import { NAME } from 'x'", "javascript", [], .imported),
    Case("import {\n  NAME,\n} from 'x'", "javascript", [], .imported), Case("NAME->x", "c", [], .isReceiver),
    Case("a.b\n  .NAME()", "javascript", ["a", "b"], [.hasReceiver, .called]),
  ]

  @Test(arguments: cases) func aNameAndItsSurroundings(_ item: Case) throws {
    let reader = MentionReader(Array(item.code.utf8), style: .of(item.language))
    let mention = try #require(reader.mentions(in: .codeSpan) { $0 == "NAME" }.first)
    #expect(mention.qualifiers == item.qualifiers)
    #expect(mention.form == item.form, "\(mention.form.rawValue)")
    #expect(String(decoding: Array(item.code.utf8)[mention.span.range], as: UTF8.self) == "NAME")
  }

  @Test(arguments: [
    ("'NAME' \"NAME\"", "python"), ("# NAME", "python"), ("\"\"\"\nNAME\n\"\"\"", "python"), ("// NAME\n/* NAME\n*/", "go"),
    ("`NAME ${x}`", "javascript"),
    ("xNAME NAMEx NAME_", "c"), ("-- NAME", "sql"),
  ])
  func stringsCommentsAndLongerNamesAreNoMentions(_ code: String, _ language: String) {
    #expect(MentionReader(Array(code.utf8), style: .of(language)).mentions(in: .codeSpan) { $0 == "NAME" } == [])
  }

  @Test(
    arguments: [
      ("foo", 3), ("foo()", 3), ("a.foo(bar, baz)", 5), ("a::foo<T>(x)", 6), ("@foo.bar", 8), ("foo;", nil), ("foo bar", nil),
      ("foo() + 1", nil),
      ("new Foo()", 7), ("foo!", 4 - 1), ("x = foo()", nil), ("", nil), ("foo(", nil), ("foo[0]", 3), ("foo(a)(b)", 3),
    ] as [(String, Int?)])
  func oneChainOfNames(_ code: String, _ end: Int?) {
    #expect(MentionReader(Array(code.utf8), style: SampleStyle()).chainEnd == end)
  }

  @Test(arguments: [
    ("parse_config", NameShape.distinctive), ("parseConfig", .distinctive), ("HTTPServer", .distinctive), ("ParseConfig", .distinctive),
    ("utf8Bytes", .distinctive),
    ("MAX_SIZE", .distinctive), ("Client", .capitalized), ("open", .plain), ("fetchall", .plain), ("_open", .plain), ("x1", .plain),
    ("get", .plain),
    ("IO", .capitalized), ("ENDPOINT", .plain), ("base64", .plain),
  ])
  func shapesOfNames(_ name: String, _ shape: NameShape) { #expect(NameShape(name) == shape) }

  @Test(arguments: [
    ("`NAME` was renamed in 2.0.", true), ("Call `NAME` now.", false), ("It moved. Call `NAME`. It was renamed.", false),
    ("Before 2.0 it was `NAME`.", true),
    ("Call `NAME` before 3 seconds are over.", false), ("Until v1.4, `NAME` did this.", true), ("Before Python 3.9 use `NAME`.", true),
    ("Use `x` instead of `NAME`.", true), ("`NAME` is used to parse.", false), ("`x` → `NAME`", true),
    ("## Migrating from 1\n\n`NAME`", true),
    ("# Changelog\n\n## 1.0\n\n`NAME`", true), ("# Changelog\n\n# Use\n\n`NAME`", false), ("Call `NAME` before you close.", false),
  ])
  func sentencesAboutThePast(_ text: String, _ isPast: Bool) throws {
    let page = document(text)
    let span = try #require(page.references.first { $0.text == "NAME" }).span
    #expect(PastTense.speaks(around: span, in: page) == isPast)
  }

  /// Time is linear in the code: were it not, this would not end.
  @Test(arguments: ["\"\"\" ", "/* ", "` ", "' ", "a.", "a<", "(", "import {", "@a ", "::", "\"\\"]) func hostileCodeIsReadOnce(
    _ piece: String
  ) {
    let code = Array(String(repeating: piece, count: 20_000).utf8)
    for language in ["python", "javascript", "rust"] {
      let reader = MentionReader(code, style: .of(language))
      #expect(reader.mentions(in: .codeSpan) { $0 == "b" } == [])
      _ = reader.chainEnd
    }
  }
}
