// Holds the Python samples of one document against the repository's packages: what they import, what they take from modules and
// classes behind a dot, and the keywords they pass.
//
// A name stands for an import until a sample binds it otherwise; then nothing is known of it. Samples that speak of failing are
// left alone.

extension PythonResolver {
  /// What the samples of one document name and the packages do not have.
  mutating func unresolved(in samples: [(Int, [UInt8])]) -> [(sample: Int, name: UnresolvedName)] {
    guard !layout.roots.isEmpty else { return [] }
    let tops = Array(layout.roots.keys)
    let hashes = Set(tops.map { identifierHash($0.utf8) })
    let trees = samples.compactMap { item in (try? Lexer.lex(item.1, as: .python)).map { (item.0, TokenTree($0)) } }
    guard trees.contains(where: { $0.1.tokens.contains { hashes.contains($0.hash) } }) else { return [] }
    var known = understoodImports(trees.map(\.1))
    var found: [(sample: Int, name: UnresolvedName)] = []
    for (number, tree) in trees {
      var sample = PythonSample(tree, known: known)
      sample.check(&self)
      known = sample.known
      found += sample.found.map { (number, $0) }
    }
    return found
  }

  /// Pages often leave the import of their own package out. A package's name stands for it when no sample of the page binds it otherwise,
  /// and when most of what the page takes from it is there: `huey.task` may be meant of an object of that name.
  private mutating func understoodImports(_ trees: [TokenTree]) -> [String: PythonSample.Meaning] {
    var known: [String: PythonSample.Meaning] = [:]
    let pages = trees.map { PythonSample.taken($0, from: Set(layout.roots.keys)) }
    for top in layout.roots.keys.sorted() where !pages.contains(where: { $0.bound.contains(top) }) {
      let members = Set(pages.flatMap { $0.members[top] ?? [] })
      let present = members.filter { if case .found = member($0, of: top) { true } else { false } }.count
      if present >= 2, present >= 2 * (members.count - present) { known[top] = .module(top) }
    }
    return known
  }
}

/// One sample while it is read.
struct PythonSample {
  /// What a name of the document stands for.
  enum Meaning {
    case module(String)
    case member(String, of: String)
    case instance(PythonType, of: String)
  }

  private let tree: TokenTree
  private(set) var known: [String: Meaning]
  private(set) var found: [UnresolvedName] = []
  /// Tokens of import statements.
  private var importTokens: Set<Int> = []
  /// How often the sample binds a name otherwise than by an import.
  private var bindings: [String: Int] = [:]
  private var lines: [Range<Int>] = []

  init(_ tree: TokenTree, known: [String: Meaning]) {
    self.tree = tree
    self.known = known
  }

  private static let failures: Set<String> = [
    "ImportError", "ModuleNotFoundError", "AttributeError", "TypeError", "hasattr", "monkeypatch", "patch", "setattr", "raises",
    "Traceback",
  ]

  mutating func check(_ resolver: inout PythonResolver) {
    if tree.tokens.contains(where: { $0.kind == .identifier && Self.failures.contains(tree.source.text($0)) }) { return }
    readLines()
    countBindings()
    for range in lines {
      readImports(range, &resolver)
      for index in range where tree.isName(index) && !importTokens.contains(index) && !tree.isMark(index - 1, ".") {
        use(index, range, &resolver)
      }
      readInstance(range, &resolver)
    }
    for (name, count) in bindings where count > 0 { known[name] = nil }
    for (name, meaning) in known { if case .instance = meaning { known[name] = nil } }
  }

  /// Members that a sample takes from packages of these names, and those of the names that it binds.
  static func taken(_ tree: TokenTree, from tops: Set<String>) -> (members: [String: Set<String>], bound: Set<String>) {
    var sample = PythonSample(tree, known: [:])
    sample.readLines()
    sample.countBindings()
    var members: [String: Set<String>] = [:]
    for index in 0..<tree.count where tree.isName(index) && tree.isMark(index + 1, ".") && !tree.isMark(index - 1, ".") {
      let name = tree.text(index)
      if tops.contains(name), tree.isName(index + 2) { members[name, default: []].insert(tree.text(index + 2)) }
    }
    // `from x import top` binds it to something else as well.
    for range in sample.lines {
      guard let statement = PythonImport(tree, at: range.lowerBound, end: range.upperBound) else { continue }
      for item in statement.items where statement.isFrom || item.hasAlias { sample.bindings[tree.text(item.boundToken), default: 0] += 1 }
    }
    return (members, tops.filter { sample.bindings[$0] != nil })
  }

