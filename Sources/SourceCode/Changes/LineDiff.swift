// A line diff for two uses: to see which lines of the source replaced which, and to write patches. It anchors on lines
// that are unique on both sides (Bram Cohen's patience diff), which keeps moved blocks readable, and solves what remains
// between two anchors with Myers' greedy algorithm ("An O(ND) Difference Algorithm and Its Variations", 1986).
//
// Every step is bounded: where a piece differs by more than `maximumDifferences` lines it becomes one replaced block,
// which is always a correct diff, only a coarser one.

/// The difference of two sequences of lines.
public struct LineDiff: Sendable {
  /// Lines `old` became lines `new`: 0-based, half open, at least one of them not empty.
  public struct Hunk: Sendable, Hashable {
    public var old: Range<Int>
    public var new: Range<Int>

    public init(old: Range<Int>, new: Range<Int>) {
      self.old = old
      self.new = new
    }
  }

  /// In order; between two hunks the lines are equal.
  public let hunks: [Hunk]

  /// Differences that one stretch between two anchors may have before it counts as replaced in whole.
  static let maximumDifferences = 512
  private static let maximumDepth = 48

  public init(from old: [ArraySlice<UInt8>], to new: [ArraySlice<UInt8>]) {
    var numbers: [ArraySlice<UInt8>: Int] = [:]
    func number(_ line: ArraySlice<UInt8>) -> Int {
      if let known = numbers[line] { return known }
      numbers[line] = numbers.count
      return numbers.count - 1
    }
    self.init(old.map(number), new.map(number))
  }

  /// Of two texts.
  public init(from old: [UInt8], to new: [UInt8]) { self.init(from: Self.lines(of: old), to: Self.lines(of: new)) }

