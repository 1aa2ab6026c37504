// Work on single snippets and files, and what became of a task.

import Domain
import FastCGI
import Pipeline
import Threading

extension Application {
  /// `POST /validate/snippet|file`, `POST /heal/snippet|file`.
  func startTask(_ request: Request, _ target: Target) throws -> Response {
    guard request.method == "POST" else { throw Problem.methodNotAllowed(allowed: "POST") }
    guard let function = taskFunction(target) else {
      throw Problem.notFound("tasks start at /validate/snippet, /validate/file, /heal/snippet and /heal/file")
    }
    let patience = try target.number("wait", in: 0...60, default: 0)
    let job: JobID
    do {
      job = try tasks.start(function, body: request.body)
    } catch let error as TaskInputError {
      throw Problem.badRequest(error.description)
    }
    if patience > 0, let ended = try waiters.use({ try tasks.wait(for: job, upTo: .seconds(patience)) }), let ended {
      return try .json(TaskView(ended))
    }
    return try .json(Started(task_id: job, queue_name: function.queue), status: 202)
  }

  private struct Started: Encodable {
    var task_id: JobID
    var status = "queued"
    var queue_name: QueueName
  }

  private func taskFunction(_ target: Target) -> JobFunction? {
    guard target.segments.count == 2 else { return nil }
    switch (target.segments[0], target.segments[1]) {
    case ("validate", "snippet"): return .validateSnippet
    case ("validate", "file"): return .validateFile
    case ("heal", "snippet"): return .healSnippet
    case ("heal", "file"): return .healFile
    default: return nil
    }
  }

  /// `GET /tasks/ID`.
  func task(_ target: Target) throws -> Response {
    guard target.segments.count == 2 else { throw Problem.notFound("a task is at /tasks/ID") }
    guard let job = try tasks.job(JobID(rawValue: target.segments[1])) else {
      throw Problem.notFound("there is no task \(target.segments[1].prefix(64))")
    }
    return try .json(TaskView(job))
  }
}
