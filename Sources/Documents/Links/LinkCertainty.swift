// When a link that leads nowhere is certainly broken although nothing earlier is known. The question is who shows the page: a forge
// shows files as they are called; a generator has routes, aliases, fallbacks to another language, files that a build writes.

import Domain

struct LinkCertainty {
  private let index: LinkIndex
  private let document: String
  private let sites: [Site]

  init(_ index: LinkIndex, _ document: String) {
    self.index = index
    self.document = document
    sites = index.sites(of: document)
  }

  /// - Parameter plain: the path in the tree that the target would be.
  func isCertain(_ target: LinkTarget, plain: String) -> Bool {
    if index.hasUnseenSites || Self.isPart(document) || Self.isPlaceholder(target.path) || Self.isForgePage(plain) { return false }
    if isCopy(target) { return false }
    if index.isBeyond(plain) || index.isIgnored(plain) { return false }
    if isTranslation, !index.paths.files(named: PathIndex.name(of: plain)).isEmpty { return false }
    return sites.isEmpty ? isCertainOnForge(target, plain) : isCertainOnSite(target, plain)
  }

  private func isCertainOnForge(_ target: LinkTarget, _ plain: String) -> Bool {
    let ending = PageNames.fileExtension(plain).dropFirst()
    if target.form == .rooted && (!index.sites.isEmpty || !index.paths.hasFolder(String(PathIndex.folder(of: plain[...])))) { return false }
    if ending.isEmpty { return Self.usualNames.contains(String(PathIndex.name(of: plain))) && target.form == .relative }
    return Self.isExtension(ending) && !Self.built.contains(ending.lowercased())
  }

  /// Pages by their file's name are what all generators read alike; what else they serve comes from many places.
  private func isCertainOnSite(_ target: LinkTarget, _ plain: String) -> Bool {
    guard target.form == .relative, sites.allSatisfy({ Self.plainGenerators.contains($0.generator) }) else { return false }
    guard PageNames.isPage(plain) else { return false }
    return index.paths.hasFolder(String(PathIndex.folder(of: plain[...]))) || isElsewhere(plain)
  }

  /// Whether one page alone has this name, and the name says enough: the page is there, its folder has another name.
  private func isElsewhere(_ plain: String) -> Bool {
    let name = PathIndex.name(of: plain)
    let stem = name.dropLast(PageNames.fileExtension(name).count)
    return (stem.utf8.count >= 8 || stem.contains("-") || stem.contains("_")) && !PageNames.isIndex(plain)
      && index.paths.files(named: name).count == 1
  }

  /// Generators whose links between pages are paths between their files.
  private static let plainGenerators: Set<Site.Generator> = [.mkdocs, .docusaurus, .vitepress, .mdBook, .sphinx]

  private var isTranslation: Bool {
    document.split(separator: "/").dropLast().contains {
      $0 == "i18n" || $0 == "translations" || $0 == "locales" || LanguageFolder.isLanguage($0)
    }
  }

  /// Written to be copied or composed elsewhere, or shown elsewhere: its links are not counted from where it is.
  static func isPart(_ document: String) -> Bool {
    let parts = document.lowercased().split(separator: "/")
    if parts.contains(where: { part in marks.contains(where: part.contains) || part.hasSuffix(".docc") }) { return true }
    if parts.contains(where: { $0.hasPrefix("_") && $0 != "_index.md" }) { return true }
    return parts.first == ".github" && parts.count == 2 && parts[1] != "readme.md"
  }

  private static let marks = ["template", "cookiecutter", "{{", "scaffold", "partial", "snippet", "include", "fragment"]

  /// A page with the name of a folder's page whose link is right from another such page: one was copied over the other.
  private func isCopy(_ target: LinkTarget) -> Bool {
    let name = PathIndex.name(of: document)
    guard target.form == .relative, PageNames.isIndex(document) else { return false }
    if document.contains("/"), index.place(of: target.path, from: String(name)) != nil { return true }
    let others = index.paths.files(named: name)
    return others.count > Self.maximumCopies || others.contains { $0 != document && index.place(of: target.path, from: $0) != nil }
  }

  /// Among more pages of one name any link is right from some other.
  private static let maximumCopies = 100

  static func isPlaceholder(_ path: String) -> Bool {
    let text = path.lowercased()
    if text.contains("...") || text.contains("path/to") || text.contains("xxx") || text.contains("%s") { return true }
    return text.split(whereSeparator: { $0 == "/" || $0 == "." || $0 == "-" || $0 == "_" }).contains { placeholders.contains(String($0)) }
  }

  private static let placeholders: Set<String> = [
    "your", "foo", "bar", "baz", "placeholder", "url", "href", "link", "todo", "tbd", "lorem",
  ]

  /// `../../issues`: a page of the forge, as seen from a file's page.
  private static func isForgePage(_ plain: String) -> Bool {
    forgePages.contains(String(plain.prefix { $0 != "/" })) || plain.contains("/tree/") || plain.contains("/blob/")
  }

  private static let forgePages: Set<String> = [
    "issues", "pull", "pulls", "wiki", "releases", "discussions", "actions", "blob", "tree", "raw", "commit", "commits", "compare", "tags",
    "milestones", "milestone", "projects", "security", "graphs", "stargazers", "labels", "packages", "network", "settings",
    "merge_requests",
  ]

  /// Files without an extension that everybody has.
  private static let usualNames: Set<String> = [
    "LICENSE", "LICENCE", "CONTRIBUTING", "README", "CHANGELOG", "NOTICE", "AUTHORS", "CODEOWNERS", "COPYING", "SECURITY", "MAINTAINERS",
    "INSTALL", "CONTRIBUTORS", "CODE_OF_CONDUCT", "Makefile", "Dockerfile",
  ]

  /// A dot and a word: `1.2` and `v1.x` are versions.
  private static func isExtension(_ ending: Substring) -> Bool {
    guard let first = ending.utf8.first, first | 0x20 >= 97, first | 0x20 <= 122 else { return false }
    return ending.utf8.count <= 10 && ending.utf8.allSatisfy { ($0 | 0x20 >= 97 && $0 | 0x20 <= 122) || ($0 >= 48 && $0 <= 57) }
  }

  /// What builds write.
  private static let built: Set<String> = [
    "html", "htm", "js", "css", "wasm", "map", "pdf", "zip", "gz", "exe", "com", "org", "io", "net", "dev",
  ]
}
