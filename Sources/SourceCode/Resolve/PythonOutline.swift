// What a Python file defines, as far as it can be read off the text: over-complete on purpose. Every name that a line of the
// module mentions counts as defined there, since what a module uses it can be asked for; only what is certainly no name of the
// module (an attribute, a keyword argument, the inside of a function) does not.

/// A function or method as its callers see it.
struct PythonFunction: Sendable, Hashable {
  /// Parameters that may be given by name.
  var keywords: [String]
  /// It takes any keyword, or nobody knows (an unknown decorator).
  var takesAny: Bool
}

/// A class as its users see it.
struct PythonType: Sendable, Hashable {
  var name: String
  /// As written, without what stands in brackets behind them.
  var bases: [String]
  /// A metaclass, an unknown decorator, computed bases or attributes.
  var isOpen: Bool
  /// Everything assigned, defined or mentioned as an attribute inside of it.
  var members: Set<String>
  var methods: [String: [PythonFunction]]
  /// A decorator writes the constructor.
  var hasGeneratedConstructor: Bool
}

/// What a file defines.
struct PythonOutline: Sendable {
  enum Binding: Sendable, Hashable {
    case function(PythonFunction)
    case type(PythonType)
    /// `import a.b as c`; `import a.b` binds `a`.
    case module(String)
    /// `from a import b as c`; with the number of leading dots.
    case imported(module: String, level: Int, name: String)
    case value
  }

  struct Star: Sendable, Hashable {
    var module: String
    var level: Int
  }

  var names: [String: [Binding]] = [:]
  /// Names that lines outside of functions use: they are there, whatever they are.
  var mentioned: Set<String> = []
  var stars: [Star] = []
  /// The module computes its names.
  var isOpen = false

  init(_ tree: TokenTree) {
    var scanner = PythonOutlineScanner(tree)
    scanner.scan()
    self = scanner.outline
  }

  fileprivate init() {}
}

/// Goes over the logical lines of a file once.
private struct PythonOutlineScanner {
  private enum Scope {
    case function
    /// By its place in `types`.
    case type(Int)
  }

  let tree: TokenTree
  var outline = PythonOutline()
  private var scopes: [(indentation: Int, scope: Scope)] = []
  /// Classes in progress, each with the class that holds it.
  private var types: [PythonType] = []
  private var ends: [Int] = []

  init(_ tree: TokenTree) { self.tree = tree }

  /// Calls and names by which a module makes names at run time.
  private static let dynamicNames = dynamicAnywhere.union(
    ["__import__", "import_module", "setattr", "lazy_loader", "LazyLoader", "__path__", "vars"].map { identifierHash($0.utf8) })
  private static let dynamicAnywhere = Set(["globals", "exec"].map { identifierHash($0.utf8) })

  mutating func scan() {
    var starts: [Int] = []
    var index = 0
    while index < tree.count {
      if tree[index].startsLine || index == 0 { starts.append(index) }
      index = tree.after(index)
    }
    var decorators: [Range<Int>] = []
    for (number, start) in starts.enumerated() {
      let range = start..<(number + 1 < starts.count ? starts[number + 1] : tree.count)
      let indentation = tree.source.indentation(of: tree[start])
      pop(indentation)
      if tree.isMark(start, "@") {
        decorators.append(range)
        if !isInFunction { collectNames(range) }
      } else {
        statement(range, indentation, decorators)
        decorators = []
      }
    }
    pop(-1)
  }

  private var isInFunction: Bool { if case .function = scopes.last?.scope { true } else { false } }

  private var type: Int? {
    for entry in scopes.reversed() { if case .type(let index) = entry.scope { return index } }
    return nil
  }

  private mutating func pop(_ indentation: Int) {
    while let last = scopes.last, last.indentation >= indentation {
      scopes.removeLast()
      if case .type(let index) = last.scope { finish(index) }
    }
  }

  /// A class is known once its last line was read.
  private mutating func finish(_ index: Int) {
    let isNested = scopes.contains { if case .type = $0.scope { true } else { false } }
    let isLocal = scopes.contains { if case .function = $0.scope { true } else { false } }
    if !isNested, !isLocal { outline.names[types[index].name, default: []].append(.type(types[index])) }
  }

  private mutating func statement(_ range: Range<Int>, _ indentation: Int, _ decorators: [Range<Int>]) {
    let start = tree.isWord(range.lowerBound, .async) ? range.lowerBound + 1 : range.lowerBound
    if tree.isWord(start, .def), tree.isName(start + 1) { return function(start + 1, range, indentation, decorators) }
    if tree.isWord(start, .class), tree.isName(start + 1) { return classHeader(start + 1, range, indentation, decorators) }
    if let type { collectAttributes(range, type) }
    if isInFunction {
      if tree.isWord(range.lowerBound, .global) { for index in range.dropFirst() where tree.isName(index) { add(index, .value) } }
      // `globals()["x"] = …` in a function that the module calls.
      if type == nil, range.contains(where: { isDynamic($0, Self.dynamicAnywhere) }) { outline.isOpen = true }
      return
    }
    if type == nil, range.contains(where: { isDynamic($0, Self.dynamicNames) }) { outline.isOpen = true }
    if type == nil, imports(range) { return }
    collectNames(range)
  }