  private mutating func readLines() {
    var starts: [Int] = []
    var index = 0
    while index < tree.count {
      if tree[index].startsLine || index == 0 { starts.append(index) }
      index = tree.after(index)
    }
    for (number, start) in starts.enumerated() { lines.append(start..<(number + 1 < starts.count ? starts[number + 1] : tree.count)) }
  }

  // MARK: Bindings

  private mutating func countBindings() {
    for range in lines {
      let first = tree.text(range.lowerBound)
      if first == "from" || first == "import" { continue }
      let end = bindingEnd(range, first)
      for index in range where tree.isName(index) && !tree.isMark(index - 1, ".") {
        let before = tree.text(index - 1)
        let isTarget = index < end && !tree.isMark(index + 1, ".") && !tree.isMark(index + 1, "(") && !tree.isMark(index + 1, "[")
        let isNamed = index > range.lowerBound && ["as", "def", "class", "lambda", "for", "global"].contains(before)
        let isWalrus = tree.isPair(index + 1, ":", "=")
        let isParameter =
          ["def", "async"].contains(first) && (tree.isMark(index - 1, "(") || tree.isMark(index - 1, ",") || tree.isMark(index - 1, "*"))
        if isTarget || isNamed || isWalrus || isParameter { bindings[tree.text(index), default: 0] += 1 }
      }
    }
  }

  /// Names before it are bound: the last `=` of an assignment, the `in` of a loop.
  private func bindingEnd(_ range: Range<Int>, _ first: String) -> Int {
    if first == "for" || first == "async" { return range.first { tree.text($0) == "in" } ?? range.lowerBound }
    var last = range.lowerBound
    var index = range.lowerBound
    while index < range.upperBound {
      let isPart = ["=", "!", "<", ">"].contains { tree.isMark(index - 1, $0) }
      if tree.isMark(index, "="), !tree.isMark(index + 1, "="), !isPart { last = index }
      if tree.isMark(index, ":"), index == range.lowerBound + 1 { last = index }
      index = tree.after(index)
    }
    return last
  }

  // MARK: Imports

  private mutating func readImports(_ range: Range<Int>, _ resolver: inout PythonResolver) {
    for index in range {
      let begins = index == range.lowerBound || tree.isMark(index - 1, ":") || tree.isMark(index - 1, ";")
      guard begins, let statement = PythonImport(tree, at: index, end: range.upperBound) else { continue }
      importTokens.formUnion(index..<statement.end)
      if statement.isFrom { importFrom(statement, &resolver) } else { importModules(statement, &resolver) }
    }
  }

  private mutating func importModules(_ statement: PythonImport, _ resolver: inout PythonResolver) {
    for item in statement.items {
      let bound = tree.text(item.boundToken)
      known[bound] = nil
      guard isThere(item.name, item.tokens, &resolver) else { continue }
      known[bound] = .module(item.hasAlias ? item.name : String(item.name.prefix { $0 != "." }))
    }
  }

  private mutating func importFrom(_ statement: PythonImport, _ resolver: inout PythonResolver) {
    for item in statement.items { known[tree.text(item.boundToken)] = nil }
    guard statement.level == 0, isThere(statement.module, statement.moduleTokens, &resolver) else { return }
    for item in statement.items where !item.isStar {
      let answer = resolver.member(item.name, of: statement.module)
      if answer == .absent {
        report(.imported, item.tokens.lowerBound, "module `\(statement.module)`", module: statement.module, &resolver)
      } else if answer != .unknown {
        known[tree.text(item.boundToken)] = .member(item.name, of: statement.module)
      }
    }
  }

  /// Whether a module is the repository's and there; a missing one is reported.
  private mutating func isThere(_ module: String, _ tokens: Range<Int>, _ resolver: inout PythonResolver) -> Bool {
    switch resolver.layout.place(of: module) {
    case .file: return true
    case .opaque, .foreign: return false
    case .missing: break
    }
    var parts = module.split(separator: ".").map(String.init)
    while parts.count > 1, resolver.layout.place(of: parts.dropLast().joined(separator: ".")) == .missing { parts.removeLast() }
    let parent = parts.dropLast().joined(separator: ".")
    guard let name = parts.last, case .file(let path) = resolver.layout.place(of: parent), !name.hasPrefix("_") else { return false }
    guard resolver.member(name, of: parent) == .absent, !resolver.isImportedSomewhere(name) else { return false }
    let token = tokens.lowerBound + 2 * (parts.count - 1)
    let siblings = resolver.siblings(of: parent)
    add(
      UnresolvedName(
        kind: .imported, name: name, owner: "package `\(parent)`", range: bytes(token), nearest: nearestName(to: name, among: siblings),
        elsewhere: [], path: path))
    return false
  }

