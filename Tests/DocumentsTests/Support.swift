// What the tests of documents share.

import Domain
import Testing

@testable import Documents

func markdown(_ text: String, path: String = "docs/page.md") throws -> Document {
  try Document.read(path: path, bytes: Array(text.utf8))
}

func read(_ text: String, _ format: DocumentFormat, path: String = "docs/page") throws -> Document {
  try Document.read(path: path, bytes: Array(text.utf8), format: format)
}

extension Document {
  /// Everything that was found, in the order of the file, one a line, with the bytes that the spans name.
  var outline: [String] {
    var items: [(Span, String)] = headings.map { ($0.span, "heading \($0.level) \($0.text)") }
    for snippet in snippets {
      let lines = snippet.lines.map { String(repeating: " ", count: $0.padding) + text($0.span) }
      items.append((snippet.span, "code \(snippet.language ?? "-"): \(lines.joined(separator: "⏎"))"))
    }
    for reference in references {
      let role = reference.role.map { "[\($0)]" } ?? ""
      var line = "\(reference.kind)\(role) \(text(reference.span))"
      if reference.text != text(reference.span), !reference.text.isEmpty { line += " (\(reference.text))" }
      if let target = reference.target { line += " -> \(target)" }
      if let span = reference.writtenTarget, text(span) != reference.target { line += " written \(text(span))" }
      if !reference.options.isEmpty { line += " " + reference.options.map { "\($0.name)=\($0.value ?? "")" }.joined(separator: " ") }
      items.append((reference.span, line))
    }
    return items.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.map { item in
      String(item.element.1.map { $0 == "\r\n" ? "\n" : $0 })
    }
  }
}

/// A document and what must be found in it.
struct Reading: Sendable, CustomTestStringConvertible {
  var name: String
  var text: String
  var outline: [String]
  var testDescription: String { name }

  init(_ name: String, _ text: String, _ outline: [String]) {
    self.name = name
    self.text = text
    self.outline = outline
  }

  /// Reads it, with each ending of lines; the laws hold, and what is found is the same.
  func check(_ format: DocumentFormat) throws {
    let document = try read(text, format)
    #expect(document.outline == outline)
    #expect(document.brokenLaws() == [])
    let carried = try read(text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n"), format)
    #expect(carried.outline == outline, "with CR LF")
    #expect(carried.brokenLaws() == [], "with CR LF")
  }
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
