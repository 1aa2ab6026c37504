// Which pages a commit can concern. Everything else is as it was after the commit before, so the engine need not look at it: what it would
// propose there it has proposed already. A page that is passed over in error is a lost proposal, so in doubt a page is looked at; the
// tests compare with looking at all of them.

import Domain
import SourceCode
import Workspace

/// Selects the pages to be judged after a commit.
struct PageSelection {
  let store: PageStore
  /// Pages whose own state, or that of what they link to, changed in the step before. A link that led somewhere before that step is judged
  /// otherwise in the next one, which sees only that it leads nowhere.
  private var unsettled: Set<String> = []

  init(store: PageStore) { self.store = store }

  /// The pages of `pages` that the step can concern.
  mutating func concerned(
    _ step: HistoryStep, pages: [TreeEntry], scope: EngineScope, interest: () throws -> DocumentInterest
  ) throws -> [TreeEntry] {
    let before = unsettled
    guard step.base != nil, !step.files.contains(where: Self.concernsAll) else {
      unsettled = Set(pages.lazy.map(\.path))
      return pages
    }
    unsettled = []
    guard !pages.isEmpty else { return [] }
    let traces = Traces(step, pages: Set(pages.lazy.map(\.path)))
    let interest = traces.hasCode ? try interest() : nil
    return try pages.filter { page in
      if try isTouched(page, traces, step, scope) {
        unsettled.insert(page.path)
        return true
      }
      if before.contains(page.path) { return true }
      guard let interest, let terms = try store.terms(of: page, in: step.head, scope) else { return false }
      return try interest.concerns(terms.words) { try step.head.read(page, limit: page.size) }
    }
  }

  /// Whether the page, or a file that it may link to, is not what it was.
  private func isTouched(_ page: TreeEntry, _ traces: Traces, _ step: HistoryStep, _ scope: EngineScope) throws -> Bool {
    if traces.changed.contains(page.path) || traces.lostIndexes.contains(where: { page.path.hasPrefix($0) }) { return true }
    if traces.names.isEmpty, traces.pages.isEmpty, traces.others.isEmpty { return false }
    guard let terms = try store.terms(of: page, in: step.head, scope) else { return false }
    return traces.names.contains(where: terms.mentions) || traces.pages.contains(where: terms.linksInto)
      || traces.others.contains(where: terms.embeds)
  }

  /// Files that say what the tree's pages are made into, and where addresses lead: `Site`, `Redirects`, `IgnoredPaths` read them.
  private static func concernsAll(_ file: FileChange) -> Bool {
    if file.old?.kind == .symlink || file.new?.kind == .symlink || file.old?.kind == .submodule || file.new?.kind == .submodule {
      return true
    }
    return [file.old?.path, file.new?.path].contains { path in path.map { settings.contains(PathIndex.name(of: $0).lowercased()) } ?? false
    }
  }

  private static let settings: Set<String> = [
    "mkdocs.yml", "mkdocs.yaml", "docusaurus.config.js", "docusaurus.config.ts", "docusaurus.config.mjs", "docusaurus.config.cjs",
    "book.toml",
    "conf.py", "_config.yml", "hugo.toml", "hugo.yaml", "hugo.yml", "antora.yml", "astro.config.mjs", "astro.config.ts",
    "astro.config.js", "_sidebar.md", "mint.json", "docs.json", "_quarto.yml", ".eleventy.js", "eleventy.config.js", "_redirects",
    "redirects.txt", "redirects.json", "vercel.json", "netlify.toml", ".gitignore", ".doc-healing.yml", "gatsby-config.js",
    "gatsby-config.ts",
    "next.config.mjs", "next.config.js", "next.config.ts", "source.config.ts", "nuxt.config.ts", "svelte.config.js", "rspress.config.ts",
  ]
}

/// What a step leaves for pages to notice.
private struct Traces {
  /// Pages that are new, or have other bytes, or another path.
  private(set) var changed: Set<String> = []
  /// Names of files and folders that came or went.
  private(set) var names: [PathTerms] = []
  /// Names of pages whose text changed.
  private(set) var pages: [PathTerms] = []
  /// Files that are no pages and whose text changed.
  private(set) var others: [String] = []
  /// Folders, with a slash, that lost the page that stands for them: links to it may have no word.
  private(set) var lostIndexes: [String] = []
  private(set) var hasCode = false

  init(_ step: HistoryStep, pages known: Set<String>) {
    var paths: [String] = []
    for file in step.files {
      if let new = file.new { changed.insert(new.path) }
      if file.old?.path != file.new?.path { paths += [file.old?.path, file.new?.path].compactMap { $0 } }
      let isPage = known.contains(file.path)
      if isPage, file.old != nil, file.new != nil { pages.append(PathTerms(file.path)) }
      if !isPage { others += [file.old?.path, file.new?.path].compactMap { $0 } }
      hasCode = hasCode || !isPage
    }
    var folders: Set<Substring> = []
    for path in paths {
      let name = PathTerms(path)
      names.append(name)
      if name.isIndex { lostIndexes.append(path.dropLast(PathIndex.name(of: path).count).description) }
      var folder = PathIndex.folder(of: path[...])
      while !folder.isEmpty, folders.insert(folder).inserted {
        // One that both trees have is no news.
        if !(Self.has(folder, step.base) && Self.has(folder, step.head)) { names.append(PathTerms(folder: folder)) }
        folder = PathIndex.folder(of: folder)
      }
    }
  }

  /// Whether a tree has something in a folder.
  private static func has(_ folder: Substring, _ tree: HistoryTree?) -> Bool {
    guard let entries = tree?.entries else { return false }
    let prefix = folder + "/"
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].path.utf8.lexicographicallyPrecedes(prefix.utf8) { low = middle + 1 } else { high = middle }
    }
    return low < entries.count && entries[low].path.utf8.starts(with: prefix.utf8)
  }
}
