// `changed-call`: a sample calls a function in a shape that the change rewrote wherever the project's own code had it.

import Documents
import Domain
import SourceCode

/// A call in a sample whose shape is gone from the code.
struct ChangedCallRule: Rule {
  let name = "changed-call"
  let summary = "A sample calls a function in a shape that the change rewrote in the code."
  let trustsGuessedBase = false

  func judge(_ context: RuleContext) -> RuleOutcome {
    guard let calls = context.analysis?.calls else { return RuleOutcome() }
    var findings: [Finding] = []
    let copies = context.analysis?.mirror.copies(in: context.document.bytes).map { Span($0.range) } ?? []
    for snippet in context.document.snippets {
      guard let language = snippet.language else { continue }
      let changed = calls.changedCalls(in: snippet.code, language: language)
      findings += changed.compactMap { finding($0, snippet, copies, context) }
    }
    findings += calls.signatureCopies(in: context.document.bytes).compactMap { finding($0, copies, context) }
    return RuleOutcome(findings: findings)
  }

  private func finding(_ call: ChangedCall, _ snippet: Snippet, _ copies: [Span], _ context: RuleContext) -> Finding? {
    let span = snippet.documentSpan(of: call.range)
    // What the line as a whole should say is known better.
    guard !copies.contains(where: span.overlaps) else { return nil }
    guard !OldSamples.show(span, in: context.document) else { return nil }
    guard !shows(call, snippet) else { return nil }
    let lines = call.votes == 1 ? "1 line" : "\(call.votes) lines"
    return context.finding(
      self, .warning, at: span, "the code has this call in another shape now: `\(Self.line(call.new))`",
      evidence: [Evidence("\(lines) of the code were changed in this way", path: call.path, line: call.line)])
  }

  private func finding(_ copy: SignatureCopy, _ copies: [Span], _ context: RuleContext) -> Finding? {
    let span = Span(copy.range)
    guard !copies.contains(where: span.overlaps), !OldSamples.show(span, in: context.document) else { return nil }
    return context.finding(
      self, .warning, at: span, "the code declares other parameters now: `\(copy.new)`",
      evidence: [Evidence("`\(copy.old)` became `\(copy.new)`", path: copy.path, line: copy.line)])
  }

  /// The text on one line.
  private static func line(_ text: String) -> String {
    var line = ""
    for character in text where !character.isNewline || line.last != " " {
      let mark: Character = character.isWhitespace ? " " : character
      if mark != " " || line.last != " " { line.append(mark) }
    }
    return line
  }

  /// Whether the sample has the new shape as well.
  private func shows(_ call: ChangedCall, _ snippet: Snippet) -> Bool {
    let rest = String(decoding: snippet.code, as: UTF8.self).split(separator: call.old, omittingEmptySubsequences: false)
    return rest.contains { $0.contains(call.new) }
  }
}
