// What stands around a literal in a document, read from the bytes alone, so that a rule and the strategy that answers it see the same.

import Domain

/// The section of a configuration that a mention is about.
public enum SectionContext {
  /// Lines before a mention that are looked at.
  private static let maximumLines = 1500

  /// Which of the names stands nearest before an offset: as a heading's word, a key of the sample, a word of the text.
  public static func nearest(before offset: Int, in bytes: [UInt8], among names: Set<String>) -> String? {
    guard !names.isEmpty else { return nil }
    var end = min(offset, bytes.count)
    var lines = 0
    var position = end
    while position >= 0, lines < maximumLines {
      if position == 0 || bytes[position - 1] == 0x0A {
        if let name = last(in: position..<end, bytes, among: names) { return name }
        end = position
        lines += 1
      }
      position -= 1
    }
    return nil
  }

  private static func last(in range: Range<Int>, _ bytes: [UInt8], among names: Set<String>) -> String? {
    var found: String?
    var start = range.lowerBound
    while start < range.upperBound {
      guard isName(bytes[start]) else {
        start += 1
        continue
      }
      var end = start
      while end < range.upperBound, isName(bytes[end]) { end += 1 }
      var trimmed = end
      while trimmed > start, !LiteralShape.isWordByte(bytes[trimmed - 1]) { trimmed -= 1 }
      let name = String(decoding: bytes[start..<trimmed], as: UTF8.self)
      if names.contains(name) { found = name }
      start = end
    }
    return found
  }

  private static func isName(_ byte: UInt8) -> Bool { LiteralShape.isWordByte(byte) || "-./".utf8.contains(byte) }
}

/// Whose version a document means.
public enum VersionContext {
  /// The move that a version in a document belongs to: its text is the old version, and the lines around it name whose it is. Nil
  /// when none is named, or two with different outcomes.
  public static func move(at span: Span, in bytes: [UInt8], among moves: [VersionMove]) -> VersionMove? {
    let text = String(decoding: bytes[span.range], as: UTF8.self)
    let candidates = moves.filter { VersionText.spellings($0.old).contains(text) }
    guard !candidates.isEmpty, isWhole(span, bytes) else { return nil }
    let line = self.line(around: span, bytes)
    let named = candidates.filter { isNamed($0, span, line, bytes) }
    guard let first = named.first, named.allSatisfy({ $0.new == first.new }) else { return nil }
    return first
  }

  /// What stands for the old text: as short as it was.
  public static func replacement(for text: String, _ move: VersionMove) -> String? {
    if text == move.old { return move.new }
    let parts = text.split(separator: ".").count
    let new = move.new.split(separator: ".")
    guard new.count >= parts, new.dropFirst(parts).allSatisfy({ $0 == "0" }) else { return move.new }
    return new.prefix(parts).joined(separator: ".")
  }

  private static func isWhole(_ span: Span, _ bytes: [UInt8]) -> Bool {
    if span.start > 0 {
      let before = bytes[span.start - 1]
      let isVersionMark = before == UInt8(ascii: "v") && (span.start < 2 || !LiteralShape.isWordByte(bytes[span.start - 2]))
      if (LiteralShape.isWordByte(before) && !isVersionMark) || before == 0x2E { return false }
    }
    guard span.end < bytes.count else { return true }
    let after = bytes[span.end]
    if LiteralShape.isWordByte(after) { return false }
    let next = span.end + 1 < bytes.count ? bytes[span.end + 1] : 0x20
    return !(after == 0x2E && LiteralShape.isWordByte(next)) && !(after == LiteralShape.dash && LiteralShape.isLetter(next))
  }

  static func line(around span: Span, _ bytes: [UInt8]) -> Range<Int> {
    var (low, high) = (span.start, span.end)
    while low > 0, bytes[low - 1] != 0x0A { low -= 1 }
    while high < bytes.count, bytes[high] != 0x0A { high += 1 }
    return low..<high
  }

  // MARK: Whether it is named

  private static func isNamed(_ move: VersionMove, _ span: Span, _ line: Range<Int>, _ bytes: [UInt8]) -> Bool {
    switch move.subject {
    case .project: move.names.contains { names($0, line, span, bytes) }
    case .dependency(let name): isMinimum(of: [name], sentence(line, span, bytes), bytes)
    case .toolchain(let tool): isMinimum(of: toolNames[tool] ?? [tool], sentence(line, span, bytes), bytes)
    }
  }

  /// The name stands directly before the version, as package files and install commands write it, or leads the entry whose version
  /// this line gives (`repo: …/name` over `rev: 1.2.3`, `<artifactId>` over `<version>`).
  private static func names(_ name: String, _ line: Range<Int>, _ span: Span, _ bytes: [UInt8]) -> Bool {
    let before = Array(bytes[line.lowerBound..<span.start])
    if let end = end(of: name, in: before) {
      let between = before[end...]
      return between.count <= 40 && between.allSatisfy { !LiteralShape.isLetter($0) || $0 == UInt8(ascii: "v") } || isVersionField(between)
    }
    guard isVersionField(before[...]) else { return false }
    var low = line.lowerBound
    for _ in 0..<2 where low > 0 {
      let end = low - 1
      low = end
      while low > 0, bytes[low - 1] != 0x0A { low -= 1 }
      if self.end(of: name, in: Array(bytes[low..<end])) != nil { return true }
    }
    return false
  }

