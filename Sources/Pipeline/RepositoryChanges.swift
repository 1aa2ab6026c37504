// From commits to the change that the engine looks at.

import Domain
import Workspace

extension GitRepository {
  /// How far back a base is looked for when none is given: far enough to catch what a few weeks broke, near enough that the
  /// difference is small.
  static let historyReach = 100

  /// The commit `historyReach` first parents before `head`, or the first one of a shorter history; nil for a root commit.
  public func earlierCommit(than head: ObjectID) throws -> ObjectID? {
    try firstParents(of: head, limit: Self.historyReach + 1).last.map(\.id).flatMap { $0 == head ? nil : $0 }
  }

  /// How many commits a base may lie back and still be taken at its word although nobody named it.
  static let trustedReach = 20

  /// Whether `base`, found by `earlierCommit`, lies far back.
  public func isFar(_ base: ObjectID, from head: ObjectID) throws -> Bool {
    try !firstParents(of: head, limit: Self.trustedReach + 1).contains { $0.id == base }
  }

  /// Two commits and what differs; without a base the head alone.
  public func change(base: ObjectID?, head: ObjectID) throws -> Change {
    let new = try tree(at: head)
    guard let base else { return Change(base: nil, head: new, files: []) }
    let (old, files) = try change(from: base, to: new)
    return Change(base: old, head: new, files: files)
  }
}
