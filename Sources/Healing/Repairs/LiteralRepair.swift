// The one edit that answers a removed literal: the mention takes the name that the evidence decides for.

import Domain
import SourceCode

/// Makes the fixes of the strategies for literals.
enum LiteralRepair {
  /// From here on a single candidate is applied unread.
  static let safeConfidence = 0.9
  /// Below this a new name is shown, not offered.
  static let suggestedConfidence = 0.6

  static func fixes(for finding: Finding, in context: HealingContext, strategy: String) -> [Fix] {
    guard let literals = context.analysis?.literals, context.text(finding.span) == finding.text else { return [] }
    guard let removed = removed(finding, context, literals), let rename = removed.decided else { return [] }
    let new = spelled(rename.text, like: finding.text, of: removed)
    guard new != finding.text, !LetterCase.isWordInCapitals(finding.span, in: context.bytes, before: new) else { return [] }
    let edit = Edit(path: context.path, span: finding.span, expected: finding.text, replacement: new)
    return [
      Fix(
        strategy: strategy, finding: finding, edits: [edit] + NameAnchors.edits(for: edit, in: context.bytes),
        applicability: applicability(rename, removed), confidence: rename.confidence,
        evidence: removed.evidence + rename.evidence)
    ]
  }

  /// What the analysis says of the mention, as the rule asked.
  private static func removed(_ finding: Finding, _ context: HealingContext, _ literals: LiteralAnalysis) -> RemovedLiteral? {
    var text = finding.text
    if finding.rule == "moved-repository" { text = literals.address(named: text) ?? text }
    let removed = literals.removed(text)
    guard let first = removed.first, first.section != nil else { return removed.first }
    let nearest = SectionContext.nearest(before: finding.span.start, in: context.bytes, among: literals.sections(around: text))
    return removed.first { $0.section == nearest }
  }

  /// An address without its host stays one.
  private static func spelled(_ new: String, like old: String, of removed: RemovedLiteral) -> String {
    guard removed.kind == .address, removed.text != old, removed.text.hasSuffix("/" + old) else { return new }
    return new.split(separator: "/").dropFirst().joined(separator: "/")
  }

  private static func applicability(_ rename: LiteralRename, _ removed: RemovedLiteral) -> Applicability {
    if rename.confidence < suggestedConfidence { return .display }
    return rename.confidence >= safeConfidence && removed.certainty != .deprecatedAlias ? .safe : .suggested
  }
}
