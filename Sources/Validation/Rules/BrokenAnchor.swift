// `broken-anchor`: a link names a place of a page that the page does not have.

import Documents
import Domain

/// A link whose fragment is no heading and no id of the page that it leads to.
struct BrokenAnchorRule: Rule {
  let name = "broken-anchor"
  let summary = "A link names a heading or a place that the page does not have."

  func judge(_ context: RuleContext) -> RuleOutcome {
    guard let history = context.revisions?.links else { return RuleOutcome() }
    let links = LinkFindings.links(of: context.document, kinds: [.link]).filter { $0.target.fragment != nil }
    var anchors: Anchors?
    func own() -> Anchors {
      let made = anchors ?? history.anchors(of: context.document)
      anchors = made
      return made
    }
    return RuleOutcome(
      findings: links.compactMap { link in
        let verdict = history.anchorVerdict(link.target, in: context.document.path, own: own) {
          context.links.verdict($0, in: context.document, history)
        }
        guard case .missing(let page, let was) = verdict else { return nil }
        let place = page == context.document.path ? "this page" : "`\(page)`"
        let anchor = link.target.fragment ?? ""
        let evidence = was.map { [Evidence("the base's page had `#\(anchor)`", path: $0)] } ?? []
        let message = was == nil ? "\(place) has no place `#\(anchor)`" : "\(place) has no place `#\(anchor)` any more"
        return context.finding(self, .error, at: link.span, message, evidence: evidence)
      })
  }
}
