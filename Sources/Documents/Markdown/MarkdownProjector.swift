// Markdown with more in it than GitHub's dialect has, made into that dialect:
//   !!! note "Title"      MkDocs: an admonition; its content is indented by four columns, and is text
//   === "Tab"             MkDocs: a tab, likewise
//   :::note[Title]        Docusaurus, VitePress, MyST: a container up to the next `:::`
//   ```{note} Title       MyST: a directive in a fence; what is in it depends on its name (`DirectiveContent`)
//   (name)=               MyST: a place that links can name
//   % comment             MyST
// Line by line; inside of fences nothing has a meaning but their end. What Markdown has no word for (an include, a page in a
// table of contents) becomes a tag of its own (`ProjectedTag`), which the builder turns into a reference.

import Domain

struct MarkdownProjector {
  let bytes: Bytes
  let end: Int
  var projection: Projection
  /// Columns at which the marks of the admonitions stand that are open.
  private var admonitions: [Int] = []
  private var fences: [Fence] = []
  private let hasPercentComments: Bool

  private struct Fence {
    var mark: UInt8
    var count: Int
    /// Nil for code: nothing inside has a meaning.
    var content: DirectiveContent?
    /// How many admonitions were open around it.
    var depth: Int
    /// The column of a list item's content in which it stands; a line before that column ends the item, and the fence.
    var column: Int
    var isQuoted: Bool
  }

  /// Nil when the text has nothing beyond GitHub's dialect.
  init?(_ bytes: Bytes, from start: Int) {
    guard Self.isNeeded(bytes, from: start) else { return nil }
    self.bytes = bytes
    end = bytes.count
    projection = Projection(capacity: bytes.count - start + 64)
    hasPercentComments = Self.isMyST(bytes, from: start)
  }

  /// Whether any line begins like one of ours.
  private static func isNeeded(_ bytes: Bytes, from start: Int) -> Bool {
    var position = start
    while position < bytes.count {
      let text = bytes.skip(position, bytes.count) { $0.isBlank || $0 == UInt8(ascii: ">") }
      if text < bytes.count, begins(bytes, text) { return true }
      // A list item may begin with a directive.
      if text + 2 < bytes.count, bytes[text + 1] == 0x20, begins(bytes, text + 2), bytes[text] != UInt8(ascii: "#") { return true }
      position = (bytes.first(0x0A, in: position..<bytes.count) ?? bytes.count) + 1
    }
    return bytes.first(0x0D, in: start..<bytes.count).map { $0 + 1 < bytes.count && bytes[$0 + 1] != 0x0A } ?? false
  }

  private static func begins(_ bytes: Bytes, _ text: Int) -> Bool {
    switch bytes[text] {
    case UInt8(ascii: "!"): bytes.has("!!! ", at: text)
    case UInt8(ascii: "?"): bytes.has("???", at: text)
    case UInt8(ascii: "="):
      bytes.has("=== \"", at: text) || bytes.has("=== '", at: text) || bytes.has("===!", at: text) || bytes.has("===+", at: text)
    case UInt8(ascii: ":"): bytes.has(":::", at: text)
    case UInt8(ascii: "`"), UInt8(ascii: "~"):
      bytes.has("{", at: bytes.skip(text, bytes.count) { $0 == bytes[text] || $0.isBlank })
        && bytes[text] == bytes[min(text + 2, bytes.count - 1)]
    case UInt8(ascii: "("): bytes.first(")=", in: text..<min(bytes.count, text + 200)) != nil
    case UInt8(ascii: "%"): true
    case UInt8(ascii: "{"): bytes.has("{{#", at: text)
    case UInt8(ascii: "\\"): bytes.has("\\{{#", at: text)
    default: false
    }
  }

  private static func isMyST(_ bytes: Bytes, from start: Int) -> Bool {
    let marks: [StaticString] = ["```{", ":::{", "}`", ")=\n", ")=\r", "doc-healing:ignore", "% skip", "% invisible-code"]
    return marks.contains { bytes.first($0, in: start..<bytes.count) != nil }
  }

