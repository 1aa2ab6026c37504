// What is wrong with a link, seen from both sides of a change.
//
// A link that led somewhere at the base and leads nowhere at the head was broken by the change: that is certain in every form a link
// can have. A link that leads nowhere and never did is called missing only where no generator, build, forge or reader's browser could
// know a place for it; everywhere else it is unknown, and nothing is said.

import Domain
import Synchronization

/// What a link is.
public enum LinkVerdict: Sendable, Hashable {
  case sound(LinkPlace)
  case unknown
  /// Leads nowhere. `was`: where it led at the base.
  case missing(path: String, was: LinkPlace?)
  /// Leads somewhere only where letter case does not count.
  case otherCase(path: String, actual: String)
}

/// What the fragment of a link is.
public enum AnchorVerdict: Sendable, Hashable {
  case sound, unknown
  /// The page has no such place. `was`: the page's path at the base, if it had it there.
  case missing(page: String, was: String?)
}

/// Links of both sides of a change; use it from any thread.
public final class LinkHistory: Sendable {
  public let head: LinkIndex
  public let base: LinkIndex?
  let headRevision: Revision
  let baseRevision: Revision?
  private let files: [FileChange]
  private let lines: CommonLines
  private let kept = Mutex(Kept())
  private let pagesByFolder = Mutex<[Substring: [String]]?>(nil)

  private struct Kept {
    var moves: Moves?
    var movedSites: [String: Bool] = [:]
    var capitals: [String: Set<UInt64>?] = [:]
  }

  init(head: Revision, base: Revision?, files: [FileChange]) {
    headRevision = head
    baseRevision = base
    self.head = head.links
    self.base = base?.links
    self.files = files
    lines = CommonLines(head: headRevision, base: baseRevision)
  }

  /// What the change moved; nothing without a base.
  public var moves: Moves? {
    guard let base else { return nil }
    return kept.withLock { kept in
      if let known = kept.moves { return known }
      let made = Moves(files, base: base.paths, head: head.paths) { [lines] in lines.share(of: $0, in: $1) }
      kept.moves = made
      return made
    }
  }

  /// Whether the change took a path away.
  public var hasLosses: Bool {
    files.contains { file in
      if case .added = file.kind { return false }
      return file.kind != .modified
    }
  }

  /// What a document of the head was called at the base, whether it was there or not.
  public func oldPath(of document: String) -> String { moves?.oldPath(of: document) ?? document }

  // MARK: Paths

  /// What a link of a document of the head is.
  public func verdict(_ target: LinkTarget, in document: String) -> LinkVerdict {
    switch target.form {
    case .fragment: return .unknown
    case .url: return urlVerdict(target, in: document)
    case .relative, .rooted:
      guard !target.path.isEmpty, target.path != "/" else { return .unknown }
      if let place = head.place(of: target.path, from: document) { return .sound(place) }
      let old = oldPath(of: document)
      if let was = base?.place(of: target.path, from: old) ?? (old == document ? nil : base?.place(of: target.path, from: document)) {
        return lost(target, in: document, was)
      }
      return neverThere(target, in: document)
    }
  }

  private func lost(_ target: LinkTarget, in document: String, _ was: LinkPlace) -> LinkVerdict {
    let plain = LinkIndex.plain(target.path, was.root, document) ?? was.path
    if head.isIgnored(plain) || head.isBeyond(plain) { return .unknown }
    return isKept(target.path, was) ? .unknown : .missing(path: plain, was: was)
  }

  private func neverThere(_ target: LinkTarget, in document: String) -> LinkVerdict {
    let root: LinkPlace.Root = target.form == .rooted ? .tree : .folder
    guard let plain = LinkIndex.plain(target.path, root, document), !plain.isEmpty else { return .unknown }
    guard LinkCertainty(head, document).isCertain(target, plain: plain) else { return .unknown }
    if let actual = head.paths.spellings(of: plain).first, head.paths.spellings(of: plain).count == 1 {
      return .otherCase(path: plain, actual: actual)
    }
    return .missing(path: plain, was: nil)
  }

  /// URLs of the repository's own files on its forge, and of its own site's pages.
  private func urlVerdict(_ target: LinkTarget, in document: String) -> LinkVerdict {
    if let url = ForgeURL(target) ?? ForgeURL(workflow: target) {
      guard isOwn(url), url.isCurrent else { return .unknown }
      if head.exists(url.path) { return .sound(LinkPlace(root: .tree, form: .file, path: url.path)) }
      guard let base, base.exists(url.path) else { return .unknown }
      return .missing(path: url.path, was: LinkPlace(root: .tree, form: base.paths.hasFolder(url.path) ? .folder : .file, path: url.path))
    }
    guard let base, let (_, route) = base.identity.route(of: target) ?? head.identity.route(of: target), route.utf8.count > 1 else {
      return .unknown
    }
    if let place = Self.page(route, in: head) { return .sound(place) }
    guard let was = Self.page(route, in: base), !isKept(route, was) else { return .unknown }
    return .missing(path: route, was: was)
  }

