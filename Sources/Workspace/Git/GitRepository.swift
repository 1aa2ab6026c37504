// Questions to one repository. Each costs at most one git process; commits and blobs cost none, because they come through
// the object reader.

import Domain

/// A repository that is read (and, in CommitWriter.swift and Push.swift, written) with git plumbing. Safe to use from any
/// thread. Its `cat-file` process ends with `close` or with the last reference to the repository and its trees.
public final class GitRepository: Sendable {
  public let git: Git
  /// Absolute.
  public let gitDirectory: String
  /// Absolute; nil for a bare repository.
  public let workTree: String?
  let reader: ObjectReader
  /// Held while refs are written, for a mirror.
  let lockPath: String?

  /// Bytes that a listing of a tree or a change may have: about two million files.
  static let listingLimit = 256 << 20
  /// Bytes of one commit object.
  private static let commitLimit = 1 << 20

  /// A git directory that is known to be one, such as a mirror's.
  init(git: Git, gitDirectory: String, workTree: String?, lockPath: String? = nil) {
    self.lockPath = lockPath
    self.git = git
    self.gitDirectory = gitDirectory
    self.workTree = workTree
    reader = ObjectReader(git: git, gitDirectory: gitDirectory)
  }

  /// The repository that contains `path`, found as git finds it. Nothing in it is executed, whatever its configuration says.
  /// Throws `notARepository` or `redirected`.
  public static func containing(_ path: String, git: Git) throws(WorkspaceError) -> GitRepository {
    let location = try RepositoryLocation.find(path, searchingUpwards: true)
    return GitRepository(git: git, gitDirectory: location.gitDirectory, workTree: location.workTree)
  }

  /// Ends the process that reads objects; a later question starts it again.
  public func close() { reader.close() }

  /// The commit that a revision names: `HEAD`, `main~2`, `v1.0`, an abbreviated object name. Tags are followed.
  /// Throws `invalidReference` or `unknownRevision`.
  public func resolve(_ revision: String) throws(WorkspaceError) -> ObjectID {
    guard !revision.isEmpty, !revision.hasPrefix("-"), revision.utf8.count <= 1024,
      revision.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
    else { throw WorkspaceError(.invalidReference, "not a revision: \(shown(revision))") }
    guard let id = try revParse("\(revision)^{commit}") else {
      throw WorkspaceError(.unknownRevision, "no commit is called \(shown(revision)) in \(shown(gitDirectory))")
    }
    return id
  }

  /// The newest commit of a branch of this repository, nil when it has no such branch.
  public func tip(of branch: BranchName) throws(WorkspaceError) -> ObjectID? { try revParse(branch.ref) }

  private func revParse(_ expression: String) throws(WorkspaceError) -> ObjectID? {
    let result = try run(["rev-parse", "--verify", "--quiet", "--end-of-options", expression], accepting: [0, 1, 128])
    return ObjectID(firstLine(result))
  }

  /// The branch that HEAD is on; nil when it is detached or named unusually.
  public func currentBranch() throws(WorkspaceError) -> BranchName? {
    let name = firstLine(try run(["symbolic-ref", "--quiet", "HEAD"], accepting: [0, 1]))
    guard name.hasPrefix("refs/heads/") else { return nil }
    return try? BranchName(String(name.dropFirst("refs/heads/".count)))
  }

  /// Whether the repository has this object.
  public func contains(_ id: ObjectID) throws(WorkspaceError) -> Bool {
    do {
      return try reader.object(id, limit: Self.commitLimit) != nil
    } catch  where error.code == .tooLarge {
      return true
    }
  }

  /// Throws `unknownRevision` when there is no such commit.
  public func commit(_ id: ObjectID) throws(WorkspaceError) -> Commit {
    guard let object = try reader.object(id, limit: Self.commitLimit), object.type == "commit" else {
      throw WorkspaceError(.unknownRevision, "no commit \(id.short) in \(shown(gitDirectory))")
    }
    return try Commit(id, raw: object.bytes)
  }

  public func commitMessage(of id: ObjectID) throws(WorkspaceError) -> String { try commit(id).message }

  /// The tree of a commit. Throws `unknownRevision`; `outputTooLarge` for one of millions of files.
  public func tree(at id: ObjectID) throws(WorkspaceError) -> GitTree {
    let listing = try run(["ls-tree", "-r", "-z", "-l", "--full-tree", id.hex], outputLimit: Self.listingLimit)
    let (entries, isExact) = try TreeListing.parse(listing.output)
    return GitTree(commit: id, entries: entries, isExact: isExact, reader: reader)
  }

  /// The best common ancestor; nil when the two share no history.
  public func mergeBase(_ one: ObjectID, _ other: ObjectID) throws(WorkspaceError) -> ObjectID? {
    ObjectID(firstLine(try run(["merge-base", one.hex, other.hex], accepting: [0, 1])))
  }

  /// Whether `ancestor` is `commit` or an ancestor of it.
  public func isAncestor(_ ancestor: ObjectID, of commit: ObjectID) throws(WorkspaceError) -> Bool {
    try run(["merge-base", "--is-ancestor", ancestor.hex, commit.hex], accepting: [0, 1]).exit == .status(0)
  }

  /// The commits from `head` back along first parents, newest first.
  /// - Parameters:
  ///   - limit: commits at the most.
  ///   - since: only those committed at or after this time.
  public func firstParents(of head: ObjectID, limit: Int, since: Timestamp? = nil) throws(WorkspaceError) -> [Commit] {
    var arguments = ["rev-list", "--first-parent", "--max-count=\(limit)"]
    if let since { arguments.append("--max-age=\(since.milliseconds / 1000)") }
    let listing = try run(arguments + [head.hex])
    var commits: [Commit] = []
    for line in listing.output.split(separator: 0x0A) {
      guard let id = ObjectID(String(decoding: line, as: UTF8.self)) else {
        throw WorkspaceError(.malformed, "git rev-list gave a line that is no object name")
      }
      commits.append(try commit(id))
    }
    return commits
  }

  /// A unified diff between two commits that `git apply` takes. No external program renders any part of it.
  public func patch(from base: ObjectID, to head: ObjectID, limit: Int = 16 << 20) throws(WorkspaceError) -> String {
    let options = ["-p", "-r", "--full-index", "--binary", "--no-renames", "--submodule=short"]
    return String(decoding: try run(Self.diffTree + options + [base.hex, head.hex], outputLimit: limit).output, as: UTF8.self)
  }

  func run(
    _ arguments: [String], environment: [String: String] = [:], input: [UInt8] = [], outputLimit: Int = 64 << 20,
    accepting: Set<Int32> = [0], holding lock: FileLock? = nil
  ) throws(WorkspaceError) -> ProcessResult {
    try git.run(
      arguments, in: gitDirectory, workTree: workTree, environment: environment, input: input,
      limits: ProcessLimits(time: .seconds(120), output: outputLimit), accepting: accepting, holding: lock)
  }

  private func firstLine(_ result: ProcessResult) -> String {
    result.exit == .status(0) ? String(decoding: result.output.prefix { $0 != 0x0A }, as: UTF8.self) : ""
  }
}
