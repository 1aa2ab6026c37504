// A commit's files on disk, for the sandbox: trees that try to get out.

import Domain
import Glibc
import TestSupport
import Testing

@testable import Workspace

@Suite struct CheckoutFolderTests {
  /// A tree of any entries, as a hostile repository's objects could give them.
  private struct RawTree: Checkout {
    var commit: ObjectID? { nil }
    var entries: [TreeEntry] = []
    var contents: [String] = []

    mutating func add(_ path: String, _ content: String, _ kind: TreeEntry.Kind = .file) throws {
      let number = String(entries.count, radix: 16)
      let blob = try #require(ObjectID(String(repeating: "0", count: 40 - number.count) + number))
      entries.append(TreeEntry(path: path, kind: kind, blob: blob, size: content.utf8.count))
      contents.append(content)
    }

    func entry(at path: String) -> TreeEntry? { entries.first { $0.path == path } }
    func read(_ entry: TreeEntry, limit: Int) throws -> [UInt8] {
      entries.firstIndex(of: entry).map { Array(contents[$0].utf8) } ?? []
    }
  }

  private func mode(_ path: String) -> mode_t {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o777 : 0
  }

  @Test func `files are there for everybody to read, links that stay inside too`() throws {
    var tree = RawTree()
    try tree.add("a/b/c.txt", "text")
    try tree.add("run", "#!/bin/sh\n", .executable)
    try tree.add("a/link", "b/c.txt", .symlink)
    try tree.add("up", "a/../run", .symlink)
    try tree.add("module", "", .submodule)
    let folder = try CheckoutFolder(tree)
    #expect(try readFile(folder.path + "/a/b/c.txt") == Array("text".utf8))
    #expect(try readFile(folder.path + "/a/link") == Array("text".utf8))
    #expect(mode(folder.path + "/run") == 0o755 && mode(folder.path + "/a/b/c.txt") == 0o644 && mode(folder.path + "/a") == 0o755)
    #expect(folder.omitted == 1)
  }

  @Test func `nothing lands outside`() throws {
    let outside = try TemporaryDirectory()
    var tree = RawTree()
    try tree.add("../escaped", "x")
    try tree.add("a/../../escaped", "x")
    try tree.add("/tmp/doc-healing-escaped", "x")
    try tree.add("a//b", "x")
    try tree.add(".git/hooks/post-checkout", "x", .executable)
    try tree.add("sub/.GIT/config", "x")
    try tree.add("", "x")
    try tree.add("absolute", "/etc/passwd", .symlink)
    try tree.add("climbing", "a/../../x", .symlink)
    // A link and files below it: whichever comes first.
    try tree.add("door", outside.path, .symlink)
    try tree.add("door/escaped", "x")
    try tree.add("gate/inside", "x")
    try tree.add("gate", "..", .symlink)
    try tree.add("same", "first")
    try tree.add("same", "second")
    let folder = try CheckoutFolder(tree)
    #expect(try namesInDirectory(outside.path).isEmpty)
    #expect(!fileExists("/tmp/doc-healing-escaped"))
    #expect(try namesInDirectory(folder.path + "/..").sorted().filter { $0 != "." && $0 != ".." } == ["tree"])
    #expect(
      try namesInDirectory(folder.path).filter { $0 != "." && $0 != ".." }.sorted()
        == ["a", "door", "gate", "same", "sub"].filter { fileExists(folder.path + "/" + $0) })
    #expect(try readFile(folder.path + "/same") == Array("first".utf8))
    #expect(mode(folder.path + "/door") != 0o777)
  }

  @Test func `it is bounded, and goes away`() throws {
    var tree = RawTree()
    for number in 0..<10 { try tree.add("f\(number)", "12345") }
    #expect { try CheckoutFolder(tree, limits: CheckoutLimits(files: 9)) } throws: { ($0 as? WorkspaceError)?.code == .tooLarge }
    #expect { try CheckoutFolder(tree, limits: CheckoutLimits(bytes: 49)) } throws: { ($0 as? WorkspaceError)?.code == .tooLarge }
    #expect(try CheckoutFolder(tree, limits: CheckoutLimits(fileBytes: 4)).omitted == 10)
    try tree.add((0..<200).map { "d\($0)" }.joined(separator: "/"), "deep")
    var folder: CheckoutFolder? = try CheckoutFolder(tree)
    let path = try #require(folder?.path)
    #expect(fileExists(path))
    folder = nil
    #expect(!fileExists(path) && !fileExists(parent(of: path)))
  }

  @Test func `a program in the sandbox reads it and cannot write it`() throws {
    var tree = RawTree()
    try tree.add("a/b.txt", "visible")
    try tree.add("out", "/etc/passwd", .symlink)
    let folder = try CheckoutFolder(tree)
    let sandbox = Sandbox()
    let python = try #require(sandbox.runtime("python3"))
    let code = """
      import os
      print(open('/checkout/a/b.txt').read(), sorted(os.listdir('/checkout')))
      for attempt in [lambda: open('/checkout/new', 'w'), lambda: os.chmod('/checkout/a/b.txt', 0o777), lambda: os.remove('/checkout/a/b.txt')]:
          try: attempt(); print('done')
          except OSError as e: print('refused')
      """
    let result = try sandbox.run(python, ["-I", "-c", code], visible: [.init(folder.path, at: "/checkout")])
    #expect(String(decoding: result.output, as: UTF8.self) == "visible ['a']\nrefused\nrefused\nrefused\n")
  }
}
