// `changed-term`: a document writes a word with a hyphen that the code has given up; the hyphen goes.

import Domain
import SourceCode

/// Answers `replaced-term` with the spelling of the code.
public struct ChangedTermStrategy: Strategy {
  public let name = "changed-term"
  public let rules: Set<String> = ["replaced-term"]

  public init() {}

  public func fixes(for finding: Finding, in context: HealingContext) -> [Fix] {
    guard let terms = context.analysis?.literals.terms, context.text(finding.span) == finding.text else { return [] }
    guard let joined = terms.lazy.compactMap({ $0.joined(finding.text) }).first else { return [] }
    let edit = Edit(path: context.path, span: finding.span, expected: finding.text, replacement: joined)
    return [
      Fix(
        strategy: name, finding: finding, edits: [edit], applicability: .suggested, confidence: 0.85, evidence: finding.evidence)
    ]
  }
}
