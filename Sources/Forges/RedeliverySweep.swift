// Finds the deliveries that a forge could not deliver while the receiver was away, and asks for them again. GitHub gives up after one
// attempt and keeps each for three days; who does not look loses events for good.
//
// A delivery is lost when no attempt of it was accepted and the store does not know it (an answer may have been lost on its way).
// Pure but for the forge: what was asked lately is a value of this struct, the time and the store's knowledge are handed in. Should the
// value be lost with the process, the forge's own list still shows when a delivery was sent last, which holds the next request back.

import Domain

/// Asks for lost deliveries again. One for each credential; `sweep` is called now and then.
public struct RedeliverySweep: Sendable {
  /// How it goes about it.
  public struct Policy: Sendable, Hashable {
    /// A delivery's newest attempt must be this old: until then its effect may not be stored yet.
    public var minimumAge: Duration
    /// Requests of one sweep, so that a receiver that is just back is not flooded.
    public var maximumRequests: Int
    /// From one request for a delivery to the next.
    public var pause: Duration
    /// A delivery that failed so often is left: the receiver refuses it for a reason that time does not cure.
    public var maximumAttempts: Int

    public init(
      minimumAge: Duration = .seconds(60), maximumRequests: Int = 100, pause: Duration = .seconds(3600), maximumAttempts: Int = 8
    ) {
      self.minimumAge = minimumAge
      self.maximumRequests = maximumRequests
      self.pause = pause
      self.maximumAttempts = maximumAttempts
    }
  }

  /// What one sweep did.
  public struct Report: Sendable, Hashable {
    /// Different deliveries in the lists.
    public var seen = 0
    /// Keys of those that were asked for again, the oldest of a list first.
    public var asked: [String] = []
    /// Lost ones that were not asked for: too young, asked for lately, or beyond the limit. The next sweep sees them again.
    public var waiting = 0
    /// Lost ones that failed too often.
    public var abandoned = 0
    public var failures: [Failure] = []
    /// Set when the forge wants to be left alone for so long; the sweep ended there.
    public var retryAfter: Duration?

    public init() {}
  }

  /// A list that was not read, or a request that was refused or stayed without an answer.
  public struct Failure: Sendable, Hashable {
    public var repository: String
    /// Nil when the list was not read.
    public var deliveryKey: String?
    public var error: ForgeAPIError

    public init(repository: String, deliveryKey: String?, error: ForgeAPIError) {
      self.repository = repository
      self.deliveryKey = deliveryKey
      self.error = error
    }
  }

  public var policy: Policy
  /// When a delivery was asked for, by key; only those within `policy.pause`.
  public private(set) var asked: [String: Timestamp]

  public init(policy: Policy = Policy(), asked: [String: Timestamp] = [:]) {
    self.policy = policy
    self.asked = asked
  }

  /// Looks through the deliveries since `since` and asks for lost ones. An App's list is of all its repositories and read once; with a
  /// token each repository's hooks are asked. A repository that cannot be read is a failure in the report and keeps no other back.
  /// - Parameters:
  ///   - hookAddress: what the address of our hooks begins with.
  ///   - isKnown: whether the store has a delivery with this key; what it throws ends the sweep.
  public mutating func sweep(
    _ client: any RedeliversWebhooks, repositories: [String], hookAddress: String, since: Timestamp, now: Timestamp,
    isKnown: (_ deliveryKey: String) throws -> Bool
  ) throws -> Report {
    let pause = policy.pause
    asked = asked.filter { now.since($0.value) < pause }
    var report = Report()
    for repository in client.listsDeliveriesOfAllRepositories ? Array(repositories.prefix(1)) : repositories {
      switch Self.list(client, repository, hookAddress, since) {
      case .success(let attempts):
        let all = Self.deliveries(attempts)
        report.seen += all.count
        let lost = try all.filter { try !$0.isAccepted && !isKnown($0.key) }
        guard ask(for: lost, client, repository, now, &report) else { return report }
      case .failure(let error):
        guard report.add(Failure(repository: repository, deliveryKey: nil, error: error)) else { return report }
      }
    }
    return report
  }

