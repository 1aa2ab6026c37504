// `moved-version`: a document pins a version that the manifest has moved on from; the pin follows.

import Domain
import SourceCode

/// Answers `stale-version` with the manifest's version.
public struct MovedVersionStrategy: Strategy {
  public let name = "moved-version"
  public let rules: Set<String> = ["stale-version"]

  public init() {}

  public func fixes(for finding: Finding, in context: HealingContext) -> [Fix] {
    guard let moves = context.analysis?.literals.moves, context.text(finding.span) == finding.text else { return [] }
    guard let move = VersionContext.move(at: finding.span, in: context.bytes, among: moves.versions) else { return [] }
    guard let new = VersionContext.replacement(for: finding.text, move), new != finding.text else { return [] }
    let edit = Edit(path: context.path, span: finding.span, expected: finding.text, replacement: new)
    return [
      Fix(
        strategy: name, finding: finding, edits: [edit], applicability: .suggested, confidence: 0.85,
        evidence: [Evidence("\(move.owner) moved from \(move.old) to \(move.new)", path: move.path, line: move.line)])
    ]
  }
}
