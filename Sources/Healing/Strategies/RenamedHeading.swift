// `renamed-heading`: a link names a heading that the change renamed; it takes the new heading's anchor.

import Documents
import Domain

/// Answers `broken-anchor` with the anchor that the old one became.
public struct RenamedHeadingStrategy: Strategy {
  public let name = "renamed-heading"
  public let rules: Set<String> = ["broken-anchor"]

  static let safeConfidence = 0.9
  static let suggestedConfidence = 0.6
  /// Two candidates closer than this are a tie.
  static let tie = 0.15

  public init() {}

  public func fixes(for finding: Finding, in context: HealingContext) -> [Fix] {
    guard let history = context.revisions?.links, context.text(finding.span) == finding.text else { return [] }
    guard let target = LinkTarget(finding.text), let part = target.fragmentSpan else { return [] }
    var candidates = history.renamedAnchors(target, in: context.path)
    if candidates.isEmpty { candidates = history.likelyAnchor(target, in: context.path).map { [$0] } ?? [] }
    guard let best = candidates.first, best.confidence >= Self.suggestedConfidence else { return [] }
    guard candidates.dropFirst().allSatisfy({ best.confidence - $0.confidence >= Self.tie }) else { return [] }
    let span = Span(finding.span.start + part.start, finding.span.start + part.end)
    let edit = Edit(path: context.path, span: span, expected: context.text(span), replacement: best.anchor)
    guard edit.expected != edit.replacement, !best.anchor.isEmpty else { return [] }
    return [
      Fix(
        strategy: name, finding: finding, edits: [edit], applicability: best.confidence >= Self.safeConfidence ? .safe : .suggested,
        confidence: best.confidence, evidence: [best.evidence])
    ]
  }
}
