// A checkout written down in a test.

import Domain

/// Files in memory as a `Checkout`. Blobs are named by a hash of their bytes (not git's), so equal bytes have equal names.
public struct LiteralTree: Checkout {
  public struct Missing: Error, CustomStringConvertible {
    public var description: String
  }

  public let commit: ObjectID?
  public let entries: [TreeEntry]
  private let contents: [String: [UInt8]]

  public init(_ files: [String: String], commit: ObjectID? = nil) {
    self.init(bytes: files.mapValues { Array($0.utf8) }, commit: commit)
  }

  /// - Parameter kinds: entries that are no plain files.
  public init(bytes files: [String: [UInt8]], kinds: [String: TreeEntry.Kind] = [:], commit: ObjectID? = nil) {
    self.commit = commit
    contents = files
    entries = files.keys.sorted().map { path in
      let bytes = files[path] ?? []
      return TreeEntry(path: path, kind: kinds[path] ?? .file, blob: contentName(bytes), size: bytes.count)
    }
  }

  public func entry(at path: String) -> TreeEntry? { entries.first { $0.path == path } }

  public func read(_ entry: TreeEntry, limit: Int) throws -> [UInt8] {
    guard let bytes = contents[entry.path] else { throw Missing(description: "no file \(entry.path)") }
    guard bytes.count <= limit else { throw Missing(description: "\(entry.path) has \(bytes.count) bytes, more than \(limit)") }
    return bytes
  }

  /// What differs from `base` to this tree, without rename detection.
  public func changes(since base: LiteralTree) -> [FileChange] {
    Set(entries.map(\.path) + base.entries.map(\.path)).sorted().compactMap { path in
      let (old, new) = (base.entry(at: path), entry(at: path))
      if old?.blob == new?.blob, old?.kind == new?.kind { return nil }
      return FileChange(path: path, kind: old == nil ? .added : new == nil ? .removed : .modified, old: old, new: new)
    }
  }
}

/// An object name made of a number, for tests that need one: `objectID(7)` is 39 zeros and a 7.
public func objectID(_ number: Int) -> ObjectID {
  let digits = String(number, radix: 16)
  guard let id = ObjectID(String(repeating: "0", count: 40 - digits.count) + digits) else { preconditionFailure("not hexadecimal") }
  return id
}

/// 40 hexadecimal digits out of three FNV-1a hashes with different beginnings.
private func contentName(_ bytes: [UInt8]) -> ObjectID {
  let digits = [UInt64(0xcbf2_9ce4_8422_2325), 0x9ae1_6a3b_2f90_404f, 0x1234_5678_9abc_def1].map { start in
    var hash = start
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let text = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
  guard let id = ObjectID(String(digits.joined().prefix(40))) else { preconditionFailure("not hexadecimal") }
  return id
}
