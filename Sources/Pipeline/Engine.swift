// The stages in order, from a change to findings and proven fixes. The service's runs and the command line both call this,
// so that a pull request and a laptop see the same.

import Documents
import Domain
import Healing
import LanguageModels
import SourceCode
import Threading
import Validation

/// What healing a tree came to.
public struct HealReport: Sendable {
  /// Every finding in the tree as it is, healed ones included.
  public var findings: [Finding]
  public var skips: [Skip]
  public var documentCount: Int
  /// One entry for each document that has a proven fix, by path.
  public var healed: [Verification]
  /// What a person should know of how it went, one line each: what a language model was asked.
  public var notes: [String] = []

  /// The findings that were to be healed.
  let wanted: Set<Finding>
  /// What the fixes were proven with.
  let analysis: ChangeAnalysis?
  let facts: HeadFacts

  /// Every proven fix, by path and position.
  public var fixes: [VerifiedFix] { healed.flatMap(\.fixes) }
}

/// What checks of one head share.
struct HeadFacts: Sendable {
  var revisions: Revisions
  var resolver: Resolver
  /// Nil when nothing is to be run.
  var runner: SampleRunner?
}

/// Which proven fixes are taken.
public struct FixSelection: Sendable {
  /// The weakest road that is still taken.
  public var applicability: Applicability
  /// The lowest confidence that is still taken.
  public var confidence: Double

  /// Whether a language model's are taken, where there is one.
  public var includesModel: Bool
  /// Rules that only report.
  public var reportOnlyRules: Set<String> = []
  /// Repairs that people have declined, by their content-addressed names.
  public var declined: Set<String> = []

  public init(applicability: Applicability = .suggested, confidence: Double = 0, includesModel: Bool = true) {
    self.applicability = applicability
    self.confidence = confidence
    self.includesModel = includesModel
  }

  func takes(_ fix: Fix) -> Bool {
    fix.applicability >= applicability && fix.confidence >= confidence && (includesModel || fix.strategy != ModelProposer.strategy)
      && !reportOnlyRules.contains(fix.finding.rule) && (declined.isEmpty || !declined.contains(fix.healingName))
  }
}

/// Which documents and rules a repository wants.
public struct EngineScope: Sendable {
  /// Whether a document's path is wanted.
  public var includes: @Sendable (String) -> Bool
  /// Documents of a tree that are read at the most; the rest are named skips.
  public var documentLimit = 20_000
  /// What the base branch's configuration lets the engine run.
  public var execution: ExecutionSettings
  /// Whether files of code that `includes` names are documents too, for the comments in them.
  public var includesDocComments: Bool
  /// Whether a finding is left alone, as the repository says.
  public var ignores: @Sendable (Finding) -> Bool = { _ in false }
  /// Whether what was wrong at the base already is healed as well. Where somebody named the base, only what the change broke is
  /// wanted.
  public var healsOlder = true

  public init(
    includes: @escaping @Sendable (String) -> Bool = { _ in true }, execution: ExecutionSettings = ExecutionSettings(),
    includesDocComments: Bool = false
  ) {
    self.includes = includes
    self.execution = execution
    self.includesDocComments = includesDocComments
  }
}

/// Checks and heals trees.
public struct Engine: Sendable {
  var validator: Validator
  let strategies: StrategyRegistry
  let facts: any FactsCache
  let documentLimits: DocumentLimits
  /// What is known by content, written down after each check; nil keeps it in memory only.
  let content: (any ContentCache)?
  /// How many threads read documents.
  let threads: Int
  /// Who may propose what no strategy does; nil asks nobody.
  var model: ModelProposer?
  private let host: (@Sendable (any Checkout) -> any SampleHost)?
  private let executions = ExecutionCache()

  /// - Parameters:
  ///   - host: where samples of a tree are run; nil runs none, whatever a repository asks for.
  ///   - model: a language model that may be asked about what no strategy heals.
  public init(
    validator: Validator, strategies: StrategyRegistry = .standard, facts: any FactsCache = MemoryFactsCache(),
    documentLimits: DocumentLimits = DocumentLimits(), host: (@Sendable (any Checkout) -> any SampleHost)? = nil,
    content: (any ContentCache)? = nil, threads: Int = 1, model: ModelProposer? = nil
  ) {
    self.host = host
    self.model = model
    self.validator = validator
    self.strategies = strategies
    self.facts = facts
    self.documentLimits = documentLimits
    self.content = content
    self.threads = threads
  }

  /// The same engine for a base that nobody named.
  private var wary: Engine {
    var engine = self
    engine.validator = validator.configured { $0.isBaseGuessed = true }
    return engine
  }

