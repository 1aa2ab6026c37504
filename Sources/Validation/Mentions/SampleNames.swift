// What the rules about unresolved names share: which samples are asked about, and what becomes of the answers.

import Documents
import Domain
import SourceCode

enum SampleNames {
  private static let languages: Set<String> = ["python", "pycon", "ipython", "go", "javascript", "typescript", "jsx", "tsx"]

  static func findings(of rule: any Rule, in context: RuleContext, where isAsked: (UnresolvedName) -> Bool) -> [Finding] {
    guard let resolver = context.resolver else { return [] }
    let document = context.document
    let snippets = document.snippets.filter { snippet in
      guard let language = snippet.language, languages.contains(language), snippet.kind != .indented else { return false }
      guard context.configuration.resolvesSamples(in: language) else { return false }
      return SampleExemptions.reason(snippet, in: document) == nil && !showsFailure(snippet)
    }
    guard !snippets.isEmpty else { return [] }
    let samples = snippets.map { ResolvableSample(code: code(of: $0), language: $0.language ?? "") }
    // `import type` is answered by declaration files, which are not read.
    let answers = resolver.unresolved(in: samples).filter {
      isAsked($0.name) && !($0.name.kind == .imported && snippets[$0.sample].code.contains(text: "import type"))
    }
    guard !answers.isEmpty else { return [] }
    // What the change removed is told by the rule that knows what became of it.
    let told = RemovedSymbolRule().judge(context).findings.map(\.span)
    return answers.compactMap { answer in
      let snippet = snippets[answer.sample]
      let span = snippet.documentSpan(of: answer.name.range)
      guard !told.contains(where: { $0.overlaps(span) }), !isOld(snippet, at: span, in: document) else { return nil }
      return context.finding(rule, at: span, message(answer.name), evidence: evidence(answer.name))
    }
  }

  private static func showsFailure(_ snippet: Snippet) -> Bool {
    let lines = snippet.code.split(separator: 0x0A)
    return lines.contains { $0.drop { $0 == 0x20 || $0 == 0x23 }.starts(with: "Traceback (most recent call last)".utf8) }
  }

  private static func code(of snippet: Snippet) -> [UInt8] {
    snippet.language == "python" || snippet.language == "pycon" ? Transcript.pythonCode(snippet.code) : snippet.code
  }

  /// Whether the page speaks of another version of the code than the one beside it.
  private static func isOld(_ snippet: Snippet, at span: Span, in document: Document) -> Bool {
    if PastTense.speaks(around: span, in: document) || isPlanned(span, in: document) { return true }
    let comments = SampleLexer(snippet.code, style: .of(snippet.language)).comments
    return PastTense.isOldCode(comments.map { String(decoding: snippet.code[$0], as: UTF8.self) })
  }

  /// Whether the page, at its beginning, or a title over the sample says that the code is yet to come.
  private static func isPlanned(_ span: Span, in document: Document) -> Bool {
    let start = document.frontMatter?.end ?? 0
    let beginning = document.text(Span(start, min(document.bytes.count, start + 1200)))
    let titles = document.headings(over: span.start).map(\.text)
    let sayings = ["not yet released", "not yet implemented", "not yet available", "proposed f", "unreleased"]
    if beginning.lowercased().containsAny(of: sayings) { return true }
    return titles.contains { $0.lowercased().containsAny(of: sayings + ["proposed", "proposal", "upcoming", "roadmap", "planned"]) }
  }

  private static func message(_ name: UnresolvedName) -> String {
    let problem = name.kind == .argument ? "\(name.owner) takes no argument `\(name.name)`" : "\(name.owner) has no `\(name.name)`"
    if let other = name.elsewhere.first { return "\(problem); `\(other)` has it" }
    return problem + (name.nearest.map { "; did you mean `\($0)`?" } ?? "")
  }

  private static func evidence(_ name: UnresolvedName) -> [Evidence] {
    name.path.isEmpty ? [] : [Evidence("\(name.path) was read and has no `\(name.name)`", path: name.path)]
  }
}
