// From a change of the code to what happened to each name: which symbols the base defined and the head does not, and what
// they are called now.
//
// Owners come first: when `Client` became `Session`, `Client.close` is compared with `Session.close`, so that a renamed
// type does not look like the loss of all its members.

import Domain
import Synchronization

/// How much an analysis reads. What lies beyond is named in `ChangeAnalysis.skips`.
public struct AnalysisLimits: Sendable, Hashable {
  /// Larger files are not scanned.
  public var fileBytes: Int
  /// Changed source files beyond these are not scanned.
  public var changedFiles: Int
  /// Bytes of code that may be searched for what is left of a name; with more nothing counts as removed.
  public var treeBytes: Int

  /// How often something counts as standing in code that could not be read: more often than any code has it.
  static let beyondCounting = 1 << 30

  public init(fileBytes: Int = 2 << 20, changedFiles: Int = 4000, treeBytes: Int = 512 << 20) {
    self.fileBytes = fileBytes
    self.changedFiles = changedFiles
    self.treeBytes = treeBytes
  }
}

/// What a change did to the names of the code.
///
/// The changed files are read at once; other files only when the first name is asked about that the change may have
/// removed, so a change that touches nothing documented reads nothing else.
public struct ChangeAnalysis: Sendable {
  /// Every plain name that a changed file of the base defined and the head's changed files do not: only these, alone or
  /// qualified, can be answers of `removed`. Lets a caller pass over documents that mention none of them.
  public let candidateNames: Set<String>

  /// Lines that documents share with the changed code.
  public let mirror: MirrorIndex
  /// What became of flags, environment variables, configuration keys, values and versions: read when first asked.
  public let literals: LiteralAnalysis
  /// How the change rewrote its own calls.
  public let calls: CallAnalysis
  /// Texts that the change replaced and that `textRename` can answer for: names of packages, paths of names, words that no
  /// declaration of the base explains.
  public let candidateTexts: Set<String>

  /// `candidateNames`, and the identifiers among `candidateTexts`.
  public let mentionNames: Set<String>
  /// Finds what stands for itself wherever a document says it: `candidateTexts`, distinctive names, members with their owner.
  public let finder: TextFinder
  /// The texts that `finder` finds.
  let finderTexts: Set<String>
  /// Members of Swift types that the code lost: `.name` means one where the type is clear.
  public let implicitMembers: Set<String>
  /// What the members among the finder's texts are: `Client/close` is the member `close` that `Client` lost.
  private let members: [String: String]

  private let code: CodeChange
  private let texts: TextSearch
  private let dependencies: TextSearch
  private let search: TreeSearch

  /// Reads the changed files. Throws what the checkouts throw. Without a base nothing is known to be removed.
  /// - Parameter content: where the words of code are kept, so that unchanged files need no reading.
  public init(
    change: Change, cache: any FactsCache, limits: AnalysisLimits = AnalysisLimits(), content: (any ContentCache)? = nil
  ) throws {
    code = CodeChange(try ChangedCode(change: change, cache: cache, limits: limits))
    candidateNames = Set(code.lostByName.keys)
    literals = LiteralAnalysis(change: change, limits: limits)
    let compared = ComparedTexts(change: change, limits: limits)
    mirror = MirrorIndex(change: change, texts: compared, edited: CallAnalysis.edited(code), limits: limits)
    calls = CallAnalysis(change: change, texts: compared, code: code, limits: limits)
    candidateTexts = Set(code.texts.lazy.filter { $0.value.confidence >= Self.floor }.map(\.key))
    // Identifiers are looked for among the tokens, all other texts among the bytes.
    let words = candidateTexts.filter { $0.utf8.allSatisfy(TextToken.isWordByte) }
    search = TreeSearch(
      names: candidateNames.union(words).union(code.texts.values.lazy.filter(Self.isPath).flatMap(\.core)), defined: code.convincingNames,
      head: change.head, cache: cache, limits: limits, content: content)
    mentionNames = candidateNames.union(words)
    members = code.memberTexts
    implicitMembers = code.implicitMembers
    finderTexts = candidateTexts.union(candidateNames.filter { NameStrength.of($0) == .word }).union(members.keys).union(implicitMembers)
    finder = TextFinder(finderTexts)
    let dependencyNames = Set(code.texts.lazy.filter { $0.value.isDependency }.map(\.key))
    dependencies = TextSearch(dependencyNames, in: change.head, limits: limits, onlyManifests: true)
    texts = TextSearch(candidateTexts.subtracting(words), in: change.head, limits: limits, content: content)
  }

  /// What was not read, and why. Grows by the unread part of the tree when the first name is looked up.
  public var skips: [Skip] {
    code.skips + search.skips + mirror.skips + literals.skips
      + (failure.map { [Skip(path: "", reason: .notAnalyzed, detail: $0)] } ?? [])
  }

  /// Why the head's code could not be searched, if it could not; nothing counts as removed then.
  public var failure: String? { search.failure ?? texts.failure ?? dependencies.failure }

