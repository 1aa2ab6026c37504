import Domain
import Glibc
import TestSupport
import Testing

@testable import Workspace

/// Repositories made to execute something or to show something of the host. Each has a canary: a file that appears when
/// anything of theirs was executed. Everything that the engine does with a repository is done to each.
@Suite struct HostileRepositoryTests {
  let git: Git
  let scratch: TemporaryDirectory
  let canary: String
  let bot = Commit.Signature(name: "Doc Healing", email: "bot@example.org", time: Timestamp(milliseconds: 1_760_000_000_000))

  init() throws {
    git = try Git()
    scratch = try TemporaryDirectory("hostile")
    canary = scratch("canary")
  }

  /// A script that leaves the canary.
  private func trap() throws -> String {
    try scratch.write("trap.sh", "#!/bin/sh\necho \"$0 $*\" >> \(canary)\nexit 1\n", mode: 0o755)
  }

  /// Fetch, read, compare, commit, push, and what the command line does in place.
  private func useEverything(_ source: TemporaryRepository) throws {
    let remote = try Remote(source.path)
    let mirror = try Mirror(RepositoryID(rawValue: "HOSTILE"), in: scratch("mirrors"), git: git)
    try mirror.fetch(from: remote)
    let head = try source.head()
    try exercise(mirror.repository, head: head)
    let branch = try BranchName("main").healing
    let commit = try mirror.repository.write(heal(mirror.repository.tree(at: head)))
    #expect(try mirror.repository.push(commit, to: branch, at: remote, expecting: nil) == .pushed)
    try mirror.fetch(from: remote)
    #expect(try mirror.repository.tip(of: branch) == commit)

    let inPlace = try GitRepository.containing(source.path, git: git)
    try exercise(inPlace, head: head)
    let tree = try inPlace.workingTree()
    for entry in tree.entries where entry.kind != .submodule { _ = try tree.read(entry, limit: 1 << 20) }
    _ = try tree.changes(since: inPlace.tree(at: head))
    #expect(try inPlace.write(heal(inPlace.tree(at: head))) == commit)
    #expect(try inPlace.currentBranch()?.name == "main")
    try expectNothingExecuted()
  }

  private func exercise(_ repository: GitRepository, head: ObjectID) throws {
    let tree = try repository.tree(at: head)
    for entry in tree.entries where entry.kind != .submodule { _ = try tree.read(entry, limit: 1 << 20) }
    for commit in try repository.firstParents(of: head, limit: 10) {
      guard let parent = commit.parents.first else { continue }
      _ = try repository.changes(from: repository.tree(at: parent), to: repository.tree(at: commit.id))
      _ = try repository.patch(from: parent, to: commit.id)
      #expect(try repository.mergeBase(parent, commit.id) == parent)
    }
    #expect(try repository.resolve(head.hex) == head)
  }

  private func heal(_ base: GitTree) -> NewCommit {
    NewCommit(base: base, files: [.init(path: "README.md", content: Array("healed\n".utf8))], message: "Heal", author: bot)
  }

  private func expectNothingExecuted(sourceLocation: SourceLocation = #_sourceLocation) throws {
    if fileExists(canary) {
      Issue.record("executed: \(String(decoding: try readFile(canary), as: UTF8.self))", sourceLocation: sourceLocation)
    }
  }

  private func victim() throws -> TemporaryRepository {
    let source = try TemporaryRepository(files: ["README.md": "old\n", "src/a.py": "def f(): pass\n"])
    try source.commit(["src/a.py": "def g(): pass\n"], message: "Rename")
    return source
  }

  @Test func `the canary sings when git runs something`() throws {
    let source = try victim()
    let trap = try trap()
    try source.git(["config", "core.fsmonitor", trap])
    _ = try runCommand(["git", "status"], directory: source.path)
    #expect(fileExists(canary))
  }

