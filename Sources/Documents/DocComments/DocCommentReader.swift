// Documentation in code: the comments from which the pages of an API are made. Each comment is a small document inside of the file;
// its text (without `///`, ` * `, the indentation of a docstring) is a projection, read as the language's tools read it: Markdown for
// Rust, Swift, Kotlin, JavaScript and TypeScript, reStructuredText for Python, and what of Javadoc, Go's comments and YARD is no
// Markdown made into it.
//
// Most code has no samples and no references in comments, so all is arranged around leaving out: only what stands at the start of a line
// like a comment is looked at, and of the comments only those in which something could be found.

import Domain

struct DocCommentReader: FormatReader {
  let format = DocumentFormat.docComments
  var extensions: [String] { Array(DocCommentLanguage.byExtension.keys) }

  func read(_ bytes: [UInt8], path: String, limits: DocumentLimits) throws(DocumentError) -> DocumentParts {
    guard let language = DocCommentLanguage(path: path) else { return DocumentParts() }
    return try bytes.withUnsafeBufferPointer { Self.read($0, language, limits: limits) }.get()
  }

  private static func read(_ bytes: Bytes, _ language: DocCommentLanguage, limits: DocumentLimits) -> Result<DocumentParts, DocumentError> {
    var parts = DocumentParts()
    var scanner = DocCommentScanner(bytes, language)
    while let comment = scanner.next() {
      guard comment.mayHoldSomething(bytes) else { continue }
      switch DocCommentText(bytes, language, comment).read(limits: limits) {
      case .failure(let error): return .failure(error)
      case .success(let found): parts.append(found)
      }
      guard parts.references.count <= limits.references, parts.snippets.count <= limits.snippets, parts.blocks.count <= limits.blocks else {
        return .failure(.tooLarge(what: "parts of doc comments", limit: limits.references))
      }
    }
    return .success(parts)
  }
}

extension Document {
  /// The documentation in a file of code; nil when it has none, or its language is not known. Cheap on code without any.
  public static func docComments(path: String, bytes: [UInt8], limits: DocumentLimits = DocumentLimits()) throws(DocumentError) -> Document?
  {
    guard bytes.count <= limits.bytes else { throw .tooLarge(what: "bytes", limit: limits.bytes) }
    let parts = try DocCommentReader().read(bytes, path: path, limits: limits)
    guard !parts.blocks.isEmpty else { return nil }
    guard !bytes.hasZero else { throw .notText }
    return Document(path: path, format: .docComments, bytes: bytes, parts: parts)
  }
}

/// A language whose comments are read.
enum DocCommentLanguage: Hashable {
  case python, javascript, rust, go, java, kotlin, swift, ruby

  init?(path: String) {
    guard let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
    guard let language = Self.byExtension[path[path.index(after: dot)...].lowercased()] else { return nil }
    self = language
  }

  static let byExtension: [String: DocCommentLanguage] = [
    "py": .python, "pyi": .python, "js": .javascript, "mjs": .javascript, "cjs": .javascript, "jsx": .javascript, "ts": .javascript,
    "mts": .javascript, "cts": .javascript, "tsx": .javascript, "rs": .rust, "go": .go, "java": .java, "kt": .kotlin, "kts": .kotlin,
    "swift": .swift, "rb": .ruby,
  ]

  /// The mark of a comment of whole lines; nil where there is none.
  var lineMarks: [StaticString] {
    switch self {
    case .rust: ["///", "//!"]
    case .swift, .java: ["///"]
    case .go: ["//"]
    case .ruby: ["#"]
    case .python, .javascript, .kotlin: []
    }
  }

  /// Whether `/** … */` is documentation.
  var hasBlocks: Bool {
    switch self {
    case .rust, .swift, .java, .kotlin, .javascript: true
    case .go, .ruby, .python: false
    }
  }

  /// The language of samples that do not name theirs; nil where that is not certain.
  var sampleLanguage: String? {
    switch self {
    case .rust: "rust"
    case .ruby: "ruby"
    case .java: "java"
    default: nil
    }
  }
}

/// One comment: the text of its lines, without the marks.
struct DocComment {
  var lines: [Span]
  /// In a Python string without `r`: backslashes in it are not what they seem.
  var isEscaped = false

  /// Whether any byte of it could begin a sample or a reference.
  func mayHoldSomething(_ bytes: Bytes) -> Bool {
    lines.contains { line in
      for position in line.range {
        switch bytes[position] {
        case UInt8(ascii: "`"), UInt8(ascii: "["), UInt8(ascii: "<"), UInt8(ascii: "@"), UInt8(ascii: ">"): return true
        case UInt8(ascii: ":"):
          if position + 1 < line.end, bytes[position + 1] == UInt8(ascii: ":") || bytes[position + 1] == UInt8(ascii: "/") { return true }
        case UInt8(ascii: "#"), UInt8(ascii: "{"), 0x09: return true
        case 0x20: if bytes.has("    ", at: position), position == line.start { return true }
        default: break
        }
      }
      return false
    }
  }
}
