// Every request passes here: counted, authorised, routed, and whatever is thrown becomes a problem document.

import Domain
import FastCGI
import Logging
import Pipeline
import Queue
import Settings
import Storage
import Threading

/// The service's HTTP face: a function from request to response.
public struct Application: Sendable {
  let settings: Settings
  let intake: Intake
  let tasks: TaskService
  let store: any Store
  let queue: any JobQueue
  let clock: any WallClock
  let logger: Logger
  let startedAt: Timestamp
  let counters = RequestCounters()
  let waiters: WaitSlots
  let pages: Pages

  /// - Parameter waitSlots: requests that may wait for a task (`?wait=`) at the same time; further ones are answered at once.
  public init(
    settings: Settings, intake: Intake, tasks: TaskService, store: any Store, queue: any JobQueue, clock: any WallClock, logger: Logger,
    waitSlots: Int
  ) throws {
    self.settings = settings
    self.intake = intake
    self.tasks = tasks
    self.store = store
    self.queue = queue
    self.clock = clock
    self.logger = logger
    startedAt = clock.now()
    waiters = WaitSlots(waitSlots)
    pages = try Pages()
  }

  /// Answers one request. Called from many threads.
  public func handle(_ request: Request) -> Response {
    let target = Target(request)
    let began = monotonicNow()
    var response: Response
    do {
      response = try route(request, target)
    } catch {
      let problem = Problem(error)
      if problem.status >= 500 { logger.error("request failed", metadata: ["path": "\(request.path)", "error": "\(error)"]) }
      response = target.wantsPage ? pages.problem(problem) : problem.response
    }
    if request.method == "HEAD" { response.body = [] }
    counters.count(route: target.segments.first ?? "", status: response.status, took: monotonicNow() - began)
    return response
  }

  private func route(_ request: Request, _ target: Target) throws -> Response {
    switch target.segments.first {
    case "webhooks": return try webhook(request, target)
    case "health": return try get(request) { try health() }
    case "ready": return try get(request) { try ready() }
    default: break
    }
    try authorize(request, page: target.wantsPage)
    switch target.segments.first {
    case "metrics": return try get(request) { try metrics() }
    case "validate", "heal": return try startTask(request, target)
    case "tasks": return try get(request) { try task(target) }
    case "deliveries": return try get(request) { try deliveries(target) }
    case "runs": return try get(request) { try runs(target) }
    case "repositories": return try get(request) { try repositories(target) }
    case "findings": return try get(request) { try findings(target) }
    case nil, "pages": return try get(request) { try page(target) }
    default: throw Problem.notFound("there is no route /\(target.segments.joined(separator: "/").prefix(200)); docs/api.md lists them")
    }
  }

  private func get(_ request: Request, _ answer: () throws -> Response) throws -> Response {
    guard request.method == "GET" || request.method == "HEAD" else { throw Problem.methodNotAllowed(allowed: "GET, HEAD") }
    return try answer()
  }
}

extension Target {
  /// A person looks at this with a browser.
  var wantsPage: Bool { segments.isEmpty || segments[0] == "pages" }
}

/// A bounded number of requests that wait.
final class WaitSlots: Sendable {
  private let free: Monitor<Int>
  init(_ count: Int) { free = Monitor(count) }

  /// Runs `body` in a slot; nil at once when all are taken.
  func use<Result>(_ body: () throws -> Result) rethrows -> Result? {
    let taken = free.withLock { (count: inout Int) -> Bool in
      guard count > 0 else { return false }
      count -= 1
      return true
    }
    guard taken else { return nil }
    defer { free.withLock { $0 += 1 } }
    return try body()
  }
}
