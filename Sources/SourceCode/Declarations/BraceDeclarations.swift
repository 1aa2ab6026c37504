// The languages that draw blocks with braces: one walk over the tokens that keeps the scopes and asks the language's
// recogniser wherever a statement can begin.

extension DeclarationScanner {
  mutating func scanBraces() {
    var index = 0
    while index < count {
      popScopes(at: index)
      if isStatementStart(index), let next = statement(at: index), next > index {
        index = next
      } else {
        index = step(at: index)
      }
    }
  }

  /// Reads the declaration that begins here and returns where to go on, or nil when none begins.
  private mutating func statement(at index: Int) -> Int? {
    switch language {
    case .go: goStatement(at: index)
    case .rust: rustStatement(at: index)
    case .swift: swiftStatement(at: index)
    case .kotlin: kotlinStatement(at: index)
    case .javascript, .typescript: scriptStatement(at: index)
    case .php: phpStatement(at: index)
    case .java, .c, .cpp, .csharp: familyStatement(at: index)
    case .python, .ruby: nil
    }
  }

  private func isStatementStart(_ index: Int) -> Bool {
    let token = tree[index]
    if case .parenthesis = scopes.last?.kind { return false }
    guard index > 0, !token.flags.contains(.directive) else { return true }
    if token.startsLine && isAfterDirective(index) { return true }
    guard token.kind != .number, !token.isMark("}"), !token.isMark(")") else { return false }
    let previous = tree[index - 1]
    guard previous.kind == .punctuation else { return language.newlineEndsStatement && token.startsLine }
    switch previous.byte {
    case UInt8(ascii: ";"), UInt8(ascii: "{"), UInt8(ascii: "}"): return true
    case UInt8(ascii: ","): return separatesMembersByCommas
    case UInt8(ascii: "("): if case .group = scopes.last?.kind { return true } else { return false }
    case UInt8(ascii: ":"): return language == .cpp
    default:
      if token.startsLine && (tree.isMark(index - 1, "]") || token.isMark("#")) { return true }
      return language.newlineEndsStatement && token.startsLine && !leavesOpen(index - 1)
    }
  }

  private var separatesMembersByCommas: Bool {
    switch scopes.last?.kind {
    case .object, .enumeration: true
    case .type: language == .rust || language == .typescript
    default: false
    }
  }

  /// Whether the line above was a preprocessor line.
  private func isAfterDirective(_ index: Int) -> Bool {
    guard language == .c || language == .cpp || language == .csharp else { return false }
    var position = index - 1
    let limit = max(0, index - 40)
    while position > limit && !tree[position].startsLine { position -= 1 }
    return tree[position].flags.contains(.directive)
  }

