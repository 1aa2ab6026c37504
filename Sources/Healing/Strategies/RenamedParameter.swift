// `renamed-parameter`: a document names a parameter under its old name; the mention takes the new one.

import Documents
import Domain
import SourceCode

/// Answers `removed-parameter` where one name took the place of the parameter.
public struct RenamedParameterStrategy: Strategy {
  public let name = "renamed-parameter"
  public let rules: Set<String> = ["removed-parameter"]

  /// From here on a parameter that is gone is renamed unread.
  static let safeConfidence = 0.9

  public init() {}

  public func fixes(for finding: Finding, in context: HealingContext) -> [Fix] {
    guard let calls = context.analysis?.calls, context.text(finding.span) == finding.text else { return [] }
    let callee = CalleeScan.callee(around: finding.span.start, in: context.bytes)
    let last = callee.flatMap { $0.split { $0 == "." || $0 == ":" }.last.map(String.init) }
    let all = calls.renames(ofParameter: finding.text)
    let own = all.filter { $0.callee == last }
    let renames = own.isEmpty ? all : own
    guard let rename = renames.first, renames.allSatisfy({ $0.new == rename.new }) else { return [] }
    let confidence = min(0.95, rename.confidence + (renames.count > 1 ? 0.05 : 0))
    let edit = Edit(path: context.path, span: finding.span, expected: finding.text, replacement: rename.new)
    let isSafe = confidence >= Self.safeConfidence && !rename.isAlias
    return [
      Fix(
        strategy: name, finding: finding, edits: [edit], applicability: isSafe ? .safe : .suggested, confidence: confidence,
        evidence: finding.evidence)
    ]
  }
}
