// What runs found and healed. What listings filter by stands in columns; the whole value is kept as JSON beside them. A
// finding's identifier is its run's with its place in that run, so writing it twice gives the same row.

import Domain
import FoundationEssentials

extension SQLStore {
  public func record(findings: [Finding], fixes: [Fix], for run: RunID) throws(StoreError) {
    let findingBodies = try findings.map(encoded)
    let fixBodies = try fixes.map(encoded)
    try database.write { connection throws(StoreError) in
      let owner = try connection.first("SELECT repository_id FROM runs WHERE id = $1", [.of(run)]) { row throws(StoreError) in
        try row.text()
      }
      guard let owner else { throw StoreError(.corrupt, "findings of run \(run) cannot be stored: there is no such run") }
      try connection.run("DELETE FROM findings WHERE run_id = $1", [.of(run)])
      try connection.run("DELETE FROM fixes WHERE run_id = $1", [.of(run)])
      for (position, finding) in findings.enumerated() {
        try insert(finding, findingBodies[position], Self.findingID(run, position), run, owner, connection)
      }
      for (position, fix) in fixes.enumerated() {
        try connection.run(
          "INSERT INTO fixes (run_id, position, strategy, body) VALUES ($1, $2, $3, $4)",
          [.of(run), .of(position), .of(fix.strategy), .of(fixBodies[position])])
      }
    }
  }

  private func insert(
    _ finding: Finding, _ body: String, _ id: FindingID, _ run: RunID, _ owner: String, _ connection: any SQLConnection
  ) throws(StoreError) {
    try connection.run(
      "INSERT INTO findings (id, run_id, repository_id, rule, severity, path, body) VALUES ($1, $2, $3, $4, $5, $6, $7)",
      [.of(id), .of(run), .of(owner), .of(finding.rule), .of(finding.severity), .of(finding.path), .of(body)])
  }

  public func findings(of run: RunID) throws(StoreError) -> [Finding] {
    try bodies("SELECT body FROM findings WHERE run_id = $1 ORDER BY id", run)
  }

  public func fixes(of run: RunID) throws(StoreError) -> [Fix] {
    try bodies("SELECT body FROM fixes WHERE run_id = $1 ORDER BY position", run)
  }

  public func findings(_ page: Page<FindingID>, filter: FindingFilter) throws(StoreError) -> [StoredFinding] {
    var conditions = Conditions()
    conditions.require("repository_id = #", filter.repository.map { .of($0) })
    conditions.require("run_id = #", filter.run.map { .of($0) })
    conditions.require("rule = #", filter.rule.map { .of($0) })
    conditions.require("severity = #", filter.severity.map { .of($0) })
    // The index holds the beginning of a path: a whole one can be longer than an entry of PostgreSQL's indexes. With plain
    // `path = …` SQLite would put the argument in place of the column in the line before, and no longer see the index.
    conditions.require("substr(path, 1, 200) = substr(#, 1, 200)", filter.path.map { .of($0) })
    conditions.require("path || '' = #", filter.path.map { .of($0) })
    conditions.require("id < #", page.before.map { .of($0) })
    let limit = conditions.next(bounded(page.limit))
    let query = "SELECT id, run_id, body FROM findings\(conditions.clause) ORDER BY id DESC LIMIT \(limit)"
    return try database.read { connection throws(StoreError) in
      try connection.rows(query, conditions.arguments) { row throws(StoreError) in
        StoredFinding(id: try row.id(), runID: try row.id(), finding: try decoded(try row.text()))
      }
    }
  }

  private func bodies<Record: Decodable>(_ sql: String, _ run: RunID) throws(StoreError) -> [Record] {
    try database.read { connection throws(StoreError) in
      try connection.rows(sql, [.of(run)]) { row throws(StoreError) in try decoded(try row.text()) }
    }
  }

  /// Sorts by run, then by place: seven digits, more than any run finds.
  private static func findingID(_ run: RunID, _ position: Int) -> FindingID {
    let digits = String(position)
    return FindingID(rawValue: run.rawValue + "-" + String(repeating: "0", count: max(0, 7 - digits.utf8.count)) + digits)
  }
}

private func encoded(_ record: some Encodable) throws(StoreError) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  do {
    return String(decoding: try encoder.encode(record), as: UTF8.self)
  } catch {
    throw StoreError(.corrupt, "\(type(of: record)) cannot be stored: it has a value that JSON cannot hold")
  }
}

private func decoded<Record: Decodable>(_ text: String) throws(StoreError) -> Record {
  do {
    return try JSONDecoder().decode(Record.self, from: Data(text.utf8))
  } catch {
    throw StoreError(.corrupt, "stored \(Record.self) cannot be read: its JSON is of another shape; restore a backup")
  }
}