  @Test func `hooks of every kind`() throws {
    let source = try victim()
    let trap = try trap()
    let hooks = [
      "applypatch-msg", "pre-applypatch", "post-applypatch", "pre-commit", "pre-merge-commit", "prepare-commit-msg", "commit-msg",
      "post-commit", "pre-rebase", "post-checkout", "post-merge", "pre-push", "pre-receive", "update", "proc-receive", "post-receive",
      "post-update", "reference-transaction", "push-to-checkout", "pre-auto-gc", "post-rewrite", "sendemail-validate",
      "fsmonitor-watchman", "post-index-change", "post-upload-pack", "pre-upload-pack",
    ]
    removeTree(source.directory(".git/hooks"))
    _ = try source.directory.makeDirectory(".git/hooks")
    for hook in hooks { symlink(trap, source.directory(".git/hooks/\(hook)")) }
    try useEverything(source)
  }

  @Test func `settings that name programs`() throws {
    let source = try victim()
    let trap = try trap()
    let hooks = try source.directory.makeDirectory("hookery")
    symlink(trap, hooks + "/reference-transaction")
    symlink(trap, hooks + "/post-index-change")
    for (name, value) in [
      ("core.fsmonitor", trap), ("core.hooksPath", hooks), ("core.sshCommand", trap), ("core.gitProxy", trap), ("core.askPass", trap),
      ("core.editor", trap), ("core.pager", trap), ("pager.log", trap), ("core.alternateRefsCommand", trap),
      ("uploadpack.packObjectsHook", trap), ("uploadpack.allowFilter", "true"), ("diff.external", trap), ("diff.evil.textconv", trap),
      ("diff.evil.command", trap), ("filter.evil.clean", trap), ("filter.evil.smudge", trap), ("filter.evil.process", trap),
      ("filter.evil.required", "true"), ("merge.evil.driver", trap), ("credential.helper", "!\(trap)"), ("gpg.program", trap),
      ("gpg.ssh.program", trap), ("log.showSignature", "true"), ("commit.gpgSign", "true"), ("push.gpgSign", "if-asked"),
      ("receive.certNonceSeed", "x"), ("gc.auto", "1"), ("gc.recentObjectsHook", trap),
      ("maintenance.auto", "true"), ("maintenance.strategy", "incremental"), ("protocol.ext.allow", "always"),
      ("remote.origin.url", "ext::\(trap)"), ("remote.origin.uploadpack", trap), ("remote.origin.receivepack", trap),
      ("remote.origin.vcs", "evil"), ("remote.origin.promisor", "true"), ("url.ext::\(trap).insteadOf", "/"),
      ("url.ext::\(trap).pushInsteadOf", "/"), ("trailer.x.command", trap), ("interactive.diffFilter", trap),
      ("submodule.recurse", "true"), ("fetch.recurseSubmodules", "true"), ("alias.ls-tree", "!\(trap)"), ("alias.fetch", "!\(trap)"),
      ("core.attributesFile", scratch("attributes")), ("core.excludesFile", "/etc/passwd"), ("include.path", "/etc/passwd-absent"),
    ] { try source.git(["config", name, value]) }
    let attributes = "* filter=evil diff=evil merge=evil text=auto ident\n"
    try scratch.write("attributes", attributes)
    try source.directory.write(".git/info/attributes", attributes)
    try source.directory.write("src/a.py", "def changed(): pass\n")
    try useEverything(source)
  }

  @Test func `a hook that takes over the push`() throws {
    let source = try victim()
    let trap = try trap()
    try source.git(["config", "receive.procReceiveRefs", "refs"])
    try source.directory.write(".git/hooks/proc-receive", "#!/bin/sh\nexec \(trap)\n", mode: 0o755)
    // Such a server cannot be pushed to without running it; so it says no.
    #expect { try useEverything(source) } throws: { ($0 as? WorkspaceError)?.code == .refused }
    try expectNothingExecuted()
  }

