// One run from checkout to publication: what a `run_revision` job does. Done twice it leaves one result: a run that has
// ended is left alone, commits are deterministic, and a push says which tip it expects.

import Domain
import Forges
import Healing
import Logging
import Queue
import Settings
import SourceCode
import Storage
import Threading
import Workspace

/// Does runs.
public struct RunHandler: Sendable {
  let store: any Store
  let engine: Engine
  let settings: Settings
  let credentials: GitCredentials
  let clock: any WallClock
  let bell: OutboxBell
  let logger: Logger

  public init(
    store: any Store, engine: Engine, settings: Settings, credentials: GitCredentials, clock: any WallClock, bell: OutboxBell,
    logger: Logger
  ) {
    self.store = store
    self.engine = engine
    self.settings = settings
    self.credentials = credentials
    self.bell = bell
    self.clock = clock
    self.logger = logger
  }

  /// Runs until the run has ended; throws when it should be tried again.
  func run(_ id: RunID, _ control: JobControl) throws -> JobOutcome {
    guard var run = try store.run(id) else { return .ignored(reason: "run \(id) is not stored any more") }
    if run.state.isFinal { return .ignored(reason: "run \(id) is \(run.state.rawValue) already") }
    guard let repository = try store.repository(run.repositoryID) else { return .ignored(reason: "its repository was removed") }
    run.state = .running
    run.startedAt = clock.now()
    try store.update(run)
    var effects: [Effect] = []
    do {
      effects = try heal(&run, of: repository, control)
    } catch let skipped as Ignored {
      run.state = .skipped
      run.detail = skipped.description
      if bell.forges.contains(repository.forge) {
        effects = [try Effect.ending(of: run, as: .skipped, detail: run.detail, at: clock.now())].compactMap { $0 }
      }
    }
    run.finishedAt = clock.now()
    try store.finish(run, deliveries: .completed, detail: run.detail, at: clock.now(), posting: effects)
    bell.ring()
    logger.info(
      "run \(run.state.rawValue)",
      metadata: [
        "run": "\(run.id)", "repository": "\(repository.name)", "branch": "\(run.branch)", "head": "\(run.head.short)",
        "published": "\(run.publishedCommit?.short ?? "")", "detail": "\(run.detail ?? "")",
      ])
    return .completed(result: try JSONText.encode(Summary(run)))
  }

  /// What the job's result says.
  private struct Summary: Encodable {
    var run_id: RunID
    var status: RunState
    var published_to: String?
    var published_commit: ObjectID?

    init(_ run: Run) {
      run_id = run.id
      status = run.state
      published_to = run.publishedTo
      published_commit = run.publishedCommit
    }
  }

  /// Checks and heals; returns what is to be done at the forge.
  private func heal(_ run: inout Run, of repository: Repository, _ control: JobControl) throws -> [Effect] {
    let workspace = try RunWorkspace(repository: repository, settings: settings, credentials: credentials, control: control)
    defer { workspace.close() }
    try workspace.fetch(pullRequest: run.pullRequest)
    try chooseRevisions(&run, workspace)
    let change = try workspace.change(base: run.base, head: run.head)
    let (configuration, mistakes) = try workspace.configuration(for: run, change: change)
    // Of a pull request it is the base's, which its author cannot change.
    if run.pullRequest != nil, bell.forges.contains(repository.forge) {
      try store.rememberChecks(configuration.enabled && configuration.notifications.statusChecks, of: repository.id)
    }
    guard configuration.enabled else { throw Ignored("\(RepositoryConfiguration.fileName) says enabled: false") }
    guard isWatched(run, repository, configuration) else { throw Ignored("branch \(run.branch) is not watched") }
    let engine = engine.configured(by: configuration)
    let taste = try RepositoryTaste(of: repository, bar: configuration.validation.acceptanceThreshold, store: store)
    let report = try engine.heal(
      change, scope: try scope(of: run, configuration), selection: taste.applied(to: FixSelection()))
    for note in report.notes { logger.info("\(note)", metadata: ["run": "\(run.id)", "repository": "\(repository.name)"]) }
    run.documentCount = report.documentCount
    run.patch = report.patch
    let ownMistakes = RepositoryConfiguration.findings(mistakes, in: change.head)
    try store.record(findings: report.findings + ownMistakes, fixes: report.fixes.map(\.fix), for: run.id)
    run.state = .checked
    let bar = FixSelection(applicability: .safe, confidence: configuration.validation.confidenceThreshold)
    let safe = try engine.narrowed(report, to: taste.applied(to: bar))
    if run.pullRequest != nil {
      guard bell.forges.contains(repository.forge) else { return [] }
      var shown = report
      shown.findings = report.findings.filter(report.wanted.contains) + ownMistakes
      return try deliveries(of: run, shown, safe: safe, configuration, taste)
    }
    return try publish(&run, report, safe: safe, repository, workspace, configuration, taste)
  }

