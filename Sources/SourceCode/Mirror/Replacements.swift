// Which lines became which, and whether a document's line is one of them.

import Domain

/// What a line of the base became in one place.
struct Replacement: Sendable {
  var new: [UInt8]
  var newHash: UInt64
  /// The contents before and after it, blank lines passed over.
  var before: UInt64
  var after: UInt64
  var path: String
  var line: Int
  var role: PathRole
  /// Stood in a comment or was no code at all.
  var isProse: Bool
  var substitution: Substitution
  /// The old line's words, by hash.
  var oldWords: Set<UInt64>
  /// Long names that stand around it in the code, folded: an option's help stands beside the option.
  var surroundings: Set<UInt64>
}

/// Every line that the change replaced, by its content.
struct Replacements: Sendable {
  private(set) var byLine: [UInt64: [Replacement]] = [:]
  /// How often a line was taken away without another in its place.
  private(set) var deletions: [UInt64: Int] = [:]
  /// In how many lines the same was replaced by the same.
  private(set) var substitutions: [UInt64: Int] = [:]
  private(set) var skips: [Skip] = []
  /// Words that replacements in tests put in.
  private(set) var newWords: Set<UInt64> = []
  private var count = 0

  private static let maximumLines = 200_000

  /// Names whose declarations the change edited, by hash.
  private let edited: Set<UInt64>

  init(_ comparisons: [TextComparison], edited: Set<UInt64>) {
    self.edited = edited
    for comparison in comparisons {
      guard count < Self.maximumLines else {
        skips.append(Skip(path: comparison.text.path, reason: .tooLarge, detail: "more than \(Self.maximumLines) replaced lines"))
        return
      }
      for (left, right) in comparison.pairs { add(left, right, comparison) }
      for line in comparison.deleted { deletions[comparison.old[line].hash, default: 0] += 1 }
    }
  }

  private mutating func add(_ left: Int, _ right: Int, _ comparison: TextComparison) {
    let text = comparison.text
    let (oldLine, newLine) = (comparison.old[left], comparison.new[right])
    guard oldLine.hash != newLine.hash, !Self.isNotice(text.old[oldLine.range]) else { return }
    let substitution = Substitution(text.old[oldLine.range], text.new[newLine.range])
    let isProse = comparison.isProse(left)
    guard isProse || substitution.hasWords else { return }
    substitutions[substitution.hash, default: 0] += 1
    count += 1
    if !isProse, text.role == .test { newWords.formUnion(substitution.addedWords) }
    byLine[oldLine.hash, default: []].append(
      Replacement(
        new: Array(text.new[newLine.range]), newHash: newLine.hash, before: Self.neighbour(left, -1, comparison.old),
        after: Self.neighbour(left, 1, comparison.old), path: text.path, line: right + 1, role: text.role, isProse: isProse,
        substitution: substitution, oldWords: Set(HunkAlignment.words(text.old, oldLine.range)),
        surroundings: comparison.names(around: left)))
  }

  /// Whether a line is of a file's own header: each file, and each document, has its own.
  private static func isNotice(_ line: ArraySlice<UInt8>) -> Bool {
    guard line.count < 200 else { return false }
    let text = String(decoding: line, as: UTF8.self).lowercased()
    return text.contains("copyright") || text.contains("spdx-license") || text.contains("@author")
  }

  /// The content of the nearest line that is not blank.
  private static func neighbour(_ index: Int, _ step: Int, _ lines: [PlainLine]) -> UInt64 {
    var position = index + step
    while position >= 0, position < lines.count, abs(position - index) <= 4 {
      if !lines[position].isBlank { return lines[position].hash }
      position += step
    }
    return 0
  }

  // MARK: What is left

  /// How often each replaced line still stands in the head's code, and which of the new words the project's own code has.
  func remains(in head: any Checkout, limits: AnalysisLimits) -> LineRemains {
    var remains = LineRemains()
    var bytesRead = 0
    for entry in head.entries where entry.kind == .file || entry.kind == .executable {
      let role = PathRole(path: entry.path)
      guard entry.size <= limits.fileBytes, ChangedTexts.isSource(entry.path, role) else { continue }
      bytesRead += entry.size
      guard bytesRead <= limits.treeBytes, let bytes = try? head.read(entry, limit: limits.fileBytes) else {
        // What was not read may have every line still.
        for hash in byLine.keys { remains.lines[hash] = AnalysisLimits.beyondCounting }
        break
      }
      for line in PlainLine.lines(of: bytes) where byLine[line.hash] != nil { remains.lines[line.hash, default: 0] += 1 }
      if role == .code, !newWords.isEmpty {
        for word in HunkAlignment.words(bytes, bytes.indices) where newWords.contains(word) { remains.words.insert(word) }
      }
    }
    return remains
  }

  // MARK: Judging a document's line

  /// What the lines of a document should say, where the evidence is enough.
  func copies(at hits: [Int], in document: PlainText, remains: LineRemains) -> [StaleCopy] {
    let chosen = hits.compactMap { index in choice(at: index, of: document).map { (index, $0) } }
    let changed = Set(chosen.map(\.0))
    return chosen.compactMap { index, choice in
      let line = document.lines[index]
      guard let confidence = confidence(choice, line, left: remains.lines[line.hash] ?? 0) else { return nil }
      let replacement = choice.replacement
      guard !document.shows(replacement.new, around: index) else { return nil }
      if replacement.isProse, !Self.joinsOn(replacement, at: index, changed, document) { return nil }
      guard replacement.isProse || isUsable(choice, at: index, changed, document, remains) else { return nil }
      return StaleCopy(
        range: line.range, old: String(decoding: document.bytes[line.range], as: UTF8.self),
        new: String(decoding: replacement.new, as: UTF8.self), path: replacement.path, line: replacement.line, confidence: confidence)
    }
  }

