// The laws of `ForgeClient` where the network and the forge misbehave: answers that are lost at random, late or never come, limits of
// every kind, answers that have not changed. And the client that has no forge behind it.

import Domain
import Forges
import HTTPClient
import TestSupport
import Testing
import Threading

/// Waits less long than usual for an answer that will not come; for others the usual time, so that a busy machine fails no test.
private final class ImpatientTransport: HTTPTransport {
  /// Methods that are not waited for.
  let hurried = Monitor<Set<String>>([])
  private let transport = CurlTransport()

  func send(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
    var request = request
    if hurried.withLock({ $0.contains(request.method) }) { request.deadline = .milliseconds(400) }
    return try transport.send(request)
  }
}

/// Every answer that is lost is an error: libcurl would ask again by itself where it cannot do harm.
private struct FrankTransport: HTTPTransport {
  let transport = CurlTransport()

  func send(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
    var request = request
    request.isRepeatable = false
    return try transport.send(request)
  }
}

@Suite struct ForgeFaultTests {
  private let name = ForgeUnderTest.name
  private let mark = HiddenMark("summary")

  // MARK: Answers that never come

  @Test(arguments: ForgeKind.allCases) func endsACallThatStalls(kind: ForgeKind) throws {
    let transport = ImpatientTransport()
    let test = try ForgeUnderTest(kind, transport: transport)
    _ = try test.client.account()
    _ = try test.client.pullRequest(1, in: name)
    transport.hurried.update { $0 = ["GET", "POST"] }
    test.fake.fail(FakeFault(.stall))
    #expect(reason { _ = try test.client.pullRequest(1, in: name) } == .transient)
    test.fake.forgetFaults()
    transport.hurried.update { $0 = ["POST"] }
    test.fake.fail(FakeFault(.stall, method: "POST"))
    #expect(reason { try test.client.publishComment("Hello", mark: mark, on: 1, in: name) } == .transient)
    #expect(test.fake.pull(1, in: name).comments.isEmpty)
    test.fake.forgetFaults()
    transport.hurried.update { $0 = [] }
    try test.client.publishComment("Hello", mark: mark, on: 1, in: name)
    #expect(test.fake.pull(1, in: name).comments.count == 1)
    test.expectNoViolations()
  }

  @Test(arguments: ForgeKind.allCases) func findsWhatALateAnswerWasAbout(kind: ForgeKind) throws {
    let transport = ImpatientTransport()
    let test = try ForgeUnderTest(kind, transport: transport)
    test.fake.setLatency(.milliseconds(20))
    _ = try test.client.account()
    _ = try test.client.repository(name)
    // The effect happens at once; its answer comes when nobody waits any more.
    test.fake.setLatency(.milliseconds(800))
    transport.hurried.update { $0 = ["POST"] }
    #expect(reason { try test.client.publishComment("Hello", mark: mark, on: 1, in: name) } == .transient)
    expectEventually("the comment was written") { test.fake.pull(1, in: name).comments.count == 1 }
    transport.hurried.update { $0 = [] }
    test.fake.setLatency(.zero)
    try test.client.publishComment("Hello again", mark: mark, on: 1, in: name)
    #expect(test.fake.pull(1, in: name).comments.map(\.body) == ["Hello again\n\n\(mark.text)"])
    test.expectNoViolations()
  }

  // MARK: Answers that are lost

  /// Calls again as an outbox does, until an answer comes.
  private final class Outbox {
    private(set) var lost = 0

    func call<Value>(_ body: () throws -> Value) throws -> Value {
      for _ in 0..<200 {
        do {
          return try body()
        } catch let error as ForgeAPIError where error.isWorthRetrying {
          lost += 1
        }
      }
      return try body()
    }
  }

