// What every forge's client does, whatever the forge: the laws of `ForgeClient`, against a fake forge that is as strict as the real one.

import Domain
import Forges
import TestSupport
import Testing

@Suite struct ForgeClientConformanceTests {
  private let name = ForgeUnderTest.name
  private let mark = HiddenMark("summary")

  // MARK: Reading

  @Test(arguments: ForgeKind.allCases) func readsTheRepository(kind: ForgeKind) throws {
    let test = try ForgeUnderTest(kind)
    let repository = try test.client.repository(name)
    #expect(repository.name == name)
    #expect(repository.defaultBranch == "main")
    #expect(repository.permission >= .write)
    #expect(!repository.isArchived)
    #expect(try test.client.account() == test.account)
    test.expectNoViolations()
  }

  @Test(arguments: ForgeKind.allCases) func followsARenamedRepository(kind: ForgeKind) throws {
    let test = try ForgeUnderTest(kind)
    _ = try test.client.repository(name)
    test.fake.rename(name, to: "octo/renamed")
    if kind == .githubApp { test.fake.addInstallationName("octo/renamed") }
    #expect(try test.client.repository(name).name == "octo/renamed")
    try test.client.publishComment("Hello", mark: mark, on: 1, in: name)
    #expect(test.fake.pull(1, in: "octo/renamed").comments.count == 1)
    test.expectNoViolations()
  }

  @Test(arguments: ForgeKind.allCases) func saysWhatIsGone(kind: ForgeKind) throws {
    let test = try ForgeUnderTest(kind)
    _ = try test.client.repository(name)
    test.fake.change(name) { $0.isDeleted = true }
    #expect(reason { _ = try test.client.repository(name) } == .gone)
    #expect(reason { _ = try test.client.pullRequest(1, in: name) } == .gone)
    #expect(reason { try test.client.publishComment("Hello", mark: mark, on: 1, in: name) } == .gone)
  }

  @Test(arguments: ForgeKind.allCases) func tellsWhatAPersonMayDo(kind: ForgeKind) throws {
    let test = try ForgeUnderTest(kind)
    test.fake.permit("grace", .admin, in: name)
    test.fake.permit("linus", .read, in: name)
    #expect(try test.client.permission(of: "grace", in: name) == .admin)
    #expect(try test.client.permission(of: "ada", in: name) == .write)
    #expect(try test.client.permission(of: "linus", in: name) <= .read)
    #expect(try test.client.permission(of: "nobody/../ada", in: name) == .none)
    test.expectNoViolations()
  }

  @Test(arguments: ForgeKind.allCases) func readsAPullRequest(kind: ForgeKind) throws {
    let test = try ForgeUnderTest(kind)
    let pull = try test.client.pullRequest(1, in: name)
    #expect(pull.number == 1 && pull.state == .open && !pull.isDraft && !pull.isFork)
    #expect(pull.title == "Rename things" && pull.body == "Why not." && pull.author == "ada" && pull.labels == ["docs"])
    #expect(pull.head == .init(branch: "topic", sha: try test.head, repository: name))
    #expect(pull.base.branch == "main" && pull.base.repository == name)
    #expect(reason { _ = try test.client.pullRequest(99, in: name) } == .gone)
    test.expectNoViolations()
  }

  @Test(arguments: ForgeKind.allCases) func readsAForksPullRequest(kind: ForgeKind) throws {
    let test = try ForgeUnderTest(kind)
    try test.fake.addFork(of: name, as: "ada/hello")
    try test.fake.commit(["a.txt": "b\n"], to: "patch", from: "main", in: "ada/hello")
    let number = test.fake.addPull(from: "patch", of: "ada/hello", isDraft: true, maintainersMayPush: true, in: name)
    let pull = try test.client.pullRequest(number, in: name)
    #expect(pull.isFork && pull.isDraft && pull.maintainersMayPush)
    #expect(pull.head.repository == "ada/hello")
    #expect(try test.client.pullRequests(from: "patch", state: nil, in: name) == [])
    test.fake.change("ada/hello") { $0.isDeleted = true }
    let orphan = try test.client.pullRequest(number, in: name)
    #expect(orphan.isFork && orphan.head.repository == nil)
    test.expectNoViolations()
  }

