// What is left of some names in the head's whole code. Every source file is read once, for all the names together, and
// most files only pass a filter that looks for the names' bytes; a name that is found in use is not looked for again.

import Domain

/// Where a name still is.
struct Remains: Sendable {
  /// A use or a definition that keeps the name alive.
  var use: Place?
  /// Declarations that are only a deprecated alias of another name.
  var aliases: [Symbol] = []
  /// An import or export list that names it: alive only if something is behind it.
  var listing: Place?
  /// How many definitions it has: of members, and of what has no owner. Counted only for names that are asked for it.
  var members = 0
  var globals = 0
  /// Uses behind a dot of what it does not define: another library's member. Counted for the same names.
  var foreign = 0
  /// A string that has it as a word.
  var string: Place?

  struct Place: Sendable {
    var path: String
    var line: Int
  }
}

/// Searches the head's code.
struct RemainingUses {
  private(set) var remains: [String: Remains] = [:]
  private(set) var skips: [Skip] = []
  /// Why the search could not end: then nothing can be said to be gone.
  private(set) var failure: (any Error)?

  private let head: any Checkout
  private let cache: any FactsCache
  private let limits: AnalysisLimits
  /// Names still looked for, by hash.
  private var wanted: [UInt64: String]
  /// Names that are looked for until something defines them: a use alone does not end the search.
  private let defined: Set<String>
  /// Lets most files pass unread by the lexer.
  private var filter: NameFilter
  /// Lets most files pass unread.
  private var words: CodeWords
  private var query: WordQuery

  init(
    of names: Set<String>, defined: Set<String> = [], in head: any Checkout, cache: any FactsCache, limits: AnalysisLimits,
    content: (any ContentCache)? = nil
  ) {
    self.head = head
    self.cache = cache
    self.limits = limits
    self.defined = defined
    wanted = Dictionary(names.map { (identifierHash($0.utf8), $0) }, uniquingKeysWith: { first, _ in first })
    filter = NameFilter(wanted.values)
    words = CodeWords(head, content, limits)
    query = WordQuery(wanted.values)
    for name in names { remains[name] = Remains() }
    do { try search() } catch { failure = error }
  }

  private mutating func search() throws {
    var bytesRead = 0
    for entry in head.entries where !wanted.isEmpty {
      guard entry.kind == .file || entry.kind == .executable, let language = SourceLanguage(path: entry.path) else { continue }
      // Generated code is as good as any to show that a name is alive.
      guard [.code, .generated].contains(PathRole(path: entry.path)) else { continue }
      guard entry.size <= limits.fileBytes else {
        skips.append(Skip(path: entry.path, reason: .tooLarge, detail: "\(entry.size) bytes of at most \(limits.fileBytes)"))
        continue
      }
      if let facts = cache.facts(for: FactsKey(blob: entry.blob, language: language)),
        !wanted.keys.contains(where: { facts.code.contains(hash: $0) || facts.strings.contains(hash: $0) })
      {
        continue
      }
      bytesRead += entry.size
      guard bytesRead <= limits.treeBytes else { throw TooMuchCode(limit: limits.treeBytes) }
      // A query of more names than are still wanted only reads more.
      if wanted.count * 2 < query.count { query = WordQuery(wanted.values) }
      if let bytes = try words.bytes(of: entry, having: query) { search(bytes, entry, language) }
    }
  }

  /// The tree has more code than the analysis may read.
  struct TooMuchCode: Error, CustomStringConvertible {
    var limit: Int
    var description: String { "cannot tell which names are gone: the code has more than \(limit) bytes: raise the limit of the analysis" }
  }

  private mutating func search(_ bytes: [UInt8], _ entry: TreeEntry, _ language: SourceLanguage) {
    guard filter.mayMatch(bytes) else { return }
    switch FileScanner.scan(bytes, language) {
    case .failure(let refusal): skips.append(Skip(path: entry.path, reason: refusal.reason, detail: refusal.detail))
    case .success(let file):
      cache.store(file.facts, for: FactsKey(blob: entry.blob, language: language))
      inspect(file, entry)
    }
  }

  private mutating func inspect(_ file: ScannedFile, _ entry: TreeEntry) {
    let lists = ListedNames(file.source)
    let before = wanted.count
    for (index, token) in file.source.tokens.enumerated() where token.kind == .identifier && !token.flags.contains(.test) {
      guard let name = wanted[token.hash] else { continue }
      let line = Int(token.line)
      let place = Remains.Place(path: entry.path, line: line)
      if let alias = alias(named: name, around: line, in: file) {
        if remains[name]?.aliases.last?.declaration != alias {
          remains[name]?.aliases.append(Symbol(alias, path: entry.path, language: file.source.language))
        }
      } else if lists.contains(index) {
        if remains[name]?.listing == nil { remains[name]?.listing = place }
      } else {
        if remains[name]?.use == nil { remains[name]?.use = place }
        guard defined.contains(name) else {
          wanted[token.hash] = nil
          continue
        }
        // JavaScript's `#name` is another name.
        if index > 0, file.source.tokens[index - 1].isMark("#"), file.source.language != .c, file.source.language != .cpp { continue }
        guard let definition = definition(of: name, token, in: file) else {
          if index > 0, file.source.tokens[index - 1].isMark(".") { remains[name]?.foreign += 1 }
          continue
        }
        if definition.owner.isEmpty { remains[name]?.globals += 1 } else { remains[name]?.members += 1 }
        if (remains[name]?.members ?? 0) > Self.enoughDefinitions { wanted[token.hash] = nil }
      }
    }
    for (hash, name) in wanted where remains[name]?.string == nil && file.facts.strings.contains(hash: hash) {
      remains[name]?.string = Remains.Place(path: entry.path, line: 1)
    }
    if wanted.count < before { filter = NameFilter(wanted.values) }
  }

