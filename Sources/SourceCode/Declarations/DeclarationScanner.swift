// What every recogniser shares: the scopes around a place, the declarations found so far, and how a declaration gets its
// parameters, shape, alias and deprecation. A recogniser is an extension of this type in a file of its own.

/// Finds the declarations of one text.
struct DeclarationScanner {
  /// A bracketed or indented stretch of the text, and what may be declared in it.
  struct Scope {
    enum Kind {
      /// Members are fields and methods.
      case type
      /// Members are cases, separated by commas or lines.
      case enumeration
      case namespace
      case function
      case block
      /// The members of a literal object.
      case object
      /// A bracketed list of declarations of one kind: Go's `const ( … )`.
      case group(Declaration.Kind)
      case parenthesis
    }
    var kind: Kind
    /// What it adds to the owner path.
    var names: [String]
    /// The first token after it.
    var end: Int
    /// Indentation of its opener, for languages that draw blocks by it.
    var indentation = 0
    /// The declaration whose body it is.
    var declaration: Int?
    /// Whether it lies inside a function.
    var isLocal = false
  }

  /// A declaration and where its parts are.
  struct Found {
    var declaration: Declaration
    var nameHash: UInt64
    /// The first token of its header (modifiers and attributes included).
    var first: Int
    var nameToken: Int
    var body: Range<Int>
  }

  static let maximumDeclarations = 20_000
  static let maximumScopes = 200
  static let maximumOwnerDepth = 8

  var tree: TokenTree
  var found: [Found] = []
  var scopes: [Scope] = []
  /// Token ranges that only tests compile.
  var testRanges: [Range<Int>] = []

  init(_ tree: TokenTree) { self.tree = tree }

  var count: Int { tree.count }
  var language: SourceLanguage { tree.source.language }

  /// The declarations of the text, with everything known of them.
  static func facts(of source: LexedSource) -> (declarations: [Declaration], testRanges: [Range<Int>]) {
    var scanner = DeclarationScanner(TokenTree(source))
    if source.language == .python {
      scanner.scanPython()
    } else if source.language == .ruby {
      scanner.scanRuby()
    } else {
      scanner.scanBraces()
    }
    scanner.complete()
    return (scanner.found.map(\.declaration), scanner.testRanges)
  }

  // MARK: Scopes

  var owner: [String] { Array(scopes.flatMap(\.names).prefix(Self.maximumOwnerDepth)) }

  var isLocal: Bool { scopes.last?.isLocal ?? false }

  mutating func push(_ kind: Scope.Kind, named names: [String] = [], end: Int, indentation: Int = 0, declaration: Int? = nil) {
    var isLocal = self.isLocal
    if case .function = kind { isLocal = true }
    guard scopes.count < Self.maximumScopes else { return }
    scopes.append(
      Scope(kind: kind, names: names, end: end, indentation: indentation, declaration: declaration, isLocal: isLocal))
  }

  mutating func popScopes(at index: Int) {
    while let last = scopes.last, last.end <= index { scopes.removeLast() }
  }

  /// The innermost scope that is not a plain block or a parenthesis.
  var meaning: Scope.Kind? {
    for scope in scopes.reversed() {
      switch scope.kind {
      case .block, .parenthesis: continue
      default: return scope.kind
      }
    }
    return nil
  }

  var isInType: Bool {
    switch meaning {
    case .type, .enumeration: true
    default: false
    }
  }

  // MARK: Declarations

  /// Records a declaration and returns its index, or nil beyond the limit. `body` may be set later.
  @discardableResult
  mutating func declare(
    _ name: Int, _ kind: Declaration.Kind, from first: Int, owner: [String]? = nil, parameters: [Parameter]? = nil,
    body: Range<Int>? = nil, aliasOf: String? = nil
  ) -> Int? {
    guard name < count, found.count < Self.maximumDeclarations else { return nil }
    let token = tree[name]
    guard token.end - token.start <= 200 else { return nil }
    var text = tree.text(name)
    if token.kind == .string { text = text.trimmingQuotes }
    guard !text.isEmpty else { return nil }
    let line = Int(token.line)
    found.append(
      Found(
        declaration: Declaration(
          name: text, kind: kind, owner: owner ?? self.owner, line: line, endLine: line, parameters: parameters,
          shape: BodyShape(hash: 0, tokenCount: 0, sketch: []), deprecation: nil, aliasOf: aliasOf, isLocal: isLocal),
        nameHash: token.hash, first: first, nameToken: name, body: body ?? stretch(name + 1, name + 1)))
    return found.count - 1
  }

  mutating func setBody(_ index: Int?, _ body: Range<Int>) {
    guard let index, body.lowerBound <= body.upperBound else { return }
    found[index].body = body
  }

  // MARK: Completion

