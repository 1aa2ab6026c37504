// `removed-symbol`: a document names a symbol that the code had and has no more.
//
// Three questions, each of which may end in silence: is it a mention (a use, in code type, not a definition, a path or a label); can
// it only mean the removed symbol (the name is distinctive, or its owner, its module or a call says so); does the text speak of the
// present. The change analysis answers what was removed, and is asked only about names that it lists.

import Documents
import Domain
import SourceCode

/// A code span or a sample that names a symbol which base's code defined and head's code has nowhere.
struct RemovedSymbolRule: Rule {
  let name = "removed-symbol"
  let summary = "A code span or a sample names a symbol that the code had and has no more."

  /// Mentions of removed names that are weighed in one document; beyond them it is no documentation.
  static let maximumMentions = 2000

  func judge(_ context: RuleContext) -> RuleOutcome {
    guard let analysis = context.analysis, !analysis.candidateNames.isEmpty else { return RuleOutcome() }
    let document = DocumentMentions(context.document, names: analysis.candidateNames)
    var outcome = RuleOutcome()
    var weighed = 0
    for mention in document.mentions where !document.definedNames.contains(mention.name) {
      guard let removed = Self.removed(mention, analysis), Self.means(removed, mention) else { continue }
      weighed += 1
      guard weighed <= Self.maximumMentions else {
        outcome.skips.append(
          Skip(path: context.document.path, reason: .tooLarge, detail: "more than \(Self.maximumMentions) mentions of removed names"))
        break
      }
      guard !document.isOldCode(at: mention.span), !PastTense.speaks(around: mention.span, in: context.document) else { continue }
      if let finding = finding(mention, removed, analysis, context) { outcome.findings.append(finding) }
    }
    return outcome
  }

  /// Asks for the name with its qualifiers first: `Client.close` may be gone while another `close` is there.
  private static func removed(_ mention: Mention, _ analysis: ChangeAnalysis) -> RemovedSymbol? {
    let qualified = mention.qualifiers.isEmpty ? nil : analysis.removed((mention.qualifiers + [mention.name]).joined(separator: "."))
    return qualified ?? analysis.removed(mention.name)
  }

  private func finding(
    _ mention: Mention, _ removed: RemovedSymbol, _ analysis: ChangeAnalysis, _ context: RuleContext
  ) -> Finding? {
    let renames = analysis.renames(of: (mention.qualifiers + [mention.name]).joined(separator: "."))
    let known = Self.decided(renames.isEmpty ? analysis.renames(of: mention.name) : renames)
    if let new = known?.new.name, Self.standsBeside(new, mention.span, context.document) { return nil }
    let state = removed.certainty == .gone ? "is not in the code any more" : "is only a deprecated alias now"
    let cause = known.map { "it became `\($0.new.name)`" } ?? removed.symbols.first.map { "\($0.place) is gone" }
    return context.finding(
      self, removed.certainty == .gone ? .error : .warning, at: mention.span,
      "`\(mention.name)` \(state)" + (cause.map { ": \($0)" } ?? ""), evidence: removed.evidence + (known?.evidence ?? []))
  }

  /// The rename that the evidence decides for: likelier than not, and well before any other.
  private static func decided(_ renames: [Rename]) -> Rename? {
    guard let best = renames.first, best.confidence >= 0.5 else { return nil }
    let others = renames.dropFirst().filter { $0.new.name != best.new.name }
    return others.allSatisfy { best.confidence - $0.confidence >= 0.15 } ? best : nil
  }

  /// Old and new name in one sentence of prose tell of the renaming, in whatever words.
  private static func standsBeside(_ new: String, _ span: Span, _ document: Document) -> Bool {
    guard let block = document.block(at: span.start), block.kind != .code else { return false }
    let line = document.lines.span(ofLine: document.lines.lineNumber(of: span.start))
    let text = document.bytes[line.range]
    return MentionReader(Array(text), style: SampleStyle()).mentions(in: .codeSpan) { $0 == new }.isEmpty == false
  }

  // MARK: Whether the mention means the symbol

  static func means(_ removed: RemovedSymbol, _ mention: Mention) -> Bool {
    let symbols = removed.symbols.filter { !$0.declaration.isLocal && $0.kind != .parameter && fits($0, mention.place) }
    guard !symbols.isEmpty, mention.form.isDisjoint(with: [.defined, .labelled, .partOfWord]) else { return false }
    return symbols.contains { means($0, mention) }
  }

