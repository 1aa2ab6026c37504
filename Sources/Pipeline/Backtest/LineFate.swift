// What a change of a page did to lines for which an edit was proposed. Pure: two versions of a page in, a verdict out.
//
// The lines are followed by diff, so that equal lines elsewhere do not confuse. Where a hunk takes them, the new text is asked, in order:
// is the proposed text there; did the lines only move; is the same replaced by the same in a rewritten line; is the stale word still in it.

import SourceCode

/// Lines of a page, and what was proposed for them.
struct TrackedLines: Sendable, Hashable {
  /// 0-based.
  var start: Int
  /// Without their line feeds.
  var before: [[UInt8]]
  var after: [[UInt8]]

  init(start: Int, before: String, after: String) {
    self.start = start
    self.before = Self.lines(before)
    self.after = Self.lines(after)
  }

  static func lines(_ text: String) -> [[UInt8]] { text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init) }

  var range: Range<Int> { start..<start + before.count }

  /// Words that the proposal takes out, puts in and keeps.
  var words: (lost: WordBag, gained: WordBag, kept: WordBag) {
    let (old, new) = (WordBag(before), WordBag(after))
    return (old.subtracting(new), new.subtracting(old), old.intersecting(new))
  }

  /// Too little text to be recognized in another place.
  var isDistinctive: Bool { before.reduce(0) { $0 + $1.count { $0 > 0x20 } } >= 16 }
}

/// A verdict.
enum LineFate: Sendable, Hashable {
  /// As they were, or still wrong in a line that was changed elsewhere.
  case standing(TrackedLines)
  /// The proposed lines are there; the first of them, 0-based.
  case made(line: Int)
  case madeInRewrite(line: Int, text: String)
  case otherwise(line: Int, text: String)
  case gone

  /// What became of lines of `old` in `new`.
  static func of(_ lines: TrackedLines, from old: [UInt8], to new: [UInt8]) -> LineFate {
    let (oldLines, newLines) = (LineDiff.lines(of: old), LineDiff.lines(of: new))
    let hunks = LineDiff(from: oldLines, to: newLines).hunks
    let hit = hunks.filter { $0.old.overlaps(lines.range) || $0.old.isEmpty && lines.range.dropFirst().contains($0.old.lowerBound) }
    guard let first = hit.first, let last = hit.last else {
      var moved = lines
      for hunk in hunks where hunk.old.upperBound <= lines.start { moved.start += hunk.new.count - hunk.old.count }
      return .standing(moved)
    }
    let text = PageLines(newLines)
    let place = first.new.lowerBound..<last.new.upperBound
    if let line = text.first(lines.after, near: place, moreThan: PageLines(oldLines)) { return .made(line: line) }
    if let line = text.place(of: lines.before, near: place, atLeast: PageLines(oldLines)) {
      var moved = lines
      moved.start = line
      return .standing(moved)
    }
    return rewritten(lines, newLines, place)
  }

  private static func rewritten(_ lines: TrackedLines, _ new: [ArraySlice<UInt8>], _ place: Range<Int>) -> LineFate {
    let (lost, gained, kept) = lines.words
    guard let window = window(like: lines, new, place) else { return .gone }
    let text = window.map { Array(new[$0].prefix { $0 != 0x0A }) }
    let words = WordBag(text)
    let shown = String(decoding: Array(text.joined(separator: [0x0A])), as: UTF8.self)
    if lost.isEmpty, gained.isEmpty { return .otherwise(line: window.lowerBound, text: shown) }
    let isMade = gained.isSubset(of: words) && lost.allSatisfy { words.count($0) <= kept.count($0) }
    if isMade { return .madeInRewrite(line: window.lowerBound, text: shown) }
    // Something else was changed in the line: what is wrong still is.
    if !lost.isEmpty, lost.isSubset(of: words), let healed = healed(text, lines) {
      var moved = lines
      (moved.start, moved.before, moved.after) = (window.lowerBound, text, healed)
      return .standing(moved)
    }
    return .otherwise(line: window.lowerBound, text: shown)
  }

  /// The lines around which the hunk's new text is most like the old lines; nil when nothing is.
  private static func window(like lines: TrackedLines, _ new: [ArraySlice<UInt8>], _ place: Range<Int>) -> Range<Int>? {
    let kept = lines.words.kept
    var best: (score: Double, range: Range<Int>)?
    for length in [lines.before.count, lines.before.count + 1] where length <= place.count {
      for start in place.lowerBound...(place.upperBound - length) {
        let words = WordBag(new[start..<start + length].map { Array($0) })
        let score = kept.isEmpty ? 0.5 : 2 * Double(words.common(kept)) / Double(words.total + kept.total)
        if score > best?.score ?? 0 { best = (score, start..<start + length) }
      }
    }
    guard let best, best.score >= 0.5 else { return nil }
    return best.range
  }

