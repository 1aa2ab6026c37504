// reStructuredText (https://docutils.sourceforge.io/docs/ref/rst/restructuredtext.html) with the directives and roles of Sphinx.
//
// No tree is built. A block is known by its first line and its column; what belongs to it is what is indented further. So the text of
// a note or of a list item is met by the same loop as that of the page, one line after the other, and nesting costs nothing.

import Domain

struct ReStructuredTextReader: FormatReader {
  let format = DocumentFormat.reStructuredText
  let extensions = ["rst", "rest"]

  func read(_ bytes: [UInt8], path: String, limits: DocumentLimits) throws(DocumentError) -> DocumentParts {
    let result = bytes.withUnsafeBufferPointer { Self.read($0, limits: limits) }
    return try result.get()
  }

  static func read(_ bytes: Bytes, defaultLanguage: String? = nil, limits: DocumentLimits) -> Result<DocumentParts, DocumentError> {
    var parser = ReStructuredTextParser(bytes, defaultLanguage: defaultLanguage, limits: limits)
    do { return .success(try parser.parse()) } catch { return .failure(error) }
  }
}

/// One pass over the lines of a text.
struct ReStructuredTextParser {
  let bytes: Bytes
  let end: Int
  var builder: PartsBuilder
  var names = ReStructuredTextNames()
  /// What `.. highlight::` says.
  var language: String?
  /// Styles of titles in the order in which they appeared: the first is level 1.
  private var styles: [TitleStyle] = []
  private var isInTable = false

  private struct TitleStyle: Hashable {
    var mark: UInt8
    var isOverlined: Bool
  }

  init(_ bytes: Bytes, defaultLanguage: String? = nil, limits: DocumentLimits) {
    self.bytes = bytes
    end = bytes.count
    language = defaultLanguage
    builder = PartsBuilder(bytes, limits: limits)
  }

  mutating func parse() throws(DocumentError) -> DocumentParts {
    var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while position < end { position = try readBlock(line(at: position)) }
    names.resolve(in: &builder)
    return builder.finish(whole: Span(0, end))
  }

  func line(at position: Int) -> TextLine { TextLine(bytes, at: position, tab: 8) }

  // MARK: Blocks

  private mutating func readBlock(_ line: TextLine) throws(DocumentError) -> Int {
    guard !line.isBlank else { return line.next }
    if line.indent == 0, let next = try readTitle(line) { return next }
    if let next = try readTableLine(line) { return next }
    var text = line.text
    var column = line.indent
    while let marker = itemMarker(text, line.end) {
      guard marker < line.end else { return line.next }
      column += marker - text
      text = marker
    }
    return try readText(line, from: text, column: column)
  }

  /// What stands behind the marks of list items.
  private mutating func readText(_ line: TextLine, from text: Int, column: Int) throws(DocumentError) -> Int {
    if bytes.has("..", at: text), text + 2 == line.end || bytes[text + 2].isBlank {
      return try readExplicit(line, at: text, column: column)
    }
    if bytes.has(">>>", at: text), text + 3 == line.end || bytes[text + 3] == 0x20 { return try readDoctest(line, column: column) }
    if bytes.has("__ ", at: text) {
      names.defineAnonymous(bytes.trimmed(text + 3, line.end), bytes)
      return line.next
    }
    return try readParagraph(line, from: text, column: column)
  }

  /// Behind the mark of a list item or a field, and the blanks after it; nil when none begins here.
  private func itemMarker(_ start: Int, _ limit: Int) -> Int? {
    guard let markEnd = ItemMark.end(bytes, start, limit) else { return nil }
    return markEnd == limit ? limit : bytes.skipBlanks(markEnd, limit)
  }

  // MARK: Paragraphs

