// Checks on GitHub: check runs where we are an App, else commit statuses.
// https://docs.github.com/en/rest/checks/runs, https://docs.github.com/en/rest/commits/statuses

import Domain

extension GitHubClient {
  @discardableResult
  public func publish(_ check: CheckReport, in repository: String) throws(ForgeAPIError) -> PublishedCheck {
    try connection.checkLength(check.summary, capabilities.commentLimit, field: "summary", Self.operation)
    guard capabilities.checks == .checkRun else { return try publishStatus(check, in: repository) }
    guard check.key.utf8.count <= 255 else { throw error(.invalid(field: "key"), Self.operation) }
    return try publishRun(check, in: repository)
  }

  private static let operation = "publish a check"
  /// "The Checks API limits the number of annotations to a maximum of 50 per API request", and each request appends.
  private static let batch = 50

  // MARK: Check runs

  private func publishRun(_ check: CheckReport, in repository: String) throws(ForgeAPIError) -> PublishedCheck {
    let known = try run(check, in: repository)
    var count = known?.output?.annotations_count ?? 0
    var id = known?.id
    // What is there was sent in this order: the rest goes on behind it. An unfinished state while batches are missing.
    repeat {
      let batch = Array(check.annotations.dropFirst(count).prefix(Self.batch))
      let isLast = count + batch.count >= check.annotations.count
      let body = Self.body(of: check, annotations: batch, isLast: isLast, isNew: id == nil)
      id = try send(body, run: id, in: repository).id
      count += batch.count
      if isLast { break }
    } while true
    return PublishedCheck(id: String(id ?? 0), annotationCount: count)
  }

  /// The run with our key at the commit. `filter=all`: the newest run of the name may be another run's.
  private func run(_ check: CheckReport, in repository: String) throws(ForgeAPIError) -> GitHubCheckRun? {
    var request = try self.request("GET", ["commits", check.head.hex, "check-runs"], repository, "look for our check")
      .with(("check_name", check.name), ("filter", "all"), ("per_page", "100"))
    for _ in 0..<10 {
      let response = try connection.send(request)
      let runs = try connection.decode(GitHubCheckRuns.self, from: response, request).check_runs
      if let run = runs.first(where: { $0.external_id == check.key }) { return run }
      guard let next = NextPage.items(of: response.headers) else { return nil }
      for item in next { request.set(item.name, item.value) }
    }
    return nil
  }

  private func send(_ body: GitHubCheckBody, run: Int?, in repository: String) throws(ForgeAPIError) -> GitHubCheckRun {
    let path = ["check-runs"] + (run.map { [String($0)] } ?? [])
    let request = try self.request(run == nil ? "POST" : "PATCH", path, repository, Self.operation).with(body: body)
    return try connection.value(GitHubCheckRun.self, request)
  }

  private static func body(
    of check: CheckReport, annotations: [CheckReport.Annotation], isLast: Bool, isNew: Bool
  ) -> GitHubCheckBody {
    let (status, conclusion) = words(isLast ? check.state : .running)
    return GitHubCheckBody(
      name: check.name, head_sha: isNew ? check.head.hex : nil, external_id: check.key, details_url: check.address, status: status,
      conclusion: conclusion,
      output: GitHubCheckBody.Output(
        title: APIText.cut(check.title, to: 255), summary: check.summary.isEmpty ? check.title : check.summary,
        annotations: annotations.isEmpty ? nil : annotations.map(annotation)))
  }

  private static func words(_ state: CheckReport.State) -> (status: String, conclusion: String?) {
    switch state {
    case .queued: ("queued", nil)
    case .running: ("in_progress", nil)
    case .finished(let conclusion): ("completed", conclusion.rawValue)
    }
  }

  private static func annotation(_ annotation: CheckReport.Annotation) -> GitHubCheckBody.Annotation {
    // Columns are for annotations of one line only.
    let columns = annotation.lines.count == 1 ? annotation.columns : nil
    return GitHubCheckBody.Annotation(
      path: annotation.path, start_line: annotation.lines.lowerBound, end_line: annotation.lines.upperBound,
      start_column: columns?.lowerBound, end_column: columns?.upperBound, annotation_level: annotation.level.rawValue,
      title: APIText.cut(annotation.title, to: 255), message: APIText.cut(annotation.message, to: 16_000))
  }

  // MARK: Commit statuses

  private func publishStatus(_ check: CheckReport, in repository: String) throws(ForgeAPIError) -> PublishedCheck {
    let body = HubStatusBody(check, limit: capabilities.statusLimit)
    let combined = try request("GET", ["commits", check.head.hex, "status"], repository, "look for our status").with(("per_page", "100"))
    // GitHub keeps a thousand statuses of a commit and context and then refuses more: the same again is not sent.
    let known = try connection.value(HubCombinedStatus.self, combined).statuses ?? []
    if let same = known.first(where: { $0.context == check.name && $0.says(body) }) {
      return PublishedCheck(id: String(same.id), annotationCount: 0)
    }
    let request = try self.request("POST", ["statuses", check.head.hex], repository, Self.operation).with(body: body)
    return PublishedCheck(id: String(try connection.value(HubCreated.self, request).id), annotationCount: 0)
  }
}

extension HubStatusBody {
  /// A check in the words that GitHub's and Gitea's statuses share.
  init(_ check: CheckReport, limit: Int) {
    let state =
      switch check.state {
      case .queued, .running: "pending"
      case .finished(.failure): "failure"
      case .finished: "success"
      }
    self.init(state: state, context: check.name, description: APIText.cut(check.title, to: limit), target_url: check.address)
  }
}