  /// Adds to each declaration what needs its whole extent.
  private mutating func complete() {
    var remarks = tree.source.remarks[...]
    for index in found.indices {
      let item = found[index]
      let body = item.body.clamped(to: 0..<count)
      found[index].declaration.shape = ShapeBuilder.shape(of: body, in: tree, masking: item.nameHash)
      if let last = body.last { found[index].declaration.endLine = max(item.declaration.line, Int(tree[last].line)) }
      while let remark = remarks.first, remark.nextToken < item.first { remarks = remarks.dropFirst() }
      let doc = remarks.first.flatMap { $0.nextToken >= item.first && $0.nextToken <= item.nameToken ? tree.source.text($0.range) : nil }
      found[index].declaration.deprecation = doc.map { String($0.prefix(400)) } ?? deprecation(of: item, body)
      if item.declaration.aliasOf == nil { found[index].declaration.aliasOf = forwarded(body, from: item) }
    }
  }

  /// The deprecation that attributes, decorators or the first statements of the body state.
  private func deprecation(of item: Found, _ body: Range<Int>) -> String? {
    if let mark = stretch(item.first, item.nameToken).first(where: isDeprecation) { return text(from: mark, through: item.nameToken) }
    guard warnsInBody(item.declaration.kind), let mark = body.prefix(80).first(where: isDeprecation) else { return nil }
    return text(from: item.nameToken, through: mark + 10)
  }

  private func isDeprecation(_ index: Int) -> Bool {
    let token = tree[index]
    return token.kind == .identifier && token.end - token.start >= 9 && Self.deprecationWords.contains(token.hash)
  }

  /// A function that warns is deprecated. A type's body speaks of its members, but where a constructor's warning is all there is.
  private func warnsInBody(_ kind: Declaration.Kind) -> Bool { kind.isCallable || (kind.isType && language == .python) }

  /// The text of some tokens, at most its last 600 bytes.
  private func text(from first: Int, through last: Int) -> String {
    let end = Int(tree[min(last, count - 1)].end)
    let start = max(Int(tree[first].start), end - 600)
    return start < end ? tree.source.text(start..<end) : ""
  }

  private static let deprecationWords = Set(
    [
      "deprecated", "Deprecated", "DeprecationWarning", "PendingDeprecationWarning", "FutureWarning", "deprecate", "deprecation",
      "Obsolete",
      "warn_deprecated", "deprecated_alias", "DeprecatedSince", "deprecation_warning", "_deprecated",
    ].map { identifierHash($0.utf8) })

  /// The name that a short body only calls: `return load_config(path)`.
  private func forwarded(_ body: Range<Int>, from item: Found) -> String? {
    guard item.declaration.kind.isCallable, body.count >= 3, body.count <= 60 else { return nil }
    let statements = body.filter { index in
      tree[index].kind == .identifier && (tree.isMark(index + 1, "(") || tree.isMark(index + 1, "<")) && tree[index].hash != item.nameHash
    }
    guard let last = statements.last, tree.close(of: tree.isMark(last + 1, "(") ? last + 1 : last) >= body.upperBound - 3 else {
      return nil
    }
    return tree.text(last)
  }
}

extension String {
  /// Without a quote at either end.
  var trimmingQuotes: String {
    var text = self[...]
    while let first = text.first, "\"'`".contains(first) { text = text.dropFirst() }
    while let last = text.last, "\"'`".contains(last) { text = text.dropLast() }
    return String(text)
  }
}

/// Builds body shapes.
enum ShapeBuilder {
  /// Tokens of a body beyond these do not count: what two bodies share shows long before.
  private static let maximumTokens = 4000

  static func shape(of body: Range<Int>, in tree: TokenTree, masking name: UInt64) -> BodyShape {
    var hash: UInt64 = fnvOffset
    var tokenCount = 0
    var (second, first): (UInt64, UInt64) = (0, 0)
    var smallest = BottomHashes(size: BodyShape.sketchSize)
    for index in body.prefix(maximumTokens) {
      let token = tree.source.tokens[index]
      if token.kind == .string && token.startsLine && tree.source.language == .python { continue }
      let value = token.kind == .identifier && token.hash == name ? 0x6E61_6D65 : token.hash
      hash = (hash ^ value) &* fnvPrime
      tokenCount += 1
      if tokenCount >= 3 { smallest.insert(mixed(value &+ 31 &* (first &+ 31 &* second))) }
      (second, first) = (first, value)
    }
    return BodyShape(hash: hash, tokenCount: tokenCount, sketch: smallest.ascending)
  }

  /// The finaliser of MurmurHash3: spreads a run's hash evenly, which the sketch needs.
  private static func mixed(_ value: UInt64) -> UInt64 {
    var bits = value
    bits = (bits ^ (bits >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    bits = (bits ^ (bits >> 33)) &* 0xC4CE_B9FE_1A85_EC53
    return bits ^ (bits >> 33)
  }
}

/// The smallest distinct hashes of a stream.
private struct BottomHashes {
  let size: Int
  private(set) var ascending: [UInt64] = []

  init(size: Int) { self.size = size }

  mutating func insert(_ hash: UInt64) {
    if ascending.count == size, let last = ascending.last, hash >= last { return }
    var (low, high) = (0, ascending.count)
    while low < high {
      let middle = (low + high) / 2
      if ascending[middle] < hash { low = middle + 1 } else { high = middle }
    }
    if low < ascending.count && ascending[low] == hash { return }
    ascending.insert(hash, at: low)
    if ascending.count > size { ascending.removeLast() }
  }
}
