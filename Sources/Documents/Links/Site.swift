// Which folders of a tree are made into sites, by which generator, and which folder is served at which route. Recognised by the
// generators' own settings files; of these only the few lines that say where pages are are read, by lines, without running anything.

import Domain

/// A site that a generator makes of folders of the tree.
public struct Site: Sendable, Hashable {
  public enum Generator: String, Sendable, Hashable {
    case mkdocs, docusaurus, vitepress, vuepress, mdBook, sphinx, jekyll, hugo, antora, astro, docsify, mintlify, writerside, other
  }
  public let generator: Generator
  /// The folder of the settings file; empty for the root.
  public let folder: String
  /// Folders with pages.
  public let pages: [Mount]
  /// Folders whose files are served as they are.
  public let assets: [Mount]
  /// `host/base`, lower case, without scheme and slash at the end; nil when the settings do not say.
  public let address: String?

  /// Whether a document is a page of it, or stands where its pages are.
  func contains(_ document: String) -> Bool { pages.contains { document.isInside($0.folder) } }
}

/// Finds the sites of a tree.
enum SiteFinder {
  /// Settings files beyond these are not read: trees with more are collections of templates.
  static let maximumSites = 40

  /// The sites, and whether there may be more: then nobody knows where a page of the tree is shown.
  static func sites(in paths: PathIndex, read: (String) -> [UInt8]?) -> (sites: [Site], isCut: Bool) {
    var sites: [Site] = []
    var isCut = false
    for (name, generator) in settings {
      var count = 0
      for path in paths.files(named: name) where !isFixture(path) {
        let folder = String(PathIndex.folder(of: path[...]))
        guard isPossible(generator, folder, paths) else { continue }
        count += 1
        if count > maximumSites { isCut = true }
        if isCut { break }
        if let site = site(generator, folder, path, paths, read) { sites.append(site) }
      }
    }
    return (Array(sites.prefix(maximumSites)), isCut || sites.count > maximumSites)
  }

  /// Whether a settings file can be one of the generator, by what stands around it: many a `config.ts` is not.
  private static func isPossible(_ generator: Site.Generator, _ folder: String, _ paths: PathIndex) -> Bool {
    func has(_ name: String) -> Bool { paths.hasFile(PathIndex.resolve(name, from: folder) ?? name) }
    switch generator {
    case .vitepress, .vuepress: return [".vitepress", ".vuepress"].contains(PathIndex.name(of: folder))
    case .sphinx: return has("index.rst") || has("index.md") || has("contents.rst")
    case .hugo: return paths.hasFolder(PathIndex.resolve("content", from: folder) ?? "content")
    default: return true
    }
  }

  private static let settings: [(String, Site.Generator)] = [
    ("mkdocs.yml", .mkdocs), ("mkdocs.yaml", .mkdocs), ("docusaurus.config.js", .docusaurus), ("docusaurus.config.ts", .docusaurus),
    ("docusaurus.config.mjs", .docusaurus), ("docusaurus.config.cjs", .docusaurus), ("book.toml", .mdBook), ("conf.py", .sphinx),
    ("_config.yml", .jekyll), ("hugo.toml", .hugo), ("hugo.yaml", .hugo), ("hugo.yml", .hugo), ("config.toml", .hugo),
    ("config.yaml", .hugo), ("antora.yml", .antora), ("astro.config.mjs", .astro), ("astro.config.ts", .astro), ("astro.config.js", .astro),
    ("_sidebar.md", .docsify), ("mint.json", .mintlify), ("docs.json", .mintlify),
    ("writerside.cfg", .writerside), ("project.ihp", .writerside),
    ("config.mts", .vitepress), ("config.ts", .vitepress), ("config.js", .vitepress), ("config.mjs", .vitepress),
    ("next.config.mjs", .other), ("next.config.js", .other), ("next.config.ts", .other), ("source.config.ts", .other),
    ("gatsby-config.js", .other), ("gatsby-config.ts", .other), ("nuxt.config.ts", .other), (".eleventy.js", .other),
    ("eleventy.config.js", .other), ("svelte.config.js", .other), ("rspress.config.ts", .other), ("_quarto.yml", .other),
  ]

  private static func isFixture(_ path: String) -> Bool {
    path.split(separator: "/").contains { ["node_modules", "testdata", "fixtures", "__fixtures__", "vendor"].contains($0) }
  }

