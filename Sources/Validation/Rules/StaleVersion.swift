// `stale-version`: a document pins a version that the project's manifest has moved on from.
//
// The manifests of both sides say which versions moved. A version in a document counts only where the text beside it names whose it
// is: the package in an install line, the toolchain in a sentence about the least version.

import Documents
import Domain
import SourceCode

/// A version that was the manifest's at the base and is behind it at the head.
struct StaleVersionRule: Rule {
  let name = "stale-version"
  let summary = "A document pins a version of the project, its toolchain or a dependency that the manifest has moved on from."

  func judge(_ context: RuleContext) -> RuleOutcome {
    guard let moves = context.analysis?.literals.moves, !moves.versions.isEmpty, !DatedPages.contains(context.document.path) else {
      return RuleOutcome()
    }
    let document = context.document
    var findings: [Finding] = []
    for occurrence in moves.occurrences(in: document.bytes) {
      let span = Span(occurrence.range)
      guard let move = VersionContext.move(at: span, in: document.bytes, among: moves.versions) else { continue }
      guard let new = VersionContext.replacement(for: occurrence.text, move), new != occurrence.text else { continue }
      guard !PastTense.speaks(around: span, in: document) else { continue }
      findings.append(
        context.finding(
          self, .warning, at: span, "`\(occurrence.text)` is behind the manifest: \(move.owner) is at \(new)",
          evidence: [Evidence("\(move.owner) moved from \(move.old) to \(move.new)", path: move.path, line: move.line)]))
    }
    return RuleOutcome(findings: findings)
  }
}
