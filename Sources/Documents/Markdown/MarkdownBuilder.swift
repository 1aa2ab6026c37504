// From the parser's events to the parts of a document.
//
// State, each at most once: the leaf block that is open (blocks that hold text do not nest), the heading or the code block that it
// is, and a stack of spans (links in images in links). Texts of spans and headings are collected in one buffer; a span's text is
// what was added since it opened. Work is constant for each event but for the bytes copied.

import CMD4C
import Domain

struct MarkdownBuilder {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let limits: DocumentLimits
  private var parts = DocumentParts()
  private var ignores = IgnoreCollector()
  private(set) var error: DocumentError?

  private var events = 0
  private let eventLimit: Int
  private var codeLines = 0
  private var depth = 0
  private var lastSeen = 0
  private var leaf: Leaf?
  private var headingLevel = 0
  private var codeBlock: CodeBlock?
  private var html: Span?
  private var spans: [OpenSpan] = []
  private var textBuffer: [UInt8] = []
  /// Fence marks that were looked for to the end of the text and not found: once is enough.
  private var vainFences: Set<UInt8> = []

  private struct Leaf {
    var kind: Block.Kind
    var start: Int?
    var end = 0
    /// Markers in inline comments: they cover the block in which they stand.
    var markers: [(IgnoreDirective, Span)] = []
  }

  private struct CodeBlock {
    var info: String
    var infoSpan: Span?
    /// Zero for an indented block.
    var fence: UInt8
    var isFenced: Bool { fence != 0 }
    /// A byte of the opening fence's line.
    var fenceLine: Int?
    var lines: [CodeBlockLines.Raw] = []
    var current = CodeBlockLines.Raw()
  }

  private struct OpenSpan {
    var kind: Reference.Kind
    var textStart: Int
    var start: Int?
    var end = 0
    var target: String?
    var targetSpan: Span?
  }

  init(bytes: UnsafeBufferPointer<UInt8>, limits: DocumentLimits) {
    self.bytes = bytes
    self.limits = limits
    eventLimit = limits.eventsPerByte * (bytes.count + 64)
  }

  /// The builder behind libmd4c's user data. Not zero stops the parser.
  static func of(_ context: UnsafeMutableRawPointer?, _ body: (inout MarkdownBuilder) -> Void) -> Int32 {
    guard let builder = context?.assumingMemoryBound(to: MarkdownBuilder.self) else { return 1 }
    builder.pointee.events += 1
    if builder.pointee.events > builder.pointee.eventLimit {
      builder.pointee.error = .tooLarge(what: "parser events for each byte", limit: builder.pointee.limits.eventsPerByte)
    }
    if builder.pointee.error == nil { body(&builder.pointee) }
    return builder.pointee.error == nil ? 0 : 1
  }

  mutating func finish() -> DocumentParts {
    closeLeaf()
    ignores.finish(documentEnd: bytes.count)
    parts.ignores = ignores.markers
    return parts
  }

  // MARK: Blocks

  mutating func enterBlock(_ type: MD_BLOCKTYPE, _ detail: UnsafeMutableRawPointer?) {
    closeLeaf()
    depth += 1
    ignores.entered(depth: depth)
    switch type {
    case MD_BLOCK_P: leaf = Leaf(kind: .paragraph)
    case MD_BLOCK_TH, MD_BLOCK_TD: leaf = Leaf(kind: .tableCell)
    case MD_BLOCK_HTML: leaf = Leaf(kind: .html)
    case MD_BLOCK_H:
      leaf = Leaf(kind: .heading)
      headingLevel = detail.map { Int($0.assumingMemoryBound(to: MD_BLOCK_H_DETAIL.self).pointee.level) } ?? 1
    case MD_BLOCK_CODE:
      leaf = Leaf(kind: .code)
      if let detail { openCode(detail.assumingMemoryBound(to: MD_BLOCK_CODE_DETAIL.self).pointee) }
    default: break
    }
  }

  mutating func leaveBlock(_ type: MD_BLOCKTYPE) {
    closeLeaf()
    let bytes = bytes
    ignores.left(depth: depth, lastSeen: lastSeen) { Self.wholeLines($0, in: bytes) }
    depth -= 1
  }

