// Read-only routes: deliveries, runs, repositories, findings; pages of a cursor, newest first.

import Domain
import FastCGI
import Pipeline
import Storage

extension Application {
  func deliveries(_ target: Target) throws -> Response {
    if target.segments.count == 2 { return try .json(DeliveryView(try knownDelivery(target.segments[1]))) }
    guard target.segments.count == 1 else { throw Problem.notFound("deliveries are at /deliveries and /deliveries/ID") }
    let rows = try store.deliveries(page(target), status: target.choice("status", as: DeliveryStatus.self))
    return try listing(rows, of: target, id: { $0.id.rawValue }, view: DeliveryView.init)
  }

  func runs(_ target: Target) throws -> Response {
    switch target.segments.count {
    case 1:
      let rows = try store.runs(page(target), repository: target.query["repository"].map(RepositoryID.init(rawValue:)))
      let names = try repositoryNames(rows.map(\.repositoryID))
      return try listing(rows, of: target, id: { $0.id.rawValue }, view: { RunView($0, repository: names[$0.repositoryID]) })
    case 2: return try run(knownRun(target.segments[1]))
    case 3 where target.segments[2] == "patch":
      return .text(try knownRun(target.segments[1]).patch, type: "text/x-diff; charset=utf-8")
    default: throw Problem.notFound("runs are at /runs, /runs/ID and /runs/ID/patch")
    }
  }

  private func run(_ run: Run) throws -> Response {
    var view = RunView(run, repository: try store.repository(run.repositoryID)?.name)
    view.findings = try store.findings(of: run.id).map { FindingView($0, run: run.id) }
    view.fixes = try store.fixes(of: run.id).map(FixView.init)
    return try .json(view)
  }

  func repositories(_ target: Target) throws -> Response {
    if target.segments.count == 2 {
      guard let repository = try store.repository(RepositoryID(rawValue: target.segments[1])) else {
        throw Problem.notFound("there is no repository \(target.segments[1].prefix(64))")
      }
      return try .json(
        RepositoryView(repository, acceptance: RuleAcceptance.table(try store.offerCounts(repository: repository.id))))
    }
    guard target.segments.count == 1 else { throw Problem.notFound("repositories are at /repositories and /repositories/ID") }
    return try listing(store.repositories(page(target)), of: target, id: { $0.id.rawValue }, view: RepositoryView.init)
  }

  func findings(_ target: Target) throws -> Response {
    guard target.segments.count == 1 else { throw Problem.notFound("findings are at /findings") }
    let filter = FindingFilter(
      repository: target.query["repository"].map(RepositoryID.init(rawValue:)), run: target.query["run"].map(RunID.init(rawValue:)),
      rule: target.query["rule"],
      severity: try target.choice("severity", as: Severity.self), path: target.query["path"])
    let rows = try store.findings(page(target), filter: filter)
    return try listing(rows, of: target, id: { $0.id.rawValue }, view: { FindingView($0.finding, id: $0.id, run: $0.runID) })
  }

  /// By the forge's id of it, or by ours.
  func knownDelivery(_ id: String) throws -> Delivery {
    if let delivery = try store.delivery(key: id) { return delivery }
    if let delivery = try store.delivery(DeliveryID(rawValue: id)) { return delivery }
    throw Problem.notFound("there is no delivery \(id.prefix(100))")
  }

  func knownRun(_ id: String) throws -> Run {
    guard let run = try store.run(RunID(rawValue: id)) else { throw Problem.notFound("there is no run \(id.prefix(64))") }
    return run
  }

  func repositoryNames(_ ids: [RepositoryID]) throws -> [RepositoryID: String] {
    var names: [RepositoryID: String] = [:]
    for id in Set(ids) { names[id] = try store.repository(id)?.name }
    return names
  }

  func page<ID>(_ target: Target) throws -> Page<Identifier<ID>> {
    Page(before: target.query["cursor"].map(Identifier<ID>.init(rawValue:)), limit: try target.number("limit", in: 1...200, default: 50))
  }

  private func listing<Row, View: Encodable>(
    _ rows: [Row], of target: Target, id: (Row) -> String, view: (Row) -> View
  ) throws -> Response {
    let isFull = rows.count == (try target.number("limit", in: 1...200, default: 50))
    return try .json(Listing(items: rows.map(view), next: isFull ? rows.last.map(id) : nil))
  }
}
