// What replaced what in the raw text of changed files: code, comments, strings and manifests alike, whatever the language. A line
// diff pairs lines, a token diff of two paired lines gives runs ("`tower-x` became `framework`"), and each run is a vote. It sees
// what no declaration index can: names of other projects, packages, words in strings, import paths, generated members.

/// A word (letters, digits, `_`, `$`) or a single mark of a raw line.
struct TextToken {
  var start: Int
  var end: Int
  var hash: UInt64
  var isWord: Bool

  /// The tokens of a line; at most `limit`, then nil: such a line was not written by hand.
  static func tokens(of bytes: [UInt8], in line: Range<Int>, limit: Int = 160) -> [TextToken]? {
    var tokens: [TextToken] = []
    var index = line.lowerBound
    while index < line.upperBound {
      let start = index
      if isWordByte(bytes[index]) {
        while index < line.upperBound, isWordByte(bytes[index]) { index += 1 }
        tokens.append(TextToken(start: start, end: index, hash: identifierHash(bytes[start..<index]), isWord: true))
      } else {
        index += 1
        if bytes[start] == 0x20 || bytes[start] == 0x09 || bytes[start] == 0x0D || bytes[start] == 0x0A { continue }
        tokens.append(TextToken(start: start, end: index, hash: UInt64(bytes[start]), isWord: false))
      }
      if tokens.count > limit { return nil }
    }
    return tokens
  }

  static func isWordByte(_ byte: UInt8) -> Bool { Lexer.isNameByte(byte) || byte == UInt8(ascii: "$") }
}

/// One side of a substitution: some tokens of a line.
private struct TextLine {
  let bytes: [UInt8]
  let tokens: [TextToken]

  func byte(_ index: Int) -> UInt8 { bytes[tokens[index].start] }

  func text(_ range: Range<Int>) -> String {
    guard let first = range.first, let last = range.last else { return "" }
    return String(decoding: bytes[tokens[first].start..<tokens[last].end], as: UTF8.self)
  }

  /// Whether two tokens stand without a space between them.
  func isJoined(_ left: Int, _ right: Int) -> Bool {
    left >= 0 && right < tokens.count && tokens[left].end == tokens[right].start
  }

  /// Words with joiners between them, and nothing else: `a`, `a-b`, `a::b`, `a/b.c`.
  func isName(_ range: Range<Int>) -> Bool {
    guard let first = range.first, let last = range.last, tokens[first].isWord, tokens[last].isWord else { return false }
    return range.dropFirst().allSatisfy { index in
      isJoined(index - 1, index) && (tokens[index].isWord ? !tokens[index - 1].isWord : Self.joiners.contains(byte(index)))
    }
  }

  private static let joiners = Set("-.:/@".utf8)

  /// The word before a path separator (`.`, `::`) that ends at `index`, and after one that begins at `index`.
  func neighbour(before index: Int) -> Int? {
    if index >= 2, byte(index - 1) == UInt8(ascii: "."), isJoined(index - 1, index), isJoined(index - 2, index - 1),
      tokens[index - 2].isWord
    {
      return index - 2
    }
    guard index >= 3, byte(index - 1) == UInt8(ascii: ":"), byte(index - 2) == UInt8(ascii: ":"), tokens[index - 3].isWord,
      isJoined(index - 3, index - 2), isJoined(index - 2, index - 1), isJoined(index - 1, index)
    else { return nil }
    return index - 3
  }

  /// The word before a slash that ends at `index`.
  func part(before index: Int) -> Int? {
    guard index >= 4, byte(index - 1) == UInt8(ascii: "/"), tokens[index - 2].isWord else { return nil }
    guard isJoined(index - 1, index), isJoined(index - 2, index - 1), isJoined(index - 3, index - 2) else { return nil }
    // `//` is before a host, and a dot inside one.
    return byte(index - 3) == UInt8(ascii: "/") && byte(index - 4) != UInt8(ascii: "/") ? index - 2 : nil
  }

  /// Whether a version stands behind a name: `name==1`, `name[extra]>=2`, `name = "1"`, `'name', '~> 1'`.
  func isPinned(_ index: Int) -> Bool {
    guard index < tokens.count else { return false }
    let marks = "=<>~^![\"',{ ".utf8
    var position = index
    var hasSign = false
    while position < tokens.count, position - index < 6, !tokens[position].isWord, marks.contains(byte(position)) {
      hasSign = hasSign || "=<>~".utf8.contains(byte(position))
      position += 1
    }
    guard hasSign, position < tokens.count, tokens[position].isWord else { return false }
    return byte(position) >= 0x30 && byte(position) <= 0x39 || byte(position - 1) == UInt8(ascii: "{")
  }

  /// Whether the line has an address of the web.
  var isAddress: Bool {
    tokens.indices.dropLast(2).contains {
      byte($0) == UInt8(ascii: ":") && byte($0 + 1) == UInt8(ascii: "/") && byte($0 + 2) == UInt8(ascii: "/")
    }
  }