  /// The lines of a text, each with its line feed; the last may have none. No line for an empty text.
  public static func lines(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
      lines.append(bytes[start..<end])
      start = end
    }
    return lines
  }

  private init(_ old: [Int], _ new: [Int]) {
    var matcher = Matcher(old: old, new: new)
    matcher.run()
    hunks = Self.hunks(matches: matcher.matches, newCount: new.count)
  }

  private static func hunks(matches: [Int], newCount: Int) -> [Hunk] {
    var hunks: [Hunk] = []
    var (oldStart, newStart) = (0, 0)
    for (index, match) in matches.enumerated() where match >= 0 {
      if index > oldStart || match > newStart { hunks.append(Hunk(old: oldStart..<index, new: newStart..<match)) }
      (oldStart, newStart) = (index + 1, match + 1)
    }
    if matches.count > oldStart || newCount > newStart { hunks.append(Hunk(old: oldStart..<matches.count, new: newStart..<newCount)) }
    return hunks
  }

  private struct Piece {
    var old: Range<Int>
    var new: Range<Int>
    var depth: Int
  }

  private struct Matcher {
    let old: [Int]
    let new: [Int]
    /// For each old line the new line that it is, or -1; ascending where not -1.
    var matches: [Int]

    init(old: [Int], new: [Int]) {
      self.old = old
      self.new = new
      matches = Array(repeating: -1, count: old.count)
    }

    mutating func run() {
      var pieces = [Piece(old: 0..<old.count, new: 0..<new.count, depth: 0)]
      while let whole = pieces.popLast() {
        let piece = trimmed(whole)
        if piece.old.isEmpty || piece.new.isEmpty { continue }
        let anchors = piece.depth < maximumDepth ? self.anchors(in: piece) : []
        if anchors.isEmpty {
          myers(piece)
        } else {
          split(piece, at: anchors, into: &pieces)
        }
      }
    }

    /// Matches the common lines at both ends and returns what lies between.
    private mutating func trimmed(_ piece: Piece) -> Piece {
      var (low, newLow) = (piece.old.lowerBound, piece.new.lowerBound)
      var (high, newHigh) = (piece.old.upperBound, piece.new.upperBound)
      while low < high && newLow < newHigh && old[low] == new[newLow] {
        matches[low] = newLow
        low += 1
        newLow += 1
      }
      while low < high && newLow < newHigh && old[high - 1] == new[newHigh - 1] {
        high -= 1
        newHigh -= 1
        matches[high] = newHigh
      }
      return Piece(old: low..<high, new: newLow..<newHigh, depth: piece.depth)
    }

    /// Lines that occur once on each side, in the longest order that both sides share.
    private func anchors(in piece: Piece) -> [(old: Int, new: Int)] {
      var places: [Int: (old: Int, new: Int)] = [:]
      for index in piece.old { places[old[index]] = places[old[index]] == nil ? (index, -1) : (-1, -1) }
      for index in piece.new {
        guard let place = places[new[index]], place.old >= 0 else { continue }
        places[new[index]] = place.new == -1 ? (place.old, index) : (-1, -1)
      }
      let unique = places.values.filter { $0.old >= 0 && $0.new >= 0 }.sorted { $0.old < $1.old }
      return longestAscending(unique)
    }

    /// The longest subsequence whose new lines ascend (patience sorting).
    private func longestAscending(_ pairs: [(old: Int, new: Int)]) -> [(old: Int, new: Int)] {
      var tails: [Int] = []
      var previous = Array(repeating: -1, count: pairs.count)
      for index in pairs.indices {
        var (low, high) = (0, tails.count)
        while low < high {
          let middle = (low + high) / 2
          if pairs[tails[middle]].new < pairs[index].new { low = middle + 1 } else { high = middle }
        }
        previous[index] = low > 0 ? tails[low - 1] : -1
        if low == tails.count { tails.append(index) } else { tails[low] = index }
      }
      var result: [(old: Int, new: Int)] = []
      var index = tails.last ?? -1
      while index >= 0 {
        result.append(pairs[index])
        index = previous[index]
      }
      return result.reversed()
    }

    private mutating func split(_ piece: Piece, at anchors: [(old: Int, new: Int)], into pieces: inout [Piece]) {
      var (low, newLow) = (piece.old.lowerBound, piece.new.lowerBound)
      for anchor in anchors {
        matches[anchor.old] = anchor.new
        pieces.append(Piece(old: low..<anchor.old, new: newLow..<anchor.new, depth: piece.depth + 1))
        (low, newLow) = (anchor.old + 1, anchor.new + 1)
      }
      pieces.append(Piece(old: low..<piece.old.upperBound, new: newLow..<piece.new.upperBound, depth: piece.depth + 1))
    }

    /// Myers' greedy search; leaves the piece unmatched when it differs too much.
    private mutating func myers(_ piece: Piece) {
      let (n, m) = (piece.old.count, piece.new.count)
      let bound = min(n + m, maximumDifferences)
      var furthest = Array(repeating: 0, count: 2 * bound + 3)
      var trace: [[Int32]] = []
      for d in 0...bound {
        trace.append(furthest[(bound + 1 - d)...(bound + 1 + d)].map(Int32.init(truncatingIfNeeded:)))
        for k in stride(from: -d, through: d, by: 2) {
          let at = k + bound + 1
          var x = k == -d || (k != d && furthest[at - 1] < furthest[at + 1]) ? furthest[at + 1] : furthest[at - 1] + 1
          while x < n && x - k < m && old[piece.old.lowerBound + x] == new[piece.new.lowerBound + x - k] { x += 1 }
          furthest[at] = x
          if x >= n && x - k >= m {
            backtrack(piece, trace)
            return
          }
        }
      }
    }

    /// Walks the search back from the end and records the diagonal steps. `trace[d]` holds diagonals -d...d before round d.
    private mutating func backtrack(_ piece: Piece, _ trace: [[Int32]]) {
      var (x, y) = (piece.old.count, piece.new.count)
      for d in stride(from: trace.count - 1, through: 0, by: -1) {
        let k = x - y
        func before(_ diagonal: Int) -> Int { abs(diagonal) > d ? -1 : Int(trace[d][diagonal + d]) }
        let down = k == -d || (k != d && before(k - 1) < before(k + 1))
        let previousK = down ? k + 1 : k - 1
        let previousX = d == 0 ? 0 : before(previousK)
        let previousY = d == 0 ? 0 : previousX - previousK
        while x > previousX && y > previousY {
          x -= 1
          y -= 1
          matches[piece.old.lowerBound + x] = piece.new.lowerBound + y
        }
        (x, y) = (previousX, previousY)
      }
    }
  }
}
