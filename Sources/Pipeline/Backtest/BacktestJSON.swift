// The backtest for programs. docs/backtest.md documents every key; keys are only added, and `schema` grows when one changes its meaning.

import Domain

/// Encodes a report.
enum BacktestJSON {
  static func encode(_ report: BacktestReport, version: String) throws -> String {
    try JSONText.encode(Document(report, version: version)) + "\n"
  }

  private struct Document: Encodable {
    var schema = 1
    var version: String
    var repository: String
    var address: String?
    var since: String?
    var first: Commit
    var head: Commit
    var commits: Int
    var merges: Int
    var judgedCommits: Int
    var documents: Int
    var shallow: Bool
    var summary: Summary
    var byStrategy: [Row]
    var byRule: [Row]
    var byConfidence: [Bucket]
    var proposals: [Entry]

    init(_ report: BacktestReport, version: String) {
      self.version = version
      repository = report.repository
      address = report.address
      since = report.since
      first = Commit(report.first)
      head = Commit(report.head)
      commits = report.commits
      merges = report.merges
      judgedCommits = report.judged
      documents = report.documents
      shallow = report.isShallow
      summary = Summary(report)
      byStrategy = report.byStrategy.map { Row(name: $0.name, counts: Counts($0.tally)) }
      byRule = report.byRule.map { Row(name: $0.name, counts: Counts($0.tally)) }
      byConfidence = report.byConfidence.map { Bucket(from: $0.from, to: $0.to, counts: Counts($0.tally)) }
      proposals = report.proposals.map(Entry.init)
    }
  }

  private struct Commit: Encodable {
    var id: String
    var time: String
    var subject: String

    init(_ commit: CommitName) {
      id = commit.id.hex
      time = commit.time.rfc3339
      subject = commit.subject
    }
  }

  private struct Counts: Encodable {
    var proposed: Int
    var made: Int
    var madeInRewrite: Int
    var madeOtherwise: Int
    var gone: Int
    var neverMade: Int
    var agreement: Double?

    init(_ tally: BacktestTally) {
      proposed = tally.proposals
      made = tally.count(.made)
      madeInRewrite = tally.count(.madeInRewrite)
      madeOtherwise = tally.count(.madeOtherwise)
      gone = tally.count(.gone)
      neverMade = tally.count(.neverMade)
      agreement = tally.agreement
    }
  }

  private struct Summary: Encodable {
    var counts: Counts
    var standing: Int
    var medianDaysSaved: Double?
    var mostDaysSaved: Double?

    init(_ report: BacktestReport) {
      counts = Counts(report.tally)
      standing = report.proposals.count { $0.isStanding }
      medianDaysSaved = report.medianDaysSaved
      mostDaysSaved = report.daysSaved.last
    }
  }

  private struct Row: Encodable {
    var name: String
    var counts: Counts
  }

  private struct Bucket: Encodable {
    var from: Double
    var to: Double
    var counts: Counts
  }

  private struct Entry: Encodable {
    var commit: Commit
    var path: String
    var line: Int
    var before: String
    var after: String
    var strategies: [String]
    var rules: [String]
    var applicability: String
    var confidence: Double
    var evidence: [Evidence]
    var repeats: Int
    var standing: Bool
    var outcome: Outcome

    init(_ proposal: Proposal) {
      commit = Commit(proposal.commit)
      (path, line, before, after) = (proposal.path, proposal.line, proposal.before, proposal.after)
      (strategies, rules) = (proposal.strategies, proposal.rules)
      (applicability, confidence) = (proposal.applicability.rawValue, proposal.confidence)
      (evidence, repeats, standing) = (proposal.evidence, proposal.repeats, proposal.isStanding)
      outcome = Outcome(proposal.outcome)
    }
  }

  private struct Outcome: Encodable {
    var kind: String
    var commit: Commit?
    var days: Double
    var path: String
    var line: Int?
    var text: String?
    var oldWordsIn: String?

    init(_ outcome: ProposalOutcome) {
      kind = outcome.kind.rawValue
      commit = outcome.commit.map { Commit($0) }
      (days, path, line) = (outcome.days, outcome.path, outcome.line)
      (text, oldWordsIn) = (outcome.text, outcome.oldWordsIn)
    }
  }
}