  @Test(arguments: ForgeKind.allCases) func knowsTheLinesOfTheDiff(kind: ForgeKind) throws {
    let test = try ForgeUnderTest(kind)
    let lines = try test.client.diffLines(of: try test.client.pullRequest(1, in: name), in: name)
    #expect(lines.accept(10...11, of: "docs/guide.md"))
    #expect(lines.accept(7...14, of: "docs/guide.md"))
    #expect(!lines.accept(6...7, of: "docs/guide.md"))
    #expect(!lines.accept(15...15, of: "docs/guide.md"))
    #expect(lines.accept(1...3, of: "docs/new page.md"))
    #expect(!lines.accept(1...1, of: "a.txt"))
    test.expectNoViolations()
  }

  // MARK: The one summary comment

  @Test(arguments: ForgeKind.allCases) func editsItsOneComment(kind: ForgeKind) throws {
    let test = try ForgeUnderTest(kind)
    test.fake.setPageSize(3)
    for number in 1...7 { test.fake.addComment("Comment \(number)", by: "ada", on: 1, in: name) }
    // Whoever quotes the mark is not us.
    test.fake.addComment("> \(mark.text)", by: "ada", on: 1, in: name)
    let first = try test.client.publishComment("One finding", mark: mark, on: 1, in: name)
    let second = try test.client.publishComment("No finding", mark: mark, on: 1, in: name)
    #expect(first.id == second.id)
    let ours = test.fake.pull(1, in: name).comments.filter { $0.author == test.account }
    #expect(ours.map(\.body) == ["No finding\n\n\(mark.text)"])
    test.expectNoViolations()
  }

  @Test(arguments: ForgeKind.allCases) func sendsNothingForTheSameComment(kind: ForgeKind) throws {
    let test = try ForgeUnderTest(kind)
    try test.client.publishComment("Same", mark: mark, on: 1, in: name)
    test.fake.forgetJournal()
    try test.client.publishComment("Same", mark: mark, on: 1, in: name)
    #expect(test.fake.journal.allSatisfy { $0.method == "GET" })
  }

  @Test(arguments: ForgeKind.allCases) func leavesOneCommentWhenAnswersAreLost(kind: ForgeKind) throws {
    let test = try ForgeUnderTest(kind)
    _ = try test.client.account()
    _ = try test.client.repository(name)
    for fault in [FakeFault.Kind.loseAnswer, .halfAnswer, .cutWithin, .cut, .status(502)] {
      test.fake.fail(FakeFault(fault, method: "POST"))
      #expect(reason { try test.client.publishComment("Hello", mark: mark, on: 1, in: name) } == .transient)
      test.fake.forgetFaults()
      try test.client.publishComment("Hello", mark: mark, on: 1, in: name)
      #expect(test.fake.pull(1, in: name).comments.count == 1)
      test.fake.change(name) { $0.pulls[0].comments = [] }
    }
    test.expectNoViolations()
  }

  @Test(arguments: ForgeKind.allCases) func mergesDoubleComments(kind: ForgeKind) throws {
    let test = try ForgeUnderTest(kind)
    for _ in 1...3 { test.fake.addComment("Old\n\n\(mark.text)", by: test.account, on: 1, in: name) }
    try test.client.publishComment("New", mark: mark, on: 1, in: name)
    #expect(test.fake.pull(1, in: name).comments.map(\.body) == ["New\n\n\(mark.text)"])
    test.expectNoViolations()
  }

  @Test(arguments: ForgeKind.allCases) func refusesWhatIsTooLong(kind: ForgeKind) throws {
    let test = try ForgeUnderTest(kind)
    let limit = test.client.capabilities.commentLimit
    let text = String(repeating: "x", count: limit - mark.text.utf8.count - 2)
    try test.client.publishComment(text, mark: mark, on: 1, in: name)
    test.fake.forgetJournal()
    #expect(reason { try test.client.publishComment(text + "x", mark: mark, on: 1, in: name) } == .invalid(field: "body"))
    #expect(test.fake.journal.allSatisfy { $0.method == "GET" })
    test.expectNoViolations()
  }

