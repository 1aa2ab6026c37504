// What the analysis says of renames, removals and what only looks like one.

import Domain
import TestSupport
import Testing

@testable import SourceCode

/// The new names, each with `safe` where the confidence allows an unread edit.
private func answer(_ analysis: ChangeAnalysis, _ name: String) -> [String] {
  guard analysis.removed(name) != nil else { return ["not removed"] }
  return analysis.renames(of: name).map { "\($0.new.qualifiedName)\($0.confidence >= 0.9 ? " safe" : "")" }
}

struct RenameCase: CustomTestStringConvertible, Sendable {
  var path: String
  var old: String
  var new: String
  var name: String
  var expected: [String]
  var testDescription: String { "\(path): \(name)" }
}

@Suite("Renames")
struct RenameTests {
  @Test("a function renamed in place, by language", arguments: renamesByLanguage)
  func inPlace(_ sample: RenameCase) throws {
    let analysis = try analysis([sample.path: sample.old], [sample.path: sample.new])
    #expect(answer(analysis, sample.name) == sample.expected)
  }

  @Test("the evidence names both places and the call sites")
  func evidence() throws {
    let old = [
      "src/config.py": "import os\n\ndef parse_config(path):\n    return os.open(path)\n", "src/a.py": "x = parse_config('a')\n",
      "src/b.py": "y = parse_config('b')\nz = parse_config('c')\n",
    ]
    let new = [
      "src/config.py": "import os\n\ndef load_settings(path):\n    return os.open(path)\n", "src/a.py": "x = load_settings('a')\n",
      "src/b.py": "y = load_settings('b')\nz = load_settings('c')\n",
    ]
    let rename = try #require(try analysis(old, new).renames(of: "parse_config").first)
    let statements = rename.evidence.map(\.statement)
    #expect(statements.first == "function parse_config (src/config.py:3) became function load_settings (src/config.py:3)")
    #expect(statements.contains("3 uses in 2 files changed from parse_config to load_settings"))
    #expect(rename.evidence.first?.path == "src/config.py" && rename.evidence.first?.line == 3)
    #expect(rename.confidence >= 0.9)
  }

  @Test("an owner's member that was renamed says nothing about another owner's")
  func owners() throws {
    let pool = "class Pool:\n    def close(self, force):\n        return self.drain(force)\n"
    let old = [
      "a.py": "class Client:\n    def close(self, grace):\n        self.socket.shutdown(grace)\n        return self.state\n",
      "pool.py": pool,
    ]
    let new = [
      "a.py": "class Client:\n    def shutdown(self, grace):\n        self.socket.shutdown(grace)\n        return self.state\n",
      "pool.py": pool,
    ]
    let analysis = try analysis(old, new)
    #expect(answer(analysis, "Client.close") == ["Client.shutdown safe"])
    #expect(answer(analysis, "client.close()") == ["Client.shutdown safe"])
    #expect(answer(analysis, "Pool.close") == ["not removed"])
    #expect(answer(analysis, "close") == ["not removed"])
    #expect(answer(analysis, "file.close") == ["not removed"])
  }

  @Test("a renamed class takes its members along")
  func members() throws {
    let old = ["client.ts": "export class Client {\n  open(path: string) { return this.go(path); }\n  close() { return 1; }\n}\n"]
    let new = ["client.ts": "export class Session {\n  open(path: string) { return this.go(path); }\n  close() { return 1; }\n}\n"]
    let analysis = try analysis(old, new)
    #expect(answer(analysis, "Client") == ["Session safe"])
    #expect(answer(analysis, "Client.open") == ["not removed"])
    #expect(analysis.candidateNames == ["Client"])
  }

