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

  private let code: CodeChange
  private let search: TreeSearch

  /// Reads the changed files. Throws what the checkouts throw. Without a base nothing is known to be removed.
  public init(change: Change, cache: any FactsCache, limits: AnalysisLimits = AnalysisLimits()) throws {
    code = CodeChange(try ChangedCode(change: change, cache: cache, limits: limits))
    candidateNames = Set(code.lostByName.keys)
    literals = LiteralAnalysis(change: change, limits: limits)
    let texts = ComparedTexts(change: change, limits: limits)
    mirror = MirrorIndex(change: change, texts: texts, edited: CallAnalysis.edited(code), limits: limits)
    calls = CallAnalysis(change: change, texts: texts, code: code, limits: limits)
    search = TreeSearch(names: candidateNames, head: change.head, cache: cache, limits: limits)
  }

  /// What was not read, and why. Grows by the unread part of the tree when the first name is looked up.
  public var skips: [Skip] { code.skips + search.skips + mirror.skips + literals.skips }

  /// Why the head's code could not be searched, if it could not; nothing counts as removed then.
  public var failure: String? { search.failure }

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
    guard code.isOwned(query), code.hasConvincingRename(query) else { return nil }
    return RemovedSymbol(symbols: symbols, certainty: .gone, evidence: code.evidence(lost, Remains()))
  }

  /// What a removed name is called now, most likely first: none without evidence, several when the evidence cannot decide.
  public func renames(of name: String) -> [Rename] {
    guard let query = NameQuery(name), candidateNames.contains(query.name) else { return [] }
    return code.renames(query)
  }
}

/// The search of the head's tree, made when first needed, for all candidates at once.
private final class TreeSearch: Sendable {
  private let names: Set<String>
  private let head: any Checkout
  private let cache: any FactsCache
  private let limits: AnalysisLimits
  private let result = Mutex<RemainingUses?>(nil)

  init(names: Set<String>, head: any Checkout, cache: any FactsCache, limits: AnalysisLimits) {
    self.names = names
    self.head = head
    self.cache = cache
    self.limits = limits
  }

  /// Nil when the tree could not be read.
  func remains(of name: String) -> Remains? {
    result.withLock { result in
      let uses = result ?? RemainingUses(of: names, in: head, cache: cache, limits: limits)
      result = uses
      return uses.failure == nil ? uses.remains[name] : nil
    }
  }

  var skips: [Skip] { result.withLock { $0?.skips ?? [] } }

  var failure: String? { result.withLock { $0?.failure.map { "\($0)" } } }
}
