// One process of the service, wired: the same for the responder and the worker, which differ only in what they start.

import Domain
import FastCGI
import Forges
import HTTPClient
import Logging
import Pipeline
import Queue
import Server
import Settings
import Storage
import Threading
import Validation
import Workspace

/// The parts of a process.
public final class Service: Sendable {
  public let settings: Settings
  public let store: any Store
  public let queue: any JobQueue
  public let logger: Logger
  public let clock: any WallClock
  /// Names this process as the holder of a memory queue; nil when jobs outlive processes.
  let holder: String?
  let jobs: Jobs
  let history: JobHistory
  let recovery: Recovery
  /// Asks other servers.
  let http = CurlTransport()
  /// Effects at the forges.
  let outbox: Outbox
  private let redeliveries: RedeliverySweeper
  private let monitor = MemoryMonitor()
  private let sweeper = Sweeper()

  /// Opens the backends and wires the stages. Throws one line that says what cannot be opened and what to do.
  public init(_ settings: Settings, label: String, threads: Int, clock: any WallClock = SystemClock()) throws {
    self.settings = settings
    self.clock = clock
    logger = .service(label, settings, clock: clock)
    holder = settings.queueBackend == .memory || settings.syncProcessing ? Identifier<Service>.make(at: clock.now()).rawValue : nil
    store = try Backends.store(settings, connections: threads)
    let clients = try settings.forgeClients(transport: http, clock: clock)
    let bell = OutboxBell(forges: settings.forgesWithAPI)
    history = JobHistory(store: store, clock: clock, bell: bell, logger: logger)
    let credentials = GitCredentials(settings: settings, clients: clients)
    let engine = Engines.engine(settings, clock: clock, transport: http)
    let runs = RunHandler(
      store: store, engine: engine, settings: settings, credentials: credentials, clock: clock,
      bell: bell, logger: logger)
    let directory = RepositoryDirectory(store: store, settings: settings, clock: clock)
    let late = LateHandler()
    if settings.syncProcessing {
      queue = SynchronousQueue(
        limits: QueueLimits(maximumDepth: settings.maxQueueSize), policy: RetryPolicy(base: .milliseconds(100), cap: .seconds(1)),
        handler: late,
        recorder: history, clock: clock, logger: logger)
    } else {
      queue = try Backends.queue(settings, connections: threads, clock: clock)
    }
    let planner = Planner(
      store: store, queue: queue, directory: directory, clock: clock, holder: holder, bell: bell, logger: logger)
    outbox = Outbox(
      store: store,
      performing: try EffectPerforming(
        store: store, settings: settings, clients: clients, credentials: credentials, planner: planner, clock: clock), bell: bell,
      clock: clock, logger: logger)
    jobs = Jobs(planner: planner, runs: runs, snippets: SnippetJobs(engine: engine))
    recovery = Recovery(store: store, queue: queue, planner: planner, clock: clock, holder: holder, logger: logger)
    redeliveries = RedeliverySweeper(store: store, settings: settings, clients: clients, clock: clock, logger: logger)
    late.handle(with: jobs)
    for warning in settings.warnings { logger.warning("\(warning)") }
  }

  /// The HTTP face.
  public func application(waitSlots: Int) throws -> Application {
    try Application(
      settings: settings,
      intake: Intake(store: store, queue: queue, clock: clock, holder: holder, queueLimit: settings.maxQueueSize),
      tasks: TaskService(store: store, queue: queue, clock: clock, holder: holder), store: store, queue: queue, clock: clock,
      logger: logger,
      waitSlots: waitSlots)
  }

  /// Worker threads for the given queues.
  public func workers(queues: [QueueName], threads: Int) -> WorkerPool {
    WorkerPool(
      queue: queue, queues: queues, threads: threads, niceness: 15, worker: Identifier<WorkerPool>.make(at: clock.now()).rawValue,
      policy: RetryPolicy(), leaseDuration: Backends.leaseDuration, handler: jobs, recorder: history, clock: clock, logger: logger)
  }

  /// Threads that do what is to be done at the forges; for processes with workers. Nothing where no forge's API can be asked.
  public func startOutbox() throws {
    guard !settings.forgesWithAPI.isEmpty else { return }
    try outbox.start(threads: 2)
  }

  /// Memory lines in the log, and the recovery of abandoned deliveries: at once what an ended process left, then now and then.
  public func startBackground() throws {
    try monitor.start(interval: .seconds(settings.memoryLogInterval), logger: logger)
    try recovery.start()
    let recovery = recovery
    if holder != nil {
      do { try recovery.sweep(patience: .zero) } catch { logger.warning("recovery goes on later", metadata: ["error": "\(error)"]) }
    }
    let redeliveries = redeliveries
    try sweeper.start(interval: .seconds(5), logger: logger) {
      try recovery.sweep()
      try redeliveries.sweepIfDue()
    }
  }

  /// Ends questions to other servers that are under way, so that jobs end in time; call it before the workers are stopped.
  public func stopAsking() { http.stop() }

  /// Ends what `startBackground` started and closes the backends.
  public func close() {
    outbox.stop()
    sweeper.stop()
    monitor.stop()
    queue.close()
    store.close()
  }
}

/// Hands jobs to a handler that is made after the queue, because it enqueues into that queue itself.
private final class LateHandler: JobHandler {
  private let handler = Monitor<(any JobHandler)?>(nil)

  func handle(with handler: any JobHandler) { self.handler.withLock { $0 = handler } }

  func run(_ lease: Lease, _ control: JobControl) throws -> JobOutcome {
    guard let handler = handler.withLock({ $0 }) else { throw PermanentFailure(message: "the service has not started yet") }
    return try handler.run(lease, control)
  }
}