  func neighbour(after index: Int) -> Int? {
    if index + 1 < tokens.count, byte(index) == UInt8(ascii: "."), isJoined(index - 1, index), isJoined(index, index + 1),
      tokens[index + 1].isWord
    {
      return index + 1
    }
    guard index + 2 < tokens.count, byte(index) == UInt8(ascii: ":"), byte(index + 1) == UInt8(ascii: ":"), tokens[index + 2].isWord,
      isJoined(index - 1, index), isJoined(index, index + 1), isJoined(index + 1, index + 2)
    else { return nil }
    return index + 2
  }
}

/// One text that replaced another on a line.
struct TextSubstitution: Hashable {
  var old: String
  var new: String
  /// The words that changed, without the neighbour.
  var core: String
  /// A plain word that a manifest lists with a version.
  var isDependency = false
  /// The name that changed stands at the front of its path (`hyper` in `hyper::Server`): in code that may be a variable.
  var root: String?
  /// 1-based line in the head.
  var line: Int
}

/// The substitutions between two versions of one text.
struct RawComparison {
  private(set) var substitutions: [TextSubstitution] = []

  private static let maximumAlignment = 60
  private static let maximumSubstitutions = 4000
  /// Pairs of tokens that one file's line diffs may compare.
  private static let maximumWork = 4_000_000
  private var work = 0

  init(_ old: [UInt8], _ new: [UInt8]) {
    let oldLines = Lines(old)
    let newLines = Lines(new)
    for hunk in LineDiff(from: LineDiff.lines(of: old), to: LineDiff.lines(of: new)).hunks {
      guard !hunk.old.isEmpty, !hunk.new.isEmpty, work < Self.maximumWork else { continue }
      compare(hunk.old.compactMap(oldLines.line), hunk.new.compactMap(newLines.line))
    }
  }

  /// A line with its number.
  private struct Numbered {
    var text: TextLine
    var number: Int
    var words: Set<UInt64>
  }

  private struct Lines {
    let bytes: [UInt8]
    let starts: [Int]

    init(_ bytes: [UInt8]) {
      self.bytes = bytes
      var starts = [0]
      for (index, byte) in bytes.enumerated() where byte == 0x0A { starts.append(index + 1) }
      self.starts = starts
    }

    func line(_ index: Int) -> Numbered? {
      guard index < starts.count else { return nil }
      let end = index + 1 < starts.count ? starts[index + 1] : bytes.count
      guard let tokens = TextToken.tokens(of: bytes, in: starts[index]..<end), !tokens.isEmpty else { return nil }
      return Numbered(text: TextLine(bytes: bytes, tokens: tokens), number: index + 1, words: Set(tokens.lazy.map(\.hash)))
    }
  }

  /// Pairs the lines of a hunk in order, the most similar ones, and compares each pair.
  private mutating func compare(_ left: [Numbered], _ right: [Numbered]) {
    guard left.count <= Self.maximumAlignment, right.count <= Self.maximumAlignment else {
      guard left.count == right.count else { return }
      for (before, after) in zip(left, right) where Self.similarity(before, after) >= 0.5 { compare(before, after) }
      return
    }
    work += left.count * right.count
    let gains = left.map { before in right.map { Self.similarity(before, $0) } }
    var best = Array(repeating: Array(repeating: 0.0, count: right.count + 1), count: left.count + 1)
    for i in left.indices.reversed() {
      for j in right.indices.reversed() {
        let pair = gains[i][j] >= 0.45 ? gains[i][j] + best[i + 1][j + 1] : 0
        best[i][j] = max(best[i + 1][j], best[i][j + 1], pair)
      }
    }
    var (i, j) = (0, 0)
    while i < left.count && j < right.count {
      if gains[i][j] >= 0.45, best[i][j] == gains[i][j] + best[i + 1][j + 1] {
        compare(left[i], right[j])
        (i, j) = (i + 1, j + 1)
      } else if best[i][j] == best[i + 1][j] {
        i += 1
      } else {
        j += 1
      }
    }
  }

  private static func similarity(_ left: Numbered, _ right: Numbered) -> Double {
    let common = left.words.count { right.words.contains($0) }
    return 2 * Double(common) / Double(left.words.count + right.words.count)
  }

  private mutating func compare(_ left: Numbered, _ right: Numbered) {
    let (old, new) = (left.text, right.text)
    guard let runs = runs(old.tokens, new.tokens), runs.count <= 4 else { return }
    let changed = runs.filter { !$0.old.isEmpty && !$0.new.isEmpty }
    // A line whose marks changed says something else now: its names need not be each other.
    guard changed.allSatisfy({ old.isName($0.old) && new.isName($0.new) }) else { return }
    let known = Set(old.tokens.lazy.filter(\.isWord).map(\.hash))
    for run in changed where substitutions.count < Self.maximumSubstitutions {
      // What the line had before is no new name: its parts changed places.
      if new.tokens[run.new].contains(where: { $0.isWord && known.contains($0.hash) }) { continue }
      let (before, after) = (Self.whole(run.old, old), Self.whole(run.new, new))
      add(old.text(before), new.text(after), core: old.text(before), root: nil, right.number, old.isPinned(before.upperBound))
      scope(before, old, after, new, right.number)
    }
  }

