// Where in a document the name of a package means the package.

import Documents
import Domain
import SourceCode

/// Judges the places of package names in one document.
struct DependencyPlaces {
  private let document: Document
  private let places: LiteralPlaces
  private let links: [Reference]
  private let definitions: [Reference]
  private let isReStructuredText: Bool

  init(_ document: Document) {
    self.document = document
    places = LiteralPlaces(document)
    links = document.references.filter { $0.kind == .link }
    definitions = document.references.filter { $0.kind == .linkDefinition }
    isReStructuredText = document.path.hasSuffix(".rst")
  }

  /// Places where the text is no part of a longer name; reStructuredText's `name_` is the name.
  func occurrences(of text: String) -> [Span] {
    let (bytes, name) = (document.bytes, Array(text.utf8))
    guard let first = name.first, name.count <= bytes.count else { return [] }
    var found: [Span] = []
    for index in 0...(bytes.count - name.count) where bytes[index] == first && bytes[index..<index + name.count].elementsEqual(name) {
      let span = Span(index, index + name.count)
      if startsName(at: index), endsName(at: span.end) { found.append(span) }
    }
    return found
  }

  private func byte(_ index: Int) -> UInt8 { index >= 0 && index < document.bytes.count ? document.bytes[index] : 0 }

  private static func isWord(_ byte: UInt8) -> Bool { LiteralPlaces.isName(byte) || byte == UInt8(ascii: "-") || byte >= 0x80 }

  private func startsName(at index: Int) -> Bool {
    let before = byte(index - 1)
    if before == UInt8(ascii: "_") { return isReStructuredText && byte(index - 2) == 0x20 }
    return !Self.isWord(before) && before != UInt8(ascii: ".") && before != UInt8(ascii: "@")
  }

  private func endsName(at index: Int) -> Bool {
    let after = byte(index)
    if after == UInt8(ascii: "_") { return isReStructuredText && !Self.isWord(byte(index + 1)) }
    if Self.isWord(after) || after == UInt8(ascii: "@") { return false }
    return after != UInt8(ascii: ".") || !Self.isWord(byte(index + 1))
  }

  // MARK: The place

  func means(_ exchange: DependencyExchange, _ text: String, at span: Span) -> Bool {
    let around = LiteralSurroundings(document: document, span: span)
    let line = document.text(around.vicinity)
    guard !LiteralAnalysis.stands(exchange.new, in: Array(line.utf8)) else { return false }
    if let address = Self.address(around: span, in: document) { return PackageAddress.isPage(address.text, of: exchange) }
    if around.before == UInt8(ascii: "/") || around.after == UInt8(ascii: "/") { return false }
    if case .sample(let snippet) = places.place(of: span) { return sampleFits(exchange, line, snippet) }
    return textFits(exchange, text, at: span, around, line)
  }

  /// The address that the span stands in, and where in it.
  static func address(around span: Span, in document: Document) -> (text: String, offset: Int)? {
    func isPart(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x80 && !"<>()[]{}\"'`|".utf8.contains(byte) }
    var (start, end) = (span.start, span.end)
    while start > 0, span.start - start < 400, isPart(document.bytes[start - 1]) { start -= 1 }
    while end < document.bytes.count, end - span.end < 400, isPart(document.bytes[end]) { end += 1 }
    let text = document.text(Span(start, end))
    return text.contains("://") ? (text, span.start - start) : nil
  }

  private func sampleFits(_ exchange: DependencyExchange, _ line: String, _ snippet: Snippet) -> Bool {
    if InstallCommand.stands(in: line) { return !line.contains(exchange.old + "=") && !line.contains(exchange.old + "[") }
    guard let item = ImportLine(line, language: snippet.language) else { return false }
    return item.module == exchange.oldModule && item.binding != nil
  }

  private func textFits(
    _ exchange: DependencyExchange, _ text: String, at span: Span, _ around: LiteralSurroundings, _ line: String
  ) -> Bool {
    if let definition = definition(of: text) {
      guard definition.target.map({ PackageAddress.isPage($0, of: exchange) }) == true else { return false }
      if definition.span.contains(span) || around.after == UInt8(ascii: "_") { return true }
    }
    if let link = links.first(where: { $0.span.contains(span) && $0.targetSpan != $0.span }) {
      guard let target = link.target, !target.isEmpty else { return around.after == UInt8(ascii: "_") }
      return link.text == text && (target.hasPrefix("#") || PackageAddress.isPage(target, of: exchange))
    }
    if isReStructuredText, role(before: span.start) == "term" || isGlossaryTerm(span, line) { return true }
    if case .codeSpan(let code) = places.place(of: span) {
      let whole = document.text(code)
      if InstallCommand.stands(in: whole) { return true }
      return whole == text && (exchange.isDistinctive || isAboutPackages(span, around.vicinity))
    }
    return isEmphasised(around) && (exchange.isDistinctive || isAboutPackages(span, around.vicinity))
  }

