// What the engine keeps. One protocol; SQLite and PostgreSQL below it. `Tests/StorageTests/StoreConformance.swift` proves
// its laws on both.

import Domain

/// The engine's records.
///
/// Laws, for every backend:
/// - A call that returned is durable: it survives the end of the process and of the machine.
/// - Each call is atomic. Calls from several threads and processes may come in any order, never half.
/// - A change of a record that is not there changes nothing; a record that names another one that is not there, as a run
///   does its repository, throws `corrupt`.
/// - Every call may be repeated when its answer was lost: storing the same record again is no error and changes nothing.
/// - Keys (deduplication and publication keys, names of repositories and gauges, rules, branches) have up to 600
///   characters; a longer one throws `corrupt`. U+0000 in a text becomes U+FFFD: PostgreSQL cannot keep it.
/// - Pages are newest first; a page's cursor is the last identifier shown, and paging never shows a row twice.
public protocol Store: Sendable {
  // Deliveries and jobs.

  /// Stores a delivery and its job in one transaction. When a delivery of that forge with that key is there already,
  /// changes nothing and returns the stored one, without its payload.
  func accept(_ delivery: Delivery, job: Job) throws(StoreError) -> Acceptance
  /// Takes back a delivery whose job the queue refused, and the job.
  func withdraw(_ id: DeliveryID) throws(StoreError)
  func delivery(_ id: DeliveryID) throws(StoreError) -> Delivery?
  /// The delivery whose deduplication key is `key`, the forge's own name for it; the newest when several forges have one.
  func delivery(key: String) throws(StoreError) -> Delivery?
  /// Sets the state of a delivery that is not final yet; changes nothing on one that is.
  func settle(_ outcome: DeliveryOutcome, at time: Timestamp) throws(StoreError)
  /// Makes a delivery `queued` again with a new job, stored with it in one transaction; only when its job still is
  /// `expected`. False, and nothing changed, when another has planned it anew meanwhile.
  func replan(_ id: DeliveryID, replacing expected: JobID, with job: Job) throws(StoreError) -> Bool
  /// Without payloads.
  func deliveries(_ page: Page<DeliveryID>, status: DeliveryStatus?) throws(StoreError) -> [Delivery]
  /// Deliveries not final and received before `time`, oldest first, without payloads: what a sweep looks at.
  func unfinishedDeliveries(receivedBefore time: Timestamp, limit: Int) throws(StoreError) -> [Delivery]
  /// Deletes deliveries, jobs, runs and effects that ended before `time`, and gauges' points from before it, at most `limit` of each;
  /// returns how many went. What runs found and published goes with them.
  func prune(finishedBefore time: Timestamp, limit: Int) throws(StoreError) -> Int

  /// Stores a job; one with that identifier stays as it is.
  func insert(_ job: Job) throws(StoreError)
  func job(_ id: JobID) throws(StoreError) -> Job?
  /// Writes state, attempts, times, result and error of an existing job, and settles the delivery it was for, in one
  /// transaction.
  func update(_ job: Job, settling outcome: DeliveryOutcome?) throws(StoreError)
  func jobs(_ page: Page<JobID>, state: JobState?) throws(StoreError) -> [Job]
  /// Marks every unfinished job held by another holder than `holder` (and by any holder at all) as lost; returns how many.
  func loseJobs(notHeldBy holder: String, at time: Timestamp) throws(StoreError) -> Int

  // Repositories, pull requests.

  /// Adds the repository, or returns the one with that forge and name, unchanged.
  func register(_ repository: Repository) throws(StoreError) -> Repository
  func repository(_ id: RepositoryID) throws(StoreError) -> Repository?
  func repository(forge: Forge, name: String) throws(StoreError) -> Repository?
  func repositories(_ page: Page<RepositoryID>) throws(StoreError) -> [Repository]
  func setEnabled(_ enabled: Bool, repository id: RepositoryID) throws(StoreError)
  func setDefaultBranch(_ branch: String, repository id: RepositoryID) throws(StoreError)
  /// Gives it another name and address. False, and nothing changed, when there is none, or another one has that name.
  func rename(_ id: RepositoryID, to name: String, cloneURL: String) throws(StoreError) -> Bool
  /// Removes it with its runs, findings, fixes, publications and pull requests. False when there is none.
  func remove(_ id: RepositoryID) throws(StoreError) -> Bool
  /// Keeps the pull request's newest state: one that is older than what is stored changes nothing.
  func record(_ pullRequest: PullRequest) throws(StoreError)
  func pullRequest(repository: RepositoryID, number: Int) throws(StoreError) -> PullRequest?

