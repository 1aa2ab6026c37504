// How effects are made: what they are called, and in which order they happen.

import Domain

extension Effect {
  /// An effect on one pull request. All of one pull request happen in the order they were posted.
  static func on(
    pullRequest number: Int, of repository: RepositoryID, _ kind: Kind, key: String, run: RunID? = nil, _ payload: some Encodable,
    at now: Timestamp
  ) throws -> Effect {
    Effect(
      id: .make(at: now), key: "\(kind.rawValue):\(key)", repositoryID: repository, runID: run,
      orderingKey: "pull-request:\(repository):\(number)", kind: kind, payload: try JSONText.encode(payload), notBefore: now, createdAt: now
    )
  }

  /// An effect on the rolling pull request of a branch.
  static func on(
    branch: String, of repository: RepositoryID, key: String, run: RunID, _ proposal: BranchProposal, at now: Timestamp
  ) throws -> Effect {
    Effect(
      id: .make(at: now), key: "propose:\(key)", repositoryID: repository, runID: run, orderingKey: "branch:\(repository):\(branch)",
      kind: .propose, payload: try JSONText.encode(proposal), notBefore: now, createdAt: now)
  }

  /// That a run of a pull request ended without anything to show but why.
  static func ending(
    of run: Run, as ending: PullRequestDelivery.Ending, detail: String?, at now: Timestamp
  ) throws -> Effect? {
    guard let number = run.pullRequest else { return nil }
    let delivery = PullRequestDelivery(
      run: run.id, number: number, head: run.head, baseBranch: run.branch, ending: ending, detail: detail)
    return try on(pullRequest: number, of: run.repositoryID, .deliver, key: run.id.rawValue, run: run.id, delivery, at: now)
  }
}
