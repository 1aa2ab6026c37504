// The JSON shapes of the API: what DESIGN section 6 promises, field by field.

import Domain
import Pipeline
import Queue
import Storage

/// A page of a listing; `next` is the cursor of the page after it.
struct Listing<Row: Encodable>: Encodable {
  var items: [Row]
  var next: String?
}

struct TaskView: Encodable {
  var task_id: JobID
  var queue_name: QueueName
  var func_name: JobFunction
  var status: JobState
  var attempts: Int
  var enqueued_at: String
  var started_at: String?
  var finished_at: String?
  var result: RawJSON?
  var error: String?

  init(_ job: Job) {
    task_id = job.id
    queue_name = job.queue
    func_name = job.function
    status = job.state
    attempts = job.attempts
    enqueued_at = job.enqueuedAt.rfc3339
    started_at = job.startedAt?.rfc3339
    finished_at = job.finishedAt?.rfc3339
    result = job.result.map(RawJSON.init)
    error = job.error
  }

  enum CodingKeys: String, CodingKey {
    case task_id, queue_name, func_name, status, attempts, enqueued_at, started_at, finished_at, result, error
  }

  /// Every key is always there; a missing value is null.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(task_id, forKey: .task_id)
    try container.encode(queue_name, forKey: .queue_name)
    try container.encode(func_name, forKey: .func_name)
    try container.encode(status, forKey: .status)
    try container.encode(attempts, forKey: .attempts)
    try container.encode(enqueued_at, forKey: .enqueued_at)
    try container.encode(started_at, forKey: .started_at)
    try container.encode(finished_at, forKey: .finished_at)
    try container.encode(result, forKey: .result)
    try container.encode(error, forKey: .error)
  }
}

struct DeliveryView: Encodable {
  var delivery_id: String
  var forge: Forge
  var event: String
  var status: DeliveryStatus
  var detail: String?
  var task_id: JobID
  var run_id: RunID?
  var received_at: String
  var finished_at: String?

  init(_ delivery: Delivery) {
    delivery_id = delivery.deduplicationKey
    forge = delivery.forge
    event = delivery.eventName
    status = delivery.status
    detail = delivery.detail
    task_id = delivery.jobID
    run_id = delivery.runID
    received_at = delivery.receivedAt.rfc3339
    finished_at = delivery.finishedAt?.rfc3339
  }
}

struct RunView: Encodable {
  var run_id: RunID
  var repository_id: RepositoryID
  var repository: String?
  var branch: String
  var pull_request: Int?
  var base: ObjectID?
  var head: ObjectID
  var status: RunState
  var task_id: JobID
  var published_to: String?
  var published_commit: ObjectID?
  var detail: String?
  var documents: Int
  var created_at: String
  var started_at: String?
  var finished_at: String?
  var findings: [FindingView]?
  var fixes: [FixView]?

  init(_ run: Run, repository: String?) {
    run_id = run.id
    repository_id = run.repositoryID
    self.repository = repository
    branch = run.branch
    pull_request = run.pullRequest
    base = run.base
    head = run.head
    status = run.state
    task_id = run.jobID
    published_to = run.publishedTo
    published_commit = run.publishedCommit
    detail = run.detail
    documents = run.documentCount
    created_at = run.createdAt.rfc3339
    started_at = run.startedAt?.rfc3339
    finished_at = run.finishedAt?.rfc3339
  }
}

struct EvidenceView: Encodable {
  var statement: String
  var path: String?
  var line: Int?
  var commit: ObjectID?

  init(_ evidence: Evidence) {
    statement = evidence.statement
    path = evidence.path
    line = evidence.line
    commit = evidence.commit
  }
}

struct FindingView: Encodable {
  var finding_id: FindingID?
  var run_id: RunID?
  var rule: String
  var severity: Severity
  var path: String
  var line: Int
  var column: Int
  var end_line: Int
  var end_column: Int
  var message: String
  var fingerprint: String
  var evidence: [EvidenceView]

  init(_ finding: Finding, id: FindingID? = nil, run: RunID? = nil) {
    finding_id = id
    run_id = run
    rule = finding.rule
    severity = finding.severity
    path = finding.path
    line = finding.start.line
    column = finding.start.column
    end_line = finding.end.line
    end_column = finding.end.column
    message = finding.message
    fingerprint = finding.fingerprint
    evidence = finding.evidence.map(EvidenceView.init)
  }
}

struct FixView: Encodable {
  var strategy: String
  var rule: String
  var path: String
  var line: Int
  var before: [String]
  var after: [String]
  var applicability: Applicability
  var confidence: Double
  var evidence: [EvidenceView]

  init(_ fix: Fix) {
    strategy = fix.strategy
    rule = fix.finding.rule
    path = fix.finding.path
    line = fix.finding.start.line
    before = fix.edits.map(\.expected)
    after = fix.edits.map(\.replacement)
    applicability = fix.applicability
    confidence = fix.confidence
    evidence = fix.evidence.map(EvidenceView.init)
  }
}

/// How people took the repairs of one rule.
struct AcceptanceView: Encodable {
  var rule: String
  var accepted: Int
  var edited: Int
  var declined: Int
  var open: Int
  /// Accepted ones among those that somebody judged; nil when nobody did.
  var share: Double?

  init(_ acceptance: RuleAcceptance) {
    rule = acceptance.rule
    accepted = acceptance.accepted
    edited = acceptance.edited
    declined = acceptance.declined
    open = acceptance.open
    share = acceptance.judged == 0 ? nil : acceptance.share
  }
}

struct RepositoryView: Encodable {
  var repository_id: RepositoryID
  var forge: Forge
  var name: String
  var clone_url: String
  var default_branch: String?
  var enabled: Bool
  var created_at: String
  /// How people took what each rule repaired; only where one repository is asked for.
  var acceptance: [AcceptanceView]?

  init(_ repository: Repository, acceptance: [RuleAcceptance]) {
    self.init(repository)
    self.acceptance = acceptance.map(AcceptanceView.init)
  }

  init(_ repository: Repository) {
    repository_id = repository.id
    forge = repository.forge
    name = repository.name
    clone_url = repository.cloneURL
    default_branch = repository.defaultBranch
    enabled = repository.enabled
    created_at = repository.createdAt.rfc3339
  }
}
