// AsciiDoc (https://docs.asciidoctor.org/asciidoc/latest/): blocks between delimiters, lists, titles; inside of text code, links and
// cross references.
//
// Line by line. Blocks that hold text (examples, sidebars, quotes, open blocks, tables) are only their content: their delimiters are
// skipped. Blocks that hold code or nothing of interest run to the same delimiter. An attribute line (`[source,java]`) waits for the
// block after it.

import Domain

struct AsciiDocReader: FormatReader {
  let format = DocumentFormat.asciiDoc
  let extensions = ["adoc", "asciidoc", "asc"]

  func read(_ bytes: [UInt8], path: String, limits: DocumentLimits) throws(DocumentError) -> DocumentParts {
    let result = bytes.withUnsafeBufferPointer { Self.read($0, limits: limits) }
    return try result.get()
  }

  private static func read(_ bytes: Bytes, limits: DocumentLimits) -> Result<DocumentParts, DocumentError> {
    var parser = AsciiDocParser(bytes, limits: limits)
    do { return .success(try parser.parse()) } catch { return .failure(error) }
  }
}

struct AsciiDocParser {
  let bytes: Bytes
  let end: Int
  var builder: PartsBuilder
  private var waiting = AsciiDocBlockAttributes()
  /// `:source-language:`
  private var language: String?
  private var isInTable = false

  init(_ bytes: Bytes, limits: DocumentLimits) {
    self.bytes = bytes
    end = bytes.count
    builder = PartsBuilder(bytes, limits: limits)
  }

  mutating func parse() throws(DocumentError) -> DocumentParts {
    var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while position < end { position = try readBlock(line(at: position)) }
    return builder.finish(whole: Span(0, end))
  }

  private func line(at position: Int) -> TextLine { TextLine(bytes, at: position, tab: 8) }

  // MARK: Blocks

  private mutating func readBlock(_ line: TextLine) throws(DocumentError) -> Int {
    // Blank lines between attributes and their block are allowed.
    guard !line.isBlank else { return line.next }
    if let next = try readDelimited(line) { return next }
    if let next = try readLineMark(line) { return next }
    if isInTable { return try readCells(line) }
    if let next = try readBlockTitle(line) { return next }
    if let title = AsciiDocTitle(bytes, line) { return try add(title, line) }
    if line.indent > 0, !waiting.isSource, ItemMark.end(bytes, line.text, line.end) == nil, !isListMark(line.text, line.end) {
      return try readIndented(line)
    }
    if waiting.isSource { return try readSourceParagraph(line) }
    return try readParagraph(line)
  }

