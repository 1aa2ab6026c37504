// Replays a repository's own history through the engine. After each commit two things happen: what was proposed earlier is followed
// into the new tree (`LineFate`), and what the engine proposes for the commit is added. Nothing is written and nothing of the repository is run.

import Documents
import Domain
import Healing
import Settings
import SourceCode
import Workspace

/// A replay of one repository's history.
public struct Backtest {
  private let repository: GitRepository
  private let engine: Engine
  private let selection: FixSelection
  /// Whether every page is judged after every commit; for tests.
  var judgesAllPages = false

  /// - Parameter engine: one that runs no samples.
  public init(repository: GitRepository, engine: Engine, selection: FixSelection = FixSelection()) {
    self.repository = repository
    self.engine = engine
    self.selection = selection
  }

  /// Replays the commits from the first one at or after `since` to HEAD, along first parents.
  /// - Parameters:
  ///   - since: what `git log --since` takes.
  ///   - progress: called after each commit, with how many are done, how many there are, and how many proposals were made.
  public func run(
    name: String, since: String? = nil, progress: (_ done: Int, _ all: Int, _ proposals: Int) throws -> Void = { _, _, _ in }
  ) throws -> BacktestReport {
    let time = try since.map { try repository.time(of: $0) }
    guard let tip = try? repository.resolve("HEAD") else { throw BacktestError.noCommit }
    let history = try repository.history(of: tip, since: time)
    guard let first = history.first, let last = history.last else { throw BacktestError.noCommitSince(since ?? "") }
    let isShallow = try repository.isShallow()
    var replay = Replay(
      repository: repository, engine: engine, selection: selection, judgesAllPages: judgesAllPages, isShallow: isShallow)
    var walk = HistoryWalk(history, in: repository)
    if let start = try walk.start() { try replay.begin(with: start, at: first) }
    var done = 0
    while let step = try walk.next() {
      try replay.take(step)
      done += 1
      try progress(done, history.count, replay.proposals.count)
    }
    let proposals = try replay.finished()
    return BacktestReport(
      repository: name, address: try repository.webAddress(), head: try repository.name(of: last), first: try repository.name(of: first),
      since: since, commits: history.count, merges: history.count { $0.isMerge }, judged: replay.judged, documents: replay.documents,
      isShallow: isShallow, proposals: proposals)
  }
}

/// Why there is nothing to replay.
public enum BacktestError: Error, Hashable, CustomStringConvertible {
  case noCommit
  case noCommitSince(String)

  public var description: String {
    switch self {
    case .noCommit: "the repository has no commit to replay"
    case .noCommitSince(let date): "no commit since \(date): nothing to replay"
    }
  }
}

extension GitRepository {
  /// A commit as reports show it.
  fileprivate func name(of entry: HistoryEntry) throws -> CommitName {
    let subject = try commit(entry.id).subject
    return CommitName(id: entry.id, time: entry.time, subject: String(subject.prefix(120)))
  }
}

/// The state of a replay.
private struct Replay {
  let repository: GitRepository
  let engine: Engine
  let selection: FixSelection
  let judgesAllPages: Bool
  let isShallow: Bool
  private(set) var judged = 0
  private(set) var proposals: [Proposal] = []
  private var book = ProposalBook()
  private var pages: [TreeEntry] = []
  private var configuration: (blob: ObjectID?, engine: Engine, scope: EngineScope)?
  private let store: PageStore
  private var selector: PageSelection
  private var last: HistoryStep?

  init(repository: GitRepository, engine: Engine, selection: FixSelection, judgesAllPages: Bool, isShallow: Bool) {
    self.repository = repository
    self.engine = engine
    self.selection = selection
    self.judgesAllPages = judgesAllPages
    self.isShallow = isShallow
    store = PageStore(limits: engine.documentLimits)
    selector = PageSelection(store: store)
  }

  var documents: Int { pages.count }

  /// What is wrong before the first commit: it would have been proposed at the engine's first look.
  mutating func begin(with tree: HistoryTree, at entry: HistoryEntry) throws {
    let (engine, scope) = configured(for: tree)
    pages = engine.wanted(in: tree, scope: scope).0
    let change = Change(base: nil, head: tree, files: [])
    let report = try engine.heal(change, try load(pages, tree, scope), analysis: nil, scope: scope, selection: selection)
    guard !report.healed.isEmpty, let commit = tree.commit else { return }
    let name = try repository.commit(commit)
    try add(report, CommitName(id: commit, time: entry.time, subject: String(name.subject.prefix(120))), isStanding: true)
  }

  /// Follows what was proposed, and proposes.
  mutating func take(_ step: HistoryStep) throws {
    let repository = repository
    try book.follow(step, &proposals) { try repository.name(of: step.entry) }
    let (engine, scope) = configured(for: step.head)
    if step.base == nil || step.files.contains(where: { $0.kind != .modified || Self.isPage($0, scope) }) || judgesAllPages {
      pages = engine.wanted(in: step.head, scope: scope).0
      store.keep(pages)
    }
    last = step
    let change = Change(base: step.base, head: step.head, files: step.files)
    var analysis: ChangeAnalysis?
    let concerned =
      judgesAllPages
      ? pages
      : try selector.concerned(step, pages: pages, scope: scope) {
        let made = try ChangeAnalysis(change: change, cache: engine.facts)
        analysis = made
        return made.interest
      }
    guard !concerned.isEmpty else { return }
    judged += 1
    let known = try analysis ?? engine.analysis(of: change)
    let report = try engine.heal(
      change, try load(concerned, step.head, scope), analysis: known, scope: scope, selection: selection)
    if !report.healed.isEmpty { try add(report, try repository.name(of: step.entry), isStanding: step.base == nil && isShallow) }
  }

  private static func isPage(_ file: FileChange, _ scope: EngineScope) -> Bool {
    DocumentSelection.format(ofPath: file.path, includeDocComments: scope.includesDocComments) != nil || file.path == configurationFile
  }

  private static let configurationFile = RepositoryConfiguration.fileName

  /// The engine and the documents as the tree's configuration wants them.
  private mutating func configured(for tree: HistoryTree) -> (Engine, EngineScope) {
    let blob = tree.entry(at: Self.configurationFile)?.blob
    if let configuration, configuration.blob == blob { return (configuration.engine, configuration.scope) }
    let read = RepositoryConfiguration.read(from: tree).configuration
    var scope = EngineScope(includes: EngineScope(read).includes, includesDocComments: EngineScope(read).includesDocComments)
    scope.healsOlder = false
    let made = (blob: blob, engine: engine.configured(by: read), scope: scope)
    configuration = made
    return (made.engine, made.scope)
  }

  private func load(_ pages: [TreeEntry], _ tree: any Checkout, _ scope: EngineScope) throws -> [Document] {
    try pages.compactMap { try store.document($0, in: tree, scope) }
  }

  private mutating func add(_ report: HealReport, _ commit: CommitName, isStanding: Bool) throws {
    for verification in report.healed { try book.add(verification, commit, isStanding: isStanding, &proposals) }
  }

  /// The proposals, judged by the head.
  mutating func finished() throws -> [Proposal] {
    guard let last else { return proposals }
    book.close(last.entry.time, &proposals)
    try OldWords.mark(&proposals, in: last.head)
    return proposals
  }
}
