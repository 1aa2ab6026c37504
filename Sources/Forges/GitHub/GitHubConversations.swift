// Comments of pull requests on GitHub, which are comments of issues there, and reviews with suggestions.
// https://docs.github.com/en/rest/issues/comments, https://docs.github.com/en/rest/pulls/reviews

import Domain

extension GitHubClient {
  @discardableResult
  public func publishComment(
    _ body: String, mark: HiddenMark, on pullRequest: Int, in repository: String
  ) throws(ForgeAPIError) -> ForgeComment {
    let ours = try ours(mark, on: pullRequest, in: repository)
    return try SummaryComments.converge(
      on: try marked(body, mark), among: ours,
      create: { text throws(ForgeAPIError) in try create(text, on: pullRequest, in: repository) },
      edit: { comment, text throws(ForgeAPIError) in
        let request = try request("PATCH", ["issues", "comments", comment.id], repository, "edit a comment").with(body: HubText(body: text))
        return try connection.value(HubComment.self, request).comment
      },
      remove: { comment throws(ForgeAPIError) in
        try connection.send(request("DELETE", ["issues", "comments", comment.id], repository, "remove a comment"))
      })
  }

  @discardableResult
  public func addComment(_ body: String, mark: HiddenMark, on pullRequest: Int, in repository: String) throws(ForgeAPIError) -> ForgeComment
  {
    let text = try marked(body, mark)
    if let known = try ours(mark, on: pullRequest, in: repository).first { return known }
    return try create(text, on: pullRequest, in: repository)
  }

  public func comments(on pullRequest: Int, since: Timestamp?, in repository: String) throws(ForgeAPIError) -> [ForgeComment] {
    let request = try self.request("GET", ["issues", String(pullRequest), "comments"], repository, "list comments")
      .with(("since", since.map(Self.seconds)), ("per_page", "100")).conditional()
    let comments = try connection.list(HubComment.self, request).map(\.comment)
    return since.map { since in comments.filter { $0.updatedAt >= since } } ?? comments
  }

  private func ours(_ mark: HiddenMark, on pullRequest: Int, in repository: String) throws(ForgeAPIError) -> [ForgeComment] {
    let account = try account()
    return SummaryComments.ours(try comments(on: pullRequest, since: nil, in: repository), mark: mark, account: account)
  }

  private func create(_ text: String, on pullRequest: Int, in repository: String) throws(ForgeAPIError) -> ForgeComment {
    let request = try self.request("POST", ["issues", String(pullRequest), "comments"], repository, "create a comment")
    return try connection.value(HubComment.self, try request.with(body: HubText(body: text))).comment
  }

  private func marked(_ body: String, _ mark: HiddenMark) throws(ForgeAPIError) -> String {
    let text = mark.marking(body)
    try connection.checkLength(text, capabilities.commentLimit, field: "body", "write a comment")
    return text
  }

  /// GitHub compares whole seconds.
  private static func seconds(_ time: Timestamp) -> String { time.rfc3339.prefix(19) + "Z" }

  // MARK: Reviews

  public func publishReview(
    _ review: Review, on pullRequest: ForgePullRequest, in repository: String
  ) throws(ForgeAPIError) -> PublishedReview {
    let known = try reviewComments(on: pullRequest.number, in: repository)
    var plan = ReviewPlan(
      review, lines: try diffLines(of: pullRequest, in: repository), bodies: known, limit: capabilities.commentLimit, text: Self.text)
    let path = ["pulls", String(pullRequest.number), "reviews"]
    try plan.send(batches: 30) { batch throws(ForgeAPIError) in
      let body = GitHubReviewBody(commit_id: review.head.hex, comments: batch.map(Self.comment))
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

  private static func comment(_ suggestion: Review.Suggestion) -> GitHubReviewBody.Comment {
    let isOneLine = suggestion.lines.count == 1
    return GitHubReviewBody.Comment(
      path: suggestion.path, body: text(suggestion), line: suggestion.lines.upperBound,
      start_line: isOneLine ? nil : suggestion.lines.lowerBound, start_side: isOneLine ? nil : "RIGHT")
  }

  /// https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/reviewing-changes-in-pull-requests/incorporating-feedback-in-your-pull-request
  private static func text(_ suggestion: Review.Suggestion) -> String {
    suggestion.mark.marking(suggestion.body + "\n\n" + APIText.fenced(suggestion.after, language: "suggestion"))
  }
}
