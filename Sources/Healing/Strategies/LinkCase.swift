// `link-case`: a link differs from the file's name in letter case; it takes the file's.

import Documents
import Domain

/// Answers `link-case` with the file's own spelling.
public struct LinkCaseStrategy: Strategy {
  public let name = "link-case"
  public let rules: Set<String> = ["link-case"]

  public init() {}

  public func fixes(for finding: Finding, in context: HealingContext) -> [Fix] {
    guard let history = context.revisions?.links, context.text(finding.span) == finding.text, let target = LinkTarget(finding.text),
      case .otherCase(_, let actual) = history.verdict(target, in: context.path)
    else { return [] }
    let place = LinkPlace(root: target.form == .rooted ? .tree : .folder, form: .file, path: actual)
    guard var path = history.rewritten(target, place, to: actual, in: context.path) else { return [] }
    if target.path.hasSuffix("/") && !path.hasSuffix("/") { path += "/" }
    let move = Move(path: actual, confidence: 0.97, evidence: Evidence("the tree has `\(actual)`", path: actual))
    return MovedFileStrategy.fix(name, finding, target.pathSpan, path, move, context).map { [$0] } ?? []
  }
}
