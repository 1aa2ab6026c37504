// `doc-healing-bench memory|REDIS_URL [JOBS]`: the throughput of a queue, as JSON. Not installed; scripts/bench calls it.

import Domain
import Queue
import QueueRedis

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Measures a queue.
public enum BenchCommand {
  public static func main(arguments: [String]) -> Never {
    do {
      guard arguments.count >= 2, let jobs = Int(arguments.count > 2 ? arguments[2] : "20000"), jobs > 0 else {
        throw StartError(status: 2, "usage: doc-healing-bench memory|REDIS_URL [JOBS]")
      }
      let limits = QueueLimits(maximumDepth: jobs * 2)
      let queue: any JobQueue =
        arguments[1] == "memory"
        ? MemoryQueue(limits: limits) : RedisQueue(endpoint: try RedisEndpoint(url: arguments[1]), prefix: "bench:", limits: limits)
      let result = try measureThroughput(of: queue, jobs: jobs)
      print(#"{"jobs":\#(jobs),"jobs_per_second":\#(Int(result.jobsPerSecond)),"enqueued_per_second":\#(Int(result.enqueuedPerSecond))}"#)
      exit(0)
    } catch {
      print("\(error)")
      exit(70)
    }
  }
}
