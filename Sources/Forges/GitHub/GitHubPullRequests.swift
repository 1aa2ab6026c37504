// Pull requests on GitHub. https://docs.github.com/en/rest/pulls/pulls

import Domain

extension GitHubClient {
  public func pullRequest(_ number: Int, in repository: String) throws(ForgeAPIError) -> ForgePullRequest {
    let request = try self.request("GET", ["pulls", String(number)], repository, "read a pull request").conditional()
    return try checked(request, Self.convert, of: HubPull.self)
  }

  public func pullRequests(
    from branch: String, state: ForgePullRequest.State?, in repository: String
  ) throws(ForgeAPIError) -> [ForgePullRequest] {
    let owner = repository.prefix { $0 != "/" }
    let word = state == nil ? "all" : state == .open ? "open" : "closed"
    let request = try self.request("GET", ["pulls"], repository, "list pull requests")
      .with(("head", "\(owner):\(branch)"), ("state", word), ("sort", "created"), ("direction", "desc"), ("per_page", "100"))
    let pulls = try connection.list(HubPull.self, request)
    let all = try connection.converted(pulls, request.operation) { pulls throws(ForgeError) in
      // Heads of deleted branches stay in the list; a name that cannot be is left out with its pull request, not all of them.
      pulls.compactMap { try? Self.convert($0) }
    }
    return all.filter { $0.head.branch == branch && !$0.isFork && (state == nil || $0.state == state) }
  }

  public func diffLines(of pullRequest: ForgePullRequest, in repository: String) throws(ForgeAPIError) -> DiffLines {
    // 100 files a page; GitHub itself ends after 3,000, and takes comments on no further ones.
    let request = try self.request("GET", ["pulls", String(pullRequest.number), "files"], repository, "read the diff")
      .with(("per_page", "100"))
    var lines = DiffLines()
    for file in try connection.list(GitHubFile.self, request) {
      if let patch = file.patch { lines.add(path: file.filename, oldPath: file.previous_filename ?? file.filename, patch: patch) }
    }
    return lines
  }

  public func openPullRequest(_ proposal: PullRequestProposal, in repository: String) throws(ForgeAPIError) -> ForgePullRequest {
    try connection.checkLength(proposal.body, capabilities.commentLimit, field: "body", Self.opening)
    if let known = try open(proposal, in: repository) { return try update(known, proposal, in: repository) }
    let body = HubPullBody(title: APIText.cut(proposal.title, to: 256), body: proposal.body, head: proposal.branch, base: proposal.base)
    do throws(ForgeAPIError) {
      return try checked(try request("POST", ["pulls"], repository, Self.opening).with(body: body), Self.convert, of: HubPull.self)
    } catch  where error.isRefusal {
      // "A pull request already exists": another call was faster, or an earlier one's effect came late.
      guard let known = try open(proposal, in: repository) else { throw error }
      return try update(known, proposal, in: repository)
    }
  }

  public func closePullRequest(_ number: Int, in repository: String) throws(ForgeAPIError) {
    guard try pullRequest(number, in: repository).state == .open else { return }
    let request = try self.request("PATCH", ["pulls", String(number)], repository, "close a pull request")
    try connection.send(try request.with(body: HubPullBody(state: "closed")))
  }

  private static let opening = "open a pull request"

  private static func convert(_ pull: HubPull) throws(ForgeError) -> ForgePullRequest { try pull.pullRequest(.github) }

  private func open(_ proposal: PullRequestProposal, in repository: String) throws(ForgeAPIError) -> ForgePullRequest? {
    try pullRequests(from: proposal.branch, state: .open, in: repository).first { $0.base.branch == proposal.base }
  }

  private func update(_ known: ForgePullRequest, _ proposal: PullRequestProposal, in repository: String) throws(ForgeAPIError)
    -> ForgePullRequest
  {
    let title = APIText.cut(proposal.title, to: 256)
    guard known.title != title || known.body != proposal.body else { return known }
    let request = try self.request("PATCH", ["pulls", String(known.number)], repository, "edit a pull request")
    return try checked(try request.with(body: HubPullBody(title: title, body: proposal.body)), Self.convert, of: HubPull.self)
  }
}
