// What the hand-written readers build a document with: blocks, references, samples and markers, each counted against its limit.

import Domain

struct PartsBuilder {
  let bytes: Bytes
  private let limits: DocumentLimits
  private(set) var parts = DocumentParts()
  private var codeLines = 0
  private var markers: [(directive: IgnoreDirective, place: Span)] = []

  init(_ bytes: Bytes, limits: DocumentLimits) {
    self.bytes = bytes
    self.limits = limits
  }

  /// The number of the block that is added next: references are added before the block in which they stand.
  var nextBlock: Int { parts.blocks.count }

  mutating func addBlock(_ kind: Block.Kind, _ span: Span) throws(DocumentError) {
    guard parts.blocks.count < limits.blocks else { throw .tooLarge(what: "blocks", limit: limits.blocks) }
    parts.blocks.append(Block(kind: kind, span: span))
  }

  mutating func add(_ reference: Reference) throws(DocumentError) {
    guard parts.references.count < limits.references else {
      throw .tooLarge(what: "links, images and code spans", limit: limits.references)
    }
    parts.references.append(reference)
  }

  mutating func addHeading(level: Int, text: String, span: Span) {
    parts.headings.append(Heading(level: level, text: text, span: span))
  }

  /// A sample and its block.
  mutating func addSnippet(
    _ lines: CodeLines, at place: Int, kind: Snippet.Kind, language: String?, info: Span? = nil, attributes: [Attribute] = []
  ) throws(DocumentError) {
    guard parts.snippets.count < limits.snippets else { throw .tooLarge(what: "samples", limit: limits.snippets) }
    codeLines += lines.lines.count
    guard codeLines <= limits.codeLines else { throw .tooLarge(what: "lines of samples", limit: limits.codeLines) }
    let start = lines.lines.first?.span.start ?? place
    let span = Span(start, lines.lines.last?.span.end ?? start)
    try addBlock(.code, span)
    parts.snippets.append(
      Snippet(
        kind: kind, info: info.map { bytes.string($0) } ?? "", infoSpan: info, language: language, attributes: attributes, span: span,
        lines: lines.lines, code: lines.code, block: parts.blocks.count - 1))
  }

  /// A comment; the engine's own markers are understood at once.
  mutating func addRemark(content: Span, whole: Span) {
    parts.remarks.append(Remark(content: content, whole: whole))
    if let directive = IgnoreDirective(bytes, content) { markers.append((directive, whole)) }
  }

  mutating func replaceReference(_ index: Int, with reference: Reference) { parts.references[index] = reference }

  mutating func removeReferences(_ indices: Set<Int>) {
    guard !indices.isEmpty else { return }
    parts.references = parts.references.enumerated().filter { !indices.contains($0.offset) }.map(\.element)
  }

  mutating func addSkip(_ skip: Skip) { parts.skips.append(skip) }

  /// - Parameter whole: what a marker for the whole file covers.
  mutating func finish(whole: Span) -> DocumentParts {
    var collector = IgnoreCollector()
    var block = 0
    for marker in markers {
      guard marker.directive.scope == .next else {
        collector.add(marker.directive, marker: marker.place, documentEnd: whole.end)
        continue
      }
      while block < parts.blocks.count, parts.blocks[block].span.start < marker.place.end { block += 1 }
      guard block < parts.blocks.count else { continue }
      let span = parts.blocks[block].span
      collector.add(
        marker.directive, marker: marker.place,
        inBlock: Span(lineStart(in: bytes, of: span.start), lineEnd(in: bytes, from: span.end)))
    }
    collector.finish(documentEnd: whole.end)
    parts.ignores = collector.markers
    return parts
  }
}

/// The lines of a sample, as they are collected.
struct CodeLines {
  private(set) var lines: [CodeLine] = []
  private(set) var code: [UInt8] = []

  mutating func append(_ start: Int, _ end: Int, padding: Int = 0, of bytes: Bytes) {
    lines.append(CodeLine(codeStart: code.count, padding: padding, span: Span(start, max(start, end))))
    for _ in 0..<padding { code.append(0x20) }
    if end > start { code.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<end])) }
    code.append(0x0A)
  }

  /// A line without its first columns.
  mutating func append(_ line: TextLine, column: Int, tab: Int, of bytes: Bytes) {
    let (start, padding) = line.offset(ofColumn: column, bytes, tab: tab)
    append(start, line.end, padding: start < line.end ? min(7, padding) : 0, of: bytes)
  }
}
