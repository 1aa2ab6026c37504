// Threads that lease jobs, run them and finish them. One of the idle threads, the leader, waits in the queue for all of
// them and hands out what it gets; so a pool of any size costs the queue one waiting call, and nobody polls.

import Domain
import Logging
import Threading

/// Runs the jobs of some queues on threads of its own.
public final class WorkerPool: Sendable {
  private struct State {
    /// Threads that have no job, and whether one of them waits in the queue.
    var idle = 0
    var leading = false
    var handed: [RunningJob] = []
    var stopping = false
    var exited = 0
    var threads: [OwnedThread] = []
    var heartbeat: OwnedThread?
  }

  private enum Role {
    case run(RunningJob)
    case giveBack(RunningJob)
    case lead(limit: Int)
    case leave
  }

  private let state = Monitor(State())
  private let runner: JobRunner
  private let heartbeat: Heartbeat
  private let queue: any JobQueue
  private let queues: [QueueName]
  private let size: Int
  private let niceness: Int32
  private let worker: String
  private let logger: Logger

  /// - Parameters:
  ///   - threads: jobs that run at once; at least 1.
  ///   - niceness: above 0 lets the machine's other work go first.
  ///   - worker: this pool's name in the queue, unique among processes.
  ///   - leaseDuration: that of the queue's limits; a third of it is the heartbeat.
  ///   - hardTimeout: a job that runs longer is cancelled, and its lease not extended any more.
  public init(
    queue: any JobQueue, queues: [QueueName], threads: Int, niceness: Int32, worker: String, policy: RetryPolicy, leaseDuration: Duration,
    handler: any JobHandler, recorder: any JobRecorder, clock: any WallClock, logger: Logger, hardTimeout: Duration = .seconds(1800)
  ) {
    self.queue = queue
    self.queues = queues
    size = max(1, threads)
    self.niceness = niceness
    self.worker = worker
    self.logger = logger
    runner = JobRunner(
      queue: queue, handler: handler, recorder: recorder, policy: policy, clock: clock, logger: logger, waitsForRecord: true)
    heartbeat = Heartbeat(queue: queue, leaseDuration: leaseDuration, hardTimeout: hardTimeout)
  }

  /// Starts the threads; a pool starts once. It lives until `stop`.
  public func start() throws {
    let beats = try OwnedThread(name: "heartbeat", stackSize: 256 << 10) { [heartbeat] in heartbeat.run() }
    state.withLock { $0.heartbeat = beats }
    do {
      for number in 1...size {
        let thread = try OwnedThread(name: "worker-\(number)", niceness: niceness) { self.work() }
        state.withLock { $0.threads.append(thread) }
      }
    } catch {
      _ = stop(grace: .zero)
      throw error
    }
  }

  /// Takes no more jobs, lets running ones go on for `grace`, then cancels them and waits 5 seconds more. A job that was
  /// cancelled goes back to the queue without its attempt counted; one whose handler does not return keeps its thread, and
  /// its lease ends by itself. True when every thread has ended.
  public func stop(grace: Duration) -> Bool { stop(grace: grace, afterwards: .seconds(5)) }

  func stop(grace: Duration, afterwards: Duration) -> Bool {
    state.update { $0.stopping = true }
    if !waitForExit(upTo: grace) {
      heartbeat.cancelAll(.stopping)
      _ = waitForExit(upTo: afterwards)
    }
    let (threads, beats, complete) = state.withLock { state -> ([OwnedThread], OwnedThread?, Bool) in
      guard state.exited == state.threads.count else { return ([], nil, false) }
      defer {
        state.threads = []
        state.exited = 0
        state.heartbeat = nil
      }
      return (state.threads, state.heartbeat, true)
    }
    for thread in threads { thread.join() }
    if complete { heartbeat.stop() }
    beats?.join()
    return complete
  }

  private func waitForExit(upTo time: Duration) -> Bool {
    let deadline = monotonicNow() + time
    while true {
      // The leader may be about to wait in the queue: wake it until it has left.
      queue.wake()
      let leading = state.withLock { $0.leading }
      let left = deadline - monotonicNow()
      let ended: Bool? = state.wait(upTo: leading ? min(left, .milliseconds(10)) : left) { state in
        state.exited == state.threads.count ? true : state.leading != leading ? false : nil
      }
      if ended == true { return true }
      if left <= .zero { return false }
    }
  }

  // MARK: - A thread's life

  private func work() {
    state.withLock { $0.idle += 1 }
    while true {
      switch nextRole() {
      case .run(let job):
        runner.run(job.lease, job.control, isOurs: { heartbeat.isOurs(job) })
        heartbeat.remove(job)
        state.withLock { $0.idle += 1 }
      case .giveBack(let job):
        heartbeat.remove(job)
        try? queue.release(job.lease, after: .zero)
      case .lead(let limit): lead(limit: limit)
      case .leave:
        state.update { $0.exited += 1 }
        return
      }
    }
  }

  private func nextRole() -> Role {
    let role = state.wait(upTo: nil) { state -> Role? in
      if let job = state.handed.popLast() {
        if state.stopping { return .giveBack(job) }
        state.idle -= 1
        return .run(job)
      }
      if state.stopping { return .leave }
      guard !state.leading else { return nil }
      state.leading = true
      return .lead(limit: state.idle)
    }
    return role ?? .leave
  }

  /// Waits in the queue for up to `limit` jobs and hands them out.
  private func lead(limit: Int) {
    var leases: [Lease] = []
    do {
      leases = try queue.lease(from: queues, worker: worker, limit: limit, patience: .seconds(3600))
    } catch {
      logger.error("no jobs can be leased: \(error)")
      _ = state.wait(upTo: .milliseconds(900)) { $0.stopping ? true : nil }
    }
    if leases.isEmpty {
      // Only a closed queue has nothing again and again; it must not become a busy loop.
      _ = state.wait(upTo: .milliseconds(100)) { $0.stopping ? true : nil }
    }
    let jobs = leases.map { heartbeat.add($0) }
    state.updateIfNeeded { state, wakes in
      state.leading = false
      // Leased first, run first: threads take from the end.
      state.handed.append(contentsOf: jobs.reversed())
      wakes = state.idle > 1 || state.stopping
    }
  }
}