  /// Whether the sentence still goes on, or still ends, with the line: of a text that was set anew, one line alone makes no sense.
  private static func joinsOn(_ replacement: Replacement, at index: Int, _ changed: Set<Int>, _ document: PlainText) -> Bool {
    let line = document.lines[index]
    let (wasOpen, isOpen) = (isOpen(document.bytes[line.range]), isOpen(replacement.new[...]))
    guard wasOpen != isOpen, !changed.contains(index + 1) else { return true }
    // Short help has no full stop: only what ended with one must not be left open.
    return wasOpen ? !document.goesOn(after: index) : !(document.bytes[line.range].last.map { ".!?:".utf8.contains($0) } ?? false)
  }

  private static func isOpen(_ line: ArraySlice<UInt8>) -> Bool {
    line.last.map { Lexer.isNameByte($0) || $0 == UInt8(ascii: ",") || $0 == 0x60 } ?? false
  }

  /// What a line became, and what speaks for it.
  private struct Choice {
    var replacement: Replacement
    /// Places that say the same.
    var count: Int
    /// Neighbours that the document shares with the original.
    var context: Int
    /// One of them is unlikely to be there by chance.
    var isAnchored: Bool
  }

  private func choice(at index: Int, of document: PlainText) -> Choice? {
    let line = document.lines[index]
    guard let all = byLine[line.hash] else { return nil }
    let before = index > 0 ? document.lines[index - 1] : nil
    let after = index + 1 < document.lines.count ? document.lines[index + 1] : nil
    func isBefore(_ replacement: Replacement) -> Bool { before?.hash == replacement.before && replacement.before != 0 }
    func isAfter(_ replacement: Replacement) -> Bool { after?.hash == replacement.after && replacement.after != 0 }
    func context(_ replacement: Replacement) -> Int { (isBefore(replacement) ? 1 : 0) + (isAfter(replacement) ? 1 : 0) }
    let best = all.map(context).max() ?? 0
    let fitting = all.filter { context($0) == best }
    let votes = Dictionary(fitting.map { ($0.newHash, 1) }, uniquingKeysWith: +)
    guard let first = fitting.max(by: { (votes[$0.newHash] ?? 0, $1.line) < (votes[$1.newHash] ?? 0, $0.line) }) else { return nil }
    guard (votes[first.newHash] ?? 0) * 10 >= fitting.count * (best == 0 ? 7 : 10) else { return nil }
    let count = all.count { $0.newHash == first.newHash }
    if best < 2, count * 10 < all.count * 7 { return nil }
    let isAnchored = isBefore(first) && before?.isDistinctive == true || isAfter(first) && after?.isDistinctive == true
    let isNamed = first.isProse && document.names(before: index).contains { first.surroundings.contains($0) }
    return Choice(replacement: first, count: count, context: best, isAnchored: isAnchored || isNamed)
  }

  /// Nil when the line may as well be there by chance, or may be right.
  private func confidence(_ choice: Choice, _ line: PlainLine, left: Int) -> Double? {
    let (replacement, deleted) = (choice.replacement, deletions[line.hash, default: 0])
    let isGone = left == 0 && deleted <= choice.count || choice.count >= 3 * (left + deleted) && !replacement.substitution.isList
    if !replacement.isProse, !isGone, choice.context < 2 || replacement.role != .example { return nil }
    // Tests change for many reasons: one of the names must have been edited where it is declared.
    if !replacement.isProse, replacement.role == .test, replacement.oldWords.isDisjoint(with: edited) { return nil }
    if choice.context == 2 { return line.isDistinctive || choice.isAnchored ? 0.95 : 0.85 }
    if choice.isAnchored, line.isDistinctive || choice.context == 1 { return 0.92 }
    guard isGone else { return nil }
    guard line.isDistinctive else { return nil }
    if choice.context == 1 { return 0.9 }
    if replacement.isProse { return line.words >= 4 ? 0.9 : nil }
    let votes = substitutions[replacement.substitution.hash] ?? 1
    if votes >= 3 || replacement.role == .example { return 0.85 }
    return votes == 2 ? 0.75 : nil
  }

  /// Whether code that is put into a sample can stand there: what it names is not known to tests only, and what it no longer names is
  /// not used in the lines around.
  private func isUsable(
    _ choice: Choice, at index: Int, _ changed: Set<Int>, _ document: PlainText, _ remains: LineRemains
  ) -> Bool {
    let (replacement, substitution) = (choice.replacement, choice.replacement.substitution)
    if replacement.role == .test {
      guard substitution.addedWords.allSatisfy({ remains.words.contains($0) || document.has($0, around: index) }) else { return false }
    }
    if choice.context < 2, !substitution.keepsEnds { return false }
    if substitution.addedWords.isEmpty, !substitution.isList { return true }
    let isSystematic = (substitutions[substitution.hash] ?? 1) >= 3 && !substitution.renamesLetter
    if isSystematic, choice.context == 2 || substitution.removesLetters, !substitution.isList { return true }
    let reach = substitution.isList ? 3 * PlainText.reach : PlainText.reach
    return substitution.removedWords.allSatisfy { !document.has($0, around: index, reach: reach, but: changed) }
  }
}

/// What the head's code still has.
struct LineRemains: Sendable {
  var lines: [UInt64: Int] = [:]
  var words: Set<UInt64> = []
}
