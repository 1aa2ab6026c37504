// PHP: keywords for everything but properties, which are modifiers and a type before a `$name`.

extension DeclarationScanner {
  private static let phpModifiers: Set<Word> = [.public, .private, .protected, .static, .abstract, .final, .readonly, .var]

  mutating func phpStatement(at first: Int) -> Int? {
    let index = skipModifiers(first, Self.phpModifiers)
    guard index < count else { return nil }
    switch tree[index].word {
    case .class: return phpType(index, .class, first)
    case .interface: return phpType(index, .interface, first)
    case .trait: return phpType(index, .trait, first)
    case .enum: return phpType(index, .enum, first)
    case .function: return phpFunction(index, first)
    case .const: return phpConstant(tree.isMark(index + 2, "=") ? index + 1 : index + 2, first)
    case .case where isInType: return phpConstant(index + 1, first, .enumCase)
    case .define where tree.isMark(index + 1, "("): return phpDefine(index, first)
    default: return isInType ? phpProperty(index, first) : nil
    }
  }

  private mutating func phpType(_ keyword: Int, _ kind: Declaration.Kind, _ first: Int) -> Int? {
    guard tree.isName(keyword + 1) else { return nil }
    let declared = declare(keyword + 1, kind, from: first)
    return enterBody(of: declared, from: keyword + 2, .type, named: [tree.text(keyword + 1)])
  }

  private mutating func phpFunction(_ keyword: Int, _ first: Int) -> Int? {
    let name = tree.isMark(keyword + 1, "&") ? keyword + 2 : keyword + 1
    guard tree.isName(name) else { return nil }
    let (parameters, end) = signature(after: name + 1)
    let kind: Declaration.Kind = !isInType ? .function : tree.text(name) == "__construct" ? .constructor : .method
    let declared = declare(name, kind, from: first, parameters: parameters ?? [])
    return enterBody(of: declared, from: end, .function)
  }

  private mutating func phpConstant(_ name: Int, _ first: Int, _ kind: Declaration.Kind = .constant) -> Int? {
    guard tree.isName(name) else { return nil }
    let end = max(name + 1, statementEnd(from: name + 1))
    declare(name, kind, from: first, body: stretch(name + 1, end))
    return end
  }

  private mutating func phpDefine(_ index: Int, _ first: Int) -> Int? {
    guard index + 2 < count, tree[index + 2].kind == .string else { return nil }
    declare(index + 2, .constant, from: first, body: stretch(index + 3, tree.close(of: index + 1)))
    return tree.after(index + 1)
  }

  private mutating func phpProperty(_ index: Int, _ first: Int) -> Int? {
    let limit = min(count, index + 24)
    var position = index
    while position < limit, !tree.isMark(position, "$") {
      guard tree.isName(position) || tree.isMark(position, "?") || tree.isMark(position, "|") || tree.isMark(position, "\\") else {
        return nil
      }
      position += 1
    }
    guard tree.isMark(position, "$"), tree.isName(position + 1) else { return nil }
    let end = max(position + 2, statementEnd(from: position + 2))
    declare(position + 1, .field, from: first, body: stretch(position + 2, end))
    return end
  }
}
