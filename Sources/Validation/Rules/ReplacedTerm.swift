// `replaced-term`: a document writes a word with the hyphen that the change took out of it nearly everywhere in the code.
//
// It is a matter of spelling, so it needs much: many replacements in many files, and hardly any place left behind.

import Documents
import Domain
import SourceCode

/// A spelling that the code has given up.
struct ReplacedTermRule: Rule {
  let name = "replaced-term"
  let summary = "A document spells a term in a way that the change replaced nearly everywhere in the code."

  func judge(_ context: RuleContext) -> RuleOutcome {
    guard let terms = context.analysis?.literals.terms, !terms.isEmpty, !DatedPages.contains(context.document.path) else {
      return RuleOutcome()
    }
    let document = context.document
    let places = LiteralPlaces(document)
    var findings: [Finding] = []
    for word in HyphenatedWords.find(in: document.bytes) {
      let text = document.text(word)
      guard let term = terms.first(where: { $0.joined(text) != nil }), let joined = term.joined(text) else { continue }
      if case .target = places.place(of: word) { continue }
      findings.append(
        context.finding(
          self, .warning, at: word, "the code writes `\(joined)` now, not `\(text)`",
          evidence: [Evidence("\(term.count) places in at least \(term.files) files lost the hyphen", path: term.path, line: term.line)]))
    }
    return RuleOutcome(findings: findings)
  }
}
