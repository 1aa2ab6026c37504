// What a backtest comes to: values alone, from which the reports are written (docs/backtest.md has the meaning of each).

import Domain

/// What the engine would have proposed over a repository's history, and what became of it.
public struct BacktestReport: Sendable, Hashable {
  /// The folder's name.
  public var repository: String
  /// Where commits can be looked at, `https://host/owner/name`; nil when the repository names no such place.
  public var address: String?
  public var head: CommitName
  /// The oldest commit that was replayed.
  public var first: CommitName
  /// As it was asked for.
  public var since: String?
  /// Commits that were replayed.
  public var commits: Int
  /// How many of them are merges: each counts as one change, against its first parent.
  public var merges: Int
  /// Commits after which some document had to be judged.
  public var judged: Int
  /// Documents of the head.
  public var documents: Int
  /// Only a part of the history is there.
  public var isShallow: Bool
  /// By time.
  public var proposals: [Proposal]

  public init(
    repository: String, address: String? = nil, head: CommitName, first: CommitName, since: String? = nil, commits: Int, merges: Int = 0,
    judged: Int = 0, documents: Int = 0, isShallow: Bool = false, proposals: [Proposal] = []
  ) {
    self.repository = repository
    self.address = address
    self.head = head
    self.first = first
    self.since = since
    self.commits = commits
    self.merges = merges
    self.judged = judged
    self.documents = documents
    self.isShallow = isShallow
    self.proposals = proposals
  }
}

/// A commit as a report shows it.
public struct CommitName: Sendable, Hashable {
  public var id: ObjectID
  public var time: Timestamp
  /// The message's first line, bounded.
  public var subject: String

  public init(id: ObjectID, time: Timestamp, subject: String) {
    self.id = id
    self.time = time
    self.subject = subject
  }
}

/// Whole lines that the engine would have replaced.
public struct Proposal: Sendable, Hashable {
  /// The first commit after which it was proposed.
  public var commit: CommitName
  /// As the file was called then.
  public var path: String
  /// 1-based, in the tree of `commit`.
  public var line: Int
  /// Joined with `\n`.
  public var before: String
  public var after: String
  public var strategies: [String]
  public var rules: [String]
  public var applicability: Applicability
  public var confidence: Double
  public var evidence: [Evidence]
  /// Later commits after which the same was proposed again.
  public var repeats = 0
  /// It was wrong already where the replay began: since when is not known.
  public var isStanding = false
  public var outcome: ProposalOutcome

  /// The strategies as one name.
  public var strategy: String { strategies.joined(separator: ", ") }
  public var rule: String { rules.joined(separator: ", ") }
}

/// What became of a proposal.
public struct ProposalOutcome: Sendable, Hashable {
  public enum Kind: String, Sendable, Codable, CaseIterable, Hashable {
    /// A later version has exactly the proposed lines in their place.
    case made
    /// A later version has the same words replaced by the same, in a line that was also changed otherwise.
    case madeInRewrite = "made-in-rewrite"
    /// The lines were changed, and what was wrong is gone, but something else took its place.
    case madeOtherwise = "made-otherwise"
    /// The lines, or their page, were deleted.
    case gone
    /// The head still has the lines.
    case neverMade = "never-made"
  }
  public var kind: Kind
  /// The commit that settled it; nil for `neverMade`.
  public var commit: CommitName?
  /// From the proposal to that commit; for `neverMade` to the head.
  public var days: Double
  /// Where the lines are now, or were settled.
  public var path: String
  /// 1-based; nil when nothing stands there.
  public var line: Int?
  /// What stands there instead, for `madeInRewrite` and `madeOtherwise`.
  public var text: String?
  /// A file of the head's code that has the old words (again), for `neverMade`: the proposal may be wrong by now.
  public var oldWordsIn: String?

