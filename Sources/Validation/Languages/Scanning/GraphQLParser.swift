// The grammar of GraphQL (https://spec.graphql.org/October2021/#sec-Appendix-Grammar-Summary), with what the next edition adds to it:
// descriptions of operations, variables in fragments. It parses tokens by recursive descent; depth is bounded.

/// Decides whether a text is GraphQL.
struct GraphQLParser {
  /// What a text is expected to be.
  enum Start: CaseIterable {
    case document
    /// `name avatar(size: 50) { url }`, without its braces.
    case selections
    /// `name(first: Int): String @deprecated`, without its type.
    case fields
    /// `id: 4, input: {a: 1}`, or declared: `id: ID! = 4`.
    case arguments
    case directives
  }

  static let maximumDepth = 100

  private var tokens: [GraphQLToken]
  private var index = 0
  private var depth = 0

  private init(_ tokens: [GraphQLToken]) { self.tokens = tokens }

  /// Nil when the text is what it is expected to be.
  static func mistake(in bytes: [UInt8], as start: Start) -> Mistake? {
    do throws(Mistake) {
      var parser = GraphQLParser(try GraphQLToken.tokens(of: bytes))
      try parser.parse(start)
      return nil
    } catch {
      return error
    }
  }

  private mutating func parse(_ start: Start) throws(Mistake) {
    repeat {
      switch start {
      case .document: try definition()
      case .selections: try selection()
      case .fields: try fieldDefinition()
      case .arguments: try looseArgument()
      case .directives: try directive(isRequired: true)
      }
    } while token.kind != .end
  }

  // MARK: Tokens

  private var token: GraphQLToken { tokens[index] }
  private var next: GraphQLToken { tokens[min(index + 1, tokens.count - 1)] }
  private mutating func advance() { if index + 1 < tokens.count { index += 1 } }

  private func isAt(_ mark: Character) -> Bool { token.kind == .mark && token.text.first == mark }

  private mutating func accept(_ mark: Character) -> Bool {
    guard isAt(mark) else { return false }
    advance()
    return true
  }

  private mutating func expect(_ mark: Character) throws(Mistake) {
    if !accept(mark) { throw unexpected("`\(mark)`") }
  }

  private mutating func acceptWord(_ word: String) -> Bool {
    guard token.kind == .name, token.text == word else { return false }
    advance()
    return true
  }

  @discardableResult private mutating func name(_ what: String = "a name") throws(Mistake) -> String {
    guard token.kind == .name else { throw unexpected(what) }
    defer { advance() }
    return token.text
  }

  private func unexpected(_ expected: String) -> Mistake {
    if token.kind == .end { return Mistake(.unclosed, token.range, "expected \(expected), but the text ends") }
    return Mistake(token.range, "expected \(expected), found `\(token.text.prefix(40).split(separator: "\n").first ?? "")`")
  }

  private mutating func nested(_ work: (inout Self) throws(Mistake) -> Void) throws(Mistake) {
    depth += 1
    if depth > Self.maximumDepth {
      throw Mistake(.tooDeep, token.range, "the sample is nested more than \(Self.maximumDepth) levels deep")
    }
    try work(&self)
    depth -= 1
  }

  /// One or more, between two marks.
  private mutating func list(_ open: Character, _ close: Character, _ item: (inout Self) throws(Mistake) -> Void) throws(Mistake) {
    try expect(open)
    repeat { try item(&self) } while !isAt(close) && token.kind != .end
    try expect(close)
  }

  // MARK: Operations

  private mutating func definition() throws(Mistake) {
    if isAt("{") { return try selectionSet() }
    if token.kind == .string { advance() }
    guard token.kind == .name else { throw unexpected("a definition") }
    switch token.text {
    case "query", "mutation", "subscription": try operation()
    case "fragment": try fragment()
    case "extend":
      advance()
      try typeSystem()
    default: try typeSystem()
    }
  }

  private mutating func operation() throws(Mistake) {
    advance()
    if token.kind == .name { advance() }
    if isAt("(") { try list("(", ")") { (parser: inout Self) throws(Mistake) in try parser.variable() } }
    try directives()
    try selectionSet()
  }

  private mutating func variable() throws(Mistake) {
    if token.kind == .string { advance() }
    try expect("$")
    try name()
    try expect(":")
    try type()
    if accept("=") { try value() }
    try directives()
  }

  private mutating func fragment() throws(Mistake) {
    advance()
    try name()
    if isAt("(") { try list("(", ")") { (parser: inout Self) throws(Mistake) in try parser.variable() } }
    guard acceptWord("on") else { throw unexpected("`on`") }
    try name()
    try directives()
    try selectionSet()
  }

  private mutating func selectionSet() throws(Mistake) {
    try nested { (parser: inout Self) throws(Mistake) in
      try parser.list("{", "}") { (parser: inout Self) throws(Mistake) in try parser.selection() }
    }
  }

  private mutating func selection() throws(Mistake) {
    if accept(".") { return try spread() }
    try name("a field")
    if accept(":") { try name("a field") }
    if isAt("(") { try arguments() }
    try directives()
    if isAt("{") { try selectionSet() }
  }