  private func definition(of text: String) -> Reference? { definitions.first { $0.text == text } }

  /// `` :term:`name` ``
  private func role(before index: Int) -> String? {
    guard byte(index - 1) == UInt8(ascii: "`"), byte(index - 2) == UInt8(ascii: ":") else { return nil }
    var start = index - 2
    while start > 0, LiteralPlaces.isName(document.bytes[start - 1]) { start -= 1 }
    return byte(start - 1) == UInt8(ascii: ":") ? document.text(Span(start, index - 2)) : nil
  }

  /// A term alone on its line, under a `glossary` directive.
  private func isGlossaryTerm(_ span: Span, _ line: String) -> Bool {
    guard Self.trimmed(line) == document.text(span), line.first == " " else { return false }
    var number = document.lines.lineNumber(of: span.start) - 1
    let last = max(1, number - Self.longestGlossary)
    while number >= last {
      let text = document.text(document.lines.span(ofLine: number))
      if let first = text.first, first != " ", first != "\n", first != "\r" { return text.hasPrefix(".. glossary::") }
      number -= 1
    }
    return false
  }

  /// Lines over a term in which its directive is looked for.
  private static let longestGlossary = 400

  private static func trimmed(_ text: String) -> String { text.split { $0 == " " || $0.isNewline || $0 == "\t" }.joined(separator: " ") }

  private func isEmphasised(_ around: LiteralSurroundings) -> Bool {
    around.before == around.after && around.before == UInt8(ascii: "*")
  }

  /// Whether what stands beside the name, or the title over a list of names, speaks of packages: a plain word in code type may be the
  /// code's own.
  private func isAboutPackages(_ span: Span, _ line: Span) -> Bool {
    func words(_ span: Span) -> [Substring] { document.text(span).lowercased().split { !$0.isLetter } }
    let (before, after) = (words(Span(line.start, span.start)), words(Span(span.end, line.end)))
    if after.first.map({ Self.kinds.contains($0) }) == true || before.last.map({ Self.introductions.contains($0) }) == true { return true }
    guard before.isEmpty, after.isEmpty else { return false }
    let title = document.headings(over: span.start).last?.text.lowercased() ?? ""
    return ["install", "dependenc", "requirement"].contains(where: title.contains)
  }

  private static let kinds: Set<Substring> = ["package", "module", "library", "tool", "dependency", "gem", "crate", "middleware", "plugin"]
  private static let introductions: Set<Substring> = [
    "install", "installing", "package", "module", "library", "gem", "crate", "dependency",
  ]
}

/// Command lines that install packages.
enum InstallCommand {
  static func stands(in line: String) -> Bool {
    let words = line.split { $0 == " " || $0 == "\t" || $0 == "\n" }.map(String.init)
    return zip(words, words.dropFirst()).contains { tool, verb in
      tools.contains(tool) && ["install", "add", "i", "get"].contains(verb)
    }
  }

  private static let tools: Set<String> = [
    "npm", "yarn", "pnpm", "bun", "pip", "pip3", "pipx", "uv", "poetry", "cargo", "go", "gem", "bundle", "conda", "-m",
  ]
}

/// Pages of packages in registries and forges.
enum PackageAddress {
  /// What stands before the name in the address of a package's page.
  private static let registries = [
    "npmjs.com/package/", "npmjs.org/package/", "pypi.org/project/", "pypi.org/p/", "pypi.python.org/pypi/", "crates.io/crates/",
    "docs.rs/",
    "rubygems.org/gems/", "pkg.go.dev/", "npm.im/",
  ]

  /// Whether the address is the old package's page and the new package's has the same form.
  static func isPage(_ address: String, of exchange: DependencyExchange) -> Bool {
    guard let scheme = address.ranges(of: "://").first else { return false }
    var text = String(address[scheme.upperBound...])
    while let last = text.last, "/.,;:_#".contains(last) { text.removeLast() }
    if text.hasPrefix("www.") { text.removeFirst(4) }
    for registry in registries where text.hasPrefix(registry) { return text.dropFirst(registry.count) == exchange.old }
    return isRepository(text, exchange)
  }

  /// A fork or a renamed package may be in its predecessor's place; another one is somebody else's.
  private static func isRepository(_ text: String, _ exchange: DependencyExchange) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "github.com" || parts[0] == "gitlab.com", parts[1] != exchange.old else { return false }
    guard parts[2] == exchange.old || parts[2] == exchange.old + ".git" || parts[2] == exchange.old + "#readme" else { return false }
    let words = exchange.old.lowercased().split { "-_.".contains($0) }
    return words.count > 1 && words.contains { exchange.new.lowercased().split { "-_.".contains($0) }.contains($0) }
  }
}
