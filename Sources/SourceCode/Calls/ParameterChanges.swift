// What became of parameters: a declaration before and after, and for each parameter that it lost the one that took its place. A deprecated
// parameter that the new declaration only hands on (`limits = pool_limits`) counts as lost to callers, and tells where it went.

import Domain

/// A callable whose parameters the change changed.
struct ParameterChange: Sendable {
  /// What calls name: the function, or the type for a constructor.
  var callee: String
  var old: Symbol
  var new: Symbol
  var renames: [ParameterRename]
  /// Parameters that nothing took the place of, where the callable takes no others by keyword.
  var removed: [String]
}

/// A parameter under its old and its new name.
public struct ParameterRename: Sendable, Hashable {
  public var callee: String
  public var old: String
  public var new: String
  /// The head's declaration.
  public var path: String
  public var line: Int
  public var confidence: Double
  /// The old name is still taken, and handed on.
  public var isAlias: Bool
  var language: SourceLanguage
  /// The lines of the head's declaration.
  var lines: ClosedRange<Int>
}

/// Pairs the declarations of both sides.
struct ParameterChanges: Sendable {
  private(set) var changes: [ParameterChange] = []
  /// Places in `changes` by callee.
  private(set) var byCallee: [String: [Int]] = [:]
  private(set) var renames: [String: [ParameterRename]] = [:]
  /// The lists that the head's changed files declare, by the name of the callable.
  private(set) var declared: [String: Set<[String]>] = [:]
  /// Callees that lost a parameter for good, by its name.
  private(set) var removed: [String: [ParameterChange]] = [:]

  init(_ code: CodeChange, _ texts: ComparedTexts) {
    let pairs = Self.pairs(code)
    guard !pairs.isEmpty else { return }
    for sighting in code.new where Self.isCallable(sighting) { declared[sighting.name, default: []].insert(Self.labels(sighting.symbol)) }
    let sources = Dictionary(texts.comparisons().map { ($0.text.path, $0.text) }, uniquingKeysWith: { first, _ in first })
    var lexed: [String: LexedSource] = [:]
    for (old, new) in pairs {
      if lexed[new.path] == nil, let text = sources[new.path], let language = text.language {
        lexed[new.path] = try? Lexer.lex(text.new, as: language)
      }
      add(old, new, lexed[new.path])
    }
  }

  private mutating func add(_ old: Symbol, _ new: Symbol, _ source: LexedSource?) {
    let hasKeywords = Self.hasKeywords(new.language)
    let callee = new.kind == .constructor ? new.owner.last ?? new.name : new.name
    var change = ParameterChange(callee: callee, old: old, new: new, renames: [], removed: [])
    let (before, after) = (Self.labels(old), Self.labels(new))
    let lost = before.indices.filter { !after.contains(before[$0]) && Self.isName(before[$0]) }
    let gained = after.indices.filter { !before.contains(after[$0]) && Self.isName(after[$0]) }
    for (from, to, confidence) in hasKeywords ? Self.paired(lost, gained, old, new) : [] {
      change.renames.append(rename(callee, before[from], after[to], new, confidence, isAlias: false))
    }
    if let source, hasKeywords, !gained.isEmpty {
      for kept in before where after.contains(kept) && Self.isName(kept) {
        let targets = gained.map { after[$0] }.filter { Self.hands(kept, to: $0, in: new, source) }
        if targets.count == 1 { change.renames.append(rename(callee, kept, targets[0], new, 0.9, isAlias: true)) }
      }
    }
    if hasKeywords, !Self.takesAny(new) {
      change.removed = lost.map { before[$0] }.filter { name in !change.renames.contains { $0.old == name } }
    }
    byCallee[callee, default: []].append(changes.count)
    if old.kind == .constructor, let type = old.owner.last, type != callee { byCallee[type, default: []].append(changes.count) }
    changes.append(change)
    for rename in change.renames { renames[rename.old, default: []].append(rename) }
    for name in change.removed { removed[name, default: []].append(change) }
  }

  private func rename(
    _ callee: String, _ old: String, _ new: String, _ symbol: Symbol, _ confidence: Double, isAlias: Bool
  ) -> ParameterRename {
    ParameterRename(
      callee: callee, old: old, new: new, path: symbol.path, line: symbol.line, confidence: confidence, isAlias: isAlias,
      language: symbol.language, lines: symbol.line...max(symbol.line, symbol.declaration.endLine))
  }

  // MARK: Names

  /// What callers write: Swift's labels, elsewhere the names; without the receiver.
  static func labels(_ symbol: Symbol) -> [String] {
    (symbol.declaration.parameters ?? []).map { $0.label ?? $0.name }.filter { symbol.language != .python || $0 != "self" && $0 != "cls" }
  }

  /// Whether callers write the names of parameters.
  private static func hasKeywords(_ language: SourceLanguage) -> Bool {
    switch language {
    case .python, .swift, .kotlin, .ruby, .csharp, .php: true
    default: false
    }
  }

  private static func isName(_ name: String) -> Bool { name.utf8.count > 1 && name != "_" && !name.hasPrefix("_") }

  /// Whether it takes keywords that it does not name.
  private static func takesAny(_ symbol: Symbol) -> Bool {
    (symbol.declaration.parameters ?? []).contains { ["kwargs", "options", "opts", "kw", "args", "params"].contains($0.name) }
  }