  mutating func project(from start: Int) -> Projection {
    var position = start
    while position < end { position = read(TextLine(bytes, at: position, tab: 4)) }
    return projection
  }

  // MARK: Lines

  /// Reads one line, or a line and what belongs to it; returns where the next one begins.
  private mutating func read(_ line: TextLine) -> Int {
    if !line.isBlank { closeAdmonitions(before: line) }
    let first = content(of: line)
    if let fence = fences.last {
      if closes(line, at: first, fence) { return close(fence, line, at: first) }
      if fence.content == nil || fence.content == .code { return keep(line) }
    }
    guard first < line.end else { return keep(line) }
    switch bytes[first] {
    case UInt8(ascii: "`"), UInt8(ascii: "~"): return readFence(line, at: first)
    case UInt8(ascii: ":"): return readContainer(line, at: first)
    case UInt8(ascii: "!"), UInt8(ascii: "?"), UInt8(ascii: "="): return readAdmonition(line)
    case UInt8(ascii: "("): return readTarget(line, at: first)
    case UInt8(ascii: "%"): return readPercent(line, at: first)
    case UInt8(ascii: "{"), UInt8(ascii: "\\"): return readBookInclude(line, at: first)
    default: return keep(line)
    }
  }

  /// Takes a line over, without the columns of the admonitions around it.
  private mutating func keep(_ line: TextLine) -> Int {
    keepIndentation(line)
    let start = dedented(line).offset
    projection.keep(start, line.next, of: bytes)
    return line.next
  }

  private func dedented(_ line: TextLine) -> (offset: Int, padding: Int) {
    admonitions.isEmpty ? (line.start, 0) : line.offset(ofColumn: admonitions.count * 4, bytes, tab: 4)
  }

  private mutating func keepIndentation(_ line: TextLine) {
    let (offset, padding) = dedented(line)
    if padding > 0 { projection.write(repeatElement(0x20, count: padding), for: offset, offset) }
  }

  /// The first byte behind indentation, marks of quotes and of list items.
  private func content(of line: TextLine) -> Int { FenceOpening.text(bytes, line) ?? line.end }

  private mutating func blank(_ line: TextLine) { projection.write("\n", for: line.end, line.next) }

  // MARK: Admonitions and tabs

  private mutating func closeAdmonitions(before line: TextLine) {
    var closed = false
    while let column = admonitions.last, line.indent < column + 4 {
      admonitions.removeLast()
      closed = true
    }
    while let fence = fences.last, fence.depth > admonitions.count { fences.removeLast() }
    if let fence = fences.last, fence.column > line.indent { fences.removeLast() }
    if let fence = fences.last, fence.isQuoted, bytes[line.text] != UInt8(ascii: ">") { fences.removeLast() }
    if closed { projection.write("\n", for: line.start, line.start) }
  }

  private mutating func readAdmonition(_ line: TextLine) -> Int {
    guard bytes[line.text] != UInt8(ascii: ">"), let title = AdmonitionTitle(bytes, line) else { return keep(line) }
    guard opensContent(behind: line) else { return keep(line) }
    projection.write("\n", for: line.start, line.start)
    keepIndentation(line)
    projection.keep(dedented(line).offset, line.text, of: bytes)
    if let span = title.span { projection.keep(span.start, span.end, of: bytes) }
    projection.write("\n\n", for: line.end, line.next)
    admonitions.append(line.indent)
    return line.next
  }

  /// Whether the next line of text is indented by four columns more: else the mark is only text.
  private func opensContent(behind line: TextLine) -> Bool {
    var position = line.next
    for _ in 0..<3 where position < end {
      let next = TextLine(bytes, at: position, tab: 4)
      if !next.isBlank { return next.indent >= line.indent + 4 }
      position = next.next
    }
    return false
  }

  // MARK: Fences