  /// What is wrong in the head's documents. Throws what reading the trees throws.
  public func check(_ change: Change, scope: EngineScope = EngineScope()) throws -> CheckResult {
    if change.isBaseGuessed, !validator.configuration.isBaseGuessed { return try wary.check(change, scope: scope) }
    defer { content?.flush() }
    let (documents, skips) = try load(change.head, scope: scope)
    let analysis = try analysis(of: change)
    var result = check(documents, analysis: analysis, facts: headFacts(change, documents, scope))
    result.findings.removeAll(where: scope.ignores)
    result.skips = skips + result.skips
    return result
  }

  /// What is wrong in the head's documents, and the proven fixes that `selection` takes.
  public func heal(_ change: Change, scope: EngineScope = EngineScope(), selection: FixSelection = FixSelection()) throws -> HealReport {
    if change.isBaseGuessed, !validator.configuration.isBaseGuessed { return try wary.heal(change, scope: scope, selection: selection) }
    defer { content?.flush() }
    let (documents, skips) = try load(change.head, scope: scope)
    return try heal(change, documents, skips, analysis: try analysis(of: change), scope: scope, selection: selection)
  }

  /// What is wrong in these documents of the head, and the proven fixes.
  func heal(
    _ change: Change, _ documents: [Document], _ skips: [Skip] = [], analysis: ChangeAnalysis?, scope: EngineScope, selection: FixSelection
  ) throws -> HealReport {
    let facts = headFacts(change, documents, scope)
    let result = check(documents, analysis: analysis, facts: facts)
    let shown = result.findings.filter { !scope.ignores($0) }
    let wanted = scope.healsOlder ? shown : try broken(by: change, among: shown)
    let byPath = Dictionary(grouping: result.findings, by: \.path)
    let wantedByPath = Dictionary(grouping: wanted, by: \.path)
    let questions = ModelStage(engine: self, change: change, analysis: analysis, facts: facts, selection: selection)
    var healed: [Verification] = []
    var untried: [Skip] = []
    for document in documents {
      guard let findings = byPath[document.path], let wanted = wantedByPath[document.path] else { continue }
      var verification = try heal(
        document, findings: findings, wanted: wanted, analysis: analysis, facts: facts, selection: selection)
      if let questions { verification = try questions.heal(document, verification, findings: findings, wanted: wanted) }
      if !verification.fixes.isEmpty { healed.append(verification) }
      if verification.untried > 0 {
        untried.append(
          Skip(path: document.path, reason: .tooLarge, detail: "\(verification.untried) repairs were not tried: too many fail together"))
      }
    }
    return HealReport(
      findings: shown, skips: skips + result.skips + untried, documentCount: documents.count, healed: healed,
      notes: [questions?.session.note].compactMap { $0 }, wanted: Set(wanted), analysis: analysis, facts: facts)
  }

  /// The report with only the fixes that `selection` takes. A document that loses some of its fixes is proven again: fixes that
  /// were proven together are not proven apart.
  public func narrowed(_ report: HealReport, to selection: FixSelection) throws -> HealReport {
    var narrowed = report
    narrowed.healed = try report.healed.compactMap { verification in
      if verification.fixes.allSatisfy({ selection.takes($0.fix) }) { return verification }
      guard case .document(let document) = Document.load(path: verification.path, bytes: verification.original, limits: documentLimits)
      else { return nil }
      let findings = report.findings.filter { $0.path == verification.path }
      var again = try heal(
        document, findings: findings, wanted: findings.filter(report.wanted.contains), analysis: report.analysis, facts: report.facts,
        selection: selection)
      // What a model proposed is proven once more; nobody is asked again.
      let verifier = verifier(for: document, analysis: report.analysis, facts: report.facts, selection: selection)
      for fix in verification.fixes.map(\.fix) where fix.strategy == ModelProposer.strategy {
        again = try verifier.extending(again, with: fix, findings: findings) ?? again
      }
      return again.fixes.isEmpty ? nil : again
    }
    return narrowed
  }

  /// One document by itself: its findings, and what heals them.
  func heal(
    _ document: Document, findings: [Finding], wanted: [Finding]? = nil, analysis: ChangeAnalysis?, facts: HeadFacts? = nil,
    selection: FixSelection
  ) throws -> Verification {
    let context = HealingContext(
      path: document.path, bytes: document.bytes, analysis: analysis,
      snippets: document.snippets.map { HealingContext.Sample(span: $0.span, language: $0.language ?? "") },
      revisions: facts?.revisions)
    let verifier = verifier(for: document, analysis: analysis, facts: facts, selection: selection)
    return try verifier.verify(path: document.path, bytes: document.bytes, findings: findings, wanted: wanted, context: context)
  }

