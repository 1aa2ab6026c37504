// Rust: items begin with a keyword after attributes and a visibility. Methods belong to the type that their `impl` names.

extension DeclarationScanner {
  private static let rustModifiers: Set<Word> = [.pub, .async, .unsafe, .extern, .default, .const]

  mutating func rustStatement(at first: Int) -> Int? {
    if case .enumeration = scopes.last?.kind { return rustVariant(at: first) }
    let index = rustKeyword(first)
    guard index < count else { return nil }
    if isTestOnly(stretch(first, index)) { testRanges.append(stretch(first, max(index, testEnd(index)))) }
    return rustItem(index, from: first)
  }

  /// The index of the item's keyword. `const` is one when no function follows.
  private func rustKeyword(_ first: Int) -> Int {
    let index = skipModifiers(first, Self.rustModifiers)
    if tree.isWord(index - 1, .const), index > first, !tree.isWord(index, .fn), !tree.isWord(index, .unsafe) { return index - 1 }
    return index
  }

  private mutating func rustItem(_ index: Int, from first: Int) -> Int? {
    switch tree[index].word {
    case .fn where tree.isName(index + 1): return rustFunction(index + 1, first)
    case .struct, .union: return rustType(index, .struct, .type, first)
    case .enum: return rustType(index, .enum, .enumeration, first)
    case .trait: return rustType(index, .trait, .type, first)
    case .mod: return rustModule(index, first)
    case .impl: return rustImplementation(index)
    case .const, .static: return rustValue(tree.isWord(index + 1, .mut) ? index + 2 : index + 1, .constant, first)
    case .type: return rustAlias(index + 1, first)
    case .use: return rustUse(index, first)
    case .macroRules where tree.isMark(index + 1, "!"): return rustMacro(index + 2, first)
    default: return rustField(index, first)
    }
  }

  private mutating func rustFunction(_ name: Int, _ first: Int) -> Int {
    let (parameters, end) = signature(after: name + 1)
    let kind: Declaration.Kind = isInType ? .method : .function
    let own = (parameters ?? []).filter { $0.name != "self" }
    let declared = declare(name, kind, from: first, parameters: own)
    return enterBody(of: declared, from: end, .function)
  }

  private mutating func rustType(_ keyword: Int, _ kind: Declaration.Kind, _ scope: Scope.Kind, _ first: Int) -> Int? {
    let name = keyword + 1
    guard tree.isName(name) else { return nil }
    let declared = declare(name, kind, from: first)
    return enterBody(of: declared, from: name + 1, scope, named: [tree.text(name)])
  }

  private mutating func rustModule(_ index: Int, _ first: Int) -> Int? {
    guard tree.isName(index + 1) else { return nil }
    let declared = declare(index + 1, .module, from: first)
    return enterBody(of: declared, from: index + 2, .namespace, named: [tree.text(index + 1)])
  }

  /// `impl<T> Trait<T> for path::Type<T> where …`: the scope adds `Type`.
  private mutating func rustImplementation(_ index: Int) -> Int {
    var position = tree.afterAngles(index + 1)
    var name: Int?
    while position < count, !tree.isMark(position, "{"), !tree.isMark(position, ";"), !tree.isWord(position, .where) {
      if tree.isWord(position, .for) { name = nil } else if tree.isName(position) { name = position }
      let next = tree.afterAngles(position)
      position = next > position ? next : tree.after(position)
    }
    return enterBody(of: nil, from: position, .type, named: name.map { [tree.text($0)] } ?? [])
  }

  private mutating func rustValue(_ name: Int, _ kind: Declaration.Kind, _ first: Int) -> Int? {
    guard tree.isName(name) else { return nil }
    let end = statementEnd(from: name + 1)
    declare(name, kind, from: first, body: stretch(name + 1, end))
    return max(end, name + 1)
  }

  private mutating func rustAlias(_ name: Int, _ first: Int) -> Int? {
    guard tree.isName(name) else { return nil }
    let next = tree.afterAngles(name + 1)
    let end = max(next, statementEnd(from: next))
    let target = tree.isMark(next, "=") ? stretch(next + 1, end).first { tree.isName($0) && !tree.isPair($0 + 1, ":", ":") } : nil
    declare(name, .typeAlias, from: first, body: stretch(next, end), aliasOf: target.map { tree.text($0) })
    return end
  }

  /// `pub use a::New as Old;` declares `Old`.
  private mutating func rustUse(_ index: Int, _ first: Int) -> Int {
    let end = statementEnd(from: index + 1)
    if tree.isWord(index - 1, .pub) || tree.isMark(index - 1, ")") {
      for position in stretch(index, end) where tree.isWord(position, .as) && tree.isName(position + 1) && tree.isName(position - 1) {
        declare(position + 1, .typeAlias, from: first, aliasOf: tree.text(position - 1))
      }
    }
    return end
  }

  private mutating func rustMacro(_ name: Int, _ first: Int) -> Int? {
    guard tree.isName(name), name + 1 < count else { return nil }
    let end = tree.after(name + 1)
    declare(name, .macro, from: first, body: stretch(name + 2, end))
    return end
  }

  private mutating func rustField(_ name: Int, _ first: Int) -> Int? {
    guard case .type = scopes.last?.kind, tree.isName(name), tree.isMark(name + 1, ":"), !tree.isPair(name + 1, ":", ":") else {
      return nil
    }
    var end = name + 2
    while end < count, !tree.isMark(end, ","), !tree.isMark(end, "}") {
      let next = tree.afterAngles(end)
      end = next > end ? next : tree.after(end)
    }
    declare(name, .field, from: first, body: stretch(name + 2, end))
    return end
  }

  private mutating func rustVariant(at first: Int) -> Int? {
    let name = skipModifiers(first, [])
    guard tree.isName(name) else { return nil }
    let end = statementEnd(from: name + 1)
    declare(name, .enumCase, from: first, body: stretch(name + 1, end))
    return max(end, name + 1)
  }

  /// `#[test]`, `#[cfg(test)]`, `#[tokio::test]`.
  private func isTestOnly(_ header: Range<Int>) -> Bool {
    header.contains { index in
      tree.isWord(index, .test)
        && (tree.isMark(index + 1, "]") || tree.isMark(index + 1, "(") || tree.isWord(index - 2, .none) && tree.isMark(index - 1, "("))
    }
  }

  private func testEnd(_ index: Int) -> Int { body(from: index).end }
}