  private func closes(_ line: TextLine, at first: Int, _ fence: Fence) -> Bool {
    guard first < line.end, bytes[first] == fence.mark else { return false }
    let count = bytes.run(of: fence.mark, at: first, limit: line.end)
    return count >= fence.count && bytes.skipBlanks(first + count, line.end) == line.end
  }

  private mutating func close(_ fence: Fence, _ line: TextLine, at first: Int) -> Int {
    fences.removeLast()
    let isVisible = fence.content == nil || fence.content == .code
    if isVisible, fence.mark != UInt8(ascii: ":") { return keep(line) }
    keepIndentation(line)
    projection.keep(dedented(line).offset, first, of: bytes)
    if isVisible {
      projection.write(repeatElement(UInt8(ascii: "~"), count: fence.count), for: first, line.end)
      projection.keep(line.end, line.next, of: bytes)
    } else {
      blank(line)
    }
    return line.next
  }

  private mutating func readFence(_ line: TextLine, at first: Int) -> Int {
    let mark = bytes[first]
    let count = bytes.run(of: mark, at: first, limit: line.end)
    guard count >= 3 else { return keep(line) }
    if mark == UInt8(ascii: "`"), bytes.first(mark, in: (first + count)..<line.end) != nil { return keep(line) }
    if let directive = Directive(bytes, first + count, line.end), directive.content != .code {
      return open(directive, mark: mark, count: count, line, at: first)
    }
    push(mark, count, nil, line, at: first)
    return keep(line)
  }

  private mutating func push(_ mark: UInt8, _ count: Int, _ content: DirectiveContent?, _ line: TextLine, at first: Int) {
    let isQuoted = bytes[line.text] == UInt8(ascii: ">")
    let column = first > line.text && !isQuoted ? line.indent + first - line.text : 0
    fences.append(Fence(mark: mark, count: count, content: content, depth: admonitions.count, column: column, isQuoted: isQuoted))
  }

  private mutating func readContainer(_ line: TextLine, at first: Int) -> Int {
    let mark = UInt8(ascii: ":")
    let count = bytes.run(of: mark, at: first, limit: line.end)
    guard count >= 3 else { return keep(line) }
    let directive = Directive(bytes, first + count, line.end) ?? Directive(container: bytes, first + count, line.end)
    guard let directive else {
      // A closing line whose opening one was not understood: no text either.
      return bytes.skipBlanks(first + count, line.end) == line.end ? drop(line) : keep(line)
    }
    guard directive.content == .code else { return open(directive, mark: mark, count: count, line, at: first) }
    push(mark, count, nil, line, at: first)
    keepIndentation(line)
    projection.keep(dedented(line).offset, first, of: bytes)
    projection.write(repeatElement(UInt8(ascii: "~"), count: count), for: first, first + count)
    projection.keep(first + count, line.next, of: bytes)
    return line.next
  }

  private mutating func drop(_ line: TextLine) -> Int {
    blank(line)
    return line.next
  }

  // MARK: Directives

  private mutating func open(_ directive: Directive, mark: UInt8, count: Int, _ line: TextLine, at first: Int) -> Int {
    projection.write("\n", for: line.start, line.start)
    keepIndentation(line)
    projection.keep(dedented(line).offset, first, of: bytes)
    push(mark, count, directive.content, line, at: first)
    let options = DirectiveOptions(bytes, from: line.next, limit: end)
    switch directive.content {
    case .text:
      if let title = directive.argument { projection.keep(title.start, title.end, of: bytes) }
      projection.write("\n\n", for: line.end, line.next)
      return options.end
    case .image:
      if let path = directive.argument { write(tag: "img", "src", path, [], line) }
      projection.write("\n\n", for: line.end, line.next)
      return options.end
    case .include, .name:
      let attribute: StaticString = directive.content == .include ? "include" : "name"
      if let argument = directive.argument {
        write(tag: ProjectedTag.prefix + directive.name, attribute, argument, options.values.map { (bytes.string($0.0), $0.1) }, line)
      }
      return skipToClose(from: options.end, line)
    case .pages: return readPages(directive, from: options.end, line)
    case .code, .other: return skipToClose(from: options.end, line)
    }
  }

