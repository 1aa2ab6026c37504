// Which versions the change moved: the manifests of both sides, fact by fact.

import Domain

/// A version that the change moved.
public struct VersionMove: Sendable, Hashable {
  public var subject: VersionSubject
  /// For the project: the names under which it is published.
  public var names: Set<String>
  public var old: String
  public var new: String
  /// In the head.
  public var path: String
  public var line: Int

  /// Whose version it is, for a message.
  public var owner: String {
    switch subject {
    case .project: names.min { ($0.utf8.count, $0) < ($1.utf8.count, $1) } ?? "the project"
    case .toolchain(let name), .dependency(let name): name
    }
  }
}

/// What the changed manifests say.
public struct ManifestMoves: Sendable {
  public private(set) var versions: [VersionMove] = []
  private var index = PrefixIndex([])

  /// Where a text spells an old version, in the order of its bytes.
  public func occurrences(in bytes: [UInt8]) -> [LiteralOccurrence] { index.occurrences(in: bytes) }

  init(_ change: Change, limits: AnalysisLimits) {
    guard let base = change.base else { return }
    var names: Set<String> = []
    for file in change.files {
      guard let old = file.old, let new = file.new, LiteralRole(path: new.path).isProject, old.size <= 1 << 20, new.size <= 1 << 20 else {
        continue
      }
      guard let before = (try? base.read(old, limit: 1 << 20)).flatMap({ ManifestFacts(path: old.path, bytes: $0) }) else { continue }
      guard let after = (try? change.head.read(new, limit: 1 << 20)).flatMap({ ManifestFacts(path: new.path, bytes: $0) }) else { continue }
      names.formUnion(after.names)
      for (subject, fact) in after.versions {
        guard let was = before.versions[subject], was.version != fact.version else { continue }
        versions.append(
          VersionMove(subject: subject, names: [], old: was.version, new: fact.version, path: new.path, line: fact.line))
      }
    }
    for index in versions.indices where versions[index].subject == .project { versions[index].names = names }
    versions = Self.consistent(versions)
    index = PrefixIndex(Set(versions.flatMap { VersionText.spellings($0.old) }))
  }

  /// One move for each subject and old version; none where manifests disagree, where the version went back, or is not released.
  private static func consistent(_ moves: [VersionMove]) -> [VersionMove] {
    struct Key: Hashable {
      var subject: VersionSubject
      var old: String
    }
    var groups: [Key: [VersionMove]] = [:]
    for move in moves { groups[Key(subject: move.subject, old: move.old), default: []].append(move) }
    return groups.values.compactMap { group in
      guard Set(group.map(\.new)).count == 1, let move = group.min(by: { $0.path < $1.path }) else { return nil }
      guard VersionText.isGreater(move.new, than: move.old) else { return nil }
      return VersionText.isPrerelease(move.new) && !VersionText.isPrerelease(move.old) ? nil : move
    }.sorted { ($0.path, $0.line) < ($1.path, $1.line) }
  }
}
