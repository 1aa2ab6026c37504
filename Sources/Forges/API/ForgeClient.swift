// One interface to the APIs of GitHub, GitLab and Gitea/Forgejo, in the words of none of them. It holds what all of them do; what only
// some do are the small protocols at the end. Calls block: they are made from threads that we own. There are no retries here: the
// outbox owns them, and `ForgeAPIError` tells it when.
//
// When you add a forge: docs/add-a-forge.md.

import Domain

/// Asks one forge, with one credential. `repository` is always the forge's own full name, as `Repository.name` has it.
///
/// Laws, for every forge:
/// - **Done twice is done once.** Every operation may be called again with the same values, after an error, a crash or a lost answer,
///   and leaves what one call would have left. Each says what it finds its earlier work by. Calls about one pull request are made one
///   after another; two at once may leave two comments, which the next call makes one again.
/// - **What people wrote is theirs.** A comment is only taken for ours when it bears the mark *and* our own account wrote it.
/// - **Lists are complete**: every page is read; a list without end is an error, never cut.
/// - **Text is sent as it is.** Longer than `capabilities.commentLimit` is `.invalid`; making it shorter is the renderer's work.
/// - Values from the forge are checked (object names, branches, names of repositories) before they are returned.
public protocol ForgeClient: Sendable {
  var forge: Forge { get }
  var capabilities: ForgeCapabilities { get }

  /// The account that the credential acts as: the author of what this client writes. Asked once, then remembered.
  func account() throws(ForgeAPIError) -> String

  /// The repository as it is now. `ForgeRepository.name` differs from `name` when it was renamed; `.gone` when it was deleted, or the
  /// credential may not see it.
  func repository(_ name: String) throws(ForgeAPIError) -> ForgeRepository

  /// What a person may do to the repository; `.none` for a name that is no account or no member.
  func permission(of account: String, in repository: String) throws(ForgeAPIError) -> ForgePermission

  /// One pull (merge) request.
  func pullRequest(_ number: Int, in repository: String) throws(ForgeAPIError) -> ForgePullRequest

  /// Pull requests from a branch of the repository itself, newest first. `base.sha` may be nil in a list.
  func pullRequests(from branch: String, state: ForgePullRequest.State?, in repository: String) throws(ForgeAPIError) -> [ForgePullRequest]

  /// Which lines of the new files take a review comment.
  func diffLines(of pullRequest: ForgePullRequest, in repository: String) throws(ForgeAPIError) -> DiffLines

  /// Shows a check at a commit, or changes the one that is shown. Found again by `key` (GitHub's `external_id`), or by name where a
  /// check is a commit status. Annotations go in batches; those that an earlier call left are not sent again.
  @discardableResult func publish(_ check: CheckReport, in repository: String) throws(ForgeAPIError) -> PublishedCheck

  /// Makes the one comment with this mark say `body`: edits it, or creates it. Further ones of ours with the same mark are removed.
  @discardableResult
  func publishComment(
    _ body: String, mark: HiddenMark, on pullRequest: Int, in repository: String
  ) throws(ForgeAPIError) -> ForgeComment

  /// Adds a plain comment, such as the answer to a command; not again when one of ours bears the mark.
  @discardableResult
  func addComment(_ body: String, mark: HiddenMark, on pullRequest: Int, in repository: String) throws(ForgeAPIError) -> ForgeComment

  /// Comments of the conversation that were written or edited at or after `since`, oldest first; ours among them.
  func comments(on pullRequest: Int, since: Timestamp?, in repository: String) throws(ForgeAPIError) -> [ForgeComment]

  /// Puts suggestions at lines of the diff, in as few reviews as the forge allows. One whose mark a comment of ours bears already is
  /// not sent again; one that is not on the diff, or that the forge refuses, is returned in `left` and keeps no other back. `.conflict`
  /// when the head is not the one that the review was made for.
  func publishReview(_ review: Review, on pullRequest: ForgePullRequest, in repository: String) throws(ForgeAPIError) -> PublishedReview

  /// Opens a pull request from a branch of the repository, or makes the open one from that branch to that base say the same.
  func openPullRequest(_ proposal: PullRequestProposal, in repository: String) throws(ForgeAPIError) -> ForgePullRequest

  /// Closes a pull request; nothing happens when it is closed or merged already.
  func closePullRequest(_ number: Int, in repository: String) throws(ForgeAPIError)
}

/// Forges that commit files themselves, signed by the forge: one commit on the tip that the caller expects.
public protocol CommitsThroughAPI: ForgeClient {
  /// Commits changes on the tip of a branch. `.conflict` when the tip is another than `expectedHead`, unless that is because this very
  /// commit (same message, same parent) was made before; then it is returned.
  func commit(_ commit: ForgeCommit, to branch: String, expectedHead: ObjectID, in repository: String) throws(ForgeAPIError) -> ObjectID
}

/// Forges that keep their deliveries and send them again.
public protocol RedeliversWebhooks: ForgeClient {
  /// Whether `webhookDeliveries` lists those of all repositories, whichever is named.
  var listsDeliveriesOfAllRepositories: Bool { get }

  /// Deliveries newest first, back to `since`: those of the App where the credential is one, else those of the repository's hooks whose
  /// address begins with `address`. A delivery that was sent again stands there more than once, with one `deliveryKey`.
  func webhookDeliveries(
    of repository: String, hookAddress: String, since: Timestamp
  ) throws(ForgeAPIError) -> [WebhookDelivery]

  /// Asks the forge to send one again.
  func redeliver(_ delivery: WebhookDelivery, of repository: String) throws(ForgeAPIError)
}
