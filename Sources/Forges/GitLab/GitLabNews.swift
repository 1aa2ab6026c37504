// GitLab's comments, and what its system hook says about projects.
// https://docs.gitlab.com/user/project/integrations/webhook_events/#comment-events · https://docs.gitlab.com/administration/system_hooks/

import Domain

/// A comment ("note") on a merge request, an issue, a commit or a snippet.
struct GitLabNotePayload: Decodable {
  struct Attributes: Decodable {
    let id: Int
    let note: String
    let noteable_type: String
    /// `create` or `update`; older releases send only the two times.
    let action: Lenient<String>?
    let created_at: Lenient<String>?
    let updated_at: Lenient<String>?
    /// `DiffNote` for those at a line.
    let type: Lenient<String>?
    /// Written by GitLab itself.
    let system: Lenient<Bool>?

    var isNew: Bool { action?.value.map { $0 == "create" } ?? (created_at?.value == updated_at?.value) }
  }
  struct MergeRequest: Decodable { let iid: Int }

  let object_attributes: Attributes
  let merge_request: MergeRequest?
  let project: GitLabProject?
  let user: GitLabAccount?

  func event(_ decoding: PayloadDecoding) throws(ForgeError) -> Event {
    guard object_attributes.noteable_type == "MergeRequest", object_attributes.isNew, object_attributes.system?.value != true else {
      return .other("note")
    }
    guard let merge_request, let project, let user else {
      throw decoding.error(.missingField, "merge_request, project or user is missing")
    }
    return .comment(
      Event.CommentEvent(
        repository: try decoding.repository(project.path_with_namespace, defaultBranch: project.default_branch?.value),
        number: try decoding.number(merge_request.iid, field: "merge_request.iid"), id: String(object_attributes.id),
        author: try decoding.login(user.username, field: "user.username"), body: object_attributes.note,
        place: object_attributes.type?.value == "DiffNote" ? .reviewComment : .conversation))
  }
}

/// A project was renamed, transferred or destroyed.
struct GitLabProjectNews: Decodable {
  let event_name: String
  let path_with_namespace: String
  let old_path_with_namespace: String?

  func event(_ decoding: PayloadDecoding) throws(ForgeError) -> Event {
    let action: Event.RepositoryEvent.Action
    switch event_name {
    case "project_rename": action = .renamed
    case "project_transfer": action = .transferred
    default: action = .deleted
    }
    let oldName = try old_path_with_namespace.map { name throws(ForgeError) in try RepositoryName.validated(name, forge: .gitlab) }
    return .repository(
      Event.RepositoryEvent(
        action: action, repository: try decoding.repository(path_with_namespace, defaultBranch: nil), oldName: oldName))
  }
}
