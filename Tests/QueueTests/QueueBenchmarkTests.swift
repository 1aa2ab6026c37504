import Domain
import Queue
import Testing

@Suite struct QueueBenchmarkTests {
  @Test("a measurement runs every job and leaves the queue empty", arguments: Backend.allCases) func measurement(backend: Backend) throws {
    try backend.withRealTimeQueue { queue in
      let result = try measureThroughput(of: queue, jobs: 500)
      #expect(result.jobs == 500)
      #expect(result.jobsPerSecond > 0 && result.enqueuedPerSecond >= result.jobsPerSecond)
      #expect(try queue.reading(of: .webhooks) == QueueReading())
    }
  }

  @Test("a queue that is too small for it is an error", arguments: Backend.allCases) func tooSmall(backend: Backend) throws {
    try backend.withRealTimeQueue(QueueLimits(maximumDepth: 0)) { queue in
      #expect(throws: QueueError.full(queue: .webhooks, limit: 0)) { try measureThroughput(of: queue, jobs: 10) }
    }
  }
}
