// The marks of Javadoc, JSDoc, Go's comments and YARD, said in Markdown.

import Domain

struct DocCommentProjector {
  private let bytes: Bytes
  private let language: DocCommentLanguage
  private var projection = Projection()
  private var isInFence = false
  /// Inside of `<pre>`.
  private var isInPre = false
  /// The end of a line of which it is known that no brace closes in it.
  private var unclosed = -1
  /// The column of an `@example` whose code is being read; nil outside.
  private var example: Int?
  /// Blank lines of the example that may be its end.
  private var blankLines: [Span] = []

  init(_ bytes: Bytes, _ language: DocCommentLanguage) {
    self.bytes = bytes
    self.language = language
  }

  mutating func project(_ lines: [Span]) -> Projection {
    projection = Projection(capacity: lines.reduce(0) { $0 + $1.count + 1 })
    for (index, line) in lines.enumerated() { read(line, rest: lines[(index + 1)...]) }
    if example != nil || isInPre, let last = lines.last { projection.write("```\n", for: last.end, last.end) }
    return projection
  }

  private mutating func read(_ line: Span, rest: ArraySlice<Span>) {
    let text = bytes.skipBlanks(line.start, line.end)
    if bytes.has("```", at: text), text + 3 <= line.end, example == nil { isInFence.toggle() }
    if isInFence { return keep(line.start, line.end) }
    if let column = example {
      guard endsExample(line, text, column) else { return keepExample(line, isBlank: text == line.end, column) }
      example = nil
      blankLines = []
      projection.write("```\n\n", for: line.start, line.start)
    }
    if isInPre { return readPre(line) }
    if language == .javascript || language == .ruby, bytes.has("@example", at: text), opensExample(line, text, rest) { return }
    if language == .java || language == .javascript, let pre = bytes.first("<pre", in: line.range), language == .java {
      return openPre(line, pre)
    }
    readInline(line)
  }

  private mutating func keep(_ start: Int, _ end: Int) {
    projection.keep(start, end, of: bytes)
    projection.write("\n", for: end, end)
  }

  // MARK: Examples

  private mutating func opensExample(_ line: Span, _ text: Int, _ rest: ArraySlice<Span>) -> Bool {
    let content = rest.first { !bytes.trimmed($0.start, $0.end).isEmpty }
    guard let content else { return false }
    let first = bytes.skipBlanks(content.start, content.end)
    // A fence says for itself what it is; prose before one too.
    let isFenced = rest.prefix { !bytes.has("@", at: bytes.skipBlanks($0.start, $0.end)) }.contains {
      bytes.has("```", at: bytes.skipBlanks($0.start, $0.end))
    }
    guard !isFenced, bytes[first] != UInt8(ascii: "@") else { return false }
    let column = text - line.start
    if language == .ruby, first - content.start < column + 2 { return false }
    example = column
    projection.write(language == .ruby ? "\n```ruby\n" : "\n```js\n", for: line.start, line.end)
    return true
  }

  /// Blank lines are code only when code follows.
  private mutating func keepExample(_ line: Span, isBlank: Bool, _ column: Int) {
    guard !isBlank else { return blankLines.append(line) }
    for blank in blankLines { keep(blank.end, blank.end) }
    blankLines = []
    keep(min(line.start + (language == .ruby ? column + 2 : 0), line.end), line.end)
  }

  private func endsExample(_ line: Span, _ text: Int, _ column: Int) -> Bool {
    guard text < line.end else { return false }
    if language == .ruby { return text - line.start <= column }
    return bytes[text] == UInt8(ascii: "@") && text - line.start <= column && text + 1 < line.end && bytes[text + 1].isLetter
  }

  private mutating func openPre(_ line: Span, _ pre: Int) {
    readInline(Span(line.start, pre), endsLine: false)
    var content = (bytes.first(UInt8(ascii: ">"), in: pre..<line.end) ?? line.end - 1) + 1
    let inner = bytes.skipBlanks(content, line.end)
    let isPlain = bytes.has("{@code", at: inner)
    if isPlain { content = inner + 6 }
    if bytes.has("<code>", at: inner) { content = inner + 6 }
    isInPre = true
    projection.write(isPlain ? "\n\n```java\n" : "\n\n```\n", for: pre, content)
    if bytes.skipBlanks(content, line.end) < line.end { readPre(Span(content, line.end)) }
  }

  private mutating func readPre(_ line: Span) {
    guard let close = bytes.first("</pre>", in: line.range) else { return keep(line.start, line.end) }
    var end = bytes.trimmed(line.start, close).end
    if bytes.has("</code>", at: end - 7) { end -= 7 }
    if end > line.start, bytes[end - 1] == UInt8(ascii: "}"), bytes.trimmed(line.start, end).count <= 2 { end = line.start }
    if bytes.trimmed(line.start, end).count > 0 { keep(line.start, end) }
    isInPre = false
    projection.write("```\n\n", for: close, close + 6)
    readInline(Span(close + 6, line.end))
  }

