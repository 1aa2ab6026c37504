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
  let trustsGuessedBase = false

  /// Mentions of removed names that are weighed in one document; beyond them it is no documentation.
  static let maximumMentions = 2000

  func judge(_ context: RuleContext) -> RuleOutcome {
    guard let analysis = context.analysis, !analysis.candidateNames.isEmpty || !analysis.candidateTexts.isEmpty else {
      return RuleOutcome()
    }
    let document = DocumentMentions(context.document, names: analysis.mentionNames)
    var outcome = RuleOutcome()
    judgeNames(document, analysis, context, &outcome)
    judgeTexts(document, analysis, context, &outcome)
    return outcome
  }

  /// Code spans and samples that name removed declarations.
  private func judgeNames(
    _ document: DocumentMentions, _ analysis: ChangeAnalysis, _ context: RuleContext, _ outcome: inout RuleOutcome
  ) {
    var weighed = 0
    for var mention in document.mentions where !document.definedNames.contains(mention.name) {
      if document.documentedNames.contains(mention.name) { mention.form.remove(.defined) }
      guard let removed = Self.removed(mention, analysis) else { continue }
      let isCertain = Self.certain(mention.name, removed, analysis) != nil
      guard Self.means(removed, mention, types: document.types, isCertain: isCertain) else { continue }
      weighed += 1
      guard weighed <= Self.maximumMentions else {
        outcome.skips.append(
          Skip(path: context.document.path, reason: .tooLarge, detail: "more than \(Self.maximumMentions) mentions of removed names"))
        break
      }
      guard !document.isOldCode(at: mention.span), !PastTense.speaks(around: mention.span, in: context.document) else { continue }
      // Without a new name, an import from a package may mean that the name lives there now.
      if document.packageNames.contains(mention.name), analysis.renames(of: mention.name).isEmpty { continue }
      if let finding = finding(mention, removed, analysis, context) { outcome.findings.append(finding) }
    }
  }

  /// The one thing that a distinctive name became, if the evidence is strong: then it need not stand in code type.
  private static func certain(_ name: String, _ removed: RemovedSymbol, _ analysis: ChangeAnalysis) -> Rename? {
    guard let rename = decided(analysis.renames(of: name)), rename.confidence >= 0.8,
      removed.symbols.contains(where: { !$0.declaration.isLocal })
    else { return nil }
    return isDistinctive(name) || NameShape.folded(name) == NameShape.folded(rename.new.name) ? rename : nil
  }

  private static func isDistinctive(_ name: String) -> Bool { NameShape(name) == .distinctive && name.utf8.count >= 5 }

  /// Prose, titles, strings and comments that say what can only mean something that the change replaced.
  private func judgeTexts(
    _ document: DocumentMentions, _ analysis: ChangeAnalysis, _ context: RuleContext, _ outcome: inout RuleOutcome
  ) {
    guard !analysis.finder.isEmpty else { return }
    // What a sample defines or labels, or what is a part of something else, was weighed as a name.
    let weighed = Set(
      document.mentions.lazy.filter {
        analysis.candidateNames.contains($0.name) && !$0.form.isDisjoint(with: [.defined, .labelled, .partOfWord])
          && !document.documentedNames.contains($0.name)
      }.map(\.span))
    var answers: [String: TextAnswer?] = [:]
    func answer(_ text: String) -> TextAnswer? {
      if let known = answers[text] { return known }
      let answer = Self.answer(text, analysis)
      answers[text] = .some(answer)
      return answer
    }
    let reader = TextMentions(context.document)
    let mentions = reader.mentions(
      of: analysis.finder, isMember: { analysis.memberName(of: $0) != nil }, isImplicit: analysis.implicitMembers.contains,
      isPackage: { analysis.textRename(of: $0)?.isPackage == true }, where: { answer($0) != nil })
    for mention in mentions.prefix(Self.maximumMentions)
    where !weighed.contains(mention.span) && !document.definedNames.contains(mention.text) {
      let known = answer(mention.text)
      let mention = known?.member.map(mention.narrowed(to:)) ?? mention
      guard let answer = known, answer.fits(mention, context.document), !answer.isDependency || reader.isCode(mention) else { continue }
      // In an import the rest of the path may be as old as the name.
      guard
        answer.language != nil || !Self.isBehindJoiner(mention.span, context.document.bytes)
          || !Self.isImport(mention.span, context.document)
      else { continue }
      guard !answer.startsPath || !Self.isBehindJoiner(mention.span, context.document.bytes) else { continue }
      guard !outcome.findings.contains(where: { $0.span.overlaps(mention.span) }) else { continue }
      guard !document.isOldCode(at: mention.span), !PastTense.speaks(around: mention.span, in: context.document) else { continue }
      guard !Self.standsBeside(answer.new, mention.span, context.document), !Self.becamePrivate(mention.text, answer.new) else { continue }
      guard !DocumentVersion.pins(mention.text, to: answer.new, at: context.document.path) else { continue }
      let state = answer.isGone ? "is not in the code any more" : "is only a deprecated alias now"
      outcome.findings.append(
        context.finding(
          self, answer.isGone ? .error : .warning, at: mention.span, "`\(mention.text)` \(state): it became `\(answer.new)`",
          evidence: answer.evidence))
    }
  }

  private static func isBehindJoiner(_ span: Span, _ bytes: [UInt8]) -> Bool {
    span.start > 0 && (bytes[span.start - 1] == UInt8(ascii: ".") || bytes[span.start - 1] == UInt8(ascii: ":"))
  }

  private static func isImport(_ span: Span, _ document: Document) -> Bool {
    let line = document.bytes[document.lines.span(ofLine: document.lines.lineNumber(of: span.start)).range].drop {
      $0 == 0x20 || $0 == 0x09
    }
    return ["use ", "pub use ", "import ", "from ", "using "].contains { line.starts(with: $0.utf8) }
  }

  /// What a text became.
  private struct TextAnswer {
    /// The member's name, when the text has its owner before it.
    var member: String?
    var new: String
    var isGone: Bool
    var evidence: [Evidence]
    /// The language of the declaration; nil when no declaration explains the text.
    var language: SourceLanguage?
    var isDependency = false
    var startsPath = false

    /// A sample of another language means something else.
    func fits(_ mention: TextMention, _ document: Document) -> Bool {
      guard let language, let sample = mention.sample else { return true }
      // Data names things of its own, unless it calls them.
      guard let family = LanguageFamily.of(sample) else {
        return mention.span.end < document.bytes.count && document.bytes[mention.span.end] == UInt8(ascii: "(")
      }
      // A command is no function.
      if family == .unspecific { return !Self.isCommand(mention.span, document) }
      return family == LanguageFamily.of(language.rawValue)
    }

    /// The first word of a line of a console, behind its prompt.
    private static func isCommand(_ span: Span, _ document: Document) -> Bool {
      var start = span.start
      while start > 0, document.bytes[start - 1] == 0x20 || document.bytes[start - 1] == 0x09 { start -= 1 }
      return start == 0 || "\n$>%#".utf8.contains(document.bytes[start - 1])
    }
  }

  private static func answer(_ text: String, _ analysis: ChangeAnalysis) -> TextAnswer? {
    if analysis.implicitMembers.contains(text) {
      guard let removed = analysis.removed(text), removed.certainty == .gone, let rename = decided(analysis.renames(of: text)),
        rename.confidence >= 0.8
      else { return nil }
      return TextAnswer(new: rename.new.name, isGone: true, evidence: removed.evidence + rename.evidence, language: .swift)
    }
    if isDistinctive(text), let removed = analysis.removed(text), let rename = certain(text, removed, analysis) {
      return TextAnswer(
        new: rename.new.name, isGone: removed.certainty != .deprecatedAlias, evidence: removed.evidence + rename.evidence,
        language: rename.old.language)
    }
    if let member = analysis.memberName(of: text) {
      guard let removed = analysis.removed(text), let rename = decided(analysis.renames(of: text)), rename.confidence >= 0.8 else {
        return nil
      }
      return TextAnswer(
        member: member, new: rename.new.name, isGone: removed.certainty != .deprecatedAlias, evidence: removed.evidence + rename.evidence,
        language: rename.old.language)
    }
    guard let rename = analysis.textRename(of: text), rename.confidence >= 0.6 else { return nil }
    return TextAnswer(
      new: rename.new, isGone: true, evidence: rename.evidence, language: nil, isDependency: rename.isDependency,
      startsPath: rename.startsPath && ChangeAnalysis.isPath(rename))
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
    // What became private is rarely gone for its callers: modules answer for such names by other means.
    if let new = known?.new.name, Self.becamePrivate(mention.name, new) { return nil }
    if let new = known?.new.name, LetterCase.isWordInCapitals(mention.span, in: context.document.bytes, before: new) { return nil }
    let isGone = removed.certainty != .deprecatedAlias
    let state = isGone ? "is not in the code any more" : "is only a deprecated alias now"
    let cause = known.map { "it became `\($0.new.name)`" } ?? removed.symbols.first.map { "\($0.place) is gone" }
    return context.finding(
      self, isGone ? .error : .warning, at: mention.span,
      "`\(mention.name)` \(state)" + (cause.map { ": \($0)" } ?? ""), evidence: removed.evidence + (known?.evidence ?? []))
  }

  private static func becamePrivate(_ old: String, _ new: String) -> Bool { new.hasPrefix("_") && !old.hasPrefix("_") }

  /// The rename that the evidence decides for: likelier than not, and well before any other.
  private static func decided(_ renames: [Rename]) -> Rename? {
    guard let best = renames.first, best.confidence >= 0.5 else { return nil }
    let others = renames.dropFirst().filter { $0.new.name != best.new.name }
    return others.allSatisfy { best.confidence - $0.confidence >= 0.15 } ? best : nil
  }

  /// Old and new name in one sentence of prose tell of the renaming, in whatever words.
  private static func standsBeside(_ new: String, _ span: Span, _ document: Document) -> Bool {
    guard let block = document.block(at: span.start), block.kind != .code else { return false }
    let line = document.vicinity(of: span)
    // An everyday word is the name only in code type.
    if NameShape(new) == .plain {
      return document.references.contains { reference in
        reference.kind == .codeSpan && line.overlaps(reference.span)
          && document.text(reference.span).split { !($0.isLetter || $0.isNumber || $0 == "_") }.contains { $0 == new }
      }
    }
    let text = document.bytes[line.range]
    return MentionReader(Array(text), style: SampleStyle()).mentions(in: .codeSpan) { $0 == new }.isEmpty == false
  }

  // MARK: Whether the mention means the symbol

  static func means(
    _ removed: RemovedSymbol, _ mention: Mention, types: [String: Set<String>] = [:], isCertain: Bool = false
  ) -> Bool {
    let symbols = removed.symbols.filter { !$0.declaration.isLocal && $0.kind != .parameter && fits($0, mention.place) }
    guard !symbols.isEmpty, mention.form.isDisjoint(with: [.defined, .partOfWord]) else { return false }
    if mention.form.contains(.labelled) { return isCertain && symbols.contains { isKey(mention, of: $0) } }
    if isCertain {
      guard case .sample(let language) = mention.place, LanguageFamily.of(language ?? "") == .unspecific else { return true }
    }
    return symbols.contains { symbol in
      means(symbol, mention, isOwned: owns(symbol, mention, types) || isCertain && mention.form.contains(.implicitMember))
        || isImplied(symbol, mention)
    }
  }

  /// A key of an object literal, where functions are handed over by name: `{ onClose: () => … }`; a field in the literal of a type.
  private static func isKey(_ mention: Mention, of symbol: Symbol) -> Bool {
    guard case .sample(let language) = mention.place, !symbol.owner.isEmpty else { return false }
    switch LanguageFamily.of(language ?? "") {
    case .ecma: return true
    // `Config{Layouts: …}`: a field of the type that the literal makes.
    case .go, .rust: return symbol.kind == .field
    default: return false
    }
  }

  /// Swift's `.name` where the type is clear from the place.
  private static func isImplied(_ symbol: Symbol, _ mention: Mention) -> Bool {
    mention.form.contains(.implicitMember) && symbol.language == .swift && !symbol.owner.isEmpty && mention.name.utf8.count >= 4
  }

  /// Samples name the symbols of their own language; shell, text and untagged ones say nothing of theirs.
  private static func fits(_ symbol: Symbol, _ place: Mention.Place) -> Bool {
    guard case .sample(let language) = place else { return true }
    guard let language, let family = LanguageFamily.of(language) else { return false }
    return family == .unspecific || family == LanguageFamily.of(symbol.language.rawValue)
  }

  private static func means(_ symbol: Symbol, _ mention: Mention, isOwned: Bool) -> Bool {
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
  private static func owns(_ symbol: Symbol, _ mention: Mention, _ types: [String: Set<String>]) -> Bool {
    guard let qualifier = mention.qualifiers.last else { return false }
    if let owner = symbol.owner.last {
      if let known = types[qualifier], !known.isEmpty { return known == [owner] }
      // A qualifier in capitals is a type: another one than the owner is another type.
      let isType = qualifier.unicodeScalars.first?.properties.isUppercase == true
      return qualifier == owner || !isType && isInstanceName(qualifier, of: owner)
    }
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