  /// Whether a page that moved keeps its old route: its settings name a route of its own, and its file's path says nothing.
  private func isKept(_ route: String, _ was: LinkPlace) -> Bool {
    guard let new = moves?.file(was.path)?.path else { return false }
    if wentWithItsSite(was, new) { return true }
    guard was.form != .file, was.form != .folder, let page = headRevision.document(at: new) else { return false }
    guard let settings = page.frontMatter.map({ page.text($0) }) else { return false }
    let keys = ["permalink", "slug", "url", "aliases", "redirect_from", "redirects", "path"]
    return settings.split(separator: "\n").contains { line in keys.contains { line.hasPrefix($0 + ":") || line.hasPrefix($0 + " =") } }
  }

  /// Whether the folder that a site serves moved as a whole: its routes are what they were, wherever the settings say so.
  private func wentWithItsSite(_ was: LinkPlace, _ new: String) -> Bool {
    guard let base, case .mount(let mount) = was.root else { return false }
    let rest = mount.folder.isEmpty ? was.path[...] : was.path.dropFirst(mount.folder.count + 1)
    guard new.hasSuffix("/" + rest) else { return false }
    let folder = String(new.dropLast(rest.count + 1))
    let key = mount.folder + "\n" + folder
    if let known = kept.withLock({ $0.movedSites[key] }) { return known }
    let pages = base.paths.files.filter { PageNames.isPage($0) && $0.isInside(mount.folder) }
    let went = pages.count { page in
      let rest = mount.folder.isEmpty ? page[...] : page.dropFirst(mount.folder.count + 1)
      return !head.paths.hasFile(page) && head.paths.hasFile(folder + "/" + rest)
    }
    let isWhole = pages.count > 1 && went * 5 >= pages.count * 4
    kept.withLock { $0.movedSites[key] = isWhole }
    return isWhole
  }

  /// The page that a site shows at a route.
  private static func page(_ route: String, in index: LinkIndex) -> LinkPlace? {
    for mount in index.sites.flatMap({ $0.pages + $0.assets }) {
      let document = mount.folder.isEmpty ? "index.md" : mount.folder + "/index.md"
      if let place = index.place(of: route, from: document), place.form != .folder, place.root != .tree { return place }
    }
    return nil
  }

  /// Whether a URL is of this repository.
  public func isOwn(_ url: ForgeURL) -> Bool {
    head.identity.repositories.contains(url.repository) || base?.identity.repositories.contains(url.repository) == true
  }

  /// A link to another path in the form that this one has, or nil when that form cannot say it. What it would mean is checked.
  public func rewritten(_ target: LinkTarget, _ was: LinkPlace, to path: String, in document: String) -> String? {
    if target.form == .url { return rewrittenURL(target, was, to: path) }
    let old = String(decoding: Array(target.text.utf8)[target.pathSpan.range], as: UTF8.self)
    guard let text = was.written(to: path, from: document, like: old, mounts: head.mounts(for: document)) else { return nil }
    let place = head.place(of: PercentEncoding.decoded(text.utf8), from: document)
    return place?.path == path || place.map { PageNames.isIndex($0.path) && PathIndex.folder(of: $0.path[...]) == path } == true
      ? text : nil
  }

  private func rewrittenURL(_ target: LinkTarget, _ was: LinkPlace, to path: String) -> String? {
    let bytes = Array(target.text.utf8)
    if let url = ForgeURL(target) {
      return String(decoding: bytes[..<url.pathSpan.start], as: UTF8.self) + PercentEncoding.encoded(path)
        + String(decoding: bytes[url.pathSpan.end..<target.pathSpan.end], as: UTF8.self)
    }
    if let url = ForgeURL(workflow: target) {
      guard path.hasPrefix(".github/workflows/") else { return nil }
      return String(decoding: bytes[..<url.pathSpan.start], as: UTF8.self) + PathIndex.name(of: path)
        + String(decoding: bytes[url.pathSpan.end..<target.pathSpan.end], as: UTF8.self)
    }
    guard let (_, route) = base?.identity.route(of: target) ?? head.identity.route(of: target) else { return nil }
    guard let text = was.written(to: path, from: path, like: route, mounts: head.mounts(for: path)) else { return nil }
    guard Self.page(text, in: head)?.path == path else { return nil }
    return target.path.dropLast(route.count) + text
  }

