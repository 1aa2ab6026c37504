// A plain git server has no API: nothing but branches. Its client says so, so that callers need not know which forge they are at.

import Domain

/// The `ForgeClient` of a plain git server: `capabilities` are `.gitOnly`, and every call is `.unsupported`.
public struct GitClient: ForgeClient {
  public var forge: Forge { .git }
  public var capabilities: ForgeCapabilities { .gitOnly }

  public init() {}

  private func unsupported(_ operation: String) -> ForgeAPIError { ForgeAPIError(.unsupported, operation: "git: " + operation) }

  public func account() throws(ForgeAPIError) -> String { throw unsupported("ask for our account") }

  public func repository(_ name: String) throws(ForgeAPIError) -> ForgeRepository { throw unsupported("read the repository") }

  public func permission(of account: String, in repository: String) throws(ForgeAPIError) -> ForgePermission {
    throw unsupported("ask for a person's permission")
  }

  public func pullRequest(_ number: Int, in repository: String) throws(ForgeAPIError) -> ForgePullRequest {
    throw unsupported("read a pull request")
  }

  public func pullRequests(
    from branch: String, state: ForgePullRequest.State?, in repository: String
  ) throws(ForgeAPIError) -> [ForgePullRequest] {
    throw unsupported("list pull requests")
  }

  public func diffLines(of pullRequest: ForgePullRequest, in repository: String) throws(ForgeAPIError) -> DiffLines {
    throw unsupported("read the diff")
  }

  public func publish(_ check: CheckReport, in repository: String) throws(ForgeAPIError) -> PublishedCheck {
    throw unsupported("publish a check")
  }

  public func publishComment(
    _ body: String, mark: HiddenMark, on pullRequest: Int, in repository: String
  ) throws(ForgeAPIError) -> ForgeComment {
    throw unsupported("write a comment")
  }

  public func addComment(_ body: String, mark: HiddenMark, on pullRequest: Int, in repository: String) throws(ForgeAPIError) -> ForgeComment
  {
    throw unsupported("write a comment")
  }

  public func comments(on pullRequest: Int, since: Timestamp?, in repository: String) throws(ForgeAPIError) -> [ForgeComment] {
    throw unsupported("list comments")
  }

  public func publishReview(
    _ review: Review, on pullRequest: ForgePullRequest, in repository: String
  ) throws(ForgeAPIError) -> PublishedReview {
    throw unsupported("create a review")
  }

  public func openPullRequest(_ proposal: PullRequestProposal, in repository: String) throws(ForgeAPIError) -> ForgePullRequest {
    throw unsupported("open a pull request")
  }

  public func closePullRequest(_ number: Int, in repository: String) throws(ForgeAPIError) { throw unsupported("close a pull request") }
}
