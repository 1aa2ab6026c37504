// Durable, retryable units of queued work. The life of a job is drawn once, in ARCHITECTURE.md; the states and verbs
// here are those of that drawing.

public enum QueueName: String, Sendable, Codable, CaseIterable, Hashable {
  case webhooks, validation, healing
}

/// What a job does; the HTTP API calls it `func_name`.
public enum JobFunction: String, Sendable, Codable, CaseIterable, Hashable {
  case processWebhook = "process_webhook"
  case runRevision = "run_revision"
  case validateSnippet = "validate_snippet"
  case validateFile = "validate_file"
  case healSnippet = "heal_snippet"
  case healFile = "heal_file"
}

public enum JobState: String, Sendable, Codable, CaseIterable, Hashable {
  case queued
  case running
  case completed
  /// Ended without work to do.
  case ignored
  /// The last attempt failed; it will be retried.
  case failed
  /// Gave up after the last attempt; kept, and can be replayed.
  case dead
  /// Was in the memory queue of a process that ended.
  case lost

  public var isFinal: Bool {
    switch self {
    case .completed, .ignored, .dead, .lost: true
    case .queued, .running, .failed: false
    }
  }
}

/// A job before it is queued.
public struct NewJob: Sendable, Hashable {
  public var id: JobID
  public var queue: QueueName
  public var function: JobFunction
  /// JSON, at most a few KiB: it names stored things rather than containing them (snippets of the API excepted).
  public var payload: String
  /// Jobs of one group are leased in turn with those of other groups, so that no repository makes others wait.
  public var group: String
  /// While a job with this key is leased, no other one with it is; and they are leased in the order they came.
  public var orderingKey: String?
  /// While a job with this key is queued and not leased, a second one replaces its payload instead of standing beside it.
  public var uniqueKey: String?
  /// Not leased before; nil is at once.
  public var notBefore: Timestamp?

  public init(
    id: JobID, queue: QueueName, function: JobFunction, payload: String, group: String, orderingKey: String? = nil,
    uniqueKey: String? = nil, notBefore: Timestamp? = nil
  ) {
    self.id = id
    self.queue = queue
    self.function = function
    self.payload = payload
    self.group = group
    self.orderingKey = orderingKey
    self.uniqueKey = uniqueKey
    self.notBefore = notBefore
  }
}

/// A job as the history keeps it and `GET /tasks/ID` shows it.
public struct Job: Sendable, Hashable {
  public var id: JobID
  public var queue: QueueName
  public var function: JobFunction
  public var payload: String
  public var state: JobState
  /// Attempts that have started.
  public var attempts: Int
  /// Which memory queue holds it: the process instance; nil with a queue that outlives processes.
  public var holder: String?
  public var enqueuedAt: Timestamp
  public var startedAt: Timestamp?
  public var finishedAt: Timestamp?
  /// JSON.
  public var result: String?
  /// One line.
  public var error: String?

  public init(
    id: JobID, queue: QueueName, function: JobFunction, payload: String, state: JobState = .queued, attempts: Int = 0,
    holder: String? = nil, enqueuedAt: Timestamp, startedAt: Timestamp? = nil, finishedAt: Timestamp? = nil, result: String? = nil,
    error: String? = nil
  ) {
    self.id = id
    self.queue = queue
    self.function = function
    self.payload = payload
    self.state = state
    self.attempts = attempts
    self.holder = holder
    self.enqueuedAt = enqueuedAt
    self.startedAt = startedAt
    self.finishedAt = finishedAt
    self.result = result
    self.error = error
  }
}
