// Comments of pull requests on GitHub, which are comments of issues there, and reviews with suggestions.
// https://docs.github.com/en/rest/issues/comments, https://docs.github.com/en/rest/pulls/reviews

import Domain

extension GitHubClient {
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

  public func comments(on pullRequest: Int, since: Timestamp?, in repository: String) throws(ForgeAPIError) -> [ForgeComment] {
    let request = try self.request("GET", ["issues", String(pullRequest), "comments"], repository, "list comments")
      .with(("since", since.map(Self.seconds)), ("per_page", "100")).conditional()
    let comments = try connection.list(HubComment.self, request).map(\.comment)
    return since.map { since in comments.filter { $0.updatedAt >= since } } ?? comments
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

  /// GitHub compares whole seconds.
  private static func seconds(_ time: Timestamp) -> String { time.rfc3339.prefix(19) + "Z" }

  // MARK: Reviews

  public func publishReview(
    _ review: Review, on pullRequest: ForgePullRequest, in repository: String
  ) throws(ForgeAPIError) -> PublishedReview {
    try checkHead(review, pullRequest)
    let known = try reviewComments(on: pullRequest.number, in: repository)
    var plan = ReviewPlan(
      review, lines: try diffLines(of: pullRequest, in: repository), bodies: known, limit: capabilities.commentLimit, text: text)
    let path = ["pulls", String(pullRequest.number), "reviews"]
    try plan.send(batches: 30) { batch throws(ForgeAPIError) in
      let body = GitHubReviewBody(commit_id: review.head.hex, comments: batch.map(comment))
      try connection.send(try request("POST", path, repository, "create a review").with(body: body))
    }
    return plan.result
  }

  private func reviewComments(on number: Int, in repository: String) throws(ForgeAPIError) -> [String] {
    let account = try account()
    let request = try self.request("GET", ["pulls", String(number), "comments"], repository, "list review comments")
      .with(("per_page", "100"))
    return try connection.list(GitHubReviewComment.self, request).filter { $0.user?.login == account }.compactMap(\.body)
  }

  /// Applied with a click:
  /// https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/reviewing-changes-in-pull-requests
  private func text(_ suggestion: Review.Suggestion) -> String { text(suggestion, fence: "suggestion") }

  private func comment(_ suggestion: Review.Suggestion) -> GitHubReviewBody.Comment {
    let isOneLine = suggestion.lines.count == 1
    return GitHubReviewBody.Comment(
      path: suggestion.path, body: text(suggestion), line: suggestion.lines.upperBound,
      start_line: isOneLine ? nil : suggestion.lines.lowerBound, start_side: isOneLine ? nil : "RIGHT")
  }
}
