// Python and Ruby: a logical line is a statement, and a block ends where the indentation falls back. (Ruby's blocks end
// with `end`, but every formatter and nearly every author puts it in the column of its opener.)

extension DeclarationScanner {
  /// The first token of each logical line: at the start of a line, in no bracket.
  private func statements() -> [Int] {
    var starts: [Int] = []
    var index = 0
    while index < count {
      if tree[index].startsLine || index == 0 { starts.append(index) }
      // Inside brackets lines do not end, but `{`/`do` blocks of Ruby hold statements.
      index = language == .ruby && tree.isMark(index, "{") ? index + 1 : tree.after(index)
    }
    return starts
  }

  private mutating func popIndentation(_ indentation: Int, at index: Int) {
    while let last = scopes.last, last.indentation >= indentation {
      close(scopes.removeLast(), at: index)
    }
  }

  private mutating func close(_ scope: Scope, at index: Int) {
    guard let declaration = scope.declaration else { return }
    setBody(declaration, stretch(found[declaration].body.lowerBound, index))
  }

  private mutating func closeAll() {
    while let last = scopes.popLast() { close(last, at: count) }
  }

  // MARK: Python

  mutating func scanPython() {
    let starts = statements()
    var decorators: Int?
    for (number, start) in starts.enumerated() {
      let end = number + 1 < starts.count ? starts[number + 1] : count
      let indentation = tree.source.indentation(of: tree[start])
      popIndentation(indentation, at: start)
      if tree.isMark(start, "@") {
        decorators = decorators ?? start
      } else {
        pythonStatement(stretch(start, end), from: decorators ?? start, indentation)
        decorators = nil
      }
    }
    closeAll()
  }

  private mutating func pythonStatement(_ range: Range<Int>, from first: Int, _ indentation: Int) {
    let start = tree.isWord(range.lowerBound, .async) ? range.lowerBound + 1 : range.lowerBound
    guard start < range.upperBound else { return }
    switch tree[start].word {
    case .class where tree.isName(start + 1): pythonClass(start + 1, range, first, indentation)
    case .def where tree.isName(start + 1): pythonFunction(start + 1, range, first, indentation)
    default: pythonAssignment(range, first)
    }
  }

  private mutating func pythonClass(_ name: Int, _ range: Range<Int>, _ first: Int, _ indentation: Int) {
    let body = pythonBody(after: name, range)
    let declared = declare(name, .class, from: first, body: stretch(body, range.upperBound))
    push(.type, named: [tree.text(name)], end: count, indentation: indentation, declaration: declared)
  }

  private mutating func pythonFunction(_ name: Int, _ range: Range<Int>, _ first: Int, _ indentation: Int) {
    let open = tree.isMark(name + 1, "[") ? tree.after(name + 1) : name + 1
    let parameters = tree.isMark(open, "(") ? self.parameters(at: open) : []
    let isMethod = if case .type = scopes.last?.kind { true } else { false }
    let kind: Declaration.Kind = !isMethod ? .function : tree.text(name) == "__init__" ? .constructor : .method
    let body = pythonBody(after: name, range)
    let declared = declare(name, kind, from: first, parameters: parameters, body: stretch(body, range.upperBound))
    push(.function, end: count, indentation: indentation, declaration: declared)
  }

  /// The token after the colon that ends the header.
  private func pythonBody(after name: Int, _ range: Range<Int>) -> Int {
    var index = name + 1
    while index < range.upperBound {
      if tree.isMark(index, ":") { return index + 1 }
      index = tree.after(index)
    }
    return range.upperBound
  }

  /// `name = value`, `name: Type = value` outside of functions; `self.name = value` in methods.
  private mutating func pythonAssignment(_ range: Range<Int>, _ first: Int) {
    if isLocal {
      pythonAttribute(range, first)
      return
    }
    let name = range.lowerBound
    guard tree.isName(name), tree[name].word == .none || !tree.isName(name + 1) else { return }
    let isAnnotated = tree.isMark(name + 1, ":")
    let isAssigned = tree.isMark(name + 1, "=") && !tree.isPair(name + 1, "=", "=")
    guard isAnnotated || isAssigned else { return }
    let value = isAssigned ? stretch(name + 2, range.upperBound) : stretch(name + 1, range.upperBound)
    let kind: Declaration.Kind = isInType ? .field : tree.text(name).isUpperCased ? .constant : .variable
    declare(name, kind, from: first, body: value, aliasOf: isAssigned ? pathAlias(value) : nil)
  }

  private mutating func pythonAttribute(_ range: Range<Int>, _ first: Int) {
    let start = range.lowerBound
    guard tree.isWord(start, .self), tree.isMark(start + 1, "."), tree.isName(start + 2) else { return }
    guard tree.isMark(start + 3, "=") || tree.isMark(start + 3, ":"), !tree.isPair(start + 3, "=", "=") else { return }
    declareAttribute(start + 2, first, value: stretch(start + 4, range.upperBound))
  }

  /// A field that a method assigns: belongs to the type around, once.
  private mutating func declareAttribute(_ name: Int, _ first: Int, value: Range<Int>) {
    let owner = self.owner
    guard !owner.isEmpty, value.lowerBound <= value.upperBound else { return }
    let text = tree.text(name)
    for item in found.suffix(200) where item.declaration.name == text && item.declaration.owner == owner { return }
    guard let declared = declare(name, .field, from: first, body: value) else { return }
    found[declared].declaration.isLocal = false
  }