  /// Writes `<tag attribute="value" …>` when nothing in the value could end it early.
  private mutating func write(tag: String, _ attribute: StaticString, _ value: Span, _ options: [(String, Span)], _ line: TextLine) {
    guard isPlain(value) else { return }
    projection.write("<\(tag) \(attribute)=\"".utf8, for: value.start, value.start)
    projection.keep(value.start, value.end, of: bytes)
    projection.write("\"", for: value.end, value.end)
    for (name, value) in options where isPlain(value) {
      projection.write(" \(name)=\"\(bytes.string(value))\"".utf8, for: value.end, value.end)
    }
    projection.write(">", for: line.end, line.end)
  }

  private func isPlain(_ span: Span) -> Bool {
    !span.isEmpty
      && bytes[span.range].allSatisfy { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: ">") && $0 != UInt8(ascii: "<") && $0 >= 0x20 }
  }

  /// Drops the content of a directive that holds no text; returns the line behind its closing fence.
  private mutating func skipToClose(from start: Int, _ opening: TextLine) -> Int {
    guard let fence = fences.popLast() else { return start }
    var position = start
    while position < end {
      let line = TextLine(bytes, at: position, tab: 4)
      position = line.next
      if closes(line, at: content(of: line), fence) { break }
    }
    projection.write("\n\n", for: opening.end, position)
    return position
  }

  /// The entries of a table of contents: `page`, or `title <page>`.
  private mutating func readPages(_ directive: Directive, from start: Int, _ opening: TextLine) -> Int {
    guard let fence = fences.popLast() else { return start }
    var position = start
    while position < end {
      let line = TextLine(bytes, at: position, tab: 4)
      position = line.next
      if closes(line, at: content(of: line), fence) { break }
      if let page = PageEntry.target(in: bytes, line.text, line.end) {
        write(tag: ProjectedTag.prefix + directive.name, "page", page, [], line)
        projection.write("\n", for: line.end, line.next)
      }
    }
    projection.write("\n\n", for: position, position)
    return position
  }

  // MARK: Targets and comments

  /// `(name)=`
  private mutating func readTarget(_ line: TextLine, at first: Int) -> Int {
    let trimmed = bytes.trimmed(first, line.end)
    guard trimmed.count > 3, bytes.has(")=", at: trimmed.end - 2) else { return keep(line) }
    let name = Span(first + 1, trimmed.end - 2)
    guard isPlain(name), bytes.first(UInt8(ascii: "("), in: name.range) == nil else { return keep(line) }
    keepIndentation(line)
    projection.keep(dedented(line).offset, first, of: bytes)
    projection.write("<a id=\"", for: first, name.start)
    projection.keep(name.start, name.end, of: bytes)
    projection.write("\"></a>\n\n", for: name.end, line.next)
    return line.next
  }

  private mutating func readPercent(_ line: TextLine, at first: Int) -> Int {
    guard hasPercentComments, first == line.text, line.indent < 4 else { return keep(line) }
    let text = bytes.trimmed(first + 1, line.end)
    projection.write("\n<!-- ", for: first, text.start)
    projection.keep(text.start, text.end, of: bytes)
    projection.write(" -->\n", for: text.end, line.next)
    return line.next
  }

  /// mdBook's `{{#include path:lines}}` outside of samples.
  private mutating func readBookInclude(_ line: TextLine, at first: Int) -> Int {
    guard let include = BookInclude(bytes, first, line.end), isPlain(include.path) else { return keep(line) }
    keepIndentation(line)
    projection.keep(dedented(line).offset, first, of: bytes)
    write(tag: ProjectedTag.prefix + include.role, "include", include.path, include.range.map { [("lines", $0)] } ?? [], line)
    projection.write("\n\n", for: line.end, line.next)
    return line.next
  }
}
