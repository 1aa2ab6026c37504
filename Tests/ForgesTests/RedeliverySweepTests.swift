// Deliveries that were lost while the receiver was away come back, each once: against the fake forge, and for every decision against a
// list of attempts.

import Domain
import Forges
import TestSupport
import Testing
import Threading

/// A receiver that can be away, and remembers what it stored.
private final class Receiver: Sendable {
  enum Mood: Sendable { case away, busy, forgetful, well }
  let mood = Monitor(Mood.well)
  /// Keys in the order in which they were stored.
  let stored = Monitor<[String]>([])
  let server: HTTPServer

  init() throws {
    let (mood, stored) = (mood, stored)
    server = try HTTPServer { request in
      let key = GitHubReceiver().deliveryKey(headers: WebhookHeaders(request.headers), body: request.body)
      switch mood.withLock({ $0 }) {
      case .away: return .hangUp
      case .busy: return HTTPServer.Reply(status: 503)
      case .forgetful:
        stored.update { $0.append(key) }
        return .hangUp
      case .well:
        stored.update { $0.append(key) }
        return HTTPServer.Reply(status: 202)
      }
    }
  }

  func isKnown(_ key: String) -> Bool { stored.withLock { $0.contains(key) } }
}

@Suite struct RedeliverySweepTests {
  private let name = ForgeUnderTest.name

  @Test(arguments: [ForgeKind.githubToken, .githubApp]) func everyLostDeliveryComesOnce(kind: ForgeKind) throws {
    let test = try ForgeUnderTest(kind)
    let client = try #require(test.client as? any RedeliversWebhooks)
    let receiver = try Receiver()
    test.fake.addHook(port: receiver.server.port, path: "/hook", secret: Secret("s"), in: name, isApp: kind == .githubApp)
    // Not ours.
    let other = try HTTPServer { _ in HTTPServer.Reply(status: 500) }
    if kind == .githubToken { test.fake.addHook(port: other.port, path: "/other", secret: Secret("s"), in: name) }

    let start = test.clock.now()
    for mood in [Receiver.Mood.well, .away, .busy, .forgetful, .away] {
      receiver.mood.update { $0 = mood }
      let before = tried(test)
      for number in 1...4 { test.fake.addComment("\(mood) \(number)", by: "ada", on: 1, in: name) }
      expectEventually("the deliveries were tried") { tried(test) == before + 4 }
    }
    receiver.mood.update { $0 = .well }
    test.clock.advance(by: .seconds(120))

    var sweep = RedeliverySweep(policy: .init(maximumRequests: 7))
    var asked: [String] = []
    var waiting: [Int] = []
    for _ in 1...3 {
      let stored = receiver.stored.withLock { $0.count }
      let report = try sweep.sweep(
        client, repositories: [name], hookAddress: receiver.server.url, since: start.advanced(by: .seconds(-1)), now: test.clock.now(),
        isKnown: receiver.isKnown)
      #expect(report.seen == 20 && report.failures == [] && report.retryAfter == nil && report.abandoned == 0)
      asked += report.asked
      waiting.append(report.waiting)
      expectEventually("they came") { receiver.stored.withLock { $0.count } == stored + report.asked.count }
    }
    #expect(asked.count == 12 && Set(asked).count == 12 && waiting == [5, 0, 0])
    let stored = receiver.stored.withLock { $0 }
    #expect(stored.count == 20 && Set(stored).count == 20)
    // In the order in which things happened.
    #expect(Array(stored.suffix(12)) == asked && asked == asked.sorted())
    test.expectNoViolations()
  }

  /// Attempts at our hook that have ended.
  private func tried(_ test: ForgeUnderTest) -> Int { test.fake.deliveries(of: name).count { $0.status != 500 } }

  // MARK: Decisions

  private let now = Timestamp(milliseconds: 1_750_000_000_000)

  private func attempt(_ key: String, _ age: Int, _ status: Int?, id: String? = nil) -> WebhookDelivery {
    WebhookDelivery(
      id: id ?? "\(key)-\(age)", hook: "1", deliveryKey: key, deliveredAt: now.advanced(by: .seconds(-age)), status: status, event: "push")
  }

  private func sweep(
    _ forge: ListedForge, _ sweep: inout RedeliverySweep, at time: Timestamp? = nil, repositories: [String] = ["a/b"],
    known: Set<String> = []
  ) throws -> RedeliverySweep.Report {
    try sweep.sweep(
      forge, repositories: repositories, hookAddress: "http://x", since: Timestamp(milliseconds: 0), now: time ?? now,
      isKnown: { known.contains($0) })
  }

