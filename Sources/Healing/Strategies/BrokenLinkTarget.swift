// `broken-link-target`: a link leads nowhere, and exactly one file of the tree can be meant: it has the link's file name.

import Documents
import Domain

/// Answers broken relative links that have one right target.
public struct BrokenLinkTargetStrategy: Strategy {
  public let name = "broken-link-target"
  public let rules: Set<String> = ["broken-link", "broken-image"]

  public init() {}

  public func fixes(for finding: Finding, in context: HealingContext) -> [Fix] {
    guard let history = context.revisions?.links, context.text(finding.span) == finding.text, let target = LinkTarget(finding.text),
      target.form == .relative, case .missing(let path, let was) = history.verdict(target, in: context.path)
    else { return [] }
    if let was, MovedFileStrategy.move(of: was, history) != nil { return [] }
    guard let found = Self.onlyFile(named: path, from: context.path, history.head.paths), Self.isMeant(found, by: target) else { return [] }
    let place = LinkPlace(root: .folder, form: .file, path: path)
    guard let written = history.rewritten(target, place, to: found, in: context.path) else { return [] }
    let move = Move(path: found, confidence: 0.85, evidence: Evidence("`\(found)` is the only file of that name", path: found))
    return MovedFileStrategy.fix(name, finding, target.pathSpan, written, move, context).map { [$0] } ?? []
  }

  /// The file with the last component of `path`, if there is one alone, and its name says enough: a `README.md` is anybody's.
  private static func onlyFile(named path: String, from document: String, _ paths: PathIndex) -> String? {
    let name = PathIndex.name(of: path)
    let stem = name.prefix { $0 != "." }.lowercased()
    guard !commonNames.contains(stem) else { return nil }
    let found = paths.files(named: name)
    guard found.count == 1, let only = found.first, only != document else { return nil }
    return only
  }

  /// A page is known by its name wherever it stands; a file of data or code only in a folder of the name that the link says.
  private static func isMeant(_ found: String, by target: LinkTarget) -> Bool {
    let named = target.path.split(separator: "/").dropLast().filter { $0 != "." && $0 != ".." }
    guard let folder = named.last, !pages.contains(where: found.hasSuffix) else { return true }
    return PathIndex.name(of: String(PathIndex.folder(of: found[...]))) == folder
  }

  private static let pages = [".md", ".mdx", ".rst", ".adoc", ".markdown"]

  private static let commonNames: Set<String> = ["readme", "index", "_index", "main", "mod", "lib", "config", "package", "example", ""]
}
