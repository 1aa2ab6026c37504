// Gives a commit to the repository that it heals. The engine's own branches are replaced when they are still what the engine last saw:
// a person's push to such a branch is never overwritten. A person's branch only ever gets one commit more.

import Domain

/// What a push has done.
public enum PushOutcome: Sendable, Hashable {
  case pushed
  /// The branch was at that commit already; nothing changed.
  case upToDate
}

extension GitRepository {
  /// Points `branch` of `remote` at `commit`, sending what it lacks. Doing it again changes nothing.
  /// - Parameter expecting: where the branch was when it was last read; nil when it did not exist.
  /// Throws `leaseLost` when it is elsewhere now, `refused` when the remote says no, and what `Mirror.fetch` throws.
  public func push(
    _ commit: ObjectID, to branch: BranchName, at remote: Remote, credential: Credential? = nil, expecting: ObjectID?,
    timeLimit: Duration = .seconds(120)
  ) throws(WorkspaceError) -> PushOutcome {
    guard branch.isHealing else {
      throw WorkspaceError(.invalidReference, "refusing to push to \(shown(branch.name)): not the engine's branch")
    }
    return try send(commit, to: branch, at: remote, credential, expecting: expecting, timeLimit)
  }

  /// Adds one commit to a person's branch: it must be the only one upon what the branch was at, so that nothing of theirs is replaced.
  /// Doing it again changes nothing. Throws as `push` does, and `refused` for a commit that is not that.
  public func append(
    _ commit: ObjectID, to branch: BranchName, at remote: Remote, credential: Credential? = nil, after tip: ObjectID,
    timeLimit: Duration = .seconds(120)
  ) throws(WorkspaceError) -> PushOutcome {
    guard try self.commit(commit).parents == [tip] else {
      throw WorkspaceError(.refused, "refusing to push to \(shown(branch.name)): commit \(commit.short) does not follow \(tip.short)")
    }
    return try send(commit, to: branch, at: remote, credential, expecting: tip, timeLimit)
  }

  private func send(
    _ commit: ObjectID, to branch: BranchName, at remote: Remote, _ credential: Credential?, expecting: ObjectID?, _ timeLimit: Duration
  ) throws(WorkspaceError) -> PushOutcome {
    var words = [
      "push", "--porcelain", "--no-verify", "--no-follow-tags", "--no-recurse-submodules", "--no-signed",
      "--force-with-lease=\(branch.ref):\(expecting?.hex ?? "")",
    ]
    if remote.kind == .path { words.append("--receive-pack=\(git.servedBy("receive-pack"))") }
    words += ["--", remote.location, "\(commit.hex):\(branch.ref)"]
    let limits = ProcessLimits(time: timeLimit, output: 1 << 20)
    let command = try git.remoteCommand(words, in: gitDirectory, remote: remote, credential: credential, limits: limits)
    return try outcome(try git.run(command, named: "push", accepting: [0, 1]), branch)
  }

  /// Reads the one line of `--porcelain` that is about our branch: `flag TAB from:to TAB summary (reason)`.
  private func outcome(_ result: ProcessResult, _ branch: BranchName) throws(WorkspaceError) -> PushOutcome {
    let lines = String(decoding: result.output, as: UTF8.self).split(separator: "\n")
    let line = lines.first { $0.dropFirst().hasPrefix("\t") && $0.contains(":\(branch.ref)\t") }
    switch line?.first {
    case "=": return .upToDate
    case " ", "+", "*": return .pushed
    case "!":
      let reason = sanitized(Array((line?.split(separator: "\t").last ?? "").utf8))
      if reason.contains("stale info") || reason.contains("fetch first") || reason.contains("failed to update ref") {
        throw WorkspaceError(.leaseLost, "branch \(shown(branch.name)) has moved since it was read: \(reason)")
      }
      let said = sanitized(result.errorOutput)
      throw WorkspaceError(.refused, "the remote refused branch \(shown(branch.name)): \(reason)\(said.isEmpty ? "" : "; \(said)")")
    default: throw GitFailure.error("push", result)
    }
  }
}
