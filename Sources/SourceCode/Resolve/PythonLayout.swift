// Which importable packages are a repository's own: those beside a manifest that bear the project's name, or that are the only ones
// there. A name that two places give, or that only tests and examples have, is nobody's.

/// The packages of a tree and the files of their modules.
struct PythonLayout: Sendable {
  /// Top-level name to its folder, or to its file without `.py`.
  private(set) var roots: [String: String] = [:]
  /// Paths without their ending of everything below the packages, whatever the ending: `src/paint/brush`.
  private var stems: Set<String> = []
  private var folders: Set<String> = []
  private var files: Set<String> = []
  /// `.py` files below the packages, in the order of the tree.
  private(set) var modules: [String] = []

  init(_ source: CodeFiles) {
    let python = source.entries.filter { $0.kind == .file && ($0.path.hasSuffix(".py") || $0.path.hasSuffix(".pyi")) }.map(\.path)
    guard !python.isEmpty else { return }
    files = Set(python)
    let projects = Self.projects(source)
    var owners: [String: Set<String>] = [:]
    for path in python {
      let (folder, name) = splitPath(path)
      if name == "__init__.py" {
        let (root, package) = splitPath(folder)
        for project in projects where Self.holds(project, root) { owners[package, default: []].insert("\(project.folder)\n\(folder)") }
      } else if name.hasSuffix(".py"), let project = projects.first(where: { Self.holds($0, folder) }) {
        let module = String(name.dropLast(3))
        if project.names.contains(Self.normalized(module)) {
          owners[module, default: []].insert("\(project.folder)\n\(joinPath(folder, module))")
        }
      }
    }
    choose(owners, projects)
    index(source)
  }

  // MARK: Projects

  private struct Project {
    var folder: String
    var names: Set<String>
  }

  private static let manifests = ["pyproject.toml", "setup.py", "setup.cfg"]

  private static let maximumProjects = 200

  private static func projects(_ source: CodeFiles) -> [Project] {
    var projects: [String: Set<String>] = [:]
    for entry in source.entries where entry.kind == .file {
      let (folder, name) = splitPath(entry.path)
      guard manifests.contains(name), PathRole(path: entry.path) == .code else { continue }
      // Whose package a folder is cannot be told without all of them.
      guard projects.count < maximumProjects || projects[folder] != nil else { return [] }
      projects[folder, default: []].formUnion(names(in: source.bytes(at: entry.path) ?? []))
    }
    return projects.map { Project(folder: $0.key, names: $0.value) }.sorted { $0.folder < $1.folder }
  }

  /// What `name = "…"` says, with and without the ornaments that distributions carry.
  private static func names(in manifest: [UInt8]) -> Set<String> {
    var names: Set<String> = []
    for line in String(decoding: manifest, as: UTF8.self).split(separator: "\n") {
      let text = line.drop { $0 == " " || $0 == "\t" }
      guard text.hasPrefix("name"), let equals = text.firstIndex(of: "=") else { continue }
      guard text[..<equals].dropFirst(4).allSatisfy({ $0 == " " }) else { continue }
      let value = text[text.index(after: equals)...].drop { $0 == " " || $0 == "\"" || $0 == "'" }
      let name = normalized(String(value.prefix { $0.isLetter || $0.isNumber || "-_.".contains($0) }))
      guard !name.isEmpty else { continue }
      names.insert(name)
      for prefix in ["python_", "py"] where name.hasPrefix(prefix) { names.insert(String(name.dropFirst(prefix.count))) }
      for suffix in ["_python", "_py"] where name.hasSuffix(suffix) { names.insert(String(name.dropLast(suffix.count))) }
    }
    return names
  }

  private static func normalized(_ name: String) -> String {
    String(name.lowercased().map { $0 == "-" || $0 == "." ? "_" : $0 })
  }

  /// Whether packages in a folder are a project's: beside its manifest, or in the usual folder for code.
  private static func holds(_ project: Project, _ root: String) -> Bool {
    root == project.folder || ["src", "lib", "python"].contains { joinPath(project.folder, $0) == root }
  }

  private mutating func choose(_ owners: [String: Set<String>], _ projects: [Project]) {
    for (name, places) in owners {
      guard places.count == 1, let place = places.first, !Self.helpers.contains(name.lowercased()) else { continue }
      let parts = place.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      guard let project = projects.first(where: { $0.folder == parts[0] }) else { continue }
      let others = owners.filter {
        $0.key != name && !Self.helpers.contains($0.key.lowercased()) && $0.value.contains { $0.hasPrefix(parts[0] + "\n") }
      }
      if project.names.contains(Self.normalized(name)) || others.isEmpty { roots[name] = parts[1] }
    }
  }

  /// Folders beside a package that are no part of what is installed.
  private static let helpers: Set<String> = [
    "test", "tests", "testing", "doc", "docs", "example", "examples", "benchmark", "benchmarks", "scripts", "tools", "tasks", "ci",
    "samples",
    "demo", "demos", "integration_tests", "fuzz", "perf", "utils", "common", "app", "src", "lib", "core", "main", "project", "server",
    "client",
  ]

  // MARK: Modules

  private mutating func index(_ source: CodeFiles) {
    guard !roots.isEmpty else { return }
    let prefixes = roots.values.map { Array(($0 + "/").utf8) }
    for entry in source.entries where prefixes.contains(where: { entry.path.utf8.starts(with: $0) }) {
      let (folder, name) = splitPath(entry.path)
      stems.insert(joinPath(folder, String(name.prefix { $0 != "." })))
      if entry.path.hasSuffix(".py") { modules.append(entry.path) }
      var parent = folder
      while !parent.isEmpty, folders.insert(parent).inserted { parent = splitPath(parent).folder }
    }
  }

  /// Where a dotted module is.
  enum Place: Equatable {
    case file(String)
    /// It exists, but its text cannot be had: compiled, a stub, a template, a folder without a file.
    case opaque
    case missing
    /// Not this repository's.
    case foreign
  }

  func place(of module: String) -> Place {
    let parts = module.split(separator: ".").map(String.init)
    guard let top = parts.first, let root = roots[top] else { return .foreign }
    let base = ([root] + parts.dropFirst()).joined(separator: "/")
    for path in [base + "/__init__.py", base + ".py"] where files.contains(path) {
      // A stub may have names that its module computes.
      return files.contains(path + "i") ? .opaque : .file(path)
    }
    return folders.contains(base) || stems.contains(base) ? .opaque : .missing
  }

  /// The dotted name of the module in a file.
  func module(ofFile path: String) -> String? {
    for (name, root) in roots where path.hasPrefix(root) {
      var rest = path.dropFirst(root.count).dropLast(3)
      if rest.hasSuffix("/__init__") { rest = rest.dropLast("/__init__".count) }
      guard rest.isEmpty || rest.hasPrefix("/") else { continue }
      return name + rest.split(separator: "/").map { "." + $0 }.joined()
    }
    return nil
  }

  func isPackage(_ module: String) -> Bool {
    guard case .file(let path) = place(of: module) else { return true }
    return path.hasSuffix("/__init__.py")
  }
}
