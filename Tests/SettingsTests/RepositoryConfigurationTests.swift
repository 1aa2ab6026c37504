import Testing

@testable import Settings

private func parse(_ text: String) -> (configuration: RepositoryConfiguration, mistakes: [ConfigurationMistake]) {
  RepositoryConfiguration.parse(Array(text.utf8))
}

@Suite struct RepositoryConfigurationTests {
  @Test(arguments: ["", "\n", "# nothing\n", "---\n", "{}", "enabled:\ndocumentation:\nlanguages: ~\nvalidation: null\n"])
  func nothingSaidIsTheDefault(_ text: String) {
    let (configuration, mistakes) = parse(text)
    #expect(configuration == RepositoryConfiguration() && mistakes.isEmpty)
  }

  @Test func everyKey() {
    let (configuration, mistakes) = parse(
      """
      enabled: no
      documentation:
        include: ["docs/**/*.md", README.md]
        exclude: CHANGELOG.md
      languages:
        Python: { enabled: true, timeout: 30, dependencies: [requests, "numpy>=2"], level: execute }
        bash:
          enabled: false
      rules: {syntax-error: off, broken-link: on}
      validation:
        autoCorrect: false
        confidenceThreshold: 0.95
        requireManualReview: true
        blockOnFailure: "true"
        maxConcurrentSnippets: 2
      notifications: {prComments: false, statusChecks: off, reviewComments: false}
      snippetMarkers:
        codeBlockLanguages: [Python, json]
        ignoreMarker: "<!-- skip -->"
      """)
    #expect(mistakes.isEmpty)
    #expect(configuration.rules == ["syntax-error": false, "broken-link": true])
    #expect(!configuration.enabled)
    #expect(configuration.documentation.include.map(\.pattern) == ["docs/**/*.md", "README.md"])
    #expect(configuration.documentation.selects("docs/a/b.md") && configuration.documentation.selects("README.md"))
    #expect(!configuration.documentation.selects("CHANGELOG.md") && !configuration.documentation.selects("src/README.md"))
    #expect(configuration.languages.keys.sorted() == ["bash", "python"] && configuration.languages["bash"]?.enabled == false)
    let python = configuration.languages["python"]
    #expect(python?.timeout == 30 && python?.dependencies == ["requests", "numpy>=2"] && python?.level == .execute)
    let validation = configuration.validation
    #expect(!validation.autoCorrect && validation.confidenceThreshold == 0.95 && validation.requireManualReview)
    #expect(validation.blockOnFailure && validation.maxConcurrentSnippets == 2)
    #expect(configuration.notifications == .init(prComments: false, statusChecks: false, reviewComments: false))
    #expect(configuration.snippetMarkers == .init(codeBlockLanguages: ["python", "json"], ignoreMarker: "<!-- skip -->"))
  }

