// Kotlin: modifiers, then `fun`, `class`, `interface`, `object`, `val`, `var` or `typealias`.

extension DeclarationScanner {
  private static let kotlinModifiers: Set<Word> = [
    .public, .private, .protected, .internal, .open, .abstract, .final, .sealed, .override, .inline, .suspend, .data, .const, .lateinit,
    .operator, .companion, .enum,
  ]

  mutating func kotlinStatement(at first: Int) -> Int? {
    if isLocal { return nil }
    let index = skipModifiers(first, Self.kotlinModifiers.union([.extern]))
    guard tree.isName(index) else { return nil }
    switch tree[index].word {
    case .fun where tree.isWord(index + 1, .interface): return kotlinType(index + 1, .interface, first)
    case .fun: return kotlinFunction(index, first)
    case .class: return kotlinType(index, tree.isWord(index - 1, .enum) ? .enum : .class, first)
    case .interface: return kotlinType(index, .interface, first)
    case .object: return kotlinObject(index, first)
    case .val, .var: return kotlinProperty(index, first)
    case .typealias: return kotlinAlias(index + 1, first)
    default: return kotlinEntry(index, first)
    }
  }

  /// The declared name in `Receiver<T>.name` that begins at `start`.
  private func kotlinName(_ start: Int) -> Int? {
    var index = tree.afterAngles(start)
    var name: Int?
    while tree.isName(index) {
      name = index
      var next = tree.afterAngles(index + 1)
      if tree.isMark(next, "?") { next += 1 }
      guard tree.isMark(next, ".") else { break }
      index = next + 1
    }
    return name
  }

  private mutating func kotlinFunction(_ index: Int, _ first: Int) -> Int? {
    guard let name = kotlinName(index + 1) else { return nil }
    let (parameters, end) = signature(after: name + 1)
    let declared = declare(name, isInType ? .method : .function, from: first, parameters: parameters ?? [])
    return enterBody(of: declared, from: end, .function)
  }

  private mutating func kotlinType(_ keyword: Int, _ kind: Declaration.Kind, _ first: Int) -> Int? {
    let name = keyword + 1
    guard tree.isName(name) else { return nil }
    let next = skipModifiers(tree.afterAngles(name + 1), [.private, .internal, .constructor])
    let (parameters, end) = signature(after: next)
    let declared = declare(name, kind, from: first, parameters: parameters)
    return enterBody(of: declared, from: end, kind == .enum ? .enumeration : .type, named: [tree.text(name)])
  }

  private mutating func kotlinObject(_ index: Int, _ first: Int) -> Int? {
    guard tree.isName(index + 1), !tree.isWord(index - 1, .companion) else {
      return enterBody(of: nil, from: index + 1, .type)
    }
    let declared = declare(index + 1, .class, from: first)
    return enterBody(of: declared, from: index + 2, .type, named: [tree.text(index + 1)])
  }

  private mutating func kotlinProperty(_ keyword: Int, _ first: Int) -> Int? {
    guard let name = kotlinName(keyword + 1) else { return nil }
    let isConstant = tree.isWord(keyword - 1, .const) || (!isInType && tree.isWord(keyword, .val))
    let end = max(name + 1, statementEnd(from: name + 1))
    declare(name, isConstant ? .constant : isInType ? .field : .variable, from: first, body: stretch(name + 1, end))
    return end
  }

  private mutating func kotlinAlias(_ name: Int, _ first: Int) -> Int? {
    guard tree.isName(name) else { return nil }
    let next = tree.afterAngles(name + 1)
    let end = max(next, statementEnd(from: next))
    let target = stretch(next, end).first { tree.isName($0) && !tree.isMark($0 + 1, ".") }
    declare(name, .typeAlias, from: first, body: stretch(next, end), aliasOf: target.map { tree.text($0) })
    return end
  }

  private mutating func kotlinEntry(_ name: Int, _ first: Int) -> Int? {
    guard case .enumeration = scopes.last?.kind, tree[name].word == .none else { return nil }
    guard [",", "(", "{", ";", "}"].contains(where: { tree.isMark(name + 1, $0) }) else { return nil }
    let end = max(name + 1, statementEnd(from: name + 1))
    declare(name, .enumCase, from: first, body: stretch(name + 1, end))
    return end
  }
}
