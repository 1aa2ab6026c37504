// Votes of changed lines for patterns, and what is left of each old shape in the head's code.

import Domain

/// A rewriting that the change made in several places.
struct LearnedPattern: Sendable {
  var pattern: CallPattern
  var replacement: CallReplacement
  var language: SourceLanguage
  var isPhrase: Bool
  /// The called function's name, by hash; 0 where the pattern itself is a definition or a phrase.
  var callee: UInt64
  /// Lines that were changed this way.
  var votes: Int
  var path: String
  var line: Int
  /// The function that is called is declared in this repository, in a changed file.
  var isOwn: Bool
  /// Names that the replacement has and the pattern has not, by hash.
  var newWords: Set<UInt64>
  /// Names that the replaced part has and its replacement has not, by hash.
  var oldWords: Set<UInt64>
  /// Names of this repository that a phrase has and its replacement has not, by hash.
  var lostNames: Set<UInt64>
}

/// What the head's code still has of the old shapes, and which of the new names it has outside of tests.
struct PatternRemains: Sendable {
  var counts: [CallPattern: Int] = [:]
  var words: Set<UInt64> = []

  /// Whether the old shape is gone, and what takes its place can stand in a sample with these names.
  func allow(_ learned: LearnedPattern, in sample: Set<UInt64>) -> Bool {
    guard (counts[learned.pattern] ?? 0) * 5 <= learned.votes else { return false }
    // A name that is still there was not wrong: the code only prefers another now.
    guard learned.lostNames.isDisjoint(with: words) else { return false }
    return learned.newWords.allSatisfy { words.contains($0) || sample.contains($0) }
  }
}

/// Everything that was learned, by the first token of the pattern.
struct LearnedPatterns: Sendable {
  private(set) var byFirst: [UInt64: [LearnedPattern]] = [:]
  private(set) var all: [LearnedPattern] = []
  private(set) var skips: [Skip] = []

  private static let maximumCandidates = 400_000
  private static let minimumShare = 0.7

  private struct Key: Hashable {
    var pattern: CallPattern
    var family: SourceLanguage
  }

  private struct Tally {
    var replacements: [CallReplacement: Int] = [:]
    var lines = 0
    var kind: PatternCandidate.Kind
    var callee: UInt64
    var path: String
    var line: Int
  }

  /// - Parameter callees: the names of functions, types and methods that the changed files declare.
  /// - Parameter edited: names whose declarations the change edited.
  init(_ comparisons: [TextComparison], callees: Set<UInt64>, edited: Set<UInt64>) {
    var tallies: [Key: Tally] = [:]
    var order: [Key] = []
    for comparison in comparisons {
      guard let language = comparison.text.language.map(Self.family) else { continue }
      for (left, right) in comparison.pairs where comparison.old[left].hash != comparison.new[right].hash {
        guard Self.isCode(comparison, left) else { continue }
        let texts = (comparison.text.old[comparison.old[left].range], comparison.text.new[comparison.new[right].range])
        guard let pair = LinePair(texts.0, texts.1, language) else { continue }
        var seen: Set<CallPattern> = []
        for number in pair.edits.indices {
          for candidate in PatternBuilder(pair, number).candidates where seen.insert(candidate.pattern).inserted {
            if comparison.isProse(left), candidate.kind == .phrase { continue }
            let key = Key(pattern: candidate.pattern, family: language)
            if tallies[key] == nil {
              guard tallies.count < Self.maximumCandidates else { continue }
              order.append(key)
              tallies[key] = Tally(
                kind: candidate.kind, callee: candidate.callee, path: comparison.text.path, line: right + 1)
            }
            tallies[key]?.replacements[candidate.replacement, default: 0] += 1
            tallies[key]?.lines += 1
          }
        }
      }
    }
    for key in order {
      guard let tally = tallies[key], let learned = Self.learned(key, tally, callees, edited) else { continue }
      all.append(learned)
      byFirst[key.pattern.first, default: []].append(learned)
    }
  }