  // MARK: Uses

  private mutating func use(_ index: Int, _ range: Range<Int>, _ resolver: inout PythonResolver) {
    let name = tree.text(index)
    guard let meaning = known[name], isBoundOnce(name, meaning), !isKeyword(index, range) else { return }
    var entities: [PythonResolver.Entity]
    var instance: (PythonType, String)?
    switch meaning {
    case .module(let module): entities = [.module(module)]
    case .member(let member, let module):
      guard case .found(let them) = resolver.member(member, of: module) else { return }
      entities = them
    case .instance(let type, let module): (entities, instance) = ([], (type, module))
    }
    var next = index + 1
    while tree.isMark(next, "."), tree.isName(next + 1) {
      guard let step = step(next + 1, from: entities, instance, range, &resolver) else { return }
      (entities, instance) = (step, nil)
      next += 2
    }
    if tree.isMark(next, "("), instance == nil { call(next, entities, &resolver) }
  }

  /// An import that the sample never binds anew; an object that it binds once.
  private func isBoundOnce(_ name: String, _ meaning: Meaning) -> Bool {
    let count = bindings[name] ?? 0
    if case .instance = meaning { return count == 1 }
    return count == 0
  }

  private func isKeyword(_ index: Int, _ range: Range<Int>) -> Bool {
    tree.isMark(index + 1, "=") && !tree.isMark(index + 2, "=") && index > range.lowerBound
  }

  /// What a member is; nil when nobody can say, or when it was reported.
  private mutating func step(
    _ token: Int, from entities: [PythonResolver.Entity], _ instance: (PythonType, String)?, _ range: Range<Int>,
    _ resolver: inout PythonResolver
  ) -> [PythonResolver.Entity]? {
    let name = tree.text(token)
    let isAssigned = tree.isMark(token + 1, "=") && !tree.isMark(token + 2, "=")
    guard !name.hasPrefix("__"), !isAssigned, tree.text(range.lowerBound) != "del" else { return nil }
    if let (type, module) = instance { return typeMember(token, type, module, &resolver) }
    guard entities.count == 1 else { return nil }
    switch entities[0] {
    case .module(let module):
      switch resolver.member(name, of: module) {
      case .found(let them): return them
      case .unknown: return nil
      case .absent:
        report(.member, token, "module `\(module)`", module: module, &resolver)
        return nil
      }
    case .type(let type, let module): return typeMember(token, type, module, &resolver)
    case .function, .value: return nil
    }
  }

  private mutating func typeMember(
    _ token: Int, _ type: PythonType, _ module: String, _ resolver: inout PythonResolver
  ) -> [PythonResolver.Entity]? {
    let name = tree.text(token)
    guard let members = resolver.members(of: type, in: module) else { return nil }
    guard members.contains(name) else {
      guard !["mro", "register"].contains(name), case .file(let path) = resolver.layout.place(of: module) else { return nil }
      let named = members.filter { type.methods[$0] != nil || members.count < 200 }
      add(
        UnresolvedName(
          kind: .member, name: name, owner: "`\(type.name)`", range: bytes(token), nearest: nearestName(to: name, among: named),
          elsewhere: [], path: path))
      return nil
    }
    return resolver.methods(name, of: type, in: module).map { $0.map { .function($0) } }
  }

  /// Keywords of a call.
  private mutating func call(_ open: Int, _ entities: [PythonResolver.Entity], _ resolver: inout PythonResolver) {
    guard let (functions, owner) = callable(entities, &resolver), functions.allSatisfy({ !$0.takesAny }), !functions.isEmpty else { return }
    let keywords = Set(functions.flatMap(\.keywords))
    let close = tree.close(of: open)
    var index = open + 1
    while index < close {
      let begins = tree.isMark(index - 1, "(") && index - 1 == open || tree.isMark(index - 1, ",")
      if begins, tree.isName(index), tree.isMark(index + 1, "="), !tree.isMark(index + 2, "="), !keywords.contains(tree.text(index)) {
        let name = tree.text(index)
        add(
          UnresolvedName(
            kind: .argument, name: name, owner: "`\(tree.text(open - 1))`", range: bytes(index),
            nearest: nearestName(to: name, among: keywords),
            elsewhere: [], path: owner))
      }
      index = tree.after(index)
    }
  }

