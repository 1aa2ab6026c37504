// What goes to a forge and comes back, the same for all of them.

import Domain

/// A repository as its forge has it now.
public struct ForgeRepository: Sendable, Hashable {
  /// The full name of today: differs from the one asked for when it was renamed.
  public var name: String
  /// Nil for a repository without a commit.
  public var defaultBranch: String?
  /// Read-only: nothing can be pushed or written.
  public var isArchived: Bool
  /// What our own account may do.
  public var permission: ForgePermission

  public init(name: String, defaultBranch: String?, isArchived: Bool, permission: ForgePermission) {
    self.name = name
    self.defaultBranch = defaultBranch
    self.isArchived = isArchived
    self.permission = permission
  }
}

/// What an account may do to a repository, in steps that all forges have.
public enum ForgePermission: Int, Sendable, Hashable, Comparable, CaseIterable {
  case none, read, write, admin
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A pull (merge) request.
public struct ForgePullRequest: Sendable, Hashable {
  public enum State: String, Sendable, Hashable, CaseIterable { case open, closed, merged }

  /// One end of it.
  public struct Side: Sendable, Hashable {
    public var branch: String
    /// Nil where the forge does not tell it here.
    public var sha: ObjectID?
    /// The full name; nil when that repository (a fork) was deleted.
    public var repository: String?

    public init(branch: String, sha: ObjectID?, repository: String?) {
      self.branch = branch
      self.sha = sha
      self.repository = repository
    }
  }

  public var number: Int
  public var state: State
  public var isDraft: Bool
  public var title: String
  public var body: String
  public var author: String
  public var labels: [String]
  public var head: Side
  public var base: Side
  /// Whether those who maintain the base repository may push to the head branch, where it is a fork.
  public var maintainersMayPush: Bool
  /// Where people see it.
  public var address: String?

  /// Whether the head is in another repository.
  public var isFork: Bool { head.repository != base.repository }

  public init(
    number: Int, state: State, isDraft: Bool = false, title: String = "", body: String = "", author: String, labels: [String] = [],
    head: Side, base: Side, maintainersMayPush: Bool = false, address: String? = nil
  ) {
    self.number = number
    self.state = state
    self.isDraft = isDraft
    self.title = title
    self.body = body
    self.author = author
    self.labels = labels
    self.head = head
    self.base = base
    self.maintainersMayPush = maintainersMayPush
    self.address = address
  }
}

/// A pull request that should be open.
public struct PullRequestProposal: Sendable, Hashable {
  /// A branch of the repository itself.
  public var branch: String
  public var base: String
  public var title: String
  public var body: String

  public init(branch: String, base: String, title: String, body: String) {
    self.branch = branch
    self.base = base
    self.title = title
    self.body = body
  }
}

/// What a check says.
public struct CheckReport: Sendable, Hashable {
  public enum State: Sendable, Hashable {
    case queued, running
    case finished(Conclusion)
  }

  /// A commit status has no word for neutral and skipped: there both are shown as a success, and the title says more.
  public enum Conclusion: String, Sendable, Hashable, CaseIterable { case success, neutral, failure, skipped }

  public struct Annotation: Sendable, Hashable {
    public enum Level: String, Sendable, Hashable, Codable { case notice, warning, failure }
    public var path: String
    public var lines: ClosedRange<Int>
    /// 1-based; only where it is one line.
    public var columns: ClosedRange<Int>?
    public var level: Level
    public var title: String
    public var message: String

    public init(path: String, lines: ClosedRange<Int>, columns: ClosedRange<Int>? = nil, level: Level, title: String, message: String) {
      self.path = path
      self.lines = lines
      self.columns = columns
      self.level = level
      self.title = title
      self.message = message
    }
  }

  /// What it is called in the list of checks: always the same one.
  public var name: String
  /// What makes it the same check when it is published again: the run's id. At most 255 bytes.
  public var key: String
  public var head: ObjectID
  /// The branch that the commit is on; GitLab shows the status at the pipeline of this ref.
  public var branch: String?
  public var state: State
  /// One line.
  public var title: String
  /// Markdown; left out where a check is a commit status.
  public var summary: String
  public var annotations: [Annotation]
  /// A page with the whole report.
  public var address: String?

