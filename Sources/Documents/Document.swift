// One documentation file: its bytes and what was found in them. Every position is a byte of the file as it stands, so that an
// edit made from a span needs nothing but the span. A document is made by a `FormatReader` and never changes.

import Domain

/// One documentation file's bytes and structure.
public struct Document: Sendable {
  /// Relative to the root of the repository, `/`-separated.
  public let path: String
  public let format: DocumentFormat
  public let bytes: [UInt8]
  public let lines: LineIndex
  /// The settings block at the very start (YAML between `---`, TOML between `+++`), its fences included. No Markdown is read in it.
  public let frontMatter: Span?
  /// Leaf blocks in the order of the file.
  public let blocks: [Block]
  /// In the order of the file.
  public let headings: [Heading]
  /// In the order of the file.
  public let snippets: [Snippet]
  /// In the order in which the format's reader met them: by block, then by the end of the reference.
  public let references: [Reference]
  /// What the author asked to be left alone.
  public let ignores: [IgnoreMarker]
  /// Regions that a tool writes, by the comments around them: what is wrong there is repaired at its source.
  public let owned: [OwnedRegion]
  /// What this document has and its reader could not take in.
  public let skips: [Skip]

  init(path: String, format: DocumentFormat, bytes: [UInt8], parts: DocumentParts) {
    self.path = path
    self.format = format
    self.bytes = bytes
    lines = LineIndex(bytes)
    var parts = parts
    let annotations = AnnotationReader(bytes: bytes)
    annotations.addHiddenSamples(&parts)
    parts.sortBlocks()
    parts.name(in: path)
    annotations.annotate(&parts)
    frontMatter = parts.frontMatter
    blocks = parts.blocks
    headings = parts.headings
    snippets = parts.snippets
    references = parts.references
    ignores = parts.ignores
    owned = parts.owned
    skips = parts.skips
  }

  /// The bytes of a span as text; bytes that are not UTF-8 are repaired.
  public func text(_ span: Span) -> String { String(decoding: bytes[span.range], as: UTF8.self) }

  /// The headings over a byte, from the outermost to the nearest one.
  public func headings(over offset: Int) -> [Heading] {
    var trail: [Heading] = []
    for heading in headings {
      if heading.span.start > offset { break }
      while let last = trail.last, last.level >= heading.level { trail.removeLast() }
      trail.append(heading)
    }
    return trail
  }

  /// The leaf block that contains a byte, if one does.
  public func block(at offset: Int) -> Block? {
    var low = 0
    var high = blocks.count
    while low < high {
      let middle = (low + high) / 2
      if blocks[middle].span.end <= offset { low = middle + 1 } else { high = middle }
    }
    return low < blocks.count && blocks[low].span.start <= offset ? blocks[low] : nil
  }
}

/// What a reader collects; the order of each list is the order of the file.
struct DocumentParts {
  var frontMatter: Span?
  var blocks: [Block] = []
  var headings: [Heading] = []
  var snippets: [Snippet] = []
  var references: [Reference] = []
  var ignores: [IgnoreMarker] = []
  var remarks: [Remark] = []
  var owned: [OwnedRegion] = []
  var skips: [Skip] = []
}

/// A block that holds text and no other block.
public struct Block: Sendable, Hashable {
  public enum Kind: Sendable, Hashable { case paragraph, heading, listItem, tableCell, code, html, definition }
  public let kind: Kind
  /// From its first to its last byte of text: the marks around it (`#`, `|`, fences) are outside.
  public let span: Span
}

/// A title.
public struct Heading: Sendable, Hashable {
  /// 1 is the highest.
  public let level: Int
  /// As the reader of the page sees it, but with entities as written.
  public let text: String
  /// From the first to the last byte of its text.
  public let span: Span
}
