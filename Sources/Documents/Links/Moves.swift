// Where files and folders of the base are in the head.
//
// Three sources, the surest first: git's own pairs (the file was moved, and perhaps edited), a file with the same bytes elsewhere, the
// only new file of that name. A folder went where most of its files went, if they went together. A pair that git made of two files
// with different names is only as good as their likeness: short files with the same licence header look alike.

import Domain

/// Where a file or folder of the base is now.
public struct Move: Sendable, Hashable {
  public let path: String
  /// The share of such moves that are right.
  public let confidence: Double
  public let evidence: Evidence

  public init(path: String, confidence: Double, evidence: Evidence) {
    self.path = path
    self.confidence = confidence
    self.evidence = evidence
  }
}

/// What a change moved.
public struct Moves: Sendable {
  private let base: PathIndex
  private let head: PathIndex
  /// New path and how sure, by old path.
  private var files: [String: (path: String, confidence: Double)] = [:]
  private var oldPaths: [String: String] = [:]
  /// For folders of the base that the head has not: files that went to the same place under another folder, by that folder.
  private var folders: [String: [String: Int]] = [:]
  /// Files of the head that the base had not.
  private var added: Set<String> = []
  private var addedByBlob: [ObjectID: [String]] = [:]
  private var removedBlobs: [String: ObjectID] = [:]

  init(_ changes: [FileChange], base: PathIndex, head: PathIndex) {
    self.base = base
    self.head = head
    for change in changes {
      switch change.kind {
      case .renamed(let old): addRename(old, change)
      case .added:
        added.insert(change.path)
        if let blob = change.new?.blob, change.new?.size ?? 0 > 0 { addedByBlob[blob, default: []].append(change.path) }
      case .removed: removedBlobs[change.path] = change.old?.blob
      case .modified: break
      }
    }
    for (old, blob) in removedBlobs {
      guard let same = addedByBlob[blob], same.count == 1, let new = same.first else { continue }
      note(old, new, 0.97)
    }
  }

  private mutating func addRename(_ old: String, _ change: FileChange) {
    added.insert(change.path)
    let isSame = change.old?.blob == change.new?.blob
    note(old, change.path, isSame ? 0.99 : Self.likeness(old, change.path))
  }

  /// How sure a pair of git's is by its names.
  private static func likeness(_ old: String, _ new: String) -> Double {
    let (first, second) = (PathIndex.name(of: old), PathIndex.name(of: new))
    if first == second { return 0.98 }
    let extensions = (PageNames.fileExtension(old), PageNames.fileExtension(new))
    let (stem, other) = (first.dropLast(extensions.0.count).lowercased(), second.dropLast(extensions.1.count).lowercased())
    if stem == other || stem.utf8.filter({ $0 != 45 && $0 != 95 }) == other.utf8.filter({ $0 != 45 && $0 != 95 }) { return 0.97 }
    let common = stem.commonPrefix(with: other).utf8.count + String(stem.reversed()).commonPrefix(with: String(other.reversed())).utf8.count
    let share = Double(min(common, min(stem.utf8.count, other.utf8.count))) / Double(max(1, min(stem.utf8.count, other.utf8.count)))
    if share >= 0.6 || stem.contains(other) || other.contains(stem) { return 0.95 }
    return PathIndex.folder(of: old[...]) == PathIndex.folder(of: new[...]) ? 0.9 : 0.7
  }

  private mutating func note(_ old: String, _ new: String, _ confidence: Double) {
    files[old] = (new, confidence)
    oldPaths[new] = old
    var (from, to) = (old[...], new[...])
    while !from.isEmpty, !to.isEmpty, PathIndex.name(of: String(from)) == PathIndex.name(of: String(to)) {
      (from, to) = (PathIndex.folder(of: from), PathIndex.folder(of: to))
      if from == to { break }
      folders[String(from), default: [:]][String(to), default: 0] += 1
    }
  }

  /// What a file of the head was called at the base; its own path when it did not move.
  func oldPath(of new: String) -> String { oldPaths[new] ?? new }

  /// Where a file of the base is now; nil when it is gone, or nobody can say.
  public func file(_ old: String) -> Move? {
    if let pair = files[old], head.hasFile(pair.path) {
      return Move(path: pair.path, confidence: pair.confidence, evidence: Evidence("`\(old)` moved to `\(pair.path)`", path: pair.path))
    }
    if let carried = carried(old) { return carried }
    let name = PathIndex.name(of: old)
    let candidates = head.files(named: name).filter(added.contains)
    guard candidates.count == 1, let new = candidates.first, base.files(named: name).filter({ !head.hasFile($0) }).count == 1 else {
      return nil
    }
    return Move(path: new, confidence: 0.85, evidence: Evidence("`\(new)` is new, and the only new file of that name", path: new))
  }

  /// The file went along with its folder, although its content was rewritten.
  private func carried(_ old: String) -> Move? {
    var folder = PathIndex.folder(of: old[...])
    while !folder.isEmpty {
      if let move = self.folder(String(folder)) {
        let new = (move.path.isEmpty ? "" : move.path + "/") + old.dropFirst(folder.count + 1)
        if head.hasFile(new) { return Move(path: new, confidence: 0.93, evidence: move.evidence) }
      }
      folder = PathIndex.folder(of: folder)
    }
    return nil
  }

  /// Where a folder of the base is now, when its files went together and none is left; nil otherwise.
  public func folder(_ old: String) -> Move? {
    guard !head.hasFolder(old), let targets = folders[old] else { return nil }
    let total = targets.values.reduce(0, +)
    guard let best = targets.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }), best.value * 5 >= total * 4 else { return nil }
    guard best.key.isEmpty || head.hasFolder(best.key) else { return nil }
    let files = total == 1 ? "its file" : "\(best.value) of its files"
    return Move(
      path: best.key, confidence: total == 1 ? 0.85 : 0.97, evidence: Evidence("`\(old)/` moved to `\(best.key)/`: \(files) went there"))
  }
}

extension String {
  fileprivate func commonPrefix(with other: String) -> Substring {
    var end = startIndex
    var position = other.startIndex
    while end < endIndex, position < other.endIndex, self[end] == other[position] {
      end = index(after: end)
      position = other.index(after: position)
    }
    return self[..<end]
  }
}
