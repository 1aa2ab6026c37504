// Laws of the languages for data, markup, shells and queries, on random texts: what is right is never called broken, a bracket or a
// quote less is found in a whole text, nothing crashes, and depth costs no stack.

import Domain
import TestSupport
import Testing

@testable import Validation

@Suite struct DataLanguageTests {
  /// A random text that is right in its language, as a whole file.
  typealias Grammar = @Sendable (inout SeededGenerator) -> String

  static let grammars: [(language: String, text: Grammar, marks: String)] = [
    ("css", css, "{}"), ("sql", sql, "()'"), ("json5", json5, "{}[]"), ("jsonc", jsonc, "{}[]\""), ("jsonl", jsonLines, "{}\""),
    ("ini", ini, "]"), ("dotenv", dotenv, "="), ("xml", xml, ">\""), ("html", html, ""), ("dockerfile", dockerfile, ""),
    ("makefile", makefile, ""), ("nginx", nginx, "{};"), ("graphql", graphql, "{}()"), ("diff", diff, ""), ("hcl", hcl, "{}[]\""),
    ("proto", proto, "{}\""), ("bash", shell, "\"'("), ("console", session, ""),
  ]

  @Test(arguments: grammars.indices) func whatIsRightIsNeverCalledBroken(_ index: Int) throws {
    let grammar = Self.grammars[index]
    let language = try #require(RuleRegistry.language(named: grammar.language))
    var seeds: [UInt64] = []
    var samples: [Sample] = []
    forAll(cases: 150) { random in
      let text = grammar.text(&random)
      for isWhole in grammar.language == "console" ? [false] : [true, false] {
        seeds.append(random.seed)
        samples.append(Sample(code: Array(text.utf8), language: grammar.language, isWhole: isWhole))
      }
    }
    for (number, verdict) in language.judge(samples, tools: DirectTools()).enumerated() {
      let comment: Comment = "\(verdict), \(String(decoding: samples[number].code, as: UTF8.self)), DOC_HEALING_TEST_SEED=\(seeds[number])"
      #expect(verdict == .valid, comment)
    }
  }

  /// Without one of its brackets or quotes a whole text is broken.
  @Test(arguments: grammars.indices.filter { !grammars[$0].marks.isEmpty }) func aMissingMarkIsFound(_ index: Int) throws {
    let grammar = Self.grammars[index]
    let language = try #require(RuleRegistry.language(named: grammar.language))
    var samples: [Sample] = []
    var seeds: [UInt64] = []
    forAll(cases: 150) { random in
      var code = Array(grammar.text(&random).utf8)
      guard let place = code.indices.filter({ grammar.marks.utf8.contains(code[$0]) }).randomElement(using: &random) else { return }
      code.remove(at: place)
      samples.append(Sample(code: code, language: grammar.language, isWhole: true))
      seeds.append(random.seed)
    }
    #expect(samples.count > 50)
    for (number, verdict) in language.judge(samples, tools: DirectTools()).enumerated() {
      let text = String(decoding: samples[number].code, as: UTF8.self)
      guard case .broken(let problem) = verdict else {
        Issue.record("\(verdict): \(text), DOC_HEALING_TEST_SEED=\(seeds[number])")
        continue
      }
      #expect(problem.range.upperBound <= samples[number].code.count && !problem.message.contains("\n"))
    }
  }

  /// Any bytes are judged without harm, and a problem lies in them.
  @Test(arguments: grammars.map(\.language)) func anyBytesAreJudged(_ name: String) throws {
    let language = try #require(RuleRegistry.language(named: name))
    let parts = [
      "a", "=", ":", ";", "{", "}", "(", ")", "[", "]", "<", ">", "\"", "'", "`", "\n", "\n ", "\t", "#", "//", "/*", "*/", "$", "\\", "--",
      "@",
      "<<EOF", "<!--", "é😀", "\r\n", "...", "\u{0}", "-", "+", "|", "&&", "url(", "$$", "FROM x\n", "a: b\n", "@@ -1 +1 @@\n", "<a b=",
      "</a>",
      "\"\"\"", "query", "type A", "define\n", "endef\n", "$ ",
    ]
    var samples: [Sample] = []
    forAll(cases: 200) { random in
      let text = (0..<random.int(in: 0...30)).map { _ in Array(random.pick(parts).utf8) }.joined()
      let code = random.bool() ? Array(text) : random.bytes(count: random.int(in: 0...40))
      samples.append(Sample(code: code, language: name, isWhole: random.bool()))
    }
    let verdicts = language.judge(samples, tools: DirectTools())
    #expect(verdicts.count == samples.count)
    for (sample, verdict) in zip(samples, verdicts) {
      guard case .broken(let problem) = verdict else { continue }
      #expect(problem.range.lowerBound >= 0 && problem.range.upperBound <= sample.code.count, "\(sample.code)")
      #expect(!problem.message.contains("\n"), "\(sample.code)")
    }
  }

  /// Depth and repetition, 20,000 times; a quadratic scanner, or one that calls itself, would not come to an end here. Shells are read by
  /// bash, whose parser has limits of its own.
  @Test(arguments: grammars.map(\.language)) func deepAndLongTextsComeToAnEnd(_ name: String) throws {
    let language = try #require(RuleRegistry.language(named: name))
    let parts = [
      "{", "([", "<a>", "a{", "\"${", "\"'", "/*", "<!--", "<<EOF\n", "$a$", "{a:", "url(", "$(", "ifdef A\n", "@@ -1,9 +1,9 @@\n",
      "<a b='", "</",
    ]
    let count = language.name == "bash" ? 300 : 20_000
    let samples = parts.map { Sample(code: Array(String(repeating: $0, count: count).utf8), language: name, isWhole: true) }
    #expect(language.judge(samples, tools: DirectTools()).count == samples.count)
  }

  /// What is recognised as plain commands is what bash takes.
  @Test func plainCommandsParse() throws {
    let parts = [
      "ls", "a", " ", " ", "-l", "\"b c\"", "'d'", "|", "&&", "||", ";", "#", "\\\n", "\n", "\t", "$x", "if", "done", "=", "x=1", "[", "]",
      "*",
      "~/a", "é", "&", "(", ">", "\"", "time", "'", "-", "{", "}", "!", "\\", "$",
    ]
    var texts: [[UInt8]] = []
    forAll(cases: 3000) { random in texts.append((0..<random.int(in: 1...9)).flatMap { _ in Array(random.pick(parts).utf8) } + [0x0A]) }
    let plain = texts.filter(PlainCommands.surelyParse)
    #expect(plain.count > 300)
    let answers = try ShellChecker(tools: DirectTools()).answers(plain)
    for (text, answer) in zip(plain, answers) { #expect(answer == .valid, "\(String(decoding: text, as: UTF8.self))") }
  }

  /// Nothing is executed, however the text is written.
  @Test(arguments: [
    "touch FILE", "set +n\ntouch FILE", "$(touch FILE)", "}; touch FILE; {", "\"; touch FILE; \"", "trap 'touch FILE' EXIT", "`touch FILE`",
  ])
  func samplesAreNotExecuted(_ code: String) throws {
    let folder = try TemporaryDirectory()
    let file = folder.path + "/executed"
    _ = try ShellChecker(tools: DirectTools()).answers([Array(code.replacing("FILE", with: file).utf8)])
    #expect(!fileExists(file))
  }
}
