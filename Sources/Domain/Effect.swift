// What the engine does to the outside, as values: effects that are stored before they are tried, and what it offered to people.

public typealias EffectID = Identifier<Effect>

/// An outward effect: a check to show, a repair to deliver, an answer to a command. It is stored before it is tried and kept until it
/// has happened or cannot happen.
public struct Effect: Sendable, Hashable {
  /// What is to be done; the payload says with what.
  public enum Kind: String, Sendable, CaseIterable {
    /// Shows that a run has begun.
    case announce
    /// Delivers what a run of a pull request came to: commit, suggestions, summary, check.
    case deliver
    /// Makes the rolling pull request of a branch say what its healing branch has, or closes it.
    case propose
    /// Does what a comment asks for and answers it.
    case obey
    /// Finds out what became of what was offered on a pull request that has ended.
    case learn
  }

  public enum State: String, Sendable, CaseIterable {
    case queued, done
    /// Something newer, or the end of what it was about, made it pointless.
    case dropped
    /// It cannot happen; `detail` says why.
    case dead

    public var isFinal: Bool { self != .queued }
  }

  public var id: EffectID
  /// What makes it the same effect when it is posted again; unique, at most 600 characters.
  public var key: String
  public var repositoryID: RepositoryID
  public var runID: RunID?
  /// Effects with the same one happen one after another, in the order of their identifiers.
  public var orderingKey: String
  public var kind: Kind
  /// JSON.
  public var payload: String
  public var state: State
  /// How often it was tried.
  public var attempts: Int
  /// When it may be tried; while somebody tries it, until when it is theirs.
  public var notBefore: Timestamp
  /// Who tries it.
  public var holder: String?
  /// One line: what it came to, or what failed last.
  public var detail: String?
  public var createdAt: Timestamp
  public var finishedAt: Timestamp?

  public init(
    id: EffectID, key: String, repositoryID: RepositoryID, runID: RunID? = nil, orderingKey: String, kind: Kind, payload: String,
    state: State = .queued, attempts: Int = 0, notBefore: Timestamp, holder: String? = nil, detail: String? = nil,
    createdAt: Timestamp, finishedAt: Timestamp? = nil
  ) {
    self.id = id
    self.key = key
    self.repositoryID = repositoryID
    self.runID = runID
    self.orderingKey = orderingKey
    self.kind = kind
    self.payload = payload
    self.state = state
    self.attempts = attempts
    self.notBefore = notBefore
    self.holder = holder
    self.detail = detail
    self.createdAt = createdAt
    self.finishedAt = finishedAt
  }
}

/// A repair as it was offered to people, and what they did with it.
public struct Offer: Sendable, Hashable {
  /// How it reached them.
  public enum Road: String, Sendable, CaseIterable {
    /// A commit on their pull request.
    case commit
    /// A suggestion on their pull request.
    case suggestion
    /// Our own pull request.
    case proposal
  }

  public enum State: String, Sendable, CaseIterable {
    case open
    /// Merged, or applied as it was.
    case accepted
    /// The place was changed by hand, to something else.
    case edited
    /// Closed, undone, or merged without it.
    case declined
    /// Nobody decided: the pull request it stood on was given up.
    case lapsed
  }

  public var repositoryID: RepositoryID
  /// The branch that was healed; for a pull request its base.
  public var branch: String
  /// The pull request it stands on.
  public var pullRequest: Int
  /// The repair's content-addressed name: the same repair of the same place has the same one.
  public var healing: String
  public var rule: String
  public var strategy: String
  public var path: String
  /// The lines before and after, whole: what is looked for to tell what became of it.
  public var before: String
  public var after: String
  public var road: Road
  public var state: State
  public var offeredAt: Timestamp
  public var settledAt: Timestamp?

  public init(
    repositoryID: RepositoryID, branch: String, pullRequest: Int, healing: String, rule: String, strategy: String, path: String,
    before: String, after: String, road: Road, state: State = .open, offeredAt: Timestamp, settledAt: Timestamp? = nil
  ) {
    self.repositoryID = repositoryID
    self.branch = branch
    self.pullRequest = pullRequest
    self.healing = healing
    self.rule = rule
    self.strategy = strategy
    self.path = path
    self.before = before
    self.after = after
    self.road = road
    self.state = state
    self.offeredAt = offeredAt
    self.settledAt = settledAt
  }
}

/// How many of the repairs of one rule by one strategy ended in one way.
public struct OfferCount: Sendable, Hashable {
  public var rule: String
  public var strategy: String
  public var state: Offer.State
  public var count: Int

  public init(rule: String, strategy: String, state: Offer.State, count: Int) {
    self.rule = rule
    self.strategy = strategy
    self.state = state
    self.count = count
  }
}
