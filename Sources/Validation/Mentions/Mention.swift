// A name in a document and what stands around it: enough to tell a use from a definition, and a call of this method from a call of
// another one with the same name. Read from code spans and from samples in the same way.

import Documents
import Domain

/// A name that a document mentions.
struct Mention: Hashable {
  var name: String
  /// Exactly the name, in the document.
  var span: Span
  /// The names before it, nearest last: `a.b::name` has `a`, `b`. Empty as well when something else stands there.
  var qualifiers: [String] = []
  var form: Form = []
  /// Where it stands.
  var place: Place

  enum Place: Hashable {
    /// Nothing else stands in the code span, but for its qualifiers and arguments.
    case wholeCodeSpan
    case codeSpan
    /// The sample's language, normalised.
    case sample(language: String?)
  }

  struct Form: OptionSet, Hashable {
    let rawValue: UInt16
    /// `name(…)`, `name<…>(…)`, `name!(…)`.
    static let called = Form(rawValue: 1 << 0)
    /// Something with a dot, `::`, `->` or `#` stands before it.
    static let hasReceiver = Form(rawValue: 1 << 1)
    /// It stands before a dot, `::` or `#` itself.
    static let isReceiver = Form(rawValue: 1 << 2)
    static let decorator = Form(rawValue: 1 << 3)
    /// In an import statement.
    static let imported = Form(rawValue: 1 << 4)
    /// `def name`, `name = …`, `name := …`: the document makes it.
    static let defined = Form(rawValue: 1 << 5)
    /// `name=…` in arguments, `name: …`: a label.
    static let labelled = Form(rawValue: 1 << 6)
    /// Joined to its neighbours by `-`, `/`, `$`, `\` …: part of a path, a flag, a variable.
    static let partOfWord = Form(rawValue: 1 << 7)
    /// Behind `new`, `class … :`, `extends` … or before `{`: it stands for a type.
    static let typePosition = Form(rawValue: 1 << 8)
    /// `.name` with nothing before the dot: a member of the type that the place expects.
    static let implicitMember = Form(rawValue: 1 << 9)
  }
}

/// Finds the mentions in one piece of code.
struct MentionReader {
  private let bytes: [UInt8]
  private let lexer: SampleLexer
  private let tokens: [SampleToken]
  private let surroundings: [(lineStart: Int, opener: Int)]

  init(_ bytes: [UInt8], style: SampleStyle) {
    self.bytes = bytes
    lexer = SampleLexer(bytes, style: style)
    tokens = lexer.tokens
    surroundings = Self.surroundings(of: lexer.tokens)
  }

  var comments: [Range<Int>] { lexer.comments }

  /// Every name that `wanted` accepts; spans are those of the bytes.
  func mentions(in place: Mention.Place, where wanted: (String) -> Bool) -> [Mention] {
    tokens.indices.compactMap { index in
      guard tokens[index].kind == .name else { return nil }
      let name = lexer.text(tokens[index])
      guard wanted(name) else { return nil }
      return mention(name, at: index, in: place)
    }
  }

  /// Where the chain ends when the code is one chain of names, perhaps called: `a.b(…)`, `@a.b`, `new A()`. Names behind that are
  /// arguments.
  var chainEnd: Int? {
    var index = 0
    if index < tokens.count, tokens[index].isMark("@") || tokens[index].isMark("#") || tokens[index].isMark("&") { index += 1 }
    if index + 1 < tokens.count, tokens[index].kind == .name, Self.typeWords.contains(lexer.text(tokens[index])) { index += 1 }
    guard index < tokens.count, tokens[index].kind == .name else { return nil }
    index += 1
    while index < tokens.count, let next = separatorEnd(at: index), next < tokens.count, tokens[next].kind == .name { index = next + 1 }
    let end = tokens[index - 1].end
    if index < tokens.count, tokens[index].isMark("!") || tokens[index].isMark("?") { index += 1 }
    return index == tokens.count || closesAtEnd(from: index) ? end : nil
  }

  /// Names up to a byte.
  func names(before end: Int) -> [String] { tokens.filter { $0.kind == .name && $0.end <= end }.map(lexer.text) }

  // MARK: One mention

