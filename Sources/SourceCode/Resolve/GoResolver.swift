// Looks Go names up: a package is a folder, and what it exports is what its files declare with a capital letter. Nothing is computed, so
// an absent name is absent, but where a generator writes a file that is not in the tree.

/// Answers for one tree; keeps what it has read.
struct GoResolver: Sendable {
  private struct Package: Sendable {
    var names: Set<String>
    var isOpen: Bool
    var path: String
  }

  private let source: CodeFiles
  /// Module path to folder, longest path first.
  private var modules: [(path: String, folder: String)]?
  private var packages: [String: Package?] = [:]
  private var filesByFolder: [String: [String]] = [:]

  init(_ source: CodeFiles) { self.source = source }

  mutating func unresolved(in samples: [(Int, [UInt8])]) -> [(sample: Int, name: UnresolvedName)] {
    load()
    guard let modules, !modules.isEmpty else { return [] }
    var known: [String: String] = [:]
    var found: [(sample: Int, name: UnresolvedName)] = []
    for (number, code) in samples {
      guard let tree = (try? Lexer.lex(code, as: .go)).map(TokenTree.init) else { continue }
      let imports = Self.imports(tree)
      for item in imports {
        let alias = item.alias ?? Self.alias(of: item.path)
        known[alias] = folder(of: item.path) == nil ? nil : item.path
        if let name = missing(item) { found.append((number, name)) }
      }
      found += uses(tree, known).map { (number, $0) }
    }
    return found
  }

  // MARK: The tree