  /// The signatures that a call may mean, and the file of one.
  private func callable(_ entities: [PythonResolver.Entity], _ resolver: inout PythonResolver) -> ([PythonFunction], String)? {
    if entities.count == 1, case .type(let type, let module) = entities[0] {
      guard case .file(let path) = resolver.layout.place(of: module), !type.hasGeneratedConstructor else { return nil }
      return resolver.constructor(of: type, in: module).map { ($0, path) }
    }
    var functions: [PythonFunction] = []
    for entity in entities {
      guard case .function(let function) = entity else { return nil }
      functions.append(function)
    }
    return (functions, "")
  }

  // MARK: Objects

  /// `client = paint.Client(…)`, and nothing behind it.
  private mutating func readInstance(_ range: Range<Int>, _ resolver: inout PythonResolver) {
    let name = range.lowerBound
    guard tree.isName(name), tree.isMark(name + 1, "="), tree.isName(name + 2), bindings[tree.text(name)] == 1 else { return }
    guard !importTokens.contains(name) else { return }
    var next = name + 3
    while tree.isMark(next, "."), tree.isName(next + 1) { next += 2 }
    guard tree.isMark(next, "("), tree.close(of: next) + 1 == range.upperBound, let meaning = known[tree.text(name + 2)] else { return }
    guard bindings[tree.text(name + 2)] == nil, let (type, module) = type(meaning, stretch(name + 3, next), &resolver) else { return }
    known[tree.text(name)] = .instance(type, of: module)
  }

  private func type(_ meaning: Meaning, _ path: Range<Int>, _ resolver: inout PythonResolver) -> (PythonType, String)? {
    var names = path.filter { tree.isName($0) }.map { tree.text($0) }
    var entity: PythonResolver.Entity
    switch meaning {
    case .module(let module): entity = .module(module)
    case .member(let name, let module):
      entity = .module(module)
      names.insert(name, at: 0)
    case .instance: return nil
    }
    for name in names {
      guard case .module(let module) = entity, case .found(let them) = resolver.member(name, of: module), them.count == 1 else {
        return nil
      }
      entity = them[0]
    }
    if case .type(let type, let module) = entity { return (type, module) }
    return nil
  }

  // MARK: Reports

  private mutating func report(
    _ kind: UnresolvedName.Kind, _ token: Int, _ owner: String, module: String, _ resolver: inout PythonResolver
  ) {
    let name = tree.text(token)
    guard !name.hasPrefix("_"), case .file(let path) = resolver.layout.place(of: module) else { return }
    add(
      UnresolvedName(
        kind: kind, name: name, owner: owner, range: bytes(token), nearest: nearestName(to: name, among: resolver.names(of: module)),
        elsewhere: resolver.definitions(of: name).filter { $0 != module }, path: path))
  }

  private mutating func add(_ name: UnresolvedName) { if found.count < 200 { found.append(name) } }

  private func bytes(_ token: Int) -> Range<Int> { Int(tree[token].start)..<Int(tree[token].end) }
}

extension PythonResolver {
  /// The names of a module that its text binds.
  mutating func names(of module: String) -> [String] {
    guard case .file(let path) = layout.place(of: module), let outline = outline(ofFile: path) else { return [] }
    return outline.mentioned.union(outline.names.keys).sorted()
  }

  /// The modules directly in a package.
  mutating func siblings(of package: String) -> [String] {
    var names: Set<String> = []
    for path in layout.modules {
      guard let module = layout.module(ofFile: path), module.hasPrefix(package + ".") else { continue }
      names.insert(String(module.dropFirst(package.count + 1).prefix { $0 != "." }))
    }
    return names.sorted()
  }

  /// The signatures of a class's constructor; nil when nobody can say.
  mutating func constructor(of type: PythonType, in module: String) -> [PythonFunction]? {
    members(of: type, in: module) == nil ? nil : methods("__init__", of: type, in: module)
  }
}
