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
    let result = bytes.withUnsafeBufferPointer { buffer in Self.parse(buffer, limits: limits) }
    return try result.get()
  }

  private static func parse(_ bytes: Bytes, limits: DocumentLimits) -> Result<DocumentParts, DocumentError> {
    let start = textStart(in: bytes)
    return read(bytes, from: start.text, isMDX: false, limits: limits).map { parts in
      var parts = parts
      parts.frontMatter = start.frontMatter
      return parts
    }
  }

  /// Where the text begins: behind a byte order mark and the front matter.
  static func textStart(in bytes: Bytes) -> (frontMatter: Span?, text: Int) {
    let afterMark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let frontMatter = FrontMatter.span(in: bytes, from: afterMark)
    return (frontMatter, frontMatter?.end ?? afterMark)
  }

  /// Reads Markdown that is a part of a document; positions are the document's.
  static func read(_ projection: Projection, isMDX: Bool = false, limits: DocumentLimits) -> Result<DocumentParts, DocumentError> {
    projection.bytes.withUnsafeBufferPointer { read($0, from: 0, isMDX: isMDX, limits: limits) }.map { parts in
      var parts = parts
      parts.move(by: projection)
      return parts
    }
  }

  private static func read(_ bytes: Bytes, from start: Int, isMDX: Bool, limits: DocumentLimits) -> Result<DocumentParts, DocumentError> {
    guard linkDefinitions(in: bytes, limit: limits.linkDefinitions) <= limits.linkDefinitions else {
      return .failure(.tooLarge(what: "link definitions", limit: limits.linkDefinitions))
    }
    guard var projector = MarkdownProjector(bytes, from: start) else { return run(bytes, from: start, isMDX: isMDX, limits: limits) }
    let projection = projector.project(from: start)
    return projection.bytes.withUnsafeBufferPointer { run($0, from: 0, isMDX: isMDX, limits: limits) }.map { parts in
      var parts = parts
      parts.move(by: projection)
      return parts
    }
  }

  private static func run(_ bytes: Bytes, from start: Int, isMDX: Bool, limits: DocumentLimits) -> Result<DocumentParts, DocumentError> {
    var builder = MarkdownBuilder(bytes: bytes, limits: limits)
    let status = withUnsafeMutablePointer(to: &builder) { run(bytes, from: start, isMDX: isMDX, $0) }
    if let error = builder.error { return .failure(error) }
    guard status == 0 else { return .failure(.parserFailed) }
    var parts = builder.finish()
    LinkDefinitions(bytes, from: start).add(to: &parts)
    return .success(parts)
  }

  private static func run(_ bytes: Bytes, from start: Int, isMDX: Bool, _ builder: UnsafeMutablePointer<MarkdownBuilder>) -> Int32 {
    guard let base = bytes.baseAddress, start < bytes.count else { return 0 }
    var parser = MD_PARSER()
    // MDX has no indented code: JSX is indented freely.
    parser.flags = md4c_dialect_github | (isMDX ? UInt32(MD_FLAG_NOINDENTEDCODEBLOCKS) : 0)
    parser.enter_block = { type, detail, builder in MarkdownBuilder.of(builder) { $0.enterBlock(type, detail) } }
    parser.leave_block = { type, _, builder in MarkdownBuilder.of(builder) { $0.leaveBlock(type) } }
    parser.enter_span = { type, detail, builder in MarkdownBuilder.of(builder) { $0.enterSpan(type, detail) } }
    parser.leave_span = { type, _, builder in MarkdownBuilder.of(builder) { $0.leaveSpan(type) } }
    parser.text = { type, text, size, builder in MarkdownBuilder.of(builder) { $0.text(type, text, Int(size)) } }
    return base.withMemoryRebound(to: CChar.self, capacity: bytes.count) { text in
      md_parse(text + start, MD_SIZE(bytes.count - start), &parser, UnsafeMutableRawPointer(builder))
    }
  }

  /// How often `]:` stands in the text, counted until it is more than the limit.
  static func linkDefinitions(in bytes: UnsafeBufferPointer<UInt8>, limit: Int) -> Int {
    var count = 0
    var position = 0
    while count <= limit, let found = bytes.first("]:", in: position..<bytes.count) {
      count += 1
      position = found + 2
    }
    return count
  }
}
