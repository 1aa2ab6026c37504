// A code sample. Its code is what a reader would copy: without the marks of the quotes and lists that it stands in. So that an
// error in the code can be shown, and repaired, in the document, each line of the code remembers where its bytes are.

import Domain

/// A code sample in a document.
public struct Snippet: Sendable, Hashable {
  public enum Kind: Sendable, Hashable { case fenced, indented }
  /// Stable while the sample moves: made of the path, the language, the code and, for equal samples, their number.
  public internal(set) var id = ""
  public let kind: Kind
  /// As written behind the fence; empty when there is none.
  public let info: String
  /// Nil when there is no info string, or when it was written with escapes.
  public private(set) var infoSpan: Span?
  /// The normalised name (`py` is `python`); nil when the sample is untagged.
  public internal(set) var language: String?
  /// What else the info string says, in its order.
  public internal(set) var attributes: [Attribute]
  /// From the first byte of the first line to the end of the last line, its line ending left out; marks of quotes and lists that
  /// stand between are inside.
  public private(set) var span: Span
  /// One for each line of the code.
  public private(set) var lines: [CodeLine]
  /// The lines, each followed by a line feed.
  public let code: [UInt8]
  /// Which of the document's blocks it is.
  public private(set) var block: Int
  /// What the author said about running, checking and showing it.
  public internal(set) var annotations = SnippetAnnotations()

  init(
    kind: Kind, info: String = "", infoSpan: Span? = nil, language: String?, attributes: [Attribute] = [], span: Span, lines: [CodeLine],
    code: [UInt8], block: Int
  ) {
    self.kind = kind
    self.info = info
    self.infoSpan = infoSpan
    self.language = language
    self.attributes = attributes
    self.span = span
    self.lines = lines
    self.code = code
    self.block = block
  }

  mutating func move(_ place: (Span) -> Span) {
    span = place(span)
    infoSpan = infoSpan.map(place)
    for index in lines.indices {
      let line = lines[index]
      lines[index] = CodeLine(codeStart: line.codeStart, padding: line.padding, span: place(line.span))
    }
    if let first = lines.first, let last = lines.last { span = Span(first.span.start, max(first.span.start, last.span.end)) }
  }

  func inBlock(_ number: Int) -> Self {
    var moved = self
    moved.block = number
    return moved
  }

  /// The byte of the document at which a byte of the code stands. The line feed of a line is at the end of the line, the padding
  /// of a split tab at the tab's end, the end of the code at the end of the last line.
  public func documentOffset(of codeOffset: Int) -> Int {
    guard let line = line(containing: codeOffset) else { return span.start }
    let distance = max(0, codeOffset - line.codeStart - line.padding)
    return line.span.start + min(distance, line.span.count)
  }

  /// The bytes of the document from the first to the last byte of a range of the code.
  public func documentSpan(of range: Range<Int>) -> Span {
    let start = documentOffset(of: range.lowerBound)
    guard !range.isEmpty else { return Span(start, start) }
    return Span(start, max(start, documentOffset(of: range.upperBound - 1) + 1))
  }

  /// The value of an attribute; the empty string when it has none; nil when it is not there.
  public func attribute(_ name: String) -> String? {
    attributes.first { $0.name == name }.map { $0.value ?? "" }
  }

  private func line(containing codeOffset: Int) -> CodeLine? {
    guard !lines.isEmpty else { return nil }
    var low = 0
    var high = lines.count
    while low + 1 < high {
      let middle = (low + high) / 2
      if lines[middle].codeStart <= codeOffset { low = middle } else { high = middle }
    }
    return lines[low]
  }
}

/// One line of a sample.
public struct CodeLine: Sendable, Hashable {
  /// Where the line begins in the code.
  public let codeStart: Int
  /// Spaces before the document's bytes: what is left of a tab whose first columns belong to a quote or a list; 0 to 7.
  public let padding: Int
  /// The line's bytes in the document, without the line ending.
  public let span: Span

  /// Bytes of the line in the code, without the line feed.
  public var count: Int { padding + span.count }
}

/// One word of an info string behind the language: `skip`, `title="x"`, `{1,3}`.
public struct Attribute: Sendable, Hashable {
  public let name: String
  public let value: String?

  public init(name: String, value: String?) {
    self.name = name
    self.value = value
  }
}
