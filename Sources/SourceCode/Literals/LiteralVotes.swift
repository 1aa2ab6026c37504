// How often one text took another's place, and where.

import Domain

/// Counts replacements.
struct LiteralVotes {
  struct Pair: Hashable {
    var old: String
    var new: String
  }

  struct Tally {
    /// In the project's own code and data.
    var project = 0.0
    /// In tests, examples, comments and the tools' configuration.
    var other = 0.0
    /// On the line that declares the old one as an argument or a key.
    var declarations = 0
    /// Replacements, whatever they weigh.
    var count = 0
    var files = 0
    var lastFile = -1
    /// A place in the head that shows it.
    var path: String
    var line: Int

    var strength: Double { project + 0.6 * other }
  }

  private static let maximumPairs = 100_000
  private(set) var tallies: [Pair: Tally] = [:]
  private(set) var targets: [String: Set<String>] = [:]

  /// - Parameter weight: how sure the one replacement is.
  mutating func add(_ pair: Pair, weight: Double, file: Int, path: String, line: Int, isProject: Bool, isDeclaration: Bool = false) {
    guard pair.old != pair.new, !pair.old.isEmpty, !pair.new.isEmpty else { return }
    guard tallies[pair] != nil || tallies.count < Self.maximumPairs else { return }
    var tally = tallies[pair] ?? Tally(path: path, line: line)
    tally.count += 1
    if isProject { tally.project += weight } else { tally.other += weight }
    if isDeclaration { tally.declarations += 1 }
    if tally.lastFile != file {
      tally.files += 1
      tally.lastFile = file
    }
    tallies[pair] = tally
    targets[pair.old, default: []].insert(pair.new)
  }

  /// The share of the old text's replacements that went to the new one.
  func share(of pair: Pair) -> Double {
    let all = (targets[pair.old] ?? []).reduce(0.0) { $0 + (tallies[Pair(old: pair.old, new: $1)]?.strength ?? 0) }
    guard all > 0, let tally = tallies[pair] else { return 0 }
    return tally.strength / all
  }
}
