// The marks inside a paragraph: literals, roles, links by name. A mark opens only behind a space or an opening bracket and closes only
// before a space or punctuation, as docutils has it. When a closing mark was looked for in vain, it is not looked for again.

import Domain

struct ReStructuredTextInline {
  struct Item {
    var reference: Reference
    /// The name by which a link's target is found; nil when it has its own. Empty for an anonymous one.
    var name: String?
    /// In backquotes: surely meant as a link.
    var isPhrase = false
  }

  private let bytes: Bytes
  private let start: Int
  private let end: Int
  private let block: Int
  private var position: Int
  private var hasNoLiteralEnd = false
  private var hasNoQuoteEnd = false

  init(_ bytes: Bytes, _ span: Span, block: Int) {
    self.bytes = bytes
    self.block = block
    start = span.start
    end = span.end
    position = span.start
  }

  mutating func next() -> Item? {
    while position < end {
      switch bytes[position] {
      case UInt8(ascii: "\\"): position += 2
      case UInt8(ascii: "`"): if let item = bytes.has("``", at: position) ? literal() : interpreted() { return item }
      case UInt8(ascii: "_"): if let item = word() { return item }
      case UInt8(ascii: "h"): if let item = address() { return item }
      default: position += 1
      }
    }
    return nil
  }