  private mutating func closeLeaf() {
    flushHTML()
    guard let closing = leaf else { return }
    leaf = nil
    if let code = codeBlock {
      codeBlock = nil
      close(code)
    } else if let start = closing.start {
      appendBlock(closing.kind, Span(start, closing.end))
      if closing.kind == .heading { closeHeading(Span(start, closing.end)) }
      for (directive, marker) in closing.markers {
        ignores.add(directive, marker: marker, inBlock: Self.wholeLines(Span(start, closing.end), in: bytes))
      }
    }
    textBuffer.removeAll(keepingCapacity: true)
  }

  private mutating func appendBlock(_ kind: Block.Kind, _ span: Span) {
    guard parts.blocks.count < limits.blocks else { return fail("blocks", limits.blocks) }
    parts.blocks.append(Block(kind: kind, span: span))
  }

  /// A title, and the name that it has been given at its end: `{#name}`.
  private mutating func closeHeading(_ span: Span) {
    var text = String(decoding: textBuffer, as: UTF8.self)
    var span = span
    if let attributes = HeadingAttributes(bytes, span) {
      if let name = attributes.name {
        parts.references.append(Reference(kind: .anchor, text: bytes.string(name), span: name, block: parts.blocks.count - 1))
      }
      span = attributes.title
      if let brace = text.lastIndex(of: "{") { text = String(text[..<brace]) }
      while text.last == " " { text.removeLast() }
    }
    parts.headings.append(Heading(level: headingLevel, text: text, span: span))
  }

  private static func wholeLines(_ span: Span, in bytes: Bytes) -> Span {
    Span(lineStart(in: bytes, of: span.start), lineEnd(in: bytes, from: span.end))
  }

  // MARK: Code blocks

  private mutating func openCode(_ detail: MD_BLOCK_CODE_DETAIL) {
    let fenceLine = detail.info.text.flatMap { offset(of: $0) }
    var code = CodeBlock(info: text(of: detail.info), fence: UInt8(bitPattern: detail.fence_char), fenceLine: fenceLine)
    if let fenceLine, code.isFenced, detail.info.size > 0 { code.infoSpan = Span(fenceLine, fenceLine + Int(detail.info.size)) }
    if !code.isFenced { code.fenceLine = nil }
    if let span = code.infoSpan { saw(span.start, span.end) }
    codeBlock = code
  }

  private mutating func addCode(_ text: UnsafePointer<CChar>, _ size: Int, at offset: Int?) {
    if let offset {
      if codeBlock?.current.content ?? 0 < 0 { codeBlock?.current.content = Int32(offset) }
    } else if text[0] == 0x0A {
      finishCodeLine()
    } else {
      codeBlock?.current.indent += Int32(size)
    }
  }

  private mutating func finishCodeLine() {
    codeLines += 1
    guard codeLines <= limits.codeLines else { return fail("lines of samples", limits.codeLines) }
    guard let line = codeBlock?.current else { return }
    codeBlock?.lines.append(line)
    codeBlock?.current = CodeBlockLines.Raw()
  }

  private mutating func close(_ code: CodeBlock) {
    guard parts.snippets.count < limits.snippets else { return fail("samples", limits.snippets) }
    let first = (code.fenceLine ?? blindFenceLine(code)).map { nextLine(in: bytes, after: $0) }
    var info = InfoString(code.info)
    var located = CodeBlockLines(code.lines, firstLine: first, bytes: bytes)
    if info.attributes.first?.name == "directive" { info.attributes += located.removeOptions() }
    let start = located.lines.first?.span.start ?? first ?? lastSeen
    let span = Span(min(start, bytes.count), located.lines.last?.span.end ?? min(start, bytes.count))
    saw(span.start, span.end)
    if code.isFenced { lastSeen = max(lastSeen, closingFenceEnd(code.fence, after: nextCodeLine(located.lines, span))) }
    appendBlock(.code, span)
    parts.snippets.append(
      Snippet(
        kind: code.isFenced ? .fenced : .indented, info: code.info, infoSpan: code.infoSpan, language: info.language,
        attributes: info.attributes, span: span, lines: located.lines, code: located.code, block: parts.blocks.count - 1))
  }

  /// The opening fence of a block of blank lines without an info string, of which libmd4c gives no pointer at all: the next run of
  /// three fence marks behind what was seen.
  private mutating func blindFenceLine(_ code: CodeBlock) -> Int? {
    guard code.isFenced, !code.lines.contains(where: { $0.content >= 0 }), !vainFences.contains(code.fence) else { return nil }
    let found = fenceRun(code.fence, in: lastSeen..<bytes.count)
    if found == nil { vainFences.insert(code.fence) }
    return found
  }

