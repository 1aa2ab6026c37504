// The laws of `Store`, on every backend: what is watched, what was found, and what is measured.

import Domain
import Storage
import Testing

extension StoreConformance {
  // MARK: Repositories and pull requests

  @Test(arguments: Backend.allCases) func registersARepositoryOnce(_ backend: Backend) throws {
    try backend.withStore { store throws in
      #expect(try store.register(repository(1)) == repository(1))
      var again = repository(1)
      again.id = id(2)
      again.cloneURL = "https://elsewhere.example.org"
      #expect(try store.register(again) == repository(1))
      #expect(try store.repository(id(1)) == repository(1))
      #expect(try store.repository(forge: .gitlab, name: "owner/name-1") == repository(1))
      #expect(try store.repository(forge: .github, name: "owner/name-1") == nil)
    }
  }

  @Test(arguments: Backend.allCases) func listsAndSwitchesRepositories(_ backend: Backend) throws {
    try backend.withStore { store throws in
      for number in 1...3 { _ = try store.register(repository(number)) }
      try store.setEnabled(false, repository: id(2))
      #expect(try store.repositories(Page(limit: 2)).map(\.id) == [id(3), id(2)])
      #expect(try store.repositories(Page(before: id(2))).map(\.id) == [id(1)])
      #expect(try store.repository(id(2))?.enabled == false)
      try store.setEnabled(true, repository: id(2))
      try store.setDefaultBranch("trunk", repository: id(1))
      #expect(try store.repository(id(1))?.defaultBranch == "trunk")
      #expect(try store.repository(id(2)) == repository(2))
    }
  }

  @Test(arguments: Backend.allCases) func renamesARepositoryUnlessTheNameIsTaken(_ backend: Backend) throws {
    try backend.withStore { store throws in
      for number in 1...2 { _ = try store.register(repository(number)) }
      #expect(try !store.rename(id(1), to: "owner/name-2", cloneURL: "https://a.example.org"))
      #expect(try store.repository(id(1)) == repository(1))
      #expect(try !store.rename(id(9), to: "x/y", cloneURL: "https://a.example.org"))
      #expect(try store.rename(id(1), to: "new/name", cloneURL: "https://a.example.org/new/name.git"))
      #expect(try store.repository(forge: .gitlab, name: "new/name")?.id == id(1))
      #expect(try store.repository(forge: .gitlab, name: "owner/name-1") == nil)
    }
  }

  @Test(arguments: Backend.allCases) func removingARepositoryRemovesAllThatHangsOnIt(_ backend: Backend) throws {
    try backend.withStore { store throws in
      try fill(store)
      #expect(try store.remove(id(1)))
      #expect(try !store.remove(id(1)))
      #expect(try store.repository(id(1)) == nil)
      #expect(try store.run(id(10)) == nil)
      #expect(try store.findings(of: id(10)).isEmpty)
      #expect(try store.fixes(of: id(10)).isEmpty)
      #expect(try store.publication(key: "commit") == nil)
      #expect(try store.pullRequest(repository: id(1), number: 7) == nil)
      #expect(try store.findings(Page(), filter: FindingFilter()).isEmpty)
    }
  }

  /// Repository 1 with run 10 and one of everything.
  private func fill(_ store: SQLStore) throws {
    _ = try store.register(repository(1))
    try store.plan(run(10), job: job(10), for: nil)
    try store.record(findings: [finding(1)], fixes: [fix(1)], for: id(10))
    _ = try store.record(Publication(runID: id(10), key: "commit", forgeID: "abc", createdAt: time(1)))
    try store.record(pullRequest(updatedAt: time(1)))
  }

  private func pullRequest(state: String = "open", updatedAt: Timestamp) -> PullRequest {
    PullRequest(
      repositoryID: id(1), number: 7, state: state, headBranch: "topic", head: object("e"), baseBranch: "main", updatedAt: updatedAt)
  }

