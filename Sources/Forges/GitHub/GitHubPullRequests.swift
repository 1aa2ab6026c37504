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
    try rollPullRequest(proposal, in: repository)
  }

  public func closePullRequest(_ number: Int, in repository: String) throws(ForgeAPIError) {
    guard try pullRequest(number, in: repository).state == .open else { return }
    let request = try self.request("PATCH", ["pulls", String(number)], repository, "close a pull request")
    try connection.send(try request.with(body: HubPullBody(state: "closed")))
  }

  func createPullRequest(_ proposal: PullRequestProposal, in repository: String) throws(ForgeAPIError) -> ForgePullRequest {
    let body = HubPullBody(title: proposal.title, body: proposal.body, head: proposal.branch, base: proposal.base)
    return try checked(try request("POST", ["pulls"], repository, "open a pull request").with(body: body), Self.convert, of: HubPull.self)
  }

  func editPullRequest(
    _ number: Int, title: String, body: String, in repository: String
  ) throws(ForgeAPIError) -> ForgePullRequest {
    let request = try self.request("PATCH", ["pulls", String(number)], repository, "edit a pull request")
    return try checked(try request.with(body: HubPullBody(title: title, body: body)), Self.convert, of: HubPull.self)
  }

  private static func convert(_ pull: HubPull) throws(ForgeError) -> ForgePullRequest { try pull.pullRequest(.github) }
}
