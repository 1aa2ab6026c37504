// Finds the documentation comments of a file without reading its code: by the bytes that begin one, and only where nothing but blanks is
// before them on their line. A string of several lines could hold a line like that; it would have to look like documentation.

import Domain

struct DocCommentScanner {
  private let bytes: Bytes
  private let language: DocCommentLanguage
  private var position = 0

  init(_ bytes: Bytes, _ language: DocCommentLanguage) {
    self.bytes = bytes
    self.language = language
  }

  mutating func next() -> DocComment? {
    if language == .python { return nextDocstring() }
    let mark = language == .ruby ? UInt8(ascii: "#") : UInt8(ascii: "/")
    while let found = bytes.first(mark, in: position..<bytes.count) {
      if let comment = comment(at: found) { return comment }
    }
    position = bytes.count
    return nil
  }

  /// The comment that begins at a mark; nil, and the place to go on from, when none does.
  private mutating func comment(at found: Int) -> DocComment? {
    if language.hasBlocks, isBlockMark(found) {
      guard isFirst(found) else {
        position = found + 3
        return nil
      }
      return block(at: found)
    }
    guard let mark = language.lineMarks.first(where: { isLineMark($0, found) }) else {
      position = found + 1
      return nil
    }
    guard isFirst(found) else {
      position = lineEnd(in: bytes, from: found)
      return nil
    }
    return lines(at: found, mark)
  }

  private func isBlockMark(_ found: Int) -> Bool {
    guard bytes.has("/**", at: found) || (language == .rust && bytes.has("/*!", at: found)) else { return false }
    return !bytes.has("/**/", at: found) && !bytes.has("/***", at: found)
  }

  /// `////` is a rule, no documentation; Go's `//go:` lines speak to tools.
  private func isLineMark(_ mark: StaticString, _ found: Int) -> Bool {
    guard bytes.has(mark, at: found) else { return false }
    let behind = found + mark.utf8CodeUnitCount
    guard behind < bytes.count else { return true }
    switch language {
    case .go: return bytes[behind].isSpace
    case .ruby: return bytes[behind].isSpace
    default: return bytes[behind] != UInt8(ascii: "/")
    }
  }

  private func isFirst(_ found: Int) -> Bool {
    var before = found
    while before > 0, bytes[before - 1].isBlank { before -= 1 }
    return before == 0 || bytes[before - 1] == 0x0A || bytes[before - 1] == 0x0D
  }

  // MARK: Lines

  private mutating func lines(at first: Int, _ mark: StaticString) -> DocComment? {
    var lines: [Span] = []
    var start = first
    while true {
      let end = lineEnd(in: bytes, from: start)
      var text = start + mark.utf8CodeUnitCount
      if text < end, bytes[text] == 0x20 { text += 1 }
      lines.append(Span(min(text, end), end))
      position = end
      let next = bytes.skipBlanks(nextLine(in: bytes, after: end), bytes.count)
      guard next < bytes.count, next > end, isLineMark(mark, next) else { break }
      start = next
    }
    return isDocumentation(behind: position) ? DocComment(lines: lines) : nil
  }

  /// In Go and Ruby any comment may be documentation: it is, when a declaration follows.
  private func isDocumentation(behind end: Int) -> Bool {
    guard language == .go || language == .ruby else { return true }
    let next = bytes.skipBlanks(nextLine(in: bytes, after: end), bytes.count)
    let words: [StaticString] =
      language == .go
      ? ["func ", "type ", "var ", "const ", "package "] : ["def ", "class ", "module ", "attr_", "private ", "alias ", "define_method"]
    if words.contains(where: { bytes.has($0, at: next) }) { return true }
    // A constant of Ruby; a field or a method of Go's structures and interfaces.
    return next < bytes.count && bytes[next] >= 0x41 && bytes[next] <= 0x5A
  }