  /// What proves fixes of one document.
  func verifier(for document: Document, analysis: ChangeAnalysis?, facts: HeadFacts?, selection: FixSelection) -> Verifier {
    Verifier(strategies: strategies, selection: selection, foreign: Self.foreignRegions(of: document)) { bytes in
      guard case .document(let healed) = Document.load(path: document.path, bytes: bytes, limits: documentLimits) else { return [] }
      return check([healed], analysis: analysis, facts: facts).findings
    }
  }

  /// What a tool writes from elsewhere (an embedded file, a table of contents): it is healed at its source, or by refreshing it.
  private static func foreignRegions(of document: Document) -> [Span] {
    document.owned.map(\.span) + document.snippets.filter { $0.annotations.embed != nil }.map(\.span)
  }

  private func check(_ documents: [Document], analysis: ChangeAnalysis?, facts: HeadFacts?) -> CheckResult {
    validator.check(
      documents: documents, analysis: analysis, revisions: facts?.revisions, resolver: facts?.resolver, runner: facts?.runner)
  }

  private func headFacts(_ change: Change, _ documents: [Document], _ scope: EngineScope) -> HeadFacts {
    let head = Revision(change.head, documents: documents, limits: documentLimits)
    // Most changes add and remove no file.
    let hasSamePaths = change.files.allSatisfy { $0.kind == .modified && $0.old?.kind == $0.new?.kind }
    let revisions = Revisions(
      head: head, base: change.base.map { Revision($0, limits: documentLimits, paths: hasSamePaths ? head.paths : nil) },
      files: change.files)
    let resolver = Resolver(change.head)
    guard let host, !scope.execution.languages.isEmpty else { return HeadFacts(revisions: revisions, resolver: resolver) }
    let runner = SampleRunner(host: host(change.head), settings: scope.execution, resolver: resolver, cache: executions)
    return HeadFacts(revisions: revisions, resolver: resolver, runner: runner)
  }

  func analysis(of change: Change) throws -> ChangeAnalysis? {
    change.base == nil ? nil : try ChangeAnalysis(change: change, cache: facts, content: content)
  }

  /// The files of a tree that are wanted documents; what looks like one and is left out is a named skip.
  func wanted(in tree: any Checkout, scope: EngineScope) -> ([TreeEntry], [Skip]) {
    var wanted: [TreeEntry] = []
    var skips: [Skip] = []
    let versions = VersionedFolders(paths: tree.entries.lazy.map(\.path))
    let includesDocComments = scope.includesDocComments
    for entry in tree.entries where entry.kind == .file || entry.kind == .executable {
      switch DocumentSelection.verdict(
        path: entry.path, size: entry.size, limits: documentLimits, includeDocComments: includesDocComments)
      {
      case .notADocument: continue
      case .skipped(let reason, let detail): skips.append(Skip(path: entry.path, reason: reason, detail: detail))
      case .document:
        guard scope.includes(entry.path) else {
          // Of files of code only those that are asked for are documents at all.
          if DocumentSelection.format(ofPath: entry.path) != nil { skips.append(Skip(path: entry.path, reason: .excludedByConfiguration)) }
          continue
        }
        if let detail = versions.skip(path: entry.path) {
          skips.append(Skip(path: entry.path, reason: .oldVersion, detail: detail))
          continue
        }
        guard wanted.count < scope.documentLimit else {
          skips.append(Skip(path: entry.path, reason: .tooManyFiles, detail: "more than \(scope.documentLimit) documents"))
          continue
        }
        wanted.append(entry)
      }
    }
    return (wanted, skips)
  }

  /// The documents of a tree; what looks like one and is left out is a named skip.
  private func load(_ tree: any Checkout, scope: EngineScope) throws -> ([Document], [Skip]) {
    let (entries, leftOut) = wanted(in: tree, scope: scope)
    var skips = leftOut
    let includesDocComments = scope.includesDocComments
    let loaded = parallelMap(entries, threads: threads, name: "documents") { entry in
      Result {
        Document.load(
          path: entry.path, bytes: try tree.read(entry, limit: documentLimits.bytes), limits: documentLimits,
          includeDocComments: includesDocComments)
      }
    }
    var documents: [Document] = []
    for result in loaded {
      switch try result.get() {
      case .document(let document): documents.append(document)
      case .skipped(let skip): skips.append(skip)
      }
    }
    return (documents, skips)
  }
}

extension HealReport {
  /// The healed documents as a patch that `git apply` takes; empty when nothing was healed.
  public var patch: String {
    String(decoding: UnifiedDiff.patch(healed.map { FilePair(path: $0.path, old: $0.original, new: $0.healed) }), as: UTF8.self)
  }

  /// The healed documents as whole-line edits (the JSON of `doc-healing heal`).
  public func lineEdits() throws -> [LineEdit] {
    try healed.flatMap { try LineEdits.make(path: $0.path, bytes: $0.original, fixes: $0.fixes.map(\.fix)) }
  }
}