  @Test(arguments: Backend.allCases) func keepsTheNewestStateOfAPullRequest(_ backend: Backend) throws {
    try backend.withStore { store throws in
      _ = try store.register(repository(1))
      try store.record(pullRequest(updatedAt: time(2)))
      #expect(try store.pullRequest(repository: id(1), number: 7) == pullRequest(updatedAt: time(2)))
      try store.record(pullRequest(state: "closed", updatedAt: time(3)))
      try store.record(pullRequest(state: "late", updatedAt: time(1)))
      #expect(try store.pullRequest(repository: id(1), number: 7) == pullRequest(state: "closed", updatedAt: time(3)))
      #expect(try store.pullRequest(repository: id(1), number: 8) == nil)
    }
  }

  // MARK: Runs

  @Test(arguments: Backend.allCases) func plansARunWithItsJobAndDelivery(_ backend: Backend) throws {
    try backend.withStore { store throws in
      _ = try store.register(repository(1))
      _ = try store.accept(delivery(1), job: job(1))
      try store.plan(run(10, pullRequest: 7), job: job(10), for: id(1))
      #expect(try store.run(id(10)) == run(10, pullRequest: 7))
      #expect(try store.job(id(10)) == job(10))
      #expect(try store.delivery(id(1))?.runID == id(10))
    }
  }

  @Test(arguments: Backend.allCases) func refusesARunOfNoRepository(_ backend: Backend) throws {
    try backend.withStore { store throws in
      let error = #expect(throws: StoreError.self) { try store.plan(run(10), job: job(10), for: nil) }
      #expect(error?.code == .corrupt)
      #expect(try store.job(id(10)) == nil)
    }
  }

  @Test(arguments: Backend.allCases) func updatesEveryFieldOfARun(_ backend: Backend) throws {
    try backend.withStore { store throws in
      _ = try store.register(repository(1))
      try store.plan(run(10), job: job(10), for: nil)
      let bare = Run(
        id: id(10), repositoryID: id(1), branch: "other", head: object("f"), state: .skipped, jobID: id(11), createdAt: time(0))
      try store.update(bare)
      #expect(try store.run(id(10)) == bare)
      try store.update(run(10, finishedAt: time(20)))
      #expect(try store.run(id(10)) == run(10, finishedAt: time(20)))
    }
  }

  @Test(arguments: Backend.allCases) func finishingARunSettlesItsDeliveries(_ backend: Backend) throws {
    try backend.withStore { store throws in
      _ = try store.register(repository(1))
      for number in 1...4 { _ = try store.accept(delivery(number), job: job(number)) }
      try store.plan(run(10), job: job(10), for: id(1))
      try store.attach(id(2), to: id(10))
      try store.attach(id(3), to: id(10))
      try store.settle(DeliveryOutcome(id: id(3), status: .ignored), at: time(5))
      try store.finish(run(10, finishedAt: time(6)), deliveries: .completed, detail: "healed", at: time(6))
      #expect(try store.run(id(10))?.finishedAt == time(6))
      let listed = try store.deliveries(Page(), status: nil)
      #expect(listed.map(\.status) == [.queued, .ignored, .completed, .completed])
      #expect(listed.map(\.detail) == [nil, nil, "healed", "healed"])
      #expect(listed.map(\.finishedAt) == [nil, time(5), time(6), time(6)])
    }
  }

  @Test(arguments: Backend.allCases) func listsRunsByRepositoryAndByBranch(_ backend: Backend) throws {
    try backend.withStore { store throws in
      for number in 1...2 { _ = try store.register(repository(number)) }
      try store.plan(run(10), job: job(10), for: nil)
      try store.plan(run(11, pullRequest: 7), job: job(11), for: nil)
      try store.plan(run(12, repository: 2), job: job(12), for: nil)
      try store.plan(run(13), job: job(13), for: nil)
      try store.plan(run(14, branch: "topic"), job: job(14), for: nil)
      #expect(try store.runs(Page(limit: 2), repository: nil).map(\.id) == [id(14), id(13)])
      #expect(try store.runs(Page(before: id(13)), repository: nil).map(\.id) == [id(12), id(11), id(10)])
      #expect(try store.runs(Page(), repository: id(2)) == [run(12, repository: 2)])
      #expect(try store.runs(repository: id(1), branch: "main", pullRequest: nil, limit: 9).map(\.id) == [id(13), id(10)])
      #expect(try store.runs(repository: id(1), branch: "main", pullRequest: nil, limit: 1).map(\.id) == [id(13)])
      #expect(try store.runs(repository: id(1), branch: "main", pullRequest: 7, limit: 9).map(\.id) == [id(11)])
      #expect(try store.runs(repository: id(1), branch: "none", pullRequest: nil, limit: 9).isEmpty)
    }
  }

