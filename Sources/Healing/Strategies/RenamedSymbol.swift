// `renamed-symbol`: a document names a symbol that the change renamed; the mention takes the new name.

import Domain
import SourceCode

/// Answers `removed-symbol` with the new name, when the evidence has exactly one.
public struct RenamedSymbolStrategy: Strategy {
  public let name = "renamed-symbol"
  public let rules: Set<String> = ["removed-symbol"]

  /// From here on a single candidate is applied unread.
  static let safeConfidence = 0.9
  /// Below this a new name is shown, not offered.
  static let suggestedConfidence = 0.6
  /// Two candidates closer than this are a tie.
  static let tie = 0.15

  public init() {}

  public func fixes(for finding: Finding, in context: HealingContext) -> [Fix] {
    guard let analysis = context.analysis, context.text(finding.span) == finding.text else { return [] }
    guard let (removed, renames) = Self.answer(finding, context, analysis), let rename = Self.decided(renames) else { return [] }
    guard rename.new.name != finding.text else { return [] }
    let edit = Edit(path: context.path, span: finding.span, expected: finding.text, replacement: rename.new.name)
    return [
      Fix(
        strategy: self.name, finding: finding, edits: [edit], applicability: Self.applicability(rename, removed),
        confidence: rename.confidence, evidence: rename.evidence)
    ]
  }

  /// What the analysis says of the mention: with its qualifier first, as the rule asked.
  private static func answer(
    _ finding: Finding, _ context: HealingContext, _ analysis: ChangeAnalysis
  ) -> (RemovedSymbol, [Rename])? {
    let qualified = QualifiedMention(around: finding.span, in: context.bytes).text
    for name in qualified == finding.text ? [qualified] : [qualified, finding.text] {
      if let removed = analysis.removed(name) { return (removed, analysis.renames(of: name)) }
    }
    return nil
  }

  /// The one rename that stands clear of the others, or nil.
  private static func decided(_ renames: [Rename]) -> Rename? {
    guard let best = renames.first else { return nil }
    guard renames.dropFirst().allSatisfy({ $0.new.name == best.new.name || best.confidence - $0.confidence >= tie }) else { return nil }
    return best
  }

  private static func applicability(_ rename: Rename, _ removed: RemovedSymbol) -> Applicability {
    if rename.confidence < suggestedConfidence { return .display }
    return rename.confidence >= safeConfidence && removed.certainty == .gone ? .safe : .suggested
  }
}

/// A mention with the qualifier that stands before it: `Client.close` around a span that is only `close`.
struct QualifiedMention {
  let text: String

  init(around span: Span, in bytes: [UInt8]) {
    var start = span.start
    while let part = Self.qualifier(before: start, in: bytes) { start = part }
    text = String(decoding: bytes[start..<span.end], as: UTF8.self)
  }

  /// The start of `name.`, `name::` or `name#` that ends at `end`.
  private static func qualifier(before end: Int, in bytes: [UInt8]) -> Int? {
    guard end > 0 else { return nil }
    var position = end
    if end >= 2 && bytes[end - 1] == UInt8(ascii: ":") && bytes[end - 2] == UInt8(ascii: ":") {
      position -= 2
    } else if bytes[end - 1] == UInt8(ascii: ".") || bytes[end - 1] == UInt8(ascii: "#") {
      position -= 1
    } else {
      return nil
    }
    let nameEnd = position
    while position > 0 && isWord(bytes[position - 1]) { position -= 1 }
    return position < nameEnd ? position : nil
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: byte == UInt8(ascii: "_") || byte >= 0x80
    }
  }
}