  private func mention(_ name: String, at index: Int, in place: Mention.Place) -> Mention {
    let token = tokens[index]
    var mention = Mention(name: name, span: Span(token.start, token.end), place: place)
    let (qualifiers, hasReceiver) = qualifiers(before: index)
    mention.qualifiers = qualifiers
    if hasReceiver { mention.form.insert(.hasReceiver) }
    if qualifiers.isEmpty, isImplicitMember(index) { mention.form.insert(.implicitMember) }
    if separatorEnd(at: index + 1) != nil { mention.form.insert(.isReceiver) }
    if isCalled(index) { mention.form.insert(.called) }
    if index > 0, tokens[index - 1].isMark("@"), adjacent(index - 1, index) { mention.form.insert(.decorator) }
    if isPartOfWord(index) { mention.form.insert(.partOfWord) }
    mention.form.formUnion(statementForm(index, hasReceiver: hasReceiver))
    return mention
  }

  /// A dot before the name, and before the dot nothing that has members.
  private func isImplicitMember(_ index: Int) -> Bool {
    guard index > 0, tokens[index - 1].isMark("."), adjacent(index - 1, index) else { return false }
    guard index > 1 else { return true }
    let before = tokens[index - 2]
    return before.kind == .mark && "(,[:={&|?".utf8.contains(before.byte) && !(before.end == tokens[index - 1].start && before.isMark("?"))
  }

  /// Variables and the types that they are made of: `let app = Server(…)`, `client := http.Client{…}`, `app: Server`.
  var madeOf: [(variable: String, type: String)] {
    tokens.indices.compactMap { index in
      guard tokens[index].kind == .name, let type = madeType(index) else { return nil }
      return (lexer.text(tokens[index]), type)
    }
  }

  private func madeType(_ index: Int) -> String? {
    var next = index + 1
    guard next < tokens.count else { return nil }
    if tokens[next].isMark(":") { next += 1 }
    if next < tokens.count, tokens[next].isMark("=") { next += 1 }
    guard next > index + 1 else { return nil }
    while next < tokens.count,
      tokens[next].isMark("&") || tokens[next].kind == .name && ["new", "await", "try", "mut"].contains(lexer.text(tokens[next]))
    {
      next += 1
    }
    // The first capitalised name on the chain.
    while next < tokens.count, tokens[next].kind == .name {
      let name = lexer.text(tokens[next])
      if name.utf8.first.map({ $0 >= 65 && $0 <= 90 }) == true { return name }
      guard let after = separatorEnd(at: next + 1) else { return nil }
      next = after
    }
    return nil
  }

  private func qualifiers(before index: Int) -> (names: [String], hasReceiver: Bool) {
    var names: [String] = []
    var position = index
    var hasReceiver = false
    while let before = separatorStart(endingAt: position) {
      hasReceiver = true
      guard before > 0, tokens[before - 1].kind == .name, names.count < 8 else { break }
      names.insert(lexer.text(tokens[before - 1]), at: 0)
      position = before - 1
    }
    return (names, hasReceiver)
  }

  /// The first token of a separator (`.`, `?.`, `::`, `->`, `#`) that ends before `index`.
  private func separatorStart(endingAt index: Int) -> Int? {
    guard index > 0 else { return nil }
    let last = tokens[index - 1]
    if last.isMark(".") {
      if index > 1, tokens[index - 2].isMark("."), adjacent(index - 2, index - 1) { return nil }
      return index > 1 && (tokens[index - 2].isMark("?") || tokens[index - 2].isMark("!")) ? index - 2 : index - 1
    }
    if last.isMark(":"), index > 1, tokens[index - 2].isMark(":"), adjacent(index - 2, index - 1) { return index - 2 }
    if last.isMark(">"), index > 1, tokens[index - 2].isMark("-"), adjacent(index - 2, index - 1) {
      return index > 2 && adjacent(index - 3, index - 2) && adjacent(index - 1, index) ? index - 2 : nil
    }
    if last.isMark("#"), index > 1, tokens[index - 2].kind == .name, adjacent(index - 2, index - 1), adjacent(index - 1, index) {
      return index - 1
    }
    return nil
  }