  @Test func `attributes with filters and converters in the tree`() throws {
    let source = try victim()
    let trap = try trap()
    try source.commit([".gitattributes": "* filter=evil diff=evil eol=crlf\n"], message: "Attributes")
    try source.commit(["src/a.py": "def h(): pass\n", "README.md": "x\n"], message: "Change")
    try source.directory.write(".git/info/attributes", "* working-tree-encoding=UTF-16\n")
    for key in ["filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.evil.textconv", "diff.evil.command"] {
      try source.git(["config", key, trap])
    }
    try useEverything(source)
  }

  @Test func `submodules with URLs that run programs`() throws {
    let source = try victim()
    let trap = try trap()
    let modules = """
      [submodule "evil"]
        path = evil
        url = ext::\(trap)
      [submodule "option"]
        path = option
        url = --upload-pack=\(trap)
        update = !\(trap)

      """
    try source.commit([".gitmodules": modules], message: "Submodules")
    for name in ["evil", "option", "-x"] {
      try source.git(["update-index", "--add", "--cacheinfo", "160000,\(source.head().hex),\(name)"])
    }
    try source.git(["commit", "--quiet", "--no-verify", "-m", "Links"])
    for name in ["evil", "option", "-x"] { _ = try source.directory.makeDirectory(name) }
    try useEverything(source)
  }