  /// The line behind a sample's last one.
  private func nextCodeLine(_ lines: [CodeLine], _ span: Span) -> Int {
    lines.isEmpty ? span.start : nextLine(in: bytes, after: span.end)
  }

  /// The end of a closing fence on the line that begins at `line`; `line` when there is none.
  private func closingFenceEnd(_ fence: UInt8, after line: Int) -> Int {
    let end = lineEnd(in: bytes, from: line)
    return fenceRun(fence, in: line..<end) == nil ? line : end
  }

  private func fenceRun(_ fence: UInt8, in range: Range<Int>) -> Int? {
    var count = 0
    for position in range {
      count = bytes[position] == fence ? count + 1 : 0
      if count == 3 { return position }
    }
    return nil
  }

  // MARK: Spans

  mutating func enterSpan(_ type: MD_SPANTYPE, _ detail: UnsafeMutableRawPointer?) {
    if type != MD_SPAN_CODE { flushHTML() }
    switch type {
    case MD_SPAN_CODE: open(.codeSpan, nil)
    case MD_SPAN_A: open(.link, detail?.assumingMemoryBound(to: MD_SPAN_A_DETAIL.self).pointee.href)
    case MD_SPAN_IMG: open(.image, detail?.assumingMemoryBound(to: MD_SPAN_IMG_DETAIL.self).pointee.src)
    default: break
    }
  }

  private mutating func open(_ kind: Reference.Kind, _ target: MD_ATTRIBUTE?) {
    guard spans.count < limits.nestedLinks else { return fail("images and links in one another", limits.nestedLinks) }
    if leaf == nil { leaf = Leaf(kind: .listItem) }
    var span = OpenSpan(kind: kind, textStart: textBuffer.count)
    if let target {
      span.target = text(of: target)
      if let start = target.text.flatMap({ offset(of: $0) }) { span.targetSpan = Span(start, start + Int(target.size)) }
    }
    spans.append(span)
  }

  mutating func leaveSpan(_ type: MD_SPANTYPE) {
    guard type == MD_SPAN_CODE || type == MD_SPAN_A || type == MD_SPAN_IMG else { return flushHTML() }
    flushHTML()
    guard let span = spans.popLast() else { return }
    if let start = span.start, let parent = spans.indices.last {
      if spans[parent].start == nil { spans[parent].start = start }
      spans[parent].end = span.end
    }
    if let place = span.start.map({ Span($0, span.end) }) ?? span.targetSpan { append(span, place) }
    if spans.isEmpty && leaf?.kind != .heading { textBuffer.removeAll(keepingCapacity: true) }
  }

  private mutating func append(_ span: OpenSpan, _ place: Span) {
    let text = String(decoding: textBuffer[span.textStart...], as: UTF8.self)
    if span.kind == .codeSpan, let role = RoleName.before(place.start, in: bytes) {
      return append(Role(name: role).reference(text: text, span: place, bytes: bytes, block: parts.blocks.count))
    }
    let written = span.target == nil || span.targetSpan != nil ? nil : WrittenTarget.span(behind: place.end, in: bytes)
    append(
      Reference(
        kind: span.kind, text: text, span: place, target: span.target, targetSpan: span.targetSpan, writtenTarget: written,
        block: parts.blocks.count))
  }

  private mutating func append(_ reference: Reference) {
    guard parts.references.count < limits.references else { return fail("links, images and code spans", limits.references) }
    if leaf?.start == nil { saw(reference.span.start, reference.span.end) }
    parts.references.append(reference)
  }

  // MARK: Text

  mutating func text(_ type: MD_TEXTTYPE, _ text: UnsafePointer<CChar>?, _ size: Int) {
    guard let text, size > 0 else { return }
    let start = offset(of: text)
    if leaf == nil { leaf = Leaf(kind: .listItem) }
    if type == MD_TEXT_HTML { addHTML(start, size) } else if type != MD_TEXT_SOFTBR { flushHTML() }
    if let start { saw(start, start + size) }
    if codeBlock != nil { return addCode(text, size, at: start) }
    if let start, let last = spans.indices.last {
      if spans[last].start == nil { spans[last].start = start }
      spans[last].end = start + size
    }
    if !spans.isEmpty || leaf?.kind == .heading { copy(type, text, size) }
  }