  // MARK: Anchors

  /// What the fragment of a link is.
  /// - Parameters:
  ///   - own: the anchors of the document that has the link.
  ///   - verdict: what the link itself is, where that is known already.
  public func anchorVerdict(
    _ target: LinkTarget, in document: String, own: () -> Anchors, verdict: ((LinkTarget) -> LinkVerdict)? = nil
  ) -> AnchorVerdict {
    guard let fragment = target.fragment, FragmentShape.isPlace(fragment) else { return .unknown }
    guard let page = page(of: target, in: document, verdict) else { return .unknown }
    guard let anchors = page == document ? own() : self.anchors(of: page, headRevision) else { return .unknown }
    if anchors.has(fragment) { return .sound }
    if let old = oldPage(of: target, page, document), let before = baseRevision.flatMap({ self.anchors(of: old, $0) }), before.has(fragment)
    {
      return .missing(page: page, was: old)
    }
    guard !anchors.mayHave(fragment), isCertainPage(page), isCertainPage(document), !isPlaceholder(page) else { return .unknown }
    guard target.form != .fragment || !isSaidBeside(page, fragment) else { return .unknown }
    guard anchors.isWhole || head.isPaged(page), target.form != .fragment || !hasSibling(of: page, with: fragment) else { return .unknown }
    return .missing(page: page, was: nil)
  }

  /// What became of the place that a link names, best first.
  public func renamedAnchors(_ target: LinkTarget, in document: String) -> [RenamedAnchor] {
    guard let fragment = target.fragment, let page = page(of: target, in: document), let old = oldPage(of: target, page, document),
      let before = baseRevision?.document(at: old), let after = headRevision.document(at: page)
    else { return [] }
    return HeadingMoves(from: before, to: after).renames(of: fragment, rule: SlugRule(head.sites(of: page).first?.generator))
  }

  /// The only heading of the page that a fragment can mean although it is written otherwise; nil when there is none, or two.
  public func likelyAnchor(_ target: LinkTarget, in document: String) -> RenamedAnchor? {
    guard let fragment = target.fragment, let page = page(of: target, in: document), let anchors = anchors(of: page, headRevision) else {
      return nil
    }
    return anchors.likely(fragment, rule: SlugRule(head.sites(of: page).first?.generator)).map { anchor, isSame in
      RenamedAnchor(
        document: page, anchor: anchor, confidence: isSame ? 0.93 : 0.75,
        evidence: Evidence("`#\(anchor)` is the only heading of the page with these words", path: page))
    }
  }

  /// Whether a page has neither titles nor text: what is shown in its place is made elsewhere.
  private func isPlaceholder(_ page: String) -> Bool {
    guard let document = headRevision.document(at: page) else { return false }
    return document.headings.isEmpty && !document.blocks.contains { $0.kind == .paragraph || $0.kind == .listItem || $0.kind == .tableCell }
  }

  /// Whether a page beside this one has the name of the place somewhere in its text: chapters of one book refer to each other as if
  /// they were one page. Capitals are asked for, because words of titles stand everywhere.
  private func isSaidBeside(_ page: String, _ fragment: String) -> Bool {
    guard fragment.utf8.contains(where: { $0 >= 65 && $0 <= 90 }) else { return false }
    let folder = String(PathIndex.folder(of: page[...]))
    return kept.withLock { kept in
      if kept.capitals[folder] == nil { kept.capitals[folder] = .some(sharedWords(in: folder)) }
      guard let said = kept.capitals[folder] ?? nil else { return true }
      return said.contains(identity(of: fragment.utf8))
    }
  }

  /// Words with capitals that two pages of a folder have, as hashes. The page that links has the word in its link, so a word of two is
  /// one of another page; a folder is read once, however many of its links ask. Nil when there are more pages than are looked into:
  /// what they say is not known.
  private func sharedWords(in folder: String) -> Set<UInt64>? {
    let pages = pages(in: folder)
    guard pages.count <= Self.maximumBeside else { return nil }
    var (seen, shared): (Set<UInt64>, Set<UInt64>) = ([], [])
    for path in pages {
      guard let bytes = headRevision.bytes(at: path) else { continue }
      var words: Set<UInt64> = []
      for word in bytes.split(whereSeparator: { !Self.isPart($0) })
      where word.count <= 200 && word.contains(where: { $0 >= 65 && $0 <= 90 }) {
        words.insert(identity(of: word))
      }
      shared.formUnion(words.intersection(seen))
      seen.formUnion(words)
    }
    return shared
  }

