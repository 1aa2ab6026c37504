// Walks a history and makes its trees (History.swift says why).

import Domain
import Synchronization

/// The tree of one commit of a walk. What was read is kept for the trees that follow.
public final class HistoryTree: Checkout {
  public let commit: ObjectID?
  public let entries: [TreeEntry]
  private let blobs: BlobCache

  init(commit: ObjectID, entries: [TreeEntry], blobs: BlobCache) {
    self.commit = commit
    self.entries = entries
    self.blobs = blobs
  }

  public func entry(at path: String) -> TreeEntry? { entries.entry(at: path) }

  /// Throws as `GitTree.read` does.
  public func read(_ entry: TreeEntry, limit: Int) throws -> [UInt8] { try blobs.bytes(of: entry, limit: limit) }
}

/// Gives the steps of a history, oldest first. Not for two threads at once; the trees that it gives are.
public struct HistoryWalk {
  /// All that are walked.
  public let history: [HistoryEntry]
  private let repository: GitRepository
  private let blobs: BlobCache
  private var position = 0
  private var tree: HistoryTree?
  private var pending: [ObjectID: [RawChange]] = [:]
  private var sizes: [ObjectID: Int] = [:]
  private var fetched = 0

  /// Commits that one process is asked about.
  private static let batch = 200
  /// A blob that the repository lacks: larger than anybody reads.
  private static let absent = Int.max

  /// - Parameters:
  ///   - history: as `GitRepository.history` gives it.
  ///   - cachedBytes: bytes of blobs that are kept for later trees.
  public init(_ history: [HistoryEntry], in repository: GitRepository, cachedBytes: Int = 48 << 20) {
    self.history = history
    self.repository = repository
    blobs = BlobCache(reader: repository.reader, limit: cachedBytes)
  }

  /// The tree before the first step: what was there when the walk began; nil when it begins with nothing.
  public mutating func start() throws(WorkspaceError) -> HistoryTree? {
    guard position == 0, tree == nil, let parent = history.first?.parent else { return tree }
    let start = try listed(parent)
    tree = start
    return start
  }

  /// The next step; nil after the last.
  public mutating func next() throws(WorkspaceError) -> HistoryStep? {
    guard position < history.count else { return nil }
    let base = try start()
    let entry = history[position]
    guard let base, entry.parent == base.commit else {
      let head = try listed(entry.id)
      (tree, position) = (head, position + 1)
      return HistoryStep(entry: entry, base: nil, head: head, files: [])
    }
    if position >= fetched { try fetch() }
    let changes = (pending.removeValue(forKey: entry.id) ?? []).sorted { precedes($0.path, $1.path) }
    let head = HistoryTree(commit: entry.id, entries: TreeDelta.applied(changes, to: base.entries, sizes: sizes), blobs: blobs)
    let files = changes.map { $0.fileChange(base, head) }
    (tree, position) = (head, position + 1)
    return HistoryStep(entry: entry, base: base, head: head, files: files)
  }

  private func listed(_ id: ObjectID) throws(WorkspaceError) -> HistoryTree {
    HistoryTree(commit: id, entries: try repository.tree(at: id).entries, blobs: blobs)
  }

  /// Asks git about the next commits.
  private mutating func fetch() throws(WorkspaceError) {
    let entries = history[position...].prefix(Self.batch)
    let input = entries.compactMap { entry in entry.parent.map { "\(entry.id.hex) \($0.hex)\n" } }.joined()
    let options = ["--stdin", "-r", "-z", "-M", "-l1000", "--raw", "--no-abbrev"]
    let output = try repository.run(GitRepository.diffTree + options, input: Array(input.utf8), outputLimit: GitRepository.listingLimit)
    pending = try RawHistory.parse(output.output)
    sizes = try measured(Set(pending.values.joined().compactMap(\.blob)))
    fetched = position + entries.count
  }

  private func measured(_ blobs: Set<ObjectID>) throws(WorkspaceError) -> [ObjectID: Int] {
    guard !blobs.isEmpty else { return [:] }
    let input = blobs.map { $0.hex + "\n" }.joined()
    let output = try repository.run(["cat-file", "--batch-check=%(objectname) %(objectsize)"], input: Array(input.utf8))
    var sizes: [ObjectID: Int] = [:]
    for line in output.output.split(separator: 0x0A) {
      let words = String(decoding: line, as: UTF8.self).split(separator: " ")
      guard words.count == 2, let id = ObjectID(String(words[0])) else { continue }
      sizes[id] = Int(words[1]) ?? Self.absent
    }
    return sizes
  }
}

/// A line of `git diff-tree --raw`.
struct RawChange {
  var path: String
  /// What it was called.
  var oldPath: String?
  var isRemoved = false
  var isAdded = false
  var kind: TreeEntry.Kind?
  var newBlob: ObjectID

  /// The blob whose size must be known.
  var blob: ObjectID? { isRemoved || kind == .submodule ? nil : newBlob }

  func fileChange(_ base: HistoryTree, _ head: HistoryTree) -> FileChange {
    if isRemoved { return FileChange(path: path, kind: .removed, old: base.entry(at: path), new: nil) }
    if isAdded { return FileChange(path: path, kind: .added, old: nil, new: head.entry(at: path)) }
    return FileChange(
      path: path, kind: oldPath.map { .renamed(from: $0) } ?? .modified, old: base.entry(at: oldPath ?? path), new: head.entry(at: path))
  }
}