  // MARK: Text

  private mutating func readInline(_ line: Span, endsLine: Bool = true) {
    var kept = line.start
    var position = line.start
    while position < line.end {
      let behind: Int?
      switch bytes[position] {
      case UInt8(ascii: "`"): position = min(line.end, codeEnd(position, line.end)); continue
      case UInt8(ascii: "{"): behind = inlineTag(position, line.end, kept)
      case UInt8(ascii: "<"): behind = language == .java ? codeElement(position, line.end, kept) : nil
      case UInt8(ascii: "["): behind = language == .go || language == .kotlin ? docLink(position, line.end, kept) : nil
      default: behind = nil
      }
      position = behind ?? position + 1
      if behind != nil { kept = position }
    }
    projection.keep(kept, line.end, of: bytes)
    if endsLine { projection.write("\n", for: line.end, line.end) }
  }

  private func codeEnd(_ start: Int, _ end: Int) -> Int {
    let count = bytes.run(of: UInt8(ascii: "`"), at: start, limit: end)
    var position = start + count
    while let found = bytes.first(UInt8(ascii: "`"), in: min(position, end)..<end) {
      let run = bytes.run(of: UInt8(ascii: "`"), at: found, limit: end)
      if run == count { return found + run }
      position = found + run
    }
    return start + count
  }

  /// `{@code x}`, `{@link Name text}`, and YARD's `{Name text}`.
  private mutating func inlineTag(_ start: Int, _ end: Int, _ kept: Int) -> Int? {
    guard unclosed != end else { return nil }
    guard let close = bytes.first(UInt8(ascii: "}"), in: start..<end) else {
      unclosed = end
      return nil
    }
    var word = Span(start + 1, start + 1)
    if bytes.has("@", at: start + 1) {
      word = Span(start + 2, bytes.skip(start + 2, close) { $0.isLetter })
    } else if language != .ruby {
      return nil
    }
    let argument = bytes.trimmed(word.end, close)
    guard !argument.isEmpty else { return nil }
    let name = bytes.string(word)
    if name == "code" || name == "literal" { return code(argument, start, close + 1, kept) }
    guard word.isEmpty || name.hasPrefix("link") || name == "see" || name == "value" || name == "inheritDoc" else { return nil }
    let targetEnd = bytes.skip(argument.start, argument.end) { !$0.isBlank && $0 != UInt8(ascii: "|") }
    return crossReference(Span(argument.start, targetEnd), role: word.isEmpty ? "yard" : name.lowercased(), start, close + 1, kept)
  }

  private mutating func code(_ span: Span, _ start: Int, _ end: Int, _ kept: Int) -> Int? {
    guard bytes.first(UInt8(ascii: "`"), in: span.range) == nil, bytes.first(UInt8(ascii: "{"), in: span.range) == nil else { return nil }
    projection.keep(kept, start, of: bytes)
    projection.write("`", for: start, span.start)
    projection.keep(span.start, span.end, of: bytes)
    projection.write("`", for: span.end, end)
    return end
  }

  /// `<code>x</code>` without entities or tags inside.
  private mutating func codeElement(_ start: Int, _ end: Int, _ kept: Int) -> Int? {
    guard bytes.has("<code>", at: start), let close = bytes.first("</code>", in: (start + 6)..<end), close > start + 6 else { return nil }
    let span = Span(start + 6, close)
    guard bytes[span.range].allSatisfy({ $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: "&") }) else { return nil }
    return code(span, start, close + 7, kept)
  }

  /// Go's and KDoc's `[Name]`, `[pkg.Name]`.
  private mutating func docLink(_ start: Int, _ end: Int, _ kept: Int) -> Int? {
    var first = start + 1
    if first < end, bytes[first] == UInt8(ascii: "*") { first += 1 }
    let last = bytes.skip(first, end) { $0.isWord || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "/") }
    guard last > first, last < end, bytes[last] == UInt8(ascii: "]"), !bytes[first].isDigit else { return nil }
    if last + 1 < end, bytes[last + 1] == UInt8(ascii: "(") || bytes[last + 1] == UInt8(ascii: "[") || bytes[last + 1] == UInt8(ascii: ":")
    {
      return nil
    }
    return crossReference(Span(first, last), role: "doc-link", start, last + 1, kept)
  }

  private mutating func crossReference(_ target: Span, role: String, _ start: Int, _ end: Int, _ kept: Int) -> Int? {
    guard !target.isEmpty,
      bytes[target.range].allSatisfy({ $0 > 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">") })
    else { return nil }
    projection.keep(kept, start, of: bytes)
    projection.write("<\(ProjectedTag.prefix)\(role) page=\"".utf8, for: start, target.start)
    projection.keep(target.start, target.end, of: bytes)
    projection.write("\">", for: target.end, end)
    return end
  }
}