  private mutating func block(at found: Int) -> DocComment? {
    let close = bytes.first("*/", in: (found + 3)..<bytes.count) ?? bytes.count
    var lines: [Span] = []
    var start = found + 3
    position = min(bytes.count, close + 2)
    while start < close {
      let end = min(close, lineEnd(in: bytes, from: start))
      var text = start
      if !lines.isEmpty {
        let star = bytes.skipBlanks(start, end)
        text = star < end && bytes[star] == UInt8(ascii: "*") ? star + 1 : start
      }
      if text < end, bytes[text] == 0x20 { text += 1 }
      var stop = end
      if end == close { while stop > text, bytes[stop - 1].isBlank { stop -= 1 } }
      lines.append(Span(min(text, stop), stop))
      start = max(nextLine(in: bytes, after: end), start + 1)
    }
    return DocComment(lines: unindented(lines))
  }

  /// Lines of a block without stars: without the indentation that all but the first have.
  private func unindented(_ lines: [Span]) -> [Span] {
    let rest = lines.dropFirst().filter { !$0.isEmpty }
    let least =
      rest.map { bytes.skipBlanks($0.start, $0.end) == $0.end ? Int.max : bytes.skipBlanks($0.start, $0.end) - $0.start }.min() ?? 0
    guard least > 0, least < Int.max else { return lines }
    return [lines[0]] + lines.dropFirst().map { Span(min($0.start + least, $0.end), $0.end) }
  }

  // MARK: Docstrings

  private mutating func nextDocstring() -> DocComment? {
    while position < bytes.count {
      guard let found = nextQuotes() else { break }
      let content = found + 3
      let close = closingQuotes(from: content, bytes[found])
      let prefix = prefixStart(found)
      position = min(bytes.count, close + 3)
      guard isFirst(prefix), isDocstringPlace(prefix) else { continue }
      let isRaw = bytes[prefix..<found].contains { $0 | 0x20 == UInt8(ascii: "r") }
      return DocComment(lines: docstringLines(content, close), isEscaped: !isRaw)
    }
    position = bytes.count
    return nil
  }

  /// The next three quotes that are not behind a `#`.
  private mutating func nextQuotes() -> Int? {
    while position < bytes.count {
      let double = bytes.first("\"\"\"", in: position..<bytes.count)
      let single = bytes.first("'''", in: position..<(double ?? bytes.count))
      guard let found = single ?? double else { return nil }
      var start = found
      while start > position, bytes[start - 1] != 0x0A, bytes[start - 1] != 0x0D { start -= 1 }
      guard bytes.first(UInt8(ascii: "#"), in: start..<found) != nil, bytes.first(UInt8(ascii: "\""), in: start..<found) == nil
      else { return found }
      position = lineEnd(in: bytes, from: found)
    }
    return nil
  }

  private func closingQuotes(from start: Int, _ quote: UInt8) -> Int {
    var position = start
    while position < bytes.count, let found = bytes.first(quote, in: position..<bytes.count) {
      let run = bytes.run(of: quote, at: found, limit: min(bytes.count, found + 3))
      if run == 3, found == start || bytes[found - 1] != UInt8(ascii: "\\") { return found }
      position = found + run
    }
    return bytes.count
  }

  private func prefixStart(_ quotes: Int) -> Int {
    var start = quotes
    while start > 0, quotes - start < 2, bytes[start - 1].isLetter { start -= 1 }
    return start
  }

  /// At the top of the file, or behind a line that ends with a colon; comments and blank lines may be between.
  private func isDocstringPlace(_ start: Int) -> Bool {
    var before = start
    while true {
      while before > 0, bytes[before - 1].isSpace { before -= 1 }
      guard before > 0 else { return true }
      if bytes[before - 1] == UInt8(ascii: ":") { return true }
      guard start - before < 4096 else { return false }
      let line = lineStart(in: bytes, of: before - 1)
      guard let hash = bytes.first(UInt8(ascii: "#"), in: line..<before) else { return false }
      let code = bytes.trimmed(line, hash)
      if !code.isEmpty { return bytes[code.end - 1] == UInt8(ascii: ":") }
      before = line
    }
  }

  /// Without the indentation that all lines but the first have.
  private func docstringLines(_ start: Int, _ end: Int) -> [Span] {
    var lines: [Span] = []
    var position = start
    while position <= end {
      let stop = min(end, lineEnd(in: bytes, from: position))
      lines.append(Span(position, stop))
      if stop >= end { break }
      position = min(end, nextLine(in: bytes, after: stop))
    }
    if let first = lines.first { lines[0] = bytes.trimmed(first.start, first.end) }
    return unindented(lines)
  }
}
