// Where the target of a link is written when the parser gives none, because it has escapes or entities: looked for behind the
// text of the link. And the attributes at the end of a title.

import Domain

enum WrittenTarget {
  /// The target in `](target "title")` behind the last byte of a link's text; nil for a link by reference.
  static func span(behind end: Int, in bytes: Bytes) -> Span? {
    let limit = min(bytes.count, end + 32)
    guard let open = bytes.first("](", in: end..<limit) else { return nil }
    let stop = min(bytes.count, open + 4096)
    var start = open + 2
    while start < stop, bytes[start].isSpace { start += 1 }
    guard start < stop else { return nil }
    if bytes[start] == UInt8(ascii: "<") {
      var close = start + 1
      while close < stop, bytes[close] != UInt8(ascii: ">") { close += bytes[close] == UInt8(ascii: "\\") ? 2 : 1 }
      return close < stop ? Span(start + 1, close) : nil
    }
    return bare(from: start, stop, in: bytes)
  }

  private static func bare(from start: Int, _ stop: Int, in bytes: Bytes) -> Span? {
    var depth = 0
    var position = start
    while position < stop, !bytes[position].isSpace {
      switch bytes[position] {
      case UInt8(ascii: "\\"): position += 1
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"):
        if depth == 0 { return Span(start, position) }
        depth -= 1
      default: break
      }
      position += 1
    }
    return position < stop ? Span(start, position) : nil
  }
}

/// `{#name .class}` or `{: #name }` at the end of a title.
struct HeadingAttributes {
  /// The title without them.
  var title: Span
  var name: Span?

  init?(_ bytes: Bytes, _ span: Span) {
    guard span.count > 3, bytes[span.end - 1] == UInt8(ascii: "}") else { return nil }
    if span.end < bytes.count, bytes[span.end] == UInt8(ascii: "`") { return nil }
    var open = span.end - 2
    while open > span.start, bytes[open] != UInt8(ascii: "{"), bytes[open] != UInt8(ascii: "}") { open -= 1 }
    guard bytes[open] == UInt8(ascii: "{"), open > span.start else { return nil }
    var position = open + 1
    if bytes[position] == UInt8(ascii: ":") { position += 1 }
    position = bytes.skipBlanks(position, span.end - 1)
    guard bytes[position] == UInt8(ascii: "#") || bytes[position] == UInt8(ascii: ".") else { return nil }
    title = bytes.trimmed(span.start, open)
    while position < span.end - 1 {
      let end = bytes.skip(position, span.end - 1) { !$0.isBlank }
      if bytes[position] == UInt8(ascii: "#"), end > position + 1 { name = Span(position + 1, end) }
      position = bytes.skipBlanks(end, span.end - 1)
    }
  }
}
