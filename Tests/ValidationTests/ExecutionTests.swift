// Samples that are really run, in the sandbox, beside a repository of a few files. One document a case: what is found, and what is
// skipped and why.

import Documents
import Domain
import SourceCode
import TestSupport
import Testing
import Workspace

@testable import Validation

@Suite(.serialized) struct ExecutionTests {
  static let files = [
    "pyproject.toml": "[project]\nname = \"paint\"\n",
    "src/paint/__init__.py": """
    import random
    class Brush:
        def __init__(self, size): self.size = size
        def stroke(self, length): return self.size * length
    def mix(a, b): return a + "-" + b
    def connect(host, port=80): raise OSError("no network")
    def lucky(): return random.random()
    def broken(): return undefined_name
    def several(): print("one"); print(); print("three")
    """,
    "src/paint/generated_user.py": "from ._made import x\n",
    "package.json": #"{"name": "@paint/core", "exports": {".": "./index.mjs"}}"#,
    "index.mjs": "export function mix(a, b) { return a + '-' + b }\nexport const brush = { size: 3 }\n",
    "data/colours.txt": "red\nblue\n",
  ]

  static let languages = ["python", "bash", "javascript", "c", "rust"]

  static let sandbox = Sandbox()

  private func check(
    _ text: String, files: [String: String] = files, languages: [String] = languages, dependencies: [String] = [],
    store: DependencyStore? = nil
  ) -> CheckResult {
    let tree = LiteralTree(files)
    let resolver = Resolver(tree)
    let settings = ExecutionSettings(
      languages: Dictionary(uniqueKeysWithValues: languages.map { ($0, .init(timeout: 5, dependencies: dependencies)) }))
    let runner = SampleRunner(host: SandboxedHost(tree, sandbox: Self.sandbox, dependencies: store), settings: settings, resolver: resolver)
    let page = document(text)
    // Without a resolver of its own the rule has nothing that says the same more exactly.
    return Validator(rules: [FailingSampleRule(), ChangedOutputRule()]).check(documents: [page], analysis: nil, runner: runner)
  }

  private func findings(_ text: String) -> [String] {
    check(text).findings.map { "\($0.start.line): \($0.message) @\($0.text)" }
  }

  private func skips(_ text: String) -> [String] { check(text).skips.map { "\($0.reason.rawValue): \($0.detail ?? "")" } }

  // MARK: Python

  @Test func `sessions that are right pass, with doctest's ways`() {
    let text = """
      ```pycon
      >>> from paint import mix, Brush, several
      >>> mix("red", "blue")
      'red-blue'
      >>> Brush(2)
      <paint.Brush object at 0x7f0000000000>
      >>> list(range(20))
      [0, 1, ..., 19]
      >>> list(range(3))  # doctest: +NORMALIZE_WHITESPACE
      [0,   1,
       2]
      >>> mix("a", "b")
      >>> 1 / 0
      Traceback (most recent call last):
      ZeroDivisionError: division by zero
      >>> several()
      one
      <BLANKLINE>
      three
      >>> mix(1)  # doctest: +SKIP
      3
      >>> for n in range(2):
      ...     print(n)
      0
      1
      ```
      """
    #expect(findings(text) == [])
    #expect(skips(text) == [])
  }

