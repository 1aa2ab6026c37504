// Comments on pull requests, in the shapes that GitHub invented and Gitea and Forgejo send too. Only new ones are events:
// what was edited has been read already, and what is deleted asks for nothing.
// https://docs.github.com/en/webhooks/webhook-events-and-payloads#issue_comment

import Crypto
import Domain

/// What all of them share.
private struct NewComment {
  let repository: HubPush.Repository
  let number: Int
  /// The number's place in the payload.
  let numberField: String
  let id: String
  let author: String
  /// The author's place in the payload.
  let authorField: String
  let body: String
  let place: Event.CommentEvent.Place

  func event(_ decoding: PayloadDecoding) throws(ForgeError) -> Event {
    .comment(
      Event.CommentEvent(
        repository: try decoding.repository(repository.full_name, defaultBranch: repository.default_branch?.value),
        number: try decoding.number(number, field: numberField), id: id, author: try decoding.login(author, field: authorField),
        body: body, place: place))
  }
}

/// A comment in the conversation of an issue or a pull request.
struct HubIssueComment: Decodable {
  struct Issue: Decodable {
    let number: Int
    let pull_request: Lenient<HubPullRequest.Present>?
  }
  struct Comment: Decodable {
    let id: Int
    let body: String
    let user: HubUser
  }
  let action: String
  let issue: Issue
  let comment: Comment
  let repository: HubPush.Repository
  /// Gitea's.
  let is_pull: Lenient<Bool>?

  func event(_ decoding: PayloadDecoding) throws(ForgeError) -> Event {
    guard action == "created", issue.pull_request != nil || is_pull?.value == true else { return .other(decoding.event) }
    return try NewComment(
      repository: repository, number: issue.number, numberField: "issue.number", id: String(comment.id), author: comment.user.login,
      authorField: "comment.user.login", body: comment.body, place: .conversation
    ).event(decoding)
  }
}

/// The number is all that counts of a pull request here.
struct HubNumbered: Decodable {
  let number: Int
  let updated_at: Lenient<String>?
}

/// A comment at a line of a pull request.
struct HubReviewComment: Decodable {
  let action: String
  let comment: HubIssueComment.Comment
  let pull_request: HubNumbered
  let repository: HubPush.Repository

  func event(_ decoding: PayloadDecoding) throws(ForgeError) -> Event {
    guard action == "created" else { return .other(decoding.event) }
    return try NewComment(
      repository: repository, number: pull_request.number, numberField: "pull_request.number", id: String(comment.id),
      author: comment.user.login, authorField: "comment.user.login", body: comment.body, place: .reviewComment
    ).event(decoding)
  }
}

/// A review, whose text may be null; its comments come as events of their own.
struct HubReview: Decodable {
  struct Review: Decodable {
    let id: Int
    let body: String?
    let user: HubUser
  }
  let action: String
  let review: Review
  let pull_request: HubNumbered
  let repository: HubPush.Repository

  func event(_ decoding: PayloadDecoding) throws(ForgeError) -> Event {
    guard action == "submitted", let body = review.body, !body.isEmpty else { return .other(decoding.event) }
    return try NewComment(
      repository: repository, number: pull_request.number, numberField: "pull_request.number", id: String(review.id),
      author: review.user.login, authorField: "review.user.login", body: body, place: .review
    ).event(decoding)
  }
}

/// A review on Gitea and Forgejo: the text without a name of its own, and without the comments at lines.
struct GiteaReviewPayload: Decodable {
  struct Review: Decodable { let content: Lenient<String>? }
  let action: String
  let review: Review?
  let pull_request: HubNumbered?
  let repository: HubPush.Repository
  let sender: HubUser

  func event(_ decoding: PayloadDecoding) throws(ForgeError) -> Event {
    guard action == "reviewed", let pull_request, let body = review?.content?.value, !body.isEmpty else { return .other(decoding.event) }
    return try NewComment(
      repository: repository, number: pull_request.number, numberField: "pull_request.number", id: id(of: body, on: pull_request),
      author: sender.login, authorField: "sender.login", body: body, place: .review
    ).event(decoding)
  }

  /// The same for the same delivery, another one for another review, also of the same words.
  private func id(of body: String, on pull: HubNumbered) -> String {
    let parts = [repository.full_name, String(pull.number), pull.updated_at?.value ?? "", sender.login, body]
    let digest = SHA256.hash(data: Array(parts.joined(separator: "\0").utf8))
    return "review-" + HexSignature.hex(digest).prefix(16)
  }
}
