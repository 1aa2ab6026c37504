// Which atoms replaced which, between two versions of one file. Replaced lines are aligned by the words that they share; between two
// aligned lines the tokens in common are found, and a gap that lies in one atom on each side says that the one became the other.

import Domain

/// One atom that took another's place.
struct LiteralSubstitution {
  var old: Atom
  var new: Atom
  /// 0-based.
  var oldLine: Int
  var newLine: Int
  /// How far the lines agree otherwise, 0 to 1.
  var agreement: Double
}

/// Two versions of one text, line against line.
struct LineSubstitutions {
  /// Lines that the change took away and wrote, 0-based.
  private(set) var oldLines: [Int] = []
  private(set) var newLines: [Int] = []
  private(set) var found: [LiteralSubstitution] = []

  private let old: LiteralText
  private let new: LiteralText

  /// Hunks with more lines than this on one side were rewritten, not edited.
  private static let maximumHunk = 60
  private static let maximumTokens = 160

  init(_ old: LiteralText, _ new: LiteralText) {
    self.old = old
    self.new = new
    for hunk in LineDiff(from: old.lines, to: new.lines).hunks {
      oldLines += hunk.old
      newLines += hunk.new
      align(hunk)
    }
  }

  // MARK: Lines

  /// A line's tokens: words and single marks.
  private struct TokenLine {
    var number: Int
    var tokens: [Range<Int>] = []
    var hashes: [UInt64] = []
    /// The hashes in ascending order: each line is compared with many.
    var sorted: [UInt64] = []
    var words: Int = 0

    init(_ number: Int, _ text: LiteralText) {
      self.number = number
      let line = text.lines[number]
      var position = line.startIndex
      while position < line.endIndex, tokens.count <= LineSubstitutions.maximumTokens {
        let byte = text.bytes[position]
        if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
          position += 1
          continue
        }
        var end = position + 1
        if LiteralShape.isWordByte(byte) {
          while end < line.endIndex, LiteralShape.isWordByte(text.bytes[end]) { end += 1 }
          words += 1
        }
        tokens.append(position..<end)
        hashes.append(identifierHash(text.bytes[position..<end]))
        position = end
      }
      sorted = hashes.sorted()
    }
  }

  private mutating func align(_ hunk: LineDiff.Hunk) {
    guard !hunk.old.isEmpty, !hunk.new.isEmpty else { return }
    guard hunk.old.count <= Self.maximumHunk, hunk.new.count <= Self.maximumHunk else { return }
    let left = hunk.old.map { TokenLine($0, old) }.filter { !$0.tokens.isEmpty && $0.tokens.count <= Self.maximumTokens }
    let right = hunk.new.map { TokenLine($0, new) }.filter { !$0.tokens.isEmpty && $0.tokens.count <= Self.maximumTokens }
    var best = Array(repeating: Array(repeating: 0.0, count: right.count + 1), count: left.count + 1)
    let gains = left.map { line in right.map { Self.likeness(line, $0) } }
    for i in left.indices.reversed() {
      for j in right.indices.reversed() {
        let gain = gains[i][j] >= 0.4 ? gains[i][j] + best[i + 1][j + 1] : 0
        best[i][j] = max(best[i + 1][j], best[i][j + 1], gain)
      }
    }
    var (i, j) = (0, 0)
    while i < left.count && j < right.count {
      if gains[i][j] >= 0.4, best[i][j] == gains[i][j] + best[i + 1][j + 1] {
        compare(left[i], right[j], isOnly: left.count == 1 && right.count == 1)
        (i, j) = (i + 1, j + 1)
      } else if best[i][j] == best[i + 1][j] {
        i += 1
      } else {
        j += 1
      }
    }
  }

  /// The share of tokens in common, whatever their order.
  private static func likeness(_ left: TokenLine, _ right: TokenLine) -> Double {
    let (a, b) = (left.sorted, right.sorted)
    var (i, j, common) = (0, 0, 0)
    while i < a.count && j < b.count {
      if a[i] == b[j] {
        common += 1
        i += 1
        j += 1
      } else if a[i] < b[j] {
        i += 1
      } else {
        j += 1
      }
    }
    return 2 * Double(common) / Double(a.count + b.count)
  }

  // MARK: Tokens

  private mutating func compare(_ left: TokenLine, _ right: TokenLine, isOnly: Bool) {
    let gaps = Self.gaps(left.hashes, right.hashes)
    guard gaps.count <= 6 else { return }
    let changed = gaps.reduce(0) { $0 + max($1.old.count, $1.new.count) }
    let agreement = max(isOnly ? 0.5 : 0, 1 - Double(changed) / Double(max(left.tokens.count, right.tokens.count)))
    var seen: Set<Int> = []
    for gap in gaps where !gap.old.isEmpty || !gap.new.isEmpty {
      guard let before = atom(gap.old, left, old), let after = atom(gap.new, right, new) else { continue }
      guard seen.insert(before.start).inserted else { continue }
      found.append(LiteralSubstitution(old: before, new: after, oldLine: left.number, newLine: right.number, agreement: agreement))
    }
  }

  /// The one atom that a gap lies in; for an empty gap the atom that its place is inside of or adjoins.
  private func atom(_ gap: Range<Int>, _ line: TokenLine, _ text: LiteralText) -> Atom? {
    if gap.isEmpty {
      guard gap.lowerBound < line.tokens.count else {
        return line.tokens.last.flatMap { text.atom(at: $0.lowerBound) }
      }
      let next = text.atom(at: line.tokens[gap.lowerBound].lowerBound)
      if let next { return next }
      return gap.lowerBound > 0 ? text.atom(at: line.tokens[gap.lowerBound - 1].lowerBound) : nil
    }
    let range = line.tokens[gap.lowerBound].lowerBound..<line.tokens[gap.upperBound - 1].upperBound
    let atoms = text.atoms(in: range).filter { $0.start < range.upperBound }
    guard atoms.count == 1, let atom = atoms.first, atom.start <= range.lowerBound || LiteralShape.isWordByte(text.bytes[atom.start]) else {
      return atoms.count == 1 ? atoms.first : nil
    }
    return atom
  }

  struct Gap {
    var old: Range<Int>
    var new: Range<Int>
  }

  /// What lies between the tokens that two sequences have in common.
  static func gaps(_ left: [UInt64], _ right: [UInt64]) -> [Gap] {
    var lengths = Array(repeating: Array(repeating: UInt16(0), count: right.count + 1), count: left.count + 1)
    for i in left.indices.reversed() {
      for j in right.indices.reversed() {
        lengths[i][j] = left[i] == right[j] ? lengths[i + 1][j + 1] + 1 : max(lengths[i + 1][j], lengths[i][j + 1])
      }
    }
    var gaps: [Gap] = []
    var (i, j) = (0, 0)
    var (oldStart, newStart) = (0, 0)
    func close() { if i > oldStart || j > newStart { gaps.append(Gap(old: oldStart..<i, new: newStart..<j)) } }
    while i < left.count && j < right.count {
      if left[i] == right[j] {
        close()
        i += 1
        j += 1
        (oldStart, newStart) = (i, j)
      } else if lengths[i + 1][j] >= lengths[i][j + 1] {
        i += 1
      } else {
        j += 1
      }
    }
    (i, j) = (left.count, right.count)
    close()
    return gaps
  }
}
