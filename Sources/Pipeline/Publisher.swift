// The healing branch: the proven fixes of a run as one commit on `doc-healing/<branch>`; on a forge its pull request follows. The branch is
// rebuilt on every head it is pushed for; it is never taken from a person.

import Domain
import Forges
import Storage
import Threading
import Workspace

/// Publishes what a run healed.
struct Publisher: Sendable {
  let store: any Store
  let clock: any WallClock

  enum Outcome: Sendable {
    case nothing, pushed
    /// The branch is a person's now.
    case frozen
  }

  /// Commits and pushes the healed documents, and says so in the run. The report has only fixes that may be put on a branch.
  func publish(_ report: HealReport, of run: inout Run, repository: Repository, _ workspace: RunWorkspace) throws -> Outcome {
    let branch = OwnCommits.branchPrefix + run.branch
    let tip = try workspace.tip(of: branch)
    if let tip, !OwnCommits.isOwn(message: try workspace.message(of: tip)) {
      if !report.healed.isEmpty {
        run.detail = "branch \(branch) has a commit that is not the engine's (\(tip.short)); it was left alone"
      }
      return .frozen
    }
    guard !report.healed.isEmpty else { return .nothing }
    let commit = try workspace.commit(
      report.healed.map { ($0.path, $0.healed) }, onto: run.head, message: RepairMessage.text(report.healed, after: run.head, run: run.id))
    let key = "commit:\(repository.id):\(branch):\(commit)"
    if try store.publication(key: key) == nil {
      if tip != commit { try workspace.push(commit, to: branch, expecting: tip) }
      _ = try store.record(Publication(runID: run.id, key: key, forgeID: commit.hex, createdAt: clock.now()))
    }
    run.state = .healed
    run.publishedTo = branch
    run.publishedCommit = commit
    return .pushed
  }
}
