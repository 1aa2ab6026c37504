// Where a link leads, and how it says so: written again for another path, a link keeps its form (relative or from the root, with or
// without extension, slash at the end).

import Domain

/// What a target was found to mean.
public struct LinkPlace: Sendable, Hashable {
  /// What the path was counted from.
  public enum Root: Sendable, Hashable {
    /// The document's folder.
    case folder
    /// The folder that the page's URL is: `guide/` for `guide.md`.
    case page
    /// The root of the repository.
    case tree
    /// A folder that the site serves at a route.
    case mount(Mount)
  }

  /// How the last component says which file is meant.
  public enum Form: Sendable, Hashable {
    /// The file as it is called.
    case file
    /// A page without its extension.
    case page
    /// A page without its extension and without the numbers that order its folders (`01-start/02-install.md` is `start/install`).
    case ordered
    /// A page with `.html`.
    case html
    /// A folder, for the page that shows it (`index.md`).
    case index
    case folder
  }

  public let root: Root
  public let form: Form
  /// The path of the file or folder in the tree.
  public let path: String

  public init(root: Root, form: Form, path: String) {
    self.root = root
    self.form = form
    self.path = path
  }

  public var isFolder: Bool { form == .folder }
}

/// A folder that a site serves at a route.
public struct Mount: Sendable, Hashable {
  /// Without slashes at its ends; empty for the site's root.
  public let route: String
  public let folder: String
}

/// Files that are the page of their folder, most usual first.
enum PageNames {
  static let index = [
    "index.md", "README.md", "_index.md", "index.mdx", "index.rst", "readme.md", "index.adoc", "index.html", "Readme.md", "README.rst",
  ]
  static let extensions = [".md", ".mdx", ".rst", ".markdown", ".adoc", ".ipynb"]

  /// The extension of a path's last component with its dot; empty when there is none (`.gitignore` has none).
  static func fileExtension(_ path: some StringProtocol) -> Substring {
    let name = PathIndex.name(of: String(path))
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
    return name[dot...]
  }

  /// Without `01-`, `02_` in front of components.
  static func withoutOrder(_ path: some StringProtocol) -> String {
    path.split(separator: "/").map { part in
      let digits = part.prefix { $0.isASCII && $0.isNumber }
      let rest = part.dropFirst(digits.count)
      guard !digits.isEmpty, let mark = rest.first, mark == "-" || mark == "_" || mark == ".", rest.count > 1 else { return String(part) }
      return String(rest.dropFirst())
    }.joined(separator: "/")
  }

  static func isPage(_ path: String) -> Bool { extensions.contains(fileExtension(path).lowercased()) }

  static func isIndex(_ path: String) -> Bool {
    let name = PathIndex.name(of: path).lowercased()
    return index.contains(name) || index.contains { $0.lowercased() == name }
  }
}

extension LinkPlace {
  /// The path part of a link to `path` in the form of this place, as `old` is written.
  /// - Parameter document: where the link stands.
  /// - Parameter mounts: the mounts there are now.
  func written(to path: String, from document: String, like old: String, mounts: [Mount]) -> String? {
    guard let route = route(to: path, like: old) else { return nil }
    switch root {
    case .folder: return relative(route, from: String(PathIndex.folder(of: document[...])), like: old)
    case .page: return relative(route, from: String(document.dropLast(PageNames.fileExtension(document).count)), like: old)
    case .tree: return "/" + PercentEncoding.encoded(route)
    case .mount(let mount):
      let candidates = mounts.filter { path.isInside($0.folder) }.sorted { $0.folder.utf8.count > $1.folder.utf8.count }
      guard let now = candidates.first(where: { $0.route == mount.route }) ?? candidates.first else { return nil }
      let rest = now.folder.isEmpty ? route : String(route.dropFirst(now.folder.count + 1))
      return "/" + (now.route.isEmpty ? "" : now.route + "/") + PercentEncoding.encoded(rest)
    }
  }

  /// The path with what the form leaves out left out.
  private func route(to path: String, like old: String) -> String? {
    let slash = old.hasSuffix("/") ? "/" : ""
    switch form {
    case .file: return path
    case .folder: return path + slash
    case .html:
      guard PageNames.isPage(path) else { return path }
      return path.dropLast(PageNames.fileExtension(path).count) + ".html"
    case .ordered:
      guard PageNames.isPage(path) else { return nil }
      return PageNames.withoutOrder(path.dropLast(PageNames.fileExtension(path).count)) + slash
    case .page, .index:
      guard PageNames.isPage(path) else { return nil }
      if PageNames.isIndex(path) { return PathIndex.folder(of: path[...]) + slash }
      return path.dropLast(PageNames.fileExtension(path).count) + slash
    }
  }

  private func relative(_ path: String, from folder: String, like old: String) -> String {
    let steps = PercentEncoding.encoded(path.relative(to: folder))
    return old.hasPrefix("./") && !steps.hasPrefix("../") && !steps.hasPrefix("./") ? "./" + steps : steps
  }
}

extension String {
  /// Whether a path is in a folder; everything is in the root, which is the empty path.
  public func isInside(_ folder: String) -> Bool {
    folder.isEmpty || (utf8.count > folder.utf8.count && utf8.starts(with: folder.utf8) && dropFirst(folder.count).first == "/")
  }

  /// This path of the tree as seen from a folder of it.
  public func relative(to folder: String) -> String {
    let own = split(separator: "/", omittingEmptySubsequences: true)
    let base = folder.split(separator: "/")
    var common = 0
    while common < own.count, common < base.count, own[common] == base[common] { common += 1 }
    let steps = Array(repeating: Substring(".."), count: base.count - common) + own[common...]
    let slash = hasSuffix("/") && !steps.isEmpty ? "/" : ""
    return steps.isEmpty ? "." + (hasSuffix("/") ? "/" : "") : steps.joined(separator: "/") + slash
  }
}
