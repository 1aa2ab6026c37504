// A checkout that was never checked out: the tree of a commit, read from the object database. Nothing is written to disk,
// so filters, attributes, symbolic links, submodules and names that collide on some file system have no effect.

import Domain

/// The read-only tree of one commit.
public final class GitTree: Checkout {
  /// The commit; nil for a tree that no commit was named for.
  public let commit: ObjectID?
  /// Every entry in git's order: by the bytes of the path.
  public let entries: [TreeEntry]
  /// Whether the paths are git's own, none repaired.
  let isExact: Bool
  private let reader: ObjectReader

  init(commit: ObjectID?, entries: [TreeEntry], isExact: Bool = true, reader: ObjectReader) {
    self.commit = commit
    self.isExact = isExact
    self.entries = entries
    self.reader = reader
  }

  public func entry(at path: String) -> TreeEntry? { entries.entry(at: path) }

  /// Throws `unknownRevision` when the object is not there (a submodule's never is), `tooLarge` above `limit` bytes.
  public func read(_ entry: TreeEntry, limit: Int) throws -> [UInt8] { try bytes(of: entry, limit: limit) }

  func bytes(of entry: TreeEntry, limit: Int) throws(WorkspaceError) -> [UInt8] {
    guard entry.kind != .submodule else {
      throw WorkspaceError(.unknownRevision, "\(shown(entry.path)) is a submodule: its content is not in this repository")
    }
    guard entry.size <= limit else {
      throw WorkspaceError(.tooLarge, "\(shown(entry.path)) has \(entry.size) bytes, more than the limit of \(limit)")
    }
    guard let object = try reader.object(entry.blob, limit: limit), object.type == "blob" else {
      throw WorkspaceError(.unknownRevision, "the content of \(shown(entry.path)) (\(entry.blob.short)) is missing")
    }
    return object.bytes
  }
}

extension Array where Element == TreeEntry {
  /// The entry at exactly this path, by bytes (Swift's own comparison would take "é" in two spellings for one), of entries
  /// sorted by them.
  func entry(at path: String) -> TreeEntry? {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if precedes(self[middle].path, path) { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low].path.utf8.elementsEqual(path.utf8) ? self[low] : nil
  }
}

/// The order of paths everywhere in this target.
func precedes(_ left: String, _ right: String) -> Bool { left.utf8.lexicographicallyPrecedes(right.utf8) }

/// Reads what git prints with `-z`.
enum TreeListing {
  /// `ls-tree -r -z -l --full-tree`: `mode SP type SP object SP size TAB path NUL`.
  static func parse(_ output: [UInt8]) throws(WorkspaceError) -> (entries: [TreeEntry], isExact: Bool) {
    var entries: [TreeEntry] = []
    var repaired = false
    for record in output.split(separator: 0) {
      guard let tab = record.firstIndex(of: 0x09) else { throw malformed }
      let fields = String(decoding: record[..<tab], as: UTF8.self).split(separator: " ")
      guard fields.count == 4, let mode = Mode(fields[0]), let id = ObjectID(String(fields[2])) else { throw malformed }
      let pathBytes = record[(tab + 1)...]
      let path = String(decoding: pathBytes, as: UTF8.self)
      if path.utf8.count != pathBytes.count { repaired = true }
      entries.append(TreeEntry(path: path, kind: mode.kind, blob: id, size: Int(fields[3]) ?? 0))
    }
    return (repaired ? entries.sorted { precedes($0.path, $1.path) } : entries, !repaired)
  }

  private static var malformed: WorkspaceError { WorkspaceError(.malformed, "git ls-tree gave a line that cannot be understood") }

  /// What git's file modes mean; nil for folders and absence (`000000`).
  struct Mode {
    let kind: TreeEntry.Kind
    init?(_ text: Substring) {
      switch text {
      case "100644", "100664", "100600": kind = .file
      case "100755": kind = .executable
      case "120000": kind = .symlink
      case "160000": kind = .submodule
      default: return nil
      }
    }
  }
}
