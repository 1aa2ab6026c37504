// Looks up what JavaScript and TypeScript samples import from the repository's own packages. A package's entries are what
// `package.json` says; an entry that is built is looked for where its source usually is (`dist/x.js` in `src/x.ts`), and where that is
// not found nothing is said.

/// Answers for one tree; keeps what it has read.
struct ScriptResolver: Sendable {
  private struct Package: Sendable {
    var name: String
    var folder: String
    var manifest: JSONValue
  }

  private enum Answer { case absent, present, unknown }

  private let source: CodeFiles
  private var packages: [Package]?
  private var outlines: [String: ScriptOutline?] = [:]

  init(_ source: CodeFiles) { self.source = source }

  mutating func unresolved(in samples: [(Int, [UInt8])]) -> [(sample: Int, name: UnresolvedName)] {
    load()
    guard let packages, !packages.isEmpty else { return [] }
    var found: [(sample: Int, name: UnresolvedName)] = []
    for (number, code) in samples {
      guard let tree = (try? Lexer.lex(code, as: .typescript)).map(TokenTree.init) else { continue }
      for item in ScriptImport.all(in: tree) where found.count < 500 { found += missing(item, tree).map { (number, $0) } }
    }
    return found
  }

  private static let maximumPackages = 2000

  private mutating func load() {
    guard packages == nil else { return }
    var found: [Package] = []
    var counts: [String: Int] = [:]
    for entry in source.entries where entry.kind == .file && entry.path.hasSuffix("package.json") {
      let (folder, file) = splitPath(entry.path)
      guard file == "package.json", PathRole(path: entry.path) == .code else { continue }
      // Which names are taken twice cannot be told without all of them.
      guard found.count < Self.maximumPackages else {
        packages = []
        return
      }
      guard let manifest = source.bytes(at: entry.path).flatMap(JSONValue.init), let name = manifest["name"]?.text, !name.isEmpty else {
        continue
      }
      counts[name, default: 0] += 1
      found.append(Package(name: name, folder: folder, manifest: manifest))
    }
    packages = found.filter { counts[$0.name] == 1 }
  }

  /// Packages and their folders.
  mutating func names() -> [(name: String, folder: String)] {
    load()
    return (packages ?? []).map { ($0.name, $0.folder) }
  }

  // MARK: Imports

  private mutating func missing(_ item: ScriptImport, _ tree: TokenTree) -> [UnresolvedName] {
    guard let package = (packages ?? []).first(where: { item.module == $0.name || item.module.hasPrefix($0.name + "/") }) else { return [] }
    let subpath = "." + item.module.dropFirst(package.name.utf8.count)
    guard let targets = targets(of: subpath, in: package) else {
      guard let exports = package.manifest["exports"], let keys = Self.keys(exports) else { return [] }
      let names = keys.map { package.name + $0.dropFirst() }
      return [
        UnresolvedName(
          kind: .imported, name: item.module, owner: "`exports` of package `\(package.name)`", range: item.moduleRange,
          nearest: nearestName(to: item.module, among: names), elsewhere: [], path: joinPath(package.folder, "package.json"))
      ]
    }
    let files = Array(Set(targets.flatMap { sources(of: $0, in: package.folder) })).sorted()
    guard !files.isEmpty else { return [] }
    return item.names.compactMap { token in
      let name = tree.text(token)
      guard files.allSatisfy({ find(name, in: $0) == .absent }) else { return nil }
      let known = files.flatMap { outline(ofFile: $0)?.names.sorted() ?? [] }
      return UnresolvedName(
        kind: .imported, name: name, owner: "package `\(item.module)`", range: Int(tree[token].start)..<Int(tree[token].end),
        nearest: nearestName(to: name, among: known), elsewhere: [], path: files[0])
    }
  }

  private static func keys(_ exports: JSONValue) -> [String]? {
    guard case .object(let members) = exports, members.allSatisfy({ $0.key.hasPrefix(".") }) else { return nil }
    return members.map(\.key)
  }

  /// What the manifest says a subpath is; nil when it says that there is none, empty when it says nothing.
  private func targets(of subpath: String, in package: Package) -> [String]? {
    guard let exports = package.manifest["exports"] else {
      guard subpath == "." else { return [] }
      let fields = ["main", "module", "types", "typings", "source", "browser"].compactMap { package.manifest[$0]?.text }
      return fields.isEmpty ? ["index.js"] : fields
    }
    guard let keys = Self.keys(exports) else { return subpath == "." ? exports.leaves : [] }
    if let value = exports[subpath] { return value.leaves }
    let isPattern = keys.contains { key in key.contains("*") || key.hasSuffix("/") && subpath.hasPrefix(key) }
    return isPattern || keys.isEmpty || subpath == "." ? [] : nil
  }

  // MARK: Files

  private static let endings = [".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx", ".d.ts"]
  private static let buildFolders: Set<String> = ["dist", "build", "out", "lib", "es", "cjs", "esm", "umd", "module", "types", "typings"]