  private mutating func readParagraph(_ line: TextLine, from text: Int, column: Int) throws(DocumentError) -> Int {
    var last = line
    while last.next < end {
      let next = self.line(at: last.next)
      guard !next.isBlank, next.indent == column, !isAdornment(next) else { break }
      last = next
    }
    let span = bytes.trimmed(text, last.end)
    let isLiteral = bytes.has("::", at: span.end - 2) && span.count >= 2
    if !(isLiteral && span.count == 2) {
      try readInline(span)
      try builder.addBlock(text > line.text || column > 0 ? .listItem : .paragraph, span)
    }
    return isLiteral ? try readLiteral(behind: last.next, column: min(column, line.indent)) : last.next
  }

  /// The block that `::` announces: behind a blank line, indented, or every line beginning with the same mark.
  private mutating func readLiteral(behind position: Int, column: Int) throws(DocumentError) -> Int {
    var position = position
    while position < end, line(at: position).isBlank { position = line(at: position).next }
    guard position < end, position > 0, isBehindBlank(position) else { return position }
    let first = line(at: position)
    if first.indent > column {
      let (lines, next) = indented(from: position, over: column)
      try builder.addSnippet(lines, at: position, kind: .indented, language: CertainLanguage.of(lines.code) ?? language)
      return next
    }
    guard first.indent == column, bytes[first.text].isPunctuation else { return position }
    return try readQuoted(first)
  }

  private func isBehindBlank(_ position: Int) -> Bool {
    var before = position - 1
    if before > 0, bytes[before] == 0x0A, bytes[before - 1] == 0x0D { before -= 1 }
    let start = lineStart(in: bytes, of: before)
    return bytes.skipBlanks(start, before) == before
  }

  private mutating func readQuoted(_ first: TextLine) throws(DocumentError) -> Int {
    let mark = bytes[first.text]
    var lines = CodeLines()
    var position = first.start
    while position < end {
      let line = line(at: position)
      guard !line.isBlank, bytes[line.text] == mark else { break }
      lines.append(line, column: first.indent, tab: 8, of: bytes)
      position = line.next
    }
    try builder.addSnippet(lines, at: first.text, kind: .indented, language: nil)
    return position
  }

  private mutating func readDoctest(_ first: TextLine, column: Int) throws(DocumentError) -> Int {
    var lines = CodeLines()
    var position = first.start
    while position < end {
      let line = line(at: position)
      guard !line.isBlank, line.indent >= column || line.start == first.start else { break }
      lines.append(line, column: column, tab: 8, of: bytes)
      position = line.next
    }
    try builder.addSnippet(lines, at: first.text, kind: .indented, language: "pycon")
    return position
  }

  /// The lines from a place on that are blank or indented further than a column, without what all are indented by; and where they end.
  func indented(from start: Int, over column: Int) -> (CodeLines, next: Int) {
    var position = start
    var last = start
    var least = Int.max
    while position < end {
      let line = line(at: position)
      if !line.isBlank {
        guard line.indent > column else { break }
        least = min(least, line.indent)
        last = line.next
      }
      position = line.next
    }
    var lines = CodeLines()
    var isLeading = true
    var place = start
    while place < last {
      let line = line(at: place)
      isLeading = isLeading && line.isBlank
      if !isLeading { lines.append(line, column: least, tab: 8, of: bytes) }
      place = line.next
    }
    return (lines, max(last, start))
  }

  /// Behind the lines that are blank or indented further than a column.
  func skipIndented(from start: Int, over column: Int) -> Int {
    var position = start
    var last = start
    while position < end {
      let line = line(at: position)
      if !line.isBlank {
        guard line.indent > column else { break }
        last = line.next
      }
      position = line.next
    }
    return last
  }

  mutating func readInline(_ span: Span) throws(DocumentError) {
    var inline = ReStructuredTextInline(bytes, span, block: builder.nextBlock)
    while let item = inline.next() {
      if let name = item.name { names.refer(name, isPhrase: item.isPhrase, reference: builder.parts.references.count) }
      try builder.add(item.reference)
    }
  }

  // MARK: Titles

