// `changed-branch`: a document leads to a branch of the repository that has another name now; the name follows.

import Domain
import SourceCode

/// Answers `renamed-branch` with the name in the pipelines.
public struct ChangedBranchStrategy: Strategy {
  public let name = "changed-branch"
  public let rules: Set<String> = ["renamed-branch"]

  public init() {}

  public func fixes(for finding: Finding, in context: HealingContext) -> [Fix] {
    guard let rename = context.analysis?.literals.branch, rename.old == finding.text, context.text(finding.span) == finding.text else {
      return []
    }
    let edit = Edit(path: context.path, span: finding.span, expected: finding.text, replacement: rename.new)
    return [
      Fix(strategy: name, finding: finding, edits: [edit], applicability: .suggested, confidence: 0.85, evidence: finding.evidence)
    ]
  }
}
