// What came in, and what it means.

/// One inbound webhook request; stored before it is answered.
public struct Delivery: Sendable, Hashable {
  public var id: DeliveryID
  public var forge: Forge
  /// The forge's own name for the delivery (`X-GitHub-Delivery` …), or a hash of the body where the forge gives none.
  /// Unique for its forge: the same again is a duplicate.
  public var deduplicationKey: String
  /// The forge's event header, such as `push` or `Merge Request Hook`.
  public var eventName: String
  /// The body exactly as it was signed.
  public var payload: [UInt8]
  public var status: DeliveryStatus
  /// Why it was ignored or died, in one line.
  public var detail: String?
  /// The job that processes it; the newest one when it was planned anew.
  public var jobID: JobID
  /// The run that it asked for, once planned; the delivery is final when that run is.
  public var runID: RunID?
  public var receivedAt: Timestamp
  public var finishedAt: Timestamp?

  public init(
    id: DeliveryID, forge: Forge, deduplicationKey: String, eventName: String, payload: [UInt8], status: DeliveryStatus = .queued,
    detail: String? = nil, jobID: JobID, runID: RunID? = nil, receivedAt: Timestamp, finishedAt: Timestamp? = nil
  ) {
    self.id = id
    self.forge = forge
    self.deduplicationKey = deduplicationKey
    self.eventName = eventName
    self.payload = payload
    self.status = status
    self.detail = detail
    self.jobID = jobID
    self.runID = runID
    self.receivedAt = receivedAt
    self.finishedAt = finishedAt
  }
}

/// The life of a delivery; the last three are final.
public enum DeliveryStatus: String, Sendable, Codable, CaseIterable, Hashable {
  /// Stored and answered; its job or its run waits, runs or will be planned anew.
  case queued
  /// Everything that it asked for is done.
  case completed
  /// Understood, and nothing was to be done.
  case ignored
  /// Given up after the last attempt; kept, and `redeliver` brings it back.
  case dead

  public var isFinal: Bool { self != .queued }
}

/// What a delivery means, the same for every forge.
public enum Event: Sendable, Hashable {
  case push(Push)
  case pullRequest(PullRequestEvent)
  case comment(CommentEvent)
  case repository(RepositoryEvent)
  case installation(InstallationEvent)
  case ping
  /// Stored and ignored; the text says what it was.
  case other(String)

  /// A ref moved.
  public struct Push: Sendable, Hashable, Codable {
    public var repository: RepositoryReference
    /// In full: `refs/heads/main`.
    public var ref: String
    /// Zero when the ref is new.
    public var before: ObjectID
    /// Zero when the ref was deleted.
    public var after: ObjectID
    /// Subject and trailers of the newest commit, where the forge sent them: lets the engine know its own commits.
    public var headMessage: String?
    /// The login of who pushed, where the forge said it and it is one.
    public var sender: String?

    public init(
      repository: RepositoryReference, ref: String, before: ObjectID, after: ObjectID, headMessage: String? = nil, sender: String? = nil
    ) {
      self.repository = repository
      self.ref = ref
      self.before = before
      self.after = after
      self.headMessage = headMessage
      self.sender = sender
    }

    /// `main` for `refs/heads/main`, nil for tags and others.
    public var branch: String? { ref.hasPrefix("refs/heads/") ? String(ref.dropFirst("refs/heads/".count)) : nil }
  }

  /// A pull (merge) request opened, updated, closed or something else about it.
  public struct PullRequestEvent: Sendable, Hashable, Codable {
    public enum Action: String, Sendable, Codable { case opened, updated, closed, merged, other }
    public var repository: RepositoryReference
    public var number: Int
    public var action: Action
    public var head: ObjectID
    public var headBranch: String
    /// The head branch's repository where it is a fork (another repository than `repository`).
    public var headRepository: RepositoryReference?
    /// Nil where the forge does not send it (GitLab); then the tip of `baseBranch` counts.
    public var base: ObjectID?
    public var baseBranch: String
    /// Not ready for review, as far as the forge says.
    public var isDraft: Bool
    /// The login of who did it, where the forge said it and it is one.
    public var sender: String?

    public init(
      repository: RepositoryReference, number: Int, action: Action, head: ObjectID, headBranch: String,
      headRepository: RepositoryReference? = nil, base: ObjectID?, baseBranch: String, isDraft: Bool = false, sender: String? = nil
    ) {
      self.repository = repository
      self.number = number
      self.action = action
      self.head = head
      self.headBranch = headBranch
      self.headRepository = headRepository
      self.base = base
      self.baseBranch = baseBranch
      self.isDraft = isDraft
      self.sender = sender
    }
  }

  /// A repository as a payload names it; nothing in it is trusted as a place to fetch from.
  public struct RepositoryReference: Sendable, Hashable, Codable {
    /// `owner/name`, or for plain git the path or URL.
    public var name: String
    public var defaultBranch: String?
    public init(name: String, defaultBranch: String? = nil) {
      self.name = name
      self.defaultBranch = defaultBranch
    }
  }
}
