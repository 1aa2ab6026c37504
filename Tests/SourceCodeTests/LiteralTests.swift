// What the analysis says of literals, on both sides of small changes: what counts as gone, what it became, and what keeps a name alive.

import Domain
import TestSupport
import Testing

@testable import SourceCode

@Suite struct LiteralTests {
  /// The analysis of a change between two trees.
  private func literals(_ base: [String: String], _ head: [String: String]) throws -> LiteralAnalysis {
    let (old, new) = (LiteralTree(base), LiteralTree(head))
    let change = Change(base: old, head: new, files: new.changes(since: old))
    return try ChangeAnalysis(change: change, cache: MemoryFactsCache()).literals
  }

  private func became(_ text: String, _ base: [String: String], _ head: [String: String]) throws -> String? {
    try literals(base, head).removed(text).first.map { $0.decided?.text ?? "gone" }
  }

  // MARK: What argument parsers declare

  @Test(arguments: [
    (
      "a.rs", "struct A {\n #[arg(short, long)]\n dry_run: bool,\n #[clap(long = \"other-name\")]\n pub(crate) x: u8 }",
      ["--dry-run", "--other-name"]
    ),
    ("a.rs", "#[derive(Subcommand)]\nenum C { ListAll { n: u8 }, #[command(hide = true)] Run(X), }", ["list-all", "run"]),
    ("a.rs", "struct A { #[arg(short)] verbose: bool }", []),
    (
      "a.go", "package a\nfunc f() { flags.StringVarP(&x, \"out-dir\", \"o\", \"\", \"\"); fs.Bool(\"quiet\", false, \"\") }",
      ["--out-dir", "--quiet"]
    ),
    ("a.go", "package a\nvar c = &cobra.Command{Use: \"fetch [flags]\"}\nvar f = &cli.BoolFlag{Name: \"fast\"}", ["fetch", "--fast"]),
    ("a.swift", "struct A { @Flag var dryRun = false\n @Option(name: .customLong(\"out\")) var x: String }", ["--dry-run", "--out"]),
    (
      "a.py", "sub.add_parser(\"pull\")\n@cli.command()\ndef show_all(): pass\n@cli.command(\"rm\")\ndef remove(): pass",
      ["pull", "show-all", "rm"]
    ),
    ("a.js", "program.command('build <name>').action(f)", ["build"]),
  ])
  func declaredArguments(_ path: String, _ code: String, _ expected: [String]) throws {
    let language = try #require(SourceLanguage(path: path))
    let found = ArgumentDeclarations(try Lexer.lex(Array(code.utf8), as: language)).found.map(\.text)
    #expect(found == expected)
  }

  // MARK: Flags

