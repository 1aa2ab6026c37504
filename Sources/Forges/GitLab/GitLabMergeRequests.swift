// Merge requests and commit statuses on GitLab.
// https://docs.gitlab.com/api/merge_requests/, https://docs.gitlab.com/api/commits/#set-commit-pipeline-status

import Domain

extension GitLabClient {
  public func pullRequest(_ number: Int, in repository: String) throws(ForgeAPIError) -> ForgePullRequest {
    let request = try mergeRequest("GET", number, [], repository, "read a pull request").conditional()
    return try converted(try connection.value(GitLabMergeRequestAnswer.self, request), repository)
  }

  public func pullRequests(
    from branch: String, state: ForgePullRequest.State?, in repository: String
  ) throws(ForgeAPIError) -> [ForgePullRequest] {
    let word = state == nil ? "all" : state == .open ? "opened" : state == .closed ? "closed" : "merged"
    let request = try self.request("GET", ["merge_requests"], repository, "list pull requests").with(
      ("source_branch", branch), ("state", word), ("order_by", "created_at"), ("sort", "desc"), ("per_page", "100"))
    var found: [ForgePullRequest] = []
    for item in try connection.list(GitLabMergeRequestAnswer.self, request) where item.source_branch == branch && !item.isFork {
      found.append(try converted(item, repository))
    }
    return found
  }

  public func diffLines(of pullRequest: ForgePullRequest, in repository: String) throws(ForgeAPIError) -> DiffLines {
    // Files that GitLab folds or finds too large come without their diff, and take no comment.
    let request = try mergeRequest("GET", pullRequest.number, ["diffs"], repository, "read the diff").with(("per_page", "100"))
    var lines = DiffLines()
    for file in try connection.list(GitLabDiff.self, request) where file.deleted_file != true {
      lines.add(path: file.new_path, oldPath: file.old_path, patch: file.diff ?? "")
    }
    return lines
  }

  public func openPullRequest(_ proposal: PullRequestProposal, in repository: String) throws(ForgeAPIError) -> ForgePullRequest {
    var harmless = proposal
    harmless.body = GitLabText.harmless(proposal.body)
    return try rollPullRequest(harmless, in: repository)
  }

  public func closePullRequest(_ number: Int, in repository: String) throws(ForgeAPIError) {
    guard try pullRequest(number, in: repository).state == .open else { return }
    let request = try mergeRequest("PUT", number, [], repository, "close a pull request")
    try connection.send(try request.with(body: GitLabMergeRequestBody(state_event: "close")))
  }

  func createPullRequest(_ proposal: PullRequestProposal, in repository: String) throws(ForgeAPIError) -> ForgePullRequest {
    let body = GitLabMergeRequestBody(
      source_branch: proposal.branch, target_branch: proposal.base, title: proposal.title, description: proposal.body)
    let request = try self.request("POST", ["merge_requests"], repository, "open a pull request").with(body: body)
    return try converted(try connection.value(GitLabMergeRequestAnswer.self, request), repository)
  }

  func editPullRequest(
    _ number: Int, title: String, body: String, in repository: String
  ) throws(ForgeAPIError) -> ForgePullRequest {
    let request = try mergeRequest("PUT", number, [], repository, "edit a pull request")
      .with(body: GitLabMergeRequestBody(title: title, description: body))
    return try converted(try connection.value(GitLabMergeRequestAnswer.self, request), repository)
  }

  private func converted(_ item: GitLabMergeRequestAnswer, _ repository: String) throws(ForgeAPIError) -> ForgePullRequest {
    let fork = try item.isFork ? name(of: item.source_project_id, repository) : nil
    return try connection.converted(item, "read a pull request") { item throws(ForgeError) in
      try item.pullRequest(in: repository, fork: fork)
    }
  }

  /// The name of a fork; nil when it is gone, or private to others.
  private func name(of project: Int?, _ repository: String) throws(ForgeAPIError) -> String? {
    guard let project else { return nil }
    let request = APIRequest("GET", ["projects", String(project)], authority: .repository(repository), "read the fork").conditional()
    let name = try connection.valueIfAny(GitLabProjectAnswer.self, request)?.path_with_namespace
    return name.flatMap { try? RepositoryName.validated($0, forge: .gitlab) }
  }

  // MARK: Checks

  @discardableResult
  public func publish(_ check: CheckReport, in repository: String) throws(ForgeAPIError) -> PublishedCheck {
    let body = GitLabStatusBody(
      state: Self.word(check.state), name: check.name, description: APIText.cut(check.title, to: capabilities.statusLimit),
      target_url: check.address, ref: check.branch)
    if let same = try status(check, in: repository), body.isSaid(by: same) || same.isBeyond(body) {
      return PublishedCheck(id: String(same.id), annotationCount: 0)
    }
    do throws(ForgeAPIError) {
      let request = try self.request("POST", ["statuses", check.head.hex], repository, "publish a check").with(body: body)
      return PublishedCheck(id: String(try connection.value(HubCreated.self, request).id), annotationCount: 0)
    } catch  where error.isRefusal {
      // "Cannot transition status via :enqueue from :pending": an earlier call's effect came meanwhile.
      guard let same = try status(check, in: repository), body.isSaid(by: same) || same.isBeyond(body) else { throw error }
      return PublishedCheck(id: String(same.id), annotationCount: 0)
    }
  }

  /// The newest status of our name at the commit.
  private func status(_ check: CheckReport, in repository: String) throws(ForgeAPIError) -> GitLabStatus? {
    let request = try self.request("GET", ["repository", "commits", check.head.hex, "statuses"], repository, "look for our status")
      .with(("name", check.name), ("per_page", "100"))
    return try connection.list(GitLabStatus.self, request).filter { $0.name == check.name }.max { $0.id < $1.id }
  }

  private static func word(_ state: CheckReport.State) -> String {
    switch state {
    case .queued: "pending"
    case .running: "running"
    case .finished(.failure): "failed"
    case .finished: "success"
    }
  }
}

extension GitLabStatus {
  /// Whether it runs where it should only wait: GitLab has no way back, and the next step needs none.
  fileprivate func isBeyond(_ body: GitLabStatusBody) -> Bool { body.state == "pending" && status == "running" && name == body.name }
}
