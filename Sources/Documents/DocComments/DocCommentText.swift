// The text of one comment as its language means it, and what is found in it.
//
// Where the language's own marks are no Markdown, the projection says the same in Markdown:
//   {@code x}, <code>x</code>     `x`
//   {@link Name text}, [Name]     a cross reference (`ProjectedTag`)
//   <pre> … </pre>, @example      a fence

import Domain

struct DocCommentText {
  private let bytes: Bytes
  private let language: DocCommentLanguage
  private let comment: DocComment

  init(_ bytes: Bytes, _ language: DocCommentLanguage, _ comment: DocComment) {
    self.bytes = bytes
    self.language = language
    self.comment = comment
  }

  func read(limits: DocumentLimits) -> Result<DocumentParts, DocumentError> {
    if language == .python, !hasFence { return readStructured(limits: limits) }
    let projection = projected()
    // Javadoc and Go have no indented code of Markdown's kind; Go's has its own rule and comes as Markdown's.
    return MarkdownReader.read(projection, isMDX: language == .java, limits: limits).map(finished)
  }

  // MARK: Python

  private var hasFence: Bool {
    comment.lines.contains { line in
      let text = bytes.skipBlanks(line.start, line.end)
      return bytes.has("```", at: text) && text + 3 <= line.end
    }
  }

  private func readStructured(limits: DocumentLimits) -> Result<DocumentParts, DocumentError> {
    let projection = plain()
    let read = projection.bytes.withUnsafeBufferPointer { ReStructuredTextReader.read($0, limits: limits) }
    return read.map { parts in
      var parts = parts
      parts.move(by: projection)
      return finished(parts)
    }
  }

  private func plain() -> Projection {
    var projection = Projection(capacity: comment.lines.reduce(0) { $0 + $1.count + 1 })
    for line in comment.lines {
      projection.keep(line.start, line.end, of: bytes)
      projection.write("\n", for: line.end, line.end)
    }
    return projection
  }

  // MARK: Markdown

  private func projected() -> Projection {
    var projector = DocCommentProjector(bytes, language)
    return projector.project(comment.lines)
  }

  /// What the language adds: its own as the language of samples, links that are names.
  private func finished(_ parts: DocumentParts) -> DocumentParts {
    var parts = parts
    for index in parts.snippets.indices { finish(&parts.snippets[index]) }
    parts.references = parts.references.map { named($0) }
    return parts
  }

  private func finish(_ snippet: inout Snippet) {
    if language == .rust {
      if let word = snippet.language, Self.rustWords.contains(word) || word.hasPrefix("edition") || word.hasPrefix("ignore-") {
        snippet.language = "rust"
        snippet.attributes.insert(Attribute(name: word, value: nil), at: 0)
      }
      if snippet.language == nil { snippet.language = "rust" }
    }
    // In a string that is not raw, `\\n` is not what the sample says.
    if comment.isEscaped, snippet.code.contains(UInt8(ascii: "\\")) { snippet.language = nil }
  }

  private static let rustWords: Set<String> = [
    "ignore", "no_run", "should_panic", "compile_fail", "standalone_crate", "standalone", "test_harness", "custom",
  ]

  /// Links between comments lead to names, not to files.
  private func named(_ reference: Reference) -> Reference {
    let isName = reference.target.map { !$0.contains("://") && !$0.hasPrefix("mailto:") } ?? false
    if reference.kind == .link || reference.kind == .image || reference.kind == .linkDefinition, isName {
      return Reference(
        kind: .crossReference, text: reference.text, span: reference.span, target: reference.target, targetSpan: reference.targetSpan,
        writtenTarget: reference.writtenTarget, block: reference.block, role: "doc-link")
    }
    let start = reference.span.start
    if language == .swift, reference.kind == .codeSpan, start >= 2, bytes.has("``", at: start - 2), !bytes.has("```", at: start - 3) {
      return Reference(kind: .codeSpan, text: reference.text, span: reference.span, block: reference.block, role: "symbol")
    }
    return reference
  }
}
