// What a run of raw HTML in a document says: its comments, and the attributes that lead somewhere or name a place. No tree is
// built; one pass, each byte looked at a fixed number of times.

import Domain

/// The parts of raw HTML that matter to documents.
struct HTMLScanner {
  enum Item: Hashable {
    /// The bytes between `<!--` and `-->`, and the comment as a whole.
    case comment(content: Span, whole: Span)
    /// A quoted attribute of a tag; names in lower case.
    case attribute(tag: String, name: String, value: Span)
    /// The bytes between `<code>` and `</code>`, when no other tag is between.
    case code(content: Span)
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private let end: Int
  private var position: Int

  init(_ bytes: UnsafeBufferPointer<UInt8>, _ span: Span) {
    self.bytes = bytes
    position = span.start
    end = span.end
  }

  /// The next item, nil at the end.
  mutating func next() -> Item? {
    while position < end {
      if let tag = insideTag {
        if let item = nextAttribute(of: tag) ?? code(behind: tag) { return item }
      } else if bytes[position] != UInt8(ascii: "<") {
        position += 1
      } else if starts(with: "<!--") {
        return comment()
      } else {
        openTag()
      }
    }
    return nil
  }

  private var insideTag: String?

  private mutating func comment() -> Item? {
    let start = position
    position += 4
    let content = position
    while position < end, !starts(with: "-->") { position += 1 }
    let stop = position
    position = min(end, position + 3)
    return .comment(content: Span(content, stop), whole: Span(start, position))
  }

  /// The text of a code element of which the opening tag has just been left.
  private mutating func code(behind tag: String) -> Item? {
    guard insideTag == nil, tag == "code", position < end, let close = bytes.first(UInt8(ascii: "<"), in: position..<end) else {
      return nil
    }
    let content = Span(position, close)
    position = close
    return starts(with: "</code") ? .code(content: content) : nil
  }

  private mutating func openTag() {
    position += 1
    let name = word(while: Self.isName)
    if !name.isEmpty { insideTag = text(name) }
  }

  private mutating func nextAttribute(of tag: String) -> Item? {
    if bytes[position] == UInt8(ascii: ">") { insideTag = nil }
    let name = word(while: Self.isName)
    guard !name.isEmpty else {
      position += 1
      return nil
    }
    skipSpace()
    guard position < end, bytes[position] == UInt8(ascii: "=") else { return nil }
    position += 1
    skipSpace()
    guard let value = value() else { return nil }
    return .attribute(tag: tag, name: text(name), value: value)
  }

  private mutating func value() -> Span? {
    guard position < end else { return nil }
    let quote = bytes[position]
    guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
    position += 1
    let start = position
    while position < end, bytes[position] != quote { position += 1 }
    let value = Span(start, position)
    position = min(end, position + 1)
    return value
  }

  private mutating func word(while accept: (UInt8) -> Bool) -> Span {
    let start = position
    while position < end, accept(bytes[position]) { position += 1 }
    return Span(start, position)
  }

  private mutating func skipSpace() {
    while position < end, bytes[position] == 0x20 || (bytes[position] >= 0x09 && bytes[position] <= 0x0D) { position += 1 }
  }

  private func starts(with text: StaticString) -> Bool {
    guard position + text.utf8CodeUnitCount <= end else { return false }
    for index in 0..<text.utf8CodeUnitCount where bytes[position + index] != text.utf8Start[index] { return false }
    return true
  }

  private func text(_ span: Span) -> String {
    String(decoding: UnsafeBufferPointer(rebasing: bytes[span.range]), as: UTF8.self).lowercased()
  }

  private static func isName(_ byte: UInt8) -> Bool {
    (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || (byte >= 48 && byte <= 57) || byte == 45 || byte == 58 || byte == 95
  }
}
