// Terms that the project writes differently now: `auto-correct` became `autocorrect` in dozens of comments, messages and names. A term is
// no literal that could be gone; that the change replaced it nearly everywhere in the code is what speaks for the documents.

import Domain

/// A hyphenated word that the change joined.
public struct TermChange: Sendable, Hashable {
  /// Before the hyphen, in lower case.
  public var first: String
  /// What every word behind the hyphen begins with, in lower case.
  public var second: String
  public var count: Int
  public var files: Int
  /// In the head.
  public var path: String
  public var line: Int

  /// `Auto-corrected` as `Autocorrected`; nil for another word.
  public func joined(_ word: String) -> String? {
    guard let dash = word.firstIndex(of: "-") else { return nil }
    let (before, after) = (word[..<dash], word[word.index(after: dash)...])
    guard before.lowercased() == first, after.hasPrefix(second), after.utf8.allSatisfy(LiteralShape.isLower) else { return nil }
    return String(before) + String(after)
  }
}

/// Finds the joined words among the replacements.
enum TermChanges {
  private static let minimumCount = 12
  private static let minimumFiles = 5

  static func find(_ votes: LiteralVotes) -> [TermChange] {
    var groups: [String: [(pair: LiteralVotes.Pair, tally: LiteralVotes.Tally)]] = [:]
    for (pair, tally) in votes.tallies {
      guard let dash = pair.old.firstIndex(of: "-"), pair.old.lastIndex(of: "-") == dash, dash != pair.old.startIndex else { continue }
      let (before, after) = (pair.old[..<dash], pair.old[pair.old.index(after: dash)...])
      guard pair.new.lowercased() == (String(before) + String(after)).lowercased(), before.utf8.count >= 2, after.utf8.count >= 4,
        (String(before) + String(after)).utf8.allSatisfy(LiteralShape.isLetter)
      else { continue }
      groups[before.lowercased() + "-" + after.lowercased().prefix(4), default: []].append((pair, tally))
    }
    return groups.compactMap { change(key: $0.key, $0.value) }.sorted { ($0.first, $0.second) < ($1.first, $1.second) }
  }

  private static func change(key: String, _ group: [(pair: LiteralVotes.Pair, tally: LiteralVotes.Tally)]) -> TermChange? {
    let count = group.reduce(0) { $0 + $1.tally.count }
    let files = group.map(\.tally.files).max() ?? 0
    guard count >= minimumCount, files >= minimumFiles else { return nil }
    guard let shown = group.max(by: { ($0.tally.count, $1.pair.old) < ($1.tally.count, $0.pair.old) }) else { return nil }
    let words = group.map { $0.pair.old.lowercased().split(separator: "-").last ?? "" }
    guard
      let second = words.min(by: { $0.utf8.count < $1.utf8.count }).map({ shortest in
        String(shortest.prefix(words.reduce(shortest.count) { min($0, $1.commonPrefix(with: shortest)) }))
      }), let first = key.split(separator: "-").first
    else { return nil }
    return TermChange(
      first: String(first), second: second, count: count, files: files, path: shown.tally.path, line: shown.tally.line)
  }

  /// The forms that the change replaced, for the search of what is left.
  static func forms(_ change: TermChange, _ votes: LiteralVotes) -> [String] {
    votes.tallies.keys.map(\.old).filter { change.joined($0) != nil }
  }

  /// How often the forms still stand in the head's code, data and comments.
  static func remaining(_ forms: [String], in head: any Checkout, limits: AnalysisLimits) -> Int {
    let index = LiteralIndex(Set(forms))
    var count = 0
    var bytesRead = 0
    for entry in head.entries where entry.kind == .file || entry.kind == .executable {
      guard LiteralRole(path: entry.path).isProject, entry.size <= limits.fileBytes else { continue }
      bytesRead += entry.size
      guard bytesRead <= limits.treeBytes, let bytes = try? head.read(entry, limit: limits.fileBytes) else { return .max }
      count += index.occurrences(in: bytes).count
    }
    return count
  }
}

extension Substring {
  fileprivate func commonPrefix(with other: Substring) -> Int { zip(self, other).prefix { $0 == $1 }.count }
}
