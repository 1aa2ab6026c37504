// Deliveries that GitHub could not bring while we were away are asked for again, now and then, by one process at a time.

import Domain
import Forges
import Logging
import Settings
import Storage
import Threading

/// Sweeps the deliveries of forges that keep them.
public final class RedeliverySweeper: Sendable {
  private let store: any Store
  private let settings: Settings
  private let clients: ForgeClients
  private let clock: any WallClock
  private let logger: Logger
  private let sweep = Monitor(RedeliverySweep())

  /// Between two sweeps, whichever process makes them.
  private static let interval = Duration.seconds(300)
  /// GitHub keeps deliveries for three days.
  private static let reach = Duration.seconds(3 * 86_400)
  private static let note = "redelivery-sweep:github"
  private static let page = 200

  public init(store: any Store, settings: Settings, clients: ForgeClients, clock: any WallClock, logger: Logger) {
    self.store = store
    self.settings = settings
    self.clients = clients
    self.clock = clock
    self.logger = logger
  }

  /// Sweeps when it is time; nothing happens where no forge keeps deliveries, or nobody said which hooks are ours.
  public func sweepIfDue() throws {
    guard let client = clients[.github] as? any RedeliversWebhooks, let address = hookAddress(client) else { return }
    let now = clock.now()
    let last = try store.note(Self.note)
    if let last, let time = Int64(last), now.since(Timestamp(milliseconds: time)) < Self.interval { return }
    guard try store.replaceNote(Self.note, from: last, to: String(now.milliseconds)) else { return }
    let names = try repositories()
    guard !names.isEmpty else { return }
    let report = try sweep.withLock { sweep in
      try sweep.sweep(
        client, repositories: names, hookAddress: address, since: now.advanced(by: .zero - Self.reach), now: now,
        isKnown: { try store.delivery(key: $0) != nil })
    }
    if !report.asked.isEmpty { logger.notice("lost deliveries asked for again", metadata: ["deliveries": "\(report.asked.count)"]) }
    for failure in report.failures.prefix(5) {
      logger.warning(
        "deliveries could not be looked through", metadata: ["repository": "\(failure.repository)", "error": "\(failure.error)"])
    }
  }

  /// What our hooks' addresses begin with; for an App its one hook is ours whatever its address.
  private func hookAddress(_ client: any RedeliversWebhooks) -> String? {
    if let url = settings.publicURL { return "\(url)/webhooks/github" }
    return client.listsDeliveriesOfAllRepositories ? "" : nil
  }

  private func repositories() throws -> [String] {
    var names: [String] = []
    var cursor: RepositoryID?
    while true {
      let page = try store.repositories(Page(before: cursor, limit: Self.page))
      names += page.filter { $0.forge == .github && $0.enabled }.map(\.name)
      guard page.count == Self.page, let last = page.last else { return names }
      cursor = last.id
    }
  }
}