  private static func learned(
    _ key: Key, _ tally: Tally, _ callees: Set<UInt64>, _ edited: Set<UInt64>
  ) -> LearnedPattern? {
    guard let best = tally.replacements.max(by: { $0.value < $1.value }) else { return nil }
    guard Double(best.value) >= minimumShare * Double(tally.lines) else { return nil }
    let isOwn = callees.contains(tally.callee)
    switch tally.kind {
    case .phrase: guard best.value >= 3, key.pattern.names.contains(where: edited.contains) else { return nil }
    case .definition: guard isOwn, best.value >= 3 else { return nil }
    case .call, .chain: guard best.value >= (isOwn ? 2 : 4) else { return nil }
    }
    let lost = tally.kind == .phrase ? key.pattern.names(in: key.pattern.region).subtracting(best.key.words).intersection(callees) : []
    return LearnedPattern(
      pattern: key.pattern, replacement: best.key, language: key.family, isPhrase: tally.kind == .phrase,
      callee: tally.kind == .call || tally.kind == .chain ? tally.callee : 0, votes: best.value,
      path: tally.path, line: tally.line, isOwn: isOwn, newWords: best.key.words.subtracting(key.pattern.names),
      oldWords: key.pattern.names(in: key.pattern.region).subtracting(best.key.words),
      lostNames: lost)
  }

  /// A line of code, or a line of a sample in a comment.
  private static func isCode(_ comparison: TextComparison, _ line: Int) -> Bool {
    guard comparison.isProse(line) else { return true }
    let text = comparison.text.old[comparison.old[line].range]
    guard text.contains(UInt8(ascii: "(")), let last = text.last else { return false }
    return ";){},".utf8.contains(last)
  }

  /// Languages whose samples are written alike.
  static func family(_ language: SourceLanguage) -> SourceLanguage {
    switch language {
    case .javascript: .typescript
    case .c: .cpp
    default: language
    }
  }

  // MARK: What is left

  /// How often each pattern still stands in the head's code.
  func remains(in head: any Checkout, limits: AnalysisLimits) -> PatternRemains {
    var remains = PatternRemains()
    let wanted = all.reduce(into: Set<UInt64>()) { $0.formUnion($1.newWords.union($1.lostNames)) }
    var bytesRead = 0
    let families = Set(all.map(\.language))
    for entry in head.entries where entry.kind == .file || entry.kind == .executable {
      guard let language = SourceLanguage(path: entry.path), families.contains(Self.family(language)) else { continue }
      let role = PathRole(path: entry.path)
      guard role != .vendored, role != .generated, entry.size <= limits.fileBytes else { continue }
      bytesRead += entry.size
      guard bytesRead <= limits.treeBytes, let bytes = try? head.read(entry, limit: limits.fileBytes) else {
        // What was not read may have every pattern still.
        for learned in all { remains.counts[learned.pattern] = AnalysisLimits.beyondCounting }
        break
      }
      guard FileScanner.refusal(of: bytes) == nil, let source = try? Lexer.lex(bytes, as: language) else { continue }
      if role == .code {
        for token in source.tokens where token.kind == .identifier && !token.flags.contains(.test) && wanted.contains(token.hash) {
          remains.words.insert(token.hash)
        }
      }
      count(TokenTree(source), Self.family(language), &remains.counts)
    }
    return remains
  }

  private func count(_ tree: TokenTree, _ language: SourceLanguage, _ remains: inout [CallPattern: Int]) {
    for index in 0..<tree.count where tree[index].kind != .punctuation {
      guard let patterns = byFirst[tree[index].hash] else { continue }
      for learned in patterns where learned.language == language && learned.pattern.match(tree, at: index) != nil {
        remains[learned.pattern, default: 0] += 1
      }
    }
  }
}
