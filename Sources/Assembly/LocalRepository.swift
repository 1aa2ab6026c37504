// The repository in front of a person, for `check` and `heal`.

import Domain
import Healing
import Logging
import Pipeline
import Settings
import Threading
import Validation
import Workspace

/// A repository on disk, opened for the command line. Nothing in it is executed.
public struct LocalRepository {
  private let engine: Engine
  private let repository: GitRepository

  /// Finds the repository that contains `path`. Throws `WorkspaceError`, `SettingsError`.
  public init(path: String) throws {
    repository = try GitRepository.containing(path, git: Git())
    engine = try Engines.local()
  }

  public func close() { repository.close() }

  /// The two sides to compare, and a line about what was chosen. Without `head` the working tree counts, in a bare repository
  /// the newest commit; without `base` a commit a little way back.
  public func change(base: String?, head: String?) throws -> (Change, note: String) {
    let isWorkingTree = head == nil && repository.workTree != nil
    guard isWorkingTree else {
      let new = try repository.resolve(head ?? "HEAD")
      let old = try base.map(repository.resolve) ?? repository.earlierCommit(than: new)
      var change = try repository.change(base: old, head: new)
      change.isBaseGuessed = try base == nil && old.map { try repository.isFar($0, from: new) } ?? false
      return (change, note(base: old, given: base))
    }
    let tree = try repository.workingTree()
    let tip = try? repository.resolve("HEAD")
    let old = try base.map(repository.resolve) ?? tip.flatMap { try repository.earlierCommit(than: $0) ?? $0 }
    guard let old else { return (Change(base: nil, head: tree, files: []), note(base: nil, given: base)) }
    let oldTree = try repository.tree(at: old)
    let isGuessed = try base == nil && tip.map { try repository.isFar(old, from: $0) } ?? false
    return (Change(base: oldTree, head: tree, files: tree.changes(since: oldTree), isBaseGuessed: isGuessed), note(base: old, given: base))
  }

  private func note(base: ObjectID?, given: String?) -> String {
    if given != nil { return "" }
    guard let base else { return "there is no earlier commit: names that the code lost cannot be seen" }
    return "the code is compared with commit \(base.short); --base says otherwise"
  }

  /// The engine and the documents that the head's configuration wants. What is run is for the base to say where somebody named one:
  /// the head may be a stranger's.
  /// - Parameters:
  ///   - base: as it was named; nil when it was looked for.
  ///   - rules: only these rules; empty for those that are on.
  public func engine(for change: Change, base: String?, rules: [String] = []) -> (engine: Engine, scope: EngineScope) {
    let configuration = RepositoryConfiguration.read(from: change.head).configuration
    let configured = engine.configured(by: configuration, selectedRules: rules.isEmpty ? nil : Set(rules))
    var scope = EngineScope(configuration, on: SystemClock().now().day)
    if base != nil {
      scope.healsOlder = false
      scope.execution =
        change.base.map { EngineScope(RepositoryConfiguration.read(from: $0).configuration).execution } ?? ExecutionSettings()
    }
    return (configured, scope)
  }

  /// What is wrong in the tree's configuration.
  public func mistakes(in tree: any Checkout) -> [Finding] {
    RepositoryConfiguration.findings(RepositoryConfiguration.read(from: tree).mistakes, in: tree)
  }

  /// Writes the healed documents into the working tree. Refuses when a file is no longer what was healed.
  public func write(_ report: HealReport) throws { try repository.write(repairs(report)) }

  /// Commits the healed documents on the current branch.
  public func commit(_ report: HealReport) throws {
    guard !report.healed.isEmpty else { return }
    let author = Commit.Signature(name: "Doc Healing", email: "doc-healing@localhost", time: SystemClock().now())
    _ = try repository.commit(
      repairs(report), message: RepairMessage.text(report.healed, after: nil, run: nil), author: author)
  }

  private func repairs(_ report: HealReport) -> [LocalRepair] {
    report.healed.map { LocalRepair(path: $0.path, original: $0.original, repaired: $0.healed) }
  }
}