  /// The proposal's words put into a text that was changed elsewhere; nil when that is no single word's replacement.
  private static func healed(_ text: [[UInt8]], _ lines: TrackedLines) -> [[UInt8]]? {
    let (lost, gained, _) = lines.words
    guard let old = lost.single, let new = gained.single else { return text == lines.before ? lines.after : nil }
    return text.map { WordBag.replacing(old, with: new, in: $0) }
  }
}

/// The lines of a page without the blanks at their ends, to find some of them again.
private struct PageLines {
  private let lines: [ArraySlice<UInt8>]

  init(_ lines: [ArraySlice<UInt8>]) { self.lines = lines.map(Self.trimmed) }

  private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let start = line.drop { $0 <= 0x20 }
    return start.prefix(start.lastIndex { $0 > 0x20 }.map { $0 - start.startIndex + 1 } ?? 0)
  }

  /// Every line at which the wanted lines begin.
  private func places(of wanted: [[UInt8]]) -> [Int] {
    let wanted = wanted.map { Self.trimmed($0[...]) }
    guard let first = wanted.first, wanted.contains(where: { !$0.isEmpty }) else { return [] }
    return lines.indices.filter { index in
      lines[index] == first && index + wanted.count <= lines.count && lines[index..<index + wanted.count].elementsEqual(wanted)
    }
  }

  /// Where the wanted lines stand in or near `place`, if they stand there more often than in the other page.
  func first(_ wanted: [[UInt8]], near place: Range<Int>, moreThan other: PageLines) -> Int? {
    let found = places(of: wanted)
    guard found.count > other.places(of: wanted).count else { return nil }
    return found.min { Self.distance($0, place) < Self.distance($1, place) }
  }

  /// Where the wanted lines stand, if no fewer of them stand there than in the other page.
  func place(of wanted: [[UInt8]], near place: Range<Int>, atLeast other: PageLines) -> Int? {
    let found = places(of: wanted)
    guard !found.isEmpty, found.count >= other.places(of: wanted).count else { return nil }
    return found.min { Self.distance($0, place) < Self.distance($1, place) }
  }

  private static func distance(_ line: Int, _ place: Range<Int>) -> Int {
    place.contains(line) ? 0 : min(abs(line - place.lowerBound), abs(line - place.upperBound))
  }
}

/// Words and how often each occurs.
struct WordBag: Sendable, Hashable {
  private var counts: [ArraySlice<UInt8>: Int] = [:]

  init(_ lines: [[UInt8]]) {
    for line in lines { for word in line.split(whereSeparator: { !Self.isWord($0) }) { counts[word, default: 0] += 1 } }
  }

  static func isWord(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte >= 0x30 && byte <= 0x39 || byte == UInt8(ascii: "_")
  }

  var isEmpty: Bool { counts.isEmpty }
  var total: Int { counts.values.reduce(0, +) }
  func count(_ word: ArraySlice<UInt8>) -> Int { counts[word] ?? 0 }
  func common(_ other: WordBag) -> Int { counts.reduce(0) { $0 + min($1.value, other.count($1.key)) } }
  func isSubset(of other: WordBag) -> Bool { counts.allSatisfy { $0.value <= other.count($0.key) } }
  func allSatisfy(_ law: (ArraySlice<UInt8>) -> Bool) -> Bool { counts.keys.allSatisfy(law) }

  func subtracting(_ other: WordBag) -> WordBag { mapped { $1 - other.count($0) } }
  func intersecting(_ other: WordBag) -> WordBag { mapped { min($1, other.count($0)) } }

  private func mapped(_ count: (ArraySlice<UInt8>, Int) -> Int) -> WordBag {
    var bag = self
    bag.counts = counts.reduce(into: [:]) { result, entry in
      let count = count(entry.key, entry.value)
      if count > 0 { result[entry.key] = count }
    }
    return bag
  }

  /// The only different word there is.
  var single: ArraySlice<UInt8>? { counts.count == 1 ? counts.keys.first : nil }

  /// The words, sorted.
  var texts: [String] { counts.keys.map { String(decoding: $0, as: UTF8.self) }.sorted() }

  static func replacing(_ old: ArraySlice<UInt8>, with new: ArraySlice<UInt8>, in line: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var rest = line[...]
    while !rest.isEmpty {
      let word = rest.prefix(while: isWord)
      result += word == old ? new : word
      rest = rest.dropFirst(word.count)
      if let mark = rest.popFirst() { result.append(mark) }
    }
    return result
  }
}