  private func identity(of word: some Sequence<UInt8>) -> UInt64 {
    var hash = StableHash()
    hash.add(Array(word))
    return hash.value
  }

  private static func isPart(_ byte: UInt8) -> Bool {
    byte >= 0x80 || (byte | 0x20 >= 97 && byte | 0x20 <= 122) || (byte >= 48 && byte <= 57) || byte == 45 || byte == 95 || byte == 46
  }

  /// Pages of a folder that are looked into.
  private static let maximumBeside = 300

  /// The document that a link with a fragment leads to.
  private func page(of target: LinkTarget, in document: String, _ known: ((LinkTarget) -> LinkVerdict)? = nil) -> String? {
    if target.form == .fragment { return document }
    guard target.form != .url || ForgeURL(target) != nil || head.identity.route(of: target) != nil else { return nil }
    guard case .sound(let place) = known?(target) ?? verdict(target, in: document) else { return nil }
    if !place.isFolder { return place.path }
    return PageNames.index.lazy.map { place.path.isEmpty ? $0 : place.path + "/" + $0 }.first(where: head.paths.hasFile)
  }

  private func oldPage(of target: LinkTarget, _ page: String, _ document: String) -> String? {
    guard let base else { return nil }
    if target.form == .fragment { return oldPath(of: document) }
    let old = oldPath(of: page)
    return base.paths.hasFile(old) ? old : base.place(of: target.path, from: oldPath(of: document))?.path
  }

  /// The anchors of a document: those of the head's page, where the document is what the head has.
  public func anchors(of document: Document) -> Anchors {
    guard headRevision.document(at: document.path)?.bytes == document.bytes else { return Anchors(document) }
    return anchors(of: document.path, headRevision) ?? Anchors(document)
  }

  private func anchors(of path: String, _ revision: Revision) -> Anchors? {
    guard DocumentSelection.format(ofPath: path) != nil else { return nil }
    return revision.links.anchors(of: path) { revision.document(at: path) }
  }

  /// Whether another document of the folder has the place: chapters are composed into one page, and name places of each other. Of more
  /// documents than are looked into one may have it.
  private func hasSibling(of page: String, with fragment: String) -> Bool {
    let siblings = pages(in: String(PathIndex.folder(of: page[...]))).filter { $0 != page }
    return siblings.count > Self.maximumSiblings || siblings.contains { self.anchors(of: $0, self.headRevision)?.has(fragment) == true }
  }

  private static let maximumSiblings = 300

  /// The documents that stand in a folder itself.
  private func pages(in folder: String) -> [String] {
    pagesByFolder.withLock { kept in
      let known =
        kept
        ?? Dictionary(grouping: head.paths.files.filter { DocumentSelection.format(ofPath: $0) != nil }) { PathIndex.folder(of: $0[...]) }
      kept = known
      return known[folder[...]] ?? []
    }
  }

  /// Whether a page's anchors are those of its Markdown.
  private func isCertainPage(_ path: String) -> Bool {
    guard ["md", "markdown"].contains(PageNames.fileExtension(path).dropFirst().lowercased()) else { return false }
    return !head.hasUnseenSites && !LinkCertainty.isPart(path)
      && head.sites(of: path).allSatisfy { $0.generator != .other && $0.generator != .hugo }
  }
}

/// Which fragments name a place of a page.
enum FragmentShape {
  /// Not those that scripts read, that browsers know, or that programs make for lines, footnotes and tabs.
  static func isPlace(_ fragment: String) -> Bool {
    guard let first = fragment.utf8.first else { return false }
    if [UInt8(ascii: "/"), UInt8(ascii: "!"), UInt8(ascii: ":"), UInt8(ascii: "?"), UInt8(ascii: "~"), UInt8(ascii: "{")].contains(first) {
      return false
    }
    let name = fragment.lowercased()
    if known.contains(name) || prefixes.contains(where: name.hasPrefix) { return false }
    if name.utf8.contains(where: {
      $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "$")
    }) {
      return false
    }
    return !isLine(name)
  }

  private static let known: Set<String> = ["top", "readme", "start", "search", "toc", "content", "main"]
  private static let prefixes = ["fn", "user-content-fn", "issuecomment", "discussion", "__tabbed", "tab-", "tab=", "diff-", "pullrequest"]

  /// `L10`, `L10-L20`, `L10C3`, `10`.
  private static func isLine(_ name: String) -> Bool {
    name.utf8.allSatisfy { ($0 >= 48 && $0 <= 57) || $0 == UInt8(ascii: "l") || $0 == UInt8(ascii: "c") || $0 == UInt8(ascii: "-") }
      && name.utf8.contains { $0 >= 48 && $0 <= 57 }
  }
}