  private mutating func add(
    _ old: String, _ new: String, core: String, root: String?, _ line: Int, _ isDependency: Bool = false
  ) {
    guard old != new, old.utf8.count <= 120, new.utf8.count <= 120 else { return }
    substitutions.append(TextSubstitution(old: old, new: new, core: core, isDependency: isDependency, root: root, line: line))
  }

  /// With the neighbour on its path: a plain word says little, `client.close` much.
  private mutating func scope(_ before: Range<Int>, _ old: TextLine, _ after: Range<Int>, _ new: TextLine, _ line: Int) {
    if let left = old.neighbour(before: before.lowerBound), let other = new.neighbour(before: after.lowerBound) {
      add(old.text(left..<before.upperBound), new.text(other..<after.upperBound), core: old.text(before), root: nil, line)
    } else if let right = old.neighbour(after: before.upperBound), let other = new.neighbour(after: after.upperBound),
      old.neighbour(before: before.lowerBound) == nil
    {
      let root = old.text(before)
      add(old.text(before.lowerBound..<(right + 1)), new.text(after.lowerBound..<(other + 1)), core: root, root: root, line)
      if old.byte(before.upperBound) == UInt8(ascii: ":"), new.byte(after.upperBound) == UInt8(ascii: ":") {
        add(root + "::", new.text(after) + "::", core: root, root: root, line)
      }
    } else if let left = old.part(before: before.lowerBound), let other = new.part(before: after.lowerBound), old.isAddress {
      add(old.text(left..<before.upperBound), new.text(other..<after.upperBound), core: old.text(before), root: nil, line)
    }
  }

  /// The run with the rest of a name that hyphens cut: `x-a` became `x-b` is one name.
  private static func whole(_ run: Range<Int>, _ line: TextLine) -> Range<Int> {
    var (start, end) = (run.lowerBound, run.upperBound)
    while start >= 2, line.byte(start - 1) == UInt8(ascii: "-"), line.isJoined(start - 1, start), line.isJoined(start - 2, start - 1),
      line.tokens[start - 2].isWord
    { start -= 2 }
    while end + 1 < line.tokens.count, line.byte(end) == UInt8(ascii: "-"), line.isJoined(end - 1, end), line.isJoined(end, end + 1),
      line.tokens[end + 1].isWord
    { end += 2 }
    return start..<end
  }

  private struct Run {
    var old: Range<Int>
    var new: Range<Int>
  }

  /// The changed stretches between two token sequences; nil when they differ too much.
  private mutating func runs(_ old: [TextToken], _ new: [TextToken]) -> [Run]? {
    var prefix = 0
    while prefix < min(old.count, new.count), old[prefix].hash == new[prefix].hash { prefix += 1 }
    var suffix = 0
    while suffix < min(old.count, new.count) - prefix, old[old.count - 1 - suffix].hash == new[new.count - 1 - suffix].hash { suffix += 1 }
    let (left, right) = (prefix..<(old.count - suffix), prefix..<(new.count - suffix))
    if left.isEmpty || right.isEmpty { return [] }
    work += left.count * right.count
    guard left.count * right.count <= 6400, work < Self.maximumWork else { return nil }
    var longest = Array(repeating: Array(repeating: 0, count: right.count + 1), count: left.count + 1)
    for i in (0..<left.count).reversed() {
      for j in (0..<right.count).reversed() {
        let isEqual = old[prefix + i].hash == new[prefix + j].hash
        longest[i][j] = isEqual ? longest[i + 1][j + 1] + 1 : max(longest[i + 1][j], longest[i][j + 1])
      }
    }
    return Self.runs(longest, left, right) { old[prefix + $0].hash == new[prefix + $1].hash }
  }

  private static func runs(_ longest: [[Int]], _ left: Range<Int>, _ right: Range<Int>, equal: (Int, Int) -> Bool) -> [Run] {
    var runs: [Run] = []
    var (i, j, startI, startJ) = (0, 0, 0, 0)
    func close() {
      if i > startI || j > startJ {
        runs.append(Run(old: (left.lowerBound + startI)..<(left.lowerBound + i), new: (right.lowerBound + startJ)..<(right.lowerBound + j)))
      }
    }
    while i < left.count && j < right.count {
      if equal(i, j) {
        close()
        (i, j) = (i + 1, j + 1)
        (startI, startJ) = (i, j)
      } else if longest[i + 1][j] >= longest[i][j + 1] {
        i += 1
      } else {
        j += 1
      }
    }
    (i, j) = (left.count, right.count)
    close()
    return runs
  }
}
