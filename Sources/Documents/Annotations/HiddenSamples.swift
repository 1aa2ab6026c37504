// Code that readers do not see: samples inside of comments, and lines inside of samples.

import Domain

enum HiddenLines {
  /// `# ` and a lone `#` at the start of a line of Rust (https://doc.rust-lang.org/rustdoc/write-documentation/documentation-tests.html);
  /// `#[attribute]` and `##` are shown.
  static func inRust(_ snippet: Snippet) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    for (number, line) in snippet.lines.enumerated() {
      let code = snippet.code[line.codeStart..<(line.codeStart + line.count)].drop { $0.isBlank }
      guard code.first == UInt8(ascii: "#"), code.count == 1 || code.dropFirst().first == 0x20 else { continue }
      if let last = ranges.last, last.upperBound == number {
        ranges[ranges.count - 1] = last.lowerBound..<(number + 1)
      } else {
        ranges.append(number..<(number + 1))
      }
    }
    return ranges
  }
}

extension AnnotationReader {
  /// `invisible-code-block: python` and the code below it, in a comment.
  func addHiddenSamples(_ parts: inout DocumentParts) {
    var added = false
    for remark in parts.remarks {
      guard let language = language(of: remark) else { continue }
      let first = bytes[remark.content.range].firstIndex { $0 == 0x0A } ?? remark.content.end
      guard first < remark.content.end else { continue }
      let lines = bytes.withUnsafeBufferPointer { Self.lines($0, first + 1, remark.content.end) }
      guard let start = lines.lines.first?.span.start, let end = lines.lines.last?.span.end else { continue }
      parts.blocks.append(Block(kind: .code, span: Span(start, end)))
      var snippet = Snippet(
        kind: .fenced, language: language, span: Span(start, end), lines: lines.lines, code: lines.code, block: parts.blocks.count - 1)
      snippet.annotations.isHidden = true
      parts.snippets.append(snippet)
      added = true
    }
    guard added else { return }
    parts.snippets.sort { $0.span < $1.span }
  }

  private func language(of remark: Remark) -> String? {
    let head = bytes[remark.content.range].prefix(80).prefix { $0 != 0x0A && $0 != 0x0D }
    var text = String(decoding: head, as: UTF8.self).drop { $0 == " " || $0 == "-" }
    guard let word = ["invisible-code-block:", "invisible-code:"].first(where: { text.hasPrefix($0) }) else { return nil }
    text = text.dropFirst(word.count).drop { $0 == " " }
    return text.isEmpty ? nil : LanguageNames.normalized(text.trimmedEnd)
  }

  /// Lines without the blanks that all begin with.
  private static func lines(_ bytes: Bytes, _ start: Int, _ end: Int) -> CodeLines {
    var all: [TextLine] = []
    var position = start
    while position < end {
      var line = TextLine(bytes, at: position, tab: 8)
      position = line.next
      line.end = min(line.end, end)
      line.text = min(line.text, line.end)
      all.append(line)
    }
    while let last = all.last, last.isBlank { all.removeLast() }
    while let first = all.first, first.isBlank { all.removeFirst() }
    let least = all.filter { !$0.isBlank }.map(\.indent).min() ?? 0
    var lines = CodeLines()
    for line in all { lines.append(line, column: least, tab: 8, of: bytes) }
    return lines
  }
}