  @Test func asksForWhatIsLostOnly() throws {
    let forge = ListedForge([
      "a/b": [
        attempt("young", 59, 503), attempt("old", 60, 503), attempt("silent", 61, nil), attempt("known", 62, nil),
        attempt("taken", 63, 200),
        attempt("later", 64, 204), attempt("later", 5000, 500), attempt("again", 3599, 500), attempt("again", 9000, 500),
        attempt("third", 3600, 502), attempt("third", 9100, 502),
      ]
    ])
    var sweep = RedeliverySweep()
    let report = try self.sweep(forge, &sweep, known: ["known"])
    #expect(report.asked == ["third", "silent", "old"])
    // The newest attempt of each.
    #expect(forge.redelivered == ["a/b third-3600", "a/b silent-61", "a/b old-60"])
    #expect(report.seen == 8 && report.waiting == 2 && report.abandoned == 0 && report.failures == [])
  }

  @Test func asksOnceAnHour() throws {
    let forge = ListedForge(["a/b": [attempt("x", 100, nil)]])
    var sweep = RedeliverySweep()
    for (time, count) in [(0, 1), (1, 1), (3599, 1), (3600, 2), (7199, 2), (7200, 3)] {
      let report = try self.sweep(forge, &sweep, at: now.advanced(by: .seconds(time)))
      #expect(forge.redelivered.count == count && report.asked.count + report.waiting == 1, "\(time)")
    }
    // What was asked is a value that outlives the process where the caller wants.
    var next = RedeliverySweep(asked: sweep.asked)
    _ = try self.sweep(forge, &next, at: now.advanced(by: .seconds(7201)))
    #expect(forge.redelivered.count == 3)
    _ = try self.sweep(forge, &next, at: now.advanced(by: .seconds(90_000)), known: ["x"])
    #expect(next.asked.isEmpty)
  }

  @Test func leavesWhatFailsForEver() throws {
    let forge = ListedForge(["a/b": (1...8).map { attempt("x", 4000 * $0, 401) } + (1...7).map { attempt("y", 4000 * $0, 401) }])
    var sweep = RedeliverySweep()
    let report = try self.sweep(forge, &sweep)
    #expect(report.asked == ["y"] && report.abandoned == 1)
  }

  @Test func oneListForAnApp() throws {
    let lists = ["a/b": [attempt("x", 100, nil)], "a/c": [attempt("y", 100, nil)]]
    var sweep = RedeliverySweep()
    #expect(try self.sweep(ListedForge(lists, isApp: true), &sweep, repositories: ["a/b", "a/c"]).asked == ["x"])
    sweep = RedeliverySweep()
    #expect(try self.sweep(ListedForge(lists), &sweep, repositories: ["a/b", "a/c"]).asked == ["x", "y"])
    #expect(try self.sweep(ListedForge(lists, isApp: true), &sweep, repositories: []) == .init())
  }

  @Test func aFailureKeepsNoOtherBack() throws {
    let forge = ListedForge(["a/c": [attempt("x", 100, nil), attempt("y", 90, nil)]])
    forge.refuse("x-100", ForgeAPIError(.transient, operation: "ask"))
    var sweep = RedeliverySweep()
    let report = try self.sweep(forge, &sweep, repositories: ["a/b", "a/c"])
    #expect(report.failures.map(\.repository) == ["a/b", "a/c"] && report.failures.map(\.deliveryKey) == [nil, "x"])
    #expect(report.failures.map(\.error.reason) == [.gone, .transient] && report.asked == ["y"])
    // It may have been sent all the same.
    #expect(try self.sweep(forge, &sweep, repositories: ["a/c"]).waiting == 2)
  }

  @Test func leavesALimitedForgeAlone() throws {
    let forge = ListedForge(["a/b": [attempt("x", 100, nil), attempt("y", 90, nil)], "a/c": [attempt("z", 100, nil)]])
    forge.refuse("y-90", ForgeAPIError(.retryAfter(.seconds(30)), operation: "ask"))
    var sweep = RedeliverySweep()
    let report = try self.sweep(forge, &sweep, repositories: ["a/b", "a/c"])
    #expect(report.asked == ["x"] && report.retryAfter == .seconds(30))
    forge.refuse("y-90", nil)
    #expect(try self.sweep(forge, &sweep, repositories: ["a/b", "a/c"]).asked == ["y", "z"])
  }

