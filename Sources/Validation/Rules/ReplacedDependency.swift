// `replaced-dependency`: a document names a package whose place another one took, in the manifests and in the imports.
//
// Names of packages are words of every kind, so the place must say that the package is meant: code type, an import, an install command, a
// link to its page. A plain word of the prose never counts.

import Documents
import Domain
import SourceCode

/// A package that the change exchanged.
struct ReplacedDependencyRule: Rule {
  let name = "replaced-dependency"
  let summary = "A document names a package that the change replaced by another one."

  func judge(_ context: RuleContext) -> RuleOutcome {
    guard let exchanges = context.analysis?.literals.dependencies, !exchanges.isEmpty, !DatedPages.contains(context.document.path) else {
      return RuleOutcome()
    }
    let places = DependencyPlaces(context.document)
    var findings: [Finding] = []
    for exchange in exchanges {
      for text in Set([exchange.old, exchange.oldModule]).sorted() {
        for span in places.occurrences(of: text) where places.means(exchange, text, at: span) {
          guard !PastTense.speaks(around: span, in: context.document, isTool: true) else { continue }
          findings.append(finding(exchange, span, context))
        }
      }
    }
    return RuleOutcome(findings: findings)
  }

  private func finding(_ exchange: DependencyExchange, _ span: Span, _ context: RuleContext) -> Finding {
    context.finding(
      self, .error, at: span, "`\(context.document.text(span))` is not a dependency any more: `\(exchange.new)` took its place",
      evidence: [
        Evidence("\(exchange.new) took the place of \(exchange.old)", path: exchange.path, line: exchange.line),
        Evidence(
          "\(exchange.newModule) is imported for what \(exchange.oldModule) was", path: exchange.importPath, line: exchange.importLine),
      ])
  }
}
