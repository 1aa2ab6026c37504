// `changed-default`: a document gives a default value that the code has replaced; it takes the new one.

import Domain
import SourceCode

/// Answers `stale-default` with the code's value.
public struct ChangedDefaultStrategy: Strategy {
  public let name = "changed-default"
  public let rules: Set<String> = ["stale-default"]

  public init() {}

  public func fixes(for finding: Finding, in context: HealingContext) -> [Fix] {
    guard let literals = context.analysis?.literals, context.text(finding.span) == finding.text else { return [] }
    guard let change = DefaultContext.change(at: finding.span, in: context.bytes, among: literals.defaults) else { return [] }
    let edit = Edit(path: context.path, span: finding.span, expected: finding.text, replacement: change.new)
    return [
      Fix(
        strategy: name, finding: finding, edits: [edit], applicability: .suggested, confidence: 0.85,
        evidence: [Evidence("\(change.spelledName) went from \(change.old) to \(change.new)", path: change.path, line: change.line)])
    ]
  }
}
