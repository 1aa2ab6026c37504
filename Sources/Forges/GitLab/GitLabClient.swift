// GitLab, gitlab.com and self-managed, over its REST API, version 4. https://docs.gitlab.com/api/rest/

import Domain
import HTTPClient
import Threading

/// A `ForgeClient` of GitLab, with a personal, project or group access token.
public struct GitLabClient: ForgeSteps {
  public var forge: Forge { .gitlab }
  public let capabilities = ForgeCapabilities(checks: .commitStatus, appliesSuggestions: true, statusLimit: 255)
  let connection: APIConnection
  private let login = Remembered<String>()

  /// - Parameter address: the site: `https://gitlab.com`.
  public init(address: String, token: Secret, transport: any HTTPTransport, clock: any WallClock = SystemClock()) {
    let site = address.hasSuffix("/") ? String(address.dropLast()) : address
    connection = APIConnection(
      forge: .gitlab, transport: transport, clock: clock, base: site + "/api/v4", headers: ["Accept": "application/json"],
      authentication: TokenAuthentication(header: "PRIVATE-TOKEN", prefix: "", token: token))
  }

  public func account() throws(ForgeAPIError) -> String {
    try login.value { () throws(ForgeAPIError) -> String in
      try connection.value(GitLabUser.self, APIRequest("GET", ["user"], authority: .account, "ask for our account")).username
    }
  }

  /// A renamed or moved project is found by its former path.
  public func repository(_ name: String) throws(ForgeAPIError) -> ForgeRepository {
    try checked(
      try request("GET", [], name, "read the repository"), { project throws(ForgeError) in try project.repository() },
      of: GitLabProjectAnswer.self)
  }

  /// Members by inheritance count. https://docs.gitlab.com/api/members/
  public func permission(of account: String, in repository: String) throws(ForgeAPIError) -> ForgePermission {
    let operation = "ask for a person's permission"
    let users = try connection.value(
      [GitLabUser].self, APIRequest("GET", ["users"], authority: .repository(repository), operation).with(("username", account)))
    guard let user = users.first(where: { $0.username.lowercased() == account.lowercased() }) else { return .none }
    let request = try self.request("GET", ["members", "all", String(user.id)], repository, operation)
    guard let member = try connection.valueIfAny(GitLabMember.self, request) else { return .none }
    return member.state == nil || member.state == "active" ? ForgePermission(gitlab: member.access_level) : .none
  }

  /// A request about a project, which is one segment of the path however many groups it is in.
  func request(_ method: String, _ path: [String], _ repository: String, _ operation: String) throws(ForgeAPIError) -> APIRequest {
    guard let name = try? RepositoryName.validated(repository, forge: .gitlab) else {
      throw error(.invalid(field: "repository"), operation)
    }
    return APIRequest(method, ["projects", name] + path, authority: .repository(repository), operation)
  }

  func mergeRequest(_ method: String, _ number: Int, _ path: [String], _ repository: String, _ operation: String) throws(ForgeAPIError)
    -> APIRequest
  {
    try request(method, ["merge_requests", String(number)] + path, repository, operation)
  }
}

extension ForgePermission {
  /// https://docs.gitlab.com/api/access_requests/#valid-access-levels: 30 is a developer, who pushes; 40 a maintainer.
  init(gitlab level: Int) { self = level >= 40 ? .admin : level >= 30 ? .write : level >= 10 ? .read : .none }
}
