// What each job does: one line a function.

import Domain
import Queue

/// Runs jobs of every kind.
public struct Jobs: JobHandler {
  let planner: Planner
  let runs: RunHandler
  let snippets: SnippetJobs

  public init(planner: Planner, runs: RunHandler, snippets: SnippetJobs) {
    self.planner = planner
    self.runs = runs
    self.snippets = snippets
  }

  public func run(_ lease: Lease, _ control: JobControl) throws -> JobOutcome {
    switch lease.job.function {
    case .processWebhook: return try planner.process(JSONText.decode(WebhookJob.self, from: lease.job.payload).delivery)
    case .runRevision: return try runs.run(JSONText.decode(RunJob.self, from: lease.job.payload).run, control)
    case .validateSnippet, .validateFile, .healSnippet, .healFile: return try snippets.run(lease.job)
    }
  }
}