  /// What the head lost under this name, or nil when it still has it, never had it, or cannot tell. The name is plain
  /// (`parse_config`) or qualified (`Client.close`, `client::connect`, `Client#close`).
  ///
  /// A plain name counts as removed when no definition and no use of it is left in the head's code outside of tests,
  /// fixtures and examples. A qualified one also when its owner lost it and the evidence says what it became, even if
  /// another owner still has a member of that name.
  public func removed(_ name: String) -> RemovedSymbol? {
    guard let query = NameQuery(name), candidateNames.contains(query.name) else { return nil }
    let lost = code.lost(query)
    guard !lost.isEmpty, let remains = search.remains(of: query.name) else { return nil }
    let symbols = lost.map { code.old[$0].symbol }
    if remains.use == nil {
      return RemovedSymbol(
        symbols: symbols, certainty: remains.aliases.isEmpty ? .gone : .deprecatedAlias, evidence: code.evidence(lost, remains))
    }
    if query.qualifiers.isEmpty, search.defined.contains(query.name), Self.isUndefined(symbols, remains) {
      return RemovedSymbol(symbols: symbols, certainty: .undefined, evidence: code.evidence(lost, Remains()))
    }
    guard code.isOwned(query), code.hasConvincingRename(query) else { return nil }
    return RemovedSymbol(symbols: symbols, certainty: .gone, evidence: code.evidence(lost, Remains()))
  }

  /// Whether nothing that is left can be what the lost declarations were: a free function is no member, and one member among many
  /// that were renamed together is another's.
  private static func isUndefined(_ lost: [Symbol], _ remains: Remains) -> Bool {
    guard lost.allSatisfy({ !$0.owner.isEmpty }) else { return remains.globals + remains.members == 0 }
    // Code that still uses what nothing defines uses another library's: `flatMap` is no member of this project alone.
    return remains.members * 3 <= lost.count && remains.foreign <= 1
  }

  /// What a removed name is called now, most likely first: none without evidence, several when the evidence cannot decide.
  public func renames(of name: String) -> [Rename] {
    guard let query = NameQuery(name), candidateNames.contains(query.name) else { return [] }
    return code.renames(query)
  }
}

extension ChangeAnalysis {
  /// The plain name of a member that the finder finds with its owner; nil for every other text.
  public func memberName(of text: String) -> String? { members[text] }

  /// What one of `candidateTexts` became; nil when the head's code still has it, or when that cannot be told.
  public func textRename(of text: String) -> TextRename? {
    guard let rename = code.texts[text], !code.contradicts(rename) else { return nil }
    // A word that lost its hyphen is spelling, for the rule about terms: it is also a part of flags, paths and other words.
    guard rename.isPackage || !Self.isRespelledWord(rename) else { return nil }
    // A parameter belongs to its callee, for the rule about parameters.
    if calls.lostParameters.contains(text), !candidateNames.contains(text) { return nil }
    // Tests and examples alone are rewritten for many reasons: they count for what the code lost.
    guard rename.isInCode || rename.core.contains(where: candidateNames.contains) || candidateNames.contains(text) else { return nil }
    if rename.isDependency { return dependencies.isGone(text) && isGoneWord(text) ? rename : nil }
    guard ([text] + rename.spellings).allSatisfy(isGone) else { return nil }
    if Self.isPath(rename), !rename.core.contains(where: isGoneWord) { return nil }
    return rename
  }

  private static func isRespelledWord(_ rename: TextRename) -> Bool {
    // `content-type` and `Content-Type` are one header.
    rename.old.utf8.contains(UInt8(ascii: "-"))
      && rename.old.lowercased().filter { $0 != "-" } == rename.new.lowercased().filter { $0 != "-" }
  }

  /// Texts below this are not worth a search.
  static let floor = 0.6

  /// Names joined by dots or colons; addresses and packages are no paths.
  public static func isPath(_ rename: TextRename) -> Bool {
    !rename.isPackage && !rename.old.utf8.contains(UInt8(ascii: "/"))
      && (rename.old.utf8.contains(UInt8(ascii: ".")) || rename.old.utf8.contains(UInt8(ascii: ":")))
  }

  /// Whether no code has the word as an identifier, imports included.
  private func isGoneWord(_ word: String) -> Bool {
    search.remains(of: word).map { $0.use == nil && ($0.listing == nil || candidateNames.contains(word)) } ?? false
  }

  private func isGone(_ text: String) -> Bool {
    guard text.utf8.allSatisfy(TextToken.isWordByte) else { return !candidateTexts.contains(text) || texts.isGone(text) }
    guard let remains = search.remains(of: text) else { return !candidateTexts.contains(text) && search.failure == nil }
    // What is only a word in strings is gone when no string has it.
    guard remains.use == nil else { return false }
    return candidateNames.contains(text) || remains.string == nil && remains.listing == nil
  }
}

/// The search of the head's tree, made when first needed, for all candidates at once.
private final class TreeSearch: Sendable {
  private let names: Set<String>
  let defined: Set<String>
  private let head: any Checkout
  private let cache: any FactsCache
  private let limits: AnalysisLimits
  private let content: (any ContentCache)?
  private let result = Mutex<RemainingUses?>(nil)

  init(
    names: Set<String>, defined: Set<String>, head: any Checkout, cache: any FactsCache, limits: AnalysisLimits,
    content: (any ContentCache)?
  ) {
    self.content = content
    self.names = names
    self.defined = defined
    self.head = head
    self.cache = cache
    self.limits = limits
  }

  /// Nil when the tree could not be read.
  func remains(of name: String) -> Remains? {
    result.withLock { result in
      let uses = result ?? RemainingUses(of: names, defined: defined, in: head, cache: cache, limits: limits, content: content)
      result = uses
      return uses.failure == nil ? uses.remains[name] : nil
    }
  }

  var skips: [Skip] { result.withLock { $0?.skips ?? [] } }

  var failure: String? { result.withLock { $0?.failure.map { "\($0)" } } }
}
