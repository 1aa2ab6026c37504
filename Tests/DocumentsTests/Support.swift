// What the tests of documents share.

import Domain

@testable import Documents

func markdown(_ text: String, path: String = "docs/page.md") throws -> Document {
  try Document.read(path: path, bytes: Array(text.utf8))
}

extension Snippet {
  var text: String { String(decoding: code, as: UTF8.self) }
  /// The document's bytes of each line.
  func lineTexts(in document: Document) -> [String] { lines.map { document.text($0.span) } }
}

extension String {
  /// Equal, but for the space that stands for a line break behind the last byte.
  fileprivate func matches(_ written: String) -> Bool {
    self == written || (hasPrefix(written) && dropFirst(written.count).allSatisfy { $0 == " " })
  }
}

extension Document {
  func references(_ kind: Reference.Kind) -> [Reference] { references.filter { $0.kind == kind } }

  /// Everything that must hold for any document; each broken law as a line.
  func brokenLaws() -> [String] {
    var broken: [String] = []
    func check(_ holds: Bool, _ law: @autoclosure () -> String) { if !holds { broken.append(law()) } }
    let whole = Span(0, bytes.count)
    for block in blocks { check(whole.contains(block.span), "block outside: \(block)") }
    for (left, right) in zip(blocks, blocks.dropFirst()) {
      check(left.span.start <= right.span.start, "blocks out of order: \(left) \(right)")
    }
    for heading in headings { check(whole.contains(heading.span), "heading outside: \(heading)") }
    for ignore in ignores { check(whole.contains(ignore.span) && whole.contains(ignore.marker), "marker outside: \(ignore)") }
    for reference in references { broken += brokenLaws(of: reference) }
    for snippet in snippets { broken += brokenLaws(of: snippet) }
    return broken
  }

  private func brokenLaws(of reference: Reference) -> [String] {
    guard Span(0, bytes.count).contains(reference.span) else { return ["reference outside: \(reference)"] }
    guard reference.block < blocks.count else { return ["reference without block: \(reference)"] }
    let written = text(reference.span)
    if reference.kind == .codeSpan, !written.contains(where: { $0.isNewline || $0 == "\\" || $0 == "|" }), !reference.text.matches(written)
    {
      return ["code span \(reference.text.debugDescription) at \(written.debugDescription)"]
    }
    if let span = reference.targetSpan, !Span(0, bytes.count).contains(span) || text(span) != reference.target {
      return ["target \(reference)"]
    }
    return []
  }

  private func brokenLaws(of snippet: Snippet) -> [String] {
    var broken: [String] = []
    guard Span(0, bytes.count).contains(snippet.span), snippet.block < blocks.count else { return ["snippet outside: \(snippet)"] }
    var rebuilt: [UInt8] = []
    var last = 0
    for line in snippet.lines {
      guard line.span.start >= last, line.span.end <= bytes.count else { return ["line outside or out of order: \(line)"] }
      last = line.span.end
      let written = bytes[line.span.range]
      if written.contains(where: { $0 == 0x0A || $0 == 0x0D }) { broken.append("line has a line ending: \(line)") }
      if line.codeStart != rebuilt.count { broken.append("line begins elsewhere: \(line)") }
      rebuilt += Array(repeating: 0x20, count: line.padding) + written + [0x0A]
      for offset in 0..<written.count where snippet.documentOffset(of: line.codeStart + line.padding + offset) != line.span.start + offset {
        broken.append("byte \(offset) of \(line) is mapped elsewhere")
      }
    }
    if rebuilt != snippet.code { broken.append("the lines do not make the code: \(snippet)") }
    return broken
  }
}
