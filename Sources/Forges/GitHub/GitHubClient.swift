// GitHub, github.com and Enterprise Server, over its REST API (version 2022-11-28) and, for what only that has, GraphQL.
// https://docs.github.com/en/rest

import Domain
import HTTPClient
import Synchronization
import Threading

/// A `ForgeClient` of GitHub.
public struct GitHubClient: CommitsThroughAPI, RedeliversWebhooks, ForgeSteps {
  public var forge: Forge { .github }
  public let capabilities: ForgeCapabilities
  let connection: APIConnection
  let access: GitHubAccess
  private let login = Remembered<String>()
  private let apps: AppAuthentication?

  /// - Parameter address: where the REST API is: `https://api.github.com`, or `https://HOST/api/v3` for Enterprise Server.
  public init(
    address: String = "https://api.github.com", access: GitHubAccess, transport: any HTTPTransport, clock: any WallClock = SystemClock()
  ) throws(ForgeAPIError) {
    let base = address.hasSuffix("/") ? String(address.dropLast()) : address
    let headers: HTTPHeaders = ["Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"]
    let authentication: any ForgeAuthentication
    switch access {
    case .token(let token):
      apps = nil
      authentication = TokenAuthentication(header: "Authorization", prefix: "Bearer ", token: token)
    case .app(let id, let key):
      let signer = try AppSigner(id: id, privateKey: key)
      let app = AppAuthentication(signer: signer, transport: transport, clock: clock, base: base, headers: headers)
      apps = app
      authentication = app
    }
    self.access = access
    connection = APIConnection(
      forge: .github, transport: transport, clock: clock, base: base, graphQL: Self.graphQL(of: base), headers: headers,
      authentication: authentication)
    capabilities = ForgeCapabilities(
      checks: access.isApp ? .checkRun : .commitStatus, appliesSuggestions: true, commits: true, redelivery: true, statusLimit: 140)
  }

  /// The password for git over https; the user is `x-access-token`.
  public func gitPassword(for repository: String) throws(ForgeAPIError) -> Secret {
    if case .token(let token) = access { return token }
    guard let apps else { throw error(.unsupported, "find a password for git") }
    return try apps.token(for: repository.lowercased())
  }

  // MARK: Accounts and repositories

  /// An App writes as `slug[bot]`. The token of an installation may not ask who it is over REST, only over GraphQL.
  public func account() throws(ForgeAPIError) -> String {
    try login.value { () throws(ForgeAPIError) -> String in
      switch access {
      case .app:
        return try connection.value(GitHubApp.self, APIRequest("GET", ["app"], authority: .account, "ask for our App")).slug + "[bot]"
      case .token where access.isApp:
        return try graphQL(GitHubViewer.self, GitHubViewer.query, GitHubNoVariables(), .account, "ask for our account").viewer.login
      case .token:
        return try connection.value(HubUser.self, APIRequest("GET", ["user"], authority: .account, "ask for our account")).login
      }
    }
  }

  public func repository(_ name: String) throws(ForgeAPIError) -> ForgeRepository {
    let request = try self.request("GET", [], name, "read the repository")
    let answer = try connection.value(HubRepository.self, request)
    var repository = try connection.converted(answer, request.operation) { answer throws(ForgeError) in try answer.repository(.github) }
    // The answer to an installation's token has no permissions: what the App may do is in its own settings, and writing is what it
    // was installed for.
    if access.isApp, repository.permission == .none { repository.permission = .write }
    return repository
  }

  /// `maintain` is told as `write`, `triage` as `read`.
  /// https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user
  public func permission(of account: String, in repository: String) throws(ForgeAPIError) -> ForgePermission {
    let request = try self.request("GET", ["collaborators", account, "permission"], repository, "ask for a person's permission")
    guard let answer = try connection.valueIfAny(HubPermission.self, request) else { return .none }
    return ForgePermission(hub: answer.permission)
  }

  // MARK: Requests

  func request(_ method: String, _ path: [String], _ repository: String, _ operation: String) throws(ForgeAPIError) -> APIRequest {
    APIRequest(method, try Self.path(of: repository, operation) + path, authority: .repository(repository), operation)
  }

  static func path(of repository: String, _ operation: String) throws(ForgeAPIError) -> [String] {
    guard let name = try? RepositoryName.validated(repository, forge: .github) else {
      throw ForgeAPIError(.invalid(field: "repository"), operation: "github: \(operation)")
    }
    return ["repos"] + name.split(separator: "/").map(String.init)
  }

  /// github.com: `/graphql` beside the REST API; Enterprise Server: `/api/graphql` beside `/api/v3`.
  private static func graphQL(of base: String) -> String {
    base.hasSuffix("/api/v3") ? base.dropLast(3) + "graphql" : base + "/graphql"
  }
}
