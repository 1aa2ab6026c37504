// Mirrors for effects: opened for one step, and given up when the process ends.

import Domain
import Forges
import Settings
import Workspace

/// Opens the mirrors of repositories for the outbox.
struct EffectWorkspaces: Sendable {
  let settings: Settings
  let credentials: GitCredentials
  private let cancellation: Cancellation

  init(settings: Settings, credentials: GitCredentials) throws {
    self.settings = settings
    self.credentials = credentials
    cancellation = try Cancellation()
  }

  /// Calls `body` with the repository's mirror.
  func with<Result>(_ repository: Repository, _ body: (RunWorkspace) throws -> Result) throws -> Result {
    let workspace = try RunWorkspace(
      repository: repository, settings: settings, credentials: credentials, cancellation: cancellation)
    defer { workspace.close() }
    return try body(workspace)
  }

  /// Where another repository of the forge is: the fork that a pull request comes from.
  func remote(_ name: String, forge: Forge) throws -> Remote {
    try Remote(CloneAddress.url(forge: forge, name: name, base: settings.cloneBase(for: forge).map { "\($0)" }))
  }

  /// Ends the git commands under way; further ones fail.
  func stop() { cancellation.cancel() }
}
