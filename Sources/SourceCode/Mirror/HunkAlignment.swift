// Which line of a hunk became which: in order, with the most words in common.

/// Pairs the lines of one hunk.
struct HunkAlignment {
  /// Old line and new line, each by its number in the hunk.
  private(set) var pairs: [(old: Int, new: Int)] = []

  /// Hunks with more lines on a side are aligned by position, when both sides have as many.
  private static let maximumLines = 60

  /// - Parameter old: for each old line its words, by hash.
  init(_ old: [[UInt64]], _ new: [[UInt64]]) {
    guard !old.isEmpty, !new.isEmpty else { return }
    let floor = old.count == new.count ? 0.2 : 0.4
    guard old.count <= Self.maximumLines, new.count <= Self.maximumLines else {
      guard old.count == new.count else { return }
      pairs = old.indices.filter { Self.likeness(old[$0], new[$0]) >= 0.4 }.map { ($0, $0) }
      return
    }
    var gains = Array(repeating: Array(repeating: 0.0, count: new.count), count: old.count)
    for i in old.indices { for j in new.indices { gains[i][j] = Self.likeness(old[i], new[j]) } }
    var best = Array(repeating: Array(repeating: 0.0, count: new.count + 1), count: old.count + 1)
    for i in old.indices.reversed() {
      for j in new.indices.reversed() {
        let paired = gains[i][j] >= floor ? gains[i][j] + best[i + 1][j + 1] : 0
        best[i][j] = max(best[i + 1][j], best[i][j + 1], paired)
      }
    }
    var (i, j) = (0, 0)
    while i < old.count, j < new.count {
      if gains[i][j] >= floor, best[i][j] == gains[i][j] + best[i + 1][j + 1] {
        pairs.append((i, j))
        (i, j) = (i + 1, j + 1)
      } else if best[i][j] == best[i + 1][j] {
        i += 1
      } else {
        j += 1
      }
    }
  }

  /// Dice's coefficient over the words of two lines.
  static func likeness(_ left: [UInt64], _ right: [UInt64]) -> Double {
    guard !left.isEmpty, !right.isEmpty else { return 0 }
    var counts: [UInt64: Int] = [:]
    for word in left { counts[word, default: 0] += 1 }
    var common = 0
    for word in right where counts[word, default: 0] > 0 {
      counts[word, default: 0] -= 1
      common += 1
    }
    return 2 * Double(common) / Double(left.count + right.count)
  }

  /// The words of a line, by hash.
  static func words(_ bytes: [UInt8], _ range: Range<Int>) -> [UInt64] {
    var words: [UInt64] = []
    var hash = fnvOffset
    var isOpen = false
    for index in range {
      if Lexer.isNameByte(bytes[index]) {
        hash = (hash ^ UInt64(bytes[index])) &* fnvPrime
        isOpen = true
      } else if isOpen {
        words.append(hash)
        (hash, isOpen) = (fnvOffset, false)
      }
    }
    if isOpen { words.append(hash) }
    return words
  }
}
