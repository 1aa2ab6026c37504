// Two versions of one text, line against line: which line became which, also where a line moved to another hunk.

/// The lines of a changed text, paired.
struct TextComparison {
  let text: ChangedText
  let old: [PlainLine]
  let new: [PlainLine]
  /// Old and new lines (0-based) that became one another.
  private(set) var pairs: [(Int, Int)] = []
  /// Old lines that became nothing.
  private(set) var deleted: [Int] = []
  /// Lines of the old text on which code stands; nil for texts of no known language.
  private var codeLines: Set<Int>?
  /// The same for the new text.
  private var newCodeLines: Set<Int>?

  /// A pair across hunks has at least this many words in common.
  private static let farLikeness = 0.6
  /// Pairs across hunks are looked for among so many lines at the most.
  private static let maximumFar = 400

  init(_ text: ChangedText) {
    self.text = text
    old = PlainLine.lines(of: text.old)
    new = PlainLine.lines(of: text.new)
    let diff = LineDiff(from: old.map { text.old[$0.range] }, to: new.map { text.new[$0.range] })
    var added: [Int] = []
    for hunk in diff.hunks { align(hunk, &added) }
    alignFar(added)
    guard !pairs.isEmpty else { return }
    codeLines = Self.codeLines(text.old, text.language)
    newCodeLines = Self.codeLines(text.new, text.language)
    pairs = pairs.filter { left, right in
      isProse(left) == (newCodeLines.map { !$0.contains(right) } ?? false) && !isReflowed(left, right)
    }
  }

  /// Whether the line was only broken or joined: what is missing on one side stands on the lines beside it.
  private func isReflowed(_ left: Int, _ right: Int) -> Bool {
    func solid(_ bytes: [UInt8], _ lines: [PlainLine], _ range: ClosedRange<Int>) -> [UInt8] {
      range.flatMap { line in bytes[lines[line].range].filter { $0 > 0x20 } }
    }
    let (from, to) = (solid(text.old, old, left...left), solid(text.new, new, right...right))
    guard from != to, from.count > 8, to.count > 8 else { return from == to }
    let oldAround = solid(text.old, old, max(0, left - 2)...min(old.count - 1, left + 2))
    let newAround = solid(text.new, new, max(0, right - 2)...min(new.count - 1, right + 2))
    return newAround.contains(from) && !to.contains(from) || oldAround.contains(to) && !from.contains(to)
  }

  /// Whether nothing but a comment or a long string stands on the old line.
  func isProse(_ line: Int) -> Bool { codeLines.map { !$0.contains(line) } ?? false }

  private mutating func align(_ hunk: LineDiff.Hunk, _ added: inout [Int]) {
    let left = hunk.old.filter { old[$0].words > 0 }
    let right = hunk.new.filter { new[$0].words > 0 }
    let alignment = HunkAlignment(left.map(oldWords), right.map(newWords))
    var (pairedLeft, pairedRight): (Set<Int>, Set<Int>) = ([], [])
    for pair in alignment.pairs {
      pairedLeft.insert(pair.old)
      pairedRight.insert(pair.new)
      pairs.append((left[pair.old], right[pair.new]))
    }
    deleted += left.indices.filter { !pairedLeft.contains($0) }.map { left[$0] }
    added += right.indices.filter { !pairedRight.contains($0) }.map { right[$0] }
  }

  /// Pairs what no hunk paired: the most alike come together, if nothing else is as much alike.
  private mutating func alignFar(_ added: [Int]) {
    let left = deleted.filter { old[$0].isDistinctive }
    let right = added.filter { new[$0].isDistinctive }
    guard !left.isEmpty, !right.isEmpty, left.count <= Self.maximumFar, right.count <= Self.maximumFar else { return }
    let words = right.map(newWords)
    var taken: Set<Int> = []
    var moved: Set<Int> = []
    for line in left {
      let likeness = words.map { HunkAlignment.likeness(oldWords(line), $0) }
      guard let best = likeness.indices.max(by: { likeness[$0] < likeness[$1] }), likeness[best] >= Self.farLikeness else { continue }
      guard likeness.indices.allSatisfy({ $0 == best || likeness[best] - likeness[$0] > 0.15 }) else { continue }
      guard taken.insert(best).inserted else { continue }
      pairs.append((line, right[best]))
      moved.insert(line)
    }
    deleted.removeAll { moved.contains($0) }
  }