  /// The token behind a separator that begins at `index`.
  private func separatorEnd(at index: Int) -> Int? {
    guard index < tokens.count else { return nil }
    var start = index
    if tokens[start].isMark("?") || tokens[start].isMark("!"), start + 1 < tokens.count, tokens[start + 1].isMark(".") { start += 1 }
    if tokens[start].isMark("."), start + 1 < tokens.count, tokens[start + 1].kind == .name, adjacent(start, start + 1) { return start + 1 }
    guard start + 1 < tokens.count, adjacent(start, start + 1) else { return nil }
    let pair = (tokens[start].byte, tokens[start + 1].byte)
    if pair == (UInt8(ascii: ":"), UInt8(ascii: ":")) { return start + 2 }
    if pair == (UInt8(ascii: "-"), UInt8(ascii: ">")), start > 0, adjacent(start - 1, start) { return start + 2 }
    if tokens[start].isMark("#"), start > 0, adjacent(start - 1, start), tokens[start + 1].kind == .name { return start + 1 }
    return nil
  }

  private func isCalled(_ index: Int) -> Bool {
    var next = index + 1
    guard next < tokens.count else { return false }
    if tokens[next].isMark("!"), adjacent(index, next) { next += 1 }
    if next < tokens.count, tokens[next].isMark("<"), adjacent(index, next), let close = closeOfGenerics(next) { next = close + 1 }
    return next < tokens.count && tokens[next].isMark("(")
      && (adjacent(next - 1, next) || next == index + 1 && tokens[next].start == tokens[index].end)
  }

  /// The `>` that closes a `<` within a few tokens on the way.
  private func closeOfGenerics(_ start: Int) -> Int? {
    var depth = 0
    for index in start..<min(tokens.count, start + 24) {
      if tokens[index].isMark("<") { depth += 1 }
      if tokens[index].isMark(">") { depth -= 1 }
      if depth == 0 { return index }
    }
    return nil
  }

  private func isPartOfWord(_ index: Int) -> Bool {
    let token = tokens[index]
    if token.start > 0 {
      let before = bytes[token.start - 1]
      if "-/\\$%~".utf8.contains(before) { return true }
      if before == UInt8(ascii: "<"), token.start < 2 || !SampleLexer.isNameStart(bytes[token.start - 2]), token.end < bytes.count,
        bytes[token.end] == UInt8(ascii: ">")
      {
        return true
      }
    }
    guard token.end < bytes.count else { return false }
    let after = bytes[token.end]
    if after == UInt8(ascii: "-") { return token.end + 1 >= bytes.count || bytes[token.end + 1] != UInt8(ascii: ">") }
    return after == UInt8(ascii: "/") || after == UInt8(ascii: "\\") || after == UInt8(ascii: "%")
  }

  // MARK: The statement around it

  private func statementForm(_ index: Int, hasReceiver: Bool) -> Mention.Form {
    var form: Mention.Form = []
    let previous = index > 0 && tokens[index - 1].kind == .name ? lexer.text(tokens[index - 1]) : ""
    if isImported(index) { form.insert(.imported) }
    if Self.definingWords.contains(previous), !(form.contains(.imported) && previous == "type") { form.insert(.defined) }
    if Self.typeWords.contains(previous) { form.insert(.typePosition) }
    guard index + 1 < tokens.count else { return form }
    let next = tokens[index + 1]
    if next.isMark("{") { form.insert(.typePosition) }
    if next.isMark("="), !isFollowed(index + 1, by: "=>~") {
      form.insert(hasReceiver ? [] : tokens[index].startsLine || isBinding(index) ? .defined : .labelled)
    }
    if next.isMark(":"), !isFollowed(index + 1, by: ":") {
      form.insert(isFollowed(index + 1, by: "=") ? .defined : hasReceiver ? [] : .labelled)
    }
    return form
  }

  private func isBinding(_ index: Int) -> Bool {
    guard index > 0 else { return true }
    return tokens[index - 1].isMark(";") || tokens[index - 1].isMark("{") || tokens[index - 1].isMark("}")
  }

  private func isFollowed(_ index: Int, by marks: String) -> Bool {
    index + 1 < tokens.count && tokens[index + 1].kind == .mark && marks.utf8.contains(tokens[index + 1].byte) && adjacent(index, index + 1)
  }