  /// More definitions are not counted.
  private static let enoughDefinitions = 8

  /// The declaration that others can use and whose name the token is.
  private func definition(of name: String, _ token: Token, in file: ScannedFile) -> Declaration? {
    file.declarations.first { $0.name == name && $0.line == Int(token.line) && !$0.isLocal && $0.kind != .parameter }
  }

  /// The deprecated or aliasing declaration of the name whose lines contain this one.
  private func alias(named name: String, around line: Int, in file: ScannedFile) -> Declaration? {
    file.declarations.first { $0.name == name && $0.line <= line && line <= $0.endLine && $0.isShim }
  }
}

extension Declaration {
  /// Whether it only stands for another name, or says that it should not be used.
  var isShim: Bool { deprecation != nil || (aliasOf != nil && aliasOf != name && !kind.isCallable) }
}

/// Which tokens stand in import and export lists.
struct ListedNames {
  private var ranges: [Range<Int>] = []

  init(_ source: LexedSource) {
    let tokens = source.tokens
    var index = 0
    while index < tokens.count {
      guard Self.begins(tokens, index, source.language) else {
        index += 1
        continue
      }
      let end = Self.end(tokens, from: index, source.language)
      ranges.append(index..<end)
      index = max(end, index + 1)
    }
  }

  func contains(_ index: Int) -> Bool {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound <= index { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].contains(index)
  }

  private static func begins(_ tokens: ContiguousArray<Token>, _ index: Int, _ language: SourceLanguage) -> Bool {
    let token = tokens[index]
    switch language {
    case .python: return token.startsLine && (token.word == .import || token.word == .from)
    case .javascript, .typescript:
      guard token.startsLine else { return false }
      let next = index + 1 < tokens.count ? tokens[index + 1] : token
      return token.word == .import || (token.word == .export && (next.isMark("{") || next.word == .type || next.isMark("*")))
    case .rust: return token.word == .use
    case .java, .kotlin, .swift: return token.startsLine && token.word == .import
    case .php, .csharp: return token.startsLine && (token.word == .use || token.word == .using)
    case .c, .cpp, .go, .ruby: return false
    }
  }

  /// The end of the list: its semicolon, or the line's end outside of brackets.
  private static func end(_ tokens: ContiguousArray<Token>, from start: Int, _ language: SourceLanguage) -> Int {
    var depth = 0
    var index = start
    while index < tokens.count {
      let token = tokens[index]
      if token.isMark("(") || token.isMark("{") { depth += 1 }
      if token.isMark(")") || token.isMark("}") { depth -= 1 }
      if token.isMark(";") && depth <= 0 { return index }
      if index > start && token.startsLine && depth <= 0 && language.newlineEndsStatement { return index }
      index += 1
    }
    return index
  }
}

/// Tells quickly that a text has none of some names: one pass over the bytes, a table look-up for each word.
struct NameFilter {
  private let slots: [UInt64]
  private let mask: Int
  /// Some name has a dollar sign, which is a letter in some languages and a mark in others.
  private let hasDollar: Bool

  init(_ names: some Collection<String>) {
    var size = 64
    while size < names.count * 4 { size *= 2 }
    mask = size - 1
    var slots = Array(repeating: UInt64(0), count: size)
    for name in names {
      let hash = identifierHash(name.utf8)
      var slot = Int(truncatingIfNeeded: hash) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = hash
    }
    self.slots = slots
    hasDollar = names.contains { $0.utf8.contains(UInt8(ascii: "$")) }
  }

  /// Whether one of the names occurs as a word, be it in code, in a string or in a comment.
  func mayMatch(_ bytes: [UInt8]) -> Bool { mayMatch(bytes, Self.letters) || (hasDollar && mayMatch(bytes, Self.lettersAndDollar)) }

  private func mayMatch(_ bytes: [UInt8], _ letters: [Bool]) -> Bool {
    var hash = fnvOffset
    var isWord = false
    for byte in bytes {
      if letters[Int(byte)] {
        hash = (hash ^ UInt64(byte)) &* fnvPrime
        isWord = true
      } else if isWord {
        // With the mark as well: Ruby's names may end with `?` or `!`.
        if contains(hash) || contains((hash ^ UInt64(byte)) &* fnvPrime) { return true }
        hash = fnvOffset
        isWord = false
      }
    }
    return isWord && contains(hash)
  }

  private func contains(_ hash: UInt64) -> Bool {
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      if slots[slot] == hash { return true }
      slot = (slot + 1) & mask
    }
    return false
  }

  private static let letters: [Bool] = (0..<256).map { Lexer.isNameByte(UInt8($0)) }
  private static let lettersAndDollar: [Bool] = (0..<256).map { Lexer.isNameByte(UInt8($0)) || $0 == Int(UInt8(ascii: "$")) }
}
