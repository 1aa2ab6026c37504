// `mirrored-text`: a line of a document is a copy of a line that the change edited; the copy follows the original, word by word, and keeps
// its own indentation and marks.

import Domain
import SourceCode

/// Answers `stale-copy` with what the original says now.
public struct MirroredTextStrategy: Strategy {
  public let name = "mirrored-text"
  public let rules: Set<String> = ["stale-copy"]

  /// From here on the copy is followed unread.
  static let safeConfidence = 0.9

  public init() {}

  public func fixes(for finding: Finding, in context: HealingContext) -> [Fix] {
    guard let mirror = context.analysis?.mirror, context.text(finding.span) == finding.text else { return [] }
    guard let copy = mirror.copies(in: context.bytes).first(where: { $0.range == finding.span.range }) else { return [] }
    let edits = LineRewriting.pieces(from: copy.old, to: copy.new).map { piece in
      let span = Span(finding.span.start + piece.range.lowerBound, finding.span.start + piece.range.upperBound)
      return Edit(path: context.path, span: span, expected: context.text(span), replacement: piece.replacement)
    }
    guard !edits.isEmpty else { return [] }
    return [
      Fix(
        strategy: name, finding: finding, edits: edits, applicability: copy.confidence >= Self.safeConfidence ? .safe : .suggested,
        confidence: copy.confidence, evidence: finding.evidence)
    ]
  }
}