  /// Samples name the symbols of their own language; shell, text and untagged ones say nothing of theirs.
  private static func fits(_ symbol: Symbol, _ place: Mention.Place) -> Bool {
    guard case .sample(let language) = place else { return true }
    guard let language, let family = LanguageFamily.of(language) else { return false }
    return family == .unspecific || family == LanguageFamily.of(symbol.language.rawValue)
  }

  private static func means(_ symbol: Symbol, _ mention: Mention) -> Bool {
    let isOwned = owns(symbol, mention)
    switch NameShape(mention.name) {
    case .distinctive: return distinctiveMeans(symbol, mention, isOwned: isOwned)
    case .capitalized: return capitalizedMeans(symbol, mention, isOwned: isOwned)
    case .plain: return plainMeans(symbol, mention, isOwned: isOwned)
    }
  }

  private static func distinctiveMeans(_ symbol: Symbol, _ mention: Mention, isOwned: Bool) -> Bool {
    guard case .sample(let language) = mention.place else {
      return mention.place == .wholeCodeSpan || isOwned
        || !mention.form.isDisjoint(with: [.called, .hasReceiver, .isReceiver, .typePosition, .decorator])
    }
    guard LanguageFamily.of(language ?? "") == .unspecific else { return true }
    return isOwned || mention.form.contains(.called)
  }

  private static func capitalizedMeans(_ symbol: Symbol, _ mention: Mention, isOwned: Bool) -> Bool {
    guard symbol.kind.isType || symbol.kind == .typeAlias else { return isOwned && symbol.kind != .module }
    switch mention.place {
    case .wholeCodeSpan: return mention.qualifiers.isEmpty || isOwned
    case .codeSpan: return isOwned || !mention.form.isDisjoint(with: [.called, .isReceiver, .typePosition])
    case .sample(let language):
      if LanguageFamily.of(language ?? "") == .unspecific { return isOwned }
      return !mention.form.contains(.hasReceiver) || isOwned
    }
  }

  private static func plainMeans(_ symbol: Symbol, _ mention: Mention, isOwned: Bool) -> Bool {
    if isOwned { return symbol.kind.isCallable || mention.form.contains(.called) || !symbol.owner.isEmpty }
    guard case .sample(let language) = mention.place, LanguageFamily.of(language ?? "") != .unspecific else { return false }
    guard mention.form.contains(.called), !mention.form.contains(.hasReceiver), symbol.owner.isEmpty else { return false }
    return symbol.kind == .function && mention.name.utf8.count > 3 && !BuiltinNames.contains(mention.name)
  }

  /// Whether the qualifier is the symbol's owner or the module that it stood in.
  private static func owns(_ symbol: Symbol, _ mention: Mention) -> Bool {
    guard let qualifier = mention.qualifiers.last else { return false }
    if let owner = symbol.owner.last { return qualifier == owner || isInstanceName(qualifier, of: owner) }
    let parts = symbol.path.split(separator: "/").map { $0.prefix { $0 != "." } }
    return parts.contains { $0 == qualifier }
  }

  /// `client`, `http_client`, `httpClient` for `HttpClient` and `Client`; the last word suffices when it has at least four letters.
  private static func isInstanceName(_ name: String, of owner: String) -> Bool {
    let flat = name.lowercased().filter { $0 != "_" }
    let type = owner.lowercased().filter { $0 != "_" }
    return flat == type || (type.utf8.count >= 4 && flat.hasSuffix(type)) || (flat.utf8.count >= 4 && type.hasSuffix(flat))
  }
}

/// Languages whose samples may use each other's symbols.
enum LanguageFamily: Hashable {
  case python, ecma, go, rust, jvm, c, csharp, ruby, swift, php
  /// Shell, plain text and transcripts: they may show any language's names.
  case unspecific

  /// The family of a normalised name; nil for languages that name no symbols of code (YAML, diff, Markdown …).
  static func of(_ language: String) -> LanguageFamily? {
    switch language {
    case "python", "pycon", "ipython": .python
    case "javascript", "jsx", "typescript", "tsx", "vue", "svelte": .ecma
    case "go": .go
    case "rust": .rust
    case "java", "kotlin", "groovy", "scala": .jvm
    case "c", "cpp", "objectivec": .c
    case "csharp": .csharp
    case "ruby": .ruby
    case "swift": .swift
    case "php": .php
    case "", "text", "bash", "console": .unspecific
    default: nil
    }
  }
}