  // Runs and what they found.

  /// Stores a new run together with its job and the effects that announce it, and attaches the delivery that asked for it
  /// (`Delivery.runID`), in one transaction.
  func plan(_ run: Run, job: Job, for delivery: DeliveryID?, posting effects: [Effect]) throws(StoreError)
  /// Attaches a delivery to a run that exists.
  func attach(_ delivery: DeliveryID, to run: RunID) throws(StoreError)
  /// Writes every field of an existing run.
  func update(_ run: Run) throws(StoreError)
  /// As `update`, settles every delivery attached to it that is not final, and posts the effects, in one transaction.
  func finish(
    _ run: Run, deliveries status: DeliveryStatus, detail: String?, at time: Timestamp, posting effects: [Effect]
  ) throws(StoreError)
  /// The newest runs of one branch (and pull request, or none), newest first.
  func runs(repository: RepositoryID, branch: String, pullRequest: Int?, limit: Int) throws(StoreError) -> [Run]
  func run(_ id: RunID) throws(StoreError) -> Run?
  func runs(_ page: Page<RunID>, repository: RepositoryID?) throws(StoreError) -> [Run]
  /// Replaces what the run found and healed; both keep their order. Throws `corrupt` when there is no such run.
  func record(findings: [Finding], fixes: [Fix], for run: RunID) throws(StoreError)
  func findings(of run: RunID) throws(StoreError) -> [Finding]
  func fixes(of run: RunID) throws(StoreError) -> [Fix]
  /// The findings that meet every condition of the filter.
  func findings(_ page: Page<FindingID>, filter: FindingFilter) throws(StoreError) -> [StoredFinding]

  // Publications.

  /// Stores the publication, or returns the one with that key, unchanged.
  func record(_ publication: Publication) throws(StoreError) -> Publication
  func publication(key: String) throws(StoreError) -> Publication?

  // Effects: the outbox.

  /// Stores effects; one whose key is there already stays as it is. An unknown repository throws `corrupt`.
  func post(_ effects: [Effect]) throws(StoreError)
  /// Gives the caller an effect that is due and that no earlier unfinished one of its ordering key holds back, until `end`. An effect
  /// whose lease ended is due again.
  func leaseEffect(by holder: String, at now: Timestamp, until end: Timestamp) throws(StoreError) -> Effect?
  /// False when the lease is not the caller's any more.
  func extendLease(of id: EffectID, by holder: String, until end: Timestamp) throws(StoreError) -> Bool
  /// Writes state, attempts, detail and times of an effect that the caller (`effect.holder`) holds, and gives it back. False, and
  /// nothing changed, when it is not the caller's any more.
  func settle(_ effect: Effect) throws(StoreError) -> Bool
  func effect(_ id: EffectID) throws(StoreError) -> Effect?
  func effect(key: String) throws(StoreError) -> Effect?
  func effects(_ page: Page<EffectID>, state: Effect.State?) throws(StoreError) -> [Effect]

  // Offers: what people were offered, and what they did with it.

  /// Stores offers. One that is there already and open gets road and text anew; one that is settled stays as it is.
  func record(_ offers: [Offer]) throws(StoreError)
  /// Settles those of the offers that are open.
  func settle(_ offers: [Offer], as state: Offer.State, at time: Timestamp) throws(StoreError)
  /// In the order of their healings.
  func offers(repository: RepositoryID, pullRequest: Int) throws(StoreError) -> [Offer]
  /// Healings that people declined in this repository; the newest ones where there are more than `limit`.
  func declinedHealings(repository: RepositoryID, limit: Int) throws(StoreError) -> Set<String>
  func offerCounts(repository: RepositoryID) throws(StoreError) -> [OfferCount]

  // Notes: small values that outlive runs, by key.

  func note(_ key: String) throws(StoreError) -> String?
  /// Sets a note that still is `old` (nil: that is not there). False when it is not; also false when the call had to be done twice and
  /// the first time succeeded, so a change must be harmless when it is made again.
  func replaceNote(_ key: String, from old: String?, to new: String) throws(StoreError) -> Bool

