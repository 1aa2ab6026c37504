// What the command line does with the service's database and queue.

import Domain
import Forges
import Pipeline
import Queue
import Settings
import Storage
import Threading
import Workspace

/// The service's records, opened for one command.
public struct Administration {
  let settings: Settings
  let store: any Store
  let clock: any WallClock

  /// Opens the database of the settings, runs `body`, closes it.
  public static func open(_ body: (Administration) throws -> Void) throws {
    let settings = try Settings.load(environment: Environment.current)
    let store = try Backends.store(settings, connections: 2)
    defer { store.close() }
    try body(Administration(settings: settings, store: store, clock: SystemClock()))
  }

  /// Migrates and tells the versions before and after.
  public static func migrate(to version: Int?) throws -> (before: Int, after: Int) {
    let settings = try Settings.load(environment: Environment.current)
    let database = try Backends.database(settings, connections: 1)
    defer { database.close() }
    let migrator = Migrator(database)
    let before = try migrator.version()
    try migrator.migrate(to: version)
    return (before, try migrator.version())
  }

  /// Adds a repository. Paths become absolute; for a forge other than plain git the name is owner/name.
  public func add(location: String, forge: Forge, name: String?) throws -> Repository {
    let url = try Self.cloneURL(location)
    let name = try name ?? Self.defaultName(of: url, forge: forge)
    return try store.register(
      Repository(id: .make(at: clock.now()), forge: forge, name: name, cloneURL: url, createdAt: clock.now()))
  }

  /// An absolute path for what lies on this machine, the URL itself for the rest; both are looked at before they are stored.
  private static func cloneURL(_ location: String) throws -> String {
    let url = try Environment.absolutePath(location) ?? GitLocation(location).text
    _ = try Remote(url)
    return url
  }

  /// Plain git's webhooks name a repository by its path or URL, the forges' by owner/name, which ends the URL.
  private static func defaultName(of url: String, forge: Forge) throws -> String {
    guard forge != .git else { return url }
    let path = url.hasSuffix(".git") ? url.dropLast(4) : url[...]
    let parts = path.split(separator: "/").suffix(2).flatMap { $0.split(separator: ":").suffix(1) }
    guard parts.count == 2 else { throw ForgeError(.badName, "cannot tell owner/name from \(url): give it with --name") }
    return parts.joined(separator: "/")
  }

  /// All repositories, oldest first.
  public func repositories() throws -> [Repository] {
    var all: [Repository] = []
    while true {
      let page = try store.repositories(Page(before: all.last?.id, limit: 200))
      all += page
      if page.count < 200 { return all.reversed() }
    }
  }

  /// Removes a repository by identifier or name. False when there is none.
  public func remove(_ name: String) throws -> Bool {
    guard let found = try repositories().first(where: { $0.id.rawValue == name || $0.name == name }) else { return false }
    return try store.remove(found.id)
  }

  /// Gives a delivery a new task; nil when there is no such delivery.
  public func redeliver(_ id: String) throws -> JobID? {
    guard let delivery = try store.delivery(key: id) ?? store.delivery(DeliveryID(rawValue: id)) else { return nil }
    let task = JobID.make(at: clock.now())
    let now = clock.now()
    let job = Job(
      id: task, queue: .webhooks, function: .processWebhook, payload: "{\"delivery\":\"\(delivery.id)\"}", enqueuedAt: now)
    guard try store.replan(delivery.id, replacing: delivery.jobID, with: job) else { return try store.delivery(delivery.id)?.jobID }
    // The memory queue is in another process: its sweep finds the delivery without a living job and plans it.
    if settings.queueBackend == .redis {
      let queue = try Backends.queue(settings, connections: 1, clock: clock)
      defer { queue.close() }
      _ = try queue.enqueue(
        NewJob(
          id: task, queue: .webhooks, function: .processWebhook, payload: job.payload, group: "\(delivery.forge.rawValue):redelivered"))
    }
    return task
  }

  /// Counts by state, as text.
  public func status() throws -> String {
    var lines = [
      "mode        \(settings.mode.rawValue)", "database    \(settings.databaseBackend.rawValue)",
      "queue       \(settings.queueBackend.rawValue)",
    ]
    lines.append("watched     \(try repositories().count) repositories")
    for count in try store.counts().sorted(by: { ($0.record, $0.state) < ($1.record, $1.state) }) {
      lines.append(count.record.padded(to: 12) + count.state.padded(to: 12) + String(count.count))
    }
    for repository in try repositories() {
      for entry in RuleAcceptance.table(try store.offerCounts(repository: repository.id)) {
        lines.append(
          "acceptance".padded(to: 12) + "\(repository.name) \(entry.rule): \(entry.accepted) accepted, \(entry.edited) edited, "
            + "\(entry.declined) declined, \(entry.open) open")
      }
    }
    if settings.queueBackend == .redis {
      let queue = try Backends.queue(settings, connections: 1, clock: clock)
      defer { queue.close() }
      for name in QueueName.allCases {
        let reading = try queue.reading(of: name)
        lines.append(
          "queue".padded(to: 12) + name.rawValue.padded(to: 12)
            + "\(reading.depth) waiting, \(reading.running) running, \(reading.dead) dead")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension String {
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
