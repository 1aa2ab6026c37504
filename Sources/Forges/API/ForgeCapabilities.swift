// What a forge, with the credential at hand, can do. Asked before work is planned, so that a missing ability is a line in the log
// and another road, not an error in the middle.

/// The abilities of one client. Limits are what the client itself enforces.
public struct ForgeCapabilities: Sendable, Hashable {
  /// Pull requests, comments, permissions: everything that is not git. False for a plain git server only.
  public var hasAPI: Bool
  /// How a check is shown.
  public var checks: CheckKind
  /// Review comments at a line that a person applies with a click. Where false a review carries the same as a patch to read.
  public var appliesSuggestions: Bool
  /// Review comments at lines of the diff.
  public var reviews: Bool
  /// Commits made and signed by the forge (`CommitsThroughAPI`).
  public var commits: Bool
  /// Deliveries listed and sent again (`RedeliversWebhooks`).
  public var redelivery: Bool
  /// Characters of a comment, a description of a pull request, a check's summary.
  public var commentLimit: Int
  /// Characters of a commit status's one line; a longer title is cut.
  public var statusLimit: Int

  /// How a check is shown.
  public enum CheckKind: String, Sendable, Hashable {
    /// A page of its own, with annotations at lines.
    case checkRun
    /// One line beside the commit; annotations are left out.
    case commitStatus
    case none
  }

  public init(
    hasAPI: Bool = true, checks: CheckKind, appliesSuggestions: Bool, reviews: Bool = true, commits: Bool = false,
    redelivery: Bool = false, commentLimit: Int = 65_535, statusLimit: Int
  ) {
    self.hasAPI = hasAPI
    self.checks = checks
    self.appliesSuggestions = appliesSuggestions
    self.reviews = reviews
    self.commits = commits
    self.redelivery = redelivery
    self.commentLimit = commentLimit
    self.statusLimit = statusLimit
  }

  /// A plain git server.
  public static let gitOnly = ForgeCapabilities(
    hasAPI: false, checks: .none, appliesSuggestions: false, reviews: false, commentLimit: 0, statusLimit: 0)
}
