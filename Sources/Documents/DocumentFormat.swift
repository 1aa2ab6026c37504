// The formats in which documents are written, one reader each.
//
// To add a format: a folder here with a `FormatReader`, a case below, a line in `FormatRegistry`. Nothing else knows formats:
// a reader's result is the same for all.

import Domain

/// How a document is written.
public enum DocumentFormat: String, Sendable, Hashable, CaseIterable {
  /// Markdown in GitHub's dialect, with what MkDocs, Docusaurus, VitePress, mdBook and MyST add to it.
  case markdown
  case mdx
  case reStructuredText = "restructuredtext"
  case asciiDoc = "asciidoc"
  /// The documentation in a file of code. Read only when it is asked for.
  case docComments = "doc-comments"
}

/// Bytes to structure, for one format. Pure; total but for `DocumentError`; time and memory linear in the bytes.
protocol FormatReader: Sendable {
  var format: DocumentFormat { get }
  /// Lower case, without the dot.
  var extensions: [String] { get }
  func read(_ bytes: [UInt8], path: String, limits: DocumentLimits) throws(DocumentError) -> DocumentParts
}

/// Every format that is read. A hand-written list; a test holds it against `DocumentFormat`.
enum FormatRegistry {
  static let all: [any FormatReader] = [
    MarkdownReader(), MDXReader(), ReStructuredTextReader(), AsciiDocReader(), DocCommentReader(),
  ]

  static func reader(for format: DocumentFormat) -> (any FormatReader)? { all.first { $0.format == format } }

  private static let byExtension: [String: DocumentFormat] = Dictionary(
    all.flatMap { reader in reader.extensions.map { ($0, reader.format) } }, uniquingKeysWith: { first, _ in first })

  static func format(ofExtension name: String) -> DocumentFormat? { byExtension[name] }
}

extension Document {
  /// Reads a document in a known format.
  public static func read(
    path: String, bytes: [UInt8], format: DocumentFormat = .markdown, limits: DocumentLimits = DocumentLimits()
  ) throws(DocumentError) -> Document {
    guard bytes.count <= limits.bytes else { throw .tooLarge(what: "bytes", limit: limits.bytes) }
    guard !bytes.hasZero else { throw .notText }
    guard let reader = FormatRegistry.reader(for: format) else { preconditionFailure("every format has a reader: a test checks it") }
    return Document(path: path, format: format, bytes: bytes, parts: try reader.read(bytes, path: path, limits: limits))
  }

  /// Reads the file at `path`, or says why it is left out. The format follows from the path (Markdown where it says nothing).
  /// - Parameter includeDocComments: whether a file of code is read for its documentation.
  public static func load(
    path: String, bytes: [UInt8], limits: DocumentLimits = DocumentLimits(), includeDocComments: Bool = false
  ) -> Loaded {
    let format = DocumentSelection.format(ofPath: path, includeDocComments: includeDocComments) ?? .markdown
    if let reason = GeneratedMark.find(in: bytes, isCode: format == .docComments) {
      return .skipped(Skip(path: path, reason: .generated, detail: reason))
    }
    do {
      return .document(try read(path: path, bytes: bytes, format: format, limits: limits))
    } catch {
      let reason: Skip.Reason = if case .tooLarge = error { .tooLarge } else { .notText }
      return .skipped(Skip(path: path, reason: reason, detail: error.description))
    }
  }

  public enum Loaded: Sendable {
    case document(Document)
    case skipped(Skip)
  }
}
