// Which client speaks to which forge: made once, from what is configured, when the process starts.

import Domain
import HTTPClient
import Threading

/// Addresses and credentials of the forges; nil where one is not configured.
public struct ForgeAccounts: Sendable {
  /// A site and a token.
  public struct Site: Sendable {
    public var address: String
    public var token: Secret
    public init(address: String, token: Secret) {
      self.address = address
      self.token = token
    }
  }

  /// `https://api.github.com`, or `https://HOST/api/v3`.
  public var githubAddress: String
  public var github: GitHubAccess?
  public var gitlab: Site?
  public var gitea: Site?

  public init(githubAddress: String = "https://api.github.com", github: GitHubAccess? = nil, gitlab: Site? = nil, gitea: Site? = nil) {
    self.githubAddress = githubAddress
    self.github = github
    self.gitlab = gitlab
    self.gitea = gitea
  }
}

/// The clients of all forges. One for the process: clients keep installations' tokens and answers' tags.
public struct ForgeClients: Sendable {
  private let clients: [Forge: any ForgeClient]

  /// Throws for an App's key that cannot be used.
  public init(_ accounts: ForgeAccounts, transport: any HTTPTransport, clock: any WallClock = SystemClock()) throws(ForgeAPIError) {
    var clients: [Forge: any ForgeClient] = [:]
    if let access = accounts.github {
      clients[.github] = try GitHubClient(address: accounts.githubAddress, access: access, transport: transport, clock: clock)
    }
    if let site = accounts.gitlab {
      clients[.gitlab] = GitLabClient(address: site.address, token: site.token, transport: transport, clock: clock)
    }
    if let site = accounts.gitea {
      clients[.gitea] = GiteaClient(address: site.address, token: site.token, transport: transport, clock: clock)
    }
    self.clients = clients
  }

  /// The forge's client; one that can nothing but git where no credential is configured.
  public subscript(forge: Forge) -> any ForgeClient { clients[forge] ?? GitClient() }
}