  public init(
    _ kind: Kind, commit: CommitName? = nil, days: Double, path: String, line: Int? = nil, text: String? = nil, oldWordsIn: String? = nil
  ) {
    self.kind = kind
    self.commit = commit
    self.days = days
    self.path = path
    self.line = line
    self.text = text
    self.oldWordsIn = oldWordsIn
  }
}

// MARK: Counting

/// Some proposals, counted by what became of them.
public struct BacktestTally: Sendable, Hashable {
  public private(set) var proposals = 0
  public private(set) var counts: [ProposalOutcome.Kind: Int] = [:]

  init(_ proposals: some Sequence<Proposal>) {
    for proposal in proposals {
      self.proposals += 1
      counts[proposal.outcome.kind, default: 0] += 1
    }
  }

  public func count(_ kind: ProposalOutcome.Kind) -> Int { counts[kind] ?? 0 }

  /// Those that the maintainers made, word for word or within a rewriting.
  public var made: Int { count(.made) + count(.madeInRewrite) }

  /// Of those that the maintainers settled by an edit, the share that is `made`; nil when there are none.
  public var agreement: Double? {
    let settled = made + count(.madeOtherwise)
    return settled == 0 ? nil : Double(made) / Double(settled)
  }
}

extension BacktestReport {
  /// Confidence in buckets, lowest first: from, to, and what is in it.
  public var byConfidence: [(from: Double, to: Double, tally: BacktestTally)] {
    Self.bounds.indices.dropLast().map { index in
      let (from, to) = (Self.bounds[index], Self.bounds[index + 1])
      return (from, to, BacktestTally(proposals.lazy.filter { $0.confidence >= from && ($0.confidence < to || to == 1) }))
    }.filter { $0.2.proposals > 0 }
  }

  private static let bounds = [0, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1]

  /// By strategy, the most frequent first.
  public var byStrategy: [(name: String, tally: BacktestTally)] { tallies { $0.strategies } }
  /// By rule, the most frequent first.
  public var byRule: [(name: String, tally: BacktestTally)] { tallies { $0.rules } }

  private func tallies(_ names: (Proposal) -> [String]) -> [(name: String, tally: BacktestTally)] {
    var groups: [String: [Proposal]] = [:]
    for proposal in proposals { for name in names(proposal) { groups[name, default: []].append(proposal) } }
    return groups.map { ($0.key, BacktestTally($0.value)) }.sorted { ($1.1.proposals, $0.0) < ($0.1.proposals, $1.0) }
  }

  public var tally: BacktestTally { BacktestTally(proposals) }

  /// How many days earlier each made fix would have been there, ascending. What was wrong before the replay began is left out.
  public var daysSaved: [Double] {
    proposals.filter { ($0.outcome.kind == .made || $0.outcome.kind == .madeInRewrite) && !$0.isStanding }.map(\.outcome.days).sorted()
  }

  /// The middle of `daysSaved`; nil when it is empty.
  public var medianDaysSaved: Double? {
    let days = daysSaved
    guard !days.isEmpty else { return nil }
    return days.count % 2 == 1 ? days[days.count / 2] : (days[days.count / 2 - 1] + days[days.count / 2]) / 2
  }

  /// What nobody made, the most certain first, no more than one of a page and kind in a row where others are there.
  public var neverMade: [Proposal] {
    let all = proposals.filter { $0.outcome.kind == .neverMade }.sorted {
      ($1.confidence, $0.commit.time, $0.path, $0.line) < ($0.confidence, $1.commit.time, $1.path, $1.line)
    }
    var turns: [String: Int] = [:]
    let ranked = all.map { proposal -> (turn: Int, proposal: Proposal) in
      let key = proposal.path + "\n" + proposal.strategy
      turns[key, default: 0] += 1
      return (turns[key] ?? 0, proposal)
    }
    return ranked.enumerated().sorted { ($0.element.turn, $0.offset) < ($1.element.turn, $1.offset) }.map(\.element.proposal)
  }
}