  @Test(arguments: [
    ("enabeld: true", 1, #"unknown key "enabeld" in the file; did you mean enabled?"#),
    ("\n\nvalidation:\n  autocorrect: true", 4, #"unknown key "autocorrect" in validation; did you mean autoCorrect?"#),
    ("notifications:\n  email: true", 2, #"unknown key "email" in notifications: expected prComments, statusChecks or reviewComments"#),
    ("enabled: maybe", 1, #"enabled is "maybe": expected true or false"#),
    ("enabled: [true]", 1, "enabled: expected true or false"),
    ("documentation: docs", 1, "documentation: expected keys with values"),
    ("- a", 1, "the file: expected keys with values"),
    ("[a, b]: c", 1, "the file: expected a name before the colon"),
    ("validation:\n  confidenceThreshold: 80%", 2, #"validation.confidenceThreshold is "80%": expected a number from 0 to 1"#),
    ("validation:\n  confidenceThreshold: 1.01", 2, #"validation.confidenceThreshold is "1.01": expected a number from 0 to 1"#),
    ("validation:\n  maxConcurrentSnippets: 0", 2, #"validation.maxConcurrentSnippets is "0": expected a whole number from 1 to 64"#),
    ("languages:\n  python:\n    timeout: 10s", 3, #"languages.python.timeout is "10s": expected a whole number from 1 to 600"#),
    (
      "languages:\n  python:\n    level: resolved", 3,
      #"languages.python.level is "resolved": expected syntax, resolve or execute; did you mean resolve?"#
    ),
    ("languages:\n  python: true", 2, "languages.python: expected keys with values"),
    ("documentation:\n  include:\n    - docs/**\n    - \"{a\"", 4, #"documentation.include has the pattern "{a": a brace is not closed"#),
    ("documentation:\n  include:\n    - {a: b}", 3, "documentation.include: expected a list of texts"),
    ("enabled: true\nenabled: false", 1, #"a key stands twice: "enabled""#),
    ("a: &x b", 1, "anchors (&name) are not supported"),
    ("enabled: true\nx: [1, 2", 3, "not YAML: did not find expected ',' or ']'"),
    (
      "documentation:\n  include: *.md", 2,
      "not YAML: did not find expected alphabetic or numeric character; put patterns that begin with * in quotes"
    ),
    ("documentation:\n  include: *md", 2, "not YAML: found undefined alias; put patterns that begin with * in quotes"),
    ("a: b\n---\nc: d", 2, "not YAML: but found another document"),
  ])
  func mistakes(_ text: String, _ line: Int, _ message: String) {
    #expect(parse(text).mistakes == [ConfigurationMistake(line: line, message: message)])
  }

  @Test func aMistakeCostsOnlyItself() {
    let (configuration, mistakes) = parse("enabled: false\nvalidation:\n  autoCorrect: maybe\n  blockOnFailure: true\nwhat: 1\n")
    #expect(!configuration.enabled && configuration.validation.autoCorrect && configuration.validation.blockOnFailure)
    #expect(mistakes.map(\.line) == [3, 5])
  }

  @Test func anUnreadableFilePublishesNothing() {
    for text in ["a: [", "a: \"\u{1}\"", "x: &a b", String(repeating: "# comment\n", count: 7000)] {
      let (configuration, mistakes) = parse(text)
      #expect(!configuration.validation.autoCorrect && mistakes.count == 1)
    }
    let (configuration, mistakes) = RepositoryConfiguration.parse([0xFF, 0xFE, 0x00])
    #expect(!configuration.validation.autoCorrect && mistakes == [ConfigurationMistake(line: 1, message: "the file is not UTF-8 text")])
  }

  @Test func hostileFilesEndSoon() {
    var bomb = "a0: &a0 [x]\n"
    for level in 1..<30 { bomb += "a\(level): &a\(level) [*a\(level - 1),*a\(level - 1),*a\(level - 1)]\n" }
    #expect(parse(bomb).mistakes.map(\.message) == ["anchors (&name) are not supported"])
    let deep = [
      String(repeating: "[", count: 60_000), String(repeating: "{a: ", count: 10_000), String(repeating: "- ", count: 30_000) + "x",
      String(repeating: "? ", count: 30_000) + "x", (0..<300).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
    ]
    for text in deep { #expect(parse(text).mistakes.map(\.message) == ["nested too deeply"]) }
    let many = (0..<3000).map { "key\($0): 1\n" }.joined()
    #expect(parse(many).mistakes.count == 101)
    #expect(parse(many).mistakes.last?.message == "more mistakes from here on are not listed")
  }

  @Test(arguments: ["title: R&D\n", "title: a & b\n", "# a &b\n", "url: http://x/?a=b&c=d\n"]) func ampersandsInTextAreNone(_ text: String)
  {
    let anchors = parse(text).mistakes.filter { $0.message.contains("anchors") }
    #expect(anchors.isEmpty || text.hasPrefix("#"))
  }

  @Test func aRuleThatThereIsNotIsAMistake() {
    let text = "rules:\n  syntax-error: off\n  brokn-link: on\n"
    let (configuration, mistakes) = RepositoryConfiguration.parse(Array(text.utf8), knownRules: ["broken-link", "syntax-error"])
    #expect(configuration.rules == ["syntax-error": false])
    #expect(mistakes.map(\.line) == [3])
    #expect(mistakes.first?.message.contains("broken-link") == true)
  }

  // Feature: .doc-healing.yml: no bytes crash the parser, and mistakes point into the file.
  @Test func anyDamageIsSurvived() {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededRandom(seed: seed)
    let whole = Array(
      "enabled: true\ndocumentation:\n  include: ['**/*.md', \"a{b,c}\"]\nlanguages:\n  go: {level: run, timeout: 5}\nvalidation: {autoCorrect: no}\n"
        .utf8)
    let bytes: [UInt8] = Array("{}[]:,-?&*!|>'\"%@`#\n\t \\".utf8) + [0, 0x80, 0xFF, 0xC3]
    for _ in 0..<500 {
      var damaged = whole
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        damaged[Int.random(in: 0..<damaged.count, using: &random)] = bytes.randomElement(using: &random) ?? 0
      }
      let lines = damaged.count { $0 == 0x0A } + 1
      for mistake in RepositoryConfiguration.parse(damaged).mistakes {
        #expect((1...lines + 1).contains(mistake.line) && !mistake.message.contains("\n"), "\(damaged) (seed \(seed))")
      }
    }
  }
}

@Suite struct GlobTests {
  @Test(arguments: [
    ("*.md", "a.md", true), ("*.md", "d/a.md", false), ("*.md", ".md", true), ("**/*.md", "a.md", true), ("**/*.md", "a/b/c.md", true),
    ("**/*.md", "a/b/c.mdx", false), ("docs/**", "docs/a", true), ("docs/**", "docs/a/b", true), ("docs/**", "docs", false),
    ("docs/**", "docs/", false),
    ("docs/", "docs/a/b", true), ("docs/", "docs", false), ("/docs/a", "docs/a", true), ("docs/**/x", "docs/x", true),
    ("docs/**/x", "docs/a/b/x", true),
    ("docs/**/x", "docsx", false), ("**/x/**", "x/y", true), ("**/x/**", "a/x/y/z", true), ("**/x/**", "ax/y", false),
    ("a**b", "axyb", true),
    ("a**b", "ax/yb", false), ("a?c", "abc", true), ("a?c", "a/c", false), ("a?c", "aéc", true), ("a?c", "a🚀c", true), ("a?c", "ac", false),
    ("{a,b}.md", "a.md", true), ("{a,b}.md", "c.md", false), ("{a,b/**,}x", "x", true), ("{a,{b,c}d}", "cd", true),
    ("{docs,**}/x", "docs/x", true),
    ("{docs,**}/x", "p/q/x", true), ("[slug].md", "[slug].md", true), ("[slug].md", "s.md", false), (#"\*.md"#, "*.md", true),
    (#"\*.md"#, "a.md", false),
    ("**", "a/b", true), ("***", "a", true), ("a,b}", "a,b}", true), ("*", "", true), ("a*", "", false),
  ])
  func matches(_ pattern: String, _ path: String, _ isMatch: Bool) throws { #expect(try Glob(pattern).matches(path) == isMatch) }

  @Test(arguments: [
    ("", "the pattern is empty"), ("{a", "a brace is not closed"), ("a\\", "the pattern ends with a backslash"),
    (String(repeating: "{a,", count: 20), "braces are nested too deeply"),
    (String(repeating: "a", count: 600), "the pattern is longer than 512 bytes"),
  ])
  func malformed(_ pattern: String, _ message: String) { #expect { try Glob(pattern) } throws: { "\($0)" == message } }

  /// A matcher that tries everything needs longer than the universe for these.
  @Test func hostilePatternsTakeLinearTime() throws {
    let path = String(repeating: "a", count: 4000)
    for pattern in [
      String(repeating: "*a", count: 200) + "b", "{" + String(repeating: "*a,", count: 100) + "}b",
      String(repeating: "**/", count: 170) + "b",
    ] {
      #expect(try !Glob(pattern).matches(path))
    }
  }

  // Feature: .doc-healing.yml: the automaton matches what trying every way matches.
  @Test func agreesWithTryingEverything() throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededRandom(seed: seed)
    let parts = ["a", "b", "/", "*", "**", "**/", "?", "{a,b}", "{b/a,ab}", "ab", "/a"]
    var matched = 0
    for _ in 0..<3000 {
      let pattern = (0..<Int.random(in: 1...5, using: &random)).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
      let path = (0..<Int.random(in: 0...6, using: &random)).map { _ in ["a", "b", "/"].randomElement(using: &random) ?? "" }.joined()
      guard !pattern.hasPrefix("/"), !pattern.hasSuffix("/"), let glob = try? Glob(pattern) else { continue }
      let expected = expanded(pattern).contains { tries(Array($0), 0, Array(path), 0) }
      matched += expected ? 1 : 0
      #expect(glob.matches(path) == expected, "\(pattern) on \(path) (seed \(seed))")
    }
    #expect(matched > 100)
  }

  /// The pattern once for each choice of its braces (not nested here).
  private func expanded(_ pattern: String) -> [String] {
    guard let open = pattern.firstIndex(of: "{"), let close = pattern[open...].firstIndex(of: "}") else { return [pattern] }
    let choices = pattern[pattern.index(after: open)..<close].split(separator: ",")
    return choices.flatMap { (choice: Substring) -> [String] in
      expanded(String(pattern[..<open]) + choice + String(pattern[pattern.index(after: close)...]))
    }
  }

  private func tries(_ pattern: [Character], _ p: Int, _ path: [Character], _ i: Int) -> Bool {
    guard p < pattern.count else { return i == path.count }
    let stars = pattern[p...].prefix { $0 == "*" }.count
    if stars > 0 {
      let end = p + stars
      let isFolder = stars >= 2 && (p == 0 || pattern[p - 1] == "/")
      if isFolder, end == pattern.count { return i < path.count }
      if isFolder, pattern[end] == "/" {
        if tries(pattern, end + 1, path, i) { return true }
        return (i..<path.count).contains { path[$0] == "/" && tries(pattern, end + 1, path, $0 + 1) }
      }
      return (i...path.count).contains { !path[i..<$0].contains("/") && tries(pattern, end, path, $0) }
    }
    guard i < path.count, pattern[p] == path[i] || (pattern[p] == "?" && path[i] != "/") else { return false }
    return tries(pattern, p + 1, path, i + 1)
  }
}
