// Looking at the bytes of a document without copying them. Readers work on these and make strings only of what they hand out.

import Domain
import Glibc

/// The bytes of a text; valid while its reader runs.
typealias Bytes = UnsafeBufferPointer<UInt8>

extension UnsafeBufferPointer where Element == UInt8 {
  func string(_ span: Span) -> String { String(decoding: UnsafeBufferPointer(rebasing: self[span.range]), as: UTF8.self) }

  /// Whether a text stands at a byte.
  func has(_ text: StaticString, at offset: Int) -> Bool {
    let count = text.utf8CodeUnitCount
    guard offset >= 0, offset + count <= self.count else { return false }
    for index in 0..<count where self[offset + index] != text.utf8Start[index] { return false }
    return true
  }

  /// The first such byte in a range.
  func first(_ byte: UInt8, in range: Range<Int>) -> Int? {
    guard let baseAddress, !range.isEmpty else { return nil }
    guard let found = memchr(baseAddress + range.lowerBound, Int32(byte), range.count) else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(baseAddress)
  }

  /// The first occurrence of a text in a range.
  func first(_ text: StaticString, in range: Range<Int>) -> Int? {
    var start = range.lowerBound
    let last = range.upperBound - text.utf8CodeUnitCount
    while start <= last, let found = first(text.utf8Start[0], in: start..<(last + 1)) {
      if has(text, at: found) { return found }
      start = found + 1
    }
    return nil
  }

  /// How many of a byte follow each other from a place on.
  func run(of byte: UInt8, at offset: Int, limit: Int) -> Int {
    var end = offset
    while end < limit, self[end] == byte { end += 1 }
    return end - offset
  }

  /// The first byte that is no space and no tab.
  func skipBlanks(_ offset: Int, _ end: Int) -> Int {
    var position = offset
    while position < end, self[position] == 0x20 || self[position] == 0x09 { position += 1 }
    return position
  }

  /// A range without the spaces and tabs at its ends.
  func trimmed(_ start: Int, _ end: Int) -> Span {
    let first = skipBlanks(start, end)
    var last = Swift.max(first, end)
    while last > first, self[last - 1] == 0x20 || self[last - 1] == 0x09 { last -= 1 }
    return Span(first, last)
  }

  /// A range without the white space at its ends.
  func trimmedSpace(_ start: Int, _ end: Int) -> Span {
    let first = skip(start, end) { $0.isSpace }
    var last = Swift.max(first, end)
    while last > first, self[last - 1].isSpace { last -= 1 }
    return Span(first, last)
  }

  func skip(_ offset: Int, _ end: Int, while accept: (UInt8) -> Bool) -> Int {
    var position = offset
    while position < end, accept(self[position]) { position += 1 }
    return position
  }
}

extension [UInt8] {
  /// Whether a zero byte is in it: no text has one.
  var hasZero: Bool { withUnsafeBufferPointer { $0.first(0, in: 0..<$0.count) != nil } }
}

extension UInt8 {
  var isBlank: Bool { self == 0x20 || self == 0x09 }
  var isSpace: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D) }
  var isDigit: Bool { self >= 0x30 && self <= 0x39 }
  var isLetter: Bool { (self | 0x20) >= 0x61 && (self | 0x20) <= 0x7A }
  /// A letter, a digit, or a byte of a character beyond ASCII.
  var isWord: Bool { isLetter || isDigit || self >= 0x80 }
  /// Any of the marks of ASCII.
  var isPunctuation: Bool { self > 0x20 && self < 0x7F && !isLetter && !isDigit }
}

/// One line of a text.
struct TextLine: Hashable {
  var start: Int
  /// Behind the last byte, the line ending left out.
  var end: Int
  /// Where the next line begins.
  var next: Int
  /// The first byte that is no space and no tab; `end` on a blank line.
  var text: Int
  /// The column of `text`.
  var indent: Int

  var isBlank: Bool { text == end }

  /// - Parameter tab: the distance of tab stops: 4 in Markdown, 8 in reStructuredText.
  init(_ bytes: Bytes, at start: Int, tab: Int) {
    self.start = start
    end = TextLine.end(bytes, from: start)
    next = end
    if next < bytes.count { next += bytes[next] == 0x0D && next + 1 < bytes.count && bytes[next + 1] == 0x0A ? 2 : 1 }
    var column = 0
    text = start
    while text < end, bytes[text].isBlank {
      column = bytes[text] == 0x09 ? (column / tab + 1) * tab : column + 1
      text += 1
    }
    indent = column
  }

  /// Lines end with LF, CR LF or a lone CR. In windows, so that a text of lone CRs costs no search to its end for each.
  private static func end(_ bytes: Bytes, from start: Int) -> Int {
    var window = start
    while window < bytes.count {
      let limit = Swift.min(bytes.count, window + 512)
      let feed = bytes.first(0x0A, in: window..<limit)
      if let found = bytes.first(0x0D, in: window..<(feed ?? limit)) ?? feed { return found }
      window = limit
    }
    return bytes.count
  }

  /// Where a column of the line begins, and how many columns of a tab are left behind it; never beyond `text`.
  func offset(ofColumn target: Int, _ bytes: Bytes, tab: Int) -> (offset: Int, padding: Int) {
    var column = 0
    var position = start
    while position < text, column < target {
      column = bytes[position] == 0x09 ? (column / tab + 1) * tab : column + 1
      position += 1
    }
    return (position, Swift.max(0, column - target))
  }
}
