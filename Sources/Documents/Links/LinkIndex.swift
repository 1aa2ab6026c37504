// Where links lead in one tree.
//
// A target can be counted from several places: from the document's folder, from the root of the repository (forges do), from the
// folder that the page's URL is, and from the routes of the sites that generators make of the tree. It can name a file as it is
// called, or a page by its route (`guide`, `guide/`, `guide.html` for `guide.md`). All readings are tried, the most usual first; a
// link that has no reading at all leads nowhere (`LinkHistory` says when that is certain).

import Domain
import Synchronization

/// Links of one tree: its sites, and where targets lead. What was computed is kept; use it from any thread.
public final class LinkIndex: Sendable {
  public let paths: PathIndex
  private let checkout: any Checkout
  /// Symbolic links and submodules.
  private let detours: [String: TreeEntry]
  private let kept = Mutex(Kept())

  private struct Kept {
    var sites: (sites: [Site], isCut: Bool)?
    var identity: RepositoryIdentity?
    var ignored: IgnoredPaths?
    var anchors: [String: Anchors?] = [:]
    var mounts: [String: [Mount]] = [:]
    var pagedFolders: [String: Bool] = [:]
    var snippetFiles: [String: [String]]?
    var orderedPages: [String: String]?
  }

  init(_ checkout: any Checkout, _ paths: PathIndex) {
    self.checkout = checkout
    self.paths = paths
    let found = checkout.entries.filter { $0.kind == .symlink || $0.kind == .submodule }
    detours = Dictionary(found.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
  }

  // MARK: What the tree is made into

  /// The sites that generators make of the tree.
  public var sites: [Site] { foundSites.sites }

  /// Whether there may be sites that were not looked at.
  var hasUnseenSites: Bool { foundSites.isCut }

  private var foundSites: (sites: [Site], isCut: Bool) {
    kept.withLock { kept in
      if let known = kept.sites { return known }
      let found = SiteFinder.sites(in: paths, read: read)
      kept.sites = found
      return found
    }
  }

  /// Whose repository it says to be.
  public var identity: RepositoryIdentity {
    let sites = sites
    return kept.withLock { kept in
      if let known = kept.identity { return known }
      let found = RepositoryIdentity(paths: paths, sites: sites, read: read)
      kept.identity = found
      return found
    }
  }

  /// Whether `.gitignore` keeps a path out of the repository: builds write it.
  public func isIgnored(_ path: String) -> Bool {
    kept.withLock { kept in
      let known = kept.ignored ?? IgnoredPaths(paths: paths, read: read)
      kept.ignored = known
      return known.contains(path)
    }
  }

  /// The sites of which a document is a page.
  public func sites(of document: String) -> [Site] { sites.filter { $0.contains(document) } }

  /// Whether a generator makes a page of the document.
  func isPaged(_ document: String) -> Bool {
    let folder = String(PathIndex.folder(of: document[...]))
    if let known = kept.withLock({ $0.pagedFolders[folder] }) { return known }
    let isPaged = !sites(of: document).isEmpty
    kept.withLock { $0.pagedFolders[folder] = isPaged }
    return isPaged
  }

  /// The anchors of a document of the tree, computed once.
  func anchors(of document: String, _ load: () -> Document?) -> Anchors? {
    if let known = kept.withLock({ $0.anchors[document] }) { return known }
    let made = load().map(Anchors.init)
    kept.withLock { $0.anchors[document] = .some(made) }
    return made
  }

  private func read(_ path: String) -> [UInt8]? {
    guard let entry = checkout.entry(at: path), entry.kind == .file || entry.kind == .executable, entry.size <= 1 << 20 else { return nil }
    return try? checkout.read(entry, limit: 1 << 20)
  }

  /// The files that mark a region with a name, as MarkdownSnippets does. The tree is searched once, when the first name is asked for.
  func snippetFiles(named name: String, _ bytes: (String) -> [UInt8]?) -> [String] {
    if let known = kept.withLock({ $0.snippetFiles }) { return known[name] ?? [] }
    let found = SnippetMarks.files(in: paths.files, bytes)
    kept.withLock { $0.snippetFiles = found }
    return found[name] ?? []
  }

  // MARK: Places

  /// Where the path of a relative or rooted link leads: the first reading that leads somewhere; nil when none does.
  public func place(of path: String, from document: String) -> LinkPlace? {
    if path.hasPrefix("/") {
      for mount in mounts(for: document) {
        if let place = place(of: path, .mount(mount), document) { return place }
      }
      return place(of: path, .tree, document)
    }
    return place(of: path, .folder, document) ?? (isPaged(document) ? place(of: path, .page, document) : nil)
  }

  /// Whether a file or folder is at a path of the tree, symbolic links followed.
  public func exists(_ path: String) -> Bool {
    if paths.hasFile(path) || paths.hasFolder(path) { return true }
    guard let other = followed(path) else { return false }
    return paths.hasFile(other) || paths.hasFolder(other)
  }

  /// Every mount there is: those of the document's own sites first.
  public func mounts(for document: String) -> [Mount] {
    let folder = String(PathIndex.folder(of: document[...]))
    if let known = kept.withLock({ $0.mounts[folder] }) { return known }
    let own = sites(of: document)
    var mounts: [Mount] = []
    for site in own + sites.filter({ !own.contains($0) }) {
      mounts += site.pages + site.assets + site.pages.compactMap { LanguageFolder.mount(of: document, in: $0) }
    }
    var seen: Set<Mount> = []
    let unique = mounts.filter { seen.insert($0).inserted }
    kept.withLock { $0.mounts[folder] = unique }
    return unique
  }

  private func place(of path: String, _ root: LinkPlace.Root, _ document: String) -> LinkPlace? {
    guard let plain = Self.plain(path, root, document) else { return nil }
    if let found = file(plain) { return LinkPlace(root: root, form: .file, path: found) }
    if let page = page(plain) { return LinkPlace(root: root, form: .page, path: page) }
    if case .mount = root, let page = orderedPage(plain) { return LinkPlace(root: root, form: .ordered, path: page) }
    if plain.hasSuffix(".html"), let page = htmlPage(plain) { return LinkPlace(root: root, form: .html, path: page) }
    guard let folder = folder(plain) else { return nil }
    if root != .tree, isPaged(document), let index = index(of: folder) { return LinkPlace(root: root, form: .index, path: index) }
    return LinkPlace(root: root, form: .folder, path: folder)
  }

  /// The path in the tree that a root and a link's path make; nil when it leaves the tree.
  static func plain(_ path: String, _ root: LinkPlace.Root, _ document: String) -> String? {
    switch root {
    case .folder: return PathIndex.resolve(path, from: PathIndex.folder(of: document[...]))
    case .page: return PathIndex.resolve(path, from: document.dropLast(PageNames.fileExtension(document).count))
    case .tree: return PathIndex.resolve(path, from: "")
    case .mount(let mount):
      var rest = path.drop { $0 == "/" }
      if !mount.route.isEmpty {
        guard String(rest).isInside(mount.route) else { return nil }
        rest = rest.dropFirst(mount.route.count + 1)
      }
      return PathIndex.resolve(rest, from: mount.folder)
    }
  }

  private func file(_ path: String) -> String? {
    if paths.hasFile(path) { return path }
    return followed(path).flatMap { paths.hasFile($0) ? $0 : nil }
  }

  private func folder(_ path: String) -> String? {
    if paths.hasFolder(path) { return path }
    return followed(path).flatMap { paths.hasFolder($0) ? $0 : nil }
  }

  private func page(_ path: String) -> String? {
    guard !path.isEmpty else { return nil }
    for ending in PageNames.extensions where paths.hasFile(path + ending) { return path + ending }
    return nil
  }

  /// The page of a route in whose path the numbers that order pages are left out.
  private func orderedPage(_ route: String) -> String? {
    let pages = sites.flatMap(\.pages)
    return kept.withLock { kept in
      if kept.orderedPages == nil {
        var found: [String: String] = [:]
        for path in paths.files where PageNames.isPage(path) && pages.contains(where: { path.isInside($0.folder) }) {
          let plain = path.dropLast(PageNames.fileExtension(path).count)
          let ordered = PageNames.withoutOrder(plain)
          if ordered != plain { found[ordered] = path }
        }
        kept.orderedPages = found
      }
      return kept.orderedPages?[route]
    }
  }

  private func htmlPage(_ path: String) -> String? {
    if let page = page(String(path.dropLast(5))) { return page }
    guard path.hasSuffix("/index.html") else { return nil }
    let folder = String(path.dropLast(11))
    return page(folder) ?? index(of: folder)
  }

  private func index(of folder: String) -> String? {
    for name in PageNames.index {
      let path = folder.isEmpty ? name : folder + "/" + name
      if paths.hasFile(path) { return path }
    }
    return nil
  }

  // MARK: Symbolic links and submodules

  private static let maximumHops = 8

  /// The path with the symbolic links on it followed; nil when none is, or it leaves the tree.
  private func followed(_ path: String) -> String? {
    guard !detours.isEmpty, var link = detour(on: path), link.kind == .symlink else { return nil }
    var current = path
    for _ in 0..<Self.maximumHops {
      guard let target = try? checkout.read(link, limit: 4096) else { return nil }
      let text = String(decoding: target, as: UTF8.self)
      guard !text.hasPrefix("/"), let base = PathIndex.resolve(text, from: PathIndex.folder(of: link.path[...])) else { return nil }
      let rest = current.dropFirst(link.path.count)
      current = base.isEmpty ? String(rest.dropFirst()) : base + rest
      guard let next = detour(on: current) else { return current }
      guard next.kind == .symlink else { return nil }
      link = next
    }
    return nil
  }

  /// Whether a path is behind a submodule, or a symbolic link that leaves the tree: what is there is not known.
  public func isBeyond(_ path: String) -> Bool {
    guard !detours.isEmpty, let entry = detour(on: path) else { return false }
    return entry.kind == .submodule || followed(path) == nil
  }

  /// The first symbolic link or submodule on the way to a path.
  private func detour(on path: String) -> TreeEntry? {
    var end = path.startIndex
    while end < path.endIndex {
      end = path[end...].dropFirst().firstIndex(of: "/") ?? path.endIndex
      if let entry = detours[String(path[..<end])] { return entry }
    }
    return nil
  }
}

/// Folders of translations: `docs/en`, `docs/pt-BR`.
enum LanguageFolder {
  /// The folder of the document's language under a mount, at the same route: routes leave the reader's language out.
  static func mount(of document: String, in mount: Mount) -> Mount? {
    guard document.isInside(mount.folder) else { return nil }
    let rest = mount.folder.isEmpty ? document[...] : document.dropFirst(mount.folder.count + 1)
    guard let slash = rest.firstIndex(of: "/"), isLanguage(rest[..<slash]) else { return nil }
    return Mount(route: mount.route, folder: (mount.folder.isEmpty ? "" : mount.folder + "/") + rest[..<slash])
  }

  /// `en`, `zh-CN`, `pt_br`.
  static func isLanguage(_ name: Substring) -> Bool {
    let parts = name.split(whereSeparator: { $0 == "-" || $0 == "_" })
    guard let first = parts.first, first.utf8.count == 2, parts.count <= 2, first.utf8.allSatisfy({ $0 | 0x20 >= 97 && $0 | 0x20 <= 122 })
    else { return false }
    return parts.count == 1 ? languages.contains(first.lowercased()) : parts[1].utf8.count <= 4
  }

  /// Those into which documentation is translated; `go`, `js` and `ci` are no languages here.
  private static let languages: Set<String> = [
    "ar", "bn", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "he", "hi", "hu", "id", "it", "ja", "ko", "nl", "no", "pl", "pt",
    "ro", "ru", "sv", "th", "tr", "uk", "vi", "zh", "cn",
  ]
}
