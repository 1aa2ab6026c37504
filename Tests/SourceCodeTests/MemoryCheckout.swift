// Trees written as literals.

import Domain

@testable import SourceCode

/// A tree in memory. A blob's name is made from its bytes, so equal files share one, as in git.
struct MemoryCheckout: Checkout {
  struct Missing: Error {}

  var commit: ObjectID? { nil }
  let entries: [TreeEntry]
  private let blobs: [ObjectID: [UInt8]]

  init(_ files: [String: String]) { self.init(bytes: files.mapValues { Array($0.utf8) }) }

  init(bytes files: [String: [UInt8]]) {
    var blobs: [ObjectID: [UInt8]] = [:]
    var entries: [TreeEntry] = []
    for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
      guard let blob = Self.name(of: bytes) else { continue }
      blobs[blob] = bytes
      entries.append(TreeEntry(path: path, kind: .file, blob: blob, size: bytes.count))
    }
    self.blobs = blobs
    self.entries = entries
  }

  private static func name(of bytes: [UInt8]) -> ObjectID? {
    let hex = String(identifierHash(bytes), radix: 16) + String(identifierHash(bytes.reversed()), radix: 16)
    return ObjectID(hex + String(repeating: "0", count: 40 - hex.count))
  }

  func entry(at path: String) -> TreeEntry? { entries.first { $0.path == path } }

  func read(_ entry: TreeEntry, limit: Int) throws -> [UInt8] {
    guard let bytes = blobs[entry.blob], bytes.count <= limit else { throw Missing() }
    return bytes
  }
}

/// The change between two literals; files whose path is only on one side are added or removed, unless `moves` pairs them.
func change(_ old: [String: String], _ new: [String: String], moves: [String: String] = [:]) -> Change {
  let (base, head) = (MemoryCheckout(old), MemoryCheckout(new))
  var files: [FileChange] = []
  for path in Set(old.keys).union(new.keys).sorted() where !moves.keys.contains(path) {
    let source = moves.first { $0.value == path }?.key
    let (before, after) = (base.entry(at: source ?? path), head.entry(at: path))
    guard before?.blob != after?.blob || source != nil else { continue }
    let kind: FileChange.Kind = source.map { .renamed(from: $0) } ?? (before == nil ? .added : after == nil ? .removed : .modified)
    files.append(FileChange(path: path, kind: kind, old: before, new: after))
  }
  return Change(base: base, head: head, files: files)
}

/// The analysis between two literals.
func analysis(_ old: [String: String], _ new: [String: String], moves: [String: String] = [:]) throws -> ChangeAnalysis {
  try ChangeAnalysis(change: change(old, new, moves: moves), cache: MemoryFactsCache())
}

/// A generator whose numbers a seed decides (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }
}
