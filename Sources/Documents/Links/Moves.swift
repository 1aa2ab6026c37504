// Where files and folders of the base are in the head.
//
// Sources, the surest first: git's own pairs (the file was moved, and perhaps edited), a file with the same bytes elsewhere, the folder
// that went with all its files, the only new file of that name or of these words, the new page that has most of its lines. A pair that
// git made of two files with different names is only as good as their likeness: a page that was split is paired with one of its parts,
// and short files with the same licence header look alike.

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

  /// The share of a file's lines that another has, old and new path given; nil when either cannot be read.
  private let commonLines: @Sendable (String, String) -> Double?

  init(
    _ changes: [FileChange], base: PathIndex, head: PathIndex,
    commonLines: @escaping @Sendable (String, String) -> Double? = { _, _ in nil }
  ) {
    self.base = base
    self.head = head
    self.commonLines = commonLines
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
    if let pair = files[old], head.hasFile(pair.path) { return weighed(old, pair.path, pair.confidence) }
    if let carried = carried(old) { return carried }
    return only(sameName(old), "the only new file of that name") ?? only(sameWords(old), "the only new page with these words")
      ?? bySection(old)
  }

  /// A pair of git's, its names and its lines considered.
  private func weighed(_ old: String, _ new: String, _ confidence: Double) -> Move? {
    let evidence = Evidence("`\(old)` moved to `\(new)`", path: new)
    guard confidence < Self.alike, PageNames.isPage(old) else { return Move(path: new, confidence: confidence, evidence: evidence) }
    let others = sameWords(old) + sameName(old)
    guard others.allSatisfy({ $0 == new }), let share = commonLines(old, new) else {
      return others.isEmpty ? Move(path: new, confidence: confidence, evidence: evidence) : nil
    }
    return share < 0.3 ? nil : Move(path: new, confidence: share >= 0.8 ? 0.95 : share >= 0.6 ? 0.85 : 0.65, evidence: evidence)
  }

  private func only(_ candidates: [String], _ why: String) -> Move? {
    guard candidates.count == 1, let new = candidates.first else { return nil }
    return Move(path: new, confidence: 0.85, evidence: Evidence("`\(new)` is \(why)", path: new))
  }

  /// New files with the old one's name, when it was the only one of that name that went.
  private func sameName(_ old: String) -> [String] {
    let name = PathIndex.name(of: old)
    guard base.files(named: name).count(where: { !head.hasFile($0) }) == 1 else { return [] }
    return head.files(named: name).filter(added.contains)
  }

  /// New pages whose last two components have the words of the old one's name: `about-rules.md`, `rules/about.md`, `about_rules.mdx`.
  private func sameWords(_ old: String) -> [String] {
    guard PageNames.isPage(old), added.count <= Self.maximumPages else { return [] }
    let words = Self.words(PathIndex.name(of: old))
    return added.filter { new in
      guard PageNames.isPage(new) else { return false }
      let name = PathIndex.name(of: new)
      let stem = Self.words(name)
      return stem == words
        || (stem.isStrictSubset(of: words)
          && stem.union(Self.words(PathIndex.name(of: String(PathIndex.folder(of: new[...])) + ".x"))) == words)
    }.sorted()
  }

  /// The words of a file's name, its extension left out.
  private static func words(_ name: Substring) -> Set<String> {
    Set(name.dropLast(PageNames.fileExtension(name).count).lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init))
  }

  /// The new page that has most of the old one's lines, where none else has many.
  private func bySection(_ old: String) -> Move? {
    guard PageNames.isPage(old), base.hasFile(old), added.count <= Self.maximumPages else { return nil }
    let shares = added.filter(PageNames.isPage).sorted().compactMap { new in commonLines(old, new).map { (new, $0) } }.sorted {
      $0.1 > $1.1
    }
    guard let best = shares.first, best.1 >= 0.5, shares.dropFirst().first.map({ $0.1 < best.1 / 2 }) ?? true else { return nil }
    let evidence = Evidence("`\(best.0)` is new and has \(Int(best.1 * 100)) % of the lines of `\(old)`", path: best.0)
    return Move(path: best.0, confidence: best.1 >= 0.8 ? 0.93 : 0.8, evidence: evidence)
  }

  /// New files among which a page without a pair is looked for.
  private static let maximumPages = 400
  /// From here on names alone are enough.
  private static let alike = 0.95

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