  @Test("a member renamed together with its class")
  func memberAndClass() throws {
    let old = [
      "c.py":
        "class Client:\n    def open(self, path):\n        return self.go(path, 1)\n\n    def close_all(self, force):\n        self.drop(force)\n        return None\n"
    ]
    let new = [
      "c.py":
        "class Session:\n    def open(self, path):\n        return self.go(path, 1)\n\n    def shut_down(self, force):\n        self.drop(force)\n        return None\n"
    ]
    let analysis = try analysis(old, new)
    #expect(answer(analysis, "Client.close_all") == ["Session.shut_down safe"])
    #expect(answer(analysis, "close_all") == ["Session.shut_down safe"])
  }

  @Test("a name that the code still uses is not removed")
  func stillUsed() throws {
    let old = ["a.py": "def load(path):\n    return path\n", "b.py": "import x\nx.load(1)\n"]
    let new = ["a.py": "def read(path):\n    return path\n", "b.py": "import x\nx.load(1)\n"]
    #expect(answer(try analysis(old, new), "load") == ["not removed"])
  }

  @Test(
    "comments, strings, tests, fixtures and examples keep no name alive",
    arguments: [
      ("b.py", "# parse_config reads it\n"), ("b.py", "text = 'parse_config'\n"), ("tests/test_a.py", "parse_config()\n"),
      ("examples/a.py", "parse_config()\n"), ("docs/conf.py", "parse_config()\n"), ("vendor/a.py", "parse_config()\n"),
      ("b.txt", "parse_config()\n"), ("b.py", "from a import parse_config\n"),
    ])
  func noLife(_ file: (path: String, text: String)) throws {
    let old = ["a.py": "def parse_config(path):\n    return open(path).read(1, 2, 3)\n", file.path: file.text]
    let new = ["a.py": "def load_config(path):\n    return open(path).read(1, 2, 3)\n", file.path: file.text]
    #expect(answer(try analysis(old, new), "parse_config") == ["load_config safe"])
  }

  @Test(
    "a deprecated alias counts as gone, and says what the new name is",
    arguments: [
      (
        "a.py", "def parse_config(path):\n    return read(path)\n",
        "import warnings\n\ndef load_settings(path, strict=False):\n    check(strict)\n    return fetch(path)\n\ndef parse_config(path):\n    warnings.warn('use load_settings', DeprecationWarning)\n    return load_settings(path)\n"
      ),
      ("a.py", "class parse_config:\n    x = 1\n", "class load_settings:\n    x = 1\n\nparse_config = load_settings\n"),
      (
        "a.rs", "pub fn parse_config(p: &str) -> u8 { read(p) }\n",
        "pub fn load_settings(p: &str, s: bool) -> u8 { fetch(p, s) }\n#[deprecated(note = \"use load_settings\")]\npub fn parse_config(p: &str) -> u8 { load_settings(p, true) }\n"
      ),
      (
        "A.swift", "public func parse_config(p: String) -> Int { read(p) }\n",
        "public func load_settings(p: String, s: Bool) -> Int { fetch(p, s) }\n@available(*, deprecated, renamed: \"load_settings\")\npublic func parse_config(p: String) -> Int { load_settings(p: p, s: true) }\n"
      ),
      (
        "a.go", "package a\n\nfunc parse_config(p string) int { return read(p) }\n",
        "package a\n\nfunc load_settings(p string, s bool) int { return fetch(p, s) }\n\n// Deprecated: use load_settings.\nfunc parse_config(p string) int { return load_settings(p, true) }\n"
      ),
      (
        "A.java", "class A {\n  int parse_config(String p) { return read(p); }\n}\n",
        "class A {\n  int load_settings(String p, boolean s) { return fetch(p, s); }\n  /** @deprecated use {@link #load_settings} */\n  @Deprecated int parse_config(String p) { return load_settings(p, true); }\n}\n"
      ),
    ])
  func deprecatedAlias(_ sample: (path: String, old: String, new: String)) throws {
    let analysis = try analysis([sample.path: sample.old], [sample.path: sample.new])
    #expect(analysis.removed("parse_config")?.certainty == .deprecatedAlias)
    #expect(analysis.renames(of: "parse_config").map(\.new.name) == ["load_settings"])
  }

