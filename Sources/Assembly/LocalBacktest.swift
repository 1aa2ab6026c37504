// A backtest of the repository in front of a person. One process does it all, so it may keep more of what it read than a service's worker.

import Domain
import Pipeline
import Workspace

/// A repository on disk, opened to replay its history. Nothing in it is executed.
public struct LocalBacktest {
  private let repository: GitRepository
  private let cancellation: Cancellation
  /// The repository's name: that of its folder.
  public let name: String

  /// Finds the repository that contains `path`. Throws `WorkspaceError`.
  public init(path: String) throws {
    cancellation = try Cancellation()
    repository = try GitRepository.containing(path, git: Git().cancelled(by: cancellation))
    let folder = repository.workTree ?? repository.gitDirectory
    let parts = folder.split(separator: "/").filter { $0 != ".git" }
    name = parts.last.map { String($0.hasSuffix(".git") ? $0.dropLast(4) : $0) } ?? folder
  }

  public func close() { repository.close() }

  /// Ends the run; safe from any thread.
  public var cancel: @Sendable () -> Void { { [cancellation] in cancellation.cancel() } }

  /// Whether `cancel` was called.
  public var isCancelled: Bool { cancellation.isCancelled }

  /// Replays the history; `progress` is called after each commit. Throws `cancelled` after `cancel`.
  public func run(since: String?, progress: (_ done: Int, _ all: Int, _ proposals: Int) -> Void) throws -> BacktestReport {
    try Backtest(repository: repository, engine: Engines.backtest()).run(name: name, since: since) { done, all, proposals in
      if cancellation.isCancelled { throw WorkspaceError(.cancelled, "the backtest was cancelled") }
      progress(done, all, proposals)
    }
  }
}
