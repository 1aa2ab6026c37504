// Notes of merge requests on GitLab, and suggestions, which are discussions at a line there.
// https://docs.gitlab.com/api/notes/, https://docs.gitlab.com/api/discussions/

import Domain

extension GitLabClient {
  @discardableResult
  public func publishComment(
    _ body: String, mark: HiddenMark, on pullRequest: Int, in repository: String
  ) throws(ForgeAPIError) -> ForgeComment {
    try convergeComment(GitLabText.harmless(body), mark: mark, on: pullRequest, in: repository)
  }

  @discardableResult
  public func addComment(_ body: String, mark: HiddenMark, on pullRequest: Int, in repository: String) throws(ForgeAPIError) -> ForgeComment
  {
    try addCommentOnce(GitLabText.harmless(body), mark: mark, on: pullRequest, in: repository)
  }

  /// GitLab cannot list by time: all are read.
  public func comments(on pullRequest: Int, since: Timestamp?, in repository: String) throws(ForgeAPIError) -> [ForgeComment] {
    let request = try mergeRequest("GET", pullRequest, ["notes"], repository, "list comments")
      .with(("order_by", "created_at"), ("sort", "asc"), ("per_page", "100")).conditional()
    return try connection.list(GitLabNote.self, request)
      .filter { $0.system != true && $0.type != "DiffNote" }.map(\.comment).filter { comment in
        since.map { comment.updatedAt >= $0 } ?? true
      }
  }

  func createComment(_ text: String, on pullRequest: Int, in repository: String) throws(ForgeAPIError) -> ForgeComment {
    let request = try mergeRequest("POST", pullRequest, ["notes"], repository, "create a comment")
    return try connection.value(GitLabNote.self, try request.with(body: HubText(body: text))).comment
  }

  func editComment(
    _ comment: ForgeComment, _ text: String, on pullRequest: Int, in repository: String
  ) throws(ForgeAPIError) -> ForgeComment {
    let request = try mergeRequest("PUT", pullRequest, ["notes", comment.id], repository, "edit a comment")
    return try connection.value(GitLabNote.self, try request.with(body: HubText(body: text))).comment
  }

  func removeComment(_ comment: ForgeComment, on pullRequest: Int, in repository: String) throws(ForgeAPIError) {
    try connection.send(try mergeRequest("DELETE", pullRequest, ["notes", comment.id], repository, "remove a comment"))
  }

  // MARK: Suggestions

  /// One discussion each: GitLab has no reviews over its API. A suggestion reaches at most 100 lines up.
  public func publishReview(
    _ review: Review, on pullRequest: ForgePullRequest, in repository: String
  ) throws(ForgeAPIError) -> PublishedReview {
    let number = pullRequest.number
    // The three revisions of the diff as it is now.
    let now = try connection.value(GitLabMergeRequestAnswer.self, try mergeRequest("GET", number, [], repository, "read a pull request"))
    guard let refs = now.diff_refs, let base = refs.base_sha, let start = refs.start_sha, refs.head_sha == review.head.hex else {
      throw error(.conflict, "create a review")
    }
    let lines = try diffLines(of: pullRequest, in: repository)
    var plan = ReviewPlan(
      review, lines: lines, bodies: try discussionBodies(on: number, in: repository), limit: capabilities.commentLimit, text: text)
    try plan.send(batches: 1) { batch throws(ForgeAPIError) in
      for suggestion in batch {
        let place = GitLabDiscussionBody.Position(
          base_sha: base, start_sha: start, head_sha: review.head.hex, old_path: lines.files[suggestion.path]?.oldPath ?? suggestion.path,
          new_path: suggestion.path, new_line: suggestion.lines.upperBound,
          old_line: lines.oldLine(of: suggestion.lines.upperBound, in: suggestion.path))
        let body = GitLabDiscussionBody(body: text(suggestion), position: place)
        try connection.send(try mergeRequest("POST", number, ["discussions"], repository, "create a review").with(body: body))
      }
    }
    return plan.result
  }

  private func discussionBodies(on number: Int, in repository: String) throws(ForgeAPIError) -> [String] {
    let account = try account()
    let request = try mergeRequest("GET", number, ["discussions"], repository, "list review comments").with(("per_page", "100"))
    return try connection.list(GitLabDiscussion.self, request).flatMap(\.notes).filter { $0.author?.username == account }.compactMap(\.body)
  }

  /// https://docs.gitlab.com/user/project/merge_requests/reviews/suggestions/
  private func text(_ suggestion: Review.Suggestion) -> String {
    let above = suggestion.lines.count - 1
    guard above <= 100 else { return text(suggestion, fence: nil) }
    var harmless = suggestion
    harmless.body = GitLabText.harmless(suggestion.body)
    return text(harmless, fence: "suggestion:-\(above)+0")
  }
}

enum GitLabText {
  /// A line that begins with a slash is a command to GitLab (`/close`), run with our rights: outside of code such a slash is escaped,
  /// which Markdown shows as a slash. https://docs.gitlab.com/user/project/quick_actions/
  static func harmless(_ text: String) -> String {
    var fence: Substring?
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
      let start = line.drop { $0 == " " || $0 == "\t" || $0 == "\r" }
      let run = start.prefix { $0 == start.first }
      if let open = fence {
        if run.first == open.first, run.count >= open.count, start.dropFirst(run.count).allSatisfy(\.isWhitespace) { fence = nil }
        return String(line)
      }
      if run.count >= 3, run.first == "`" || run.first == "~" { fence = run }
      return start.first == "/" ? line.prefix(line.count - start.count) + "\\" + start : String(line)
    }
    return lines.joined(separator: "\n")
  }
}