  @Test("a deprecated name without a new one is not removed")
  func onlyDeprecated() throws {
    let old = ["a.py": "def fetch(path):\n    return read(path)\n\nclass Client:\n    def __init__(self):\n        self.a = 1\n"]
    let new = [
      "a.py":
        "def fetch(path):\n    warnings.warn('going away', DeprecationWarning)\n    return read(path)\n\nclass Client:\n    def __init__(self):\n        self.a = 1\n\n    @deprecated\n    def go(self):\n        pass\n"
    ]
    let analysis = try analysis(old, new)
    #expect(answer(analysis, "fetch") == ["not removed"] && answer(analysis, "Client") == ["not removed"])
  }

  @Test("an export list gives names")
  func exportList() throws {
    let code = "const enumType = create(1);\nconst nullType = create(2);\n"
    let old = ["src/index.ts": code + "export {\n  enumType as enumeration,\n  nullType as nullValue,\n};\n"]
    let new = ["src/index.ts": code + "export {\n  enumType as enum,\n  nullType as null,\n};\n"]
    let analysis = try analysis(old, new)
    #expect(answer(analysis, "enumeration") == ["enum safe"] && answer(analysis, "nullValue") == ["null safe"])
  }

  @Test("near certainty is no tie with mere likelihood")
  func doubts() throws {
    let old = ["a.py": "class PoolLimits:\n    def __init__(self, a, b):\n        self.a = a\n        self.b = b\n"]
    let new = [
      "a.py":
        "class Limits:\n    def __init__(self, a, b):\n        self.a = a\n        self.b = b\n\nclass PoolLimits(Limits):\n    def __init__(self, **kwargs):\n        warn_deprecated('use Limits, not Proxy')\n        super().__init__(**kwargs)\n\nclass Proxy:\n    pass\n"
    ]
    #expect(answer(try analysis(old, new), "PoolLimits") == ["Limits safe"])
  }

  @Test("two equal candidates are both returned")
  func tie() throws {
    let old = ["a.js": "function send(data) {\n  return write(data, 1, 2, 3, 4);\n}\n"]
    let new = [
      "a.js":
        "function sendText(data) {\n  return write(data, 1, 2, 3, 4);\n}\nfunction sendBytes(data) {\n  return write(data, 1, 2, 3, 4);\n}\n"
    ]
    let renames = try analysis(old, new).renames(of: "send")
    #expect(Set(renames.map(\.new.name)) == ["sendText", "sendBytes"])
    try #require(renames.count == 2)
    #expect(abs(renames[0].confidence - renames[1].confidence) < 0.15)
  }

  @Test("a removal without a successor has no rename")
  func removal() throws {
    let old = ["a.go": "package a\n\nfunc Keep() int { return 1 }\n\nfunc Drop(path string) error { return os.Remove(path) }\n"]
    let new = ["a.go": "package a\n\nfunc Keep() int { return 1 }\n"]
    #expect(answer(try analysis(old, new), "Drop") == [])
  }

  @Test("a function that moved to another file and was renamed")
  func movedFile() throws {
    let body =
      "{\n  let parts = text.split(',').map(trim);\n  for (const part of parts) { visit(part, depth + 1); }\n  return parts.filter(Boolean);\n}\n"
    let old = ["a.js": "export function splitList(text, depth) \(body)\nexport function other() { return 1; }\n", "b.js": "const z = 1;\n"]
    let new = ["a.js": "export function other() { return 1; }\n", "b.js": "const z = 1;\nexport function parseList(text, depth) \(body)"]
    let renames = try analysis(old, new).renames(of: "splitList")
    #expect(renames.map(\.new.place) == ["function parseList (b.js:2)"])
  }

