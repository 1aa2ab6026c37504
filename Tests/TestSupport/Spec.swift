// Tests written as documents (the way of Ruff's mdtest): a heading `## …` is a case; its fenced blocks are the files of the two trees
// and what is expected. The tests of a documentation tool are documents.
//
//   ## A renamed function is found in a code span
//   ```python base=src/config.py      a file of the base tree
//   ```python head=src/config.py      a file of the head tree
//   ```text tree=docs/guide.md        a file of both
//   ```findings                       any other block is an expectation; the test that runs the spec knows its first word
//
// Fences are backticks at the beginning of a line; a longer fence holds shorter ones. `UPDATE_GOLDEN=1` renews expectations.

import Domain
import Glibc
import Testing

/// One spec file.
public struct Spec: Sendable {
  /// One `## …` of it.
  public struct Case: Sendable, CustomTestStringConvertible {
    public var name: String
    public var base: [String: String] = [:]
    public var head: [String: String] = [:]
    /// Blocks that are no files.
    public var expectations: [Block] = []
    public var testDescription: String { name }

    /// The expectation whose info string begins with `word`.
    public func expectation(_ word: String) -> Block? { expectations.first { $0.info.prefix { $0 != " " } == word } }

    /// What differs between the two trees; no base when the case has no file that is only the base's.
    public var change: Change {
      let (old, new) = (LiteralTree(base), LiteralTree(head))
      return Change(base: old, head: new, files: new.changes(since: old))
    }
  }

  /// A fenced block.
  public struct Block: Sendable, Hashable {
    /// What stands behind the fence.
    public var info: String
    /// Its lines, each with a line feed.
    public var text: String
    /// Where its lines are in the file, from 0, half open.
    public var lines: Range<Int>

    /// The value of `name=…` in the info string.
    public func attribute(_ name: String) -> String? {
      info.split(separator: " ").first { $0.hasPrefix("\(name)=") }.map { String($0.dropFirst(name.count + 1)) }
    }
  }

  public let path: String
  public private(set) var cases: [Case] = []
  private let lines: [Substring]

  /// Reads a spec; throws when the file cannot be read.
  public init(path: String) throws {
    self.path = path
    let text = String(decoding: try readFile(path), as: UTF8.self)
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    parse()
  }

  /// Every `*.md` of a folder, sorted.
  public static func all(in folder: String) throws -> [Spec] {
    try namesInDirectory(folder).filter { $0.hasSuffix(".md") }.sorted().map { try Spec(path: folder + "/" + $0) }
  }

  private mutating func parse() {
    var index = 0
    while index < lines.count {
      let line = lines[index]
      if line.hasPrefix("## ") { cases.append(Case(name: String(line.dropFirst(3)))) }
      let fence = line.prefix { $0 == "`" }
      index += 1
      guard fence.count >= 3, !cases.isEmpty else { continue }
      let start = index
      while index < lines.count, !closes(lines[index], fence) { index += 1 }
      let text = lines[start..<index].map { $0 + "\n" }.joined()
      add(Block(info: String(line.dropFirst(fence.count)), text: text, lines: start..<index))
      index += 1
    }
  }

  private func closes(_ line: Substring, _ fence: Substring) -> Bool { line.allSatisfy { $0 == "`" } && line.count >= fence.count }

  private mutating func add(_ block: Block) {
    let last = cases.count - 1
    if let path = block.attribute("tree") {
      cases[last].base[path] = block.text
      cases[last].head[path] = block.text
    } else if let path = block.attribute("base") {
      cases[last].base[path] = block.text
    } else if let path = block.attribute("head") {
      cases[last].head[path] = block.text
    } else {
      cases[last].expectations.append(block)
    }
  }

  /// Compares what came with what blocks expect; with `UPDATE_GOLDEN=1` writes it into the file instead.
  public func expect(_ actual: [(block: Block, text: String, name: String)], sourceLocation: SourceLocation = #_sourceLocation) throws {
    guard getenv("UPDATE_GOLDEN").map({ String(cString: $0) }) != "1" else { return try renew(actual) }
    for item in actual where item.block.text != item.text {
      Issue.record(
        "\(path) line \(item.block.lines.lowerBound + 1), \(item.name):\nexpected\n\(item.block.text)came\n\(item.text)",
        sourceLocation: sourceLocation)
    }
  }

  private func renew(_ actual: [(block: Block, text: String, name: String)]) throws {
    var renewed = lines.map(String.init)
    for item in actual.sorted(by: { $0.block.lines.lowerBound > $1.block.lines.lowerBound }) {
      let text = item.text.hasSuffix("\n") ? String(item.text.dropLast()) : item.text
      let new = text.isEmpty ? [] : text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      renewed.replaceSubrange(item.block.lines, with: new)
    }
    try writeFile(path, Array(renewed.joined(separator: "\n").utf8))
  }
}
