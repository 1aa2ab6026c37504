// What differs between two commits, by path, with git's rename detection.

import Domain

extension GitRepository {
  /// The files that differ from one tree of this repository to another, sorted by path. Content is only compared by git
  /// itself to find renames; no filter, textconv or external diff runs.
  public func changes(from base: GitTree, to head: GitTree) throws(WorkspaceError) -> [FileChange] {
    guard let old = base.commit, let new = head.commit else {
      throw WorkspaceError(.unknownRevision, "cannot compare trees that are no commit's")
    }
    let options = ["-r", "-z", "-M", "-l1000", "--raw", "--no-abbrev", "--no-commit-id"]
    let listing = try run(Self.diffTree + options + [old.hex, new.hex], outputLimit: Self.listingLimit)
    return try RawDiff.parse(listing.output, base: base, head: head)
  }

  /// Without anything that the repository could have a say in: `--ignore-submodules=none` keeps git from reading
  /// `.gitmodules`, in which a mistake is fatal.
  static let diffTree = ["diff-tree", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none"]
}

/// `:mode mode object object status NUL path NUL [path NUL]` (git-diff-tree(1), "raw output format").
private enum RawDiff {
  static func parse(_ output: [UInt8], base: GitTree, head: GitTree) throws(WorkspaceError) -> [FileChange] {
    var fields = output.split(separator: 0, omittingEmptySubsequences: false).makeIterator()
    var changes: [FileChange] = []
    while let description = fields.next(), !description.isEmpty {
      let words = String(decoding: description.dropFirst(), as: UTF8.self).split(separator: " ")
      guard description.first == UInt8(ascii: ":"), words.count == 5, let status = words[4].first, let path = fields.next() else {
        throw WorkspaceError(.malformed, "git diff-tree gave a line that cannot be understood")
      }
      let first = String(decoding: path, as: UTF8.self)
      let second = status == "R" || status == "C" ? fields.next().map { String(decoding: $0, as: UTF8.self) } : nil
      changes.append(try change(status, first, second, base, head))
    }
    return changes.sorted { precedes($0.path, $1.path) }
  }

  private static func change(
    _ status: Character, _ path: String, _ newPath: String?, _ base: GitTree, _ head: GitTree
  ) throws(WorkspaceError) -> FileChange {
    switch (status, newPath) {
    case ("A", nil): return FileChange(path: path, kind: .added, old: nil, new: head.entry(at: path))
    case ("D", nil): return FileChange(path: path, kind: .removed, old: base.entry(at: path), new: nil)
    case ("M", nil), ("T", nil):
      return FileChange(path: path, kind: .modified, old: base.entry(at: path), new: head.entry(at: path))
    case ("R", .some(let new)):
      return FileChange(path: new, kind: .renamed(from: path), old: base.entry(at: path), new: head.entry(at: new))
    default: throw WorkspaceError(.malformed, "git diff-tree gave the status \(status)")
    }
  }
}