  /// All attempts of one delivery.
  private struct Attempts {
    var key: String { newest.deliveryKey }
    var newest: WebhookDelivery
    var firstAt: Timestamp
    /// Where its first attempt stands in the list, from the end: orders what came within one second.
    let place: Int
    var count = 0
    var isAccepted = false

    init(_ attempt: WebhookDelivery, place: Int) {
      (newest, firstAt, self.place) = (attempt, attempt.deliveredAt, place)
    }

    mutating func add(_ attempt: WebhookDelivery) {
      if attempt.deliveredAt >= newest.deliveredAt { newest = attempt }
      firstAt = min(firstAt, attempt.deliveredAt)
      count += 1
      isAccepted = isAccepted || attempt.isAccepted
    }
  }

  /// In the order in which things happened.
  private static func deliveries(_ list: [WebhookDelivery]) -> [Attempts] {
    var all: [String: Attempts] = [:]
    for (place, attempt) in list.reversed().enumerated() {
      all[attempt.deliveryKey, default: Attempts(attempt, place: place)].add(attempt)
    }
    return all.values.sorted { ($0.firstAt, $0.place) < ($1.firstAt, $1.place) }
  }

  private static func list(
    _ client: any RedeliversWebhooks, _ repository: String, _ hookAddress: String, _ since: Timestamp
  ) -> Result<[WebhookDelivery], ForgeAPIError> {
    Result { () throws(ForgeAPIError) in try client.webhookDeliveries(of: repository, hookAddress: hookAddress, since: since) }
  }

  /// Returns whether the sweep goes on.
  private mutating func ask(
    for lost: [Attempts], _ client: any RedeliversWebhooks, _ repository: String, _ now: Timestamp, _ report: inout Report
  ) -> Bool {
    for delivery in lost {
      if delivery.count >= policy.maximumAttempts {
        report.abandoned += 1
      } else if report.requests >= policy.maximumRequests || !isDue(delivery, now) {
        report.waiting += 1
      } else if !ask(for: delivery, client, repository, now, &report) {
        return false
      }
    }
    return true
  }

  private func isDue(_ delivery: Attempts, _ now: Timestamp) -> Bool {
    guard asked[delivery.key] == nil else { return false }
    // A second attempt is one that somebody asked for.
    return now.since(delivery.newest.deliveredAt) >= (delivery.count > 1 ? max(policy.pause, policy.minimumAge) : policy.minimumAge)
  }

  private mutating func ask(
    for delivery: Attempts, _ client: any RedeliversWebhooks, _ repository: String, _ now: Timestamp, _ report: inout Report
  ) -> Bool {
    do throws(ForgeAPIError) {
      try client.redeliver(delivery.newest, of: repository)
      report.asked.append(delivery.key)
    } catch {
      if case .retryAfter = error.reason { return report.add(Failure(repository: repository, deliveryKey: delivery.key, error: error)) }
      // Without an answer it may be on its way all the same, and what was refused will be refused again.
      asked[delivery.key] = now
      return report.add(Failure(repository: repository, deliveryKey: delivery.key, error: error))
    }
    asked[delivery.key] = now
    return true
  }
}

extension RedeliverySweep.Report {
  /// Requests that were made.
  fileprivate var requests: Int { asked.count + failures.count { $0.deliveryKey != nil } }

  /// Returns whether it is worth going on after this failure.
  fileprivate mutating func add(_ failure: RedeliverySweep.Failure) -> Bool {
    failures.append(failure)
    switch failure.error.reason {
    case .retryAfter(let delay):
      retryAfter = delay
      return false
    case .unauthorized, .unsupported: return false
    case .transient, .forbidden, .gone, .conflict, .invalid, .unexpected: return true
    }
  }
}
