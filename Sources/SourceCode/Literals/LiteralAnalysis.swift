// What a change did to the literals of the code. Made without reading anything; the changed files are read when the first question is
// asked, the rest of the head's tree when a document names a text that the change may have removed.

import Domain
import Synchronization

/// Answers what became of flags, environment variables, configuration keys, subcommands, values, versions and addresses.
public final class LiteralAnalysis: Sendable {
  private let change: Change
  private let limits: AnalysisLimits
  private let known = Mutex(Known())

  private struct Known {
    var literals: LiteralChange?
    var search: LiteralSearch?
    var moves: ManifestMoves?
    var index: LiteralIndex?
    var programs: Set<String>?
    var terms: [TermChange]?
    var dependencies: [DependencyExchange]?
    var branch: BranchRename??
    var defaults: [DefaultChange]?
    var defaultIndex: PrefixIndex?
  }

  init(change: Change, limits: AnalysisLimits) {
    self.change = change
    self.limits = limits
  }

  /// Where a document spells texts that `removed` may know, as whole words, in the order of its bytes.
  public func occurrences(in bytes: [UInt8]) -> [LiteralOccurrence] {
    if let index = known.withLock({ $0.index }) { return index.occurrences(in: bytes) }
    let index = LiteralIndex(lostTexts)
    known.withLock { $0.index = index }
    return index.occurrences(in: bytes)
  }

  /// The texts that `occurrences` finds.
  var lostTexts: Set<String> {
    known.withLock { known in
      let literals = literals(&known)
      return Set(literals.lost.keys).union(literals.sectionLosses.keys).union(Self.shortAddresses(literals))
    }
  }

  /// `owner/name` of the addresses: the address that the short form stands for.
  public func address(named name: String) -> String? {
    known.withLock { known in literals(&known).lost.values.first { $0.kinds.contains(.address) && $0.text.hasSuffix("/" + name) }?.text }
  }

  private static func shortAddresses(_ literals: LiteralChange) -> [String] {
    literals.lost.values.filter { $0.kinds.contains(.address) }.map { $0.text.split(separator: "/").dropFirst().joined(separator: "/") }
  }

  /// What was not read, and why.
  public var skips: [Skip] { known.withLock { ($0.literals?.skips ?? []) + ($0.search?.skips ?? []) } }

  /// The versions, default values and repository addresses that the change moved.
  public var moves: ManifestMoves {
    known.withLock { known in
      let moves = known.moves ?? ManifestMoves(change, limits: limits)
      known.moves = moves
      return moves
    }
  }

  /// What the head lost under this text; empty when it still has it, never had it, or cannot tell. Several answers when several
  /// sections lost a key of the name.
  public func removed(_ text: String) -> [RemovedLiteral] {
    known.withLock { known in
      let literals = literals(&known)
      guard literals.lost[text] != nil || literals.sectionLosses[text] != nil else { return [] }
      let search = known.search ?? LiteralSearch(literals.lost.keys, literals, in: change.head, limits: limits)
      known.search = search
      guard !search.hasFailed else { return [] }
      if let removed = Self.removed(text, literals, search) { return [removed] }
      return (literals.sectionLosses[text] ?? []).map(Self.removed)
    }
  }

  /// Hyphenated words that the change joined nearly everywhere in the code.
  public var terms: [TermChange] {
    known.withLock { known in
      if let terms = known.terms { return terms }
      let votes = literals(&known).votes
      let terms = TermChanges.find(votes).filter { term in
        TermChanges.remaining(TermChanges.forms(term, votes), in: change.head, limits: limits) <= term.count / 4
      }
      known.terms = terms
      return terms
    }
  }

  /// Packages that the manifests and the imports exchanged for others.
  public var dependencies: [DependencyExchange] {
    known.withLock { known in
      let dependencies = known.dependencies ?? DependencyExchanges(change, limits: limits).find()
      known.dependencies = dependencies
      return dependencies
    }
  }

  /// The branch that has another name now, as the repository's pipelines say.
  public var branch: BranchRename? {
    known.withLock { known in
      if let branch = known.branch { return branch }
      let branch = BranchRenames.find(change, limits: limits)
      known.branch = .some(branch)
      return branch
    }
  }

  /// Where a text stands as a whole.
  public static func occurrences(of text: String, in bytes: [UInt8]) -> [Range<Int>] {
    LiteralIndex([text]).occurrences(in: bytes).map(\.range)
  }

  /// Values of named things that the change edited.
  public var defaults: [DefaultChange] {
    known.withLock { known in
      let defaults = known.defaults ?? literals(&known).defaults.changes
      known.defaults = defaults
      return defaults
    }
  }

  /// Where a document spells an old value of `defaults`.
  public func defaultOccurrences(in bytes: [UInt8]) -> [LiteralOccurrence] {
    let defaults = defaults
    guard !defaults.isEmpty else { return [] }
    let index = known.withLock { known in
      let index = known.defaultIndex ?? PrefixIndex(Set(defaults.map(\.old)))
      known.defaultIndex = index
      return index
    }
    return index.occurrences(in: bytes)
  }

  /// Names of the programs that the head's manifests and `cmd` folders build.
  public var programs: Set<String> {
    known.withLock { known in
      let programs = known.programs ?? Programs.names(in: change.head)
      known.programs = programs
      return programs
    }
  }

  /// Whether a text stands in the bytes as a whole.
  public static func stands(_ text: String, in bytes: [UInt8]) -> Bool { !LiteralIndex([text]).occurrences(in: bytes).isEmpty }

