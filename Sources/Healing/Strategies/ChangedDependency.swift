// `changed-dependency`: a document names a package whose place another one took; it takes the new one's name.

import Domain
import SourceCode

/// Answers `replaced-dependency` with the package that took the place.
public struct ChangedDependencyStrategy: Strategy {
  public let name = "changed-dependency"
  public let rules: Set<String> = ["replaced-dependency"]

  public init() {}

  public func fixes(for finding: Finding, in context: HealingContext) -> [Fix] {
    guard let exchanges = context.analysis?.literals.dependencies, context.text(finding.span) == finding.text else { return [] }
    guard let exchange = exchanges.first(where: { $0.old == finding.text || $0.oldModule == finding.text }) else { return [] }
    let replacement = exchange.replacement(for: finding.text, isImport: isImport(finding, exchange, context))
    let edit = Edit(path: context.path, span: finding.span, expected: finding.text, replacement: replacement)
    return [
      Fix(strategy: name, finding: finding, edits: [edit], applicability: .suggested, confidence: 0.88, evidence: finding.evidence)
    ]
  }

  private func isImport(_ finding: Finding, _ exchange: DependencyExchange, _ context: HealingContext) -> Bool {
    guard let sample = context.sample(around: finding.span) else { return false }
    let start = context.bytes[..<finding.span.start].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    let end = context.bytes[finding.span.end...].firstIndex(of: 0x0A) ?? context.bytes.count
    return ["javascript", "js", "typescript", "ts", "python", "py", "rust", "go", "ruby"].contains { language in
      sample.language.hasPrefix(language) && ImportLine(context.text(Span(start, end)), language: Self.full(language)) != nil
    }
  }

  private static func full(_ language: String) -> String {
    ["js": "javascript", "ts": "typescript", "py": "python"][language] ?? language
  }
}
