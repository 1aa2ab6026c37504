// `stale-embed`: a document takes in a file, a region or lines that are not there, or its copy of them is not what the file says.

import Documents
import Domain

/// An include, or an embedded copy, that its source has left behind.
struct StaleEmbedRule: Rule {
  let name = "stale-embed"
  let summary = "An include names what is not there, or an embedded copy is not what its source says."

  func judge(_ context: RuleContext) -> RuleOutcome {
    guard let history = context.revisions?.links else { return RuleOutcome() }
    let document = context.document
    return RuleOutcome(
      findings: document.embeds.compactMap { embed in
        switch history.verdict(embed, in: document) {
        case .sound, .unknown: return nil
        case .missingFile(let was): return embed.notation == .codeInclude ? nil : missing(embed, was, history, context)
        case .missingPart(let file):
          guard let span = embed.partSpan else { return nil }
          return context.finding(self, .error, at: span, "`\(file)` has no part `\(document.text(span))`")
        case .staleCopy(let file, _, let wasEqual):
          guard let span = embed.copy, !span.isEmpty else { return nil }
          let evidence = wasEqual ? [Evidence("at the base the copy was what the file said", path: file)] : []
          return context.finding(self, .warning, at: span, "the copy is not what `\(file)` says", evidence: evidence)
        }
      })
  }

  private func missing(_ embed: Embed, _ was: String?, _ history: LinkHistory, _ context: RuleContext) -> Finding {
    guard let was else { return context.finding(self, .error, at: embed.pathSpan, "there is no file `\(embed.path)`") }
    if let move = history.moves?.file(was) {
      return context.finding(self, .error, at: embed.pathSpan, "`\(was)` moved to `\(move.path)`", evidence: [move.evidence])
    }
    let evidence = Evidence("the base has `\(was)`, the head has not", path: was)
    return context.finding(self, .error, at: embed.pathSpan, "`\(was)` is not there any more", evidence: [evidence])
  }
}
