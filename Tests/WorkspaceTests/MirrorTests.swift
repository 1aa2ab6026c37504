import Domain
import Glibc
import TestSupport
import Testing
import Threading

@testable import Workspace

/// The road from a fetch to a pushed repair.
@Suite struct MirrorTests {
  let git: Git
  let data: TemporaryDirectory
  let id = RepositoryID(rawValue: "01JD0000000000000000000000")

  init() throws {
    git = try Git()
    data = try TemporaryDirectory("data")
  }

  private func mirror() throws -> Mirror { try Mirror(id, in: data("mirrors"), git: git) }

  private let bot = Commit.Signature(name: "Doc Healing", email: "bot@example.org", time: Timestamp(milliseconds: 1_760_000_000_000))

  @Test func `a fetch brings branches, moves them and removes them`() throws {
    let source = try TemporaryRepository(files: ["a": "1"])
    let mirror = try mirror()
    let remote = try Remote(source.path)
    try source.git(["branch", "gone"])
    try mirror.fetch(from: remote)
    #expect(try mirror.repository.tip(of: BranchName("main")) == source.head())
    #expect(try mirror.repository.tip(of: BranchName("gone")) != nil)
    try source.git(["branch", "-D", "gone"])
    // A branch that takes the place of a folder of branches.
    try source.git(["branch", "gone/deeper"])
    let rewritten = try source.commit(["a": "2"], message: "Second")
    try source.git(["reset", "--quiet", "--hard", "HEAD~1"])
    try source.commit(["a": "3"], message: "Rewritten")
    try mirror.fetch(from: remote)
    #expect(try mirror.repository.tip(of: BranchName("main")) == source.head())
    #expect(try mirror.repository.tip(of: BranchName("gone")) == nil)
    #expect(try mirror.repository.tip(of: BranchName("gone/deeper")) != nil)
    #expect(try !mirror.repository.contains(rewritten))
  }

  @Test func `the default branch of a remote is told`() throws {
    let source = try TemporaryRepository(files: ["a": "1"], branch: "trunk/main")
    #expect(try git.defaultBranch(of: Remote(source.path))?.name == "trunk/main")
    try source.git(["checkout", "--quiet", "--detach"])
    #expect(try git.defaultBranch(of: Remote(source.path)) == nil)
  }

