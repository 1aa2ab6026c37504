// `missing-path`: a code span or a command names a path that the base's tree had and the head's has nowhere.

import Documents
import Domain

/// A path in code type that the change moved or removed.
struct MissingPathRule: Rule {
  let name = "missing-path"
  let summary = "A code span or a command names a path that the repository had and has no more."

  func judge(_ context: RuleContext) -> RuleOutcome {
    guard let history = context.revisions?.links, context.revisions?.base != nil, history.hasLosses else { return RuleOutcome() }
    let document = context.document
    let isForDevelopers = DevelopersPage.isOne(document.path)
    var findings: [Finding] = []
    for mention in PathMention.all(in: document) {
      guard let lost = history.lostPath(mention, in: document.path) else { continue }
      let move = history.move(of: lost)
      guard isForDevelopers || PathShape.isOwn(mention.path, isMoved: move != nil) else { continue }
      guard !Self.speaksOfMove(mention, document), !Self.isCreated(mention, document) else { continue }
      let message = move.map { "`\(lost.path)` moved to `\($0.path)`" } ?? "`\(lost.path)` is not in the repository any more"
      let evidence = move.map { $0.evidence } ?? Evidence("the base has `\(lost.path)`, the head has not", path: lost.path)
      findings.append(context.finding(self, move == nil ? .warning : .error, at: mention.span, message, evidence: [evidence]))
    }
    return RuleOutcome(findings: findings)
  }

  /// Whether the text tells that the path moved.
  private static func speaksOfMove(_ mention: PathMention, _ document: Document) -> Bool {
    if PastTense.speaks(around: mention.span, in: document) { return true }
    let line = document.text(document.lines.span(ofLine: document.lines.lineNumber(of: mention.span.start))).lowercased()
    return line.contains("moved ") || line.contains("removed")
  }

  /// Whether the line that has a path makes it: `mkdir -p a/b`, `> a/b.txt`.
  private static func isCreated(_ mention: PathMention, _ document: Document) -> Bool {
    let line = document.text(document.lines.span(ofLine: document.lines.lineNumber(of: mention.span.start)))
    return mention.isCommand
      && ["mkdir ", "touch ", "> ", "git clone", "cp ", "mv ", "-o ", "--output", "tee "].contains { line.contains($0) }
  }
}

/// Pages for those who work on the repository itself: there a path is one of the repository's.
private enum DevelopersPage {
  static func isOne(_ path: String) -> Bool {
    let words = path.lowercased().split { !$0.isLetter }
    return words.contains { names.contains(String($0)) }
  }

  private static let names: Set<String> = [
    "contributing", "contribute", "contributors", "development", "developing", "developers", "developer", "hacking", "architecture",
    "internals", "building", "maintaining", "maintainers", "releasing", "agents", "claude", "copilot", "github",
  ]
}

/// Whether a path says by itself that it is the repository's, and not the reader's.
private enum PathShape {
  static func isOwn(_ path: String, isMoved: Bool) -> Bool {
    let parts = path.split(separator: "/")
    guard parts.count > 1 else { return false }
    let telling = parts.count { part in
      let stem = part.lowercased().drop { $0 == "." }.prefix { $0 != "." }
      return !usual.contains(String(stem))
    }
    return telling >= (isMoved ? 1 : 2)
  }

  /// Names that every project has.
  private static let usual: Set<String> = [
    "src", "lib", "app", "apps", "test", "tests", "spec", "docs", "doc", "config", "configs", "bin", "dist", "build", "pages", "components",
    "public", "static", "assets", "index", "main", "mod", "utils", "util", "helpers", "package", "packages", "examples", "example",
    "scripts",
    "script", "server", "client", "api", "models", "views", "controllers", "routes", "styles", "images", "img", "data", "target", "out",
    "vendor", "node_modules", "tmp", "settings", "setup", "readme", "license", "dockerfile", "makefile", "cmd", "internal", "pkg", "java",
    "kotlin", "resources", "com", "org", "module", "modules", "hello", "world", "github", "workflows", "ci", "release", "tsconfig", "user",
    "users", "types", "core", "common", "include", "templates", "content", "posts", "blog", "plugins", "tools", "init", "__init__",
  ]
}
