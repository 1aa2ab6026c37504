// The single lines that AsciiDoc gives a meaning: titles, block attributes, macros.

import Domain

/// `== Title`, also with Markdown's `##`.
struct AsciiDocTitle {
  var level: Int
  var text: Span

  init?(_ bytes: Bytes, _ line: TextLine) {
    guard line.indent == 0, bytes[line.start] == UInt8(ascii: "=") || bytes[line.start] == UInt8(ascii: "#") else { return nil }
    let mark = bytes[line.start]
    let count = bytes.run(of: mark, at: line.start, limit: line.end)
    guard count <= 6, line.start + count < line.end, bytes[line.start + count].isBlank else { return nil }
    level = count
    var span = bytes.trimmed(line.start + count, line.end)
    // `== Title ==`
    let trailing = bytes[span.range].reversed().prefix { $0 == mark }.count
    if trailing == count, span.count > count, bytes[span.end - count - 1].isBlank { span = bytes.trimmed(span.start, span.end - count) }
    guard !span.isEmpty else { return nil }
    text = span
  }
}

/// `[source,java,options]`, `[[name]]`, `[#name.role]`: lines that say something of the block after them.
struct AsciiDocBlockAttributes {
  var isSource = false
  private(set) var language: Span?
  var anchors: [Span] = []
  private var words: [Span] = []

  init() {}

  /// Nil when the line is text that begins with a bracket.
  init?(_ bytes: Bytes, _ line: TextLine, before: Self) {
    let span = bytes.trimmed(line.start, line.end)
    guard span.count >= 2, bytes[span.end - 1] == UInt8(ascii: "]") else { return nil }
    self = before
    if bytes.has("[[", at: span.start) {
      guard span.count > 4, bytes.has("]]", at: span.end - 2) else { return nil }
      let name = bytes.skip(span.start + 2, span.end - 2) { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "]") && !$0.isBlank }
      if name > span.start + 2 { anchors = [Span(span.start + 2, name)] }
      return
    }
    guard bytes.first(UInt8(ascii: "]"), in: span.range) == span.end - 1 else { return nil }
    read(bytes, Span(span.start + 1, span.end - 1))
  }

  private mutating func read(_ bytes: Bytes, _ content: Span) {
    var position = content.start
    var number = 0
    while position <= content.end {
      var close = position
      var quote: UInt8 = 0
      while close < content.end, quote != 0 || bytes[close] != UInt8(ascii: ",") {
        if bytes[close] == UInt8(ascii: "\"") { quote = quote == 0 ? bytes[close] : 0 }
        close += 1
      }
      take(bytes, bytes.trimmed(position, close), number)
      number += 1
      position = close + 1
    }
  }

  private mutating func take(_ bytes: Bytes, _ word: Span, _ number: Int) {
    guard !word.isEmpty else {
      // `[,java]` is short for `[source,java]`.
      if number == 0 { isSource = true }
      return
    }
    if number == 0 {
      let styleEnd = bytes.skip(word.start, word.end) { $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "%") }
      let style = bytes.string(Span(word.start, styleEnd))
      if style == "source" || style == "listing" || style == "literal" { isSource = style != "literal" }
      if let hash = bytes.first(UInt8(ascii: "#"), in: styleEnd..<word.end) {
        let nameEnd = bytes.skip(hash + 1, word.end) { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "%") }
        if nameEnd > hash + 1 { anchors.append(Span(hash + 1, nameEnd)) }
      }
    } else if number == 1, bytes.first(UInt8(ascii: "="), in: word.range) == nil, isSource || language == nil && words.isEmpty {
      setSource(language: word)
    } else if bytes.has("id=", at: word.start) {
      anchors.append(unquoted(bytes, Span(word.start + 3, word.end)))
    } else {
      words.append(word)
    }
  }

  private func unquoted(_ bytes: Bytes, _ span: Span) -> Span {
    guard span.count > 2, bytes[span.start] == UInt8(ascii: "\""), bytes[span.end - 1] == UInt8(ascii: "\"") else { return span }
    return Span(span.start + 1, span.end - 1)
  }

  mutating func setSource(language span: Span) { language = span }

  func attributes(_ bytes: Bytes) -> [Attribute] {
    words.map { word in
      guard let equals = bytes.first(UInt8(ascii: "="), in: word.range) else { return Attribute(name: bytes.string(word), value: nil) }
      return Attribute(
        name: bytes.string(Span(word.start, equals)), value: bytes.string(unquoted(bytes, Span(equals + 1, word.end))))
    }
  }
}

/// `include::path[attributes]`, `image::path[]`, `link:target[text]`, `xref:page#name[text]`.
struct AsciiDocMacro {
  var name: String
  var isBlock: Bool
  var target: Span
  var text: Span
  /// Behind the closing bracket.
  var end: Int

  /// - Parameter span: begins with the macro's name.
  init?(_ bytes: Bytes, _ span: Span) {
    let nameEnd = bytes.skip(span.start, min(span.end, span.start + 16)) { $0.isLetter }
    guard nameEnd > span.start, nameEnd < span.end, bytes[nameEnd] == UInt8(ascii: ":") else { return nil }
    isBlock = bytes.has("::", at: nameEnd)
    let start = nameEnd + (isBlock ? 2 : 1)
    guard start < span.end, !bytes[start].isSpace else { return nil }
    let open = bytes.skip(start, min(span.end, start + 1000)) { $0 != UInt8(ascii: "[") && !$0.isSpace }
    guard open < span.end, bytes[open] == UInt8(ascii: "["), let close = Self.close(bytes, open, min(span.end, open + 1000)) else {
      return nil
    }
    name = bytes.string(Span(span.start, nameEnd))
    target = Span(start, open)
    text = Span(open + 1, close)
    end = close + 1
  }

  private static func close(_ bytes: Bytes, _ open: Int, _ limit: Int) -> Int? {
    var position = open + 1
    while position < limit, bytes[position] != UInt8(ascii: "]") { position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1 }
    return position < limit ? position : nil
  }

  var kind: Reference.Kind? {
    switch name {
    case "include": .include
    case "image", "video", "audio": .image
    case "link": .link
    case "xref": .crossReference
    default: nil
    }
  }

  func reference(_ kind: Reference.Kind, _ bytes: Bytes, block: Int) -> Reference {
    let shown = Span(text.start, bytes.first(UInt8(ascii: ","), in: text.range) ?? text.end)
    let isShown = (kind == .link || kind == .crossReference) && !shown.isEmpty
    return Reference(
      kind: kind, text: isShown ? bytes.string(shown) : "", span: isShown ? shown : target, target: bytes.string(target),
      targetSpan: target,
      block: block, role: kind == .include ? "include" : kind == .crossReference ? "xref" : nil,
      options: kind == .include ? options(bytes) : [])
  }

  /// `lines=1..4;tag=a`, `tags="a;b"`.
  private func options(_ bytes: Bytes) -> [Attribute] {
    bytes.string(text).split(separator: ",").compactMap { word in
      guard let equals = word.firstIndex(of: "=") else { return nil }
      let name = word[..<equals].drop { $0 == " " }
      return Attribute(name: String(name), value: String(word[word.index(after: equals)...].filter { $0 != "\"" }))
    }
  }
}
