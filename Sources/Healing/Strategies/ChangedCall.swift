// `changed-call`: a sample calls a function as the code did before the change; the call takes the shape that the change gave all others.

import Documents
import Domain
import SourceCode

/// Answers `changed-call` with the shape that the change's own call sites have now.
public struct ChangedCallStrategy: Strategy {
  public let name = "changed-call"
  public let rules: Set<String> = ["changed-call"]

  /// From here on a call is rewritten unread.
  static let safeConfidence = 0.9

  public init() {}

  public func fixes(for finding: Finding, in context: HealingContext) -> [Fix] {
    guard let calls = context.analysis?.calls else { return [] }
    if let copy = calls.signatureCopies(in: context.bytes).first(where: { $0.range == finding.span.range }) {
      return [fix(copy, finding, context)]
    }
    return call(finding, calls, context)
  }

  private func fix(_ copy: SignatureCopy, _ finding: Finding, _ context: HealingContext) -> Fix {
    let edits = LineRewriting.pieces(from: copy.old, to: copy.new).map { piece in
      let span = Span(finding.span.start + piece.range.lowerBound, finding.span.start + piece.range.upperBound)
      return Edit(path: context.path, span: span, expected: context.text(span), replacement: piece.replacement)
    }
    return Fix(
      strategy: name, finding: finding, edits: edits, applicability: .safe, confidence: copy.confidence, evidence: finding.evidence)
  }

  private func call(_ finding: Finding, _ calls: CallAnalysis, _ context: HealingContext) -> [Fix] {
    guard let document = context.revisions?.head.document(at: context.path) else { return [] }
    guard document.bytes == context.bytes, let snippet = document.snippets.first(where: { $0.span.contains(finding.span) }) else {
      return []
    }
    let found = calls.changedCalls(in: snippet.code, language: snippet.language ?? "")
    guard let call = found.first(where: { snippet.documentSpan(of: $0.range) == finding.span }) else { return [] }
    let span = call.replaced.isEmpty ? emptySpan(call.replaced.lowerBound, snippet) : snippet.documentSpan(of: call.replaced)
    let expected = String(decoding: snippet.code[call.replaced], as: UTF8.self)
    guard context.text(span) == expected, expected != call.replacement else { return [] }
    let edit = Edit(path: context.path, span: span, expected: expected, replacement: call.replacement)
    return [
      Fix(
        strategy: name, finding: finding, edits: [edit], applicability: call.confidence >= Self.safeConfidence ? .safe : .suggested,
        confidence: call.confidence, evidence: finding.evidence)
    ]
  }

  private func emptySpan(_ offset: Int, _ snippet: Snippet) -> Span {
    let place = snippet.documentOffset(of: offset)
    return Span(place, place)
  }
}
