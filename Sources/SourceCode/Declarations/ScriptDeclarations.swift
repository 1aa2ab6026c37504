// JavaScript and TypeScript. Declarations have keywords; members of classes, interfaces and literal objects are known by
// their place.

extension DeclarationScanner {
  private static let scriptModifiers: Set<Word> = [.export, .default, .declare, .abstract, .async]
  private static let memberModifiers: Set<Word> = [
    .static, .async, .get, .set, .readonly, .public, .private, .protected, .abstract, .override, .declare,
  ]

  mutating func scriptStatement(at first: Int) -> Int? {
    switch scopes.last?.kind {
    case .type: return scriptMember(at: first)
    case .object: return scriptProperty(at: first)
    case .enumeration: return scriptEnumCase(at: first)
    default: break
    }
    if tree.isWord(first, .export), tree.isMark(first + 1, "{") { return scriptExports(first) }
    let index = skipModifiers(first, Self.scriptModifiers)
    guard tree.isName(index) else { return nil }
    switch tree[index].word {
    case .class: return scriptType(index, .class, first)
    case .interface: return scriptType(index, .interface, first)
    case .function: return scriptFunction(index, first)
    case .enum: return scriptEnum(index, first)
    case .type: return scriptAlias(index, first)
    case .namespace, .module: return scriptNamespace(index, first) ?? scriptAssignment(index, first)
    case .const where tree.isWord(index + 1, .enum): return scriptEnum(index + 1, first)
    case .const, .let, .var: return scriptVariable(index, first)
    default: return scriptAssignment(index, first)
    }
  }

  private mutating func scriptType(_ keyword: Int, _ kind: Declaration.Kind, _ first: Int) -> Int? {
    let name = keyword + 1
    guard tree.isName(name), tree[name].word != .extends else { return nil }
    let declared = declare(name, kind, from: first)
    return enterBody(of: declared, from: tree.afterAngles(name + 1), .type, named: [tree.text(name)])
  }

  private mutating func scriptFunction(_ keyword: Int, _ first: Int) -> Int? {
    let name = tree.isMark(keyword + 1, "*") ? keyword + 2 : keyword + 1
    guard tree.isName(name) else { return nil }
    let (parameters, end) = signature(after: name + 1)
    let declared = declare(name, .function, from: first, parameters: parameters ?? [])
    return enterBody(of: declared, from: end, .function)
  }

  private mutating func scriptEnum(_ keyword: Int, _ first: Int) -> Int? {
    guard tree.isName(keyword + 1) else { return nil }
    let declared = declare(keyword + 1, .enum, from: first)
    return enterBody(of: declared, from: keyword + 2, .enumeration, named: [tree.text(keyword + 1)])
  }

  private mutating func scriptEnumCase(at first: Int) -> Int? {
    guard tree.isName(first) || tree[first].kind == .string else { return nil }
    let end = max(first + 1, statementEnd(from: first + 1))
    declare(first, .enumCase, from: first, body: stretch(first + 1, end))
    return end
  }

  private mutating func scriptNamespace(_ keyword: Int, _ first: Int) -> Int? {
    guard tree.isName(keyword + 1), tree.isMark(keyword + 2, "{") || tree.isMark(keyword + 2, ".") else { return nil }
    let declared = declare(keyword + 1, .module, from: first)
    return enterBody(of: declared, from: keyword + 2, .namespace, named: [tree.text(keyword + 1)])
  }

  private mutating func scriptAlias(_ keyword: Int, _ first: Int) -> Int? {
    let name = keyword + 1
    guard tree.isName(name) else { return nil }
    let next = tree.afterAngles(name + 1)
    guard tree.isMark(next, "=") else { return nil }
    if tree.isMark(next + 1, "{"), !tree.isMark(tree.after(next + 1), "&"), !tree.isMark(tree.after(next + 1), "|") {
      let declared = declare(name, .typeAlias, from: first)
      return enterBody(of: declared, from: next + 1, .type, named: [tree.text(name)])
    }
    let end = max(next + 1, statementEnd(from: next + 1))
    declare(name, .typeAlias, from: first, body: stretch(next + 1, end), aliasOf: pathAlias(stretch(next + 1, end)))
    return end
  }