  @Test func endsWhenTheStoreFails() {
    struct Broken: Error {}
    let forge = ListedForge(["a/b": [attempt("x", 100, nil)]])
    var sweep = RedeliverySweep()
    #expect(throws: Broken.self) {
      _ = try sweep.sweep(
        forge, repositories: ["a/b"], hookAddress: "", since: now, now: now, isKnown: { _ in throw Broken() })
    }
    #expect(forge.redelivered.isEmpty && sweep.asked.isEmpty)
  }

  @Test func neverTwiceAndNeverTooMany() {
    forAll(cases: 200) { random in
      let keys = (0..<random.int(in: 1...12)).map { "k\($0)" }
      let list = keys.flatMap { key in
        (0..<random.int(in: 1...4)).map { number in
          attempt(key, random.int(in: 0...20_000), random.pick([nil, 200, 500, 503, 401]), id: "\(key)-\(number)")
        }
      }
      let forge = ListedForge(["a/b": list])
      let known = Set(keys.filter { _ in random.bool() })
      var sweep = RedeliverySweep(policy: .init(maximumRequests: random.int(in: 1...5)))
      for step in 0..<10 {
        let report = try? self.sweep(forge, &sweep, at: now.advanced(by: .seconds(step * 60)), known: known)
        #expect((report?.asked.count ?? .max) <= sweep.policy.maximumRequests, random.comment)
      }
      let asked = forge.redelivered.map { String($0.dropFirst(4).prefix { $0 != "-" }) }
      #expect(Set(asked).count == asked.count && known.isDisjoint(with: asked), random.comment)
      #expect(list.allSatisfy { !$0.isAccepted || !asked.contains($0.deliveryKey) }, random.comment)
    }
  }
}

/// Lists of attempts by repository; one without a list is gone.
private final class ListedForge: RedeliversWebhooks {
  private let git = GitClient()
  private let lists: [String: [WebhookDelivery]]
  private let calls = Monitor<[String]>([])
  private let refusals = Monitor<[String: ForgeAPIError]>([:])
  let listsDeliveriesOfAllRepositories: Bool

  init(_ lists: [String: [WebhookDelivery]], isApp: Bool = false) {
    self.lists = lists
    listsDeliveriesOfAllRepositories = isApp
  }

  /// `REPOSITORY ID` of each request that succeeded.
  var redelivered: [String] { calls.withLock { $0 } }
  func refuse(_ id: String, _ error: ForgeAPIError?) { refusals.update { $0[id] = error } }

  func webhookDeliveries(of repository: String, hookAddress: String, since: Timestamp) throws(ForgeAPIError) -> [WebhookDelivery] {
    guard let list = lists[repository] else { throw ForgeAPIError(.gone, operation: "list") }
    return list
  }

  func redeliver(_ delivery: WebhookDelivery, of repository: String) throws(ForgeAPIError) {
    if let error = refusals.withLock({ $0[delivery.id] }) { throw error }
    calls.update { $0.append("\(repository) \(delivery.id)") }
  }

  var forge: Forge { .github }
  var capabilities: ForgeCapabilities { .gitOnly }
  func account() throws(ForgeAPIError) -> String { try git.account() }
  func repository(_ name: String) throws(ForgeAPIError) -> ForgeRepository { try git.repository(name) }
  func permission(of account: String, in repository: String) throws(ForgeAPIError) -> ForgePermission {
    try git.permission(of: account, in: repository)
  }
  func pullRequest(_ number: Int, in repository: String) throws(ForgeAPIError) -> ForgePullRequest {
    try git.pullRequest(number, in: repository)
  }
  func pullRequests(
    from branch: String, state: ForgePullRequest.State?, in repository: String
  ) throws(ForgeAPIError) -> [ForgePullRequest] {
    try git.pullRequests(from: branch, state: state, in: repository)
  }
  func diffLines(of pullRequest: ForgePullRequest, in repository: String) throws(ForgeAPIError) -> DiffLines {
    try git.diffLines(of: pullRequest, in: repository)
  }
  func publish(_ check: CheckReport, in repository: String) throws(ForgeAPIError) -> PublishedCheck {
    try git.publish(check, in: repository)
  }
  func publishComment(_ body: String, mark: HiddenMark, on pullRequest: Int, in repository: String) throws(ForgeAPIError) -> ForgeComment {
    try git.publishComment(body, mark: mark, on: pullRequest, in: repository)
  }
  func addComment(_ body: String, mark: HiddenMark, on pullRequest: Int, in repository: String) throws(ForgeAPIError) -> ForgeComment {
    try git.addComment(body, mark: mark, on: pullRequest, in: repository)
  }
  func comments(on pullRequest: Int, since: Timestamp?, in repository: String) throws(ForgeAPIError) -> [ForgeComment] {
    try git.comments(on: pullRequest, since: since, in: repository)
  }
  func publishReview(
    _ review: Review, on pullRequest: ForgePullRequest, in repository: String
  ) throws(ForgeAPIError) -> PublishedReview {
    try git.publishReview(review, on: pullRequest, in: repository)
  }
  func openPullRequest(_ proposal: PullRequestProposal, in repository: String) throws(ForgeAPIError) -> ForgePullRequest {
    try git.openPullRequest(proposal, in: repository)
  }
  func closePullRequest(_ number: Int, in repository: String) throws(ForgeAPIError) { try git.closePullRequest(number, in: repository) }
}