/// `commit NUL`, then for each file `:mode mode object object status NUL path NUL [path NUL]`.
private enum RawHistory {
  static func parse(_ output: [UInt8]) throws(WorkspaceError) -> [ObjectID: [RawChange]] {
    var fields = output.split(separator: 0).makeIterator()
    var changes: [ObjectID: [RawChange]] = [:]
    var current: ObjectID?
    while let field = fields.next() {
      guard field.first == UInt8(ascii: ":") else {
        guard let id = ObjectID(String(decoding: field, as: UTF8.self)) else { throw malformed }
        current = id
        continue
      }
      let words = String(decoding: field.dropFirst(), as: UTF8.self).split(separator: " ")
      guard let current, words.count == 5, let status = words[4].first, let blob = ObjectID(String(words[3])), let path = fields.next()
      else { throw malformed }
      let second = status == "R" || status == "C" ? fields.next() : nil
      changes[current, default: []].append(try change(status, words[1], blob, path, second))
    }
    return changes
  }

  private static func change(
    _ status: Character, _ mode: Substring, _ blob: ObjectID, _ first: ArraySlice<UInt8>, _ second: ArraySlice<UInt8>?
  ) throws(WorkspaceError) -> RawChange {
    let path = String(decoding: first, as: UTF8.self)
    let kind = TreeListing.Mode(mode)?.kind
    switch (status, second) {
    case ("A", nil): return RawChange(path: path, isAdded: true, kind: kind, newBlob: blob)
    case ("D", nil): return RawChange(path: path, isRemoved: true, newBlob: blob)
    case ("M", nil), ("T", nil): return RawChange(path: path, kind: kind, newBlob: blob)
    case ("R", let second?): return RawChange(path: String(decoding: second, as: UTF8.self), oldPath: path, kind: kind, newBlob: blob)
    default: throw malformed
    }
  }

  private static var malformed: WorkspaceError { WorkspaceError(.malformed, "git diff-tree gave a line that cannot be understood") }
}

/// Makes a tree's entries of those before it.
private enum TreeDelta {
  /// - Parameter changes: sorted by path.
  static func applied(_ changes: [RawChange], to old: [TreeEntry], sizes: [ObjectID: Int]) -> [TreeEntry] {
    guard !changes.isEmpty else { return old }
    let gone = Set(
      changes.lazy.filter { $0.isRemoved }.map { Array($0.path.utf8) } + changes.compactMap { $0.oldPath.map { Array($0.utf8) } })
    var result: [TreeEntry] = []
    result.reserveCapacity(old.count + changes.count)
    var next = 0
    for change in changes {
      while next < old.count, precedes(old[next].path, change.path) {
        if gone.isEmpty || !gone.contains(Array(old[next].path.utf8)) { result.append(old[next]) }
        next += 1
      }
      if next < old.count, old[next].path.utf8.elementsEqual(change.path.utf8) { next += 1 }
      guard !change.isRemoved, let kind = change.kind else { continue }
      let size = kind == .submodule ? 0 : sizes[change.newBlob] ?? Int.max
      result.append(TreeEntry(path: change.path, kind: kind, blob: change.newBlob, size: size))
    }
    for entry in old[next...] where gone.isEmpty || !gone.contains(Array(entry.path.utf8)) { result.append(entry) }
    return result
  }
}

/// Blobs that were read, the least recently used of which go first.
final class BlobCache: Sendable {
  private struct State {
    var bytes: [ObjectID: (bytes: [UInt8], used: UInt64)] = [:]
    var total = 0
    var clock: UInt64 = 0
  }

  private let reader: ObjectReader
  private let limit: Int
  private let state = Mutex(State())

  init(reader: ObjectReader, limit: Int) {
    self.reader = reader
    self.limit = limit
  }

  func bytes(of entry: TreeEntry, limit: Int) throws(WorkspaceError) -> [UInt8] {
    guard entry.kind != .submodule else {
      throw WorkspaceError(.unknownRevision, "\(shown(entry.path)) is a submodule: its content is not in this repository")
    }
    guard entry.size <= limit else {
      throw WorkspaceError(.tooLarge, "\(shown(entry.path)) has \(entry.size) bytes, more than the limit of \(limit)")
    }
    if let known = known(entry.blob) { return known }
    guard let object = try reader.object(entry.blob, limit: limit), object.type == "blob" else {
      throw WorkspaceError(.unknownRevision, "the content of \(shown(entry.path)) (\(entry.blob.short)) is missing")
    }
    keep(object.bytes, entry.blob)
    return object.bytes
  }

  private func known(_ blob: ObjectID) -> [UInt8]? {
    state.withLock { state in
      guard let found = state.bytes[blob] else { return nil }
      state.clock += 1
      state.bytes[blob]?.used = state.clock
      return found.bytes
    }
  }

  private func keep(_ bytes: [UInt8], _ blob: ObjectID) {
    guard bytes.count <= limit / 8 else { return }
    state.withLock { state in
      state.clock += 1
      if state.bytes.updateValue((bytes, state.clock), forKey: blob) == nil { state.total += bytes.count }
      guard state.total > limit else { return }
      for (key, entry) in state.bytes.sorted(by: { $0.value.used < $1.value.used }) {
        if state.total <= limit * 3 / 4 { return }
        state.bytes[key] = nil
        state.total -= entry.bytes.count
      }
    }
  }
}