  /// `export { inner as outer }` declares `outer`.
  private mutating func scriptExports(_ first: Int) -> Int {
    let close = tree.close(of: first + 1)
    for index in stretch(first + 2, close) where tree.isWord(index, .as) && tree.isName(index + 1) && tree.isName(index - 1) {
      guard !tree.isWord(index + 1, .default) else { continue }
      declare(index + 1, .variable, from: first, aliasOf: tree.text(index - 1))
    }
    return min(count, close + 1)
  }

  // MARK: Values

  private mutating func scriptVariable(_ keyword: Int, _ first: Int) -> Int? {
    let name = keyword + 1
    guard tree.isName(name), !isLocal else { return nil }
    var value = name + 1
    let limit = min(count, name + 200)
    while value < limit, !tree.isMark(value, "="), !tree.isMark(value, ";"), !(tree[value].startsLine && !tree.isMark(value, "{")) {
      value = tree.isMark(value, "<") ? max(value + 1, tree.afterAngles(value)) : tree.after(value)
    }
    let isConstant = tree.isWord(keyword, .const) && tree.text(name).isUpperCased
    guard tree.isMark(value, "="), !tree.isPair(value, "=", ">") else {
      declare(name, .variable, from: first)
      return name + 1
    }
    return scriptValue(value + 1, name, otherwise: isConstant ? .constant : .variable, first)
  }

  /// Declares a name for the value that begins at `value`: a function, a class, an object or anything else.
  private mutating func scriptValue(_ value: Int, _ name: Int, otherwise kind: Declaration.Kind, _ first: Int, owner: [String]? = nil)
    -> Int
  {
    let members = (owner ?? []) + [tree.text(name)]
    if tree.isWord(value, .class) {
      let declared = declare(name, .class, from: first, owner: owner)
      return enterBody(of: declared, from: value + 1, .type, named: members)
    }
    if let (parameters, body) = scriptFunctionValue(value) {
      let declared = declare(
        name, isInObject || owner?.isEmpty == false ? .method : .function, from: first, owner: owner, parameters: parameters)
      return enterBody(of: declared, from: body, .function)
    }
    let end = max(value, statementEnd(from: value))
    declare(name, kind, from: first, owner: owner, body: stretch(value, end), aliasOf: pathAlias(stretch(value, end)))
    guard tree.isMark(value, "{"), scopes.count < Self.maximumScopes, !isLocal else { return value }
    push(.object, named: members, end: tree.close(of: value))
    return value + 1
  }

  private var isInObject: Bool { if case .object = scopes.last?.kind { true } else { false } }

  /// The parameters of `async function* name(…)`, `(…) =>` or `x =>`, and where the search for the body begins.
  private func scriptFunctionValue(_ value: Int) -> (parameters: [Parameter], body: Int)? {
    var index = tree.isWord(value, .async) ? value + 1 : value
    if tree.isWord(index, .function) {
      index += 1
      if tree.isMark(index, "*") { index += 1 }
      if tree.isName(index) { index += 1 }
      let (parameters, end) = signature(after: index)
      return parameters.map { ($0, end) }
    }
    if tree.isName(index), tree.isPair(index + 1, "=", ">") { return ([Parameter(name: tree.text(index))], index + 3) }
    let (parameters, end) = signature(after: index)
    guard let parameters else { return nil }
    if tree.isPair(end, "=", ">") { return (parameters, end + 2) }
    guard tree.isMark(end, ":"), let arrow = stretch(end, min(count, end + 60)).first(where: { tree.isPair($0, "=", ">") }) else {
      return nil
    }
    return stretch(end, arrow).contains { tree.isMark($0, ";") } ? nil : (parameters, arrow + 2)
  }

