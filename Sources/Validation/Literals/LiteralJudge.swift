// From the texts that the change may have removed to findings: is this place one where such a literal stands, can it only mean the one
// that is gone, does the text speak of the present. The rules of literals differ in the kind that they ask for.

import Documents
import Domain
import SourceCode

/// Judges the mentions of one kind of literal in a document.
struct LiteralJudge {
  let rule: any Rule
  let kind: LiteralKind
  let context: RuleContext
  private let places: LiteralPlaces

  /// Mentions that are weighed in one document; beyond them it is no documentation.
  static let maximumMentions = 5000

  init(_ rule: any Rule, _ kind: LiteralKind, _ context: RuleContext) {
    self.rule = rule
    self.kind = kind
    self.context = context
    places = LiteralPlaces(context.document)
  }

  static func judge(_ rule: any Rule, _ kind: LiteralKind, _ context: RuleContext) -> RuleOutcome {
    guard let literals = context.analysis?.literals, !DatedPages.contains(context.document.path) else { return RuleOutcome() }
    let occurrences = literals.occurrences(in: context.document.bytes)
    guard !occurrences.isEmpty else { return RuleOutcome() }
    return LiteralJudge(rule, kind, context).judge(occurrences, literals)
  }

  private func judge(_ occurrences: [LiteralOccurrence], _ literals: LiteralAnalysis) -> RuleOutcome {
    var outcome = RuleOutcome()
    var weighed = 0
    for occurrence in occurrences {
      let removed = removed(occurrence, literals)
      guard !removed.isEmpty else { continue }
      weighed += 1
      guard weighed <= Self.maximumMentions else {
        outcome.skips.append(
          Skip(path: context.document.path, reason: .tooLarge, detail: "more than \(Self.maximumMentions) mentions of removed literals"))
        break
      }
      let span = Span(occurrence.range)
      guard let literal = meant(removed, at: span, literals), fits(literal, at: span), !speaksOfPast(literal, span) else { continue }
      outcome.findings.append(finding(literal, span))
    }
    return outcome
  }

  private func removed(_ occurrence: LiteralOccurrence, _ literals: LiteralAnalysis) -> [RemovedLiteral] {
    var removed = literals.removed(occurrence.text)
    if removed.isEmpty, kind == .address, let address = literals.address(named: occurrence.text) { removed = literals.removed(address) }
    removed = removed.filter { $0.kind == kind }
    // `Router::route` in a message is a name of the code: whether it is gone is for the rule about symbols to say.
    if kind == .value, occurrence.text.contains("::") { return [] }
    // A parameter belongs to its callee, which `removed-parameter` knows.
    if kind == .configurationKey, !removed.isEmpty, context.analysis?.calls.lostParameters.contains(occurrence.text) == true { return [] }
    return removed
  }

  /// The removal that the place is about: for keys of sections the one whose section stands nearest.
  private func meant(_ removed: [RemovedLiteral], at span: Span, _ literals: LiteralAnalysis) -> RemovedLiteral? {
    guard let first = removed.first, first.section != nil else { return removed.first }
    let nearest = SectionContext.nearest(before: span.start, in: context.document.bytes, among: literals.sections(around: first.text))
    return removed.first { $0.section == nearest }
  }

  // MARK: Whether the place fits

  private func fits(_ literal: RemovedLiteral, at span: Span) -> Bool {
    let around = LiteralSurroundings(document: context.document, span: span)
    let place = places.place(of: span)
    if case .sample(let snippet) = place, isRemovedLine(around, in: snippet) { return false }
    switch kind {
    case .flag: return flagFits(place, around)
    case .environmentVariable: if case .target = place { return false } else { return true }
    case .address: return addressFits(literal, around)
    case .configurationKey: return isOwnBusiness(literal, around, place) && keyFits(literal, place, around)
    case .subcommand: return subcommandFits(place, around)
    case .value: return isOwnBusiness(literal, around, place) && valueFits(literal, place, around)
    }
  }

  /// A line of a diff that is taken away.
  private func isRemovedLine(_ around: LiteralSurroundings, in snippet: Snippet) -> Bool {
    snippet.language == "diff" && context.document.bytes[around.line.start] == UInt8(ascii: "-")
  }