  public init(
    name: String = "Documentation", key: String, head: ObjectID, branch: String? = nil, state: State, title: String, summary: String = "",
    annotations: [Annotation] = [], address: String? = nil
  ) {
    self.name = name
    self.key = key
    self.head = head
    self.branch = branch
    self.state = state
    self.title = title
    self.summary = summary
    self.annotations = annotations
    self.address = address
  }
}

/// A check that a forge shows.
public struct PublishedCheck: Sendable, Hashable {
  public var id: String
  /// Annotations that it carries.
  public var annotationCount: Int
  public init(id: String, annotationCount: Int) {
    self.id = id
    self.annotationCount = annotationCount
  }
}

/// A comment of a conversation.
public struct ForgeComment: Sendable, Hashable {
  public var id: String
  public var author: String
  public var body: String
  public var createdAt: Timestamp
  public var updatedAt: Timestamp

  public init(id: String, author: String, body: String, createdAt: Timestamp, updatedAt: Timestamp) {
    self.id = id
    self.author = author
    self.body = body
    self.createdAt = createdAt
    self.updatedAt = updatedAt
  }
}

/// Suggestions for lines of a pull request's diff.
public struct Review: Sendable, Hashable {
  public struct Suggestion: Sendable, Hashable {
    public var path: String
    /// Lines of the new file, whole.
    public var lines: ClosedRange<Int>
    /// Those lines as they are, joined by line feeds: for forges that show a patch.
    public var before: String
    /// What should stand there instead; empty removes the lines.
    public var after: String
    /// Why, in Markdown.
    public var body: String
    public var mark: HiddenMark

    public init(path: String, lines: ClosedRange<Int>, before: String, after: String, body: String, mark: HiddenMark) {
      self.path = path
      self.lines = lines
      self.before = before
      self.after = after
      self.body = body
      self.mark = mark
    }
  }

  /// The head that the suggestions were made for.
  public var head: ObjectID
  public var suggestions: [Suggestion]

  public init(head: ObjectID, suggestions: [Suggestion]) {
    self.head = head
    self.suggestions = suggestions
  }
}

/// What became of a review.
public struct PublishedReview: Sendable, Hashable {
  /// Marks of suggestions that stand at the pull request now, by this call or an earlier one.
  public var published: [HiddenMark]
  /// Those that do not, for the summary.
  public var left: [Review.Suggestion]
  public init(published: [HiddenMark] = [], left: [Review.Suggestion] = []) {
    self.published = published
    self.left = left
  }
}

/// A commit that the forge makes.
public struct ForgeCommit: Sendable, Hashable {
  public var subject: String
  /// Everything below the empty line, trailers included.
  public var body: String
  /// Whole files.
  public var additions: [String: [UInt8]]
  public var deletions: [String]

  public init(subject: String, body: String, additions: [String: [UInt8]], deletions: [String] = []) {
    self.subject = subject
    self.body = body
    self.additions = additions
    self.deletions = deletions
  }
}

/// An attempt of a forge to deliver a webhook.
public struct WebhookDelivery: Sendable, Hashable {
  /// What `redeliver` takes.
  public var id: String
  /// The hook it belongs to; nil for an App's.
  public var hook: String?
  /// What `ForgeReceiver.deliveryKey` gives for it.
  public var deliveryKey: String
  public var deliveredAt: Timestamp
  /// Nil when there was no answer.
  public var status: Int?
  public var event: String

  public init(id: String, hook: String?, deliveryKey: String, deliveredAt: Timestamp, status: Int?, event: String) {
    self.id = id
    self.hook = hook
    self.deliveryKey = deliveryKey
    self.deliveredAt = deliveredAt
    self.status = status
    self.event = event
  }

  /// Whether the receiver took it.
  public var isAccepted: Bool { status.map { (200...299).contains($0) } ?? false }
}