  /// The files of the tree that a target of the manifest is, or is built from.
  private func sources(of target: String, in folder: String) -> [String] {
    let path = target.hasPrefix("./") ? String(target.dropFirst(2)) : target
    let exact = joinPath(folder, path)
    if isFile(exact) { return [exact] }
    var parts = path.split(separator: "/").map(String.init)
    guard let file = parts.popLast(), let first = parts.first, Self.buildFolders.contains(first) else { return [] }
    parts.removeAll { Self.buildFolders.contains($0) }
    let stem = String(file.prefix { $0 != "." })
    for middle in [["src"] + parts, ["source"] + parts, parts] {
      let base = joinPath(folder, (middle + [stem]).joined(separator: "/"))
      if let found = Self.endings.map({ base + $0 }).first(where: isFile) { return [found] }
    }
    return []
  }

  private func isFile(_ path: String) -> Bool { source.checkout.entry(at: path)?.kind == .file }

  /// The file that a relative import means.
  private func relative(_ specifier: String, from file: String) -> String? {
    guard specifier.hasPrefix("."), let base = PathResolution.resolve(specifier, from: splitPath(file).folder) else { return nil }
    var stems = [base]
    for ending in [".js", ".mjs", ".cjs", ".jsx"] where base.hasSuffix(ending) { stems.append(String(base.dropLast(ending.utf8.count))) }
    if isFile(base) { return base }
    for stem in stems + [base + "/index"] {
      if let found = Self.endings.map({ stem + $0 }).first(where: isFile) { return found }
    }
    return nil
  }

  private mutating func outline(ofFile path: String) -> ScriptOutline? {
    if let known = outlines[path] { return known }
    guard outlines.count < source.limits.files else { return nil }
    let outline = source.tree(at: path, as: .typescript).map { ScriptOutline($0, isDeclaration: path.hasSuffix(".d.ts")) }
    outlines[path] = .some(outline)
    return outline
  }

  private mutating func find(_ name: String, in file: String) -> Answer {
    var visited: Set<String> = []
    var next = [file]
    while let path = next.popLast() {
      guard visited.insert(path).inserted else { continue }
      guard visited.count <= 400, let outline = outline(ofFile: path), !outline.isOpen else { return .unknown }
      if outline.names.contains(name) { return .present }
      for star in outline.stars {
        guard let target = relative(star, from: path) else { return .unknown }
        next.append(target)
      }
    }
    return .absent
  }
}

/// One import of a sample.
struct ScriptImport {
  var module: String
  var moduleRange: Range<Int>
  /// Tokens of the names that are taken from the module, but for the default one.
  var names: [Int]

  static func all(in tree: TokenTree) -> [ScriptImport] {
    (0..<tree.count).compactMap { index in
      if tree.isWord(index, .import), !tree.isMark(index - 1, "."), tree[index].startsLine { return declaration(tree, index) }
      if tree.text(index) == "require", tree.isMark(index + 1, "("), tree[index + 2].kind == .string { return call(tree, index) }
      return nil
    }
  }

  /// `import a, { b as c, type D } from "m"`.
  private static func declaration(_ tree: TokenTree, _ start: Int) -> ScriptImport? {
    var index = start + 1
    var names: [Int] = []
    while index < tree.count, index < start + 40 {
      if tree[index].kind == .string { return make(tree, index, names) }
      if index > start + 1, tree[index].startsLine, !tree.isMark(index, "}"), !tree.isWord(index, .from) { return nil }
      if tree.isMark(index, "{") { names = list(tree, index, renaming: .as) }
      index = tree.after(index)
    }
    return nil
  }

  /// `const { a, b: c } = require("m")`.
  private static func call(_ tree: TokenTree, _ index: Int) -> ScriptImport? {
    var names: [Int] = []
    if tree.isMark(index - 1, "="), tree.isMark(index - 2, "}"), tree.close(of: index + 1) == index + 3, !tree.isMark(index + 4, ".") {
      let open = Int(tree.matches[index - 2])
      if open > 0, [.const, .let, .var].contains(tree[open - 1].word) { names = list(tree, open, renaming: .none) }
    }
    return make(tree, index + 2, names)
  }

  private static func make(_ tree: TokenTree, _ string: Int, _ names: [Int]) -> ScriptImport {
    let module = tree.text(string).trimmingQuotes
    let quote = tree.text(string).utf8.count > module.utf8.count ? 1 : 0
    let start = Int(tree[string].start) + quote
    return ScriptImport(module: module, moduleRange: start..<start + module.utf8.count, names: names)
  }

  /// The first name of each item between braces; `default` and string names are left out, and so is everything after `...`.
  private static func list(_ tree: TokenTree, _ open: Int, renaming: Word) -> [Int] {
    var names: [Int] = []
    let close = tree.close(of: open)
    var index = open + 1
    while index < close {
      let isTyped = tree.isWord(index, .type) && tree.isName(index + 1) && !tree.isWord(index + 1, .as)
      let name = isTyped ? index + 1 : index
      if tree.isMark(name, ".") { break }
      if tree.isName(name), !tree.isWord(name, .default) { names.append(name) }
      while index < close, !tree.isMark(index, ",") { index = tree.after(index) }
      index += 1
    }
    return names
  }
}

/// Relative paths.
enum PathResolution {
  /// `path` from a folder, with `.` and `..` resolved; nil when it leaves the root.
  static func resolve(_ path: String, from folder: String) -> String? {
    var parts = folder.split(separator: "/").map(String.init)
    for part in path.split(separator: "/") {
      if part == "." { continue }
      if part == ".." {
        guard parts.popLast() != nil else { return nil }
      } else {
        parts.append(String(part))
      }
    }
    return parts.joined(separator: "/")
  }
}
