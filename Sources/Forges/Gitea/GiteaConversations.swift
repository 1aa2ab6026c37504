// Comments, reviews and pull requests on Gitea and Forgejo.

import Domain

extension GiteaClient {
  @discardableResult
  public func publishComment(
    _ body: String, mark: HiddenMark, on pullRequest: Int, in repository: String
  ) throws(ForgeAPIError) -> ForgeComment {
    try convergeComment(body, mark: mark, on: pullRequest, in: repository)
  }

  @discardableResult
  public func addComment(_ body: String, mark: HiddenMark, on pullRequest: Int, in repository: String) throws(ForgeAPIError) -> ForgeComment
  {
    try addCommentOnce(body, mark: mark, on: pullRequest, in: repository)
  }

  /// Gitea answers with all of them at once.
  public func comments(on pullRequest: Int, since: Timestamp?, in repository: String) throws(ForgeAPIError) -> [ForgeComment] {
    let request = try self.request("GET", ["issues", String(pullRequest), "comments"], repository, "list comments")
      .with(("since", since.map { $0.rfc3339.prefix(19) + "Z" }))
    let comments = try connection.list(HubComment.self, request).map(\.comment)
    return comments.filter { comment in since.map { comment.updatedAt >= $0 } ?? true }
  }

  func createComment(_ text: String, on pullRequest: Int, in repository: String) throws(ForgeAPIError) -> ForgeComment {
    let request = try self.request("POST", ["issues", String(pullRequest), "comments"], repository, "create a comment")
    return try connection.value(HubComment.self, try request.with(body: HubText(body: text))).comment
  }

  func editComment(
    _ comment: ForgeComment, _ text: String, on pullRequest: Int, in repository: String
  ) throws(ForgeAPIError) -> ForgeComment {
    let request = try self.request("PATCH", ["issues", "comments", comment.id], repository, "edit a comment")
    return try connection.value(HubComment.self, try request.with(body: HubText(body: text))).comment
  }

  func removeComment(_ comment: ForgeComment, on pullRequest: Int, in repository: String) throws(ForgeAPIError) {
    try connection.send(try request("DELETE", ["issues", "comments", comment.id], repository, "remove a comment"))
  }

  // MARK: Reviews

  public func publishReview(
    _ review: Review, on pullRequest: ForgePullRequest, in repository: String
  ) throws(ForgeAPIError) -> PublishedReview {
    try checkHead(review, pullRequest)
    let bodies = try reviewBodies(on: pullRequest.number, in: repository)
    let text = { (suggestion: Review.Suggestion) in self.text(suggestion, fence: nil) }
    var plan = ReviewPlan(
      review, lines: try diffLines(of: pullRequest, in: repository), bodies: bodies, limit: capabilities.commentLimit, text: text)
    let path = ["pulls", String(pullRequest.number), "reviews"]
    try plan.send(batches: 30) { batch throws(ForgeAPIError) in
      let comments = batch.map { GiteaReviewBody.Comment(path: $0.path, body: text($0), new_position: $0.lines.upperBound) }
      let body = GiteaReviewBody(commit_id: review.head.hex, comments: comments)
      try connection.send(try request("POST", path, repository, "create a review").with(body: body))
    }
    return plan.result
  }

  private func reviewBodies(on number: Int, in repository: String) throws(ForgeAPIError) -> [String] {
    let account = try account()
    let path = ["pulls", String(number), "reviews"]
    let reviews = try connection.list(
      GiteaReview.self, try request("GET", path, repository, "list reviews").with(("limit", "50")))
    var bodies: [String] = []
    for review in reviews where review.user?.login == account && review.comments_count != 0 {
      let request = try self.request("GET", path + [String(review.id), "comments"], repository, "list review comments")
      bodies += try connection.value([HubText].self, request).map(\.body)
    }
    return bodies
  }

  // MARK: Pull requests

  public func pullRequest(_ number: Int, in repository: String) throws(ForgeAPIError) -> ForgePullRequest {
    let request = try self.request("GET", ["pulls", String(number)], repository, "read a pull request")
    return try checked(request, Self.convert, of: HubPull.self)
  }

  /// Gitea cannot list by head: all of the state are read, newest first.
  public func pullRequests(
    from branch: String, state: ForgePullRequest.State?, in repository: String
  ) throws(ForgeAPIError) -> [ForgePullRequest] {
    let word = state == nil ? "all" : state == .open ? "open" : "closed"
    let request = try self.request("GET", ["pulls"], repository, "list pull requests").with(("state", word), ("limit", "50"))
    return try connection.list(HubPull.self, request).filter { $0.head.ref == branch }.compactMap { try? Self.convert($0) }
      .filter { !$0.isFork && (state == nil || $0.state == state) }.sorted { $0.number > $1.number }
  }

  /// Its list of files has no patches, so the whole diff is read.
  public func diffLines(of pullRequest: ForgePullRequest, in repository: String) throws(ForgeAPIError) -> DiffLines {
    var request = try self.request("GET", ["pulls", "\(pullRequest.number).diff"], repository, "read the diff")
    request.accept = "text/plain"
    request.maximumBodySize = 32 << 20
    return DiffLines(diff: try connection.send(request).text)
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

  private static func convert(_ pull: HubPull) throws(ForgeError) -> ForgePullRequest {
    var request = try pull.pullRequest(.gitea)
    // Older versions say it in the title only.
    if pull.draft == nil { request.isDraft = ["WIP:", "[WIP]"].contains { request.title.uppercased().hasPrefix($0) } }
    return request
  }
}

struct GiteaReview: Decodable {
  let id: Int
  let user: HubUser?
  let comments_count: Int?
}

struct GiteaReviewBody: Encodable {
  struct Comment: Encodable {
    let path: String
    let body: String
    /// A line of the new file; it is called a position.
    let new_position: Int
    let old_position = 0
  }
  let body = ""
  let commit_id: String
  let event = "COMMENT"
  let comments: [Comment]
}