  @Test("a moved symbol that keeps its name is not removed")
  func movedOnly() throws {
    let text = "def helper(a, b):\n    return a + b\n"
    #expect(answer(try analysis(["a.py": text, "c.py": "x = 1\n"], ["b.py": text, "c.py": "x = 2\n"]), "helper") == ["not removed"])
  }

  @Test("a renamed file with a renamed class")
  func renamedFile() throws {
    let text = "export class Alpha {\n  run(x) { return this.go(x, 1, 2); }\n  stop() { this.off = true; }\n}\n"
    let other = text.replacing("Alpha", with: "Beta")
    let analysis = try analysis(["src/alpha.js": text], ["src/beta.js": other], moves: ["src/alpha.js": "src/beta.js"])
    #expect(answer(analysis, "Alpha") == ["Beta safe"])
  }

  @Test("call sites decide where the definition was rewritten")
  func callSites() throws {
    let calls = (1...4).map { "  total += measure(item\($0), options);\n" }.joined()
    let old = [
      "lib/a.js": "export function measure(item, options) {\n  return item.size;\n}\n", "lib/b.js": "export function all() {\n\(calls)}\n",
    ]
    let new = [
      "lib/a.js":
        "export const weigh = (item, options = {}) => {\n  const scale = options.scale ?? 1;\n  const sum = [...item.parts].reduce(add, 0);\n  return sum * scale;\n};\n",
      "lib/b.js": "export function all() {\n\(calls.replacing("measure", with: "weigh"))}\n",
    ]
    let rename = try #require(try analysis(old, new).renames(of: "measure").first)
    #expect(rename.new.name == "weigh" && rename.confidence >= 0.8)
  }

  @Test("a constant whose words were turned around is paired by its place and value")
  func constant() throws {
    let old = ["a.go": "package a\n\nconst (\n\tJobStateDone = \"done\"\n\tJobStateLost = \"lost\"\n)\n"]
    let new = ["a.go": "package a\n\nconst (\n\tDoneJobState = \"done\"\n\tJobStateLost = \"lost\"\n)\n"]
    #expect(answer(try analysis(old, new), "JobStateDone") == ["DoneJobState safe"])
  }

  @Test("a change without a base removes nothing")
  func noBase() throws {
    let change = Change(base: nil, head: LiteralTree(["a.py": "x = 1\n"]), files: [])
    let analysis = try ChangeAnalysis(change: change, cache: MemoryFactsCache())
    #expect(analysis.candidateNames.isEmpty && analysis.removed("x") == nil && analysis.renames(of: "x").isEmpty)
  }

  @Test("what is too large or binary is skipped by name")
  func skips() throws {
    let long = String(repeating: "x = 1;", count: 5000)
    let old = ["a.js": long, "b.js": "\u{0}", "c.js": String(repeating: "a\n", count: 3000)]
    let new = ["a.js": long + "y", "b.js": "\u{0}\u{0}", "c.js": String(repeating: "b\n", count: 3000)]
    let analysis = try ChangeAnalysis(
      change: change(old, new), cache: MemoryFactsCache(), limits: AnalysisLimits(fileBytes: 40_000, changedFiles: 2))
    #expect(
      analysis.skips.map { "\($0.path) \($0.reason.rawValue)" } == [
        "a.js generated", "a.js generated", "b.js not-text", "b.js not-text", "c.js too-many-files",
      ])
  }

  @Test("a tree that cannot be searched removes nothing")
  func tooMuch() throws {
    let old = ["a.py": "def gone(x):\n    return x + 1 + 2 + 3\n", "b.py": "y = 1 + 2 + 3\n"]
    let new = ["a.py": "def here(x):\n    return x + 1 + 2 + 3\n", "b.py": "y = 1 + 2 + 3\n"]
    let analysis = try ChangeAnalysis(change: change(old, new), cache: MemoryFactsCache(), limits: AnalysisLimits(treeBytes: 10))
    #expect(analysis.removed("gone") == nil)
    #expect(analysis.failure == "cannot tell which names are gone: the code has more than 10 bytes: raise the limit of the analysis")
  }
}