  /// On a line that begins with `import`, `from`, `use` …, or in brackets that were opened on such a line.
  private func isImported(_ index: Int) -> Bool {
    let opener = surroundings[index].opener
    return beginsImport(index) || (opener >= 0 && beginsImport(opener))
  }

  private func beginsImport(_ index: Int) -> Bool { Self.importWords.contains(lexer.text(tokens[surroundings[index].lineStart])) }

  /// For each token: the first token of its line, and the bracket that is open around it (-1 for none). One pass.
  private static func surroundings(of tokens: [SampleToken]) -> [(lineStart: Int, opener: Int)] {
    var result: [(lineStart: Int, opener: Int)] = []
    result.reserveCapacity(tokens.count)
    var open: [Int] = []
    var lineStart = 0
    for (index, token) in tokens.enumerated() {
      if token.startsLine { lineStart = index }
      if token.isMark(")") || token.isMark("}") || token.isMark("]") { _ = open.popLast() }
      result.append((lineStart, open.last ?? -1))
      if token.isMark("(") || token.isMark("{") || token.isMark("[") { open.append(index) }
    }
    return result
  }

  /// What an import statement names besides the name: its module, as words (`from a.b import name`: `a`, `b`; `'x/y'`: `x`, `y`).
  func importedModule(around span: Span) -> [String] {
    guard let index = tokens.firstIndex(where: { $0.start == span.start }) else { return [] }
    var first = index
    while first > 0, !Self.importWords.contains(lexer.text(tokens[first])), index - first < 60 { first -= 1 }
    var words: [String] = []
    var position = first + 1
    while position < tokens.count, position - first < 80, position <= index || !tokens[position].startsLine {
      let token = tokens[position]
      if token.kind == .string { words += Self.words(lexer.text(token)) }
      if token.kind == .name, position != index, !Self.importWords.contains(lexer.text(token)) { words.append(lexer.text(token)) }
      position += 1
    }
    return words
  }

  /// Whether an import takes the name from a quoted package (`from '@scope/name'`), and not from a path.
  func isFromPackage(_ span: Span) -> Bool {
    guard let index = tokens.firstIndex(where: { $0.start == span.start }) else { return false }
    var position = index + 1
    while position < tokens.count, position - index < 60, tokens[position].kind != .string {
      if Self.importWords.contains(lexer.text(tokens[position])), tokens[position].startsLine { return false }
      position += 1
    }
    guard position < tokens.count, tokens[position].kind == .string else { return false }
    let module = lexer.text(tokens[position]).dropFirst()
    return module.first.map { $0 != "." && $0 != "/" } ?? false
  }

  private static func words(_ text: String) -> [String] {
    text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
  }

  private func adjacent(_ left: Int, _ right: Int) -> Bool {
    left >= 0 && right < tokens.count && tokens[left].end == tokens[right].start
  }

  /// An argument list that ends the code: `(…)`, `<…>(…)`, `[…]`, perhaps with `;`.
  private func closesAtEnd(from index: Int) -> Bool {
    var depth = 0
    for position in index..<tokens.count {
      let token = tokens[position]
      if token.isMark("(") || token.isMark("[") || token.isMark("<") { depth += 1 }
      if token.isMark(")") || token.isMark("]") || token.isMark(">") { depth -= 1 }
      if depth == 0, position > index || depth < 0 {
        let rest = tokens[(position + 1)...]
        if rest.isEmpty { return true }
        if rest.count == 1, rest.first?.isMark(";") == true || rest.first?.isMark(":") == true { return true }
        if let next = rest.first, next.isMark("(") || next.isMark("[") { continue }
        return false
      }
      if depth == 0 { return false }
    }
    return false
  }

  private static let definingWords: Set<String> = [
    "def", "class", "function", "fn", "func", "fun", "struct", "enum", "interface", "trait", "type", "protocol", "let", "const", "var",
    "val", "mod", "module", "define", "typedef", "typealias", "actor", "record", "union", "as", "for", "lambda", "namespace",
  ]
  private static let typeWords: Set<String> = [
    "new", "extends", "implements", "throws", "throw", "raise", "except", "catch", "instanceof", "impl", "is",
  ]
  private static let importWords: Set<String> = ["import", "from", "use", "using", "require", "include", "export"]
}