  /// Whether a line that ends with this token goes on in the next.
  private func leavesOpen(_ index: Int) -> Bool {
    switch tree[index].byte {
    case UInt8(ascii: ","), UInt8(ascii: "="), UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "."),
      UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: ":"), UInt8(ascii: "<"), UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "%"):
      true
    case UInt8(ascii: ">"): tree.isMark(index - 1, "=") || tree.isMark(index - 1, "-")
    default: false
    }
  }

  /// Moves over a token that begins no declaration; a bracket opens a scope or is stepped over.
  private mutating func step(at index: Int) -> Int {
    let token = tree[index]
    guard token.kind == .punctuation else { return index + 1 }
    switch token.byte {
    case UInt8(ascii: "{"): return enterBrace(index)
    case UInt8(ascii: "("), UInt8(ascii: "["):
      guard language == .javascript || language == .typescript || language == .swift || language == .kotlin else {
        return tree.after(index)
      }
      guard scopes.count < Self.maximumScopes else { return tree.after(index) }
      push(.parenthesis, end: tree.close(of: index))
      return index + 1
    default: return index + 1
    }
  }

  /// A brace that no declaration claimed.
  private mutating func enterBrace(_ index: Int) -> Int {
    guard scopes.count < Self.maximumScopes else { return tree.after(index) }
    switch language {
    case .javascript, .typescript: return enterScriptBrace(index)
    case .rust where tree.isMark(index - 1, "!") || (tree.isName(index - 1) && tree.isMark(index - 2, "!")):
      push(.block, end: tree.close(of: index))
      return index + 1
    case .c, .cpp:
      guard index > 0, tree[index - 1].kind == .string || tree.isWord(index - 1, .extern) else { return tree.after(index) }
      push(.block, end: tree.close(of: index))
      return index + 1
    case .swift, .kotlin:
      push(.function, end: tree.close(of: index))
      return index + 1
    default:
      guard meaning == nil && language == .php else { return tree.after(index) }
      push(.block, end: tree.close(of: index))
      return index + 1
    }
  }

  // MARK: Helpers of the recognisers

  /// The index after attributes and the given modifiers.
  func skipModifiers(_ start: Int, _ modifiers: Set<Word>) -> Int {
    var index = start
    while index < count {
      if tree.isMark(index, "@"), tree.isName(index + 1), !tree.isWord(index + 1, .interface) {
        index = afterAttribute(index + 2)
      } else if tree.isMark(index, "#"), tree.isMark(index + 1, "[") || tree.isPair(index + 1, "!", "[") {
        index = tree.after(index + (tree.isMark(index + 1, "[") ? 1 : 2))
      } else if tree.isMark(index, "["), language == .csharp {
        index = tree.after(index)
      } else if tree.isName(index), modifiers.contains(tree[index].word), canBeModifier(index) {
        index += 1
        if tree.isMark(index, "("), tree[index - 1].word != .const { index = tree.after(index) }
        if index < count, tree[index].kind == .string, tree.isWord(index - 1, .extern) { index += 1 }
      } else {
        break
      }
    }
    return index
  }

  /// A modifier stands before a name, another keyword, or its own parenthesis; not before `=`, `:` or a call.
  private func canBeModifier(_ index: Int) -> Bool {
    guard index + 1 < count else { return false }
    let next = tree[index + 1]
    if next.isMark("(") { return language == .rust || language == .swift }
    if next.isMark("<") { return language == .java || language == .csharp || language == .cpp }
    return next.kind == .identifier || next.kind == .string || ["*", "#", "[", "&", "?", "$", "@", "{"].contains { next.isMark($0) }
  }

  private func afterAttribute(_ start: Int) -> Int {
    var index = start
    while tree.isMark(index, "."), tree.isName(index + 1) { index += 2 }
    let touches = tree.isMark(index, "(") && tree[index].start == tree[index - 1].end
    return touches ? tree.after(index) : index
  }

  /// Where the statement that goes on at `start` has its body's brace, and where it ends when it has none.
  func body(from start: Int) -> (open: Int?, end: Int) {
    var index = start
    while index < count && index < start + 3000 {
      let token = tree[index]
      if token.isMark(";") || token.isMark("}") || token.isMark(")") || token.isMark("]") { return (nil, index) }
      if token.isMark(","), separatesMembersByCommas { return (nil, index) }
      if token.startsLine, language.newlineEndsStatement, !continuesHeader(index) { return (nil, index) }
      if token.isMark("{") {
        let next = tree.after(index)
        let goesOn = tree.isMark(next, "{") || (language == .cpp && tree.isMark(next, ","))
        if !goesOn { return (index, next) }
      }
      index = tree.after(index)
    }
    return (nil, index)
  }

  private func continuesHeader(_ index: Int) -> Bool {
    if tree[index - 1].kind == .punctuation && leavesOpen(index - 1) { return true }
    switch tree[index].word {
    case .where, .throws, .rethrows, .extends, .implements, .async: return true
    default: return [".", "{", "=", ":", "-", "?", "&", "|", "+"].contains { tree[index].isMark($0) }
    }
  }

  /// The end of a statement without a body: past it nothing belongs to the declaration.
  func statementEnd(from start: Int) -> Int {
    var index = start
    while index < count {
      let token = tree[index]
      if token.isMark(";") || token.isMark("}") || token.isMark(")") || token.isMark("]") { return index }
      if token.isMark(","), separatesMembersByCommas { return index }
      if token.startsLine, language.newlineEndsStatement, !continuesHeader(index) { return index }
      index = tree.after(index)
    }
    return count
  }

  /// Opens the body of a declaration as a scope and returns where to go on.
  mutating func enterBody(of declared: Int?, from start: Int, _ kind: Scope.Kind, named names: [String] = []) -> Int {
    let (open, end) = body(from: start)
    guard let open else {
      setBody(declared, stretch(start, end))
      return max(start, end)
    }
    let close = tree.close(of: open)
    setBody(declared, stretch(open + 1, close))
    guard scopes.count < Self.maximumScopes else { return tree.after(open) }
    if case .function = kind, !looksInsideFunctions { return tree.after(open) }
    push(kind, named: names, end: close, declaration: declared)
    return open + 1
  }

  private var looksInsideFunctions: Bool {
    switch language {
    case .javascript, .typescript, .rust, .swift: true
    default: false
    }
  }

  /// The parameters of the first parenthesis at or after `start` (generic arguments stepped over), and the index after it.
  func signature(after start: Int) -> (parameters: [Parameter]?, end: Int) {
    let index = tree.afterAngles(start)
    guard tree.isMark(index, "(") else { return (nil, start) }
    return (parameters(at: index), tree.after(index))
  }
}