  /// A title without its marks.
  static func shown(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == UInt8(ascii: "`") || $0 == UInt8(ascii: "\\") }) else { return text }
    return String(text.filter { $0 != "`" && $0 != "\\" })
  }

  // MARK: Code

  private mutating func literal() -> Item? {
    let open = position
    position += 2
    guard !hasNoLiteralEnd, opens(at: open), position < end, !bytes[position].isSpace else { return skipQuotes() }
    var close = position + 1
    while let found = bytes.first("``", in: close..<end) {
      if !bytes[found - 1].isSpace, found >= position + 1, closes(behind: found + 2) {
        let span = Span(position, found)
        position = found + 2
        return Item(reference: Reference(kind: .codeSpan, text: joined(span), span: span, block: block))
      }
      close = found + 1
    }
    hasNoLiteralEnd = true
    return skipQuotes()
  }

  private mutating func skipQuotes() -> Item? {
    position += bytes.run(of: UInt8(ascii: "`"), at: position, limit: end)
    return nil
  }

  /// `` `text` `` with a role before or behind it, or a link.
  private mutating func interpreted() -> Item? {
    let open = position
    position += 1
    guard !hasNoQuoteEnd, position < end, !bytes[position].isSpace else { return nil }
    let before = roleBefore(open)
    guard before != nil || opens(at: open) || isTarget(open) else { return nil }
    guard let close = quoteEnd(from: position) else {
      hasNoQuoteEnd = true
      return nil
    }
    let span = Span(position, close)
    position = close + 1
    if isTarget(open) { return Item(reference: Reference(kind: .anchor, text: joined(span), span: span, block: block)) }
    if before == nil, position < end, bytes[position] == UInt8(ascii: "_") { return phrase(span) }
    let role = before ?? roleBehind()
    guard let role else { return Item(reference: Reference(kind: .codeSpan, text: joined(span), span: span, block: block)) }
    return Item(reference: Role(name: role).reference(text: joined(span), span: span, bytes: bytes, block: block))
  }

  private func quoteEnd(from first: Int) -> Int? {
    var position = first
    while let found = bytes.first(UInt8(ascii: "`"), in: position..<end) {
      let isEscaped = bytes[found - 1] == UInt8(ascii: "\\")
      let next = found + 1 < end ? bytes[found + 1] : 0x20
      if !isEscaped, !bytes[found - 1].isSpace, found > first, next == UInt8(ascii: "_") || closes(behind: found + 1) { return found }
      position = found + 1
    }
    return nil
  }

  private func roleBefore(_ open: Int) -> String? {
    guard open - 2 > start - 1, bytes[open - 1] == UInt8(ascii: ":") else { return nil }
    var position = open - 1
    while position > start, open - position < 64, RoleName.isName(bytes[position - 1]) { position -= 1 }
    guard position < open - 2, bytes[position] == UInt8(ascii: ":") else { return nil }
    return bytes.string(Span(position + 1, open - 1))
  }

  private mutating func roleBehind() -> String? {
    guard position + 2 < end, bytes[position] == UInt8(ascii: ":"), bytes[position + 1].isLetter else { return nil }
    let stop = bytes.skip(position + 1, min(end, position + 64)) { RoleName.isName($0) }
    guard bytes[stop - 1] == UInt8(ascii: ":"), stop - position > 2 else { return nil }
    let name = bytes.string(Span(position + 1, stop - 1))
    position = stop
    return name
  }

  /// `` _`name` ``: a place that links can name.
  private func isTarget(_ open: Int) -> Bool { open > start && bytes[open - 1] == UInt8(ascii: "_") && opens(at: open - 1) }

  // MARK: Links

  /// `` `text <target>`_ `` or `` `name`_ ``.
  private mutating func phrase(_ span: Span) -> Item {
    let isAnonymous = bytes.has("__", at: position) && position + 1 < end
    position += isAnonymous ? 2 : 1
    guard bytes[span.end - 1] == UInt8(ascii: ">"), let open = lastAngle(in: span), open > span.start, bytes[open - 1].isSpace else {
      let link = Reference(kind: .link, text: joined(span), span: span, block: block)
      return Item(reference: link, name: isAnonymous ? "" : joined(span), isPhrase: true)
    }
    let target = bytes.trimmedSpace(open + 1, span.end - 1)
    let text = bytes.trimmedSpace(span.start, open)
    // `text <name_>`_ is a link by another name.
    if !target.isEmpty, bytes[target.end - 1] == UInt8(ascii: "_"), !bytes[target.range].contains(UInt8(ascii: "/")) {
      let name = Span(target.start, target.end - 1)
      return Item(reference: Reference(kind: .link, text: joined(text), span: text, block: block), name: joined(name), isPhrase: true)
    }
    return Item(
      reference: Reference(
        kind: .link, text: joined(text), span: text.isEmpty ? target : text, target: joined(target),
        targetSpan: joined(target) == bytes.string(target) ? target : nil, writtenTarget: target, block: block))
  }

  private func lastAngle(in span: Span) -> Int? {
    var position = span.end - 1
    while position > span.start, bytes[position] != UInt8(ascii: "<") { position -= 1 }
    return bytes[position] == UInt8(ascii: "<") ? position : nil
  }

  /// `name_`, `name__`.
  private mutating func word() -> Item? {
    let mark = position
    let count = bytes.run(of: UInt8(ascii: "_"), at: mark, limit: end)
    position += count
    guard count <= 2, mark > start, bytes[mark - 1].isWord, closes(behind: position) else { return nil }
    var first = mark
    while first > start, mark - first < 200, bytes[first - 1].isWord || isInner(first - 1) { first -= 1 }
    while first < mark, !bytes[first].isWord { first += 1 }
    guard first < mark, first == start || opens(at: first) else { return nil }
    let span = Span(first, mark)
    let link = Reference(kind: .link, text: bytes.string(span), span: span, block: block)
    return Item(reference: link, name: count == 2 ? "" : bytes.string(span))
  }

  private func isInner(_ offset: Int) -> Bool {
    let byte = bytes[offset]
    return byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "+")
  }

  /// `https://…` in the text.
  private mutating func address() -> Item? {
    let first = position
    position += 1
    guard bytes.has("https://", at: first) || bytes.has("http://", at: first), opens(at: first) else { return nil }
    var stop = bytes.skip(first, end) { !$0.isSpace && $0 != UInt8(ascii: ">") && $0 != UInt8(ascii: "`") && $0 != UInt8(ascii: "\"") }
    while stop > first, isTrailing(bytes[stop - 1]) { stop -= 1 }
    position = max(stop, first + 1)
    guard stop > first + 8 else { return nil }
    let span = Span(first, stop)
    return Item(
      reference: Reference(kind: .link, text: bytes.string(span), span: span, target: bytes.string(span), targetSpan: span, block: block))
  }

  private func isTrailing(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ".") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";") || byte == UInt8(ascii: ":")
      || byte == UInt8(ascii: ")")
      || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "!") || byte == UInt8(ascii: "?")
      || byte == UInt8(ascii: "*")
  }

  // MARK: Where marks may stand

  private func opens(at offset: Int) -> Bool {
    guard offset > start else { return true }
    let byte = bytes[offset - 1]
    if byte.isSpace || byte >= 0x80 { return true }
    return byte.isPunctuation && "'\"([{<-/:*|\\".utf8.contains(byte)
  }

  private func closes(behind offset: Int) -> Bool {
    guard offset < end else { return true }
    let byte = bytes[offset]
    if byte.isSpace || byte >= 0x80 { return true }
    return byte.isPunctuation && "'\")]}>-/\\:.,;!?*|".utf8.contains(byte)
  }

  /// The text of a span, line breaks with their indentation as one space.
  private func joined(_ span: Span) -> String {
    let text = bytes.string(span)
    guard text.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D }) else { return text }
    return text.split { $0.isNewline }.map { $0.drop { $0 == " " || $0 == "\t" } }.joined(separator: " ")
  }
}
