// Repairs in a person's own checkout, for `heal --write` and `heal --commit`: files are replaced whole and only when they
// still are what was looked at; a commit is made without hooks or filters, on the branch that is checked out.

import Domain
import Glibc

/// One repaired file of a working tree.
public struct LocalRepair: Sendable {
  public var path: String
  /// What was looked at.
  public var original: [UInt8]
  public var repaired: [UInt8]

  public init(path: String, original: [UInt8], repaired: [UInt8]) {
    self.path = path
    self.original = original
    self.repaired = repaired
  }
}

extension GitRepository {
  /// Replaces files of the working tree, all or, when one of them is no longer what it was, none.
  /// Throws `notARepository` for a bare repository, `inputOutput`.
  public func write(_ repairs: [LocalRepair]) throws(WorkspaceError) {
    guard let workTree else { throw WorkspaceError(.notARepository, "\(shown(gitDirectory)) is bare: it has no working tree to write to") }
    let root = try FolderReader(workTree)
    for repair in repairs { try root.expect(repair.original, at: repair.path) }
    for repair in repairs { try root.replace(repair.path, with: repair.repaired) }
  }

  /// Commits the repaired files on the checked-out branch, and nothing else: other changes stay as they are, staged or not.
  /// Throws `refused` when HEAD is on no branch or one of the files has other changes that are not committed.
  public func commit(_ repairs: [LocalRepair], message: String, author: Commit.Signature) throws(WorkspaceError) -> ObjectID {
    guard let branch = try currentBranch(), let tip = try tip(of: branch) else {
      throw WorkspaceError(.refused, "cannot commit: HEAD is on no branch; check one out")
    }
    let base = try tree(at: tip)
    for repair in repairs {
      guard let entry = base.entry(at: repair.path), try base.bytes(of: entry, limit: repair.original.count) == repair.original else {
        throw WorkspaceError(.refused, "cannot commit: \(shown(repair.path)) has other changes; commit or stash them first")
      }
    }
    let files = repairs.map { NewCommit.File(path: $0.path, content: $0.repaired) }
    let commit = try write(NewCommit(base: base, files: files, message: message, author: author))
    do {
      _ = try run(["update-ref", "-m", "doc-healing: heal", branch.ref, commit.hex, tip.hex])
    } catch  where error.description.contains("cannot lock ref") {
      throw WorkspaceError(.leaseLost, "branch \(shown(branch.name)) has moved meanwhile")
    }
    try stage(repairs.map(\.path), of: try tree(at: commit))
    return commit
  }

  /// Makes the index agree with the commit on these paths.
  private func stage(_ paths: [String], of tree: GitTree) throws(WorkspaceError) {
    var lines: [UInt8] = []
    for path in paths {
      guard let entry = tree.entry(at: path) else { continue }
      lines += Array("\(entry.kind == .executable ? "100755" : "100644") \(entry.blob)\t\(path)".utf8) + [0]
    }
    _ = try run(["update-index", "-z", "--index-info"], input: lines)
  }
}

extension FolderReader {
  /// Throws unless the file has exactly these bytes.
  fileprivate func expect(_ bytes: [UInt8], at path: String) throws(WorkspaceError) {
    var content: [UInt8] = []
    try readFile(path) { size, chunk throws(WorkspaceError) in if content.count <= bytes.count { content += chunk } }
    guard content == bytes else { throw WorkspaceError(.inputOutput, "\(shown(path)) has changed while it was checked: try again") }
  }

  /// Puts a new file with the same mode in the place of the old one, in one step.
  fileprivate func replace(_ path: String, with bytes: [UInt8]) throws(WorkspaceError) {
    let (folder, name) = try openFolder(of: path)
    var status = stat()
    guard fstatat(folder.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw WorkspaceError(.inputOutput, "\(shown(path)) is not a regular file any more")
    }
    let temporary = ".doc-healing-\(String(UInt64.random(in: 0 ... .max), radix: 16))"
    let number = openat(folder.number, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, status.st_mode & 0o777)
    guard number >= 0 else { throw systemError("cannot write beside \(shown(path))", errno) }
    let file = try Descriptor(adopting: number)
    fchmod(file.number, status.st_mode & 0o7777)
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file.number, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return try giveUp(folder, temporary, path, errno) }
      rest = rest.dropFirst(count)
    }
    guard fsync(file.number) == 0, renameat(folder.number, temporary, folder.number, name) == 0 else {
      return try giveUp(folder, temporary, path, errno)
    }
  }

  private func giveUp(_ folder: Descriptor, _ temporary: String, _ path: String, _ code: Int32) throws(WorkspaceError) {
    unlinkat(folder.number, temporary, 0)
    throw systemError("cannot write \(shown(path))", code)
  }
}
