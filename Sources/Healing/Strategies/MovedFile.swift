// `moved-file`: a link, an image, a path or an include names a file or folder that the change moved. The path is written anew in the
// form it had: relative or from the root, as a route or as a file's name, its anchor and its title untouched.

import Documents
import Domain

/// Answers links and paths to what moved.
public struct MovedFileStrategy: Strategy {
  public let name = "moved-file"
  public let rules: Set<String> = ["broken-link", "broken-image", "missing-path"]

  /// From here on a move is applied unread.
  static let safeConfidence = 0.93

  public init() {}

  public func fixes(for finding: Finding, in context: HealingContext) -> [Fix] {
    guard let history = context.revisions?.links, context.text(finding.span) == finding.text else { return [] }
    if finding.rule == "missing-path" { return pathFix(finding, context, history).map { [$0] } ?? [] }
    return linkFix(finding, context, history).map { [$0] } ?? []
  }

  private func linkFix(_ finding: Finding, _ context: HealingContext, _ history: LinkHistory) -> Fix? {
    guard let target = LinkTarget(finding.text), case .missing(_, .some(let was)) = history.verdict(target, in: context.path) else {
      return nil
    }
    guard let move = Self.move(of: was, history) else { return nil }
    guard let path = history.rewritten(target, was, to: move.path, in: context.path) else { return nil }
    return Self.fix(name, finding, target.pathSpan, path, move, context)
  }

  private func pathFix(_ finding: Finding, _ context: HealingContext, _ history: LinkHistory) -> Fix? {
    guard let mention = PathMention(finding.text, span: finding.span), let lost = history.lostPath(mention, in: context.path),
      let move = history.move(of: lost), let path = history.rewritten(finding.text, lost, to: move.path, in: context.path)
    else { return nil }
    return Self.fix(name, finding, Span(0, finding.text.utf8.count), path, move, context)
  }

  /// Where a link's place is now: moved itself, or left where it was by a document that moved.
  static func move(of was: LinkPlace, _ history: LinkHistory) -> Move? {
    if let move = was.isFolder ? history.moves?.folder(was.path) : history.moves?.file(was.path) { return move }
    if was.form == .index, let folder = history.moves?.folder(String(PathIndex.folder(of: was.path[...]))) { return folder }
    guard history.head.exists(was.path) else { return nil }
    return Move(path: was.path, confidence: 0.98, evidence: Evidence("the document moved, `\(was.path)` did not", path: was.path))
  }

  /// One replaced part of the finding's text.
  static func fix(
    _ strategy: String, _ finding: Finding, _ part: Span, _ replacement: String, _ move: Move, _ context: HealingContext
  ) -> Fix? {
    let span = Span(finding.span.start + part.start, finding.span.start + part.end)
    let expected = context.text(span)
    guard expected != replacement else { return nil }
    return Fix(
      strategy: strategy, finding: finding, edits: [Edit(path: context.path, span: span, expected: expected, replacement: replacement)],
      applicability: move.confidence >= safeConfidence ? .safe : .suggested, confidence: move.confidence, evidence: [move.evidence])
  }
}
