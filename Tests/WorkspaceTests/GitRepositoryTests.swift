import Domain
import Glibc
import TestSupport
import Testing
import Threading

@testable import Workspace

/// Reading: trees, changes, history, working trees.
@Suite struct GitRepositoryTests {
  let git: Git
  init() throws { git = try Git() }

  private func open(_ repository: TemporaryRepository) throws -> GitRepository {
    try GitRepository.containing(repository.path, git: git)
  }

  private func text(_ tree: GitTree, _ path: String) throws -> String {
    String(decoding: try tree.read(#require(tree.entry(at: path)), limit: 1 << 20), as: UTF8.self)
  }

  @Test func `a tree lists every file with its kind and size`() throws {
    let source = try TemporaryRepository(files: ["README.md": "# Hello\n", "src/a.py": "x = 1\n"])
    try source.directory.write("run.sh", "#!/bin/sh\n", mode: 0o755)
    symlink("/etc/passwd", source.directory("link"))
    let commit = try source.commit([:], message: "More")
    let tree = try open(source).tree(at: commit)
    #expect(tree.entries.map(\.path) == ["README.md", "link", "run.sh", "src/a.py"])
    #expect(tree.entries.map(\.kind) == [.file, .symlink, .executable, .file])
    #expect(tree.entry(at: "README.md")?.size == 8)
    #expect(try text(tree, "src/a.py") == "x = 1\n")
    #expect(try text(tree, "link") == "/etc/passwd")
    #expect(tree.entry(at: "src") == nil)
    #expect(tree.commit == commit)
  }

  /// A commit with some files of some kinds, as git-fast-import(1) reads it.
  private static func commit(_ random: inout SeededGenerator) -> String {
    var text = "commit refs/heads/random\ncommitter A <a@example.org> 0 +0000\ndata 0\ndeleteall\n"
    let isFolder = random.bool()
    let paths = [isFolder ? "a/b" : "a", "a.b", "a/c", "ab/c", "b", "b.d/e", "e\u{301}", "gr\u{f6}\u{df}e", "z"]
    for path in paths where random.int(in: 0...2) > 0 && (isFolder || path != "a/c") {
      // Equal texts make git see moves.
      let content = String(repeating: random.pick(["some line\n", "other line\n"]), count: random.int(in: 1...9))
      switch random.int(in: 0...5) {
      case 0: text += "M 160000 \(objectID(random.int(in: 1...3)).hex) \(path)\n"
      case let number:
        text += "M \(["120000", "100755"].dropFirst(number - 1).first ?? "100644") inline \(path)\ndata \(content.utf8.count)\n\(content)\n"
      }
    }
    return text + "\n"
  }

  @Test func `a tree made of a later one is the tree that git lists`() throws {
    let source = try TemporaryRepository(files: ["README.md": "# Hello\n"])
    let repository = try open(source)
    // A hundred changes between a hundred and one commits that one process writes.
    forAll(cases: 1) { random in
      try source.git(["fast-import", "--quiet"], input: (0...100).map { _ in Self.commit(&random) }.joined())
      let commits = try source.git(["rev-list", "random"]).split(separator: "\n").compactMap { ObjectID(String($0)) }
      try #require(commits.count == 101, random.comment)
      var listed = try repository.tree(at: commits[0])
      for base in commits.dropFirst() {
        let (made, files) = try repository.change(from: base, to: listed)
        let before = try repository.tree(at: base)
        try #require(made.entries == before.entries, random.comment)
        try #require(made.commit == base, random.comment)
        try #require(try files == repository.changes(from: before, to: listed), random.comment)
        listed = before
      }
    }
  }

  @Test func `reading stops at the limit and goes on afterwards`() throws {
    let source = try TemporaryRepository(files: ["big": String(repeating: "x", count: 300_000), "small": "s"])
    let repository = try open(source)
    let tree = try repository.tree(at: source.head())
    let big = try #require(tree.entry(at: "big"))
    #expect { try tree.read(big, limit: 299_999) } throws: { ($0 as? WorkspaceError)?.code == .tooLarge }
    #expect(try tree.read(big, limit: 300_000).count == 300_000)
    // The size that a tree claims is not trusted: git's own answer is checked too.
    let liar = TreeEntry(path: "big", kind: .file, blob: big.blob, size: 1)
    #expect { try tree.read(liar, limit: 10) } throws: { ($0 as? WorkspaceError)?.code == .tooLarge }
    #expect(try text(tree, "small") == "s")
  }

  @Test func `every blob comes back byte for byte, from many threads`() throws {
    var random = SeededGenerator(seed: 5)
    let source = try TemporaryRepository()
    for number in 0..<60 { try source.directory.write("f\(number)", bytes: random.bytes(count: random.int(in: 0...90_000))) }
    let tree = try open(source).tree(at: source.commit([:], message: "Random"))
    let wrong = Monitor(0)
    let threads = try (0..<4).map { number in
      try OwnedThread(name: "reader \(number)") {
        for entry in tree.entries {
          let bytes = try? tree.read(entry, limit: 1 << 20)
          if bytes.map(ObjectFormat.sha1.blobName) != entry.blob { wrong.update { $0 += 1 } }
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(wrong.withLock { $0 } == 0)
  }

  @Test func `odd names are listed and read`() throws {
    let names = ["a\nb", "quote\"d", "sp ace", "tab\there", "ünïcode", "u\u{308}", "-option", "back\\slash", "..dots", "$(id)"]
    let source = try TemporaryRepository(files: Dictionary(uniqueKeysWithValues: names.map { ($0, $0) }))
    let tree = try open(source).tree(at: source.head())
    #expect(tree.entries.count == names.count)
    for name in names { #expect(try text(tree, name) == name) }
  }

  @Test func `names that only differ in case or spelling are different files`() throws {
    let source = try TemporaryRepository(files: ["readme": "1", "README": "2", "\u{E9}": "3"])
    // Swift takes this name for the one before it; git does not.
    try source.commit(["e\u{301}": "4"], message: "Another spelling")
    let tree = try open(source).tree(at: source.head())
    #expect(try ["readme", "README", "\u{E9}", "e\u{301}"].map { try text(tree, $0) } == ["1", "2", "3", "4"])
  }

  @Test func `a name that is not UTF-8 is repaired for display`() throws {
    let source = try TemporaryRepository(files: ["a": "1"])
    let blob = try source.git(["rev-parse", "HEAD:a"])
    let record = Array("100644 blob \(blob)\t".utf8) + [0x66, 0xFF] + [0]
    try source.directory.write("listing", bytes: record)
    let tree = try runCommand(["sh", "-c", "git mktree -z < listing"], directory: source.path).output
    let commit = try source.git(["commit-tree", "-m", "odd", String(tree.dropLast())])
    let entries = try open(source).tree(at: #require(ObjectID(commit))).entries
    #expect(entries.map(\.path) == ["f\u{FFFD}"])
  }

  @Test func `changes tell additions, removals, edits and renames`() throws {
    let lines = (1...40).map { "line \($0)" }.joined(separator: "\n") + "\n"
    let source = try TemporaryRepository(files: ["keep": "k", "edit": "1", "gone": "g\n", "old/name.py": lines])
    let base = try source.head()
    let head = try source.commit(
      ["edit": "2", "gone": nil, "old/name.py": nil, "new/name.py": lines + "one more\n", "born": "b"], message: "Change")
    let repository = try open(source)
    let changes = try repository.changes(from: repository.tree(at: base), to: repository.tree(at: head))
    #expect(changes.map(\.path) == ["born", "edit", "gone", "new/name.py"])
    #expect(changes.map(\.kind) == [.added, .modified, .removed, .renamed(from: "old/name.py")])
    #expect(changes.map { $0.old?.path } == [nil, "edit", "gone", "old/name.py"])
    #expect(changes.map { $0.new?.path } == ["born", "edit", nil, "new/name.py"])
  }

  @Test func `revisions are resolved and nothing else`() throws {
    let source = try TemporaryRepository(files: ["a": "1"])
    let first = try source.head()
    let second = try source.commit(["a": "2"], message: "Second")
    try source.git(["tag", "-a", "-m", "a tag", "v1", first.hex])
    let repository = try open(source)
    #expect(try repository.resolve("HEAD") == second)
    #expect(try repository.resolve("main~1") == first)
    #expect(try repository.resolve("v1") == first)
    #expect(try repository.resolve(first.short) == first)
    #expect(try repository.tip(of: BranchName("main")) == second)
    #expect(try repository.tip(of: BranchName("absent")) == nil)
    #expect(try repository.currentBranch()?.name == "main")
    for bad in ["", "-h", "--upload-pack=touch x", "a\nb"] {
      #expect { try repository.resolve(bad) } throws: { ($0 as? WorkspaceError)?.code == .invalidReference }
    }
    #expect { try repository.resolve("nothing") } throws: {
      "\($0)" == "no commit is called nothing in \(source.path)/.git"
    }
  }

  @Test func `history is read along first parents`() throws {
    let source = try TemporaryRepository(files: ["a": "1"])
    let first = try source.head()
    try source.git(["checkout", "--quiet", "-b", "side"])
    let side = try source.commit(["b": "1"], message: "Side")
    try source.git(["checkout", "--quiet", "main"])
    try source.commit(["c": "1"], message: "Main\n\nWith a body.")
    try source.git(["merge", "--quiet", "--no-ff", "--no-verify", "-m", "Merge side", "side"])
    let repository = try open(source)
    let merge = try source.head()
    let log = try repository.firstParents(of: merge, limit: 10)
    #expect(log.map(\.subject) == ["Merge side", "Main", "First commit"])
    #expect(log[0].parents.count == 2)
    #expect(log[1].message == "Main\n\nWith a body.\n")
    #expect(log[2].author == .init(name: "Ada Example", email: "ada@example.org", time: Timestamp(milliseconds: 1_750_000_060_000)))
    #expect(try repository.firstParents(of: merge, limit: 1).count == 1)
    #expect(try repository.firstParents(of: merge, limit: 10, since: log[1].committer.time).count == 2)
    #expect(try repository.isAncestor(side, of: merge))
    #expect(try !repository.isAncestor(merge, of: side))
    #expect(try repository.mergeBase(side, log[1].id) == first)
    #expect(try repository.contains(side))
    #expect(try !repository.contains(objectID(7)))
  }

  @Test func `a patch applies`() throws {
    let source = try TemporaryRepository(files: ["a": "1\n", "b": "x\n"])
    let base = try source.head()
    let head = try source.commit(["a": "2\n", "b": nil, "c": "new\n"], message: "Change")
    let patch = try open(source).patch(from: base, to: head)
    try source.git(["checkout", "--quiet", base.hex])
    try source.git(["apply", "--index"], input: patch)
    #expect(try source.git(["write-tree"]) == source.git(["rev-parse", "\(head.hex)^{tree}"]))
  }

  @Test func `a working tree has uncommitted and untracked files, not ignored ones`() throws {
    let source = try TemporaryRepository(files: ["a": "1", "b": "2", "sub/c": "3", ".gitignore": "*.log\n"])
    try source.directory.write("a", "changed")
    try source.directory.write("new", "n")
    try source.directory.write("x.log", "ignored")
    removeTree(source.directory("b"))
    try source.git(["mv", "sub/c", "sub/d"])
    let repository = try open(source)
    let tree = try repository.workingTree()
    #expect(tree.entries.map(\.path) == [".gitignore", "a", "new", "sub/d"])
    #expect(try tree.read(#require(tree.entry(at: "a")), limit: 100) == Array("changed".utf8))
    let changes = try tree.changes(since: repository.tree(at: source.head()))
    #expect(changes.map(\.path) == ["a", "b", "new", "sub/d"])
    #expect(changes.map(\.kind) == [.modified, .removed, .added, .renamed(from: "sub/c")])
    // From a folder inside, as a person would call it.
    #expect(try GitRepository.containing(source.directory("sub"), git: git).workTree == source.path)
  }

  @Test func `an untouched working tree equals its commit`() throws {
    var random = SeededGenerator(seed: 11)
    let files = Dictionary(uniqueKeysWithValues: (0..<40).map { ("d\($0 % 5)/f\($0)", random.text(count: random.int(in: 0...5000))) })
    let source = try TemporaryRepository(files: files)
    let repository = try open(source)
    #expect(try repository.workingTree().changes(since: repository.tree(at: source.head())).isEmpty)
  }

  @Test func `a linked worktree and a submodule are found`() throws {
    let source = try TemporaryRepository(files: ["a": "1"])
    let scratch = try TemporaryDirectory()
    try source.git(["worktree", "add", "--quiet", scratch("linked"), "-b", "linked"])
    let linked = try GitRepository.containing(scratch("linked"), git: git)
    #expect(try linked.resolve("HEAD") == source.head())
    #expect(try linked.workingTree().entries.map(\.path) == ["a"])
    let outer = try TemporaryRepository(files: ["o": "1"])
    try outer.git(["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", source.path, "inner"])
    let commit = try outer.commit([:], message: "Add a submodule")
    #expect(try GitRepository.containing(outer.directory("inner"), git: git).resolve("HEAD") == source.head())
    let repository = try open(outer)
    let tree = try repository.tree(at: commit)
    let entry = try #require(tree.entry(at: "inner"))
    #expect(entry.kind == .submodule)
    #expect { try tree.read(entry, limit: 100) } throws: { ($0 as? WorkspaceError)?.code == .unknownRevision }
    #expect(try repository.workingTree().changes(since: tree).isEmpty)
  }

  @Test func `blobs are named as git names them`() throws {
    let scratch = try TemporaryDirectory()
    forAll { random in
      let content = random.bytes(count: random.int(in: 0...300))
      let path = try scratch.write("blob", bytes: content)
      let expected = try runCommand(["git", "hash-object", "--no-filters", path]).output
      try #require(ObjectFormat.sha1.blobName(content).hex + "\n" == expected)
      var pieces = BlobNamer(.sha1, size: content.count)
      for byte in content { pieces.update([byte]) }
      try #require(pieces.finish() == ObjectFormat.sha1.blobName(content))
    }
    #expect(try runCommand(["git", "init", "--quiet", "--object-format=sha256", scratch("new")]).status == 0)
    for count in [0, 1, 40, 50, 55, 56, 63, 64, 119, 1000] {
      let path = try scratch.write("blob", bytes: (0..<count).map { UInt8(truncatingIfNeeded: $0) })
      let expected = try runCommand(["git", "hash-object", "--no-filters", path], directory: scratch("new")).output
      #expect(ObjectFormat.sha256.blobName(try readFile(path)).hex + "\n" == expected)
    }
  }

  @Test func `the reader starts again after it was closed`() throws {
    let source = try TemporaryRepository(files: ["a": "1"])
    let repository = try open(source)
    #expect(try repository.commitMessage(of: source.head()) == "First commit\n")
    repository.close()
    #expect(try repository.commitMessage(of: source.head()) == "First commit\n")
  }
}
