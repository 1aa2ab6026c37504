// The engine's own copy of a repository: a bare one under the data directory, made and configured by us alone, so that no
// setting, hook or filter of the original comes with it. Fetched under a lock, read by anyone at any time.
//
// The branches of the original are the mirror's branches; pull request refs keep their names.

import Domain
import Glibc

/// A bare mirror of one repository.
public struct Mirror: Sendable {
  /// To read it, and to write commits into it and push them.
  public let repository: GitRepository
  private var directory: String { repository.gitDirectory }

  /// Opens the mirror `<directory>/<id>.git`, making an empty one when there is none.
  /// Throws `inputOutput` when the folder cannot be made.
  public init(_ id: RepositoryID, in directory: String, git: Git) throws(WorkspaceError) {
    guard !id.rawValue.isEmpty, id.rawValue.utf8.allSatisfy({ $0 < 128 && (Character(UnicodeScalar($0)).isLetter || $0 >= 48 && $0 <= 57) })
    else { throw WorkspaceError(.invalidPath, "not a repository identifier: \(shown(id.rawValue))") }
    try makeFolders(directory)
    guard let root = canonical(directory) else { throw WorkspaceError(.inputOutput, "cannot resolve \(shown(directory))") }
    let path = "\(root)/\(id.rawValue).git"
    repository = GitRepository(git: git, gitDirectory: path, workTree: nil, lockPath: "\(root)/\(id.rawValue).lock")
    if fileKind(path) == nil { try create(.sha1) }
  }

  /// Brings every branch up to what `remote` has, and removes those it has no more.
  /// - Parameters:
  ///   - refs: further refs in full, such as `refs/pull/7/head`; an absent one is an `unknownRevision` error.
  ///   - timeLimit: for the whole transfer; then it is killed and what came is thrown away.
  /// Throws `unreachable`, `unauthorized`, `notARepository`, `timedOut`, `busy`, `cancelled` or `failed`.
  public func fetch(
    from remote: Remote, credential: Credential? = nil, refs: [String] = [], timeLimit: Duration = .seconds(300)
  ) throws(WorkspaceError) {
    let lock = try repository.lock(patience: timeLimit)
    let command = try fetchCommand(remote, credential, refs, timeLimit)
    do {
      _ = try repository.git.run(command, named: "fetch", holding: lock)
    } catch {
      guard try prepareForSecondAttempt(after: error) else { throw error }
      _ = try repository.git.run(command, named: "fetch", holding: lock)
    }
  }

  /// Packs what many fetches have left behind, when it is worth it; true when it did. Readers may go on meanwhile.
  public func maintain(timeLimit: Duration = .seconds(600)) throws(WorkspaceError) -> Bool {
    let loose = countFiles(directory + "/objects/17") * 256
    let packs = countFiles(directory + "/objects/pack") / 2
    guard loose > 6700 || packs > 50 else { return false }
    let lock = try repository.lock(patience: timeLimit)
    let memory = ["-c", "pack.threads=1", "-c", "pack.windowMemory=32m", "-c", "pack.deltaCacheSize=16m"]
    _ = try repository.git.run(
      memory + ["gc", "--quiet", "--prune=2.weeks.ago"], in: directory, limits: ProcessLimits(time: timeLimit, output: 1 << 20),
      holding: lock)
    return true
  }

  private func fetchCommand(
    _ remote: Remote, _ credential: Credential?, _ refs: [String], _ timeLimit: Duration
  ) throws(WorkspaceError) -> Command {
    var words = [
      "fetch", "--quiet", "--force", "--prune", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance",
      "--no-recurse-submodules", "--update-shallow",
    ]
    if remote.kind == .path { words.append("--upload-pack=\(repository.git.servedBy("upload-pack"))") }
    words += ["--", remote.location, "+refs/heads/*:refs/heads/*"]
    for ref in refs {
      guard ref.hasPrefix("refs/"), (try? BranchName(String(ref.dropFirst("refs/".count)))) != nil else {
        throw WorkspaceError(.invalidReference, "not a ref: \(shown(ref))")
      }
      words.append("+\(ref):\(ref)")
    }
    return try repository.git.remoteCommand(
      words, in: directory, remote: remote, credential: credential, limits: ProcessLimits(time: timeLimit, output: 1 << 20))
  }

  /// Two failures are ours to repair, because nobody else may touch the mirror while we hold its lock: lock files that a
  /// killed git has left, and a still empty mirror whose objects are named by another hash than the original's.
  private func prepareForSecondAttempt(after error: WorkspaceError) throws(WorkspaceError) -> Bool {
    if error.description.contains(".lock': File exists") { return removeStaleLocks(below: directory, depth: 0) > 0 }
    guard error.description.contains("mismatched algorithms"), countFiles(directory + "/objects") <= 2 else { return false }
    repository.close()
    removeFolder(directory)
    try create(.sha256)
    return true
  }

  /// Makes the folder under another name first, so that a half-made mirror is never taken for one.
  private func create(_ format: ObjectFormat) throws(WorkspaceError) {
    let temporary = "\(directory).new.\(getpid()).\(UInt32.random(in: 0 ... .max))"
    // HEAD names a branch that no repository has, so that git never takes settings (`.gitmodules`) from a HEAD commit.
    var words = ["init", "--quiet", "--bare", "--template=", "--initial-branch=doc-healing-no-branch"]
    if format == .sha256 { words.append("--object-format=sha256") }
    _ = try repository.git.run(words + [temporary])
    // Another process may have been first; its mirror is as good, and ours is empty.
    if rename(temporary, directory) != 0 {
      let code = errno
      removeFolder(temporary)
      if code != ENOTEMPTY && code != EEXIST { throw systemError("cannot make the mirror \(shown(directory))", code) }
    }
  }
}

extension GitRepository {
  /// Takes the mirror's lock; nil for a repository that is no mirror.
  func lock(patience: Duration) throws(WorkspaceError) -> FileLock? {
    guard let lockPath else { return nil }
    return try FileLock(lockPath, patience: patience, cancellation: git.cancellation)
  }
}

/// Makes a folder, readable by this user alone, and those that lead to it.
private func makeFolders(_ path: String) throws(WorkspaceError) {
  if mkdir(path, 0o700) == 0 || errno == EEXIST && isDirectory(path) { return }
  guard errno == ENOENT, path != "/", !path.isEmpty else { throw systemError("cannot make the folder \(shown(path))", errno) }
  try makeFolders(path.contains("/") ? parent(of: path) : ".")
  guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw systemError("cannot make the folder \(shown(path))", errno) }
}

private func countFiles(_ folder: String) -> Int { folderNames(folder).count }

private func removeFolder(_ path: String) {
  for name in folderNames(path) {
    let child = "\(path)/\(name)"
    if fileKind(child) == S_IFDIR { removeFolder(child) } else { unlink(child) }
  }
  rmdir(path)
}

/// Removes `*.lock` beside refs and configuration; objects are left alone.
private func removeStaleLocks(below folder: String, depth: Int) -> Int {
  guard depth < 64 else { return 0 }
  var removed = 0
  for name in folderNames(folder) where depth > 0 || name != "objects" {
    let child = "\(folder)/\(name)"
    if fileKind(child) == S_IFDIR {
      removed += removeStaleLocks(below: child, depth: depth + 1)
    } else if name.hasSuffix(".lock"), unlink(child) == 0 {
      removed += 1
    }
  }
  return removed
}
