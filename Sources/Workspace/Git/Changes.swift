// What differs between two commits, by path, with git's rename detection.

import Domain

extension GitRepository {
  /// The files that differ from one tree of this repository to another, sorted by path. Content is only compared by git
  /// itself to find renames; no filter, textconv or external diff runs.
  public func changes(from base: GitTree, to head: GitTree) throws(WorkspaceError) -> [FileChange] {
    guard let old = base.commit, let new = head.commit else {
      throw WorkspaceError(.unknownRevision, "cannot compare trees that are no commit's")
    }
    let listing = try run(Self.diffTree + Self.rawOptions + [old.hex, new.hex], outputLimit: Self.listingLimit)
    return try RawDiff.parse(listing.output, base: base, head: head)
  }

  /// The tree of a commit and what differs from it to a later tree. The earlier tree is made of the later one and the difference:
  /// listing ten thousand files a second time costs more than a small change itself.
  public func change(from base: ObjectID, to head: GitTree) throws(WorkspaceError) -> (base: GitTree, files: [FileChange]) {
    guard let new = head.commit else { throw WorkspaceError(.unknownRevision, "cannot compare trees that are no commit's") }
    let listing = try run(Self.diffTree + Self.rawOptions + [base.hex, new.hex], outputLimit: Self.listingLimit)
    guard head.isExact, let old = try earlierEntries(try RawDiff.records(listing.output), head) else {
      let tree = try tree(at: base)
      return (tree, try RawDiff.parse(listing.output, base: tree, head: head))
    }
    let tree = GitTree(commit: base, entries: old, reader: reader)
    return (tree, try RawDiff.parse(listing.output, base: tree, head: head))
  }

  /// More changes than these are listed with their tree.
  private static let fewChanges = 2000

  /// The entries before some changes; nil when a listing is cheaper, or a path is no text.
  private func earlierEntries(_ records: [RawDiff.Record], _ head: GitTree) throws(WorkspaceError) -> [TreeEntry]? {
    guard records.count <= Self.fewChanges, records.allSatisfy(\.isExact) else { return nil }
    let sizes = try self.sizes(of: records.compactMap { $0.oldKind == .submodule ? nil : $0.oldBlob })
    var before: [(path: String, entry: TreeEntry?)] = []
    for record in records {
      if let path = record.newPath, path != record.oldPath { before.append((path, nil)) }
      guard let path = record.oldPath else { continue }
      guard let kind = record.oldKind, let blob = record.oldBlob else { return nil }
      before.append((path, TreeEntry(path: path, kind: kind, blob: blob, size: kind == .submodule ? 0 : sizes[blob] ?? 0)))
    }
    // Where a file took another's path, what was there before counts.
    before.sort { precedes($0.path, $1.path) || ($0.path.utf8.elementsEqual($1.path.utf8) && $0.entry == nil && $1.entry != nil) }
    var entries: [TreeEntry] = []
    entries.reserveCapacity(head.entries.count + before.count)
    var next = 0
    func take(_ index: Int) {
      guard let entry = before[index].entry else { return }
      entries.append(entry)
    }
    for entry in head.entries {
      while next < before.count, precedes(before[next].path, entry.path) {
        take(next)
        next += 1
      }
      guard next < before.count, before[next].path.utf8.elementsEqual(entry.path.utf8) else {
        entries.append(entry)
        continue
      }
      while next < before.count, before[next].path.utf8.elementsEqual(entry.path.utf8) {
        take(next)
        next += 1
      }
    }
    for index in next..<before.count { take(index) }
    return entries
  }

  /// The sizes of blobs; those that are missing are left out.
  private func sizes(of blobs: [ObjectID]) throws(WorkspaceError) -> [ObjectID: Int] {
    if blobs.isEmpty { return [:] }
    let input = Array(Set(blobs).map(\.hex).sorted().joined(separator: "\n").utf8) + [0x0A]
    let listing = try run(["cat-file", "--batch-check=%(objectname) %(objectsize)"], input: input)
    var sizes: [ObjectID: Int] = [:]
    for line in listing.output.split(separator: 0x0A) {
      let words = String(decoding: line, as: UTF8.self).split(separator: " ")
      guard words.count == 2, let id = ObjectID(String(words[0])), let size = Int(words[1]) else { continue }
      sizes[id] = size
    }
    return sizes
  }

  private static let rawOptions = ["-r", "-z", "-M", "-l1000", "--raw", "--no-abbrev", "--no-commit-id"]

  /// Without anything that the repository could have a say in: `--ignore-submodules=none` keeps git from reading
  /// `.gitmodules`, in which a mistake is fatal.
  static let diffTree = ["diff-tree", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none"]
}

/// `:mode mode object object status NUL path NUL [path NUL]` (git-diff-tree(1), "raw output format").
private enum RawDiff {
  /// One line of the listing.
  struct Record {
    var status: Character
    /// Nil when the side has no such file.
    var oldPath: String?
    var newPath: String?
    var oldKind: TreeEntry.Kind?
    var oldBlob: ObjectID?
    /// Whether both paths are text as git has them.
    var isExact: Bool
  }

  static func records(_ output: [UInt8]) throws(WorkspaceError) -> [Record] {
    var fields = output.split(separator: 0, omittingEmptySubsequences: false).makeIterator()
    var records: [Record] = []
    while let description = fields.next(), !description.isEmpty {
      let words = String(decoding: description.dropFirst(), as: UTF8.self).split(separator: " ")
      guard description.first == UInt8(ascii: ":"), words.count == 5, let status = words[4].first, let path = fields.next() else {
        throw WorkspaceError(.malformed, "git diff-tree gave a line that cannot be understood")
      }
      let second = status == "R" || status == "C" ? fields.next() : nil
      let paths = [path, second ?? path].map { String(decoding: $0, as: UTF8.self) }
      let isExact = paths[0].utf8.count == path.count && paths[1].utf8.count == (second ?? path).count
      records.append(
        Record(
          status: status, oldPath: status == "A" ? nil : paths[0], newPath: status == "D" ? nil : paths[1],
          oldKind: TreeListing.Mode(words[0])?.kind, oldBlob: ObjectID(String(words[2])), isExact: isExact))
    }
    return records
  }

  static func parse(_ output: [UInt8], base: GitTree, head: GitTree) throws(WorkspaceError) -> [FileChange] {
    var changes: [FileChange] = []
    for record in try records(output) {
      let isMove = record.status == "R" || record.status == "C"
      changes.append(
        try change(record.status, record.oldPath ?? record.newPath ?? "", isMove ? record.newPath : nil, base, head))
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