  @Test(arguments: Backend.allCases) func pruningRunsTakesTheirFindings(_ backend: Backend) throws {
    try backend.withStore { store throws in
      try fill(store)
      try store.update(run(10, finishedAt: time(1)))
      #expect(try store.prune(finishedBefore: time(2), limit: 10) == 1)
      #expect(try store.run(id(10)) == nil)
      #expect(try store.findings(Page(), filter: FindingFilter()).isEmpty)
      #expect(try store.repository(id(1)) != nil)
    }
  }

  // MARK: Findings, fixes, publications

  @Test(arguments: Backend.allCases) func keepsFindingsAndFixesInTheirOrder(_ backend: Backend) throws {
    try backend.withStore { store throws in
      _ = try store.register(repository(1))
      try store.plan(run(10), job: job(10), for: nil)
      let findings = (1...12).map { finding($0) }
      try store.record(findings: findings, fixes: [fix(2), fix(1)], for: id(10))
      #expect(try store.findings(of: id(10)) == findings)
      #expect(try store.fixes(of: id(10)) == [fix(2), fix(1)])
      try store.record(findings: [finding(3)], fixes: [], for: id(10))
      #expect(try store.findings(of: id(10)) == [finding(3)])
      #expect(try store.fixes(of: id(10)).isEmpty)
      #expect(throws: StoreError.self) { try store.record(findings: [], fixes: [], for: id(99)) }
    }
  }

  @Test(arguments: Backend.allCases) func filtersFindings(_ backend: Backend) throws {
    try backend.withStore { store throws in
      for number in 1...2 {
        _ = try store.register(repository(number))
        try store.plan(run(number * 10, repository: number), job: job(number * 10), for: nil)
      }
      let long = String(repeating: "d/", count: 2000)
      let one = [finding(1), finding(2, rule: "dead-link", severity: .note), finding(3, path: long + "b")]
      try store.record(findings: one, fixes: [], for: id(10))
      try store.record(findings: [finding(4, path: long + "c")], fixes: [], for: id(20))
      func numbers(_ filter: FindingFilter, _ page: Page<FindingID> = Page()) throws -> [Int] {
        try store.findings(page, filter: filter).map(\.finding.span.start)
      }
      #expect(try numbers(FindingFilter()) == [4, 3, 2, 1])
      #expect(try numbers(FindingFilter(repository: id(1))) == [3, 2, 1])
      #expect(try numbers(FindingFilter(run: id(20))) == [4])
      #expect(try numbers(FindingFilter(rule: "dead-link")) == [2])
      #expect(try numbers(FindingFilter(severity: .error)) == [4, 3, 1])
      #expect(try numbers(FindingFilter(path: long + "c")) == [4])
      #expect(try numbers(FindingFilter(repository: id(1), rule: "removed-symbol", severity: .error, path: "docs/a.md")) == [1])
      let first = try store.findings(Page(limit: 2), filter: FindingFilter())
      #expect(first.map(\.runID) == [id(20), id(10)])
      #expect(try numbers(FindingFilter(), Page(before: first.last?.id, limit: 2)) == [2, 1])
    }
  }

  @Test(arguments: Backend.allCases) func keepsAPublicationOnce(_ backend: Backend) throws {
    try backend.withStore { store throws in
      _ = try store.register(repository(1))
      try store.plan(run(10), job: job(10), for: nil)
      let first = Publication(runID: id(10), key: "commit:1:main:abc", forgeID: "abc", createdAt: time(1))
      #expect(try store.record(first) == first)
      #expect(try store.record(Publication(runID: id(10), key: first.key, forgeID: "def", createdAt: time(2))) == first)
      #expect(try store.publication(key: first.key) == first)
      #expect(try store.publication(key: "other") == nil)
    }
  }