  /// A line of one mark only: a rule, or what stands under or over a title.
  private func isAdornment(_ line: TextLine) -> Bool {
    guard line.indent == 0, !line.isBlank, bytes[line.start].isPunctuation else { return false }
    let count = bytes.run(of: bytes[line.start], at: line.start, limit: line.end)
    return count >= 3 && bytes.skipBlanks(line.start + count, line.end) == line.end
  }

  private mutating func readTitle(_ line: TextLine) throws(DocumentError) -> Int? {
    guard line.next < end else { return isAdornment(line) ? line.next : nil }
    let second = self.line(at: line.next)
    if isAdornment(line) {
      guard !second.isBlank, second.next <= end, second.next < end || second.end == end else { return line.next }
      let third = second.next < end ? self.line(at: second.next) : second
      guard third.start > second.start, isAdornment(third), bytes[third.start] == bytes[line.start] else { return line.next }
      try addTitle(second, TitleStyle(mark: bytes[line.start], isOverlined: true))
      return third.next
    }
    guard isAdornment(second), second.end - second.start >= min(4, line.end - line.start) else { return nil }
    guard !isMarkup(line) else { return nil }
    try addTitle(line, TitleStyle(mark: bytes[second.start], isOverlined: false))
    return second.next
  }

  /// Lines over which a row of marks is no underline: directives, list items, table borders.
  private func isMarkup(_ line: TextLine) -> Bool {
    bytes.has(".. ", at: line.start) || bytes.has("+-", at: line.start) || bytes.has("+=", at: line.start)
  }

  private mutating func addTitle(_ line: TextLine, _ style: TitleStyle) throws(DocumentError) {
    let span = bytes.trimmed(line.text, line.end)
    try readInline(span)
    try builder.addBlock(.heading, span)
    let level = styles.firstIndex(of: style) ?? styles.count
    if level == styles.count { styles.append(style) }
    let text = ReStructuredTextInline.shown(bytes.string(span))
    builder.addHeading(level: level + 1, text: text, span: span)
    names.defineTitle(text)
  }

  // MARK: Tables

  /// A line of a grid table or the border of a simple one, or a row between two borders.
  private mutating func readTableLine(_ line: TextLine) throws(DocumentError) -> Int? {
    let first = bytes[line.text]
    if first == UInt8(ascii: "+"), isBorder(line, "+-=") { return line.next }
    if first == UInt8(ascii: "="), isBorder(line, "= ") {
      isInTable = line.next < end && !self.line(at: line.next).isBlank
      return line.next
    }
    if first == UInt8(ascii: "|"), line.end - line.text > 2, bytes[bytes.trimmed(line.text, line.end).end - 1] == first {
      return try readCells(line)
    }
    guard isInTable else { return nil }
    if isBorder(line, "- ") { return line.next }
    try addCell(bytes.trimmed(line.text, line.end))
    return line.next
  }

  private func isBorder(_ line: TextLine, _ marks: StaticString) -> Bool {
    let span = bytes.trimmed(line.text, line.end)
    let second = marks.utf8Start[1]
    guard span.count >= 3, bytes[span.range].contains(second) else { return false }
    return bytes[span.range].allSatisfy { byte in (0..<marks.utf8CodeUnitCount).contains { marks.utf8Start[$0] == byte } }
  }

  private mutating func readCells(_ line: TextLine) throws(DocumentError) -> Int {
    var start = line.text + 1
    while start < line.end {
      var close = start
      while let bar = bytes.first(UInt8(ascii: "|"), in: close..<line.end) {
        close = bar
        if bar + 1 == line.end || bytes[bar - 1].isBlank || bytes[bar + 1].isBlank { break }
        close = bar + 1
      }
      if bytes.first(UInt8(ascii: "|"), in: close..<line.end) == nil { close = line.end }
      let cell = bytes.trimmed(start, close)
      if !cell.isEmpty { try addCell(cell) }
      start = close + 1
    }
    return line.next
  }

  private mutating func addCell(_ span: Span) throws(DocumentError) {
    try readInline(span)
    try builder.addBlock(.tableCell, span)
  }
}
