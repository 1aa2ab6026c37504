// Writes a commit without a working tree or an index: one `git fast-import` takes the new files and the message and gives
// the commit's name. The same input gives the same commit, on any machine at any time.

import Domain

/// A commit to be made: a base and what differs from it.
public struct NewCommit: Sendable {
  /// One file of the new commit.
  public struct File: Sendable {
    public var path: String
    /// Nil removes the file.
    public var content: [UInt8]?
    /// The mode; nil keeps what `base` has, or is a plain file where `base` has none.
    public var isExecutable: Bool?

    public init(path: String, content: [UInt8]?, isExecutable: Bool? = nil) {
      self.path = path
      self.content = content
      self.isExecutable = isExecutable
    }
  }

  /// The parent.
  public var base: GitTree
  public var files: [File]
  public var message: String
  public var author: Commit.Signature
  /// Nil is the author.
  public var committer: Commit.Signature?

  public init(base: GitTree, files: [File], message: String, author: Commit.Signature, committer: Commit.Signature? = nil) {
    self.base = base
    self.files = files
    self.message = message
    self.author = author
    self.committer = committer
  }
}

extension GitRepository {
  /// Writes the commit and returns its name. No branch is moved: `push` or `setHealingBranch` does that. An object that
  /// nobody names is kept for two weeks.
  /// Throws `invalidPath` for a path that no commit may have, or that is not a file in `base`.
  public func write(_ commit: NewCommit) throws(WorkspaceError) -> ObjectID {
    let lock = try lock(patience: .seconds(60))
    let stream = try ImportStream(commit).bytes
    let arguments = ["fast-import", "--quiet", "--done", "--date-format=raw"]
    let result = try run(arguments, input: stream, outputLimit: 4096, holding: lock)
    guard let id = ObjectID(String(decoding: result.output.prefix { $0 != 0x0A }, as: UTF8.self)) else {
      throw WorkspaceError(.malformed, "git fast-import gave no commit")
    }
    return id
  }

  /// Points the engine's own branch of this very repository at a commit; for the command line's `--commit`.
  /// Throws `leaseLost` when the branch is not at `expecting` (nil: does not exist).
  public func setHealingBranch(_ branch: BranchName, to commit: ObjectID, expecting: ObjectID?) throws(WorkspaceError) {
    guard branch.isHealing else {
      throw WorkspaceError(.invalidReference, "refusing to move \(shown(branch.name)): not the engine's branch")
    }
    let old = expecting?.hex ?? String(repeating: "0", count: commit.hex.utf8.count)
    if try tip(of: branch) == commit { return }
    guard try currentBranch() != branch else {
      throw WorkspaceError(.refused, "refusing to move \(shown(branch.name)): it is checked out")
    }
    do {
      _ = try run(["update-ref", "-m", "doc-healing: heal", branch.ref, commit.hex, old])
    } catch  where error.description.contains("cannot lock ref") {
      throw WorkspaceError(.leaseLost, "branch \(shown(branch.name)) has moved since it was read")
    }
  }
}

/// What fast-import reads (git-fast-import(1)). The ref that it insists on is made under a random name and deleted in the
/// same stream, so it never reaches the disk.
private struct ImportStream {
  private(set) var bytes: [UInt8] = []

  init(_ commit: NewCommit) throws(WorkspaceError) {
    guard let base = commit.base.commit else { throw WorkspaceError(.unknownRevision, "cannot commit upon a tree that is no commit's") }
    let ref = "refs/doc-healing/new-\(String(UInt64.random(in: 0 ... .max), radix: 16))"
    line("feature get-mark")
    line("commit \(ref)")
    line("mark :1")
    line("author \(try Self.signature(commit.author))")
    line("committer \(try Self.signature(commit.committer ?? commit.author))")
    data(Array(commit.message.utf8))
    line("from \(base.hex)")
    for file in commit.files { try add(file, base: commit.base) }
    line("")
    line("get-mark :1")
    line("reset \(ref)")
    line("from \(String(repeating: "0", count: base.hex.utf8.count))")
    line("")
    line("done")
  }

  private mutating func add(_ file: NewCommit.File, base: GitTree) throws(WorkspaceError) {
    try Self.validate(file.path)
    let existing = base.entry(at: file.path)
    guard existing == nil || existing?.kind == .file || existing?.kind == .executable else {
      throw WorkspaceError(.invalidPath, "refusing to write \(shown(file.path)): it is not a plain file")
    }
    guard let content = file.content else { return line("D \(Self.quoted(file.path))") }
    let executable = file.isExecutable ?? (existing?.kind == .executable)
    line("M \(executable ? "100755" : "100644") inline \(Self.quoted(file.path))")
    data(content)
  }

  private mutating func line(_ text: String) { bytes += Array(text.utf8) + [0x0A] }

  private mutating func data(_ content: [UInt8]) {
    line("data \(content.count)")
    bytes += content
    bytes.append(0x0A)
  }

  /// Refuses what git itself would not check out, and what cannot be the path that someone meant.
  private static func validate(_ path: String) throws(WorkspaceError) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let isFine = parts.allSatisfy { part in
      !part.isEmpty && part != "." && part != ".." && part.lowercased() != ".git" && part.lowercased() != "git~1"
    }
    guard isFine, path.utf8.count <= 4096, !path.utf8.contains(0), !path.unicodeScalars.contains("\u{FFFD}") else {
      throw WorkspaceError(.invalidPath, "cannot write \(shown(path)): not a path that a commit may have")
    }
  }

  /// A path as a C string: everything but printable ASCII as octal.
  private static func quoted(_ path: String) -> String {
    var text = "\""
    for byte in path.utf8 {
      if byte >= 0x20, byte < 0x7F, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
        text.unicodeScalars.append(UnicodeScalar(byte))
      } else {
        let octal = String(byte, radix: 8)
        text += "\\" + String(repeating: "0", count: 3 - octal.count) + octal
      }
    }
    return text + "\""
  }

  private static func signature(_ who: Commit.Signature) throws(WorkspaceError) -> String {
    let parts = [who.name, who.email, who.zone]
    guard parts.allSatisfy({ part in part.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && $0 != "<" && $0 != ">" } })
    else { throw WorkspaceError(.malformed, "an author's name or address contains a character that git does not take") }
    return "\(who.name) <\(who.email)> \(who.time.milliseconds / 1000) \(who.zone)"
  }
}
