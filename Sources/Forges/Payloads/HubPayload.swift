// The payload shapes that GitHub invented and Gitea and Forgejo send too.
// https://docs.github.com/en/webhooks/webhook-events-and-payloads

import Domain

/// A `push`.
struct HubPush: Decodable {
  struct Repository: Decodable {
    let full_name: String
    let default_branch: Lenient<String>?
  }
  struct Commit: Decodable { let message: String }
  let ref: String
  let before: String
  let after: String
  let repository: Repository
  let head_commit: Lenient<Commit>?
  let sender: Lenient<HubUser>?

  func event(_ decoding: PayloadDecoding) throws(ForgeError) -> Event {
    .push(
      Event.Push(
        repository: try decoding.repository(repository.full_name, defaultBranch: repository.default_branch?.value),
        ref: try decoding.ref(ref, field: "ref"),
        before: try decoding.objectID(before, field: "before"),
        after: try decoding.objectID(after, field: "after"),
        headMessage: (head_commit?.value?.message).map(OwnCommits.digest),
        sender: decoding.sender(sender?.value?.login)))
  }
}

/// A `pull_request`.
struct HubPullRequest: Decodable {
  struct PullRequest: Decodable {
    let number: Int
    let merged: Lenient<Bool>?
    let draft: Lenient<Bool>?
    let title: Lenient<String>?
    let head: Side
    let base: Side

    /// Older releases of Gitea say it in the title only.
    var isDraft: Bool {
      let title = title?.value?.uppercased() ?? ""
      return draft?.value ?? (title.hasPrefix("WIP:") || title.hasPrefix("[WIP]"))
    }
  }
  struct Side: Decodable {
    let ref: String
    let sha: String
    /// Null when the fork was deleted.
    let repo: HubPush.Repository?
  }
  struct Changes: Decodable { let base: Lenient<Present>? }
  /// Anything: only that it is there counts.
  struct Present: Decodable { init(from decoder: any Decoder) {} }

  let action: String
  let pull_request: PullRequest
  let repository: HubPush.Repository
  let changes: Lenient<Changes>?
  let sender: Lenient<HubUser>?

  func event(_ decoding: PayloadDecoding) throws(ForgeError) -> Event {
    let repository = try decoding.repository(self.repository.full_name, defaultBranch: self.repository.default_branch?.value)
    return .pullRequest(
      Event.PullRequestEvent(
        repository: repository,
        number: try decoding.number(pull_request.number, field: "pull_request.number"),
        action: kind,
        head: try decoding.objectID(pull_request.head.sha, field: "pull_request.head.sha"),
        headBranch: try decoding.branch(pull_request.head.ref, field: "pull_request.head.ref"),
        headRepository: try fork(of: repository.name, decoding),
        base: try decoding.objectID(pull_request.base.sha, field: "pull_request.base.sha"),
        baseBranch: try decoding.branch(pull_request.base.ref, field: "pull_request.base.ref"),
        isDraft: pull_request.isDraft,
        sender: decoding.sender(sender?.value?.login)))
  }

  /// `synchronize` is GitHub's word, `synchronized` Gitea's. An edit counts as an update when the base branch changed; so does the end
  /// of a draft, which may not have been looked at before.
  private var kind: Event.PullRequestEvent.Action {
    switch action {
    case "opened", "reopened": .opened
    case "synchronize", "synchronized", "ready_for_review": .updated
    case "edited": changes?.value?.base == nil ? .other : .updated
    case "closed": pull_request.merged?.value == true ? .merged : .closed
    default: .other
    }
  }

  private func fork(of name: String, _ decoding: PayloadDecoding) throws(ForgeError) -> Event.RepositoryReference? {
    guard let head = pull_request.head.repo else { return Event.RepositoryReference(name: RepositoryName.deletedFork) }
    if head.full_name == name { return nil }
    return try decoding.repository(head.full_name, defaultBranch: head.default_branch?.value)
  }
}
