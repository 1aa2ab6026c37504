// The single lines that `MarkdownProjector` understands, each taken apart by a value of its own.

import Domain

/// The mark of a list item.
enum ListMarker {
  /// The end of `-`, `*`, `+`, `1.` or `1)` with a blank behind it; nil when there is none.
  static func end(_ bytes: Bytes, _ start: Int, _ limit: Int) -> Int? {
    var position = start
    if bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "*") || bytes[position] == UInt8(ascii: "+") {
      position += 1
    } else {
      position = bytes.skip(position, min(limit, start + 9)) { $0.isDigit }
      guard position > start, position < limit, bytes[position] == UInt8(ascii: ".") || bytes[position] == UInt8(ascii: ")") else {
        return nil
      }
      position += 1
    }
    return position < limit && bytes[position].isBlank ? position : nil
  }
}

/// `!!! type "Title"`, `??? type "Title"`, `???+ type`, `=== "Title"`.
struct AdmonitionTitle {
  /// Between the quotes.
  var span: Span?

  init?(_ bytes: Bytes, _ line: TextLine) {
    var position = line.text
    let mark = bytes[position]
    guard bytes.run(of: mark, at: position, limit: line.end) == 3 else { return nil }
    position += 3
    if mark == UInt8(ascii: "?") || mark == UInt8(ascii: "="), position < line.end, Self.isFlag(bytes[position]) { position += 1 }
    guard position < line.end, bytes[position] == 0x20 else { return nil }
    position = bytes.skipBlanks(position, line.end)
    let quote = bytes.first(UInt8(ascii: "\""), in: position..<line.end) ?? bytes.first(UInt8(ascii: "'"), in: position..<line.end)
    let words = bytes.trimmed(position, quote ?? line.end)
    if mark == UInt8(ascii: "=") {
      guard words.isEmpty, quote != nil else { return nil }
    } else {
      guard !words.isEmpty, bytes[words.range].allSatisfy({ $0.isWord || $0 == 0x20 || $0 == UInt8(ascii: "-") }) else { return nil }
    }
    if let quote, let close = bytes.first(bytes[quote], in: (quote + 1)..<line.end) { span = Span(quote + 1, close) }
  }

  private static func isFlag(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "+") || byte == UInt8(ascii: "!") }
}

/// The name and the argument of a directive.
struct Directive {
  var name: String
  var content: DirectiveContent
  var argument: Span?

  /// `{name} argument` behind a fence; nil when the name is unknown.
  init?(_ bytes: Bytes, _ start: Int, _ end: Int) {
    let open = bytes.skipBlanks(start, end)
    guard open < end, bytes[open] == UInt8(ascii: "{"), let close = bytes.first(UInt8(ascii: "}"), in: open..<end) else { return nil }
    guard bytes[(open + 1)..<close].allSatisfy(RoleName.isName),
      let content = DirectiveContent.of(bytes.string(Span(open + 1, close)).lowercased())
    else { return nil }
    name = bytes.string(Span(open + 1, close)).lowercased()
    self.content = content
    let argument = bytes.trimmed(close + 1, end)
    if !argument.isEmpty { self.argument = argument }
  }

  /// `note Title`, `note[Title]{id="x"}` behind colons: any name will do, its content is text.
  init?(container bytes: Bytes, _ start: Int, _ end: Int) {
    let first = bytes.skipBlanks(start, end)
    let nameEnd = bytes.skip(first, end) { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    guard nameEnd > first else { return nil }
    guard nameEnd == end || bytes[nameEnd].isBlank || bytes[nameEnd] == UInt8(ascii: "[") || bytes[nameEnd] == UInt8(ascii: "{") else {
      return nil
    }
    name = bytes.string(Span(first, nameEnd)).lowercased()
    content = .text
    var argument = bytes.trimmed(nameEnd, end)
    if !argument.isEmpty, bytes[argument.start] == UInt8(ascii: "["), let close = bytes.first(UInt8(ascii: "]"), in: argument.range) {
      argument = Span(argument.start + 1, close)
    } else if !argument.isEmpty, bytes[argument.start] == UInt8(ascii: "{") {
      return
    }
    if !argument.isEmpty { self.argument = argument }
  }
}

/// `:name: value` lines, or a block between `---` lines, at the top of a directive.
struct DirectiveOptions {
  var values: [(Span, Span)] = []
  /// Where the content begins.
  var end: Int

  init(_ bytes: Bytes, from start: Int, limit: Int) {
    end = start
    guard start < limit else { return }
    let first = TextLine(bytes, at: start, tab: 4)
    let isBlock = bytes.has("---", at: first.text) && bytes.skipBlanks(first.text + 3, first.end) == first.end
    var position = isBlock ? first.next : start
    while position < limit {
      let line = TextLine(bytes, at: position, tab: 4)
      if isBlock, bytes.has("---", at: line.text) {
        end = line.next
        return
      }
      guard let option = Self.option(bytes, line, isBlock: isBlock) else { break }
      values.append(option)
      position = line.next
    }
    if !isBlock { end = position } else { values = [] }
  }

  /// The name and the value; a value may be empty.
  static func option(_ bytes: Bytes, _ line: TextLine, isBlock: Bool) -> (Span, Span)? {
    let start = line.text + (isBlock ? 0 : 1)
    guard !line.isBlank, isBlock || bytes[line.text] == UInt8(ascii: ":") else { return nil }
    let end = bytes.skip(start, line.end) { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    guard end > start, end < line.end, bytes[end] == UInt8(ascii: ":") else { return nil }
    return (Span(start, end), bytes.trimmed(end + 1, line.end))
  }
}

/// A line of a table of contents.
enum PageEntry {
  /// The page in `page` or `title <page>`; nil for options, `self`, patterns and addresses.
  static func target(in bytes: Bytes, _ start: Int, _ end: Int) -> Span? {
    var span = bytes.trimmed(start, end)
    guard !span.isEmpty, bytes[span.start] != UInt8(ascii: ":"), bytes[span.start] != UInt8(ascii: "#") else { return nil }
    if bytes.has("..", at: span.start), span.count == 2 || bytes[span.start + 2].isBlank { return nil }
    if bytes[span.end - 1] == UInt8(ascii: ">"), let open = bytes.first(UInt8(ascii: "<"), in: span.range), open + 1 < span.end - 1 {
      span = Span(open + 1, span.end - 1)
    }
    let text = bytes.string(span)
    return text == "self" || text.contains("://") || text.contains("*") ? nil : span
  }
}

/// mdBook's `{{#include file.rs:2:10}}`, `{{#rustdoc_include file.rs:anchor}}`, `{{#playground file.rs}}`.
struct BookInclude {
  var role: String
  var path: Span
  /// `2:10`, `anchor`.
  var range: Span?

  init?(_ bytes: Bytes, _ start: Int, _ end: Int) {
    guard bytes.has("{{#", at: start), let close = bytes.first("}}", in: start..<end) else { return nil }
    let nameEnd = bytes.skip(start + 3, close) { $0.isLetter || $0 == UInt8(ascii: "_") }
    role = bytes.string(Span(start + 3, nameEnd))
    guard ["include", "rustdoc_include", "playground", "playpen"].contains(role) else { return nil }
    let argument = bytes.trimmed(nameEnd, close)
    guard !argument.isEmpty else { return nil }
    let pathEnd = bytes.skip(argument.start, argument.end) { $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: ",") && !$0.isBlank }
    path = Span(argument.start, pathEnd)
    if pathEnd < argument.end, bytes[pathEnd] == UInt8(ascii: ":") { range = bytes.trimmed(pathEnd + 1, argument.end) }
  }
}
