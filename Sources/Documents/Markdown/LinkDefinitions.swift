// `[label]: target "title"`. The parser resolves them and reports them nowhere; it takes them out of the paragraphs. So a line that
// looks like one, outside of every block that the parser reported, is one.

import Domain

struct LinkDefinitions {
  private let bytes: Bytes
  private let start: Int

  init(_ bytes: Bytes, from start: Int) {
    self.bytes = bytes
    self.start = start
  }

  func add(to parts: inout DocumentParts) {
    var position = start
    var block = 0
    let known = parts.blocks
    var references: [Reference] = []
    while let found = bytes.first("]:", in: position..<bytes.count) {
      position = found + 2
      guard let definition = definition(around: found) else { continue }
      while block < known.count, known[block].span.end <= found { block += 1 }
      if block < known.count, known[block].span.start <= found { continue }
      position = definition.target.end
      if definition.target.count == 1, bytes[definition.target.start] == UInt8(ascii: "#") {
        parts.remarks.append(remark(definition.label, behind: definition.target.end))
        continue
      }
      references.append(
        Reference(
          kind: .linkDefinition, text: bytes.string(definition.label), span: definition.label, target: bytes.string(definition.target),
          targetSpan: definition.target, block: parts.blocks.count))
      parts.blocks.append(Block(kind: .definition, span: Span(definition.label.start, definition.target.end)))
    }
    guard !references.isEmpty else { return }
    parts.references += references
    parts.sortBlocks()
  }

  /// `[//]: # (a comment)`, `[embedmd]: # (file.go)`: to Markdown a definition that nothing uses.
  private func remark(_ label: Span, behind target: Int) -> Remark {
    let end = lineEnd(in: bytes, from: target)
    let whole = Span(label.start - 1, end)
    if bytes[label.range].allSatisfy({ !$0.isLetter }) || bytes.string(label) == "comment" {
      let text = bytes.trimmed(target, end)
      return Remark(content: text.count > 2 ? Span(text.start + 1, text.end - 1) : text, whole: whole)
    }
    return Remark(content: Span(label.start, end), whole: whole)
  }

  private func definition(around mark: Int) -> (label: Span, target: Span)? {
    guard let open = label(before: mark) else { return nil }
    var position = bytes.skipBlanks(mark + 2, bytes.count)
    if position < bytes.count, bytes[position] == 0x0A || bytes[position] == 0x0D {
      position = bytes.skip(position, min(bytes.count, position + 256)) { $0.isSpace || $0 == UInt8(ascii: ">") }
    }
    guard position < bytes.count else { return nil }
    var end = bytes.skip(position, bytes.count) { !$0.isSpace }
    if bytes[position] == UInt8(ascii: "<"), let close = bytes.first(UInt8(ascii: ">"), in: position..<min(bytes.count, position + 4096)) {
      position += 1
      end = close
    }
    return end > position ? (Span(open + 1, mark), Span(position, end)) : nil
  }

  /// The bracket that opens the label, when nothing but marks of quotes and lists is before it on its line.
  private func label(before mark: Int) -> Int? {
    var position = mark
    let limit = max(start, mark - 1000)
    while position > limit, bytes[position - 1] != UInt8(ascii: "["), bytes[position - 1] != UInt8(ascii: "]"), bytes[position - 1] != 0x0A
    {
      position -= 1
    }
    guard position > limit, bytes[position - 1] == UInt8(ascii: "["), position < mark, bytes[position] != UInt8(ascii: "^") else {
      return nil
    }
    let open = position - 1
    position = open
    while position > limit, bytes[position - 1] != 0x0A, bytes[position - 1] != 0x0D {
      let byte = bytes[position - 1]
      guard
        byte.isBlank || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "*") || byte.isDigit
          || byte == UInt8(ascii: ".")
      else { return nil }
      position -= 1
    }
    return open
  }
}
