// All mentions of wanted names in a document, and which of these names the document makes itself.

import Documents
import Domain

struct DocumentMentions {
  private(set) var mentions: [Mention] = []
  /// Names that a sample of the document defines, or imports from elsewhere.
  private(set) var definedNames: Set<String> = []
  /// Names that a sample defines and that are the title of a section or of an entry: the document describes them.
  private(set) var documentedNames: Set<String> = []
  /// Names that a sample imports from elsewhere.
  private var foreignNames: Set<String> = []
  /// Names that a sample imports from a package by its name, not by a path.
  private(set) var packageNames: Set<String> = []
  /// The types of variables that samples make, by the variable's name.
  private(set) var types: [String: Set<String>] = [:]
  /// Samples whose comments say that they show what was.
  private var oldSamples: [Span] = []

  /// - Parameter names: the names that are wanted; a document that has none of them costs one pass over its code.
  init(_ document: Document, names: Set<String>) {
    let isLiteral = document.path.hasSuffix(".rst")
    for snippet in document.snippets { add(snippet, names, isLiteral: isLiteral) }
    if !definedNames.isEmpty {
      // What the page is about is the project's: its sample shows how it is declared.
      documentedNames = Self.documented(definedNames.subtracting(foreignNames), in: document)
      definedNames.subtract(documentedNames)
    }
    for reference in document.references where reference.kind == .codeSpan { add(reference, document, names) }
    mentions.sort { $0.span < $1.span }
  }

  func isOldCode(at span: Span) -> Bool { oldSamples.contains { $0.contains(span) } }

  /// - Parameter isLiteral: whether an indented block is code by the document's own mark, as behind `::`.
  private mutating func add(_ snippet: Snippet, _ names: Set<String>, isLiteral: Bool) {
    guard snippet.language != nil || snippet.kind == .fenced || isLiteral else { return }
    guard LanguageFamily.of(snippet.language ?? "") != nil else { return }
    let reader = MentionReader(snippet.code, style: .of(snippet.language))
    for made in reader.madeOf { types[made.variable, default: []].insert(made.type) }
    let found = reader.mentions(in: .sample(language: snippet.language ?? "")) { names.contains($0) }
    guard !found.isEmpty else { return }
    for mention in found where mention.form.contains(.defined) && !mention.form.contains(.imported) { definedNames.insert(mention.name) }
    for mention in found where mention.form.contains(.imported) && isForeign(mention, reader) {
      definedNames.insert(mention.name)
      foreignNames.insert(mention.name)
    }
    for mention in found where mention.form.contains(.imported) && reader.isFromPackage(mention.span) { packageNames.insert(mention.name) }
    if PastTense.isOldCode(reader.comments.map { String(decoding: snippet.code[$0], as: UTF8.self) }) { oldSamples.append(snippet.span) }
    mentions += found.map { mention in
      var placed = mention
      placed.span = snippet.documentSpan(of: mention.span.range)
      return placed
    }
  }

  /// A plain word that is imported by name from a library that everybody has.
  private func isForeign(_ mention: Mention, _ reader: MentionReader) -> Bool {
    NameShape(mention.name) != .distinctive && reader.importedModule(around: mention.span).contains { StandardModules.contains($0) }
  }

  private mutating func add(_ reference: Reference, _ document: Document, _ names: Set<String>) {
    guard reference.span.count <= 400 else { return }
    let reader = MentionReader(Self.code(of: reference, in: document), style: SampleStyle())
    let chainEnd = reader.chainEnd ?? 0
    if FileNames.isFileName(reader.names(before: chainEnd)) { return }
    mentions += reader.mentions(in: .codeSpan) { names.contains($0) }.map { mention in
      var placed = mention
      if mention.span.end <= chainEnd { placed.place = .wholeCodeSpan }
      placed.span = Span(reference.span.start + mention.span.start, reference.span.start + mention.span.end)
      return placed
    }
  }
}

extension DocumentMentions {
  /// Which of the names a title names, or the beginning of a list entry: `### \`name\``, `- \`name(…)\``.
  private static func documented(_ names: Set<String>, in document: Document) -> Set<String> {
    var found: Set<String> = []
    func look(_ text: String) {
      for word in text.split(whereSeparator: { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "$") }).map(String.init)
      where names.contains(word) && NameShape(word) == .distinctive {
        found.insert(word)
      }
    }
    for heading in document.headings { look(heading.text) }
    for reference in document.references where reference.kind == .codeSpan {
      let line = document.lines.span(ofLine: document.lines.lineNumber(of: reference.span.start))
      let lead = document.bytes[line.start..<reference.span.start]
      guard lead.contains(where: { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "*") }), lead.allSatisfy({ " \t-*`+".utf8.contains($0) })
      else { continue }
      look(document.text(reference.span))
    }
    return found
  }

  /// The bytes of a code span. DocC writes links to symbols as ``Owner/member(_:)``: there the slash is a dot.
  private static func code(of reference: Reference, in document: Document) -> [UInt8] {
    var code = Array(document.bytes[reference.span.range])
    let start = reference.span.start
    guard start >= 2, document.bytes[start - 1] == 0x60, document.bytes[start - 2] == 0x60 else { return code }
    guard let first = code.first, first >= 65, first <= 90 else { return code }
    guard code.allSatisfy({ SampleLexer.isNameStart($0) || SampleLexer.isDigit($0) || "/():-".utf8.contains($0) }) else { return code }
    for index in code.indices where code[index] == UInt8(ascii: "/") { code[index] = UInt8(ascii: ".") }
    return code
  }
}

/// `config.py`, `README.md`: two words with a dot that are a file and no member.
enum FileNames {
  static func isFileName(_ chain: [String]) -> Bool { chain.count >= 2 && chain.last.map { extensions.contains($0) } == true }

  private static let extensions: Set<String> = [
    "py", "pyi", "js", "mjs", "cjs", "ts", "mts", "jsx", "tsx", "go", "rs", "java", "kt", "c", "h", "cc", "cpp", "hpp", "cs", "rb", "php",
    "swift", "md", "rst", "txt", "json", "yaml", "yml", "toml", "ini", "cfg", "conf", "sh", "lock", "xml", "html", "css", "sql", "env",
    "log",
    "com", "org", "io", "dev", "net", "exe", "so", "dll", "zip", "gz", "tar", "png", "svg", "csv", "proto", "gradle", "kts", "mdx",
  ]
}

/// Modules of standard libraries, by the word under which samples import them.
enum StandardModules {
  static func contains(_ name: String) -> Bool { names.contains(name) }

  private static let names: Set<String> = [
    "os", "sys", "re", "json", "time", "datetime", "math", "random", "typing", "pathlib", "collections", "itertools", "functools",
    "asyncio",
    "logging", "subprocess", "threading", "urllib", "http", "socket", "unittest", "contextlib", "dataclasses", "enum", "abc", "io", "copy",
    "fs", "path", "util", "events", "stream", "crypto", "child_process", "node", "react", "std", "java", "javax", "kotlin", "fmt",
    "strings",
    "Foundation", "SwiftUI", "numpy", "pandas", "pytest", "requests",
  ]
}
