// Some texts are no Markdown as they stand, but contain it: comments behind `///`, the indented content of an admonition, MDX
// without its JSX. A projection is that inner text, with the way back: made of pieces that are the document's bytes as they are,
// and pieces that stand for some of its bytes. A reader reads the projection; then every position is moved into the document.

import Domain

struct Projection {
  private(set) var bytes: [UInt8] = []
  private var pieces: [Piece] = []

  private struct Piece {
    /// Where it begins in the projection.
    var start: Int32
    /// What it stands for in the document; for bytes that are kept, as many as the piece has.
    var source: Int32
    var sourceCount: Int32
    /// The document's own bytes.
    var isKept: Bool
  }

  init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  /// Takes over a range of the document.
  mutating func keep(_ start: Int, _ end: Int, of source: Bytes) {
    guard end > start else { return }
    if let last = pieces.indices.last, pieces[last].source + pieces[last].sourceCount == Int32(start), pieces[last].isKept {
      pieces[last].sourceCount += Int32(end - start)
    } else {
      pieces.append(Piece(start: Int32(bytes.count), source: Int32(start), sourceCount: Int32(end - start), isKept: true))
    }
    bytes.append(contentsOf: UnsafeBufferPointer(rebasing: source[start..<end]))
  }

  /// Other bytes in place of a range of the document, which may be empty.
  mutating func write(_ text: some Sequence<UInt8>, for start: Int, _ end: Int) {
    let count = bytes.count
    bytes.append(contentsOf: text)
    guard bytes.count > count else { return }
    pieces.append(Piece(start: Int32(count), source: Int32(start), sourceCount: Int32(end - start), isKept: false))
  }

  mutating func write(_ text: StaticString, for start: Int, _ end: Int) {
    write(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount), for: start, end)
  }

  private func end(of index: Int) -> Int { index + 1 < pieces.count ? Int(pieces[index + 1].start) : bytes.count }

  // MARK: The way back

  /// The document's byte at which a byte of the projection stands.
  func source(of offset: Int) -> Int {
    guard let index = piece(at: offset) else { return pieces.last.map { Int($0.source + $0.sourceCount) } ?? 0 }
    let piece = pieces[index]
    return Int(piece.source) + min(offset - Int(piece.start), Int(piece.sourceCount))
  }

  /// The document's byte behind the byte before `offset`.
  private func sourceEnd(of offset: Int) -> Int {
    guard offset > 0, let index = piece(at: offset - 1) else { return source(of: offset) }
    let piece = pieces[index]
    if offset == end(of: index) { return Int(piece.source + piece.sourceCount) }
    return Int(piece.source) + min(offset - Int(piece.start), Int(piece.sourceCount))
  }

  func source(of span: Span) -> Span {
    let start = source(of: span.start)
    return span.isEmpty ? Span(start, start) : Span(start, max(start, sourceEnd(of: span.end)))
  }

  /// Whether a span has exactly the bytes of the document that it stands for; text over several lines may lack their indentation.
  func isWhole(_ span: Span) -> Bool {
    guard !span.isEmpty, var index = piece(at: span.start) else { return true }
    var next = pieces[index].source
    while index < pieces.count, Int(pieces[index].start) < span.end {
      guard pieces[index].isKept else { return false }
      let joins = pieces[index].source == next || Int(pieces[index].start) <= span.start || endsLine(Int(pieces[index].start))
      guard joins else { return false }
      next = pieces[index].source + pieces[index].sourceCount
      index += 1
    }
    return true
  }

  private func endsLine(_ start: Int) -> Bool { start > 0 && (bytes[start - 1] == 0x0A || bytes[start - 1] == 0x0D) }

  private func piece(at offset: Int) -> Int? {
    var low = 0
    var high = pieces.count
    while low < high {
      let middle = (low + high) / 2
      if Int(pieces[middle].start) <= offset { low = middle + 1 } else { high = middle }
    }
    return low > 0 && offset < end(of: low - 1) ? low - 1 : nil
  }
}

extension DocumentParts {
  /// Every position of a projection, moved into the document. Code of which a part was taken out before it was known to be code is
  /// left out: its bytes would not be its text.
  mutating func move(by projection: Projection) {
    snippets.removeAll { snippet in snippet.lines.contains { !projection.isWhole($0.span) } }
    references.removeAll { $0.kind == .codeSpan && !projection.isWhole($0.span) }
    for index in blocks.indices { blocks[index] = Block(kind: blocks[index].kind, span: projection.source(of: blocks[index].span)) }
    for index in headings.indices {
      let heading = headings[index]
      headings[index] = Heading(level: heading.level, text: heading.text, span: projection.source(of: heading.span))
    }
    for index in references.indices { references[index].move { projection.source(of: $0) } }
    for index in snippets.indices { snippets[index].move { projection.source(of: $0) } }
    for index in ignores.indices { ignores[index].move { projection.source(of: $0) } }
    for index in remarks.indices { remarks[index].move { projection.source(of: $0) } }
    sortBlocks()
  }

  /// What was read in another part of the same document, behind what is here.
  mutating func append(_ other: DocumentParts) {
    let base = blocks.count
    blocks += other.blocks
    headings += other.headings
    references += other.references.map { $0.inBlock($0.block + base) }
    snippets += other.snippets.map { $0.inBlock($0.block + base) }
    ignores += other.ignores
    remarks += other.remarks
    skips += other.skips
  }

  /// Blocks are in the order of their first bytes, also where a piece stands for bytes behind it.
  mutating func sortBlocks() {
    guard zip(blocks, blocks.dropFirst()).contains(where: { $0.span.start > $1.span.start }) else { return }
    let order = blocks.indices.sorted { (blocks[$0].span.start, $0) < (blocks[$1].span.start, $1) }
    var place = Array(repeating: 0, count: blocks.count)
    for (new, old) in order.enumerated() { place[old] = new }
    blocks = order.map { blocks[$0] }
    references = references.map { $0.block < place.count ? $0.inBlock(place[$0.block]) : $0 }
    snippets = snippets.map { $0.block < place.count ? $0.inBlock(place[$0.block]) : $0 }
  }
}
