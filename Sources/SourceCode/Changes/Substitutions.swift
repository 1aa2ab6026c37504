// Which names replaced which, line by line: in two aligned lines that are the same but for some identifiers, each pair of
// identifiers is a vote. Call sites vote this way for a rename, whatever its kind.

/// How often one identifier replaced another.
struct Votes {
  struct Pair: Hashable {
    var old: UInt64
    var new: UInt64
  }

  struct Tally {
    /// In the project's own code.
    var code = 0
    /// In tests and examples.
    var other = 0
    var files = 0
    var lastFile = -1
    /// A place in the head that shows it.
    var path: String
    var line: Int
  }

  private static let maximumPairs = 50_000
  private(set) var tallies: [Pair: Tally] = [:]
  /// The identifiers that each old one was replaced by.
  private(set) var targets: [UInt64: Set<UInt64>] = [:]

  mutating func add(_ pair: Pair, file: Int, path: String, line: Int, isCode: Bool) {
    guard tallies[pair] != nil || tallies.count < Self.maximumPairs else { return }
    var tally = tallies[pair] ?? Tally(path: path, line: line)
    if isCode { tally.code += 1 } else { tally.other += 1 }
    if tally.lastFile != file {
      tally.files += 1
      tally.lastFile = file
    }
    tallies[pair] = tally
    targets[pair.old, default: []].insert(pair.new)
  }

  /// The share of the old name's replacements that went to the new one.
  func share(of pair: Pair) -> Double {
    let all = (targets[pair.old] ?? []).reduce(0) { sum, new in
      let tally = tallies[Pair(old: pair.old, new: new)]
      return sum + (tally?.code ?? 0) + (tally?.other ?? 0)
    }
    guard all > 0, let tally = tallies[pair] else { return 0 }
    return Double(tally.code + tally.other) / Double(all)
  }
}

/// The tokens of a text by line.
private struct TokenLines {
  let tokens: ContiguousArray<Token>
  /// For each 0-based line its first token.
  let starts: [Int]

  init(_ source: LexedSource, lineCount: Int) {
    tokens = source.tokens
    var starts = Array(repeating: source.tokens.count, count: lineCount + 1)
    for index in source.tokens.indices.reversed() {
      let line = Int(source.tokens[index].line) - 1
      if line < lineCount { starts[line] = index }
    }
    for line in stride(from: lineCount - 1, through: 0, by: -1) { starts[line] = min(starts[line], starts[line + 1]) }
    self.starts = starts
  }

  func range(_ line: Int) -> Range<Int> { starts[line]..<max(starts[line], starts[line + 1]) }

  /// The hash of a line's tokens with every identifier the same.
  func shape(_ line: Int) -> UInt64 {
    range(line).reduce(fnvOffset) { hash, index in
      let token = tokens[index]
      return (hash ^ (token.kind == .identifier ? 1 : token.kind == .string ? 2 : token.hash)) &* fnvPrime
    }
  }
}

/// Two versions of one file, line against line.
struct FileComparison {
  /// For each old line (0-based) that a new line replaced with the same shape: that line.
  private(set) var aligned: [Int: Int] = [:]
  /// The hunk of each changed old and new line.
  private(set) var oldHunks: [Int: Int] = [:]
  private(set) var newHunks: [Int: Int] = [:]
  /// Identifiers that replaced one another, with the new line.
  private(set) var substitutions: [(pair: Votes.Pair, line: Int)] = []

  /// Hunks with more lines than this on a side are aligned by position only.
  private static let maximumAlignment = 80

  init(_ old: LexedSource, _ new: LexedSource) {
    let oldText = LineDiff.lines(of: old.bytes)
    let newText = LineDiff.lines(of: new.bytes)
    let diff = LineDiff(from: oldText, to: newText)
    guard !diff.hunks.isEmpty else { return }
    let oldLines = TokenLines(old, lineCount: oldText.count)
    let newLines = TokenLines(new, lineCount: newText.count)
    for (number, hunk) in diff.hunks.enumerated() {
      for line in hunk.old { oldHunks[line] = number }
      for line in hunk.new { newHunks[line] = number }
      for (left, right) in Self.align(hunk, oldLines, newLines) { compare(left, right, oldLines, newLines) }
    }
  }

  /// Pairs of lines of the same shape, in order, with the most identifiers in common.
  private static func align(_ hunk: LineDiff.Hunk, _ old: TokenLines, _ new: TokenLines) -> [(Int, Int)] {
    guard !hunk.old.isEmpty, !hunk.new.isEmpty else { return [] }
    let left = hunk.old.map { (line: $0, shape: old.shape($0)) }.filter { !old.range($0.line).isEmpty }
    let right = hunk.new.map { (line: $0, shape: new.shape($0)) }.filter { !new.range($0.line).isEmpty }
    guard left.count <= maximumAlignment, right.count <= maximumAlignment else {
      return zip(left, right).filter { $0.shape == $1.shape }.map { ($0.line, $1.line) }
    }
    var best = Array(repeating: Array(repeating: 0.0, count: right.count + 1), count: left.count + 1)
    func gain(_ i: Int, _ j: Int) -> Double? {
      left[i].shape == right[j].shape ? 1 + common(old.range(left[i].line), new.range(right[j].line), old, new) : nil
    }
    for i in left.indices.reversed() {
      for j in right.indices.reversed() {
        best[i][j] = max(best[i + 1][j], best[i][j + 1], gain(i, j).map { $0 + best[i + 1][j + 1] } ?? 0)
      }
    }
    var pairs: [(Int, Int)] = []
    var (i, j) = (0, 0)
    while i < left.count && j < right.count {
      if let gain = gain(i, j), best[i][j] == gain + best[i + 1][j + 1] {
        pairs.append((left[i].line, right[j].line))
        (i, j) = (i + 1, j + 1)
      } else if best[i][j] == best[i + 1][j] {
        i += 1
      } else {
        j += 1
      }
    }
    return pairs
  }

  private static func common(_ left: Range<Int>, _ right: Range<Int>, _ old: TokenLines, _ new: TokenLines) -> Double {
    let equal = zip(left, right).count { old.tokens[$0].hash == new.tokens[$1].hash }
    return Double(equal) / Double(max(1, left.count))
  }

  /// Records what was replaced between two lines of one shape.
  private mutating func compare(_ left: Int, _ right: Int, _ old: TokenLines, _ new: TokenLines) {
    aligned[left] = right
    let (leftRange, rightRange) = (old.range(left), new.range(right))
    guard leftRange.count == rightRange.count else { return }
    let changed = zip(leftRange, rightRange).filter { old.tokens[$0].hash != new.tokens[$1].hash && old.tokens[$0].kind == .identifier }
    guard changed.count <= 4, changed.count < max(2, leftRange.count) else { return }
    for (leftToken, rightToken) in changed {
      substitutions.append((Votes.Pair(old: old.tokens[leftToken].hash, new: new.tokens[rightToken].hash), right + 1))
    }
  }
}
