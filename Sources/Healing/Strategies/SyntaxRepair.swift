// `syntax-repair`: a sample does not parse, and there is one small edit after which it does.
//
// The strategy knows no grammar. It proposes, best first, edits that mend the mistakes people make in samples; whether the
// sample parses afterwards is for the verifier to say, and a proposal that does not is never seen.

import Domain

/// Answers `syntax-error` in JSON, YAML, TOML and Python samples.
public struct SyntaxRepairStrategy: Strategy {
  public let name = "syntax-repair"
  public let rules: Set<String> = ["syntax-error"]

  /// Larger samples are not repaired: they are data, not documentation.
  static let maximumSample = 256 << 10

  public init() {}

  public func fixes(for finding: Finding, in context: HealingContext) -> [Fix] {
    guard let sample = context.sample(around: finding.span), sample.span.end <= context.bytes.count, sample.span.count <= Self.maximumSample
    else { return [] }
    let repairs = Self.repairs(sample, finding, context).filter { !$0.edits.isEmpty }
    return (repairs + [Self.joined(repairs)].compactMap { $0 }).map { repair in
      Fix(
        strategy: name, finding: finding, edits: repair.edits, applicability: repair.isCertain ? .safe : .suggested,
        confidence: repair.confidence, evidence: [Evidence(repair.statement, path: context.path, line: finding.start.line)])
    }
  }

  private static func repairs(_ sample: HealingContext.Sample, _ finding: Finding, _ context: HealingContext) -> [Repair] {
    func broken(_ style: SampleScan.Style) -> BrokenSample { BrokenSample(context: context, sample: sample, finding: finding, style: style) }
    switch sample.language {
    case "json":
      let sample = broken(.json)
      return [
        BracketRepairs.straightQuotes(sample), BracketRepairs.trailingCommas(sample), DataRepairs.doubleQuotes(sample),
        BracketRepairs.closingQuote(sample), BracketRepairs.closingBrackets(sample),
      ].compactMap { $0 }
    case "toml":
      let sample = broken(.toml)
      return [
        BracketRepairs.straightQuotes(sample), BracketRepairs.closingQuote(sample), BracketRepairs.closingBrackets(sample),
        DataRepairs.quotedTOMLValue(sample),
      ].compactMap { $0 }
    case "yaml":
      return [BracketRepairs.straightQuotes(broken(.python)), DataRepairs.quotedYAMLValue(broken(.python))].compactMap { $0 }
    case "python":
      let sample = broken(.python)
      return [
        BracketRepairs.straightQuotes(sample), PythonRepairs.printCalls(sample), PythonRepairs.exceptAs(sample),
        PythonRepairs.missingColon(sample), BracketRepairs.closingQuote(sample), PythonRepairs.closingBrackets(sample),
        BracketRepairs.closingBrackets(sample),
      ].compactMap { $0 }
    default: return []
    }
  }

  /// All the repairs at once, for a sample with several mistakes; nil when they do not fit together.
  private static func joined(_ repairs: [Repair]) -> Repair? {
    guard repairs.count > 1 else { return nil }
    let edits = repairs.flatMap(\.edits).sorted { $0.span < $1.span }
    for (left, right) in zip(edits, edits.dropFirst()) where left != right && FixApplier.collide(left, right) { return nil }
    return Repair(
      edits: edits, confidence: repairs.map(\.confidence).reduce(1, *), statement: repairs.map(\.statement).joined(separator: "; "),
      isCertain: repairs.allSatisfy(\.isCertain))
  }
}
