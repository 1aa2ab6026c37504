// Where the lines of a code block are in the document.
//
// libmd4c gives each line of a code block as: spaces from a buffer of its own (the indentation, tabs expanded), then a pointer
// into the document (the rest of the line), then a line feed of its own. So the indentation's bytes must be found again: the
// columns of the document's line are counted up to the rest, and the code begins where the columns of the indentation begin.
// That may be inside a tab of which a quote or a list took the first columns; then the line gets padding. A blank line has no
// pointer at all; but the lines of a code block follow each other in the document, so one known line gives all.

import Domain

struct CodeBlockLines {
  /// One line as libmd4c tells it.
  struct Raw {
    /// Columns of indentation.
    var indent: Int32 = 0
    /// The document's byte behind the indentation; -1 for a blank line.
    var content: Int32 = -1
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private(set) var lines: [CodeLine] = []
  private(set) var code: [UInt8] = []

  /// - Parameter firstLine: the document's byte at which the line of the first `raw` begins, where the opening fence tells it.
  init(_ raw: [Raw], firstLine: Int?, bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
    guard var line = firstLine ?? Self.firstLine(of: raw, in: bytes) else { return }
    lines.reserveCapacity(raw.count)
    for item in raw {
      if item.content >= 0 { line = alignedLine(line, with: Int(item.content)) }
      guard line < bytes.count || item.content >= 0, append(item, line: line) else { break }
      line = nextLine(in: bytes, after: line)
    }
  }

  /// Takes off the options that a MyST directive has before its code (`:caption: x.py`), and returns them.
  mutating func removeOptions() -> [Attribute] {
    var options: [Attribute] = []
    while options.count < lines.count, let option = Self.option(bytes[lines[options.count].span.range]) { options.append(option) }
    guard !options.isEmpty else { return [] }
    var count = options.count
    if count < lines.count, lines[count].span.isEmpty { count += 1 }
    let start = count < lines.count ? lines[count].codeStart : code.count
    code.removeFirst(start)
    lines = lines[count...].map { CodeLine(codeStart: $0.codeStart - start, padding: $0.padding, span: $0.span) }
    return options
  }

  /// `:name: value`.
  private static func option(_ line: Slice<UnsafeBufferPointer<UInt8>>) -> Attribute? {
    guard line.first == UInt8(ascii: ":"), let close = line.dropFirst().firstIndex(of: UInt8(ascii: ":")) else { return nil }
    let name = line[(line.startIndex + 1)..<close]
    guard !name.isEmpty, name.allSatisfy({ ($0 | 0x20 >= 97 && $0 | 0x20 <= 122) || $0 == 45 }) else { return nil }
    let value = String(decoding: line[(close + 1)...].drop { $0 == 0x20 }, as: UTF8.self)
    return Attribute(name: String(decoding: name, as: UTF8.self), value: value)
  }

  /// Counts back from the first line that has a pointer.
  private static func firstLine(of raw: [Raw], in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard let known = raw.firstIndex(where: { $0.content >= 0 }) else { return nil }
    var line = lineStart(in: bytes, of: Int(raw[known].content))
    for _ in 0..<known where line > 0 {
      let isPair = line > 1 && bytes[line - 1] == 0x0A && bytes[line - 2] == 0x0D
      line = lineStart(in: bytes, of: line - (isPair ? 2 : 1))
    }
    return line
  }

  /// The line that really contains the content: the pointer is right where a count could be wrong.
  private func alignedLine(_ line: Int, with content: Int) -> Int {
    line <= content && content <= lineEnd(in: bytes, from: line) ? line : lineStart(in: bytes, of: content)
  }

  /// False when a line that should be blank is not: then the count went wrong, and no line is better than a wrong one.
  private mutating func append(_ raw: Raw, line: Int) -> Bool {
    let end = lineEnd(in: bytes, from: raw.content >= 0 ? Int(raw.content) : line)
    let content = raw.content >= 0 ? Int(raw.content) : end
    let (start, padding) = codeStart(line: line, content: content, indent: Int(raw.indent))
    if raw.content < 0, !bytes[start..<max(start, end)].allSatisfy(Self.isBlank) { return false }
    lines.append(CodeLine(codeStart: code.count, padding: padding, span: Span(start, max(start, end))))
    for _ in 0..<padding { code.append(0x20) }
    if end > start { code.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<end])) }
    code.append(0x0A)
    return true
  }

  /// The byte at which `indent` columns of white space before `content` begin, and how many columns of a tab are left of it.
  private func codeStart(line: Int, content: Int, indent: Int) -> (start: Int, padding: Int) {
    guard indent > 0 else { return (content, 0) }
    let target = max(0, column(of: content, line: line) - indent)
    var column = 0
    var position = line
    while position < content, column < target {
      column = Self.advance(column, over: bytes[position])
      position += 1
    }
    let padding = column - target
    while position < content, !Self.isBlank(bytes[position]) { position += 1 }
    return (position, min(3, max(0, padding)))
  }

  private func column(of offset: Int, line: Int) -> Int {
    var column = 0
    for position in line..<max(line, offset) { column = Self.advance(column, over: bytes[position]) }
    return column
  }

  private static func advance(_ column: Int, over byte: UInt8) -> Int { byte == 0x09 ? (column / 4 + 1) * 4 : column + 1 }
  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