  /// A block between two equal lines.
  private mutating func readDelimited(_ line: TextLine) throws(DocumentError) -> Int? {
    let span = bytes.trimmed(line.text, line.end)
    if bytes.has("|===", at: line.text) || bytes.has(",===", at: line.text) || bytes.has(":===", at: line.text)
      || bytes.has("!===", at: line.text)
    {
      isInTable.toggle()
      waiting = AsciiDocBlockAttributes()
      return line.next
    }
    if span.count == 2, bytes.has("--", at: line.start), line.indent == 0 {
      guard waiting.isSource else {
        waiting = AsciiDocBlockAttributes()
        return line.next
      }
      return try readCode(line, delimiter: span)
    }
    if bytes.has("```", at: line.start) { return try readFence(line) }
    guard span.count >= 4, line.indent == 0, bytes.run(of: bytes[span.start], at: span.start, limit: span.end) == span.count else {
      return nil
    }
    switch bytes[span.start] {
    case UInt8(ascii: "-"), UInt8(ascii: "."): return try readCode(line, delimiter: span)
    case UInt8(ascii: "/"):
      let (content, next) = content(behind: line, until: span)
      builder.addRemark(content: bytes.trimmedSpace(content.start, content.end), whole: Span(line.start, next))
      return next
    case UInt8(ascii: "+"): return content(behind: line, until: span).next
    case UInt8(ascii: "="), UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "~"):
      waiting = AsciiDocBlockAttributes()
      return line.next
    default: return nil
    }
  }

  /// What is between a delimiter and the next line like it, or the end.
  private func content(behind line: TextLine, until delimiter: Span) -> (content: Span, next: Int) {
    var position = line.next
    while position < end {
      let next = self.line(at: position)
      if isDelimiter(next, delimiter) { return (Span(line.next, next.start), next.next) }
      position = next.next
    }
    return (Span(min(line.next, end), end), end)
  }

  private func isDelimiter(_ line: TextLine, _ delimiter: Span) -> Bool {
    let span = bytes.trimmed(line.start, line.end)
    return span.start == line.start && span.count == delimiter.count && bytes[span.range].elementsEqual(bytes[delimiter.range])
  }

  private mutating func readCode(_ line: TextLine, delimiter: Span) throws(DocumentError) -> Int {
    var lines = CodeLines()
    var position = line.next
    while position < end {
      let next = self.line(at: position)
      position = next.next
      if isDelimiter(next, delimiter) { break }
      lines.append(next.start, next.end, of: bytes)
    }
    try add(lines, at: min(line.next, end))
    return position
  }

  /// Markdown's fence, which AsciiDoc takes too.
  private mutating func readFence(_ line: TextLine) throws(DocumentError) -> Int {
    let info = bytes.trimmed(line.start + 3, line.end)
    if !info.isEmpty { waiting.setSource(language: info) }
    waiting.isSource = true
    return try readCode(line, delimiter: Span(line.start, line.start + 3))
  }

  private mutating func add(_ lines: CodeLines, at place: Int) throws(DocumentError) {
    let attributes = waiting
    waiting = AsciiDocBlockAttributes()
    for include in lines.lines { try addInclude(include.span) }
    let named = attributes.language.map { LanguageNames.normalized(bytes.string($0)) }
    try builder.addSnippet(
      lines, at: place, kind: .fenced, language: named ?? (attributes.isSource ? language : nil), info: attributes.language,
      attributes: attributes.attributes(bytes))
  }

  /// `include::` inside of a sample.
  private mutating func addInclude(_ span: Span) throws(DocumentError) {
    guard bytes.has("include::", at: span.start), let macro = AsciiDocMacro(bytes, span) else { return }
    try add(macro)
  }

  private mutating func readIndented(_ first: TextLine) throws(DocumentError) -> Int {
    var lines: [TextLine] = []
    var position = first.start
    while position < end {
      let line = line(at: position)
      guard !line.isBlank, line.indent > 0 || lines.isEmpty else { break }
      lines.append(line)
      position = line.next
    }
    let least = lines.map(\.indent).min() ?? 0
    var code = CodeLines()
    for line in lines { code.append(line, column: least, tab: 8, of: bytes) }
    waiting = AsciiDocBlockAttributes()
    try builder.addSnippet(code, at: first.text, kind: .indented, language: nil)
    return position
  }

  /// `[source,ruby]` directly over lines of code: up to a blank line.
  private mutating func readSourceParagraph(_ first: TextLine) throws(DocumentError) -> Int {
    var lines = CodeLines()
    var position = first.start
    while position < end {
      let line = line(at: position)
      guard !line.isBlank else { break }
      lines.append(line.start, line.end, of: bytes)
      position = line.next
    }
    try add(lines, at: first.start)
    return position
  }

  // MARK: Lines with a mark

  private mutating func readLineMark(_ line: TextLine) throws(DocumentError) -> Int? {
    let first = bytes[line.text]
    switch first {
    case UInt8(ascii: "/"):
      guard bytes.has("//", at: line.start), !bytes.has("///", at: line.start) else { return nil }
      let text = bytes.trimmed(line.start + 2, line.end)
      builder.addRemark(content: text, whole: Span(line.start, line.end))
      return line.next
    case UInt8(ascii: "["):
      guard line.indent == 0, let attributes = AsciiDocBlockAttributes(bytes, line, before: waiting) else { return nil }
      waiting = attributes
      for anchor in attributes.anchors {
        try builder.add(Reference(kind: .anchor, text: bytes.string(anchor), span: anchor, block: builder.nextBlock))
        try builder.addBlock(.definition, anchor)
      }
      waiting.anchors = []
      return line.next
    case UInt8(ascii: ":"):
      guard let setting = DirectiveOptions.option(bytes, line, isBlock: false) else { return nil }
      if bytes.string(setting.0) == "source-language" { language = LanguageNames.normalized(bytes.string(setting.1)) }
      return line.next
    case UInt8(ascii: "i"), UInt8(ascii: "v"), UInt8(ascii: "t"), UInt8(ascii: "a"):
      guard let macro = AsciiDocMacro(bytes, Span(line.text, line.end)), macro.isBlock else { return nil }
      try add(macro)
      return line.next
    case UInt8(ascii: "+"):
      return bytes.skipBlanks(line.text + 1, line.end) == line.end ? line.next : nil
    default: return nil
    }
  }

  private mutating func add(_ macro: AsciiDocMacro) throws(DocumentError) {
    guard let kind = macro.kind, !macro.target.isEmpty else { return }
    try builder.add(macro.reference(kind, bytes, block: builder.nextBlock))
    try builder.addBlock(.definition, macro.target)
  }

  private mutating func add(_ title: AsciiDocTitle, _ line: TextLine) throws(DocumentError) -> Int {
    waiting = AsciiDocBlockAttributes()
    try readInline(title.text)
    try builder.addBlock(.heading, title.text)
    builder.addHeading(level: title.level, text: AsciiDocInline.shown(bytes.string(title.text)), span: title.text)
    return line.next
  }

  // MARK: Text

  /// `.Title` over a block. The block's attributes may stand before it, and still hold.
  private mutating func readBlockTitle(_ line: TextLine) throws(DocumentError) -> Int? {
    guard bytes[line.start] == UInt8(ascii: "."), line.start + 1 < line.end,
      bytes[line.start + 1].isWord || bytes[line.start + 1] == UInt8(ascii: "`")
    else { return nil }
    try addText(bytes.trimmed(line.start + 1, line.end), .paragraph)
    return line.next
  }

  private mutating func readParagraph(_ first: TextLine) throws(DocumentError) -> Int {
    waiting = AsciiDocBlockAttributes()
    var text = first.text
    let isItem = isListMark(text, first.end)
    if isItem { text = bytes.skipBlanks(bytes.skip(text, first.end) { !$0.isBlank }, first.end) }
    var last = first
    while last.next < end {
      let next = line(at: last.next)
      guard !next.isBlank, !isListMark(next.text, next.end), !beginsBlock(next) else { break }
      last = next
    }
    try addText(bytes.trimmed(min(text, last.end), last.end), isItem ? .listItem : .paragraph)
    return last.next
  }

  private mutating func addText(_ span: Span, _ kind: Block.Kind) throws(DocumentError) {
    guard !span.isEmpty else { return }
    try readInline(span)
    try builder.addBlock(kind, span)
  }

  private mutating func readInline(_ span: Span) throws(DocumentError) {
    var inline = AsciiDocInline(bytes, span, block: builder.nextBlock)
    while let reference = inline.next() { try builder.add(reference) }
  }

  private mutating func readCells(_ line: TextLine) throws(DocumentError) -> Int {
    var start = line.text
    while start < line.end {
      let bar = bytes.first(UInt8(ascii: "|"), in: start..<line.end) ?? line.end
      try addText(bytes.trimmed(start, bar), .tableCell)
      start = bar + 1
    }
    return line.next
  }

  /// `*`, `**`, `-`, `.`, `..`, `1.`, `<1>` and a blank.
  private func isListMark(_ start: Int, _ limit: Int) -> Bool {
    guard start < limit else { return false }
    let first = bytes[start]
    var position = start + 1
    switch first {
    case UInt8(ascii: "*"), UInt8(ascii: "."): position = start + bytes.run(of: first, at: start, limit: min(limit, start + 6))
    case UInt8(ascii: "-"): break
    case UInt8(ascii: "<"):
      position = bytes.skip(position, limit) { $0.isDigit || $0 == UInt8(ascii: ".") }
      guard position < limit, bytes[position] == UInt8(ascii: ">") else { return false }
      position += 1
    default:
      position = bytes.skip(start, limit) { $0.isDigit }
      guard position > start, position < limit, bytes[position] == UInt8(ascii: ".") else { return false }
      position += 1
    }
    return position < limit && bytes[position].isBlank
  }

  /// Whether a line ends the paragraph before it.
  private func beginsBlock(_ line: TextLine) -> Bool {
    guard line.indent == 0 else { return false }
    let span = bytes.trimmed(line.start, line.end)
    let count = bytes.run(of: bytes[line.start], at: line.start, limit: line.end)
    if count == span.count, count >= 4 { return "-.=*_+/~".utf8.contains(bytes[line.start]) }
    if count == 1, span.count == 1, bytes[line.start] == UInt8(ascii: "+") { return true }
    if bytes.has("```", at: line.start) || bytes.has("|===", at: line.start) || bytes.has("//", at: line.start) { return true }
    if span.count == 2, bytes.has("--", at: line.start) { return true }
    return bytes[line.start] == UInt8(ascii: "[") && AsciiDocBlockAttributes(bytes, line, before: AsciiDocBlockAttributes()) != nil
  }
}
