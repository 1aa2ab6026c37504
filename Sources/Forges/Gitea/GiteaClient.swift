// Gitea and Forgejo over their REST API, version 1, which is like GitHub's in much and unlike it in the rest.
// https://docs.gitea.com/api/, https://forgejo.org/docs/latest/user/api-usage/

import Domain
import HTTPClient
import Threading

/// A `ForgeClient` of Gitea and Forgejo.
public struct GiteaClient: ForgeSteps {
  public var forge: Forge { .gitea }
  public let capabilities = ForgeCapabilities(checks: .commitStatus, appliesSuggestions: false, statusLimit: 255)
  let connection: APIConnection
  private let login = Remembered<String>()

  /// - Parameter address: the site, with its path where it has one: `https://git.example.org`.
  public init(address: String, token: Secret, transport: any HTTPTransport, clock: any WallClock = SystemClock()) {
    let site = address.hasSuffix("/") ? String(address.dropLast()) : address
    connection = APIConnection(
      forge: .gitea, transport: transport, clock: clock, base: site + "/api/v1", headers: ["Accept": "application/json"],
      authentication: TokenAuthentication(header: "Authorization", prefix: "token ", token: token))
  }

  public func account() throws(ForgeAPIError) -> String {
    try login.value { () throws(ForgeAPIError) -> String in
      try connection.value(HubUser.self, APIRequest("GET", ["user"], authority: .account, "ask for our account")).login
    }
  }

  public func repository(_ name: String) throws(ForgeAPIError) -> ForgeRepository {
    let request = try self.request("GET", [], name, "read the repository")
    return try checked(request, { answer throws(ForgeError) in try answer.repository(.gitea) }, of: HubRepository.self)
  }

  public func permission(of account: String, in repository: String) throws(ForgeAPIError) -> ForgePermission {
    let request = try self.request("GET", ["collaborators", account, "permission"], repository, "ask for a person's permission")
    guard let answer = try connection.valueIfAny(HubPermission.self, request) else { return .none }
    return ForgePermission(hub: answer.permission)
  }

  func request(_ method: String, _ path: [String], _ repository: String, _ operation: String) throws(ForgeAPIError) -> APIRequest {
    guard let name = try? RepositoryName.validated(repository, forge: .gitea) else { throw error(.invalid(field: "repository"), operation) }
    return APIRequest(method, ["repos"] + name.split(separator: "/").map(String.init) + path, authority: .repository(repository), operation)
  }

  // MARK: Checks

  /// Gitea keeps every status and shows the newest of a context: the same again is not sent.
  @discardableResult
  public func publish(_ check: CheckReport, in repository: String) throws(ForgeAPIError) -> PublishedCheck {
    let body = HubStatusBody(check, limit: capabilities.statusLimit)
    let combined = try request("GET", ["commits", check.head.hex, "status"], repository, "look for our status").with(("limit", "50"))
    let known = try connection.value(HubCombinedStatus.self, combined).statuses ?? []
    if let same = known.first(where: { $0.context == check.name }), same.says(body) {
      return PublishedCheck(id: String(same.id), annotationCount: 0)
    }
    let request = try self.request("POST", ["statuses", check.head.hex], repository, "publish a check").with(body: body)
    return PublishedCheck(id: String(try connection.value(HubCreated.self, request).id), annotationCount: 0)
  }
}