  private func flagFits(_ place: LiteralPlaces.Place, _ around: LiteralSurroundings) -> Bool {
    switch place {
    case .target: return false
    case .codeSpan(let code): return !ForeignCommands.own(context.document.text(Span(code.start, around.span.start)))
    case .sample: return !ForeignCommands.own(commandLine(around))
    case .text: return around.before != UInt8(ascii: "#") && around.before != UInt8(ascii: "/")
    }
  }

  /// The line before the span, with the lines that a backslash joins to it.
  private func commandLine(_ around: LiteralSurroundings) -> String {
    var text = around.lineBefore
    var number = context.document.lines.lineNumber(of: around.span.start) - 1
    for _ in 0..<20 where number >= 1 {
      let line = context.document.text(context.document.lines.span(ofLine: number))
      let trimmed = line.reversed().drop { $0.isWhitespace }
      guard trimmed.first == "\\" else { break }
      text = String(trimmed.dropFirst().reversed()) + text
      number -= 1
    }
    return text
  }

  /// The address goes on with a path or ends; its short form is judged where no host stands before it.
  private func addressFits(_ literal: RemovedLiteral, _ around: LiteralSurroundings) -> Bool {
    if around.after == UInt8(ascii: ".") {
      let rest = context.document.bytes[around.span.end...].prefix(5)
      if !rest.starts(with: ".git".utf8), rest.count > 1, rest.dropFirst().first.map({ $0 != 0x20 && $0 != 0x0A }) == true { return false }
    }
    return around.document.text(around.span) == literal.text || !"/.:".utf8.contains(around.before)
  }

  /// Symbols are `removed-symbol`'s, but for what stands in strings and data.
  private func isOwnBusiness(_ literal: RemovedLiteral, _ around: LiteralSurroundings, _ place: LiteralPlaces.Place) -> Bool {
    guard literal.section == nil, context.analysis?.removed(literal.text) != nil else { return true }
    if case .sample(let snippet) = place { return around.isQuoted || around.isKey() || DataLanguages.contains(snippet.language) }
    return false
  }

  private func keyFits(_ literal: RemovedLiteral, _ place: LiteralPlaces.Place, _ around: LiteralSurroundings) -> Bool {
    switch place {
    case .target: return false
    case .codeSpan(let code): return leads(code, around) || around.isQuoted
    case .sample(let snippet):
      if snippet.language == nil || DataLanguages.contains(snippet.language) { return around.isKey() }
      return around.isKey() || (around.isQuoted && literal.section == nil) || (around.before == UInt8(ascii: ".") && literal.section == nil)
    case .text(let kind):
      guard kind == .tableCell || kind == .heading, let block = context.document.block(at: around.span.start) else { return false }
      let text = context.document.text(block.span)
      return text == literal.text || text.hasPrefix(literal.text + ":") || text.hasPrefix(literal.text + " =")
    }
  }

  /// The name is what the code span begins with, alone or behind its owners: `name`, `name: value`, `options.name`, `name.member`.
  private func leads(_ code: Span, _ around: LiteralSurroundings) -> Bool {
    let before = context.document.bytes[code.start..<around.span.start]
    guard before.allSatisfy({ LiteralPlaces.isName($0) || $0 == UInt8(ascii: ".") }), before.isEmpty || before.last == UInt8(ascii: ".")
    else {
      return false
    }
    return around.span.end == code.end || ":= .?".utf8.contains(around.after)
  }

  private func subcommandFits(_ place: LiteralPlaces.Place, _ around: LiteralSurroundings) -> Bool {
    let text: String
    switch place {
    case .codeSpan(let code): text = context.document.text(Span(code.start, around.span.start))
    case .sample(let snippet):
      guard ["bash", "console", "text", nil].contains(snippet.language) else { return false }
      text = around.lineBefore
    case .target, .text: return false
    }
    let words = text.split { $0 == " " || $0 == "$" }
    guard words.count == 1, let command = words.first, let names = context.analysis?.literals.programs else { return false }
    return names.contains(String(command.split(separator: "/").last ?? ""))
  }