  @Test func `branches and tags that look like options`() throws {
    let source = try victim()
    let head = try source.head().hex
    // git's porcelain refuses such names; its plumbing makes them.
    for name in ["--upload-pack=touch x", "-h", "--exec=x", "a$(touch x)", "a;touch x", "`touch x`", "--help"] {
      let legal = name.replacingSpaces
      _ = try? source.git(["update-ref", "refs/heads/\(legal)", head])
      _ = try? source.git(["update-ref", "refs/tags/\(legal)", head])
      #expect((try? BranchName(name)) == nil || !name.hasPrefix("-"))
      #expect((try? BranchName(legal)) == nil || !legal.hasPrefix("-"))
    }
    try useEverything(source)
    let mirror = try Mirror(RepositoryID(rawValue: "HOSTILE"), in: scratch("mirrors"), git: git)
    #expect { try mirror.fetch(from: Remote(source.path), refs: ["--upload-pack=touch x"]) } throws: {
      ($0 as? WorkspaceError)?.code == .invalidReference
    }
  }

  @Test(arguments: [
    "ext::sh -c touch% canary", "ext::touch", "fd::3", "--upload-pack=touch", "-oProxyCommand=touch", "ssh://-oProxyCommand=touch/x",
    "ssh://host@-oProxyCommand=x/y", "-h:x", "host:-x", "user@-host:x", "https://user:secret@example.org/x", "https://", "https:///x",
    "ftp://h/x",
    "rsync://h/x", "http::https://h/x", "file://host/x", "relative/path", "", "https://h/\u{0}", "https://h/x\ny", "https://h x/y",
    "persistent-https://h/x", "git-remote-ext::x", "https://ho$(id)st/x", "https://[::1/@evil@h/x", "https://h:port/x", "https://h:1:2/x",
    "https://[x]/y", "\u{2028}",
  ])
  func `URLs that are not what they seem`(url: String) {
    #expect { try Remote(url) } throws: { error in
      guard let error = error as? WorkspaceError else { return false }
      return error.code == .invalidURL && !error.description.contains("secret") && !error.description.contains("\n")
    }
  }

  @Test(arguments: [
    ("https://github.com/a/b.git", Remote.Kind.https), ("http://h:8080/a", .http), ("ssh://git@h:22/a", .ssh),
    ("git@github.com:a/b.git", .ssh),
    ("git://h/a", .git), ("https://user@h/a", .https), ("host:a b/c", .ssh), ("https://[::1]:8443/a", .https), ("https://h:8443/a", .https),
  ])
  func `ordinary URLs`(url: String, kind: Remote.Kind) throws {
    let remote = try Remote(url)
    #expect(remote.kind == kind)
    #expect(remote.location == url)
  }

  @Test func `links, sockets and pipes in a working tree lead nowhere`() throws {
    let source = try victim()
    try scratch.write("secret", "s3cret")
    symlink("/etc/passwd", source.directory("passwd"))
    symlink(scratch("secret"), source.directory("README.txt"))
    try source.commit(["dir/file": "inside\n"], message: "Links")
    // A tracked folder is replaced by a link to another place that has a file of that name.
    try scratch.write("elsewhere/file", "s3cret")
    removeTree(source.directory("dir"))
    symlink(scratch("elsewhere"), source.directory("dir"))
    // A tracked file is replaced by a FIFO, which would hold whoever opens it.
    removeTree(source.directory("src/a.py"))
    mkfifo(source.directory("src/a.py"), 0o600)
    let tree = try GitRepository.containing(source.path, git: git).workingTree()
    #expect(tree.entries.map(\.path) == ["README.md", "README.txt", "dir", "passwd"])
    for entry in tree.entries {
      let text = String(decoding: try tree.read(entry, limit: 1 << 20), as: UTF8.self)
      #expect(!text.contains("s3cret") && !text.contains("root:"))
    }
    #expect(tree.entry(at: "dir")?.kind == .symlink)
    for path in ["../secret", "dir/file", "/etc/passwd", "src/../../x", ""] {
      let entry = TreeEntry(path: path, kind: .file, blob: objectID(1), size: 1)
      #expect(throws: WorkspaceError.self) { try tree.read(entry, limit: 100) }
    }
  }

  @Test func `a git file that leads to another repository`() throws {
    let secret = try TemporaryRepository(files: ["private.txt": "s3cret\n"])
    let hostile = try scratch.makeDirectory("redirect")
    try scratch.write("redirect/.git", "gitdir: \(secret.path)/.git\n")
    expectRedirected(hostile)
    // With a forged worktree folder of its own that uses the other's history.
    try scratch.write("forged/.git", "gitdir: \(scratch("forged/fake"))\n")
    try scratch.write("forged/fake/gitdir", "\(scratch("forged/.git"))\n")
    try scratch.write("forged/fake/commondir", "\(secret.path)/.git\n")
    try scratch.write("forged/fake/HEAD", "ref: refs/heads/main\n")
    expectRedirected(scratch("forged"))
    // By `commondir` in an otherwise whole repository, and by links.
    for name in ["commondir", "objects", "refs"] {
      let source = try victim()
      if name == "commondir" {
        try source.directory.write(".git/commondir", "\(secret.path)/.git\n")
      } else {
        removeTree(source.directory(".git/\(name)"))
        symlink("\(secret.path)/.git/\(name)", source.directory(".git/\(name)"))
      }
      expectRedirected(source.path)
    }
    _ = try scratch.makeDirectory("linked")
    symlink("\(secret.path)/.git", scratch("linked/.git"))
    expectRedirected(scratch("linked"))
    try scratch.write("nowhere/.git", "gitdir: /nonexistent\n")
    #expect { try Remote(scratch("nowhere")) } throws: { ($0 as? WorkspaceError)?.code == .notARepository }
  }

  private func expectRedirected(_ path: String, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(sourceLocation: sourceLocation) { try Remote(path) } throws: { ($0 as? WorkspaceError)?.code == .redirected }
    #expect(sourceLocation: sourceLocation) { try GitRepository.containing(path, git: git) } throws: {
      ($0 as? WorkspaceError)?.code == .redirected
    }
  }

  @Test func `trees with names that no checkout may have`() throws {
    let source = try victim()
    let blob = try source.git(["rev-parse", "HEAD:README.md"])
    let secret = try scratch.write("secret", "s3cret")
    var listing: [UInt8] = []
    for name in ["..", ".git", "a", "README.md"] { listing += Array("100644 blob \(blob)\t\(name)".utf8) + [0] }
    listing += Array("120000 blob \(blob)\tlink".utf8) + [0]
    try source.directory.write(".git/listing", bytes: listing)
    let tree = try runCommand(["sh", "-c", "git mktree -z < .git/listing"], directory: source.path).output
    let commit = try source.git(["commit-tree", "-p", "HEAD", "-m", "odd", String(tree.dropLast())])
    try source.git(["update-ref", "refs/heads/odd", commit])
    let mirror = try Mirror(RepositoryID(rawValue: "ODD"), in: scratch("mirrors"), git: git)
    try mirror.fetch(from: Remote(source.path))
    let read = try mirror.repository.tree(at: #require(ObjectID(commit)))
    #expect(read.entries.count == 5)
    for entry in read.entries { #expect(try read.read(entry, limit: 100) == Array("old\n".utf8)) }
    #expect(try readFile(secret) == Array("s3cret".utf8))
  }

  @Test func `a huge blob is listed and not read`() throws {
    let source = try TemporaryRepository()
    _ = try runCommand(["truncate", "--size=64M", source.directory("huge.md")])
    let head = try source.commit(["small.md": "s"], message: "Huge")
    let mirror = try Mirror(RepositoryID(rawValue: "HUGE"), in: scratch("mirrors"), git: git)
    try mirror.fetch(from: Remote(source.path))
    let tree = try mirror.repository.tree(at: head)
    let huge = try #require(tree.entry(at: "huge.md"))
    #expect(huge.size == 64 << 20)
    #expect { try tree.read(huge, limit: 1 << 20) } throws: { ($0 as? WorkspaceError)?.code == .tooLarge }
    #expect(try tree.read(#require(tree.entry(at: "small.md")), limit: 100) == Array("s".utf8))
  }

  @Test func `a missing object is not fetched from anywhere`() throws {
    // A partial clone whose promisor is a program.
    let source = try victim()
    let trap = try trap()
    let blob = try source.git(["rev-parse", "HEAD:README.md"])
    for (name, value) in [
      ("core.repositoryFormatVersion", "1"), ("extensions.partialClone", "origin"), ("remote.origin.promisor", "true"),
      ("remote.origin.partialclonefilter", "blob:none"), ("remote.origin.url", "ext::\(trap)"), ("protocol.ext.allow", "always"),
    ] { try source.git(["config", name, value]) }
    removeTree(source.directory(".git/objects/\(blob.prefix(2))/\(blob.dropFirst(2))"))
    let repository = try GitRepository.containing(source.path, git: git)
    let reader = ObjectReader(git: git, gitDirectory: repository.gitDirectory)
    #expect(throws: (any Error).self) {
      let tree = try repository.tree(at: source.head())
      _ = try tree.read(#require(tree.entry(at: "README.md")), limit: 100)
    }
    let object = try? reader.object(#require(ObjectID(blob)), limit: 100)
    #expect(object == nil)
    try expectNothingExecuted()
  }

  @Test func `a credential is in no argument, file or error`() throws {
    let credential = Credential(username: "user", password: "s3cret-token")
    let remote = try Remote("https://example.org/a/b.git")
    let command = try git.remoteCommand(
      ["fetch", "--", remote.location], in: "/tmp", remote: remote, credential: credential, limits: ProcessLimits())
    #expect(command.arguments.allSatisfy { !$0.contains("s3cret") })
    #expect(command.environment["DOC_HEALING_GIT_PASSWORD"] == "s3cret-token")
    #expect(!"\(credential)".contains("s3cret") && !String(reflecting: credential).contains("s3cret"))
    let source = try victim()
    let local = try Remote(source.path)
    let other = try git.remoteCommand(["fetch"], in: "/tmp", remote: local, credential: credential, limits: ProcessLimits())
    #expect(!other.environment.values.contains { $0.contains("s3cret") })
  }
}

extension String {
  fileprivate var replacingSpaces: String { split(separator: " ").joined(separator: "_") }
}