  // MARK: Pairing parameters

  private static func paired(_ lost: [Int], _ gained: [Int], _ old: Symbol, _ new: Symbol) -> [(Int, Int, Double)] {
    guard !lost.isEmpty, !gained.isEmpty, lost.count <= 12, gained.count <= 12 else { return [] }
    let before = (old.declaration.parameters ?? []).suffix(labels(old).count).map { $0 }
    let after = (new.declaration.parameters ?? []).suffix(labels(new).count).map { $0 }
    guard before.count == labels(old).count, after.count == labels(new).count else { return [] }
    func score(_ i: Int, _ j: Int) -> Double {
      var score = 0.0
      if i == j || before.count - i == after.count - j { score += 0.4 }
      if lost.count == 1, gained.count == 1 { score += 0.2 }
      if before[i].type != nil, before[i].type == after[j].type { score += 0.15 }
      if before[i].defaultValue != nil, before[i].defaultValue == after[j].defaultValue { score += 0.1 }
      let (left, right) = (NameWords(before[i].label ?? before[i].name).words, NameWords(after[j].label ?? after[j].name).words)
      if left.contains(where: right.contains) { score += 0.35 }
      return score
    }
    return lost.compactMap { i in
      let ranked = gained.map { ($0, score(i, $0)) }.sorted { $0.1 > $1.1 }
      guard let best = ranked.first, best.1 >= 0.6, ranked.count == 1 || best.1 - ranked[1].1 >= 0.15 else { return nil }
      guard lost.allSatisfy({ $0 == i || score($0, best.0) < best.1 }) else { return nil }
      return (i, best.0, min(0.92, 0.45 + best.1 / 2))
    }
  }

  /// Whether the body hands a parameter on (`new = old`), or a text in it says that one is to be used for the other.
  private static func hands(_ old: String, to new: String, in symbol: Symbol, _ source: LexedSource) -> Bool {
    let lines = symbol.line...max(symbol.line, symbol.declaration.endLine)
    let (from, to) = (identifierHash(old.utf8), identifierHash(new.utf8))
    let tokens = source.tokens
    var texts: [String] = []
    for index in tokens.indices where lines.contains(Int(tokens[index].line)) {
      let token = tokens[index]
      if token.kind == .string {
        texts.append(source.text(token))
      } else if index + 2 < tokens.count, token.hash == to, token.startsLine, tokens[index + 1].isMark("="), tokens[index + 2].hash == from
      {
        if index + 3 >= tokens.count || tokens[index + 3].startsLine || tokens[index + 3].isMark(";") { return true }
      }
    }
    return texts.indices.contains { index in
      let text = texts[index..<min(texts.count, index + 3)].joined().lowercased()
      guard text.contains("deprecat") || text.contains("renamed") else { return false }
      let words = Set(text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
      return words.contains(old.lowercased()) && words.contains(new.lowercased())
    }
  }

  // MARK: Pairing declarations

  private struct Key: Hashable {
    var owner: [String]
    var name: String
  }

  /// Declarations of one name that are not the same on both sides: the most alike come together.
  private static func pairs(_ code: CodeChange) -> [(Symbol, Symbol)] {
    var before: [Key: [Symbol]] = [:]
    var after: [Key: [Symbol]] = [:]
    var order: [Key] = []
    for sighting in code.old where isCallable(sighting) {
      let key = Key(owner: code.owner(inHead: sighting.symbol.owner), name: sighting.name)
      if before[key] == nil { order.append(key) }
      before[key, default: []].append(sighting.symbol)
    }
    for sighting in code.new where isCallable(sighting) {
      after[Key(owner: sighting.symbol.owner, name: sighting.name), default: []].append(sighting.symbol)
    }
    return order.flatMap { pairs(before[$0] ?? [], after[$0] ?? []) }
  }

  private static func isCallable(_ sighting: Sighting) -> Bool {
    sighting.declaration.parameters != nil && sighting.kind.isCallable && !sighting.declaration.isLocal
  }

  private static func pairs(_ before: [Symbol], _ after: [Symbol]) -> [(Symbol, Symbol)] {
    var old = before.filter { symbol in !after.contains { $0.declaration.parameters == symbol.declaration.parameters } }
    var new = after.filter { symbol in !before.contains { $0.declaration.parameters == symbol.declaration.parameters } }
    guard !old.isEmpty, !new.isEmpty, old.count <= 24, new.count <= 24 else { return [] }
    var pairs: [(Symbol, Symbol)] = []
    while !old.isEmpty, !new.isEmpty {
      var best = (0, 0, -1)
      for i in old.indices {
        for j in new.indices {
          let common = common(labels(old[i]), labels(new[j]))
          if common > best.2 { best = (i, j, common) }
        }
      }
      pairs.append((old.remove(at: best.0), new.remove(at: best.1)))
    }
    return pairs
  }

  /// Labels that two lists have in common at their beginnings and their ends.
  private static func common(_ left: [String], _ right: [String]) -> Int {
    let prefix = zip(left, right).prefix { $0 == $1 }.count
    let rest = min(left.count, right.count) - prefix
    return prefix + zip(left.reversed(), right.reversed()).prefix(rest).prefix { $0 == $1 }.count
  }
}