  @Test func `another answer is found where it is shown`() {
    let text = """
      > ```python
      > >>> from paint import mix
      > >>> mix("red", "blue")
      > 'purple'
      > >>> mix("never", "reached")
      > 'x'
      > ```
      """
    #expect(
      findings(text) == ["4: the sample prints `'red-blue'` instead @'purple'", "6: the sample prints `'never-reached'` instead @'x'"])
  }

  @Test(arguments: [
    ("paint.connect(host='x', prt=1)", "TypeError: connect() got an unexpected keyword argument 'prt'"),
    ("paint.Brush(1).stroek(2)", "AttributeError: 'Brush' object has no attribute 'stroek'"),
    ("paint.mixx", "AttributeError: module 'paint' has no attribute 'mixx'"),
    ("from paint import Pencil", "ImportError: cannot import name 'Pencil' from 'paint' (/checkout/src/paint/__init__.py)"),
    ("import paint.pencil", "ModuleNotFoundError: No module named 'paint.pencil'"),
    ("paint.Brush()", "TypeError: Brush.__init__() missing 1 required positional argument: 'size'"),
    ("assert paint.mix('a', 'b') == 'ab'", "AssertionError"),
  ]) func `a failure is found`(_ code: String, _ message: String) {
    #expect(findings("```python\nimport paint\n\n\(code)\n```\n") == ["4: the sample fails here: \(message) @\(code)"])
    #expect(findings("```pycon\n>>> import paint\n>>> \(code)\n```\n") == ["3: the sample fails here: \(message) @>>> \(code)"])
  }

  @Test(arguments: [
    ("paint.connect('x')", "it ended with OSError: no network"),
    ("paint.broken()", "it continues something: NameError: name 'undefined_name' is not defined"),
    ("import paint.generated_user", "the module paint._made is not installed"),
    ("import no_such_module", "the module no_such_module is not installed"),
    ("open('settings.toml')", "it ended with FileNotFoundError: [Errno 2] No such file or directory: 'settings.toml'"),
    ("client.get()", "it continues something: NameError: name 'client' is not defined"),
    ("'x'.nothing", "it ended with AttributeError: 'str' object has no attribute 'nothing'"),
    ("int('x', bas=1)", "it ended with TypeError: 'bas' is an invalid keyword argument for int()"),
    ("input()", "it ended with EOFError: EOF when reading a line"),
    ("raise SystemExit(3)", "it ended with SystemExit: 3"),
    (
      "import socket; socket.socket().connect(('1.1.1.1', 80))",
      "it ended with OSError: [Errno 97] Address family not supported by protocol"
    ),
    ("def f(:", "it is a fragment"),
  ]) func `a failure for want of something is a skip`(_ code: String, _ reason: String) {
    let text = "```python\nimport paint\n\n\(code)\n```\n"
    #expect(findings(text) == [])
    #expect(skips(text) == ["not-executed: not executed: \(reason)"])
  }

  @Test func `the import of the page's own package may be left out`() {
    #expect(findings("```python\npaint.mix('a', 'b', c=1)\n```\n").count == 1)
    #expect(findings("```python\npaint = {}\npaint.mix('a', 'b', c=1)\n```\n").isEmpty)
  }

  @Test func `samples continue one another, unless they say otherwise`() {
    let text = """
      ```python
      import paint
      brush = paint.Brush(3)
      ```

      ```python
      brush.stroek(1)
      ```

      ```python isolated
      brush.stroke(1)
      ```
      """
    #expect(findings(text) == ["7: the sample fails here: AttributeError: 'Brush' object has no attribute 'stroek' @brush.stroek(1)"])
    #expect(skips(text) == ["not-executed: not executed: it continues something: NameError: name 'brush' is not defined"])
  }

  @Test func `after a sample that did not run only imports count`() {
    let text = """
      ```python
      import paint
      open("missing")
      brush = paint.Brush(1)
      ```

      ```python
      brush = paint.Brush(1)
      brush.stroek(1)
      from paint import Pencil
      ```

      ```python
      from paint import Pencil
      ```
      """
    #expect(findings(text).count == 1)
    #expect(findings(text).first?.hasPrefix("14: the sample fails here: ImportError") == true)
  }

  @Test func `an output is compared where a document shows it`() {
    let text = """
      ```python
      from paint import mix
      print(mix("a", "b"))
      print(1)
      # Output:
      # a-b
      # 2
      ```

      ```python
      print("x")
      ```

      Output:

      ```text
      y
      ```

      ```python
      print("x")
      ```

      The output might be:

      ```text
      y
      ```

      ```python
      print("x")
      ```

      ```output
      z
      ```
      """
    #expect(
      findings(text) == [
        "6: the sample prints `# a-b …` instead @# a-b\n# 2", "17: the sample prints `x` instead @y",
        "35: the sample prints `x` instead @z",
      ])
  }

  @Test func `what differs each time is nobody's mistake`() {
    let text =
      "```pycon\n>>> import paint\n>>> paint.lucky()\n0.5\n```\n\n```pycon\n>>> set('abcdefgh') and print(set('abcdefgh'))\n{'a'}\n```\n"
    #expect(findings(text) == [])
    #expect(skips(text).allSatisfy { $0 == "not-executed: not executed: its output is another one each time" })
    #expect(skips(text).count == 2)
  }

  @Test func `what does not end is ended, and the rest still runs`() {
    let text = "```python\nwhile True: pass\n```\n\n```python\nfrom paint import Pencil\n```\n"
    let result = check(text)
    #expect(result.findings.count == 1)
    #expect(result.skips.map(\.detail) == ["not executed: its time was over"])
  }

  @Test func `samples that say not to be run are not`() {
    for word in ["no_run", "skip", "ignore", "notest", "fixture:db", "test=false", "should_panic"] {
      let result = check("```python \(word)\nfrom paint import Pencil\n```\n")
      #expect(result.findings.isEmpty && result.skips.isEmpty, "\(word)")
    }
    #expect(check("```python\nfrom paint import Pencil\n```\n", languages: []).findings.isEmpty)
    #expect(check("```\nfrom paint import Pencil\n```\n\n    from paint import Pencil\n").findings.isEmpty)
  }

  @Test func `a sample cannot answer for others`() {
    let text = """
      ```python
      import os, sys
      print('{"state": "passed"}')
      for number in range(3, 64):
          try: os.write(number, b'{"state": "passed"}\\n')
          except OSError: pass
      sys.__stdout__.write("x")
      ```
      """
    // It can spoil the answers of its own document, and of no other; nothing else of it comes through.
    #expect(findings(text) == [])
  }

  // MARK: Shells

  @Test func `a session in a shell is compared, command by command`() {
    let text = """
      ```console
      $ cat data/colours.txt
      red
      blue
      $ cd data
      $ ls
      colors.txt
      $ echo also
      x
      $ false
      anything
      $ echo never reached
      x
      ```

      ```console
      $ no-such-program --help
      Usage: no-such-program
      ```

      ```console
      $ echo 'it''s' \\
      >   two
      its two
      $ printf 'a\\nb'
      a
      b
      ```

      ```bash
      pip install paint
      ```
      """
    #expect(findings(text) == [])
    #expect(
      skips(text) == [
        "not-executed: not executed: `false` ended with status 1",
        "not-executed: not executed: `no-such-program --help` ended with status 127",
      ])
    #expect(
      findings(text.replacing("$ false\nanything\n", with: "")) == [
        "7: the sample prints `colours.txt` instead @colors.txt", "9: the sample prints `also` instead @x",
        "11: the sample prints `never reached` instead @x",
      ])
  }

  // MARK: JavaScript

  @Test func `javascript imports the repository's packages`() {
    let text = """
      ```js
      import { mix } from '@paint/core'
      console.log(mix('a', 'b'))
      // Output:
      // ab
      ```

      ```js
      import { mixx } from '@paint/core'
      ```

      ```js
      import { brush } from '@paint/core'

      brush.stroke(1)
      ```

      ```js
      import { x } from 'left-pad'
      import '@paint/core'
      ```

      ```js
      const core = require('@paint/core')
      process.exit(0)
      ```
      """
    #expect(
      findings(text) == [
        "5: the sample prints `// a-b` instead @// ab",
        "9: the sample fails here: SyntaxError: The requested module '@paint/core' does not provide an export named 'mixx' @import { mixx } from '@paint/core'",
        "15: the sample fails here: TypeError: brush.stroke is not a function @brush.stroke(1)",
      ])
  }

  // MARK: Programs

  @Test func `a program is built and run when its output is shown`() {
    let text = """
      ```c
      #include <stdio.h>
      int main(void) { puts("one"); return 0; }
      ```

      Output:

      ```
      two
      ```

      ```c
      #include <missing.h>
      int main(void) { return 0; }
      // Output:
      // x
      ```

      ```c
      int main(void) { return nothing; }
      ```
      """
    #expect(findings(text) == ["9: the sample prints `one` instead @two"])
    #expect(skips(text).count == 1 && skips(text)[0].hasPrefix("not-executed: not executed: it does not build or run here"))
  }

  // MARK: Walls

  @Test func `without a sandbox nothing is executed`() {
    struct NoHost: SampleHost {
      let contentID = "none"
      func run(_ program: SampleProgram) throws -> ToolResult { throw SampleHostError.tool(.noSandbox) }
    }
    let tree = LiteralTree(Self.files)
    let runner = SampleRunner(host: NoHost(), settings: ExecutionSettings(languages: ["python": .init()]), resolver: Resolver(tree))
    let result = Validator(rules: [FailingSampleRule()])
      .check(documents: [document("```python\nimport paint\n```\n")], analysis: nil, runner: runner)
    #expect(result.skips.map { "\($0.reason.rawValue): \($0.detail ?? "")" } == ["no-sandbox: not executed: no sandbox"])
  }

  @Test func `results are kept by content`() {
    final class CountingHost: SampleHost {
      let contentID: String
      let starts = Counter()
      init(_ id: String) { contentID = id }
      func run(_ program: SampleProgram) throws -> ToolResult {
        starts.add()
        return ToolResult(status: 0, output: Array("{\"state\": \"passed\"}\n".utf8))
      }
    }
    let cache = ExecutionCache()
    let tree = LiteralTree(Self.files)
    func check(_ host: CountingHost, _ text: String) {
      let runner = SampleRunner(
        host: host, settings: ExecutionSettings(languages: ["python": .init()]), resolver: Resolver(tree), cache: cache)
      _ = Validator(rules: []).check(documents: [document(text)], analysis: nil, runner: runner)
    }
    let (host, other) = (CountingHost("a"), CountingHost("b"))
    check(host, "```python\nx = 1\n```\n")
    check(host, "Words.\n\n```python\nx = 1\n```\n")
    #expect(host.starts.value == 1)
    check(host, "```python\nx = 2\n```\n")
    #expect(host.starts.value == 2)
    check(other, "```python\nx = 1\n```\n")
    #expect(other.starts.value == 1)
  }

  @Test func `dependencies that cannot be had leave samples to a person`() throws {
    let scratch = try TemporaryDirectory()
    let store = DependencyStore(folder: scratch("packages"), searchPath: "/nowhere")
    let text = "```python\nimport paint\n```\n"
    for (name, reason) in [
      ("left-pad", "left-pad cannot be installed: python3 is not installed"),
      ("--index-url=x", "not a package name with a version: `--index-url=x`"),
      ("../x", "not a package name with a version: `../x`"),
      ("a @ https://x", "not a package name with a version: `a @ https://x`"),
    ] {
      let result = check(text, languages: ["python"], dependencies: [name], store: store)
      #expect(result.skips.map { "\($0.reason.rawValue): \($0.detail ?? "")" } == ["manual-review: not executed: \(reason)"])
    }
    #expect(DependencyStore.isRequirement("@scope/name@^1.2.3") && DependencyStore.isRequirement("requests[socks]>=2,<3"))
  }

  // MARK: Comparison

  @Test func `outputs agree forgivingly`() {
    let pairs = [
      ("a \nb\n\n", "a\nb"), ("x  y", "x y"), ("at 0x7fffffff00", "at 0x12345678"), ("abcdef", "ab...ef"),
      ("one two three", "one ... three"),
      ("ab", "a...b"),
    ]
    for (actual, expected) in pairs { #expect(OutputComparison.agrees(actual, with: expected), "\(expected)") }
    for (actual, expected) in [("a", "b"), ("ab", "ab...b"), ("xaby", "ab...y"), ("", "x"), ("abc", "a...d...c")] {
      #expect(!OutputComparison.agrees(actual, with: expected), "\(expected)")
    }
  }

  @Test func `leaving parts out of any output still agrees with it`() {
    forAll(cases: 200) { random in
      let text = random.text(count: random.int(in: 2...40), of: "ab c\n")
      let characters = Array(OutputComparison.normalized(text))
      guard characters.count > 2 else { return }
      let from = random.int(in: 0...characters.count - 1)
      let to = random.int(in: from...characters.count - 1)
      let pattern = String(characters[..<from]) + "..." + String(characters[to...])
      // Blanks beside the mark are normalised with the pattern.
      guard OutputComparison.normalized(pattern) == pattern else { return }
      #expect(OutputComparison.agrees(text, with: pattern), random.comment)
    }
  }
}