  @Test(arguments: ForgeKind.allCases, [1, 2, 3] as [UInt64])
  func leavesOneEffectWhenThreeOfTenAnswersAreLost(kind: ForgeKind, seed: UInt64) throws {
    let test = try ForgeUnderTest(kind, transport: FrankTransport())
    let head = try test.head
    try test.fake.commit(["a.txt": "healed\n"], to: "doc-healing/main", from: "main", in: name)
    test.fake.loseAnswers(0.3, seed: seed)
    let (client, outbox) = (test.client, Outbox())

    #expect(try outbox.call { try client.account() } == test.account)
    #expect(try outbox.call { try client.repository(name) }.name == name)
    #expect(try outbox.call { try client.permission(of: "ada", in: name) } == .write)
    let pull = try outbox.call { try client.pullRequest(1, in: name) }
    #expect(try outbox.call { try client.diffLines(of: pull, in: name) }.accept(10...11, of: "docs/guide.md"))

    for state in [CheckReport.State.queued, .running, .finished(.failure)] {
      let annotations = (1...120).map {
        CheckReport.Annotation(path: "a.txt", lines: $0...$0, level: .warning, title: "T", message: "\($0)")
      }
      let isLast = if case .finished = state { true } else { false }
      let check = CheckReport(
        key: "run-1", head: head, branch: "topic", state: state, title: "\(state)", annotations: isLast ? annotations : [])
      _ = try outbox.call { try client.publish(check, in: name) }
    }
    for text in ["One", "Two", "Three"] { _ = try outbox.call { try client.publishComment(text, mark: mark, on: 1, in: name) } }
    let answer = HiddenMark("answer", key: "1")
    for _ in 1...2 { _ = try outbox.call { try client.addComment("Done", mark: answer, on: 1, in: name) } }
    let review = Review(head: head, suggestions: suggestions)
    #expect(try outbox.call { try client.publishReview(review, on: pull, in: name) }.published.count == 3)
    var proposal = PullRequestProposal(branch: "doc-healing/main", base: "main", title: "Heal", body: "One")
    let opened = try outbox.call { try client.openPullRequest(proposal, in: name) }
    proposal.body = "Two"
    #expect(try outbox.call { try client.openPullRequest(proposal, in: name) }.number == opened.number)
    #expect(try outbox.call { try client.pullRequests(from: "doc-healing/main", state: .open, in: name) }.map(\.number) == [opened.number])
    try outbox.call { try client.closePullRequest(opened.number, in: name) }
    #expect(try outbox.call { try client.comments(on: 1, since: nil, in: name) }.count == 2)

    #expect(outbox.lost >= 5)
    try expectOneOfEach(test, proposal: opened.number, answer: answer, head: head)
    test.expectNoViolations()
  }

  private var suggestions: [Review.Suggestion] {
    [("docs/guide.md", 10...11), ("docs/guide.md", 12...12), ("docs/new page.md", 2...2)].enumerated().map { number, place in
      Review.Suggestion(
        path: place.0, lines: place.1, before: "old", after: "new", body: "Because.", mark: HiddenMark("fix", key: String(number)))
    }
  }

  private func expectOneOfEach(_ test: ForgeUnderTest, proposal: Int, answer: HiddenMark, head: ObjectID) throws {
    let repository = test.fake.repository(name)
    let pull = test.fake.pull(1, in: name)
    #expect(pull.comments.map(\.body) == ["Three\n\n\(mark.text)", "Done\n\n\(answer.text)"])
    #expect(pull.reviewComments.map(\.lines) == suggestions.map { $0.lines.upperBound...$0.lines.upperBound } || test.kind.forge == .github)
    #expect(pull.reviewComments.count == 3)
    #expect(repository.pulls.map(\.number) == [1, proposal])
    #expect(test.fake.pull(proposal, in: name).body == "Two" && test.fake.pull(proposal, in: name).state == .closed)
    if test.client.capabilities.checks == .checkRun {
      #expect(repository.checks.map(\.conclusion) == ["failure"])
      #expect(repository.checks.first?.annotations.map { $0["message"]?.string ?? "" } == (1...120).map(String.init))
    } else {
      #expect(["failure", "failed"].contains(repository.statuses.last?.state))
      #expect(repository.statuses.allSatisfy { $0.sha == head.hex && $0.context == "Documentation" })
    }
  }

