// Markdown in GitHub's dialect, read by libmd4c (https://github.com/mity/md4c).
//
// libmd4c calls back for each block, span and text. The texts are pointers into the buffer that it parses, so a text's place in
// the document is pointer minus base; those that are not (spaces for indentation, line feeds, resolved escapes) point into
// buffers of its own and are told apart by range. Here are only the call and its glue; `MarkdownBuilder` understands the events.

import CMD4C
import Domain

struct MarkdownReader: FormatReader {
  let format = DocumentFormat.markdown
  let extensions = ["md", "markdown", "mdown", "mkd", "mkdn"]

  func read(_ bytes: [UInt8], path: String, limits: DocumentLimits) throws(DocumentError) -> DocumentParts {
    let result = bytes.withUnsafeBufferPointer { buffer in Self.parse(buffer, path: path, limits: limits) }
    return try result.get()
  }

  private static func parse(
    _ bytes: UnsafeBufferPointer<UInt8>, path: String, limits: DocumentLimits
  ) -> Result<DocumentParts, DocumentError> {
    guard linkDefinitions(in: bytes, limit: limits.linkDefinitions) <= limits.linkDefinitions else {
      return .failure(.tooLarge(what: "link definitions", limit: limits.linkDefinitions))
    }
    let afterMark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let frontMatter = FrontMatter.span(in: bytes, from: afterMark)
    let start = frontMatter?.end ?? afterMark
    let builder = MarkdownBuilder(bytes: bytes, path: path, limits: limits)
    let status = run(bytes, from: start, builder)
    if let error = builder.error { return .failure(error) }
    guard status == 0 else { return .failure(.parserFailed) }
    var parts = builder.finish()
    parts.frontMatter = frontMatter
    return .success(parts)
  }

  private static func run(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ builder: MarkdownBuilder) -> Int32 {
    guard let base = bytes.baseAddress, start < bytes.count else { return 0 }
    var parser = MD_PARSER()
    parser.flags = md4c_dialect_github
    parser.enter_block = { type, detail, builder in MarkdownBuilder.of(builder) { $0.enterBlock(type, detail) } }
    parser.leave_block = { type, _, builder in MarkdownBuilder.of(builder) { $0.leaveBlock(type) } }
    parser.enter_span = { type, detail, builder in MarkdownBuilder.of(builder) { $0.enterSpan(type, detail) } }
    parser.leave_span = { type, _, builder in MarkdownBuilder.of(builder) { $0.leaveSpan(type) } }
    parser.text = { type, text, size, builder in MarkdownBuilder.of(builder) { $0.text(type, text, Int(size)) } }
    return base.withMemoryRebound(to: CChar.self, capacity: bytes.count) { text in
      md_parse(text + start, MD_SIZE(bytes.count - start), &parser, Unmanaged.passUnretained(builder).toOpaque())
    }
  }

  /// How often `]:` stands in the text, counted until it is more than the limit.
  private static func linkDefinitions(in bytes: UnsafeBufferPointer<UInt8>, limit: Int) -> Int {
    var count = 0
    var previous: UInt8 = 0
    for byte in bytes {
      if byte == UInt8(ascii: ":"), previous == UInt8(ascii: "]") {
        count += 1
        if count > limit { return count }
      }
      previous = byte
    }
    return count
  }
}