  private mutating func spread() throws(Mistake) {
    if token.kind == .name, token.text != "on" {
      advance()
      if isAt("(") { try arguments() }
      return try directives()
    }
    if acceptWord("on") { try name() }
    try directives()
    try selectionSet()
  }

  private mutating func arguments() throws(Mistake) {
    try list("(", ")") { (parser: inout Self) throws(Mistake) in
      try parser.name("an argument")
      try parser.expect(":")
      try parser.value()
    }
  }

  private mutating func directives() throws(Mistake) {
    while isAt("@") { try directive(isRequired: true) }
  }

  private mutating func directive(isRequired: Bool) throws(Mistake) {
    try expect("@")
    try name()
    if isAt("(") { try arguments() }
  }

  private mutating func value() throws(Mistake) {
    try nested { (parser: inout Self) throws(Mistake) in try parser.anyValue() }
  }

  private mutating func anyValue() throws(Mistake) {
    switch token.kind {
    case .name, .number, .string: advance()
    case .mark where isAt("$"):
      advance()
      try name()
    case .mark where isAt("["):
      advance()
      while !isAt("]"), token.kind != .end { try value() }
      try expect("]")
    case .mark where isAt("{"):
      advance()
      while !isAt("}"), token.kind != .end { try objectField() }
      try expect("}")
    default: throw unexpected("a value")
    }
  }

  private mutating func objectField() throws(Mistake) {
    try name("a field")
    try expect(":")
    try value()
  }

  private mutating func looseArgument() throws(Mistake) {
    if token.kind == .string { advance() }
    _ = accept("$")
    try name("an argument")
    try expect(":")
    let place = index
    do throws(Mistake) { try value() } catch { index = place }
    if index == place || isAt("!") {
      index = place
      try type()
    }
    if accept("=") { try value() }
    try directives()
  }

  private mutating func type() throws(Mistake) {
    try nested { (parser: inout Self) throws(Mistake) in
      if parser.accept("[") {
        try parser.type()
        try parser.expect("]")
      } else {
        try parser.name("a type")
      }
      _ = parser.accept("!")
    }
  }
}

// MARK: Type system

extension GraphQLParser {
  private mutating func typeSystem() throws(Mistake) {
    switch token.text {
    case "schema": try schema()
    case "scalar": try head()
    case "type", "interface": try object()
    case "union": try union()
    case "enum": try enumeration()
    case "input": try input()
    case "directive": try directiveDefinition()
    default: throw unexpected("a definition")
    }
  }

  private mutating func head() throws(Mistake) {
    advance()
    try name()
    try directives()
  }

  private mutating func schema() throws(Mistake) {
    advance()
    try directives()
    guard isAt("{") else { return }
    try list("{", "}") { (parser: inout Self) throws(Mistake) in
      try parser.name()
      try parser.expect(":")
      try parser.name("a type")
    }
  }

  private mutating func object() throws(Mistake) {
    advance()
    try name()
    if acceptWord("implements") { try separated(by: "&") }
    try directives()
    guard isAt("{") else { return }
    try list("{", "}") { (parser: inout Self) throws(Mistake) in try parser.fieldDefinition() }
  }

  /// Names with marks between them, and perhaps one before.
  private mutating func separated(by mark: Character) throws(Mistake) {
    _ = accept(mark)
    try name()
    while true {
      if accept(mark) {
        try name()
      } else if mark == "&", token.kind == .name, next.kind == .mark || next.kind == .name {
        advance()
      } else {
        return
      }
    }
  }

  private mutating func fieldDefinition() throws(Mistake) {
    if token.kind == .string { advance() }
    try name("a field")
    if isAt("(") { try list("(", ")") { (parser: inout Self) throws(Mistake) in try parser.inputValue() } }
    try expect(":")
    try type()
    try directives()
  }

  private mutating func inputValue() throws(Mistake) {
    if token.kind == .string { advance() }
    try name("an argument")
    try expect(":")
    try type()
    if accept("=") { try value() }
    try directives()
  }

  private mutating func union() throws(Mistake) {
    try head()
    if accept("=") { try separated(by: "|") }
  }

  private mutating func enumeration() throws(Mistake) {
    try head()
    guard isAt("{") else { return }
    try list("{", "}") { (parser: inout Self) throws(Mistake) in
      if parser.token.kind == .string { parser.advance() }
      try parser.name("a value")
      try parser.directives()
    }
  }

  private mutating func input() throws(Mistake) {
    try head()
    guard isAt("{") else { return }
    try list("{", "}") { (parser: inout Self) throws(Mistake) in try parser.inputValue() }
  }

  private mutating func directiveDefinition() throws(Mistake) {
    advance()
    try expect("@")
    try name()
    if isAt("(") { try list("(", ")") { (parser: inout Self) throws(Mistake) in try parser.inputValue() } }
    _ = acceptWord("repeatable")
    guard acceptWord("on") else { throw unexpected("`on`") }
    try separated(by: "|")
  }
}