  /// `version = "`, `rev: `, `tag: v`, `<version>`, `from: "`.
  private static func isVersionField(_ bytes: ArraySlice<UInt8>) -> Bool {
    let words = String(decoding: bytes, as: UTF8.self).lowercased().split { !$0.isLetter }.filter { $0 != "v" }
    guard let last = words.last, words.count <= 6 else { return false }
    return ["version", "rev", "tag", "from", "ref"].contains(String(last))
  }

  /// Where the last whole occurrence of a name ends.
  private static func end(of name: String, in bytes: [UInt8]) -> Int? {
    let needle = Array(name.utf8)
    guard needle.count >= 2, bytes.count >= needle.count else { return nil }
    for start in stride(from: bytes.count - needle.count, through: 0, by: -1)
    where bytes[start..<start + needle.count].elementsEqual(needle) {
      if LiteralBoundary.isWhole(start..<start + needle.count, in: bytes) { return start + needle.count }
    }
    return nil
  }

  private static func spells(_ name: String, _ line: Range<Int>, _ bytes: [UInt8]) -> Bool {
    let text = bytes[line].map { LiteralShape.isUpper($0) ? $0 | 0x20 : $0 }
    return end(of: name.lowercased(), in: text) != nil
  }

  private static let toolNames: [String: [String]] = [
    "rust": ["rust", "rustc", "msrv", "cargo"], "go": ["go", "golang"], "node": ["node", "node.js", "nodejs"],
    "python": ["python", "cpython"],
    "ruby": ["ruby", "mri"], "swift": ["swift"],
  ]

  private static let minimumWords = [
    "requires", "require", "required", "minimum", "msrv", "at least", "or later", "or newer", "or above", "or higher", "and above",
    "and later",
    "and newer", "supports", "supported", "needs", "need ", "compiles", "compile", ">=", "+", "≥", "tested",
  ]

  /// A sentence about one feature's least version says nothing of the project's.
  private static let featureWords = ["available", "introduced", "added", "since", "feature", "only "]

  /// The part of the line between two full stops.
  private static func sentence(_ line: Range<Int>, _ span: Span, _ bytes: [UInt8]) -> Range<Int> {
    var (low, high) = (span.start, span.end)
    while low > line.lowerBound, !(bytes[low - 1] == 0x20 && low >= 2 && bytes[low - 2] == 0x2E) { low -= 1 }
    while high < line.upperBound, !(bytes[high] == 0x2E && high + 1 < bytes.count && bytes[high + 1] == 0x20) { high += 1 }
    return low..<high
  }

  private static func isMinimum(of names: [String], _ line: Range<Int>, _ bytes: [UInt8]) -> Bool {
    guard line.count < 140, names.contains(where: { spells($0, line, bytes) }) else { return false }
    let text = String(decoding: bytes[line], as: UTF8.self).lowercased()
    return minimumWords.contains(where: text.contains) && !featureWords.contains(where: text.contains)
  }
}

/// Words with one hyphen in a text: no flags, paths, addresses, or parts of longer compounds.
public enum HyphenatedWords {
  public static func find(in bytes: [UInt8]) -> [Span] {
    var words: [Span] = []
    var start = 0
    while start < bytes.count {
      guard LiteralShape.isLetter(bytes[start]) else {
        start += 1
        continue
      }
      var end = start
      var dashes = 0
      while end < bytes.count, isWord(bytes, end) {
        if bytes[end] == LiteralShape.dash { dashes += 1 }
        end += 1
      }
      if dashes == 1, isFree(start..<end, bytes) { words.append(Span(start, end)) }
      start = end
      while start < bytes.count, !LiteralShape.isLetter(bytes[start]), bytes[start] != 0x20, bytes[start] != 0x0A { start += 1 }
    }
    return words
  }

  private static func isWord(_ bytes: [UInt8], _ index: Int) -> Bool {
    if LiteralShape.isLetter(bytes[index]) { return true }
    return bytes[index] == LiteralShape.dash && index + 1 < bytes.count && LiteralShape.isLetter(bytes[index + 1])
  }

  private static func isFree(_ range: Range<Int>, _ bytes: [UInt8]) -> Bool {
    let marks = Array("-_/\\.@:=#&".utf8)
    if range.lowerBound > 0 {
      let before = bytes[range.lowerBound - 1]
      if marks.contains(before) || LiteralShape.isWordByte(before) || before >= 0x80 { return false }
    }
    guard range.upperBound < bytes.count else { return true }
    let after = bytes[range.upperBound]
    if LiteralShape.isWordByte(after) || "_/\\=@".utf8.contains(after) || after == LiteralShape.dash { return false }
    let next = range.upperBound + 1 < bytes.count ? bytes[range.upperBound + 1] : 0x20
    return !((after == 0x2E || after == UInt8(ascii: ":")) && LiteralShape.isWordByte(next))
  }
}