private let renamesByLanguage: [RenameCase] = [
  RenameCase(
    path: "a.py", old: "def parse(text, strict):\n    return text.split(strict)\n",
    new: "def read_all(text, strict):\n    return text.split(strict)\n", name: "parse", expected: ["read_all safe"]),
  RenameCase(
    path: "a.js", old: "export function parse(text) { return text.split(1); }\n",
    new: "export function readAll(text) { return text.split(1); }\n", name: "parse", expected: ["readAll safe"]),
  RenameCase(
    path: "a.ts", old: "export class Parser {\n  parse(text: string) { return text.split(1); }\n}\n",
    new: "export class Parser {\n  readAll(text: string) { return text.split(1); }\n}\n", name: "Parser.parse",
    expected: ["Parser.readAll safe"]),
  RenameCase(
    path: "a.go", old: "package a\n\nfunc (p *Parser) Parse(text string) int { return len(text) + 1 }\n",
    new: "package a\n\nfunc (p *Parser) ReadAll(text string) int { return len(text) + 1 }\n", name: "Parse",
    expected: ["Parser.ReadAll safe"]),
  RenameCase(
    path: "a.rs", old: "impl Parser {\n    pub fn parse(&self, text: &str) -> usize { text.len() + 1 }\n}\n",
    new: "impl Parser {\n    pub fn read_all(&self, text: &str) -> usize { text.len() + 1 }\n}\n", name: "Parser::parse",
    expected: ["Parser.read_all safe"]),
  RenameCase(
    path: "A.java", old: "public class A {\n  int parse(String text) { return text.length() + 1; }\n}\n",
    new: "public class A {\n  int readAll(String text) { return text.length() + 1; }\n}\n", name: "A#parse", expected: ["A.readAll safe"]),
  RenameCase(
    path: "a.c", old: "#include <x.h>\nint parse(const char *text)\n{\n  return strlen(text) + 1;\n}\n",
    new: "#include <x.h>\nint read_all(const char *text)\n{\n  return strlen(text) + 1;\n}\n", name: "parse", expected: ["read_all safe"]),
  RenameCase(
    path: "a.rb", old: "class A\n  def parse(text)\n    text.split(1).map(&:strip)\n  end\nend\n",
    new: "class A\n  def read_all(text)\n    text.split(1).map(&:strip)\n  end\nend\n", name: "A#parse", expected: ["A.read_all safe"]),
  RenameCase(
    path: "A.swift", old: "public struct A {\n  public func parse(text: String) -> Int { text.count + 1 }\n}\n",
    new: "public struct A {\n  public func readAll(text: String) -> Int { text.count + 1 }\n}\n", name: "A.parse",
    expected: ["A.readAll safe"]),
  RenameCase(
    path: "a.cpp", old: "int app::A::parse(const char *text) { return strlen(text) + 1; }\n",
    new: "int app::A::readAll(const char *text) { return strlen(text) + 1; }\n", name: "parse", expected: ["app.A.readAll safe"]),
  RenameCase(
    path: "A.cs", old: "class A {\n  int Parse(string text) { return text.Length + 1; }\n}\n",
    new: "class A {\n  int ReadAll(string text) { return text.Length + 1; }\n}\n", name: "Parse", expected: ["A.ReadAll safe"]),
  RenameCase(
    path: "a.kt", old: "fun parse(text: String): Int = text.length + 1\n", new: "fun readAll(text: String): Int = text.length + 1\n",
    name: "parse", expected: ["readAll safe"]),
  RenameCase(
    path: "a.php", old: "<?php\nfunction parse($text) { return strlen($text) + 1; }\n",
    new: "<?php\nfunction read_all($text) { return strlen($text) + 1; }\n", name: "parse", expected: ["read_all safe"]),
]
