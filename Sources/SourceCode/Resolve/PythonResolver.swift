// Looks Python names up in the repository's packages: through re-exports and stars, with a bound on the way.

/// Answers for one tree; keeps what it has read.
struct PythonResolver: Sendable {
  /// What a name of a module, or a part of one, is.
  enum Entity: Sendable, Hashable {
    case module(String)
    case function(PythonFunction)
    case type(PythonType, module: String)
    case value
  }

  enum Answer: Sendable, Hashable {
    case absent
    /// Nobody can say.
    case unknown
    /// Several, where branches define it differently.
    case found([Entity])
  }

  private let source: CodeFiles
  private var loadedLayout: PythonLayout?
  private var outlines: [String: PythonOutline?] = [:]
  /// Names that each module of the repository imports from others, and module names as a whole.
  private var imported: (names: Set<String>, defined: [String: [String]])?

  init(_ source: CodeFiles) { self.source = source }

  var layout: PythonLayout {
    mutating get {
      if let loadedLayout { return loadedLayout }
      let layout = PythonLayout(source)
      loadedLayout = layout
      return layout
    }
  }

  /// The outline of a file; nil when it cannot be read.
  mutating func outline(ofFile path: String) -> PythonOutline? {
    if let known = outlines[path] { return known }
    guard outlines.count < source.limits.files else { return nil }
    let outline = source.tree(at: path, as: .python).map(PythonOutline.init)
    outlines[path] = .some(outline)
    return outline
  }

  private static let maximumDepth = 12

  /// What a module's name is. The name of a submodule counts, imported or not.
  mutating func member(_ name: String, of module: String, depth: Int = 0, visited: Set<String> = []) -> Answer {
    guard depth < Self.maximumDepth, !visited.contains(module) else { return depth < Self.maximumDepth ? .absent : .unknown }
    guard case .file(let path) = layout.place(of: module), let outline = outline(ofFile: path) else { return .unknown }
    if let bindings = outline.names[name] { return entities(bindings, in: module, depth: depth) }
    if layout.isPackage(module), layout.place(of: "\(module).\(name)") != .missing { return .found([.module("\(module).\(name)")]) }
    let starred = starredMember(name, of: module, outline, depth: depth, visited: visited)
    if case .found = starred { return starred }
    if outline.mentioned.contains(name) || Self.builtinAttributes.contains(name) { return .found([.value]) }
    return outline.isOpen ? .unknown : starred
  }

  /// What `from x import *` brings under a name.
  private mutating func starredMember(
    _ name: String, of module: String, _ outline: PythonOutline, depth: Int, visited: Set<String>
  ) -> Answer {
    for star in outline.stars {
      guard let target = absolute(star.module, level: star.level, from: module), layout.place(of: target) != .foreign else {
        return .unknown
      }
      let answer = member(name, of: target, depth: depth + 1, visited: visited.union([module]))
      if answer != .absent { return answer }
    }
    return .absent
  }

  private static let builtinAttributes: Set<String> = [
    "__name__", "__doc__", "__file__", "__path__", "__all__", "__version__", "__dict__", "__package__", "__spec__", "__loader__",
  ]

  private mutating func entities(_ bindings: [PythonOutline.Binding], in module: String, depth: Int) -> Answer {
    var found: [Entity] = []
    for binding in bindings {
      switch binding {
      case .function(let function): found.append(.function(function))
      case .type(let type): found.append(.type(type, module: module))
      case .value: found.append(.value)
      case .module(let name): found.append(layout.place(of: name) == .foreign ? .value : .module(name))
      case .imported(let from, let level, let name):
        guard let target = absolute(from, level: level, from: module), layout.place(of: target) != .foreign else {
          found.append(.value)
          continue
        }
        if case .found(let entities) = member(name, of: target, depth: depth + 1) { found += entities } else { found.append(.value) }
      }
    }
    return .found(found)
  }

  /// The module that a possibly relative import names.
  func absolute(_ module: String, level: Int, from current: String) -> String? {
    guard level > 0 else { return module }
    guard let layout = loadedLayout else { return nil }
    var parts = current.split(separator: ".").map(String.init)
    let up = layout.isPackage(current) ? level - 1 : level
    guard up < parts.count else { return nil }
    parts.removeLast(up)
    return (parts + (module.isEmpty ? [] : [module])).joined(separator: ".")
  }

  // MARK: Classes

  /// Everything that a class and its bases have; nil when that is open.
  mutating func members(of type: PythonType, in module: String, depth: Int = 0) -> Set<String>? {
    guard !type.isOpen, depth < Self.maximumDepth else { return nil }
    var members = type.members
    for base in type.bases {
      switch self.base(base, of: module) {
      case .type(let type, let home)?:
        guard let more = self.members(of: type, in: home, depth: depth + 1) else { return nil }
        members.formUnion(more)
      case .value?: continue
      default: return nil
      }
    }
    return members
  }

  /// A base class: one of the repository's, `.value` for one of Python's that adds nothing, or nil.
  private mutating func base(_ name: String, of module: String) -> Entity? {
    let last = String(name.split(separator: ".").last ?? "")
    if Self.plainBases.contains(last) { return .value }
    guard case .found(let entities) = lookup(name.split(separator: ".").map(String.init), in: module), entities.count == 1,
      case .type = entities[0]
    else { return nil }
    return entities[0]
  }

  private static let plainBases: Set<String> = ["object", "ABC", "Generic", "Protocol"]

  /// A dotted name as code in the module would find it.
  private mutating func lookup(_ parts: [String], in module: String) -> Answer {
    guard let first = parts.first else { return .unknown }
    var answer = member(first, of: module)
    for part in parts.dropFirst() {
      guard case .found(let entities) = answer, entities.count == 1, case .module(let name) = entities[0] else { return .unknown }
      answer = member(part, of: name)
    }
    return answer
  }

  /// The definitions of a method, in the class or the nearest base that has one; nil when nobody can say.
  mutating func methods(_ name: String, of type: PythonType, in module: String, depth: Int = 0) -> [PythonFunction]? {
    guard depth < Self.maximumDepth else { return nil }
    if let own = type.methods[name] { return own }
    guard !type.isOpen, type.bases.count <= 1 else { return nil }
    guard let only = type.bases.first, case .type(let base, let home)? = base(only, of: module) else { return nil }
    return methods(name, of: base, in: home, depth: depth + 1)
  }

  // MARK: The repository as a whole

  /// Whether some module of the repository imports the name, or a module of that name: then it is made somewhere, somehow.
  mutating func isImportedSomewhere(_ name: String) -> Bool { survey().names.contains(name) }

  /// The modules that define a name.
  mutating func definitions(of name: String) -> [String] { survey().defined[name] ?? [] }

  private mutating func survey() -> (names: Set<String>, defined: [String: [String]]) {
    if let imported { return imported }
    var names: Set<String> = []
    var defined: [String: [String]] = [:]
    for path in layout.modules where PathRole(path: path) == .code {
      guard let outline = outline(ofFile: path), let module = layout.module(ofFile: path) else { continue }
      for star in outline.stars { names.formUnion(star.module.split(separator: ".").map(String.init)) }
      for (name, bindings) in outline.names {
        for binding in bindings {
          switch binding {
          case .function, .type: if defined[name, default: []].count < 4 { defined[name, default: []].append(module) }
          case .module(let name): names.formUnion(name.split(separator: ".").map(String.init))
          case .imported(let from, _, let name): names.formUnion(from.split(separator: ".").map(String.init) + [name])
          case .value: break
          }
        }
      }
    }
    imported = (names, defined)
    return (names, defined)
  }
}