  // MARK: Gauges and the database itself

  @Test(arguments: Backend.allCases) func keepsGaugesOverTime(_ backend: Backend) throws {
    try backend.withStore { store throws in
      for second in 1...3 { try store.record(metric: "memory", value: Double(second) / 3, at: time(second)) }
      try store.record(metric: "depth", value: -.infinity, at: time(2))
      try store.record(metric: "memory", value: 7, at: time(3))
      let later = [MetricPoint(at: time(2), value: 2.0 / 3), MetricPoint(at: time(3), value: 7)]
      #expect(try store.metrics("memory", since: time(2), limit: 9) == later)
      #expect(try store.metrics("memory", since: time(0), limit: 1) == [MetricPoint(at: time(1), value: 1.0 / 3)])
      #expect(try store.metrics("depth", since: time(0), limit: 9) == [MetricPoint(at: time(2), value: -.infinity)])
      #expect(throws: StoreError.self) { try store.record(metric: "memory", value: .nan, at: time(1)) }
    }
  }

  @Test(arguments: Backend.allCases) func countsStates(_ backend: Backend) throws {
    try backend.withStore { store throws in
      #expect(try store.counts().isEmpty)
      _ = try store.register(repository(1))
      for number in 1...3 { _ = try store.accept(delivery(number), job: job(number)) }
      try store.settle(DeliveryOutcome(id: id(1), status: .completed), at: time(9))
      try store.plan(run(10), job: job(10), for: nil)
      #expect(
        try store.counts() == [
          StateCount(record: "deliveries", state: "completed", count: 1), StateCount(record: "deliveries", state: "queued", count: 2),
          StateCount(record: "jobs", state: "queued", count: 4), StateCount(record: "runs", state: "running", count: 1),
        ])
    }
  }

  @Test(arguments: Backend.allCases) func textWithZeroBytesIsKeptReadable(_ backend: Backend) throws {
    try backend.withStore { store throws in
      var odd = delivery(1, key: "a\0b")
      odd.eventName = "\0"
      _ = try store.accept(odd, job: job(1))
      let stored = try #require(try store.delivery(key: "a\0b"))
      #expect(stored.deduplicationKey == "a\u{FFFD}b" && stored.eventName == "\u{FFFD}")
    }
  }

  @Test(arguments: Backend.allCases) func aKeyTooLongForAnIndexIsRefused(_ backend: Backend) throws {
    try backend.withStore { store throws in
      let longest = String(repeating: "\u{1F600}", count: 600)
      #expect(try store.accept(delivery(1, key: longest), job: job(1)) == .accepted)
      #expect(try store.delivery(key: longest)?.id == id(1))
      let error = #expect(throws: StoreError.self) { try store.accept(delivery(2, key: longest + "x"), job: job(2)) }
      #expect(error?.code == .corrupt)
      #expect(try store.job(id(2)) == nil)
    }
  }

  @Test(arguments: Backend.allCases) func probesUntilClosed(_ backend: Backend) throws {
    try backend.withStore { store throws in
      try store.probe()
      try store.probe()
      store.close()
      for attempt in [{ try store.probe() }, { _ = try store.job(id(1)) }] as [() throws -> Void] {
        let error = #expect(throws: StoreError.self) { try attempt() }
        #expect(error?.code == .unavailable)
        #expect(error?.description.hasSuffix(" is closed") == true)
      }
      store.close()
    }
  }

  @Test(arguments: Backend.allCases) func twoStoresShareOneDatabase(_ backend: Backend) throws {
    let database = try backend.makeDatabase()
    defer { database.remove() }
    let stores = [try SQLStore(migrating: database.database), try SQLStore(migrating: try database.again())]
    defer { stores[1].close() }
    try concurrently(4) { thread in
      for number in 0..<10 {
        let unique = thread * 10 + number + 1
        _ = try? stores[thread % 2].accept(delivery(unique, key: "shared-\(unique / 2)"), job: job(unique))
      }
    }
    for store in stores {
      #expect(try store.deliveries(Page(limit: 100), status: nil).count == 21)
      #expect(try store.jobs(Page(limit: 100), state: nil).count == 21)
    }
  }
}