  /// `exports.name =`, `module.exports.name =`, `Type.prototype.name =`, `Type.name =`.
  private mutating func scriptAssignment(_ index: Int, _ first: Int) -> Int? {
    if isLocal { return nil }
    var path = [index]
    while let last = path.last, path.count < 6, tree.isMark(last + 1, "."), tree.isName(last + 2) { path.append(last + 2) }
    guard path.count > 1, let name = path.last, tree.isMark(name + 1, "="), !tree.isPair(name + 1, "=", "="),
      !tree.isPair(name + 1, "=", ">")
    else { return nil }
    guard !tree.isWord(name, .exports), !tree.isWord(name, .prototype), !tree.isWord(index, .this) else { return nil }
    let owner = path.dropLast().filter { ![.module, .exports, .prototype].contains(tree[$0].word) }.map { tree.text($0) }
    return scriptValue(name + 2, name, otherwise: owner.isEmpty ? .variable : .field, first, owner: owner)
  }

  // MARK: Members

  private mutating func scriptMember(at first: Int) -> Int? {
    var name = skipModifiers(first, Self.memberModifiers)
    if tree.isMark(name, "*") || tree.isMark(name, "#") { name += 1 }
    guard tree.isName(name) || (name < count && tree[name].kind == .string) else { return nil }
    let next = tree.isMark(name + 1, "?") || tree.isMark(name + 1, "!") ? name + 2 : name + 1
    let (parameters, end) = signature(after: next)
    if let parameters {
      let declared = declare(name, tree.isWord(name, .constructor) ? .constructor : .method, from: first, parameters: parameters)
      return enterBody(of: declared, from: end, .function)
    }
    guard
      next >= count || tree.isMark(next, ":") || tree.isMark(next, "=") || tree.isMark(next, ";") || tree.isMark(next, ",")
        || tree.isMark(next, "}") || tree[next].startsLine
    else { return nil }
    let stop = max(next, memberEnd(from: next))
    let value = stretch(next, stop).first { tree.isMark($0, "=") && !tree.isPair($0, "=", ">") }.map { $0 + 1 }
    let function = value.flatMap { scriptFunctionValue($0) }
    declare(name, function == nil ? .field : .method, from: first, parameters: function?.parameters, body: stretch(next, stop))
    return stop
  }

  /// The end of a field: object types inside it are stepped over.
  private func memberEnd(from start: Int) -> Int { statementEnd(from: start) }

  /// `name: value`, `name(…) {`, `name,` in a literal object that a declaration owns.
  private mutating func scriptProperty(at first: Int) -> Int? {
    guard let scope = scopes.last, !scope.names.isEmpty, !scope.isLocal else { return nil }
    var name = skipModifiers(first, [.async, .get, .set])
    if tree.isMark(name, "*") { name += 1 }
    guard tree.isName(name) || (name < count && tree[name].kind == .string) else { return nil }
    if tree.isMark(name + 1, ":") { return scriptPropertyValue(name + 2, name, first) }
    let (parameters, end) = signature(after: name + 1)
    guard let parameters else { return nil }
    let declared = declare(name, .method, from: first, parameters: parameters)
    return enterBody(of: declared, from: end, .function)
  }

  private mutating func scriptPropertyValue(_ value: Int, _ name: Int, _ first: Int) -> Int {
    guard let (parameters, body) = scriptFunctionValue(value) else {
      let end = max(value, statementEnd(from: value))
      declare(name, .field, from: first, body: stretch(value, end))
      guard tree.isMark(value, "{"), scopes.count < Self.maximumScopes else { return value }
      push(.object, named: [tree.text(name)], end: tree.close(of: value))
      return value + 1
    }
    let declared = declare(name, .method, from: first, parameters: parameters)
    return enterBody(of: declared, from: body, .function)
  }

  /// A brace that no declaration claimed: a literal object after an operator, a function's body after `)` or `=>`.
  mutating func enterScriptBrace(_ index: Int) -> Int {
    let previous = index > 0 ? tree[index - 1] : nil
    let kind: Scope.Kind
    switch previous?.kind {
    case .punctuation where tree.isMark(index - 1, ")"): kind = .function
    case .punctuation where tree.isMark(index - 1, ">") && tree.isMark(index - 2, "="): kind = .function
    case .punctuation where ["=", "(", ",", ":", "[", "?", "&", "|"].contains { tree.isMark(index - 1, $0) }: kind = .object
    case .identifier where previous?.word == .return || previous?.word == .default: kind = .object
    default: kind = isInType ? .function : .block
    }
    push(kind, end: tree.close(of: index))
    return index + 1
  }
}