  private func isDynamic(_ index: Int, _ names: Set<UInt64>) -> Bool {
    guard tree[index].kind == .identifier else { return false }
    if tree.isMark(index - 1, ".") { return tree.isMark(index + 1, "[") && tree.text(index) == "modules" && tree.text(index - 2) == "sys" }
    return names.contains(tree[index].hash)
  }

  private mutating func add(_ index: Int, _ binding: PythonOutline.Binding) {
    let name = tree.text(index)
    let known = outline.names[name, default: []]
    guard !known.contains(binding) else { return }
    if known.count < 100 { outline.names[name] = known + [binding] } else { outline.isOpen = true }
  }

  // MARK: Plain lines

  /// The names that a line outside of functions mentions: of the module, or of the class around.
  private mutating func collectNames(_ range: Range<Int>) {
    let isList = tree.text(range.lowerBound) == "__all__"
    let assigned = lastAssignment(range)
    var depth = 0
    for index in range {
      if isList, tree[index].kind == .string { addListed(index) }
      if "([{".utf8.contains(tree[index].byte), tree[index].kind == .punctuation { depth += 1 }
      if ")]}".utf8.contains(tree[index].byte), tree[index].kind == .punctuation { depth -= 1 }
      let isKeyword = depth > 0 && tree.isMark(index + 1, "=") && !tree.isPair(index + 1, "=", "=")
      guard tree.isName(index), !tree.isMark(index - 1, "."), !isKeyword else { continue }
      if let type {
        types[type].members.insert(tree.text(index))
      } else if index < assigned {
        add(index, .value)
      } else {
        outline.mentioned.insert(tree.text(index))
      }
    }
  }

  /// The last `=` of an assignment, outside of brackets; names before it are bound, but in an annotation without a value all are.
  private func lastAssignment(_ range: Range<Int>) -> Int {
    if tree.isMark(range.lowerBound + 1, ":") { return range.lowerBound + 1 }
    var last = range.lowerBound
    var index = range.lowerBound
    while index < range.upperBound {
      let isPart = tree.isMark(index - 1, "=") || tree.isMark(index - 1, "!") || tree.isMark(index - 1, "<") || tree.isMark(index - 1, ">")
      if tree.isMark(index, "="), !tree.isMark(index + 1, "="), !isPart { last = index }
      index = tree.after(index)
    }
    let binders: Set<String> = ["for", "with", "except", "async", "type"]
    return binders.contains(tree.text(range.lowerBound)) ? range.upperBound : last
  }

  private mutating func addListed(_ index: Int) {
    outline.mentioned.insert(tree.text(index).trimmingQuotes)
  }

  /// Whatever stands behind a dot inside a class may be its attribute, and so may every string (`__slots__`, `setattr`).
  private mutating func collectAttributes(_ range: Range<Int>, _ type: Int) {
    for index in range {
      if tree.isName(index), tree.isMark(index - 1, ".") { types[type].members.insert(tree.text(index)) }
      if tree.isName(index), ["setattr", "__dict__"].contains(tree.text(index)) { types[type].isOpen = true }
      if tree[index].kind == .string, tree[index].end - tree[index].start < 60 {
        types[type].members.insert(tree.text(index).trimmingQuotes)
      }
    }
  }

  // MARK: Imports

  /// Reads the imports of a line; true when it is nothing but one.
  private mutating func imports(_ range: Range<Int>) -> Bool {
    var isOnlyImport = false
    for index in range {
      let begins = index == range.lowerBound || tree.isMark(index - 1, ":") || tree.isMark(index - 1, ";")
      guard begins, let statement = PythonImport(tree, at: index, end: range.upperBound) else { continue }
      isOnlyImport = index == range.lowerBound && statement.end == range.upperBound
      record(statement)
    }
    return isOnlyImport
  }

  private mutating func record(_ statement: PythonImport) {
    for item in statement.items {
      if item.isStar {
        outline.stars.append(.init(module: statement.module, level: statement.level))
      } else if statement.isFrom {
        add(item.boundToken, .imported(module: statement.module, level: statement.level, name: item.name))
      } else if item.hasAlias {
        add(item.boundToken, .module(item.name))
      } else {
        add(item.boundToken, .module(String(item.name.prefix { $0 != "." })))
      }
    }
  }

  // MARK: Functions and classes

