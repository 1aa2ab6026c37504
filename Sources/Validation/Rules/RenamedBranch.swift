// `renamed-branch`: a document leads to a branch of the repository that has another name now.
//
// Branches of other repositories have the same names, so only addresses of the repository itself count, and sentences about "the
// `master` branch" on lines that name no other repository.

import Documents
import Domain
import SourceCode

/// A branch that the repository's pipelines do not know any more.
struct RenamedBranchRule: Rule {
  let name = "renamed-branch"
  let summary = "A document leads to a branch of the repository that has another name now."

  func judge(_ context: RuleContext) -> RuleOutcome {
    guard let rename = context.analysis?.literals.branch, !DatedPages.contains(context.document.path) else { return RuleOutcome() }
    let places = LiteralPlaces(context.document)
    var findings: [Finding] = []
    for occurrence in LiteralAnalysis.occurrences(of: rename.old, in: context.document.bytes) {
      let span = Span(occurrence)
      guard isMeant(rename, at: span, context.document, places), !PastTense.speaks(around: span, in: context.document) else { continue }
      findings.append(
        context.finding(
          self, .error, at: span, "the branch `\(rename.old)` is `\(rename.new)` now",
          evidence: [Evidence("\(rename.new) took the place of \(rename.old)", path: rename.path, line: rename.line)]))
    }
    return RuleOutcome(findings: findings)
  }

  private func isMeant(_ rename: BranchRename, at span: Span, _ document: Document, _ places: LiteralPlaces) -> Bool {
    if let address = DependencyPlaces.address(around: span, in: document) {
      return rename.repositories.contains { isOwn(address.text.lowercased(), before: address.offset, of: $0) }
    }
    let around = LiteralSurroundings(document: document, span: span)
    let near = around.vicinity
    let line = document.text(near)
    guard !LiteralAnalysis.stands(rename.new, in: Array(line.utf8)), isOwnBusiness(line, rename) else { return false }
    let before = document.text(Span(near.start, span.start)).lowercased()
    let after = document.text(Span(span.end, near.end)).lowercased()
    switch places.place(of: span) {
    case .codeSpan(let code):
      guard code == span else { return false }
      return after.drop { $0 == "`" }.hasPrefix(" branch") || before.reversed().drop { $0 == "`" }.starts(with: " hcnarb")
    case .text: return before.hasSuffix(" the ") && (after.hasPrefix(" branch ") || after.hasPrefix(" branch."))
    case .sample, .target: return false
    }
  }

  /// Nothing on the line leads to another repository.
  private func isOwnBusiness(_ line: String, _ rename: BranchRename) -> Bool {
    guard line.contains("://") else { return true }
    return line.ranges(of: "://").count == rename.repositories.reduce(0) { $0 + line.lowercased().ranges(of: "/" + $1 + "/").count }
  }

  /// Whether the address is about the repository and the name at `offset` is what a branch stands behind.
  private func isOwn(_ address: String, before offset: Int, of repository: String) -> Bool {
    let start = String(decoding: address.utf8.prefix(offset), as: UTF8.self)
    guard let place = start.ranges(of: "/" + repository + "/").first ?? start.ranges(of: "/" + repository + ".svg").first else {
      return false
    }
    let rest = String(start[place.upperBound...])
    if start.hasPrefix("https://raw.githubusercontent.com/"), rest.isEmpty { return true }
    if ["blob/", "tree/", "raw/", "edit/", "commits/", "branch/", "-/blob/", "-/tree/", "-/raw/"].contains(rest) { return true }
    return ["?branch=", "&branch=", "branch:"].contains { rest.hasSuffix($0) }
  }
}