  @Test func aFlagIsGoneWhenNoParserKnowsIt() throws {
    let head = ["a.py": "add(\"--quick\")\n"]
    #expect(try became("--fast", ["a.py": "add(\"--fast\")\n"], head) == "--quick")
    #expect(try became("--fast", ["a.py": "add(\"--fast\")\n"], ["a.py": "add(\"--quick\")\n", "b.py": "run(\"--fast\")\n"]) == nil)
    #expect(try became("--fast", ["a.py": "add(\"--fast\")\n"], ["a.py": "add(\"--quick\")\n", "b.py": "# --fast\n"]) == "--quick")
    #expect(
      try became("--fast", ["a.py": "add(\"--fast\")\n"], ["a.py": "add(\"--quick\")\n", "tests/b.py": "run(\"--fast\")\n"]) == "--quick")
  }

  @Test func aFlagThatAParserMakesOfAFieldElsewhereIsAlive() throws {
    let field = ["o.rs": "struct O {\n    #[arg(long)]\n    base_url: String,\n}\n"]
    let base = field.merging(["m.rs": "fn f() { warn(\"--base-url\") }\n"]) { first, _ in first }
    let head = field.merging(["m.rs": "fn f() { warn(\"--root-dir\") }\n"]) { first, _ in first }
    #expect(try became("--base-url", base, head) == nil)
  }

  @Test func anAliasIsNoUse() throws {
    let base = [
      "a.go": "package a\n\nconst usage = `\n  --phony  off\n`\n\nfunc f(s string) {\n\tswitch s {\n\tcase \"--phony\":\n\t}\n}\n"
    ]
    let head = [
      "a.go":
        "package a\n\nconst usage = `\n  --disabled  off\n`\n\nfunc f(s string) {\n\tswitch s {\n\tcase \"--disabled\", \"--phony\":\n\t}\n}\n"
    ]
    let removed = try literals(base, head).removed("--phony")
    #expect(removed.first?.certainty == .deprecatedAlias)
    #expect(removed.first?.decided?.text == "--disabled")
  }

  // MARK: Environment variables

  @Test func aVariableThatIsPutTogetherIsAlive() throws {
    let base = ["a.go": "package a\n\nconst name = \"COBRA_ACTIVE_HELP\"\n"]
    #expect(try became("COBRA_ACTIVE_HELP", base, ["a.go": "package a\n\nconst name = prefix + \"_ACTIVE_HELP\"\n"]) == nil)
    #expect(try became("COBRA_ACTIVE_HELP", base, ["a.go": "package a\n\nconst name = \"COBRA_HELP_ACTIVE\"\n"]) == "COBRA_HELP_ACTIVE")
  }

  @Test func aScriptWithoutEndingKeepsAVariableAlive() throws {
    let base = ["a.py": "x = os.environ[\"CACHE_DIR\"]\n", "bin/run": "echo $CACHE_DIR\n"]
    #expect(try became("CACHE_DIR", base, ["a.py": "x = os.environ[\"APP_CACHE\"]\n", "bin/run": "echo $CACHE_DIR\n"]) == nil)
  }

  // MARK: Keys and values

  @Test func aValueThatAVariableReplacedIsNoRename() throws {
    #expect(try became("format.grape", ["a.rb": "x = env['format.grape']\n"], ["a.rb": "x = env[formatter]\n"]) == nil)
  }

  @Test func aMessageLeadsToTheSuccessor() throws {
    let base = ["a.js": "f({\n  idleTimeout,\n  x\n})\nif (idleTimeout < 0) throw new E('invalid idleTimeout')\n"]
    let head = [
      "a.js":
        "f({\n  idleTimeout,\n  keepAlive,\n  x\n})\nif (idleTimeout) throw new E('unsupported idleTimeout, use keepAlive instead')\nif (keepAlive < 0) throw new E('invalid keepAlive')\n"
    ]
    #expect(try became("idleTimeout", base, head) == "keepAlive")
  }

  // MARK: Versions and defaults

  @Test(arguments: [
    ("Cargo.toml", "[package]\nname = \"a\"\nversion = \"VERSION\"\n", VersionSubject.project),
    ("Cargo.toml", "[package]\nrust-version = \"VERSION\"\n", .toolchain("rust")),
    ("Cargo.toml", "[dependencies]\nserde = { version = \"VERSION\", features = [] }\n", .dependency("serde")),
    ("package.json", "{\n  \"name\": \"a\",\n  \"version\": \"VERSION\"\n}\n", .project),
    ("package.json", "{\n  \"engines\": {\n    \"node\": \">=VERSION\"\n  }\n}\n", .toolchain("node")),
    ("go.mod", "module github.com/a/b\n\ngo VERSION\n", .toolchain("go")),
    ("go.mod", "module m\nrequire (\n\texample.com/x vVERSION\n)\n", .dependency("example.com/x")),
    ("pyproject.toml", "[project]\nrequires-python = \">=VERSION\"\n", .toolchain("python")),
    ("setup.py", "setup(\n    name=\"a\",\n    python_requires=\">=VERSION\",\n)\n", .toolchain("python")),
    ("a.gemspec", "Gem::Specification.new do |s|\n  s.required_ruby_version = '>= VERSION'\nend\n", .toolchain("ruby")),
    ("Package.swift", "// swift-tools-version: VERSION\nimport PackageDescription\n", .toolchain("swift")),
    ("src/a/__init__.py", "__version__ = \"VERSION\"\n", .project),
  ])
  func versionsMove(_ path: String, _ text: String, _ subject: VersionSubject) throws {
    func tree(_ version: String) -> [String: String] { [path: text.replacing("VERSION", with: version)] }
    let moves = try literals(tree("1.2.0"), tree("1.10.0")).moves.versions
    #expect(moves.map(\.subject) == [subject])
    #expect(moves.first?.old == "1.2.0")
    #expect(moves.first?.new == "1.10.0")
    #expect(try literals(tree("1.10.0"), tree("1.2.0")).moves.versions.isEmpty, "a version that goes back is no release")
  }

  @Test func aDefaultWithTwoNewValuesIsNone() throws {
    let base = ["a.py": "max_size = 5\n", "b.py": "max_size = 5\n"]
    #expect(try literals(base, ["a.py": "max_size = 6\n", "b.py": "max_size = 6\n"]).defaults.map(\.new) == ["6"])
    #expect(try literals(base, ["a.py": "max_size = 6\n", "b.py": "max_size = 7\n"]).defaults.isEmpty)
  }

  // MARK: Laws

  /// Whatever the bytes: what is found lies in them and equals the text, in ascending order, and equals what a naive search finds.
  @Test func findsWhatANaiveSearchFinds() {
    forAll(cases: 150) { random in
      let texts = Set((0..<random.int(in: 1...12)).map { _ in random.pick(["--a-b", "A_B", "a.b", "ab", "b", "a/b:1", "--ab", "a_b"]) })
      let bytes = (0..<random.int(in: 0...80)).map { _ in random.pick(Array("ab_-./: \n1AB".utf8)) }
      let found = LiteralIndex(texts).occurrences(in: bytes)
      var expected: Set<LiteralOccurrence> = []
      for text in texts {
        let needle = Array(text.utf8)
        for start in 0..<max(1, bytes.count) where start + needle.count <= bytes.count {
          let range = start..<start + needle.count
          if bytes[range].elementsEqual(needle), LiteralBoundary.isWhole(range, in: bytes) {
            expected.insert(LiteralOccurrence(text: text, range: range))
          }
        }
      }
      #expect(Set(found) == expected, random.comment)
      #expect(found.count == expected.count, random.comment)
    }
  }

  /// Any two texts: nothing is removed that the head still has, and equal trees remove nothing.
  @Test func neverRemovesWhatIsThere() {
    forAll(cases: 150) { random in
      let names = ["--fast-mode", "CACHE_DIR", "max_size", "'old_value'", "'new_value'", "--quick-mode", "APP_DIR"]
      func text(_ random: inout SeededGenerator) -> String {
        (0..<random.int(in: 1...8)).map { _ in "f(\"\(random.pick(names))\", x=\(random.pick(["1", "\"max_size\"", "'old_value'"])))" }
          .joined(separator: "\n") + "\n"
      }
      let (base, head) = (["a.py": text(&random)], ["a.py": text(&random)])
      let literals = try literals(base, head)
      let same = try self.literals(base, base)
      for name in names.map({ $0.filter { $0 != "'" } }) {
        #expect(same.removed(name).isEmpty, random.comment)
        if LiteralAnalysis.stands(name, in: Array((head["a.py"] ?? "").utf8)) {
          #expect(literals.removed(name).allSatisfy { $0.certainty != .gone }, random.comment)
        }
      }
    }
  }
}
