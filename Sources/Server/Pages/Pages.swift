// The dashboard: a few pages rendered on the server, without scripts, so that they work in any browser and behind any proxy.
// Templates are in Templates.swift; every value is escaped by Mustache.

import Domain
import FastCGI
import Mustache
import Storage

/// The compiled templates.
struct Pages: Sendable {
  private let layout: MustacheTemplate
  private let bodies: [String: MustacheTemplate]

  /// Throws when a template does not compile: a defect that shows at start, not at the first visit.
  init() throws {
    layout = try MustacheTemplate(string: Templates.layout)
    bodies = try Templates.bodies.mapValues { try MustacheTemplate(string: $0) }
  }

  /// A whole page: `name`'s template filled with `values`.
  func render(_ name: String, title: String, _ values: [String: Any], status: Int = 200) -> Response {
    let body = bodies[name]?.render(values) ?? ""
    let page = layout.render(["title": title, "body": body, "style": Templates.style] as [String: Any])
    return Response(
      status: status,
      headers: [
        ("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
        ("Referrer-Policy", "same-origin"),
      ], body: Array(page.utf8))
  }

  /// A problem as a page.
  func problem(_ problem: Problem) -> Response {
    var response = render("problem", title: problem.title, ["title": problem.title, "detail": problem.detail], status: problem.status)
    response.headers += problem.headers
    return response
  }
}

extension Application {
  /// `/` and `/pages/…`.
  func page(_ target: Target) throws -> Response {
    switch target.segments.dropFirst().first {
    case nil: return try overviewPage()
    case "runs":
      return target.segments.count == 3 ? try runPage(knownRun(target.segments[2])) : try runsPage(target)
    case "deliveries": return try deliveriesPage(target)
    case "repositories": return try repositoriesPage(target)
    default: throw Problem.notFound("there is no such page")
    }
  }

  private func overviewPage() throws -> Response {
    let runs = try store.runs(Page(limit: 10), repository: nil)
    let queues = try QueueName.allCases.map { name -> [String: Any] in
      let reading = try queue.reading(of: name)
      return ["name": name.rawValue, "depth": reading.depth, "running": reading.running, "dead": reading.dead]
    }
    let counts = try store.counts().sorted { ($0.record, $0.state) < ($1.record, $1.state) }
      .map { ["record": $0.record, "state": $0.state, "count": $0.count] as [String: Any] }
    return pages.render(
      "overview", title: "Overview",
      ["runs": try rows(runs), "hasRuns": !runs.isEmpty, "queues": queues, "counts": counts, "mode": settings.mode.rawValue])
  }

  private func runsPage(_ target: Target) throws -> Response {
    let runs = try store.runs(page(target), repository: nil)
    return try pages.render(
      "runs", title: "Runs", ["runs": rows(runs), "hasRuns": !runs.isEmpty].merging(nextPage(runs.map(\.id.rawValue), target)) { $1 })
  }

  private func deliveriesPage(_ target: Target) throws -> Response {
    let deliveries = try store.deliveries(page(target), status: nil)
    let rows = deliveries.map { delivery -> [String: Any] in
      [
        "id": delivery.deduplicationKey, "forge": delivery.forge.rawValue, "event": delivery.eventName, "status": delivery.status.rawValue,
        "detail": delivery.detail ?? "", "received": delivery.receivedAt.rfc3339, "run": delivery.runID?.rawValue ?? "",
        "hasRun": delivery.runID != nil,
      ]
    }
    return try pages.render(
      "deliveries", title: "Deliveries",
      ["deliveries": rows, "hasRows": !rows.isEmpty].merging(nextPage(deliveries.map(\.id.rawValue), target)) { $1 })
  }

  private func repositoriesPage(_ target: Target) throws -> Response {
    let repositories = try store.repositories(page(target))
    let rows = repositories.map { repository -> [String: Any] in
      [
        "name": repository.name, "forge": repository.forge.rawValue, "url": repository.cloneURL,
        "state": repository.enabled ? "watched" : "switched off",
      ]
    }
    return try pages.render(
      "repositories", title: "Repositories",
      ["repositories": rows, "hasRows": !rows.isEmpty].merging(nextPage(repositories.map(\.id.rawValue), target)) { $1 })
  }

  private func runPage(_ run: Run) throws -> Response {
    let findings = try store.findings(of: run.id).map { finding -> [String: Any] in
      [
        "rule": finding.rule, "severity": finding.severity.rawValue,
        "place": "\(finding.path):\(finding.start.line):\(finding.start.column)",
        "message": finding.message, "evidence": finding.evidence.map(evidence),
      ]
    }
    let fixes = try store.fixes(of: run.id).map { fix -> [String: Any] in
      [
        "strategy": fix.strategy, "place": "\(fix.finding.path):\(fix.finding.start.line)", "applicability": fix.applicability.rawValue,
        "confidence": fix.confidence, "before": fix.edits.map(\.expected).joined(separator: " … "),
        "after": fix.edits.map(\.replacement).joined(separator: " … "), "evidence": fix.evidence.map(evidence),
      ]
    }
    let values: [String: Any] = [
      "run": try rows([run])[0], "base": run.base?.short ?? "none", "detail": run.detail ?? "", "findings": findings, "fixes": fixes,
      "hasFindings": !findings.isEmpty, "hasFixes": !fixes.isEmpty, "published": run.publishedTo ?? "", "hasPatch": !run.patch.isEmpty,
      "patch": run.patch, "documents": run.documentCount,
    ]
    return pages.render("run", title: "Run", values)
  }

  private func evidence(_ evidence: Evidence) -> String {
    evidence.path.map { "\(evidence.statement) (\($0)\(evidence.line.map { ":\($0)" } ?? ""))" } ?? evidence.statement
  }

  private func rows(_ runs: [Run]) throws -> [[String: Any]] {
    let names = try repositoryNames(runs.map(\.repositoryID))
    return runs.map { run in
      [
        "id": run.id.rawValue, "repository": names[run.repositoryID] ?? "removed", "branch": run.branch,
        "pull": run.pullRequest.map { "#\($0)" } ?? "", "head": run.head.short, "state": run.state.rawValue,
        "created": run.createdAt.rfc3339, "published": run.publishedTo ?? "",
      ]
    }
  }

  private func nextPage(_ ids: [String], _ target: Target) throws -> [String: Any] {
    let isFull = ids.count == (try target.number("limit", in: 1...200, default: 50))
    return ["next": ids.last ?? "", "hasNext": isFull]
  }
}
