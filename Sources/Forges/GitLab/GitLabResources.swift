// The parts of GitLab's answers that are used, by GitLab's names; and the bodies of requests. https://docs.gitlab.com/api/api_resources/

import Domain

struct GitLabUser: Decodable {
  let id: Int
  let username: String
}

struct GitLabMember: Decodable {
  let access_level: Int
  let state: String?
}

struct GitLabProjectAnswer: Decodable {
  struct Access: Decodable { let access_level: Int? }
  struct Permissions: Decodable {
    let project_access: Access?
    let group_access: Access?
  }
  let path_with_namespace: String
  let default_branch: String?
  let archived: Bool?
  let permissions: Permissions?

  func repository() throws(ForgeError) -> ForgeRepository {
    let level = max(permissions?.project_access?.access_level ?? 0, permissions?.group_access?.access_level ?? 0)
    return ForgeRepository(
      name: try RepositoryName.validated(path_with_namespace, forge: .gitlab),
      defaultBranch: default_branch.flatMap { RefName.isValid(branch: $0) ? $0 : nil }, isArchived: archived ?? false,
      permission: max(.read, ForgePermission(gitlab: level)))
  }
}

struct GitLabMergeRequestAnswer: Decodable {
  /// Base is where the branches parted, start the target's tip then.
  struct DiffRefs: Decodable {
    let base_sha: String?
    let start_sha: String?
    let head_sha: String?
  }
  struct References: Decodable { let full: String? }
  let iid: Int
  let state: String
  let draft: Bool?
  let title: String
  let description: String?
  let author: GitLabUser?
  let labels: Lenient<[String]>?
  let source_branch: String
  let target_branch: String
  /// Null when the fork was deleted.
  let source_project_id: Int?
  let target_project_id: Int
  let sha: String?
  let diff_refs: DiffRefs?
  let references: References?
  let allow_collaboration: Bool?
  let web_url: String?

  var isFork: Bool { source_project_id != target_project_id }

  /// - Parameter fork: the head's project, where it is another one.
  func pullRequest(in repository: String, fork: String?) throws(ForgeError) -> ForgePullRequest {
    let decoding = PayloadDecoding(forge: .gitlab, event: "merge request")
    // "group/project!7": today's name, whatever it was asked by.
    let name =
      try references?.full.map { full throws(ForgeError) in
        try RepositoryName.validated(String(full.prefix { $0 != "!" }), forge: .gitlab)
      } ?? repository
    let head = try sha.map { text throws(ForgeError) in try decoding.objectID(text, field: "sha") }
    let start = try diff_refs?.start_sha.map { text throws(ForgeError) in try decoding.objectID(text, field: "start_sha") }
    return ForgePullRequest(
      number: iid, state: state == "merged" ? .merged : state == "closed" ? .closed : .open, isDraft: draft ?? false, title: title,
      body: description ?? "", author: author?.username ?? "", labels: labels?.value ?? [],
      head: .init(branch: try decoding.branch(source_branch, field: "source_branch"), sha: head, repository: isFork ? fork : name),
      base: .init(branch: try decoding.branch(target_branch, field: "target_branch"), sha: start, repository: name),
      maintainersMayPush: allow_collaboration ?? false, address: web_url)
  }
}

struct GitLabMergeRequestBody: Encodable {
  var source_branch: String?
  var target_branch: String?
  var title: String?
  var description: String?
  var state_event: String?
}

struct GitLabDiff: Decodable {
  let old_path: String
  let new_path: String
  let diff: String?
  let deleted_file: Bool?
}

struct GitLabNote: Decodable {
  let id: Int
  let body: String?
  let author: GitLabUser?
  let system: Bool?
  /// `DiffNote` for those at a line.
  let type: String?
  let created_at: APITime
  let updated_at: APITime

  var comment: ForgeComment {
    ForgeComment(
      id: String(id), author: author?.username ?? "", body: body ?? "", createdAt: created_at.timestamp, updatedAt: updated_at.timestamp)
  }
}

struct GitLabDiscussion: Decodable {
  struct Note: Decodable {
    let body: String?
    let author: GitLabUser?
  }
  let notes: [Note]
}

struct GitLabDiscussionBody: Encodable {
  struct Position: Encodable {
    let position_type = "text"
    let base_sha: String
    let start_sha: String
    let head_sha: String
    let old_path: String
    let new_path: String
    let new_line: Int
    /// For a line that the change left as it was.
    let old_line: Int?
  }
  let body: String
  let position: Position
}

struct GitLabStatus: Decodable {
  let id: Int
  let status: String
  let name: String
  let description: String?
  let target_url: String?
}

struct GitLabStatusBody: Encodable {
  let state: String
  let name: String
  let description: String
  let target_url: String?
  let ref: String?

  func isSaid(by status: GitLabStatus) -> Bool {
    guard status.name == name, status.status == state else { return false }
    // A pending or running one cannot be told again, whatever its text.
    return state == "pending" || state == "running"
      || (status.description == description && (status.target_url ?? "") == (target_url ?? ""))
  }
}