  private mutating func function(_ name: Int, _ range: Range<Int>, _ indentation: Int, _ decorators: [Range<Int>]) {
    defer { scopes.append((indentation, .function)) }
    let open = tree.isMark(name + 1, "[") ? tree.after(name + 1) : name + 1
    let text = tree.text(name)
    let isOpen = !decorators.allSatisfy { PythonDecorators.keepsSignature(dotted($0.lowerBound + 1)) }
    let function = PythonFunction.read(tree, open, isMethod: type != nil, isOpen: isOpen)
    if let type {
      collectAttributes(range, type)
      guard !isInFunction else { return }
      types[type].members.insert(text)
      types[type].methods[text, default: []].append(function)
      if ["__getattr__", "__getattribute__", "__new__", "__init_subclass__"].contains(text) { types[type].isOpen = true }
    } else if !isInFunction {
      add(name, .function(function))
      if text == "__getattr__" { outline.isOpen = true }
    }
  }

  private mutating func classHeader(_ name: Int, _ range: Range<Int>, _ indentation: Int, _ decorators: [Range<Int>]) {
    if let type, !isInFunction { types[type].members.insert(tree.text(name)) }
    var new = PythonType(name: tree.text(name), bases: [], isOpen: false, members: [], methods: [:], hasGeneratedConstructor: false)
    for decorator in decorators {
      let name = dotted(decorator.lowerBound + 1)
      if PythonDecorators.writesConstructor(name) {
        new.hasGeneratedConstructor = true
      } else if !PythonDecorators.keepsClass(name) {
        new.isOpen = true
      }
    }
    let open = tree.isMark(name + 1, "[") ? tree.after(name + 1) : name + 1
    if tree.isMark(open, "(") { readBases(open, &new) }
    types.append(new)
    scopes.append((indentation, .type(types.count - 1)))
    if scopes.count > DeclarationScanner.maximumScopes { outline.isOpen = true }
  }

  private func readBases(_ open: Int, _ type: inout PythonType) {
    let close = tree.close(of: open)
    var index = open + 1
    while index < close {
      let name = dotted(index)
      if name.isEmpty || (tree.isMark(index + 1, "=") && name != "metaclass") {
        type.isOpen = true
      } else if name == "metaclass" {
        let value = dotted(index + 2)
        if value != "ABCMeta" && value != "abc.ABCMeta" { type.isOpen = true }
      } else {
        type.bases.append(name)
      }
      while index < close, !tree.isMark(index, ",") { index = tree.after(index) }
      index += 1
    }
  }

  /// The dotted name at a token.
  private func dotted(_ index: Int) -> String { tree.dottedName(at: index) }
}

extension TokenTree {
  /// `a.b.c` from this token on; empty when there is no name.
  func dottedName(at start: Int) -> String {
    guard isName(start) else { return "" }
    var text = self.text(start)
    var index = start + 1
    while isMark(index, "."), isName(index + 1), text.utf8.count < 300 {
      text += "." + self.text(index + 1)
      index += 2
    }
    return text
  }
}

extension PythonFunction {
  /// Reads the parameter list that opens at a bracket.
  static func read(_ tree: TokenTree, _ open: Int, isMethod: Bool, isOpen: Bool) -> PythonFunction {
    guard tree.isMark(open, "(") else { return PythonFunction(keywords: [], takesAny: true) }
    let close = tree.close(of: open)
    var keywords: [String] = []
    var takesAny = isOpen
    var index = open + 1
    while index < close {
      if tree.isPair(index, "*", "*") {
        takesAny = true
      } else if tree.isMark(index, "/") {
        keywords = []
      } else if tree.isName(index) {
        keywords.append(tree.text(index))
      }
      while index < close, !tree.isMark(index, ",") { index = tree.after(index) }
      index += 1
    }
    return PythonFunction(keywords: keywords, takesAny: takesAny)
  }
}

/// Decorators whose effect on a signature is known.
enum PythonDecorators {
  static func keepsSignature(_ name: String) -> Bool { transparent.contains(last(name)) || name.hasSuffix(".overload") }
  static func writesConstructor(_ name: String) -> Bool { generating.contains(name) }
  static func keepsClass(_ name: String) -> Bool { ["final", "runtime_checkable", "total_ordering"].contains(last(name)) }

  private static func last(_ name: String) -> String { String(name.split(separator: ".").last ?? "") }

  private static let transparent: Set<String> = [
    "staticmethod", "classmethod", "abstractmethod", "overload", "contextmanager", "asynccontextmanager", "lru_cache", "cache", "final",
    "override", "no_type_check", "property",
  ]
  private static let generating: Set<String> = [
    "dataclass", "dataclasses.dataclass", "attr.s", "attr.attrs", "attrs", "attrs.define", "attr.define", "attrs.frozen", "attr.frozen",
    "define", "frozen",
  ]
}
