// C, C++, C# and Java: a declaration's name is the last one before its parenthesis, its value or its end.

extension DeclarationScanner {
  private static let familyModifiers: Set<Word> = [
    .public, .private, .protected, .internal, .static, .abstract, .final, .sealed, .override, .virtual, .async, .partial, .readonly,
    .extern,
    .inline, .synchronized, .native, .default, .transient, .volatile, .strictfp, .new, .unsafe, .const,
  ]

  private static let controlWords: Set<Word> = [
    .if, .else, .for, .while, .do, .switch, .case, .return, .throw, .try, .catch, .delete, .using, .import, .include, .repeat, .yield,
    .package,
  ]

  mutating func familyStatement(at first: Int) -> Int? {
    if tree[first].flags.contains(.directive) { return directive(at: first) }
    if language == .cpp, let next = skipLabelOrTemplate(first) { return next }
    if case .enumeration = scopes.last?.kind, let next = familyEnumCase(at: first) { return next }
    let index = skipModifiers(first, Self.familyModifiers)
    guard index < count else { return nil }
    if let next = familyType(index, first) { return next }
    return familyMember(index, first)
  }

  /// `public:` and `template <…>` stand before declarations.
  private func skipLabelOrTemplate(_ index: Int) -> Int? {
    if [.public, .private, .protected].contains(tree[index].word), tree.isMark(index + 1, ":") { return index + 2 }
    return nil
  }

  // MARK: Preprocessor

  private mutating func directive(at first: Int) -> Int {
    if tree.isWord(first + 1, .define), tree.isName(first + 2) {
      let isMacro = tree.isMark(first + 3, "(") && tree[first + 3].start == tree[first + 2].end
      let end = lineEnd(first + 2)
      let value = isMacro ? min(end, tree.after(first + 3)) : first + 3
      declare(
        first + 2, isMacro ? .macro : .constant, from: first, parameters: isMacro ? parameters(at: first + 3) : nil,
        body: stretch(min(value, end), end), aliasOf: pathAlias(stretch(min(value, end), end)))
    }
    return lineEnd(first + 1)
  }

  private func lineEnd(_ start: Int) -> Int {
    var index = start
    while index < count && !tree[index].startsLine { index += 1 }
    return index
  }

  // MARK: Types

  private mutating func familyType(_ start: Int, _ first: Int) -> Int? {
    var index = start
    if language == .cpp, tree.isWord(index, .template) { index = tree.afterAngles(index + 1) }
    guard index < count else { return nil }
    switch tree[index].word {
    case .typedef: return familyTypedef(index, first)
    case .namespace: return familyNamespace(index, first)
    case .class where language != .c: return familyBody(index, .class, .type, first)
    case .interface where language != .c && language != .cpp: return familyBody(index, .interface, .type, first)
    case .record where language == .java || language == .csharp:
      let isDouble = tree.isWord(index + 1, .struct) || tree.isWord(index + 1, .class)
      return familyBody(isDouble ? index + 1 : index, .class, .type, first)
    case .struct, .union: return familyBody(index, .struct, .type, first)
    case .enum:
      let isDouble = tree.isWord(index + 1, .struct) || tree.isWord(index + 1, .class)
      return familyBody(isDouble ? index + 1 : index, .enum, .enumeration, first)
    default:
      return tree.isMark(index, "@") && tree.isWord(index + 1, .interface) ? familyBody(index + 1, .interface, .type, first) : nil
    }
  }

  /// A type with its body. A type's name before a declarator (`struct point *make(void)`) is no declaration of it.
  private mutating func familyBody(_ keyword: Int, _ kind: Declaration.Kind, _ scope: Scope.Kind, _ first: Int) -> Int? {
    var name = keyword + 1
    // An attribute macro may stand before the name: `class EXPORT Name`.
    if tree.isName(name), tree.isName(name + 1), language == .cpp, tree[name + 1].word != .final { name += 1 }
    if tree.isMark(name, "{") { return enterBody(of: nil, from: name, scope) }
    guard tree.isName(name) else { return nil }
    let (parameters, end) = signature(after: name + 1)
    let afterName = parameters == nil ? tree.afterAngles(name + 1) : end
    guard afterName < count else { return nil }
    let next = tree[afterName]
    let opens =
      next.isMark("{") || next.isMark(":") || next.word == .extends || next.word == .implements || next.word == .final
      || next.word == .where || tree.text(afterName) == "permits" || (parameters != nil && language != .c && language != .cpp)
    guard opens else { return nil }
    let declared = declare(name, kind, from: first, parameters: parameters)
    return enterBody(of: declared, from: afterName, scope, named: [tree.text(name)])
  }

  private mutating func familyNamespace(_ index: Int, _ first: Int) -> Int? {
    var names: [Int] = []
    var position = index + 1
    while tree.isName(position) {
      names.append(position)
      position += 1
      while tree.isMark(position, ":") || tree.isMark(position, ".") { position += 1 }
    }
    guard tree.isMark(position, "{") else { return tree.isMark(position, ";") ? position + 1 : nil }
    for name in names { declare(name, .module, from: first) }
    return enterBody(of: nil, from: position, .namespace, named: names.map { tree.text($0) })
  }

  /// `typedef struct { … } name;`, `typedef int (*name)(int);`. The type inside is read next, with the name as its owner.
  private mutating func familyTypedef(_ index: Int, _ first: Int) -> Int {
    var end = index + 1
    var name: Int?
    var open: Int?
    while end < count, !tree.isMark(end, ";") {
      if tree.isMark(end, "{"), open == nil { open = end }
      if tree.isMark(end, "("), tree.isMark(end + 1, "*"), tree.isName(end + 2),
        name.map({ !tree.isMark($0 - 1, "*") || open == nil }) ?? true
      {
        declare(end + 2, .typeAlias, from: first)
        return statementEnd(from: end)
      }
      if tree.isName(end) { name = end }
      end = tree.after(end)
    }
    guard let name else { return end }
    declare(name, .typeAlias, from: first, body: stretch(index + 1, min(end, count)))
    guard let open, open < name else { return end }
    push(tree.isWord(index + 1, .enum) ? .enumeration : .type, named: [tree.text(name)], end: tree.close(of: open))
    return open + 1
  }

