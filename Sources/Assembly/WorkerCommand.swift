// `doc-healing-worker [--queues webhooks,validation,healing] [--threads N]`: any number of them, on any number of machines.

import ArgumentParser
import Domain
import Pipeline
import Queue
import Settings
import Threading

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The worker process.
public enum WorkerCommand {
  /// Parses the arguments, runs until SIGTERM, gives running jobs time to end, exits.
  public static func main(arguments: [String]) -> Never {
    let options: Options
    do {
      options = try Options.parse(Array(arguments.dropFirst()))
    } catch {
      let message = Options.fullMessage(for: error) + "\n"
      let isHelp = Options.exitCode(for: error) == .success
      _ = Array(message.utf8).withUnsafeBytes { write(isHelp ? STDOUT_FILENO : STDERR_FILENO, $0.baseAddress, $0.count) }
      exit(isHelp ? 0 : 2)
    }
    // Two plain values rather than the options: swiftc 6.3.1 crashes on capturing those in an optimized build.
    let (queues, threads) = (options.queues, options.threads)
    Process.run(label: "worker") { settings in try run(settings, queues: queues, threads: threads ?? settings.workerThreads) }
  }

  private static func run(_ settings: Settings, queues: [QueueName], threads: Int) throws {
    guard settings.queueBackend != .memory else {
      throw StartError(
        status: 78,
        "the memory queue lives inside the responder and a worker process cannot reach it: set DOC_HEALING_QUEUE_BACKEND=redis, or use the responder's own workers"
      )
    }
    let stop = Stop()
    try Signals.onTermination { stop.request() }
    let service = try Service(settings, label: "worker", threads: threads + 2)
    let pool = service.workers(queues: queues, threads: threads)
    try pool.start()
    try service.startOutbox()
    try service.startBackground()
    service.logger.info(
      "worker is up", metadata: ["queues": "\(queues.map(\.rawValue).joined(separator: ","))", "threads": "\(threads)"])
    stop.wait()
    service.stopAsking()
    if !pool.stop(grace: .seconds(20)) { service.logger.warning("some jobs did not end in time; another worker will do them again") }
    service.close()
    service.logger.info("worker ended")
  }

  /// The arguments.
  struct Options: ParsableArguments {
    @Option(
      help: "The queues to work on, separated by commas: webhooks, validation, healing. All when not given.",
      transform: { text in
        try text.split(separator: ",").map { name in
          guard let queue = QueueName(rawValue: String(name)) else {
            throw ValidationError("there is no queue \(name); queues are webhooks, validation and healing")
          }
          return queue
        }
      })
    var queues: [QueueName] = QueueName.allCases
    @Option(help: "Worker threads; DOC_HEALING_WORKER_THREADS when not given.") var threads: Int?

    func validate() throws {
      guard (1...256).contains(threads ?? 1) else { throw ValidationError("threads must be from 1 to 256") }
      guard !queues.isEmpty else { throw ValidationError("name at least one queue") }
    }
  }
}
