// What an effect is done with, as JSON: everything that its publisher needs of the run, so that it can be done days later, by another
// process, without running the engine again.

import Domain
import FoundationEssentials

/// A line suggestion, or a part of a commit: one repair as people see it.
struct OfferedRepair: Codable, Sendable, Hashable {
  var path: String
  /// Lines of the file that it is offered for, whole, 1-based.
  var first: Int
  var last: Int
  var before: String
  var after: String
  /// Content-addressed: the same repair has the same name in every run.
  var healing: String
  var rule: String
  var strategy: String
  /// Whether it may be committed unread.
  var isSafe: Bool
  /// One line, from the evidence.
  var reason: String
}

/// A finding as a check shows it.
struct ReportedFinding: Codable, Sendable, Hashable {
  var path: String
  var line: Int
  var endLine: Int
  var column: Int
  var endColumn: Int
  var rule: String
  var severity: Severity
  var message: String
  var fingerprint: String
}

/// Files of a commit; the bytes as base 64, since documents need not be UTF-8.
struct CommittedFile: Codable, Sendable, Hashable {
  var path: String
  var content: Data
}

/// What a repository's configuration lets be published.
struct PublishingPolicy: Codable, Sendable, Hashable {
  var commits = true
  var comments = true
  var reviews = true
  var blocks = false
}

/// What a run of a pull request came to.
struct PullRequestDelivery: Codable, Sendable {
  /// Why there is nothing to show but a check: the run was superseded, skipped or failed.
  enum Ending: String, Codable, Sendable { case checked, superseded, skipped, failed }

  var run: RunID
  var number: Int
  var head: ObjectID
  var baseBranch: String
  var ending = Ending.checked
  /// One line for the check where the ending is not `checked`.
  var detail: String?
  var policy = PublishingPolicy()
  var documentCount = 0
  /// What is wrong in the head, most serious first; `findingCount` are there.
  var findings: [ReportedFinding] = []
  var findingCount = 0
  /// Of those, what the safe repairs mend.
  var repairedCount = 0
  var message = ""
  var files: [CommittedFile] = []
  /// Why nothing is to be committed though there are safe repairs.
  var notCommitted: String?
  /// Repairs that the commit holds, at their lines of the head; `committedCount` are there.
  var committed: [OfferedRepair] = []
  var committedCount = 0
  /// The suggested ones, at their lines of the head, for when nothing is committed.
  var suggested: [OfferedRepair] = []
  var suggestedCount = 0
  /// The suggested ones, at their lines of the committed files.
  var suggestedAfterCommit: [OfferedRepair] = []
  /// Rules that only report here, each with its reason.
  var demoted: [String] = []
}

/// That a run has begun.
struct Announcement: Codable, Sendable {
  var number: Int
  var head: ObjectID
  var headBranch: String?
}

/// What the rolling pull request of a branch should say.
struct BranchProposal: Codable, Sendable {
  var run: RunID
  var branch: String
  var healingBranch: String
  /// Nil: nothing is left to repair, and an open pull request is closed.
  var commit: ObjectID?
  /// A person's commit stands on the healing branch.
  var isFrozen = false
  /// The first of them; `repairCount` are on the branch.
  var repairs: [OfferedRepair] = []
  var repairCount = 0
  var demoted: [String] = []
}

/// What a comment asks for.
struct CommandRequest: Codable, Sendable {
  var number: Int
  var commentID: String
  var author: String
  var body: String
}

/// A pull request that has ended.
struct EndedPullRequest: Codable, Sendable {
  var number: Int
  var headBranch: String
  var baseBranch: String
  var isMerged: Bool
}

/// What is known of a pull request beyond its runs: a note.
struct PullRequestMemory: Codable, Sendable, Hashable {
  var isPaused = false
  /// The summary comment exists.
  var hasComment = false
  /// Our commits on it, oldest first: as heads they start nothing.
  var commits: [ObjectID] = []
  /// Of those, the repairs that can be undone.
  var repairs: [ObjectID] = []
  /// A head that a person asked to have checked, though it may be our own commit.
  var wantedHead: ObjectID?
  /// What people asked to leave alone, until the entry is on the base branch.
  var ignores: [IgnoredTarget] = []
  /// We closed it ourselves: nobody declined anything.
  var closedByUs = false

  init() {}

  /// A note of an older program lacks what came later.
  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    isPaused = try values.decodeIfPresent(Bool.self, forKey: .isPaused) ?? false
    hasComment = try values.decodeIfPresent(Bool.self, forKey: .hasComment) ?? false
    commits = try values.decodeIfPresent([ObjectID].self, forKey: .commits) ?? []
    repairs = try values.decodeIfPresent([ObjectID].self, forKey: .repairs) ?? []
    wantedHead = try values.decodeIfPresent(ObjectID.self, forKey: .wantedHead)
    ignores = try values.decodeIfPresent([IgnoredTarget].self, forKey: .ignores) ?? []
    closedByUs = try values.decodeIfPresent(Bool.self, forKey: .closedByUs) ?? false
  }

  /// What is kept of commits; older ones cannot be undone.
  private static let commitLimit = 50

  mutating func note(commit: ObjectID, isRepair: Bool) {
    if !commits.contains(commit) { commits = commits.suffix(Self.commitLimit - 1) + [commit] }
    if isRepair, !repairs.contains(commit) { repairs = repairs.suffix(Self.commitLimit - 1) + [commit] }
  }

  static func key(_ repository: RepositoryID, _ number: Int) -> String { "pull-request:\(repository):\(number)" }
}

/// What is left alone, as a command said.
struct IgnoredTarget: Codable, Sendable, Hashable {
  enum Kind: String, Codable, Sendable { case finding, rule, file }
  var kind: Kind
  var value: String
  /// `2027-01-01`, or nil for ever.
  var until: String?
}
