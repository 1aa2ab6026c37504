// Go: every declaration begins with its keyword, at the start of a line or in a parenthesised group.

extension DeclarationScanner {
  mutating func goStatement(at index: Int) -> Int? {
    guard tree.isName(index) else { return nil }
    switch scopes.last?.kind {
    case .group(.typeAlias): return goType(index, from: index)
    case .group(let kind): return goValues(index, kind, from: index)
    case .type: return goMember(at: index)
    default: break
    }
    switch tree[index].word {
    case .func: return goFunction(index)
    case .type: return tree.isMark(index + 1, "(") ? goGroup(index, .typeAlias) : goType(index + 1, from: index)
    case .const: return tree.isMark(index + 1, "(") ? goGroup(index, .constant) : goValues(index + 1, .constant, from: index)
    case .var: return tree.isMark(index + 1, "(") ? goGroup(index, .variable) : goValues(index + 1, .variable, from: index)
    default: return nil
    }
  }

  private mutating func goGroup(_ index: Int, _ kind: Declaration.Kind) -> Int {
    push(.group(kind), end: tree.close(of: index + 1))
    return index + 2
  }

  private mutating func goFunction(_ index: Int) -> Int? {
    var name = index + 1
    var owner: [String] = []
    if tree.isMark(name, "(") {
      owner = goReceiver(name).map { [$0] } ?? []
      name = tree.after(name)
    }
    guard tree.isName(name) else { return nil }
    let open = tree.isMark(name + 1, "[") ? tree.after(name + 1) : name + 1
    let (parameters, end) = signature(after: open)
    let declared = declare(name, owner.isEmpty ? .function : .method, from: index, owner: owner, parameters: parameters ?? [])
    return enterBody(of: declared, from: end, .function)
  }

  /// The type's name in `(c *Client[T])`.
  private func goReceiver(_ open: Int) -> String? {
    let inside = stretch(open + 1, tree.close(of: open))
    let bracket = inside.first { tree.isMark($0, "[") } ?? inside.upperBound
    return inside.last { $0 < bracket && tree.isName($0) }.map { tree.text($0) }
  }

  private mutating func goType(_ name: Int, from first: Int) -> Int? {
    guard tree.isName(name) else { return nil }
    var next = name + 1
    if tree.isMark(next, "["), tree.isName(next + 1), !tree.isMark(next + 2, "]") { next = tree.after(next) }
    switch next < count ? tree[next].word : .none {
    case .struct: return goBody(name, .struct, next, first)
    case .interface: return goBody(name, .interface, next, first)
    default:
      let value = tree.isMark(next, "=") ? next + 1 : next
      let end = statementEnd(from: value)
      declare(name, .typeAlias, from: first, body: stretch(value, end), aliasOf: pathAlias(stretch(value, end)))
      return max(end, name + 1)
    }
  }

  private mutating func goBody(_ name: Int, _ kind: Declaration.Kind, _ keyword: Int, _ first: Int) -> Int {
    let declared = declare(name, kind, from: first)
    return enterBody(of: declared, from: keyword + 1, .type, named: [tree.text(name)])
  }

  /// `A, B Type = 1, 2`.
  private mutating func goValues(_ start: Int, _ kind: Declaration.Kind, from first: Int) -> Int? {
    guard tree.isName(start) else { return nil }
    let end = statementEnd(from: start + 1)
    var name = start
    while true {
      declare(name, kind, from: first, body: stretch(name + 1, end))
      guard tree.isMark(name + 1, ","), tree.isName(name + 2) else { break }
      name += 2
    }
    return max(end, start + 1)
  }

  /// A field `Name, Other Type` or an interface's method `Name(…)`. An embedded type declares nothing.
  private mutating func goMember(at start: Int) -> Int? {
    if tree.isMark(start + 1, "(") {
      let (parameters, end) = signature(after: start + 1)
      declare(start, .method, from: start, parameters: parameters)
      return statementEnd(from: end)
    }
    let end = statementEnd(from: start + 1)
    guard end > start + 1, !tree.isMark(start + 1, ".") else { return max(end, start + 1) }
    var name = start
    while true {
      declare(name, .field, from: start, body: stretch(name + 1, end))
      guard tree.isMark(name + 1, ","), tree.isName(name + 2) else { break }
      name += 2
    }
    return goInnerStruct(start, end) ?? end
  }

  /// A field whose type is a struct written in place.
  private mutating func goInnerStruct(_ name: Int, _ end: Int) -> Int? {
    guard let open = stretch(name, end).first(where: { tree.isMark($0, "{") && tree.isWord($0 - 1, .struct) }) else { return nil }
    push(.type, named: [tree.text(name)], end: tree.close(of: open))
    return open + 1
  }
}