  @Test(arguments: ForgeKind.allCases) func answersACommandOnce(kind: ForgeKind) throws {
    let test = try ForgeUnderTest(kind)
    let asked = test.fake.addComment("@doc-healing recheck", by: "ada", on: 1, in: name)
    let answer = HiddenMark("answer", key: String(asked.id))
    try test.client.addComment("Done.", mark: answer, on: 1, in: name)
    try test.client.addComment("Done again.", mark: answer, on: 1, in: name)
    #expect(test.fake.pull(1, in: name).comments.map(\.body) == ["@doc-healing recheck", "Done.\n\n\(answer.text)"])
    test.expectNoViolations()
  }

  @Test(arguments: ForgeKind.allCases) func listsCommentsSinceATime(kind: ForgeKind) throws {
    let test = try ForgeUnderTest(kind)
    test.fake.setPageSize(2)
    for number in 1...5 {
      test.fake.addComment("Comment \(number)", by: "ada", on: 1, in: name)
      test.clock.advance(by: .seconds(60))
    }
    let all = try test.client.comments(on: 1, since: nil, in: name)
    #expect(all.map(\.body) == (1...5).map { "Comment \($0)" })
    #expect(all.allSatisfy { $0.author == "ada" })
    let since = try test.client.comments(on: 1, since: all[3].updatedAt, in: name)
    #expect(since.map(\.body) == ["Comment 4", "Comment 5"])
    test.expectNoViolations()
  }

  // MARK: Checks

  @Test(arguments: ForgeKind.allCases) func showsACheckFromQueuedToFinished(kind: ForgeKind) throws {
    let test = try ForgeUnderTest(kind)
    for state in [CheckReport.State.queued, .queued, .running, .running, .finished(.failure), .finished(.failure)] {
      let check = CheckReport(key: "run-1", head: try test.head, branch: "topic", state: state, title: "State \(state)", summary: "Text")
      try test.client.publish(check, in: name)
    }
    let repository = test.fake.repository(name)
    if test.client.capabilities.checks == .checkRun {
      #expect(repository.checks.map(\.conclusion) == ["failure"])
    } else {
      #expect(repository.checks.isEmpty)
      #expect(["failure", "failed"].contains(repository.statuses.last?.state))
      #expect(repository.statuses.allSatisfy { $0.context == "Documentation" && $0.sha == (try? test.head)?.hex })
    }
    test.expectNoViolations()
  }

  @Test(arguments: ForgeKind.allCases) func shortensTheLineOfAStatus(kind: ForgeKind) throws {
    let test = try ForgeUnderTest(kind)
    let check = CheckReport(
      key: "1", head: try test.head, state: .finished(.neutral), title: String(repeating: "é", count: 700), summary: "")
    try test.client.publish(check, in: name)
    test.expectNoViolations()
  }

  // MARK: Reviews and pull requests