  private mutating func load() {
    guard modules == nil else { return }
    var modules: [(path: String, folder: String)] = []
    for entry in source.entries where entry.kind == .file {
      let (folder, name) = splitPath(entry.path)
      if entry.path.hasSuffix(".go") { filesByFolder[folder, default: []].append(entry.path) }
      guard name == "go.mod", PathRole(path: entry.path) == .code, modules.count <= Self.maximumModules,
        let bytes = source.bytes(at: entry.path)
      else {
        continue
      }
      let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("module ") }
      if let path = line?.split(separator: " ").dropFirst().first {
        modules.append((String(path.filter { $0 != "\"" && $0 != "\r" }), folder))
      }
    }
    // A package may be of a module that was not read: of none is known then whose it is.
    if modules.count > Self.maximumModules { modules = [] }
    self.modules = modules.sorted { $0.path.utf8.count > $1.path.utf8.count }
  }

  private static let maximumModules = 1000

  /// The folder of a package of this repository; nil for everybody else's.
  private func folder(of path: String) -> String? {
    for module in modules ?? [] {
      if path == module.path { return module.folder }
      if path.hasPrefix(module.path + "/") { return joinPath(module.folder, String(path.dropFirst(module.path.utf8.count + 1))) }
    }
    return nil
  }

  /// The name by which a package is known when the import gives none: of `x/v2` and `go-x` nobody can be sure before its files are read.
  private static func alias(of path: String) -> String {
    var parts = path.split(separator: "/")
    if let last = parts.last, last.first == "v", last.dropFirst().allSatisfy(\.isNumber), parts.count > 1 { parts.removeLast() }
    return parts.last.map { String($0.split(separator: ".").first ?? "") } ?? ""
  }

  private mutating func package(at path: String) -> Package? {
    if let known = packages[path] { return known }
    var package: Package?
    if let folder = folder(of: path), let files = filesByFolder[folder], files.count <= 500 {
      package = read(files.filter { !$0.hasSuffix("_test.go") }, folder)
    }
    packages[path] = .some(package)
    return package
  }

  private func read(_ files: [String], _ folder: String) -> Package? {
    var package = Package(names: [], isOpen: files.isEmpty, path: folder)
    for file in files {
      guard let bytes = source.bytes(at: file), case .success(let scanned) = FileScanner.scan(bytes, .go) else {
        package.isOpen = true
        continue
      }
      if Self.generates(bytes) { package.isOpen = true }
      for declaration in scanned.declarations where declaration.owner.isEmpty { package.names.insert(declaration.name) }
      // `import "C"`, dot imports: names from elsewhere. And whatever the code itself uses without a qualifier is there.
      for (index, token) in scanned.source.tokens.enumerated() where token.kind == .identifier {
        let before = index > 0 ? scanned.source.tokens[index - 1] : nil
        let isUpper = token.byte >= UInt8(ascii: "A") && token.byte <= UInt8(ascii: "Z")
        if isUpper, before?.isMark(".") != true, isTopLevel(token, in: scanned.source) { package.names.insert(scanned.source.text(token)) }
      }
    }
    return package
  }

  /// Whether a name could be declared here: it begins a line of a group, or stands behind a keyword.
  private func isTopLevel(_ token: Token, in source: LexedSource) -> Bool { token.startsLine && source.indentation(of: token) <= 8 }

  private static func generates(_ bytes: [UInt8]) -> Bool {
    let mark = Array("//go:generate".utf8)
    guard bytes.count > mark.count else { return false }
    var index = 0
    while let found = bytes[index...].firstIndex(of: mark[0]), found + mark.count <= bytes.count {
      if bytes[found..<found + mark.count].elementsEqual(mark) { return true }
      index = found + 1
    }
    return false
  }

  // MARK: Samples

  private struct Import {
    var alias: String?
    var path: String
    /// The bytes of the path, without quotes.
    var range: Range<Int>
  }

  private static func imports(_ tree: TokenTree) -> [Import] {
    var imports: [Import] = []
    for index in 0..<tree.count where tree.isWord(index, .import) && tree[index].startsLine {
      let isGroup = tree.isMark(index + 1, "(")
      let range = isGroup ? stretch(index + 2, tree.close(of: index + 1)) : stretch(index + 1, min(index + 3, tree.count))
      for position in range where tree[position].kind == .string {
        let path = tree.text(position).trimmingQuotes
        let hasAlias = tree.isName(position - 1) && tree[position - 1].line == tree[position].line && !tree.isWord(position - 1, .import)
        let start = Int(tree[position].start) + (tree.text(position).hasPrefix("\"") ? 1 : 0)
        imports.append(Import(alias: hasAlias ? tree.text(position - 1) : nil, path: path, range: start..<start + path.utf8.count))
        if !isGroup { break }
      }
    }
    return imports
  }

  /// An import of a folder of this repository that has no Go file.
  private mutating func missing(_ item: Import) -> UnresolvedName? {
    guard let folder = folder(of: item.path), filesByFolder[folder] == nil,
      let module = modules?.first(where: { item.path.hasPrefix($0.path) })
    else { return nil }
    // Another major version is another module.
    let rest = item.path.dropFirst(module.path.utf8.count + 1)
    if rest.isEmpty || rest.first == "v" && rest.dropFirst().prefix(while: { $0 != "/" }).allSatisfy(\.isNumber) { return nil }
    guard item.path.allSatisfy({ $0.isLetter || $0.isNumber || "/-_.".contains($0) }), !item.path.contains("...") else { return nil }
    let folders = filesByFolder.keys.filter { $0.hasPrefix(module.folder) && PathRole(path: $0 + "/x.go") == .code }
    let nearest = nearestName(to: folder, among: folders)
    return UnresolvedName(
      kind: .imported, name: item.path, owner: "module `\(module.path)`", range: item.range,
      nearest: nearest.map { joinPath(module.path, String($0.dropFirst(module.folder.isEmpty ? 0 : module.folder.utf8.count + 1))) },
      elsewhere: [],
      path: joinPath(module.folder, "go.mod"))
  }

  private mutating func uses(_ tree: TokenTree, _ known: [String: String]) -> [UnresolvedName] {
    let bound = Self.boundNames(tree)
    var found: [UnresolvedName] = []
    for index in 0..<tree.count where tree.isName(index) && !tree.isMark(index - 1, ".") && tree.isMark(index + 1, ".") {
      let alias = tree.text(index)
      guard let path = known[alias], !bound.contains(alias), tree.isName(index + 2), found.count < 200 else { continue }
      let name = tree.text(index + 2)
      guard let first = name.utf8.first, first >= 65, first <= 90, let package = package(at: path), !package.isOpen else { continue }
      guard !package.names.contains(name) else { continue }
      found.append(
        UnresolvedName(
          kind: .member, name: name, owner: "package `\(path)`", range: Int(tree[index + 2].start)..<Int(tree[index + 2].end),
          nearest: nearestName(to: name, among: package.names.filter { $0.utf8.first.map { $0 >= 65 && $0 <= 90 } == true }), elsewhere: [],
          path: package.path))
    }
    return found
  }

  /// Names that the sample itself gives another meaning: `x :=`, `var x`, parameters.
  private static func boundNames(_ tree: TokenTree) -> Set<String> {
    var names: Set<String> = []
    for index in 0..<tree.count where tree.isName(index) && !tree.isMark(index - 1, ".") {
      let isDefined = tree.isPair(index + 1, ":", "=") || tree.isMark(index + 1, ",") || tree.isMark(index + 1, "=")
      let isDeclared = tree.isWord(index - 1, .var) || tree.isWord(index - 1, .const) || tree.isWord(index - 1, .type)
      // `(cli *Client`, `, cli Client`: a name followed by a type.
      let isParameter =
        (tree.isMark(index - 1, "(") || tree.isMark(index - 1, ",")) && (tree.isName(index + 1) || tree.isMark(index + 1, "*"))
      if isDefined || isDeclared || isParameter { names.insert(tree.text(index)) }
    }
    return names
  }
}
