// What each effect does: one line a kind.

import Domain
import Forges
import Logging
import Settings
import Storage
import Threading

/// Does effects of every kind.
public struct EffectPerforming: EffectPerformer {
  let store: any Store
  let pullRequests: PullRequestPublisher
  let proposals: ProposalPublisher
  let commands: CommandPerformer
  let learner: OutcomeLearner
  private let workspaces: EffectWorkspaces

  public init(
    store: any Store, settings: Settings, clients: ForgeClients, credentials: GitCredentials, planner: Planner, clock: any WallClock
  ) throws {
    self.store = store
    workspaces = try EffectWorkspaces(settings: settings, credentials: credentials)
    let committer = HeadCommitter(workspaces: workspaces)
    pullRequests = PullRequestPublisher(
      store: store, clients: clients, committer: committer, planner: planner, pages: settings.publicURL.map { "\($0)" }, clock: clock)
    proposals = ProposalPublisher(store: store, clients: clients, clock: clock)
    commands = CommandPerformer(
      store: store, workspaces: workspaces, clients: clients, committer: committer, planner: planner, clock: clock)
    learner = OutcomeLearner(store: store, workspaces: workspaces, clock: clock)
  }

  func stop() { workspaces.stop() }

  func perform(_ effect: Effect, step: @escaping () throws -> Void) throws -> EffectOutcome {
    guard let repository = try store.repository(effect.repositoryID) else { return .dropped("its repository was removed") }
    guard repository.enabled else { return .dropped("the repository is switched off") }
    do {
      switch effect.kind {
      case .announce:
        return try pullRequests.announce(JSONText.decode(Announcement.self, from: effect.payload), of: effect, in: repository)
      case .deliver:
        return try pullRequests.deliver(
          JSONText.decode(PullRequestDelivery.self, from: effect.payload), in: repository, step: step)
      case .propose:
        return try proposals.propose(JSONText.decode(BranchProposal.self, from: effect.payload), in: repository, step: step)
      case .obey: return try commands.obey(JSONText.decode(CommandRequest.self, from: effect.payload), in: repository, step: step)
      case .learn: return try learner.learn(JSONText.decode(EndedPullRequest.self, from: effect.payload), in: repository, step: step)
      }
    } catch let error as ForgeAPIError where error.reason == .gone {
      return .dropped("\(error)")
    }
  }
}

extension Outbox {
  /// An outbox that does every kind of effect.
  public convenience init(
    store: any Store, performing: EffectPerforming, bell: OutboxBell, clock: any WallClock, logger: Logger
  ) {
    self.init(store: store, performer: performing, bell: bell, clock: clock, logger: logger)
  }
}
