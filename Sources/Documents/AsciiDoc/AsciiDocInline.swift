// The marks inside of AsciiDoc's text: `code`, ``code``, +code+, links, cross references, anchors. A closing mark that was looked for in
// vain is not looked for again.

import Domain

struct AsciiDocInline {
  private let bytes: Bytes
  private let start: Int
  private let end: Int
  private let block: Int
  private var position: Int
  /// Marks of which none closes behind the place where it was looked for.
  private var vain: Set<UInt8> = []
  /// Where the next `>>` is, as far as it is known; `end` when there is none.
  private var angleEnd = -1

  init(_ bytes: Bytes, _ span: Span, block: Int) {
    self.bytes = bytes
    self.block = block
    start = span.start
    end = span.end
    position = span.start
  }

  static func shown(_ text: String) -> String {
    text.utf8.contains(UInt8(ascii: "`")) ? String(text.filter { $0 != "`" }) : text
  }

  mutating func next() -> Reference? {
    while position < end {
      let found: Reference?
      switch bytes[position] {
      case UInt8(ascii: "\\"):
        position += 2
        continue
      case UInt8(ascii: "`"): found = code()
      case UInt8(ascii: "<"): found = angles()
      case UInt8(ascii: "["): found = anchor()
      case UInt8(ascii: "h"): found = address()
      case UInt8(ascii: "l"), UInt8(ascii: "x"), UInt8(ascii: "i"): found = macro()
      default: found = nil
      }
      if let found { return found }
      position += 1
    }
    return nil
  }

  /// `` `code` ``, and `` `+code+` `` without the plus signs. A curly quote (`"`…`"`) is none.
  private mutating func code() -> Reference? {
    let mark = UInt8(ascii: "`")
    let count = min(2, bytes.run(of: mark, at: position, limit: end))
    let first = position + count
    let before = position > start ? bytes[position - 1] : 0x20
    guard count == 2 || !(before.isWord || before == UInt8(ascii: "\"") || before == UInt8(ascii: "'")), first < end, !bytes[first].isSpace,
      !vain.contains(mark)
    else {
      position = first - 1
      return nil
    }
    var close = first + 1
    while let found = bytes.first(mark, in: min(close, end)..<end) {
      let run = bytes.run(of: mark, at: found, limit: end)
      let next = found + run < end ? bytes[found + run] : 0x20
      if run >= count, !bytes[found - 1].isSpace, count == 2 || !next.isWord {
        position = found + count
        return codeSpan(first, found)
      }
      close = found + run
    }
    vain.insert(mark)
    position = first - 1
    return nil
  }

  private func codeSpan(_ first: Int, _ last: Int) -> Reference {
    var span = Span(first, last)
    if span.count > 2, bytes[first] == UInt8(ascii: "+"), bytes[last - 1] == UInt8(ascii: "+") { span = Span(first + 1, last - 1) }
    return Reference(kind: .codeSpan, text: joined(span), span: span, block: block)
  }

  private func joined(_ span: Span) -> String {
    let text = bytes.string(span)
    guard text.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D }) else { return text }
    return text.split { $0.isNewline }.joined(separator: " ")
  }

  /// `<<name,text>>`
  private mutating func angles() -> Reference? {
    guard bytes.has("<<", at: position), position + 2 < end else { return nil }
    if angleEnd < position + 2 { angleEnd = bytes.first(">>", in: (position + 2)..<end) ?? end }
    let close = angleEnd
    guard close < end, close - position < 1000 else { return nil }
    let inner = Span(position + 2, close)
    guard !inner.isEmpty, bytes.first(UInt8(ascii: "<"), in: inner.range) == nil else { return nil }
    position = close + 2
    let comma = bytes.first(UInt8(ascii: ","), in: inner.range)
    let target = bytes.trimmed(inner.start, comma ?? inner.end)
    let text = comma.map { bytes.trimmed($0 + 1, inner.end) } ?? Span(inner.end, inner.end)
    return Reference(
      kind: .crossReference, text: bytes.string(text), span: text.isEmpty ? target : text, target: bytes.string(target), targetSpan: target,
      block: block, role: "xref")
  }

  /// `[[name]]`, `[#name]#text#`
  private mutating func anchor() -> Reference? {
    let isDouble = bytes.has("[[", at: position)
    guard isDouble || bytes.has("[#", at: position) else { return nil }
    let first = position + 2
    let last = bytes.skip(first, min(end, first + 200)) {
      $0.isWord || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":")
    }
    guard last > first, last < end, bytes[last] == UInt8(ascii: "]") || bytes[last] == UInt8(ascii: ",") else { return nil }
    position = last
    let span = Span(first, last)
    return Reference(kind: .anchor, text: bytes.string(span), span: span, block: block)
  }

  private mutating func macro() -> Reference? {
    if position > start, bytes[position - 1].isWord || bytes[position - 1] == UInt8(ascii: "-") { return nil }
    guard bytes.has("link:", at: position) || bytes.has("xref:", at: position) || bytes.has("image:", at: position),
      let macro = AsciiDocMacro(bytes, Span(position, end)), let kind = macro.kind, !macro.target.isEmpty
    else { return nil }
    position = macro.end
    return macro.reference(kind, bytes, block: block)
  }

  /// `https://…`, `https://…[text]`
  private mutating func address() -> Reference? {
    guard bytes.has("https://", at: position) || bytes.has("http://", at: position), position == start || !bytes[position - 1].isWord
    else { return nil }
    let first = position
    var last = bytes.skip(first, end) {
      !$0.isSpace && $0 != UInt8(ascii: "[") && $0 != UInt8(ascii: ">") && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: "`")
    }
    var text = Span(last, last)
    position = last
    if last < end, bytes[last] == UInt8(ascii: "["), let close = bytes.first(UInt8(ascii: "]"), in: last..<min(end, last + 2000)) {
      text = Span(last + 1, bytes.first(UInt8(ascii: ","), in: (last + 1)..<close) ?? close)
      position = close + 1
    } else {
      while last > first, ".,;:!?)'\"".utf8.contains(bytes[last - 1]) { last -= 1 }
    }
    let target = Span(first, last)
    guard target.count > 8 else { return nil }
    return Reference(
      kind: .link, text: text.isEmpty ? bytes.string(target) : bytes.string(text), span: text.isEmpty ? target : text,
      target: bytes.string(target), targetSpan: target, block: block)
  }
}