  @Test(arguments: ForgeKind.allCases) func putsSuggestionsOnTheDiffOnce(kind: ForgeKind) throws {
    let test = try ForgeUnderTest(kind)
    let pull = try test.client.pullRequest(1, in: name)
    let places = [("docs/guide.md", 10...11), ("docs/guide.md", 12...12), ("docs/new page.md", 2...2), ("docs/guide.md", 30...30)]
    let suggestions = places.enumerated().map { number, place in
      Review.Suggestion(
        path: place.0, lines: place.1, before: "old", after: "new", body: "Because.", mark: HiddenMark("fix", key: String(number)))
    }
    let review = Review(head: try test.head, suggestions: suggestions)
    for _ in 1...2 {
      let result = try test.client.publishReview(review, on: pull, in: name)
      #expect(result.published == suggestions.prefix(3).map(\.mark))
      #expect(result.left == [suggestions[3]])
    }
    let comments = test.fake.pull(1, in: name).reviewComments
    #expect(comments.map(\.path) == places.prefix(3).map(\.0))
    #expect(comments.allSatisfy { $0.body.contains(test.client.capabilities.appliesSuggestions ? "```suggestion" : "+new") })
    let stale = Review(head: try #require(ObjectID(String(repeating: "a", count: 40))), suggestions: suggestions)
    #expect(reason { _ = try test.client.publishReview(stale, on: pull, in: name) } == .conflict)
    test.expectNoViolations()
  }

  @Test(arguments: ForgeKind.allCases) func rollsOnePullRequest(kind: ForgeKind) throws {
    let test = try ForgeUnderTest(kind)
    try test.fake.commit(["a.txt": "healed\n"], to: "doc-healing/main", from: "main", in: name)
    var proposal = PullRequestProposal(branch: "doc-healing/main", base: "main", title: "Heal the docs", body: "One")
    test.fake.fail(FakeFault(.loseAnswer, method: "POST"))
    #expect(reason { _ = try test.client.openPullRequest(proposal, in: name) } == .transient)
    let opened = try test.client.openPullRequest(proposal, in: name)
    proposal.body = "Two"
    #expect(try test.client.openPullRequest(proposal, in: name).number == opened.number)
    #expect(test.fake.repository(name).pulls.count == 2)
    #expect(test.fake.pull(opened.number, in: name).body == "Two")
    for _ in 1...2 { try test.client.closePullRequest(opened.number, in: name) }
    #expect(test.fake.pull(opened.number, in: name).state == .closed)
    #expect(try test.client.pullRequests(from: "doc-healing/main", state: .open, in: name) == [])
    #expect(try test.client.pullRequests(from: "doc-healing/main", state: nil, in: name).map(\.number) == [opened.number])
    test.expectNoViolations()
  }

  // MARK: Faults

  @Test(arguments: ForgeKind.allCases) func tellsWhatAnOutboxNeedsToKnow(kind: ForgeKind) throws {
    let test = try ForgeUnderTest(kind)
    _ = try test.client.repository(name)
    let reset = String(test.clock.now().milliseconds / 1000 + 119)
    let cases: [(FakeFault.Kind, ForgeAPIError.Reason)] = [
      (.status(500), .transient), (.status(502), .transient), (.status(504), .transient),
      (.status(503, headers: [("Retry-After", "7")]), .retryAfter(.seconds(7))),
      (.status(429, headers: [("Retry-After", "30")]), .retryAfter(.seconds(30))),
      (.status(429, headers: []), .retryAfter(.seconds(60))),
      (.status(403, headers: [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", reset)]), .retryAfter(.seconds(120))),
      (.status(403, body: #"{"message":"You have exceeded a secondary rate limit."}"#), .retryAfter(.seconds(60))),
      (.status(403), .forbidden), (.status(404), .gone), (.status(410), .gone), (.status(409), .conflict),
      (.status(422, body: #"{"message":"Validation Failed","errors":[{"field":"x","code":"invalid"}]}"#), .invalid(field: "x")),
      (.cut, .transient), (.loseAnswer, .transient), (.halfAnswer, .transient), (.cutWithin, .transient),
      (.status(200, body: "<html>"), .transient), (.status(200, body: "{}"), .unexpected),
    ]
    for (fault, expected) in cases {
      // Nine times: libcurl asks again by itself when a connection that it kept is cut.
      test.fake.fail(FakeFault(fault, path: "hello", count: 9))
      #expect(reason { _ = try test.client.repository(name) } == expected, "\(fault)")
      test.fake.forgetFaults()
    }
    #expect(try test.client.repository(name).name == name)
  }

  @Test(arguments: ForgeKind.allCases) func neverShowsItsCredential(kind: ForgeKind) throws {
    let test = try ForgeUnderTest(kind)
    _ = try test.client.repository(name)
    let secrets = test.fake.journal.flatMap { exchange in
      ["authorization", "private-token"].compactMap { exchange.headers[$0]?.split(separator: " ").last.map(String.init) }
    }
    #expect(!secrets.isEmpty)
    test.fake.revoke()
    for status in [400, 401, 403, 404, 422, 500] {
      test.fake.fail(FakeFault(.status(status, body: #"{"message":"Refused"}"#), method: "POST", count: 9))
      test.fake.fail(FakeFault(.status(status), count: 9))
      let error = failure { try test.client.publishComment("Hello", mark: mark, on: 1, in: name) }
      #expect(error.map { error in secrets.allSatisfy { !String(reflecting: error).contains($0) } } == true)
      test.fake.forgetFaults()
    }
    #expect(!secrets.contains { String(reflecting: test.client).contains($0) })
  }
}

/// Why a call failed; nil when it did not.
func failure(_ body: () throws -> Void) -> ForgeAPIError? {
  do {
    try body()
    return nil
  } catch {
    return error as? ForgeAPIError
  }
}

func reason(_ body: () throws -> Void) -> ForgeAPIError.Reason? { failure(body)?.reason }