  @Test(arguments: [ForgeKind.githubToken, .githubApp], [1, 2, 3] as [UInt64])
  func commitsOnceWhenAnswersAreLost(kind: ForgeKind, seed: UInt64) throws {
    let test = try ForgeUnderTest(kind)
    let client = try #require(test.client as? any CommitsThroughAPI)
    let head = try test.head
    test.fake.loseAnswers(0.5, seed: seed)
    let commit = ForgeCommit(
      subject: "[bot:doc-healing] Heal", body: "Doc-Healing-Run: 1", additions: ["a.txt": Array("healed\n".utf8)], deletions: [])
    let outbox = Outbox()
    let made = try outbox.call { try client.commit(commit, to: "topic", expectedHead: head, in: name) }
    let git = test.fake.repository(name).git
    #expect(git.tip(of: "topic") == made && git.parents(of: made.hex) == [head.hex])
    test.expectNoViolations()
  }

  // MARK: Answers that have not changed

  @Test(arguments: ForgeKind.allCases) func asksWhetherAnythingChanged(kind: ForgeKind) throws {
    let test = try ForgeUnderTest(kind)
    let hasTags = kind.forge != .gitea
    let before = try test.client.pullRequest(1, in: name)
    _ = try test.client.comments(on: 1, since: nil, in: name)
    test.fake.forgetJournal()
    #expect(try test.client.pullRequest(1, in: name) == before)
    #expect(try test.client.comments(on: 1, since: nil, in: name) == [])
    #expect(test.fake.journal.map(\.status) == (hasTags ? [304, 304] : [200, 200]))
    #expect(test.fake.journal.allSatisfy { ($0.headers["if-none-match"] != nil) == hasTags })

    test.fake.change(name) { $0.pulls[0].title = "Another title" }
    test.fake.addComment("Hello", by: "ada", on: 1, in: name)
    test.fake.forgetJournal()
    #expect(try test.client.pullRequest(1, in: name).title == "Another title")
    #expect(try test.client.comments(on: 1, since: nil, in: name).map(\.body) == ["Hello"])
    #expect(test.fake.journal.map(\.status) == [200, 200])
    test.expectNoViolations()
  }

  // MARK: Limits