  private func oldWords(_ line: Int) -> [UInt64] { HunkAlignment.words(text.old, old[line].range) }
  private func newWords(_ line: Int) -> [UInt64] { HunkAlignment.words(text.new, new[line].range) }

  /// Lines with a token other than a string that runs over lines.
  private static func codeLines(_ bytes: [UInt8], _ language: SourceLanguage?) -> Set<Int>? {
    guard let language, let source = try? Lexer.lex(bytes, as: language) else { return nil }
    let tokens = source.tokens.lazy.filter { $0.kind != .string || !bytes[Int($0.start)..<Int($0.end)].contains(0x0A) }
    return Set(tokens.map { Int($0.line) - 1 })
  }

  /// Long names within a few lines of an old line, folded.
  func names(around line: Int) -> Set<UInt64> {
    var names: Set<UInt64> = []
    for index in max(0, line - 5)...min(old.count - 1, line + 5) {
      names.formUnion(FoldedName.hashes(text.old, old[index].range))
    }
    return names
  }
}

/// Names in which case, `_` and `-` do not count: `--max-redirects`, `max_redirects` and `maxRedirects` are one.
enum FoldedName {
  static let minimumLength = 8

  /// The hashes of the long names in a range.
  static func hashes(_ bytes: [UInt8], _ range: Range<Int>) -> [UInt64] {
    var hashes: [UInt64] = []
    var (hash, count) = (fnvOffset, 0)
    for index in range {
      let byte = bytes[index]
      if byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") { continue }
      if Lexer.isNameByte(byte) {
        hash = (hash ^ UInt64(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte)) &* fnvPrime
        count += 1
      } else {
        if count >= minimumLength { hashes.append(hash) }
        (hash, count) = (fnvOffset, 0)
      }
    }
    if count >= minimumLength { hashes.append(hash) }
    return hashes
  }
}

/// A document as its lines are looked up.
struct PlainText {
  let bytes: [UInt8]
  /// Those that are not blank.
  let lines: [PlainLine]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    lines = PlainLine.lines(of: bytes).filter { !$0.isBlank }
  }

  /// How many lines around a line count as its surroundings.
  static let reach = 20

  private func around(_ index: Int, _ reach: Int = Self.reach) -> ClosedRange<Int> {
    max(0, index - reach)...min(lines.count - 1, index + reach)
  }

  /// Whether the next line follows at once and begins with a small letter.
  func goesOn(after index: Int) -> Bool {
    guard index + 1 < lines.count else { return false }
    let (line, next) = (lines[index], lines[index + 1])
    guard bytes[line.range.upperBound..<next.range.lowerBound].count(where: { $0 == 0x0A }) == 1 else { return false }
    return bytes[next.range].first.map { $0 >= 0x61 && $0 <= 0x7A || $0 == 0x60 } ?? false
  }

  /// Whether a line nearby has this text: then the document shows both the old and the new.
  func shows(_ text: [UInt8], around index: Int) -> Bool {
    around(index).contains { position in
      let line = bytes[lines[position].range]
      return position != index && line.count >= text.count && line.starts(with: text)
    }
  }

  /// Whether a word stands in a line nearby that is not among those left out.
  func has(_ word: UInt64, around index: Int, reach: Int = Self.reach, but left: Set<Int> = []) -> Bool {
    around(index, reach).contains { position in
      position != index && !left.contains(position) && HunkAlignment.words(bytes, lines[position].range).contains(word)
    }
  }

  /// Long names in the lines just before, folded.
  func names(before index: Int) -> [UInt64] {
    (max(0, index - 3)...index).flatMap { FoldedName.hashes(bytes, lines[$0].range) }
  }
}
