// What git says who it is with: the forge's token, for a GitHub App one of the installation, asked for when it is needed.

import Domain
import Forges
import Settings
import Workspace

/// Credentials for git over https.
public struct GitCredentials: Sendable {
  let settings: Settings
  let clients: ForgeClients

  public init(settings: Settings, clients: ForgeClients) {
    self.settings = settings
    self.clients = clients
  }

  /// Nil where none is configured. Throws `ForgeAPIError` when an App's installation gives none.
  func credential(for repository: Repository) throws -> Credential? {
    switch repository.forge {
    case .github:
      guard let client = clients[.github] as? GitHubClient else { return nil }
      return Credential(username: "x-access-token", password: try client.gitPassword(for: repository.name).reveal())
    case .gitlab: return settings.gitlabToken.map { Credential(username: "oauth2", password: $0.reveal()) }
    case .gitea: return settings.giteaToken.map { Credential(username: "doc-healing", password: $0.reveal()) }
    case .git: return nil
    }
  }
}