  @Test(arguments: ForgeKind.allCases) func leavesALimitedForgeAlone(kind: ForgeKind) throws {
    let test = try ForgeUnderTest(kind)
    _ = try test.client.account()
    _ = try test.client.repository(name)
    let reset = String(test.clock.now().milliseconds / 1000 + 299)
    let secondary = #"{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}"#
    let cases: [(FakeFault.Kind, Duration)] = [
      (.status(403, headers: [("Retry-After", "45")], body: secondary), .seconds(45)),
      (.status(429, headers: [("Retry-After", "45")], body: secondary), .seconds(45)),
      (.status(403, body: secondary), .seconds(60)),
      (.status(429, body: secondary), .seconds(60)),
      (.status(403, headers: [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", reset)]), .seconds(300)),
      (.status(429, headers: [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", reset)]), .seconds(300)),
      (.status(429, headers: [("RateLimit-Remaining", "0"), ("RateLimit-Reset", reset)]), .seconds(300)),
      // The forge's own word counts more than what is left of another budget.
      (.status(403, headers: [("Retry-After", "45"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", reset)]), .seconds(45)),
      (.status(429, headers: [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1")]), .seconds(1)),
      (.status(429, headers: [("Retry-After", "99999999")]), .seconds(86_400)),
      (.status(429, headers: [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "-5")]), .seconds(60)),
    ]
    for (fault, delay) in cases {
      test.fake.fail(FakeFault(fault, method: "POST"))
      #expect(reason { try test.client.publishComment("Hello", mark: mark, on: 1, in: name) } == .retryAfter(delay), "\(fault)")
      #expect(test.fake.pull(1, in: name).comments.isEmpty)
      test.fake.forgetFaults()
    }
    // What is left of a budget is no refusal.
    test.fake.fail(FakeFault(.status(403, headers: [("x-ratelimit-remaining", "4000"), ("x-ratelimit-reset", reset)]), method: "POST"))
    #expect(reason { try test.client.publishComment("Hello", mark: mark, on: 1, in: name) } == .forbidden)
    test.fake.forgetFaults()
    try test.client.publishComment("Hello", mark: mark, on: 1, in: name)
    #expect(test.fake.pull(1, in: name).comments.count == 1)
    test.expectNoViolations()
  }

  @Test(arguments: [ForgeKind.githubToken, .githubApp]) func isLimitedInGraphQL(kind: ForgeKind) throws {
    let test = try ForgeUnderTest(kind)
    let client = try #require(test.client as? any CommitsThroughAPI)
    let head = try test.head
    let commit = ForgeCommit(subject: "Heal", body: "", additions: ["a.txt": Array("healed\n".utf8)], deletions: [])
    let limited = #"{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded"}]}"#
    for (fault, delay) in [(FakeFault.Kind.status(200, body: limited), 60), (.status(403, headers: [("Retry-After", "45")]), 45)] {
      test.fake.fail(FakeFault(fault, path: "graphql"))
      #expect(reason { _ = try client.commit(commit, to: "topic", expectedHead: head, in: name) } == .retryAfter(.seconds(delay)))
      test.fake.forgetFaults()
    }
    #expect(try test.head == head)
  }

  @Test func isLimitedWhereTheTokenIsGiven() throws {
    let test = try ForgeUnderTest(.githubApp)
    test.fake.fail(FakeFault(.status(403, headers: [("Retry-After", "45")]), path: "access_tokens"))
    #expect(reason { _ = try test.client.repository(name) } == .retryAfter(.seconds(45)))
    #expect(try test.client.repository(name).name == name)
  }
}

@Suite struct GitClientTests {
  @Test func canDoNothing() throws {
    let client = GitClient()
    #expect(client.forge == .git && client.capabilities == .gitOnly)
    let head = try #require(ObjectID(String(repeating: "a", count: 40)))
    let pull = ForgePullRequest(
      number: 1, state: .open, title: "", body: "", author: "", head: .init(branch: "b", sha: head, repository: "r"),
      base: .init(branch: "main", sha: nil, repository: "r"))
    let calls: [(String, () throws -> Void)] = [
      ("account", { _ = try client.account() }), ("repository", { _ = try client.repository("r") }),
      ("permission", { _ = try client.permission(of: "a", in: "r") }), ("pull request", { _ = try client.pullRequest(1, in: "r") }),
      ("pull requests", { _ = try client.pullRequests(from: "b", state: nil, in: "r") }),
      ("diff", { _ = try client.diffLines(of: pull, in: "r") }),
      ("check", { _ = try client.publish(CheckReport(key: "1", head: head, state: .queued, title: ""), in: "r") }),
      ("comment", { _ = try client.publishComment("", mark: HiddenMark("m"), on: 1, in: "r") }),
      ("answer", { _ = try client.addComment("", mark: HiddenMark("m"), on: 1, in: "r") }),
      ("comments", { _ = try client.comments(on: 1, since: nil, in: "r") }),
      ("review", { _ = try client.publishReview(Review(head: head, suggestions: []), on: pull, in: "r") }),
      ("open", { _ = try client.openPullRequest(PullRequestProposal(branch: "b", base: "m", title: "", body: ""), in: "r") }),
      ("close", { try client.closePullRequest(1, in: "r") }),
    ]
    for (call, body) in calls {
      let error = failure(body)
      #expect(error?.reason == .unsupported, "\(call)")
      #expect(error?.isWorthRetrying == false && error?.operation.hasPrefix("git: ") == true, "\(call)")
    }
  }
}
