// `stale-copy`: a line of a document stood word for word in the code, and the change edited it there.
//
// Samples are copied from tests and examples, option lists from doc comments and help texts. The analysis knows which lines the change
// replaced and what stood beside them; the rule leaves out what speaks of the past.

import Documents
import Domain
import SourceCode

/// A line that is the copy of a line which the change edited in the code.
struct StaleCopyRule: Rule {
  let name = "stale-copy"
  let summary = "A line was copied from code, a comment or a help text that the change edited."
  let trustsGuessedBase = false

  func judge(_ context: RuleContext) -> RuleOutcome {
    guard let mirror = context.analysis?.mirror else { return RuleOutcome() }
    let copies = mirror.copies(in: context.document.bytes)
    var own = OwnNames(context.document)
    return RuleOutcome(findings: copies.compactMap { finding($0, context, &own) })
  }

  private func finding(_ copy: StaleCopy, _ context: RuleContext, _ own: inout OwnNames) -> Finding? {
    let document = context.document
    let span = Span(copy.range)
    if let frontMatter = document.frontMatter, frontMatter.overlaps(span) { return nil }
    guard !OldSamples.show(span, in: document) else { return nil }
    // A comment in a sample is no place for a link.
    if copy.new.contains("]("), !copy.old.contains("]("), document.snippets.contains(where: { $0.span.overlaps(span) }) { return nil }
    guard !DocumentVersion.pins(copy.old, to: copy.new, at: document.path) else { return nil }
    guard !Self.gainsLink(copy), !Self.losesOwnName(copy, &own) else { return nil }
    let isSample = document.snippets.contains { $0.span.overlaps(span) }
    if !isSample, Self.losesField(copy) || Self.gainsAnnotation(copy) { return nil }
    return context.finding(
      self, .warning, at: span, "the line is a copy of \(copy.path):\(copy.line), which now says `\(copy.new)`",
      evidence: [Evidence("`\(copy.old)` became `\(copy.new)`", path: copy.path, line: copy.line)])
  }

  /// Whether the line would lose a name that its sample defines: the sample is a work of its own that only began like the code.
  private static func losesOwnName(_ copy: StaleCopy, _ own: inout OwnNames) -> Bool {
    let kept = Set(OwnNames.identifiers(in: copy.new.utf8))
    let lost = Set(OwnNames.identifiers(in: copy.old.utf8)).subtracting(kept)
    return !lost.isEmpty && !own.names(at: Span(copy.range)).isDisjoint(with: lost)
  }

  /// Whether the copy would lose a field of reStructuredText (`:param str name: …`): a doc string may be written in another way now, the
  /// document still is in that one.
  private static func losesField(_ copy: StaleCopy) -> Bool {
    func hasField(_ line: String) -> Bool {
      let text = line.drop { $0 == " " || $0 == "\t" }
      guard text.first == ":", let end = text.dropFirst().firstIndex(of: ":") else { return false }
      return text[..<end].dropFirst().first?.isLetter == true
    }
    return hasField(copy.old) != hasField(copy.new)
  }

  /// Whether a declaration got a type for its result, which text that declares things in its own way does not follow.
  private static func gainsAnnotation(_ copy: StaleCopy) -> Bool { copy.new.contains("->") && !copy.old.contains("->") }

  /// Whether the line got a link that is counted from the place of the original.
  private static func gainsLink(_ copy: StaleCopy) -> Bool {
    ["](./", "](../"].contains { copy.new.contains($0) && !copy.old.contains($0) }
  }
}
