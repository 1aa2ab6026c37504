// Measures a queue with a worker pool: how many jobs that do nothing are enqueued, leased and completed in a second.
// `scripts/bench` runs it against each backend; it is here so that the measured thing is the one that runs.

import Domain
import Logging
import Threading

/// One measurement.
public struct QueueThroughput: Sendable, Hashable {
  public var jobs: Int
  /// From the first enqueue to the last completion.
  public var duration: Duration
  /// From the first enqueue to the last one's return.
  public var enqueueing: Duration

  public var jobsPerSecond: Double { Double(jobs) / duration.inSeconds }
  public var enqueuedPerSecond: Double { Double(jobs) / enqueueing.inSeconds }
}

extension Duration {
  fileprivate var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

/// Enqueues `jobs` jobs of 100 groups from `producers` threads while a pool of `threads` threads runs them. The queue must
/// be empty and hold that many jobs. Throws what the queue throws; the jobs then stay in it.
public func measureThroughput(
  of queue: any JobQueue, jobs: Int, producers: Int = 2, threads: Int = 4, leaseDuration: Duration = .seconds(60)
) throws -> QueueThroughput {
  let finished = Monitor(0)
  let failure = Monitor<QueueError?>(nil)
  let pool = WorkerPool(
    queue: queue, queues: [.webhooks], threads: threads, niceness: 0, worker: "benchmark", policy: RetryPolicy(),
    leaseDuration: leaseDuration, handler: NoOperation(), recorder: CountingRecorder(finished: finished, goal: jobs), clock: SystemClock(),
    logger: Logger(label: "benchmark") { _ in SwiftLogNoOpLogHandler() })
  try pool.start()
  let start = monotonicNow()
  let enqueuers = try (0..<max(1, producers)).map { producer in
    try OwnedThread(name: "producer-\(producer)") {
      for number in stride(from: producer, to: jobs, by: max(1, producers)) {
        do throws(QueueError) { _ = try queue.enqueue(benchmarkJob(number)) } catch { return failure.withLock { $0 = error } }
      }
    }
  }
  for thread in enqueuers { thread.join() }
  let enqueued = monotonicNow()
  if let error = failure.withLock({ $0 }) {
    _ = pool.stop(grace: .seconds(10))
    throw error
  }
  _ = finished.wait(upTo: nil) { $0 >= jobs ? true : nil }
  _ = pool.stop(grace: .seconds(60))
  return QueueThroughput(jobs: jobs, duration: monotonicNow() - start, enqueueing: enqueued - start)
}

private func benchmarkJob(_ number: Int) -> NewJob {
  NewJob(
    id: .make(at: Timestamp(milliseconds: Int64(number))), queue: .webhooks, function: .processWebhook,
    payload: "{\"delivery\":\"01ARZ3NDEKTSV4RRFFQ69G5FAV\"}", group: "repository \(number % 100)")
}

private struct NoOperation: JobHandler {
  func run(_ lease: Lease, _ control: JobControl) throws -> JobOutcome { .completed(result: nil) }
}

private struct CountingRecorder: JobRecorder {
  let finished: Monitor<Int>
  let goal: Int

  func started(_ lease: Lease) {}

  func finished(
    _ lease: Lease, state: JobState, result: String?, error: String?, startedAt: Timestamp, finishedAt: Timestamp
  ) throws {
    finished.updateIfNeeded { count, wakes in
      count += 1
      wakes = count >= goal
    }
  }
}
