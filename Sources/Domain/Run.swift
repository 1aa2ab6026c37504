// One validation and healing of one revision of one repository: what the dashboard and the API show.

public struct Run: Sendable, Hashable {
  public var id: RunID
  public var repositoryID: RepositoryID
  /// The branch that was checked.
  public var branch: String
  /// Set when the run answers a pull request.
  public var pullRequest: Int?
  /// The earlier revision that code was compared with; nil until it is known.
  public var base: ObjectID?
  public var head: ObjectID
  public var state: RunState
  /// The job that does it; the newest one when it was planned anew.
  public var jobID: JobID
  /// Where the repair was published, as people find it again: a branch, later a pull request.
  public var publishedTo: String?
  /// The published commit.
  public var publishedCommit: ObjectID?
  /// A unified diff that `git apply` takes; empty when nothing was healed.
  public var patch: String
  /// One line: why it was skipped, superseded or failed.
  public var detail: String?
  public var documentCount: Int
  public var createdAt: Timestamp
  public var startedAt: Timestamp?
  public var finishedAt: Timestamp?

  public init(
    id: RunID, repositoryID: RepositoryID, branch: String, pullRequest: Int? = nil, base: ObjectID? = nil, head: ObjectID,
    state: RunState = .queued, jobID: JobID, publishedTo: String? = nil, publishedCommit: ObjectID? = nil, patch: String = "",
    detail: String? = nil,
    documentCount: Int = 0, createdAt: Timestamp, startedAt: Timestamp? = nil, finishedAt: Timestamp? = nil
  ) {
    self.id = id
    self.repositoryID = repositoryID
    self.branch = branch
    self.pullRequest = pullRequest
    self.base = base
    self.head = head
    self.state = state
    self.jobID = jobID
    self.publishedTo = publishedTo
    self.publishedCommit = publishedCommit
    self.patch = patch
    self.detail = detail
    self.documentCount = documentCount
    self.createdAt = createdAt
    self.startedAt = startedAt
    self.finishedAt = finishedAt
  }
}

public enum RunState: String, Sendable, Codable, CaseIterable, Hashable {
  case queued
  case running
  /// Checked; nothing was wrong, or what is wrong has no verified fix.
  case checked
  /// Checked, and the repair is published.
  case healed
  /// A newer head came before it started.
  case superseded
  /// The repository or its configuration says not to.
  case skipped
  case failed

  public var isFinal: Bool { self != .queued && self != .running }
}

/// The outward result of a run, under a key that makes doing it twice one result.
public struct Publication: Sendable, Hashable {
  public var runID: RunID
  /// What is published where: `commit:<repository>:<branch>:<tree>`; unique.
  public var key: String
  /// The forge's id of it: for plain git the commit.
  public var forgeID: String
  public var createdAt: Timestamp

  public init(runID: RunID, key: String, forgeID: String, createdAt: Timestamp) {
    self.runID = runID
    self.key = key
    self.forgeID = forgeID
    self.createdAt = createdAt
  }
}

/// A pull request as the engine last heard of it.
public struct PullRequest: Sendable, Hashable {
  public var repositoryID: RepositoryID
  public var number: Int
  public var state: String
  public var headBranch: String
  public var head: ObjectID
  public var baseBranch: String
  public var updatedAt: Timestamp

  public init(
    repositoryID: RepositoryID, number: Int, state: String, headBranch: String, head: ObjectID, baseBranch: String, updatedAt: Timestamp
  ) {
    self.repositoryID = repositoryID
    self.number = number
    self.state = state
    self.headBranch = headBranch
    self.head = head
    self.baseBranch = baseBranch
    self.updatedAt = updatedAt
  }
}
