// Nothing accepted is lost: deliveries that are not final and that no queue holds any more are planned again. At start that
// is the legacy of an ended process (memory queue); while running it is what a crash left between database and queue, or
// what a Redis without its data left.

import Domain
import Logging
import Queue
import Storage
import Threading

/// Plans stored deliveries again whose jobs are gone.
public struct Recovery: Sendable {
  let store: any Store
  let queue: any JobQueue
  let planner: Planner
  let clock: any WallClock
  let holder: String?
  let logger: Logger
  /// Deliveries younger than this may still be on their way into the queue.
  public static let patience = Duration.seconds(10)
  /// Rows a step looks at; a sweep takes as many steps as there are rows.
  static let step = 500

  public init(
    store: any Store, queue: any JobQueue, planner: Planner, clock: any WallClock, holder: String?, logger: Logger
  ) {
    self.store = store
    self.queue = queue
    self.planner = planner
    self.clock = clock
    self.holder = holder
    self.logger = logger
  }

  /// At the start of a process with a memory queue: the jobs of ended processes are lost, and their deliveries are planned anew.
  public func start() throws {
    guard let holder else { return }
    let lost = try store.loseJobs(notHeldBy: holder, at: clock.now())
    if lost > 0 { logger.notice("jobs of an ended process are lost; their deliveries are planned anew", metadata: ["jobs": "\(lost)"]) }
  }

  /// Looks once at every delivery that is not final; returns how many were planned anew.
  @discardableResult
  public func sweep(patience: Duration = Recovery.patience) throws -> Int {
    var planned = 0
    var horizon = clock.now().advanced(by: .zero - patience)
    var seen: Set<DeliveryID> = []
    while true {
      let rows = try store.unfinishedDeliveries(receivedBefore: horizon, limit: Self.step + seen.count).filter { !seen.contains($0.id) }
      for delivery in rows {
        seen.insert(delivery.id)
        if try replanIfAbandoned(delivery) { planned += 1 }
      }
      if rows.count < Self.step { break }
      horizon = min(horizon, clock.now())
    }
    if planned > 0 { logger.notice("deliveries planned anew", metadata: ["deliveries": "\(planned)"]) }
    return planned
  }

  private func replanIfAbandoned(_ delivery: Delivery) throws -> Bool {
    if try queue.state(of: delivery.jobID) != nil { return false }
    if let id = delivery.runID, let run = try store.run(id) {
      if try queue.state(of: run.jobID) != nil { return false }
    }
    return try replan(delivery)
  }

  /// Gives the delivery a new job. False when it ended or another process planned it meanwhile. Throws when the queue is full.
  @discardableResult
  public func replan(_ delivery: Delivery) throws -> Bool {
    let now = clock.now()
    let group = "\(delivery.forge.rawValue):recovered"
    let job = NewJob.webhook(for: delivery.id, id: .make(at: now), group: group)
    guard try store.replan(delivery.id, replacing: delivery.jobID, with: job.record(holder: holder, at: now)) else { return false }
    _ = try queue.enqueue(job)
    return true
  }
}

/// Sweeps now and then, on a thread of its own.
public final class Sweeper: Sendable {
  private let stopped = Monitor(false)
  private let thread = Monitor<OwnedThread?>(nil)

  public init() {}

  /// Calls `sweep` every `interval`; an error is logged and the next round tries again.
  public func start(interval: Duration, logger: Logger, sweep: @escaping @Sendable () throws -> Void) throws {
    let stopped = stopped
    let started = try OwnedThread(name: "sweeper", niceness: 10, stackSize: 512 << 10) {
      while stopped.wait(upTo: interval, for: { $0 ? true : nil }) == nil {
        do { try sweep() } catch { logger.warning("sweep failed; the next one tries again", metadata: ["error": "\(error)"]) }
      }
    }
    thread.withLock { $0 = started }
  }

  /// Stops and waits for the thread.
  public func stop() {
    stopped.update { $0 = true }
    thread.withLock { thread -> OwnedThread? in
      defer { thread = nil }
      return thread
    }?.join()
  }
}
