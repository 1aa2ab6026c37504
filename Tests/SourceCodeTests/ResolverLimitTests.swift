// Where there are more packages than are read, every name exists.

import Domain
import TestSupport
import Testing

@testable import SourceCode

@Suite struct ResolverLimitTests {
  /// Names what a checkout is asked for faster than a literal tree does.
  private struct Files: Checkout {
    let contents: [String: String]
    let entries: [TreeEntry]
    let commit: ObjectID? = nil
    init(_ contents: [String: String]) {
      self.contents = contents
      entries = contents.sorted { $0.key < $1.key }.map { TreeEntry(path: $0, kind: .file, blob: objectID(1), size: $1.utf8.count) }
    }
    func entry(at path: String) -> TreeEntry? {
      contents[path].map { TreeEntry(path: path, kind: .file, blob: objectID(1), size: $0.utf8.count) }
    }
    func read(_ entry: TreeEntry, limit: Int) throws -> [UInt8] { Array((contents[entry.path] ?? "").utf8) }
  }

  private static func count(_ language: String, _ code: String, _ files: [String: String]) -> Int {
    Resolver(Files(files)).unresolved(in: [ResolvableSample(code: Array(code.utf8), language: language)]).count
  }

  private static func many(_ count: Int, _ name: String, _ text: (Int) -> String) -> [String: String] {
    Dictionary(uniqueKeysWithValues: (0..<count).map { ("other\($0)/\(name)", text($0)) })
  }

  @Test func python() {
    let own = ["pyproject.toml": "[project]\nname = \"paint\"\n", "paint/__init__.py": "def draw():\n    pass\n"]
    let sample = "from paint import gone_name\n"
    #expect(Self.count("python", sample, own) == 1)
    #expect(Self.count("python", sample, own.merging(Self.many(199, "setup.py") { "name = 'x\($0)'" }) { $1 }) == 1)
    #expect(Self.count("python", sample, own.merging(Self.many(200, "setup.py") { "name = 'x\($0)'" }) { $1 }) == 0)
  }

  @Test func go() {
    let own = ["go.mod": "module example.org/paint\n", "paint.go": "package paint\n\nfunc Draw() {}\n"]
    let sample = "package main\n\nimport \"example.org/paint\"\n\nfunc main() {\n\tpaint.GoneName()\n}\n"
    #expect(Self.count("go", sample, own) == 1)
    #expect(Self.count("go", sample, own.merging(Self.many(999, "go.mod") { "module example.org/x\($0)\n" }) { $1 }) == 1)
    #expect(Self.count("go", sample, own.merging(Self.many(1000, "go.mod") { "module example.org/x\($0)\n" }) { $1 }) == 0)
  }

  @Test func script() {
    let own = [
      "package.json": "{\"name\": \"paint\", \"main\": \"index.js\", \"exports\": \"./index.js\"}",
      "index.js": "export function draw() {}\n",
    ]
    let sample = "import { goneName } from 'paint';\n"
    #expect(Self.count("javascript", sample, own) == 1)
    #expect(Self.count("javascript", sample, own.merging(Self.many(1999, "package.json") { "{\"name\": \"x\($0)\"}" }) { $1 }) == 1)
    #expect(Self.count("javascript", sample, own.merging(Self.many(2000, "package.json") { "{\"name\": \"x\($0)\"}" }) { $1 }) == 0)
  }
}