  /// All sections of the data file that lost a key of this text: the nearest of them over a mention says which one is meant.
  public func sections(around text: String) -> Set<String> {
    known.withLock { known in
      let literals = literals(&known)
      return (literals.sectionLosses[text] ?? []).reduce(into: []) { $0.formUnion(literals.sections[$1.path] ?? []) }
    }
  }

  private func literals(_ known: inout Known) -> LiteralChange {
    let literals = known.literals ?? LiteralChange(change, limits: limits)
    known.literals = literals
    return literals
  }

  // MARK: Answers

  private static func removed(_ text: String, _ change: LiteralChange, _ search: LiteralSearch) -> RemovedLiteral? {
    guard let lost = change.lost[text], let kind = kind(lost), var remains = search.remains[text] else { return nil }
    let retirement = change.retired[text]?.first
    if kind == .flag, !lost.isDeclared, LiteralSearch.sources(ofFlag: text).contains(where: { search.remains[$0]?.use != nil }) {
      return nil
    }
    if kind == .environmentVariable, LiteralSearch.parts(ofVariable: text).contains(where: { search.remains[$0]?.use != nil }) {
      return nil
    }
    // Whether another word of the spelling is left says nothing of a subcommand: its declaration is gone.
    if kind == .subcommand { remains = LiteralRemains() }
    if remains.use != nil && retirement == nil { return nil }
    let renames = renames(text, change)
    let isAlias = remains.use != nil || remains.alias != nil
    if isAlias && renames.isEmpty { return nil }
    // A key or a value that only vanished may live on in a form that no text shows; what took its place must be known.
    if kind == .value || (kind == .configurationKey && !lost.isDeclared), renames.first.map({ $0.confidence < 0.5 }) ?? true { return nil }
    var evidence = [Evidence("\(text) stood here and is not in the code any more", path: lost.path, line: lost.line)]
    if let retirement {
      evidence = [Evidence("\(text) is retired and leads to \(retirement.new)", path: retirement.path, line: retirement.line)]
    } else if let alias = remains.alias {
      evidence.append(Evidence("\(text) is left only beside its successor", path: alias.path, line: alias.line))
    }
    return RemovedLiteral(
      kind: kind, text: text, certainty: isAlias ? .deprecatedAlias : .gone, section: nil, evidence: evidence, renames: renames)
  }

  private static func removed(_ loss: SectionLoss) -> RemovedLiteral {
    RemovedLiteral(
      kind: .configurationKey, text: loss.key.name, certainty: .goneFromSection, section: loss.key.section,
      evidence: [Evidence("\(loss.key.section) had the key \(loss.key.name)", path: loss.path, line: loss.line)], renames: loss.renames)
  }

  private static func kind(_ lost: LostLiteral) -> LiteralKind? {
    LiteralKind.allCases.first { lost.kinds.contains($0) }
  }

  /// What the votes, the declarations and the messages say a text became.
  private static func renames(_ text: String, _ change: LiteralChange) -> [LiteralRename] {
    let retirements = change.retired[text] ?? []
    let targets = (change.votes.targets[text] ?? []).union(retirements.map(\.new))
    let renames = targets.compactMap { rename(text, $0, change, retirements) }
    let sorted = renames.sorted { ($0.confidence, $1.text) > ($1.confidence, $0.text) }
    guard let best = sorted.first else { return [] }
    return sorted.filter { best.confidence - $0.confidence < 0.15 || $0.text == best.text }
  }

  private static func rename(_ old: String, _ new: String, _ change: LiteralChange, _ retirements: [Retirement]) -> LiteralRename? {
    guard isSameShape(old, new) else { return nil }
    let pair = LiteralVotes.Pair(old: old, new: new)
    var doubt = 1.0
    var evidence: [Evidence] = []
    if let tally = change.votes.tallies[pair] {
      let share = change.votes.share(of: pair)
      doubt *= 1 - weight(tally) * share
      if tally.declarations > 0 { doubt *= 1 - 0.6 * share }
      let files = "\(tally.files) \(tally.files == 1 ? "file" : "files")"
      evidence.append(Evidence("\(old) was replaced by \(new) in \(files)", path: tally.path, line: tally.line))
    }
    if let retirement = retirements.first(where: { $0.new == new }) {
      doubt *= 0.15
      evidence.append(Evidence("a message leads from \(old) to \(new)", path: retirement.path, line: retirement.line))
    }
    guard doubt < 1 else { return nil }
    doubt *= 1 - 0.4 * NameWords(old).similarity(to: NameWords(new))
    return LiteralRename(text: new, confidence: min(0.98, 1 - doubt), evidence: evidence)
  }

  private static func weight(_ tally: LiteralVotes.Tally) -> Double {
    switch tally.strength {
    case 3...: tally.files > 1 ? 0.88 : 0.8
    case 1.7...: 0.7
    case 0.9...: 0.6
    case 0.6...: 0.5
    default: 0.35
    }
  }

  /// A flag becomes a flag, a variable a variable, a name a name.
  private static func isSameShape(_ old: String, _ new: String) -> Bool {
    if LiteralShape.isFlag(old) || LiteralShape.isFlag(new) { return LiteralShape.isFlag(old) && LiteralShape.isFlag(new) }
    if LiteralShape.isEnvironmentVariable(old) { return LiteralShape.isEnvironmentVariable(new) }
    if LiteralShape.isIdentifier(old) { return LiteralShape.isIdentifier(new) || LiteralShape.isDistinctive(new) }
    return new.utf8.count >= 3
  }
}