  /// The last name of a value that is nothing but a dotted path.
  func pathAlias(_ value: Range<Int>) -> String? {
    guard let last = value.last, tree.isName(last), value.count <= 9 else { return nil }
    for (offset, index) in value.enumerated() where offset % 2 == 0 ? !tree.isName(index) : !tree.isMark(index, ".") { return nil }
    return tree.text(last)
  }

  // MARK: Ruby

  mutating func scanRuby() {
    let starts = statements()
    for (number, start) in starts.enumerated() {
      let end = number + 1 < starts.count ? starts[number + 1] : count
      let indentation = tree.source.indentation(of: tree[start])
      popIndentation(indentation, at: start)
      rubyStatement(stretch(start, end), indentation)
    }
    closeAll()
  }

  private mutating func rubyStatement(_ whole: Range<Int>, _ indentation: Int) {
    var range = whole
    let visibility: Set<Word> = [.private, .protected, .public]
    if visibility.contains(tree[range.lowerBound].word), tree.isWord(range.lowerBound + 1, .def) {
      range = stretch(range.lowerBound + 1, range.upperBound)
    }
    let start = range.lowerBound
    guard start < range.upperBound else { return }
    switch tree[start].word {
    case .class, .module: rubyType(start, range, indentation)
    case .def: rubyMethod(start, range, indentation)
    case .attrReader, .attrWriter, .attrAccessor: rubyAttributes(range)
    case .aliasMethod, .as: rubyAlias(range)
    case .defineMethod: if let name = symbol(in: range, at: 0) { declare(name, .method, from: start) }
    default: rubyOther(range)
    }
  }

  private mutating func rubyType(_ start: Int, _ range: Range<Int>, _ indentation: Int) {
    guard tree.isName(start + 1) else {
      // `class << self` adds nothing to the owner.
      push(.type, end: count, indentation: indentation)
      return
    }
    var names = [start + 1]
    while let last = names.last, tree.isPair(last + 1, ":", ":"), tree.isName(last + 3) { names.append(last + 3) }
    guard let last = names.last else { return }
    let path = names.map { tree.text($0) }
    let kind: Declaration.Kind = tree.isWord(start, .class) ? .class : .module
    let declared = declare(last, kind, from: start, owner: owner + path.dropLast(), body: stretch(last + 1, range.upperBound))
    push(.type, named: path, end: count, indentation: indentation, declaration: declared)
  }

  private mutating func rubyMethod(_ start: Int, _ range: Range<Int>, _ indentation: Int) {
    let name = tree.isMark(start + 2, ".") ? start + 3 : start + 1
    guard tree.isName(name) else { return }
    let hasParentheses = tree.isMark(name + 1, "(")
    let parameters = hasParentheses ? self.parameters(at: name + 1) : []
    let kind: Declaration.Kind = owner.isEmpty ? .function : tree.text(name) == "initialize" ? .constructor : .method
    let body = hasParentheses ? tree.after(name + 1) : name + 1
    let declared = declare(name, kind, from: start, parameters: parameters, body: stretch(min(body, range.upperBound), range.upperBound))
    push(.function, end: count, indentation: indentation, declaration: declared)
  }

  private mutating func rubyAttributes(_ range: Range<Int>) {
    for index in range where tree.isMark(index, ":") && tree.isName(index + 1) { declare(index + 1, .field, from: range.lowerBound) }
  }

  /// `alias_method :old, :new`.
  private mutating func rubyAlias(_ range: Range<Int>) {
    guard let new = symbol(in: range, at: 0), let target = symbol(in: range, at: 1) else { return }
    declare(new, .method, from: range.lowerBound, aliasOf: tree.text(target).trimmingQuotes)
  }

  /// The n-th `:name` or `"name"` of a call.
  private func symbol(in range: Range<Int>, at number: Int) -> Int? {
    let symbols = range.dropFirst().filter { index in
      tree[index].kind == .string || (tree.isName(index) && tree.isMark(index - 1, ":") && !tree.isMark(index - 2, ":"))
    }
    return number < symbols.count ? symbols[number] : nil
  }

  /// Constants, `alias old new`, instance variables.
  private mutating func rubyOther(_ range: Range<Int>) {
    let start = range.lowerBound
    guard tree.isName(start) else { return }
    if tree.text(start) == "alias", let names = rubyAliasNames(range) {
      declare(names.new, .method, from: start, aliasOf: tree.text(names.target))
    } else if !isLocal, tree.isMark(start + 1, "="), !tree.isPair(start + 1, "=", "="), let first = tree.text(start).unicodeScalars.first,
      first.properties.isUppercase
    {
      declare(
        start, .constant, from: start, body: stretch(start + 2, range.upperBound), aliasOf: pathAlias(stretch(start + 2, range.upperBound)))
    }
  }

  private func rubyAliasNames(_ range: Range<Int>) -> (new: Int, target: Int)? {
    let names = range.dropFirst().filter { tree.isName($0) }
    return names.count == 2 ? (names[0], names[1]) : nil
  }
}

extension String {
  /// Letters only in upper case, at least one of them.
  var isUpperCased: Bool {
    utf8.contains { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") }
      && !utf8.contains { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") }
  }
}