  private mutating func familyEnumCase(at first: Int) -> Int? {
    guard tree.isMark(first - 1, "{") || tree.isMark(first - 1, ",") else { return nil }
    let name = skipModifiers(first, [])
    guard tree.isName(name), [",", "=", "(", "{", "}", ";"].contains(where: { tree.isMark(name + 1, $0) }) else { return nil }
    let end = max(name + 1, statementEnd(from: name + 1))
    // C's enumerators are names of the surrounding scope.
    declare(name, .enumCase, from: first, owner: language == .c ? Array(owner.dropLast()) : nil, body: stretch(name + 1, end))
    return end
  }

  // MARK: Functions and fields

  private mutating func familyMember(_ start: Int, _ first: Int) -> Int? {
    var index = start
    var name: Int?
    var names = 0
    // Where the name ends, its generic arguments included.
    var nameEnd = start
    let limit = min(count, start + 200)
    while index < limit {
      let token = tree[index]
      if token.kind == .identifier {
        if Self.controlWords.contains(token.word) { return nil }
        if token.word == .operator { return afterOperator(index) }
        name = index
        names += 1
        index += 1
        nameEnd = max(index, tree.afterAngles(index))
      } else if let next = typePart(index) {
        index = next
      } else {
        if tree.isMark(index, "("), nameEnd != index { return nil }
        return declareMember(name, names, at: index, first)
      }
    }
    return nil
  }

  /// Steps over what may stand in a type: `<…>`, `::`, `*`, `&`, `[]`, `.`, `?`, `~`, attributes.
  private func typePart(_ index: Int) -> Int? {
    let next = tree.afterAngles(index)
    if next > index { return next }
    if tree.isPair(index, ":", ":") { return index + 2 }
    if ["*", "&", ".", "?", "~", "^"].contains(where: { tree.isMark(index, $0) }) { return index + 1 }
    if tree.isMark(index, "[") { return tree.after(index) }
    if tree.isMark(index, "@"), tree.isName(index + 1) { return tree.isMark(index + 2, "(") ? tree.after(index + 2) : index + 2 }
    return nil
  }

  private func afterOperator(_ index: Int) -> Int {
    let (open, end) = body(from: index + 1)
    return open.map { tree.after($0) } ?? end
  }

  private mutating func declareMember(_ name: Int?, _ names: Int, at index: Int, _ first: Int) -> Int? {
    guard let name, index < count else { return nil }
    let token = tree[index]
    if token.isMark("(") { return familyFunction(name, names, at: index, first) }
    guard names >= 2, token.isMark("=") || token.isMark(";") || token.isMark(",") || token.isMark("{") || token.isMark(":") else {
      return nil
    }
    if tree.isPair(index, "=", "=") { return nil }
    return familyField(name, at: index, first)
  }

  private mutating func familyFunction(_ name: Int, _ names: Int, at open: Int, _ first: Int) -> Int? {
    let isConstructor = owner.last == tree.text(name) || qualifier(of: name)?.last == tree.text(name)
    let close = tree.after(open)
    if tree.isMark(name - 1, "~") { return statementEnd(from: close) }
    // A lone name with a parenthesis is a macro's use.
    guard names >= 2 || isConstructor || (language == .cpp && qualifier(of: name) != nil) else { return close }
    let qualified = qualifier(of: name)
    let isMember = isInType || qualified != nil
    let kind: Declaration.Kind = isConstructor ? .constructor : isMember ? .method : .function
    let declared = declare(name, kind, from: first, owner: qualified.map { owner + $0 }, parameters: parameters(at: open))
    return enterBody(of: declared, from: close, .function)
  }

  /// `A::B` before `::name`.
  private func qualifier(of name: Int) -> [String]? {
    var parts: [String] = []
    var index = name
    while tree.isPair(index - 2, ":", ":"), tree.isName(index - 3) {
      parts.insert(tree.text(index - 3), at: 0)
      index -= 3
    }
    return parts.isEmpty ? nil : parts
  }

  private mutating func familyField(_ name: Int, at index: Int, _ first: Int) -> Int {
    let isConstant = !isInType && stretch(first, name).contains { tree.isWord($0, .const) } || tree.text(name).isUpperCased
    let kind: Declaration.Kind = isConstant ? .constant : isInType ? .field : .variable
    if tree.isMark(index, "{") || tree.isPair(index, "=", ">") {
      let declared = declare(name, kind, from: first)
      let (open, end) = body(from: index)
      setBody(declared, stretch(index, end))
      return max(index, open.map { tree.after($0) } ?? end)
    }
    let end = fieldEnd(index)
    declare(name, kind, from: first, body: stretch(index, end))
    // Further declarators: `int a, b = 2;`.
    var position = index
    while position < end {
      if tree.isMark(position, ","), let other = stretch(position + 1, min(end, position + 4)).first(where: { tree.isName($0) }) {
        declare(other, kind, from: first)
      }
      position = tree.isMark(position, "<") ? max(position + 1, tree.afterAngles(position)) : tree.after(position)
    }
    return end
  }

  private func fieldEnd(_ start: Int) -> Int {
    var index = start
    while index < count, !tree.isMark(index, ";"), !tree.isMark(index, "}") { index = tree.after(index) }
    return max(start, index)
  }
}