  private func valueFits(_ literal: RemovedLiteral, _ place: LiteralPlaces.Place, _ around: LiteralSurroundings) -> Bool {
    if literal.text.contains("/") && !ValueShape.isImage(literal.text) { return false }
    switch place {
    case .target: return false
    case .codeSpan(let code):
      if around.isQuoted { return true }
      let whole = context.document.text(code)
      return whole == literal.text || whole == "@" + literal.text || (LiteralPlaces.isDotted(whole) && around.span.end == code.end)
    case .sample: return around.isQuoted || ValueShape.isImage(literal.text) || "@.".utf8.contains(around.before)
    case .text(let kind):
      return ValueShape.isImage(literal.text) || ((kind == .heading || kind == .tableCell) && endsBlock(around))
    }
  }

  /// The heading or the cell is the text, perhaps behind its owners: `Codes.custom_error`.
  private func endsBlock(_ around: LiteralSurroundings) -> Bool {
    guard let block = context.document.block(at: around.span.start), block.span.end == around.span.end else { return false }
    return LiteralPlaces.isDotted(context.document.text(block.span))
  }

  // MARK: Whether it speaks of the present

  private func speaksOfPast(_ literal: RemovedLiteral, _ span: Span) -> Bool {
    if kind != .address, PastTense.speaks(around: span, in: context.document) { return true }
    if let new = literal.decided?.text, DocumentVersion.pins(context.document.text(span), to: new, at: context.document.path) {
      return true
    }
    guard let block = context.document.block(at: span.start), block.kind != .code else { return isMarkedOld(span) }
    let line = context.document.lines.span(ofLine: context.document.lines.lineNumber(of: span.start))
    let text = context.document.bytes[line.range]
    return literal.renames.prefix(2).contains { LiteralShape.isDistinctive($0.text) && LiteralAnalysis.stands($0.text, in: Array(text)) }
  }

  /// A comment on its line, or on the one before, says that the sample shows what was.
  private func isMarkedOld(_ span: Span) -> Bool {
    let number = context.document.lines.lineNumber(of: span.start)
    let lines = [number - 1, number].filter { $0 >= 1 }.map { context.document.text(context.document.lines.span(ofLine: $0)) }
    return PastTense.isOldCode(
      lines.compactMap { line in
        guard let mark = ["# ", "// ", "<!-- "].compactMap({ line.ranges(of: $0).first?.lowerBound }).min() else { return nil }
        return String(line[mark...])
      })
  }

  // MARK: The finding

  private func finding(_ literal: RemovedLiteral, _ span: Span) -> Finding {
    let known = literal.decided
    let text = context.document.text(span)
    let place = literal.section.map { " of `\($0)`" } ?? ""
    let state =
      switch literal.certainty {
      case .gone: "is not in the code any more"
      case .deprecatedAlias: "is only a deprecated alias now"
      case .goneFromSection: "is no key\(place) any more"
      }
    return context.finding(
      rule, literal.certainty == .deprecatedAlias ? .warning : .error, at: span,
      "`\(text)` \(state)" + (known.map { ": it became `\($0.text)`" } ?? ""), evidence: literal.evidence + (known?.evidence ?? []))
  }
}

extension LiteralPlaces {
  static func isName(_ byte: UInt8) -> Bool {
    (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || byte == UInt8(ascii: "_")
  }

  /// `Owner.name`
  static func isDotted(_ text: String) -> Bool { text.utf8.allSatisfy { isName($0) || $0 == UInt8(ascii: ".") } }
}

/// What values look like.
enum ValueShape {
  /// `owner/image:1.2`, `registry.example.com/owner/image`: a reference to a container image.
  static func isImage(_ text: String) -> Bool {
    let parts = text.split(separator: "/")
    guard parts.count >= 2, !text.contains("//"), let last = parts.last else { return false }
    if last.contains(":"), last.split(separator: ":").last?.first?.isNumber == true { return true }
    return parts.count >= 3 && parts[0].contains(".") && !last.contains(".")
  }
}

/// Languages of data: what stands in their samples are keys and values.
enum DataLanguages {
  static func contains(_ language: String?) -> Bool { language.map(names.contains) ?? false }

  private static let names: Set<String> = [
    "json", "json5", "jsonc", "yaml", "toml", "ini", "properties", "dotenv", "xml", "hcl", "graphql", "nginx", "conf",
  ]
}
