// One commit more on a pull request's branch: by the forge itself where it signs commits, else by git. Never by force: a head that is
// another than the one that was checked is left alone.

import Domain
import Forges
import Workspace

/// Commits to the heads of pull requests.
struct HeadCommitter: Sendable {
  let workspaces: EffectWorkspaces

  enum Outcome: Sendable {
    case committed(ObjectID)
    /// The head is another one.
    case moved
    /// We may not, and why: one line.
    case notAllowed(String)
  }

  func commit(
    _ files: [CommittedFile], message: String, onto head: ObjectID, of pull: ForgePullRequest, repository: Repository,
    client: any ForgeClient
  ) throws -> Outcome {
    guard let owner = pull.head.repository else { return .notAllowed("the head's repository was deleted") }
    if pull.isFork, !pull.maintainersMayPush { return .notAllowed("the pull request comes from a fork that may not be pushed to") }
    // A pull request from `main` to `release` is no reason to write to `main`: that branch has a pull request of its own.
    if !pull.isFork, try client.repository(owner).defaultBranch == pull.head.branch {
      return .notAllowed("the pull request comes from the default branch")
    }
    if let forge = client as? any CommitsThroughAPI {
      let lines = message.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
      let commit = ForgeCommit(
        subject: String(lines.first ?? ""), body: lines.count > 1 ? String(lines[1].drop { $0 == "\n" }) : "",
        additions: Dictionary(files.map { ($0.path, Array($0.content)) }, uniquingKeysWith: { $1 }))
      do {
        return .committed(try forge.commit(commit, to: pull.head.branch, expectedHead: head, in: owner))
      } catch {
        return try outcome(of: error)
      }
    }
    return try push(files, message: message, onto: head, of: pull, owner: owner, repository: repository)
  }

  private func outcome(of error: ForgeAPIError) throws -> Outcome {
    switch error.reason {
    case .conflict: return .moved
    case .forbidden, .gone, .invalid: return .notAllowed("the forge did not take the commit: \(error)")
    case .retryAfter, .transient, .unauthorized, .unsupported, .unexpected: throw error
    }
  }

  private func push(
    _ files: [CommittedFile], message: String, onto head: ObjectID, of pull: ForgePullRequest, owner: String, repository: Repository
  ) throws -> Outcome {
    try workspaces.with(repository) { workspace in
      try push(files, message: message, onto: head, of: pull, owner: owner, repository: repository, workspace)
    }
  }

  private func push(
    _ files: [CommittedFile], message: String, onto head: ObjectID, of pull: ForgePullRequest, owner: String, repository: Repository,
    _ workspace: RunWorkspace
  ) throws -> Outcome {
    if try !workspace.has(head) { try workspace.fetch(pullRequest: pull.number) }
    guard try workspace.has(head) else { return .moved }
    let commit = try workspace.commit(files.map { ($0.path, Array($0.content)) }, onto: head, message: message)
    if pull.head.sha == commit { return .committed(commit) }
    guard pull.head.sha == head else { return .moved }
    let fork = try pull.isFork ? workspaces.remote(owner, forge: repository.forge) : nil
    do {
      try workspace.append(commit, to: pull.head.branch, of: fork, after: head)
    } catch let error as WorkspaceError where error.code == .leaseLost {
      return .moved
    } catch let error as WorkspaceError where [.refused, .unauthorized, .notARepository].contains(error.code) {
      return .notAllowed("the branch could not be pushed to: \(error)")
    }
    return .committed(commit)
  }
}
