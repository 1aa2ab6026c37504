// `refreshed-output`: a document shows an output that its sample does not give any more; the one that it gives takes its place.
//
// The rule ran the sample and hands on what came, in the evidence of its finding, and only where it came twice and where the shown
// output left nothing out.

import Domain

/// Answers `changed-output`.
public struct RefreshedOutputStrategy: Strategy {
  public let name = "refreshed-output"
  public let rules: Set<String> = ["changed-output"]

  public init() {}

  /// How the rule's evidence begins; behind it stands the output.
  private static let mark = "the sample, run twice, printed:\n"

  public func fixes(for finding: Finding, in context: HealingContext) -> [Fix] {
    guard let evidence = finding.evidence.first(where: { $0.statement.hasPrefix(Self.mark) }) else { return [] }
    let old = context.text(finding.span)
    guard old == finding.text, let new = Self.placed(String(evidence.statement.dropFirst(Self.mark.count)), in: finding, context),
      new != old
    else { return [] }
    // A fence in the output would end the block.
    guard !new.contains("```"), !new.contains("~~~"), !new.isEmpty else { return [] }
    return [
      Fix(
        strategy: name, finding: finding, edits: [Edit(path: context.path, span: finding.span, expected: old, replacement: new)],
        applicability: .suggested, confidence: 0.85, evidence: [Evidence("the sample was run twice beside this commit's code")])
    ]
  }

  /// The output with what stands before each line of the document there (`> ` of a quote, the blanks of a list); nil when the lines of
  /// the old one do not agree on it.
  private static func placed(_ output: String, in finding: Finding, _ context: HealingContext) -> String? {
    var start = finding.span.start
    while start > 0, context.bytes[start - 1] != 0x0A { start -= 1 }
    let margin = context.text(Span(start, finding.span.start))
    let isMargin = margin.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == UInt8(ascii: ">") }
    guard isMargin else { return nil }
    let oldLines = finding.text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst()
    guard oldLines.allSatisfy({ $0.hasPrefix(margin) || $0.isEmpty }) else { return nil }
    return output.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n\(margin)")
  }
}