  @Test func `pull request refs come when they are asked for`() throws {
    let source = try TemporaryRepository(files: ["a": "1"])
    try source.git(["update-ref", "refs/pull/7/head", source.commit(["a": "2"], message: "Pull").hex])
    try source.git(["reset", "--quiet", "--hard", "HEAD~1"])
    let mirror = try mirror()
    try mirror.fetch(from: Remote(source.path), refs: ["refs/pull/7/head"])
    #expect(try mirror.repository.commit(mirror.repository.resolve("refs/pull/7/head")).subject == "Pull")
    #expect { try mirror.fetch(from: Remote(source.path), refs: ["refs/pull/8/head"]) } throws: {
      ($0 as? WorkspaceError)?.code == .unknownRevision
    }
    #expect { try mirror.fetch(from: Remote(source.path), refs: ["refs/x:refs/heads/main"]) } throws: {
      ($0 as? WorkspaceError)?.code == .invalidReference
    }
  }

  @Test func `bare, shallow and SHA-256 sources work`() throws {
    let source = try TemporaryRepository(files: ["a": "1"])
    try source.commit(["a": "2"], message: "Second")
    let scratch = try TemporaryDirectory()
    #expect(try runCommand(["git", "clone", "--quiet", "--bare", source.path, scratch("bare.git")]).status == 0)
    #expect(try runCommand(["git", "clone", "--quiet", "--depth=1", "file://\(source.path)", scratch("shallow")]).status == 0)
    let modern = try TemporaryDirectory()
    for arguments in [
      ["init", "--quiet", "--object-format=sha256", "--initial-branch=main", modern.path],
      ["-C", modern.path, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "--quiet", "--allow-empty", "-m", "x"],
    ] { #expect(try runCommand(["git"] + arguments).status == 0) }
    for (number, place) in [scratch("bare.git"), scratch("shallow"), modern.path].enumerated() {
      let mirror = try Mirror(RepositoryID(rawValue: "M\(number)"), in: data.path, git: git)
      try mirror.fetch(from: Remote(place))
      let tip = try mirror.repository.tip(of: BranchName("main"))
      #expect(tip?.hex == (try runCommand(["git", "-C", place, "rev-parse", "main"]).output.split(separator: "\n").first.map(String.init)))
    }
  }

  @Test func `many fetches at once wait for one another`() throws {
    let source = try TemporaryRepository(files: ["a": "1"])
    let remote = try Remote(source.path)
    let (git, folder, id) = (git, data("mirrors"), id)
    let errors = Monitor<[String]>([])
    let threads = try (0..<6).map { number in
      try OwnedThread(name: "fetch \(number)") {
        do {
          try Mirror(id, in: folder, git: git).fetch(from: remote)
        } catch {
          errors.update { $0.append("\(error)") }
        }
      }
    }
    for thread in threads { thread.join() }
    #expect(errors.withLock { $0 } == [])
    #expect(try mirror().repository.tip(of: BranchName("main")) == source.head())
  }

  @Test func `lock files of a killed git are swept away`() throws {
    let source = try TemporaryRepository(files: ["a": "1"])
    let mirror = try mirror()
    try data.write("mirrors/\(id.rawValue).git/refs/heads/main.lock", "")
    try mirror.fetch(from: Remote(source.path))
    #expect(try mirror.repository.tip(of: BranchName("main")) == source.head())
  }

  @Test func `a held lock is busy after the time limit`() throws {
    let source = try TemporaryRepository(files: ["a": "1"])
    let mirror = try mirror()
    let lock = try mirror.repository.lock(patience: .seconds(1))
    defer { withExtendedLifetime(lock) {} }
    #expect { try mirror.fetch(from: Remote(source.path), timeLimit: .milliseconds(50)) } throws: {
      ($0 as? WorkspaceError)?.code == .busy
    }
  }

  @Test func `a commit is written, the same every time`() throws {
    let source = try TemporaryRepository(files: ["docs/a.md": "old\n", "run.sh": "#!\n", "keep": "k", "gone": "g"])
    try source.git(["update-index", "--chmod=+x", "run.sh"])
    try source.git(["commit", "--quiet", "--no-verify", "-m", "Executable"])
    let mirror = try mirror()
    try mirror.fetch(from: Remote(source.path))
    let base = try mirror.repository.tree(at: source.head())
    let new = NewCommit(
      base: base,
      files: [
        .init(path: "docs/a.md", content: Array("new\u{0}\n".utf8)), .init(path: "run.sh", content: Array("#!new\n".utf8)),
        .init(path: "gone", content: nil), .init(path: "new/ü \"q\"\n.md", content: []),
      ],
      message: "[bot:doc-healing] Heal\n\nDoc-Healing-Run: 1\n", author: bot)
    let commit = try mirror.repository.write(new)
    #expect(try mirror.repository.write(new) == commit)
    let tree = try mirror.repository.tree(at: commit)
    #expect(tree.entries.map(\.path) == ["docs/a.md", "keep", "new/ü \"q\"\n.md", "run.sh"])
    #expect(tree.entry(at: "run.sh")?.kind == .executable)
    #expect(try tree.read(#require(tree.entry(at: "docs/a.md")), limit: 100) == Array("new\u{0}\n".utf8))
    let read = try mirror.repository.commit(commit)
    #expect(read.parents == [try source.head()])
    #expect(read.message == new.message)
    #expect(read.author == bot)
    // Only the branches of the source are refs: nothing of the writing stays behind.
    let refs = try runCommand(["git", "--git-dir=\(mirror.repository.gitDirectory)", "for-each-ref", "--format=%(refname)"]).output
    #expect(refs == "refs/heads/main\n")
  }

  @Test(arguments: [
    "", "/etc/passwd", "../x", "a/../b", ".git/config", "a/.GIT/hooks/x", "a//b", "a/", "b\u{0}c", "x\u{FFFD}", "link", "link/x/..",
  ])
  func `a commit refuses paths that no checkout may have`(path: String) throws {
    let source = try TemporaryRepository(files: ["a": "1"])
    symlink("/etc", source.directory("link"))
    let head = try source.commit([:], message: "Link")
    let repository = try GitRepository.containing(source.path, git: git)
    let new = NewCommit(base: try repository.tree(at: head), files: [.init(path: path, content: [1])], message: "x", author: bot)
    #expect { try repository.write(new) } throws: { ($0 as? WorkspaceError)?.code == .invalidPath }
  }

  @Test func `a person's branch gets one commit more, or nothing`() throws {
    let source = try TemporaryRepository(files: ["a.md": "old\n"])
    try source.git(["branch", "topic"])
    let remote = try Remote(source.path)
    let mirror = try mirror()
    try mirror.fetch(from: remote)
    let repository = mirror.repository
    let topic = try BranchName("topic")
    let tip = try source.head("topic")
    func commit(_ text: String, onto base: ObjectID) throws -> ObjectID {
      let file = NewCommit.File(path: "a.md", content: Array(text.utf8))
      return try repository.write(NewCommit(base: try repository.tree(at: base), files: [file], message: "Heal", author: bot))
    }
    let first = try commit("new\n", onto: tip)
    // Two commits at once, or one that stands on something else, are not what was checked.
    let second = try commit("newer\n", onto: first)
    #expect { try repository.append(second, to: topic, at: remote, after: tip) } throws: { ($0 as? WorkspaceError)?.code == .refused }
    #expect(try source.head("topic") == tip)
    #expect(try repository.append(first, to: topic, at: remote, after: tip) == .pushed)
    #expect(try repository.append(first, to: topic, at: remote, after: tip) == .upToDate)
    // A person was faster.
    try source.git(["checkout", "--quiet", "topic"])
    let person = try source.commit(["b.md": "mine\n"], message: "Mine")
    try source.git(["checkout", "--quiet", "main"])
    #expect { try repository.append(second, to: topic, at: remote, after: first) } throws: {
      ($0 as? WorkspaceError)?.code == .leaseLost
    }
    #expect(try source.head("topic") == person)
  }

  @Test func `a repair is pushed once, and never over a person's commit`() throws {
    let source = try TemporaryRepository(files: ["a.md": "old\n"])
    let remote = try Remote(source.path)
    let mirror = try mirror()
    try mirror.fetch(from: remote)
    let repository = mirror.repository
    let branch = try BranchName("main").healing
    #expect(branch.name == "doc-healing/main")
    let base = try repository.tree(at: source.head())
    func heal(_ text: String) throws -> ObjectID {
      try repository.write(NewCommit(base: base, files: [.init(path: "a.md", content: Array(text.utf8))], message: "Heal", author: bot))
    }
    let first = try heal("new\n")
    #expect(try repository.push(first, to: branch, at: remote, expecting: nil) == .pushed)
    #expect(try source.head("doc-healing/main") == first)
    // The same again, even with what was known before, changes nothing.
    #expect(try repository.push(first, to: branch, at: remote, expecting: nil) == .upToDate)
    #expect(try repository.push(first, to: branch, at: remote, expecting: first) == .upToDate)
    // A newer repair replaces it.
    let second = try heal("newer\n")
    #expect(try repository.push(second, to: branch, at: remote, expecting: first) == .pushed)
    // A person pushes to the branch: the lease is lost.
    try source.git(["checkout", "--quiet", "doc-healing/main"])
    let person = try source.commit(["a.md": "mine\n"], message: "Mine")
    try source.git(["checkout", "--quiet", "main"])
    #expect { try repository.push(first, to: branch, at: remote, expecting: second) } throws: {
      ($0 as? WorkspaceError)?.code == .leaseLost
    }
    #expect { try repository.push(first, to: branch, at: remote, expecting: nil) } throws: {
      ($0 as? WorkspaceError)?.code == .leaseLost
    }
    #expect(try source.head("doc-healing/main") == person)
    // Nobody but the engine's own branch is ever pushed to.
    #expect { try repository.push(first, to: BranchName("main"), at: remote, expecting: nil) } throws: {
      ($0 as? WorkspaceError)?.code == .invalidReference
    }
    // A branch that is checked out there is refused by git itself.
    try source.git(["checkout", "--quiet", "doc-healing/main"])
    #expect { try repository.push(second, to: branch, at: remote, expecting: person) } throws: {
      ($0 as? WorkspaceError)?.code == .refused
    }
  }

  @Test func `a repository heals itself onto the engine's branch`() throws {
    let source = try TemporaryRepository(files: ["a.md": "old\n"])
    let repository = try GitRepository.containing(source.path, git: git)
    let base = try repository.tree(at: source.head())
    let commit = try repository.write(
      NewCommit(base: base, files: [.init(path: "a.md", content: Array("new\n".utf8))], message: "Heal", author: bot))
    let branch = try BranchName("main").healing
    try repository.setHealingBranch(branch, to: commit, expecting: nil)
    try repository.setHealingBranch(branch, to: commit, expecting: nil)
    #expect(try source.head("doc-healing/main") == commit)
    #expect { try repository.setHealingBranch(branch, to: base.commit ?? commit, expecting: nil) } throws: {
      ($0 as? WorkspaceError)?.code == .leaseLost
    }
    #expect { try repository.setHealingBranch(BranchName("main"), to: commit, expecting: nil) } throws: {
      ($0 as? WorkspaceError)?.code == .invalidReference
    }
    #expect(try source.git(["status", "--porcelain"]) == "")
  }

  @Test func `a lock outlives a killed engine as long as its git runs`() throws {
    let path = data("lock")
    let first = Monitor<FileLock?>(try FileLock(path, patience: .seconds(1), cancellation: nil))
    let file = try #require(first.withLock { $0?.file })
    // git as it would be left behind: it has the descriptor, and nobody here has.
    let orphan = try spawn(Command("/bin/sleep", ["600"]), descriptors: [nil, nil, nil, file])
    first.withLock { $0 = nil }
    file.close()
    #expect { try FileLock(path, patience: .milliseconds(20), cancellation: nil) } throws: { ($0 as? WorkspaceError)?.code == .busy }
    orphan.kill()
    _ = orphan.reap()
    #expect(throws: Never.self) { try FileLock(path, patience: .seconds(5), cancellation: nil) }
  }

  @Test(.enabled(if: geteuid() == 0)) func `a repository that belongs to somebody else is served`() throws {
    let source = try TemporaryRepository(files: ["a": "1\n"])
    #expect(try runCommand(["chown", "-R", "65534:65534", source.path]).status == 0)
    let mirror = try mirror()
    try mirror.fetch(from: Remote(source.path))
    let head = try #require(try mirror.repository.tip(of: BranchName("main")))
    let commit = try mirror.repository.write(
      NewCommit(base: mirror.repository.tree(at: head), files: [.init(path: "a", content: [])], message: "x", author: bot))
    #expect(try mirror.repository.push(commit, to: BranchName("doc-healing/main"), at: Remote(source.path), expecting: nil) == .pushed)
    #expect(try GitRepository.containing(source.path, git: git).workingTree().entries.count == 1)
  }

  @Test func `maintenance waits until there is something to do`() throws {
    let source = try TemporaryRepository(files: ["a": "1"])
    let mirror = try mirror()
    try mirror.fetch(from: Remote(source.path))
    #expect(try !mirror.maintain())
    for number in 0..<120 { try data.write("mirrors/\(id.rawValue).git/objects/pack/tmp_\(number)", "") }
    #expect(try mirror.maintain())
    #expect(try mirror.repository.tree(at: source.head()).entries.count == 1)
  }

  @Test func `absent repositories and hosts are told apart`() throws {
    let mirror = try mirror()
    #expect { try Remote("/nonexistent/repository") } throws: { ($0 as? WorkspaceError)?.code == .notARepository }
    let port = try freePort()
    #expect { try mirror.fetch(from: Remote("http://127.0.0.1:\(port)/x.git")) } throws: {
      ($0 as? WorkspaceError)?.code == .unreachable
    }
    #expect { try mirror.fetch(from: Remote("git://127.0.0.1:\(port)/x.git")) } throws: {
      ($0 as? WorkspaceError)?.code == .unreachable
    }
  }
}
