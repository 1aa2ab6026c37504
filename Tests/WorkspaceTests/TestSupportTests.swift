import Domain
import Glibc
import TestSupport
import Testing

@Suite struct TestSupportTests {
  @Test func `a temporary directory goes with its last reference`() throws {
    var directory: TemporaryDirectory? = try TemporaryDirectory()
    let path = try #require(directory?.path)
    try directory?.write("a/b/c.txt", "text")
    #expect(try directory?.read("a/b/c.txt") == "text")
    directory = nil
    #expect(!fileExists(path))
  }

  @Test func `a child process gives its output and its status`() throws {
    let result = try runCommand(["sh", "-c", "cat; echo oops >&2; exit 3"], input: "hello")
    #expect(result.status == 3)
    #expect(result.output == "hello")
    #expect(result.errorOutput == "oops\n")
  }

  @Test func `a child process is stopped with its group`() throws {
    let child = try ChildProcess(["sleep", "600"])
    #expect(child.isRunning)
    let status = child.stop()
    #expect(status == 128 + SIGTERM)
    #expect(!child.isRunning)
  }

  @Test func `commits of a temporary repository are the same everywhere`() throws {
    let first = try TemporaryRepository(files: ["a.txt": "1\n"])
    let second = try TemporaryRepository(files: ["a.txt": "1\n"])
    #expect(try first.head() == second.head())
    #expect(try first.show("a.txt") == "1\n")
  }

  @Test func `a literal tree tells what changed`() throws {
    let base = LiteralTree(["a": "1", "b": "2", "c": "3"])
    let head = LiteralTree(["a": "1", "b": "5", "d": "4"])
    #expect(head.changes(since: base).map(\.path) == ["b", "c", "d"])
    #expect(try head.read(#require(head.entry(at: "b")), limit: 10) == Array("5".utf8))
  }

  @Test func `the seeded generator repeats itself`() {
    forAll { random in
      var again = SeededGenerator(seed: random.seed)
      try #require((0..<10).map { _ in random.next() } == (0..<10).map { _ in again.next() })
    }
  }
}
