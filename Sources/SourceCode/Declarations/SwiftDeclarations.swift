// Swift: attributes and modifiers, then a keyword. Members of an extension belong to the type that it extends.

extension DeclarationScanner {
  private static let swiftModifiers: Set<Word> = [
    .public, .private, .internal, .fileprivate, .open, .package, .static, .class, .final, .override, .mutating, .nonmutating, .lazy, .weak,
    .unowned, .optional, .dynamic, .indirect, .nonisolated, .isolated, .async,
  ]

  mutating func swiftStatement(at first: Int) -> Int? {
    var index = skipModifiers(first, Self.swiftModifiers)
    // `class` is a modifier before `func` and `var`, a keyword otherwise.
    if index > first, tree.isWord(index - 1, .class), tree.isName(index), tree[index].word == .none { index -= 1 }
    guard tree.isName(index) else { return nil }
    switch tree[index].word {
    case .func: return swiftFunction(index + 1, .method, first)
    case .macro: return swiftFunction(index + 1, .macro, first)
    case .`init`: return swiftInitializer(index, first)
    case .class, .actor: return swiftType(index, .class, .type, first)
    case .struct: return swiftType(index, .struct, .type, first)
    case .protocol: return swiftType(index, .protocol, .type, first)
    case .enum: return swiftType(index, .enum, .enumeration, first)
    case .extension: return swiftExtension(index)
    case .let, .var: return swiftVariable(index, first)
    case .typealias, .associatedtype: return swiftAlias(index + 1, first)
    case .case: return swiftCases(index + 1, first)
    default: return nil
    }
  }

  private mutating func swiftFunction(_ name: Int, _ kind: Declaration.Kind, _ first: Int) -> Int? {
    guard tree.isName(name) else { return nil }
    let (parameters, end) = signature(after: name + 1)
    let declared = declare(name, kind == .method && !isInType ? .function : kind, from: first, parameters: parameters ?? [])
    return enterBody(of: declared, from: end, .function)
  }

  private mutating func swiftInitializer(_ name: Int, _ first: Int) -> Int? {
    guard isInType else { return nil }
    let next = tree.isMark(name + 1, "?") || tree.isMark(name + 1, "!") ? name + 2 : name + 1
    let (parameters, end) = signature(after: next)
    guard let parameters else { return nil }
    let declared = declare(name, .constructor, from: first, parameters: parameters)
    return enterBody(of: declared, from: end, .function)
  }

  private mutating func swiftType(_ keyword: Int, _ kind: Declaration.Kind, _ scope: Scope.Kind, _ first: Int) -> Int? {
    let name = keyword + 1
    guard tree.isName(name) else { return nil }
    let declared = declare(name, kind, from: first)
    return enterBody(of: declared, from: name + 1, scope, named: [tree.text(name)])
  }

  private mutating func swiftExtension(_ index: Int) -> Int? {
    guard tree.isName(index + 1) else { return nil }
    var names = [index + 1]
    while let last = names.last, tree.isMark(last + 1, "."), tree.isName(last + 2) { names.append(last + 2) }
    return enterBody(of: nil, from: (names.last ?? index) + 1, .type, named: names.map { tree.text($0) })
  }

  private mutating func swiftVariable(_ keyword: Int, _ first: Int) -> Int? {
    let name = keyword + 1
    guard tree.isName(name), !isLocal else { return nil }
    let kind: Declaration.Kind = isInType ? .field : tree.isWord(keyword, .let) ? .constant : .variable
    let declared = declare(name, kind, from: first)
    return enterBody(of: declared, from: name + 1, .function)
  }

  private mutating func swiftAlias(_ name: Int, _ first: Int) -> Int? {
    guard tree.isName(name) else { return nil }
    let next = tree.afterAngles(name + 1)
    let end = max(next, statementEnd(from: next))
    let target = tree.isMark(next, "=") ? stretch(next + 1, end).first { tree.isName($0) && !tree.isMark($0 + 1, ".") } : nil
    declare(name, .typeAlias, from: first, body: stretch(next, end), aliasOf: target.map { tree.text($0) })
    return end
  }

  /// `case a, b(Int) = 3`.
  private mutating func swiftCases(_ start: Int, _ first: Int) -> Int? {
    guard case .enumeration = scopes.last?.kind else { return nil }
    var name = start
    while tree.isName(name) {
      let parameters = tree.isMark(name + 1, "(") ? self.parameters(at: name + 1) : nil
      var next = tree.isMark(name + 1, "(") ? tree.after(name + 1) : name + 1
      declare(name, .enumCase, from: first, parameters: parameters, body: stretch(name + 1, min(next, count)))
      if tree.isMark(next, "=") { next += 2 }
      guard tree.isMark(next, ",") else { return next }
      name = next + 1
    }
    return name
  }
}