  private static func site(
    _ generator: Site.Generator, _ folder: String, _ path: String, _ paths: PathIndex, _ read: (String) -> [UInt8]?
  ) -> Site? {
    func below(_ name: String) -> String { PathIndex.resolve(name, from: folder) ?? name }
    func mounts(_ all: [(String, String)]) -> [Mount] {
      all.map { Mount(route: $0.0, folder: $0.1) }.filter { paths.hasFolder($0.folder) }
    }
    let lines = SettingLines(read(path) ?? [])
    var home = folder
    let pages: [Mount]
    var assets: [Mount] = []
    switch generator {
    case .mkdocs: pages = mounts([("", below(lines.value("docs_dir") ?? "docs"))])
    case .docusaurus:
      pages = mounts(
        [
          ("docs", below("docs")), ("docs", below("../docs")), ("blog", below("blog")), ("", below("src/pages")), ("", below("docs")),
        ] + lines.values("path").filter { !$0.hasPrefix("/") && !$0.contains(":") }.map { (String(PathIndex.name(of: $0)), below($0)) })
      assets = mounts([("", below("static"))])
    case .vitepress, .vuepress:
      home = String(PathIndex.folder(of: folder[...]))
      let root = PathIndex.resolve(lines.value("srcDir") ?? "", from: home) ?? home
      pages = mounts([("", root), ("", home)])
      assets = mounts([("", root.isEmpty ? "public" : root + "/public"), ("", folder + "/public")])
    case .mdBook: pages = mounts([("", below(lines.value("src") ?? "src"))])
    case .sphinx: pages = mounts([("", folder)])
    case .hugo:
      pages = mounts([("", below("content"))])
      assets = mounts([("", below("static"))])
    case .antora: pages = mounts([("", folder)])
    case .astro:
      pages = mounts([
        ("", below("src/content/docs")), ("docs", below("src/content/docs")), ("", below("src/content")), ("", below("src/pages")),
      ])
      assets = mounts([("", below("public"))])
    case .jekyll:
      // A collection's folder is `_name`, its route `name`.
      let names = lines.values("output").isEmpty ? ["docs"] : lines.names
      pages = mounts(names.map { ($0, below("_" + $0)) } + [("", folder)])
    case .docsify, .mintlify, .writerside: pages = mounts([("", folder)])
    case .other:
      pages = mounts([("docs", below("docs")), ("docs", below("content/docs")), ("", below("content")), ("", below("pages")), ("", folder)])
      assets = mounts([("", below("public")), ("", below("static"))])
    }
    guard !pages.isEmpty else { return nil }
    let address = lines.value("site_url") ?? lines.value("url") ?? lines.value("baseURL")
    return Site(generator: generator, folder: home, pages: pages, assets: assets, address: address.flatMap(Self.address))
  }

  /// `host/base` of a URL.
  static func address(_ url: String) -> String? {
    guard let scheme = url.range(of: "://") else { return nil }
    var rest = url[scheme.upperBound...].lowercased()
    while rest.hasSuffix("/") { rest.removeLast() }
    return rest.isEmpty ? nil : rest
  }
}

/// The settings of a file in which each stands on its own line: `name: value`, `name = value`, `"name": value`.
struct SettingLines {
  private var settings: [(name: String, value: String)] = []
  private var groups: [String] = []

  init(_ bytes: [UInt8]) {
    for line in bytes.prefix(1 << 18).split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
      guard let mark = line.firstIndex(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "=") }) else { continue }
      let name = Self.trimmed(line[..<mark])
      let value = Self.trimmed(line[(mark + 1)...])
      if !name.isEmpty, value.isEmpty { groups.append(String(decoding: name, as: UTF8.self)) }
      guard !name.isEmpty, !value.isEmpty else { continue }
      settings.append((String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
    }
  }

  func value(_ name: String) -> String? { settings.first { $0.name == name }?.value }
  /// The names of settings that have lines of their own below them, too.
  var names: [String] { Array(Set(settings.map(\.name) + groups)).sorted() }
  func values(_ name: String) -> [String] { settings.filter { $0.name == name }.map(\.value) }

  /// Without blanks, quotes and commas at its ends.
  private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    func isEdge(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x22 || byte == 0x27 || byte == 0x2C || byte == 0x3B }
    guard let first = text.firstIndex(where: { !isEdge($0) }), let last = text.lastIndex(where: { !isEdge($0) }) else { return [] }
    return text[first...last]
  }
}

extension String {
  /// Where a text first occurs.
  func range(of needle: String) -> Range<String.Index>? {
    guard let first = needle.utf8.first else { return nil }
    var start = utf8.startIndex
    while let found = utf8[start...].firstIndex(of: first) {
      if utf8[found...].starts(with: needle.utf8) { return found..<utf8.index(found, offsetBy: needle.utf8.count) }
      start = utf8.index(after: found)
    }
    return nil
  }
}