  private mutating func copy(_ type: MD_TEXTTYPE, _ text: UnsafePointer<CChar>, _ size: Int) {
    if type == MD_TEXT_SOFTBR || type == MD_TEXT_BR { return textBuffer.append(0x20) }
    guard type != MD_TEXT_HTML else { return }
    text.withMemoryRebound(to: UInt8.self, capacity: size) { textBuffer.append(contentsOf: UnsafeBufferPointer(start: $0, count: size)) }
  }

  /// Bytes of the document were met: they belong to the open block and to whatever a marker covers.
  private mutating func saw(_ start: Int, _ end: Int) {
    if leaf != nil {
      if leaf?.start == nil { leaf?.start = start }
      leaf?.end = end
    }
    lastSeen = max(lastSeen, end)
    ignores.saw(start)
  }

  // MARK: Raw HTML

  /// A tag or a comment comes in one piece for each line; pieces are joined until anything else comes.
  private mutating func addHTML(_ start: Int?, _ size: Int) {
    guard let start else { return }
    html = Span(html?.start ?? start, start + size)
  }

  private mutating func flushHTML() {
    guard let span = html else { return }
    html = nil
    var scanner = HTMLScanner(bytes, span)
    while let item = scanner.next() {
      switch item {
      case .comment(let content, let whole): addComment(content, whole)
      case .attribute(let tag, let name, let value): addAttribute(tag, name, value)
      case .code(let content): addCode(content)
      }
    }
  }

  private mutating func addComment(_ content: Span, _ whole: Span) {
    parts.remarks.append(Remark(content: content, whole: whole))
    guard let directive = IgnoreDirective(bytes, content) else { return }
    if directive.scope == .next && leaf?.kind != .html {
      leaf?.markers.append((directive, whole))
    } else {
      ignores.add(directive, marker: whole, documentEnd: bytes.count)
    }
  }

  /// `<code>name</code>`: a code span, when nothing else is inside.
  private mutating func addCode(_ content: Span) {
    let text = bytes.string(content)
    guard !content.isEmpty, !text.contains("&") else { return }
    append(Reference(kind: .codeSpan, text: text, span: content, block: parts.blocks.count))
  }

  private mutating func addAttribute(_ tag: String, _ name: String, _ value: Span) {
    let text = bytes.string(value)
    if let role = ProjectedTag.role(of: tag) { return addProjected(role, name, text, value) }
    guard !value.isEmpty else { return }
    switch (tag, name) {
    case (_, "id"), ("a", "name"): append(Reference(kind: .anchor, text: text, span: value, block: parts.blocks.count))
    case ("link", "href"), ("base", "href"): break
    case (_, "href"), ("link", "to"), ("navlink", "to"): append(link(.link, text, value))
    case ("img", "src"), ("image", "src"), ("source", "src"), ("video", "src"), ("audio", "src"): append(link(.image, text, value))
    default: break
    }
  }

  private func link(_ kind: Reference.Kind, _ target: String, _ span: Span, role: String? = nil) -> Reference {
    Reference(kind: kind, text: "", span: span, target: target, targetSpan: span, block: parts.blocks.count, role: role)
  }

  /// What the projector wrote as a tag of its own: an include, an entry of a table of contents, a documented name.
  private mutating func addProjected(_ role: String, _ name: String, _ text: String, _ value: Span) {
    switch name {
    case "include": append(link(.include, text, value, role: role))
    case "page": append(link(.crossReference, text, value, role: role))
    case "name": append(Reference(kind: .codeSpan, text: text, span: value, block: parts.blocks.count, role: role))
    default:
      guard let last = parts.references.indices.last, parts.references[last].role == role else { return }
      parts.references[last].options.append(Attribute(name: name, value: text))
    }
  }

  // MARK: Pointers

  /// The place of a text in the document; nil when it is in one of libmd4c's own buffers.
  private func offset(of text: UnsafePointer<CChar>) -> Int? {
    guard let base = bytes.baseAddress else { return nil }
    let offset = UnsafeRawPointer(text) - UnsafeRawPointer(base)
    return offset >= 0 && offset <= bytes.count ? offset : nil
  }

  private func text(of attribute: MD_ATTRIBUTE) -> String {
    guard let text = attribute.text, attribute.size > 0 else { return "" }
    return text.withMemoryRebound(to: UInt8.self, capacity: Int(attribute.size)) {
      String(decoding: UnsafeBufferPointer(start: $0, count: Int(attribute.size)), as: UTF8.self)
    }
  }

  private mutating func fail(_ what: String, _ limit: Int) {
    if error == nil { error = .tooLarge(what: what, limit: limit) }
  }
}