  // Gauges over time.

  /// Stores a gauge's value at a time, in place of an earlier one at that time. Not a number throws `corrupt`.
  func record(metric name: String, value: Double, at time: Timestamp) throws(StoreError)
  /// A gauge's points from `time` on, oldest first.
  func metrics(_ name: String, since time: Timestamp, limit: Int) throws(StoreError) -> [MetricPoint]
  /// How many deliveries, jobs, runs are in each state: `("deliveries", "completed", 12)`.
  func counts() throws(StoreError) -> [StateCount]

  // The database itself.

  /// Throws when the database cannot be read and written now.
  func probe() throws(StoreError)
  /// Waits for the calls under way and closes every connection; later calls throw `unavailable`. Twice is fine.
  func close()
}

public typealias FindingID = Identifier<StoredFinding>

public enum Acceptance: Sendable, Hashable {
  case accepted
  case duplicate(of: Delivery)
}

extension Store {
  public func plan(_ run: Run, job: Job, for delivery: DeliveryID?) throws(StoreError) {
    try plan(run, job: job, for: delivery, posting: [])
  }

  public func finish(_ run: Run, deliveries status: DeliveryStatus, detail: String?, at time: Timestamp) throws(StoreError) {
    try finish(run, deliveries: status, detail: detail, at: time, posting: [])
  }

  /// Changes a note, whoever else does at the same time; returns what `body` left. `body` may run several times.
  public func changeNote(_ key: String, _ body: (String?) -> String) throws(StoreError) -> String {
    while true {
      let old = try note(key)
      let new = body(old)
      if old == new { return new }
      if try replaceNote(key, from: old, to: new) { return new }
    }
  }
}

/// How a delivery ended, or that it waits again.
public struct DeliveryOutcome: Sendable, Hashable {
  public var id: DeliveryID
  public var status: DeliveryStatus
  /// One line.
  public var detail: String?
  public init(id: DeliveryID, status: DeliveryStatus, detail: String? = nil) {
    self.id = id
    self.status = status
    self.detail = detail
  }
}

/// A page of a listing, newest first.
public struct Page<ID: Sendable & Hashable>: Sendable, Hashable {
  /// Only rows older than this identifier; nil is the first page.
  public var before: ID?
  /// Rows a page has at the most.
  public var limit: Int
  public init(before: ID? = nil, limit: Int = 50) {
    self.before = before
    self.limit = limit
  }
}

public struct FindingFilter: Sendable, Hashable {
  public var repository: RepositoryID?
  public var run: RunID?
  public var rule: String?
  public var severity: Severity?
  public var path: String?
  public init(
    repository: RepositoryID? = nil, run: RunID? = nil, rule: String? = nil, severity: Severity? = nil, path: String? = nil
  ) {
    self.repository = repository
    self.run = run
    self.rule = rule
    self.severity = severity
    self.path = path
  }
}

public struct StoredFinding: Sendable, Hashable {
  public var id: FindingID
  public var runID: RunID
  public var finding: Finding
  public init(id: FindingID, runID: RunID, finding: Finding) {
    self.id = id
    self.runID = runID
    self.finding = finding
  }
}

public struct MetricPoint: Sendable, Hashable {
  public var at: Timestamp
  public var value: Double
  public init(at: Timestamp, value: Double) {
    self.at = at
    self.value = value
  }
}

public struct StateCount: Sendable, Hashable {
  public var record: String
  public var state: String
  public var count: Int
  public init(record: String, state: String, count: Int) {
    self.record = record
    self.state = state
    self.count = count
  }
}

/// One line each: what failed, on what, why, what to do. No SQL argument, payload or password is ever in it.
public struct StoreError: Error, Hashable, CustomStringConvertible {
  public enum Code: Sendable, Hashable {
    /// The database cannot be created, opened or reached.
    case unavailable
    /// Wrong user or password, or no permission.
    case refused
    /// Another process holds the lock for too long.
    case busy
    /// No room on the disk.
    case full
    /// A newer program has migrated it; this one does not know its schema.
    case newerSchema
    /// It has not been migrated yet.
    case olderSchema
    /// What is stored cannot be read back, or a constraint failed: a defect.
    case corrupt
  }
  public var code: Code
  public var description: String

  public init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}
