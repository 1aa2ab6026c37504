// The few fields of GitLab's payloads that an event needs.
// https://docs.gitlab.com/user/project/integrations/webhook_events/ · https://docs.gitlab.com/administration/system_hooks/

import Domain

struct GitLabKind: Decodable {
  let object_kind: Lenient<String>?
  let event_name: Lenient<String>?
}

struct GitLabProject: Decodable {
  let path_with_namespace: String
  let default_branch: Lenient<String>?
}

struct GitLabAccount: Decodable {
  let username: String
}

/// A push of a branch or a tag, from a project's, a group's or the system's hook.
struct GitLabPush: Decodable {
  struct Commit: Decodable {
    let id: String
    let message: String
  }
  let ref: String
  let before: String
  let after: String
  let project: GitLabProject
  /// At most the newest 20; null when the ref was deleted.
  let commits: Lenient<[Commit]>?
  let user_username: Lenient<String>?

  func event(_ decoding: PayloadDecoding) throws(ForgeError) -> Event {
    .push(
      Event.Push(
        repository: try decoding.repository(project.path_with_namespace, defaultBranch: project.default_branch?.value),
        ref: try decoding.ref(ref, field: "ref"),
        before: try decoding.objectID(before, field: "before"),
        after: try decoding.objectID(after, field: "after"),
        headMessage: commits?.value?.last { $0.id == after }.map { OwnCommits.digest($0.message) },
        sender: decoding.sender(user_username?.value)))
  }
}

/// A merge request.
struct GitLabMergeRequest: Decodable {
  struct Attributes: Decodable {
    struct Commit: Decodable { let id: String }
    let iid: Int
    /// Missing in test deliveries.
    let action: Lenient<String>?
    let source_branch: String
    let target_branch: String
    /// Null when the fork was deleted.
    let source: GitLabProject?
    let target: GitLabProject?
    let last_commit: Commit
    /// Only there when commits were pushed.
    let oldrev: Lenient<String>?
    let draft: Lenient<Bool>?
    /// The older name of `draft`.
    let work_in_progress: Lenient<Bool>?
  }
  struct Changes: Decodable {
    struct Draft: Decodable { let current: Bool }
    let target_branch: Lenient<HubPullRequest.Present>?
    let draft: Lenient<Draft>?
  }

  let project: GitLabProject
  let object_attributes: Attributes
  let changes: Lenient<Changes>?
  let user: Lenient<GitLabAccount>?

  func event(_ decoding: PayloadDecoding) throws(ForgeError) -> Event {
    .pullRequest(
      Event.PullRequestEvent(
        repository: try decoding.repository(project.path_with_namespace, defaultBranch: project.default_branch?.value),
        number: try decoding.number(object_attributes.iid, field: "object_attributes.iid"),
        action: action,
        head: try decoding.objectID(object_attributes.last_commit.id, field: "object_attributes.last_commit.id"),
        headBranch: try decoding.branch(object_attributes.source_branch, field: "object_attributes.source_branch"),
        headRepository: try fork(decoding),
        base: nil,
        baseBranch: try decoding.branch(object_attributes.target_branch, field: "object_attributes.target_branch"),
        isDraft: object_attributes.draft?.value ?? object_attributes.work_in_progress?.value ?? false,
        sender: decoding.sender(user?.value?.username)))
  }

  private var action: Event.PullRequestEvent.Action {
    switch object_attributes.action?.value {
    case "open", "reopen": .opened
    case "update": isUpdated ? .updated : .other
    case "merge": .merged
    case "close": .closed
    default: .other
    }
  }

  /// Another head, another target, or no draft any more.
  private var isUpdated: Bool {
    let changes = changes?.value
    return object_attributes.oldrev?.value != nil || changes?.target_branch != nil || changes?.draft?.value?.current == false
  }

  private func fork(_ decoding: PayloadDecoding) throws(ForgeError) -> Event.RepositoryReference? {
    guard let source = object_attributes.source else { return Event.RepositoryReference(name: RepositoryName.deletedFork) }
    let target = object_attributes.target?.path_with_namespace ?? project.path_with_namespace
    if source.path_with_namespace == target { return nil }
    return try decoding.repository(source.path_with_namespace, defaultBranch: source.default_branch?.value)
  }
}
