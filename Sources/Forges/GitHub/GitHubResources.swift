// The parts of GitHub's answers that are used, by GitHub's names; and the bodies of requests.
// https://docs.github.com/en/rest and https://docs.github.com/en/graphql

import Domain

struct GitHubInstallation: Decodable { let id: Int }

struct GitHubInstallationToken: Decodable {
  let token: String
  let expires_at: APITime
}

struct GitHubApp: Decodable { let slug: String }

/// Also Gitea's.
struct HubUser: Decodable { let login: String }

/// Also Gitea's.
struct HubRepository: Decodable {
  struct Permissions: Decodable {
    let admin: Bool?
    let push: Bool?
    let pull: Bool?
  }
  let full_name: String
  let default_branch: String?
  let archived: Bool?
  let permissions: Permissions?
  /// Gitea's way to say that there is no commit.
  let empty: Bool?

  var permission: ForgePermission {
    permissions?.admin == true ? .admin : permissions?.push == true ? .write : permissions?.pull == true ? .read : .none
  }

  func repository(_ forge: Forge) throws(ForgeError) -> ForgeRepository {
    ForgeRepository(
      name: try RepositoryName.validated(full_name, forge: forge),
      defaultBranch: default_branch.flatMap { RefName.isValid(branch: $0) && empty != true ? $0 : nil },
      isArchived: archived ?? false, permission: permission)
  }
}

/// Also Gitea's.
struct HubPull: Decodable {
  struct Side: Decodable {
    struct Repository: Decodable { let full_name: String }
    let ref: String
    let sha: String
    /// Null when the fork was deleted.
    let repo: Repository?
  }
  struct Label: Decodable { let name: String }
  let number: Int
  let state: String
  let title: String?
  let body: String?
  let user: HubUser?
  let labels: [Label]?
  let draft: Bool?
  /// GitHub's lists have only the time.
  let merged: Bool?
  let merged_at: String?
  let head: Side
  let base: Side
  let maintainer_can_modify: Bool?
  /// Gitea's name for it.
  let allow_maintainer_edit: Bool?
  let html_url: String?

  func pullRequest(_ forge: Forge) throws(ForgeError) -> ForgePullRequest {
    ForgePullRequest(
      number: number, state: state == "open" ? .open : merged ?? (merged_at != nil) ? .merged : .closed, isDraft: draft ?? false,
      title: title ?? "", body: body ?? "", author: user?.login ?? "", labels: (labels ?? []).map(\.name),
      head: try side(head, forge), base: try side(base, forge),
      maintainersMayPush: maintainer_can_modify ?? allow_maintainer_edit ?? false, address: html_url)
  }

  private func side(_ side: Side, _ forge: Forge) throws(ForgeError) -> ForgePullRequest.Side {
    let decoding = PayloadDecoding(forge: forge, event: "pull request")
    // Gitea names the head of a closed pull request without a branch by its hidden ref.
    let isBranch = RefName.isValid(branch: side.ref)
    guard isBranch else { throw decoding.error(.badReference, "a side's ref is not the name of a branch") }
    var name: String?
    if let repository = side.repo { name = try RepositoryName.validated(repository.full_name, forge: forge) }
    return ForgePullRequest.Side(
      branch: side.ref, sha: side.sha.isEmpty ? nil : try decoding.objectID(side.sha, field: "sha"), repository: name)
  }
}

/// Also Gitea's.
struct HubComment: Decodable {
  let id: Int
  let body: String?
  let user: HubUser?
  let created_at: APITime
  let updated_at: APITime

  var comment: ForgeComment {
    ForgeComment(
      id: String(id), author: user?.login ?? "", body: body ?? "", createdAt: created_at.timestamp, updatedAt: updated_at.timestamp)
  }
}

/// Also Gitea's.
struct HubText: Codable { let body: String }

/// Also Gitea's.
struct HubPermission: Decodable { let permission: String }

struct GitHubFile: Decodable {
  let filename: String
  let previous_filename: String?
  /// Absent for binary files and for those with too much.
  let patch: String?
}

struct GitHubReviewComment: Decodable {
  let body: String?
  let user: HubUser?
}

struct GitHubReviewBody: Encodable {
  struct Comment: Encodable {
    let path: String
    let body: String
    let line: Int
    let side = "RIGHT"
    let start_line: Int?
    let start_side: String?
  }
  let commit_id: String
  let event = "COMMENT"
  let comments: [Comment]
}

struct HubPullBody: Encodable {
  var title: String?
  var body: String?
  var head: String?
  var base: String?
  var state: String?
}

struct GitHubCheckRuns: Decodable { let check_runs: [GitHubCheckRun] }

struct GitHubCheckRun: Decodable {
  struct Output: Decodable { let annotations_count: Int? }
  let id: Int
  let external_id: String?
  let output: Output?
}

struct GitHubCheckBody: Encodable {
  struct Output: Encodable {
    let title: String
    let summary: String
    let annotations: [Annotation]?
  }
  struct Annotation: Encodable {
    let path: String
    let start_line: Int
    let end_line: Int
    let start_column: Int?
    let end_column: Int?
    let annotation_level: String
    let title: String
    let message: String
  }
  var name: String?
  var head_sha: String?
  var external_id: String?
  var details_url: String?
  var status: String?
  var conclusion: String?
  var output: Output
}

/// Also Gitea's.
struct HubStatusBody: Encodable, Equatable {
  let state: String
  let context: String
  let description: String
  let target_url: String?
}

/// Also Gitea's, which says `status` where GitHub says `state`.
struct HubCombinedStatus: Decodable {
  struct Status: Decodable {
    let id: Int
    let state: String?
    let status: String?
    let context: String
    let description: String?
    let target_url: String?

    func says(_ body: HubStatusBody) -> Bool {
      (state ?? status) == body.state && (description ?? "") == body.description && (target_url ?? "") == (body.target_url ?? "")
    }
  }
  let statuses: [Status]?
}

struct HubCreated: Decodable { let id: Int }

struct GitHubHook: Decodable {
  struct Config: Decodable { let url: String? }
  let id: Int
  let config: Config?
}

struct GitHubDelivery: Decodable {
  let id: Int
  let guid: String
  let delivered_at: APITime
  let status_code: Int?
  let event: String
}