  /// Where there are pull requests, what is on its way to the default branch is looked at in its own.
  private func isWatched(_ run: Run, _ repository: Repository, _ configuration: RepositoryConfiguration) -> Bool {
    if run.pullRequest != nil { return true }
    if !configuration.branches.isEmpty { return configuration.branches.contains { $0.matches(run.branch) } }
    guard bell.forges.contains(repository.forge), let branch = repository.defaultBranch else { return true }
    return run.branch == branch
  }

  private func scope(of run: Run, _ configuration: RepositoryConfiguration) throws -> EngineScope {
    var configuration = configuration
    if let number = run.pullRequest {
      configuration.ignored += try store.memory(of: number, in: run.repositoryID).ignores.compactMap(\.entry)
    }
    var scope = EngineScope(configuration, on: clock.now().day)
    // The one healing branch of a branch mends all of it; a pull request is told only what it broke itself.
    scope.healsOlder = run.pullRequest == nil
    return scope
  }

  private func deliveries(
    of run: Run, _ report: HealReport, safe: HealReport, _ configuration: RepositoryConfiguration, _ taste: RepositoryTaste
  ) throws -> [Effect] {
    guard let number = run.pullRequest else { return [] }
    let delivery = try DeliveryBuilder(run: run, configuration: configuration)
      .build(report, safe: safe, demoted: taste.demoted.map(\.reason))
    return [
      try Effect.on(
        pullRequest: number, of: run.repositoryID, .deliver, key: run.id.rawValue, run: run.id, delivery, at: clock.now())
    ]
  }

  /// Pushes the healing branch, and has its pull request say so.
  private func publish(
    _ run: inout Run, _ report: HealReport, safe: HealReport, _ repository: Repository, _ workspace: RunWorkspace,
    _ configuration: RepositoryConfiguration, _ taste: RepositoryTaste
  ) throws -> [Effect] {
    let hasForge = bell.forges.contains(repository.forge)
    // A pull request of ours is a review already.
    guard configuration.validation.autoCorrect, hasForge || !configuration.validation.requireManualReview else {
      if !report.healed.isEmpty {
        run.detail = "\(RepositoryConfiguration.fileName) asks for review: the repair is in the run's patch only"
      }
      return []
    }
    let result = try Publisher(store: store, clock: clock).publish(safe, of: &run, repository: repository, workspace)
    guard hasForge else { return [] }
    let repairs = try safe.healed.flatMap { try DeliveryBuilder.repairs($0.path, $0.original, $0.fixes.map(\.fix)) }
    let proposal = BranchProposal(
      run: run.id, branch: run.branch, healingBranch: OwnCommits.branchPrefix + run.branch, commit: run.publishedCommit,
      isFrozen: result == .frozen, repairs: DeliveryBuilder.bounded(repairs, to: DeliveryBuilder.proposalLimit),
      repairCount: repairs.count,
      demoted: taste.demoted.map(\.reason))
    return [
      try Effect.on(branch: run.branch, of: repository.id, key: run.id.rawValue, run: run.id, proposal, at: clock.now())
    ]
  }

  /// The head is the branch's tip when that has moved on meanwhile; the base is the earlier side to compare with.
  private func chooseRevisions(_ run: inout Run, _ workspace: RunWorkspace) throws {
    if run.pullRequest == nil {
      guard let tip = try workspace.tip(of: run.branch) else { throw Ignored("branch \(run.branch) is gone") }
      if tip != run.head { run.head = tip }
    } else if try !workspace.has(run.head) {
      throw Ignored("the pull request's head \(run.head.short) is gone")
    }
    if try OwnCommits.isOwn(message: workspace.message(of: run.head)), try !isWanted(run) {
      throw Ignored("the head is the engine's own commit")
    }
    run.base = try base(of: run, workspace)
    try store.update(run)
  }

  /// Whether a person asked to have this very head checked.
  private func isWanted(_ run: Run) throws -> Bool {
    guard let number = run.pullRequest else { return false }
    return try store.memory(of: number, in: run.repositoryID).wantedHead == run.head
  }

  /// Where the code is compared with: what the webhook said, as long as it is there; else a little way back in history. While an
  /// earlier run of the branch left something unrepaired, its base still counts, so that a later push does not forget it.
  private func base(of run: Run, _ workspace: RunWorkspace) throws -> ObjectID? {
    if run.pullRequest != nil {
      let target = try workspace.tip(of: run.branch) ?? run.base
      return try target.flatMap { try workspace.mergeBase($0, run.head) } ?? run.base
    }
    let earlier = try store.runs(repository: run.repositoryID, branch: run.branch, pullRequest: nil, limit: 5)
      .first { $0.id != run.id && ($0.state == .checked || $0.state == .healed) }
    if let earlier, let base = earlier.base, try !store.findings(of: earlier.id).isEmpty, try workspace.isAncestor(base, of: run.head) {
      return base
    }
    if let base = run.base, try workspace.has(base), base != run.head { return base }
    return try workspace.earlierCommit(than: run.head)
  }
}
