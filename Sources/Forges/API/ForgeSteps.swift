// What all clients do in the same order with steps of their own: the one comment, the rolling pull request, a status that is not sent
// twice. A new forge writes the steps and gets the laws of `ForgeClient` with them.

import Domain

/// The steps that differ from forge to forge.
protocol ForgeSteps: ForgeClient {
  var connection: APIConnection { get }
  func createComment(_ text: String, on pullRequest: Int, in repository: String) throws(ForgeAPIError) -> ForgeComment
  func editComment(_ comment: ForgeComment, _ text: String, on pullRequest: Int, in repository: String) throws(ForgeAPIError)
    -> ForgeComment
  func removeComment(_ comment: ForgeComment, on pullRequest: Int, in repository: String) throws(ForgeAPIError)
  /// Refused (`.conflict` or `.invalid`) when one is open already.
  func createPullRequest(_ proposal: PullRequestProposal, in repository: String) throws(ForgeAPIError) -> ForgePullRequest
  func editPullRequest(
    _ number: Int, title: String, body: String, in repository: String
  ) throws(ForgeAPIError) -> ForgePullRequest
  /// Longest title of a pull request.
  var titleLimit: Int { get }
}

extension ForgeSteps {
  var titleLimit: Int { 255 }

  func error(_ reason: ForgeAPIError.Reason, _ operation: String) -> ForgeAPIError { connection.error(reason, operation) }

  // MARK: Comments

  /// Makes the conversation hold exactly one comment of ours with the mark.
  func convergeComment(
    _ body: String, mark: HiddenMark, on pullRequest: Int, in repository: String
  ) throws(ForgeAPIError) -> ForgeComment {
    let text = try marked(body, mark)
    let ours = try ours(mark, on: pullRequest, in: repository)
    guard let first = ours.first else { return try createComment(text, on: pullRequest, in: repository) }
    for extra in ours.dropFirst() {
      do throws(ForgeAPIError) { try removeComment(extra, on: pullRequest, in: repository) } catch  where error.reason == .gone {}
    }
    return first.body == text ? first : try editComment(first, text, on: pullRequest, in: repository)
  }

  func addCommentOnce(_ body: String, mark: HiddenMark, on pullRequest: Int, in repository: String) throws(ForgeAPIError) -> ForgeComment {
    let text = try marked(body, mark)
    if let known = try ours(mark, on: pullRequest, in: repository).first { return known }
    return try createComment(text, on: pullRequest, in: repository)
  }

  private func ours(_ mark: HiddenMark, on pullRequest: Int, in repository: String) throws(ForgeAPIError) -> [ForgeComment] {
    let account = try account()
    return try comments(on: pullRequest, since: nil, in: repository).filter { $0.author == account && mark.isIn($0.body) }
  }

  private func marked(_ body: String, _ mark: HiddenMark) throws(ForgeAPIError) -> String {
    let text = mark.marking(body)
    try connection.checkLength(text, capabilities.commentLimit, field: "body", "write a comment")
    return text
  }

  // MARK: Pull requests

  /// Opens, or changes the open one.
  func rollPullRequest(_ proposal: PullRequestProposal, in repository: String) throws(ForgeAPIError) -> ForgePullRequest {
    try connection.checkLength(proposal.body, capabilities.commentLimit, field: "body", "open a pull request")
    var proposal = proposal
    proposal.title = APIText.cut(proposal.title, to: titleLimit)
    if let known = try open(proposal, in: repository) { return try update(known, proposal, in: repository) }
    do throws(ForgeAPIError) {
      return try createPullRequest(proposal, in: repository)
    } catch  where error.isRefusal || error.reason == .conflict {
      // "A pull request already exists": another call was faster, or an earlier one's effect came late.
      guard let known = try open(proposal, in: repository) else { throw error }
      return try update(known, proposal, in: repository)
    }
  }

  private func open(_ proposal: PullRequestProposal, in repository: String) throws(ForgeAPIError) -> ForgePullRequest? {
    try pullRequests(from: proposal.branch, state: .open, in: repository).first { $0.base.branch == proposal.base }
  }

  private func update(
    _ known: ForgePullRequest, _ proposal: PullRequestProposal, in repository: String
  ) throws(ForgeAPIError) -> ForgePullRequest {
    guard known.title != proposal.title || known.body != proposal.body else { return known }
    return try editPullRequest(known.number, title: proposal.title, body: proposal.body, in: repository)
  }

  // MARK: Reviews

  /// Refuses a review of another head.
  func checkHead(_ review: Review, _ pullRequest: ForgePullRequest) throws(ForgeAPIError) {
    guard pullRequest.head.sha != review.head else { return }
    throw error(.conflict, "create a review")
  }

  /// A suggestion as a patch to read, for forges where nobody can apply it with a click; a fence of the given language otherwise.
  func text(_ suggestion: Review.Suggestion, fence: String?) -> String {
    let block = fence.map { APIText.fenced(suggestion.after, language: $0) } ?? APIText.patch(suggestion.before, suggestion.after)
    return suggestion.mark.marking(suggestion.body.isEmpty ? block : suggestion.body + "\n\n" + block)
  }
}
