// What only GitHub does: check runs with annotations, commits that it signs, Apps, deliveries sent again. And what the fake forge does
// beside its API, since the service's tests rely on it: git over http, hooks.

import Domain
import Forges
import HTTPClient
import TestSupport
import Testing

@Suite struct GitHubClientTests {
  private let name = ForgeUnderTest.name

  @Test func sendsAnnotationsInBatchesOnceEach() throws {
    let test = try ForgeUnderTest(.githubApp)
    let annotations = (1...120).map {
      CheckReport.Annotation(path: "a.txt", lines: $0...$0, columns: 1...2, level: .warning, title: "T", message: "Message \($0)")
    }
    let check = CheckReport(key: "run-1", head: try test.head, state: .finished(.neutral), title: "120 findings", annotations: annotations)
    // The second batch arrives, its answer does not.
    test.fake.fail(FakeFault(.loseAnswer, method: "PATCH"))
    #expect(reason { try test.client.publish(check, in: name) } == .transient)
    #expect(try test.client.publish(check, in: name).annotationCount == 120)
    try test.client.publish(check, in: name)
    let run = try #require(test.fake.repository(name).checks.first)
    #expect(test.fake.repository(name).checks.count == 1 && run.conclusion == "neutral" && run.externalID == "run-1")
    #expect(run.annotations.map { $0["message"]?.string ?? "" } == annotations.map(\.message))
    test.expectNoViolations()
  }

  @Test func asksForAnInstallationsTokenOnceAnHour() throws {
    let test = try ForgeUnderTest(.githubApp)
    let asked = { test.fake.journal.filter { $0.path.hasSuffix("access_tokens") }.count }
    for _ in 1...3 { _ = try test.client.repository(name) }
    #expect(asked() == 1)
    test.clock.advance(by: .seconds(3600 - 299))
    _ = try test.client.repository(name)
    #expect(asked() == 2)
    test.fake.revoke()
    _ = try test.client.repository(name)
    #expect(asked() == 3)
    test.expectNoViolations()
  }

  @Test func commitsOnTheTipThatItKnows() throws {
    let test = try ForgeUnderTest(.githubApp)
    let client = try #require(test.client as? any CommitsThroughAPI)
    let head = try test.head
    let commit = ForgeCommit(
      subject: "[bot:doc-healing] Heal", body: "Doc-Healing-Run: 1", additions: ["a.txt": Array("healed\n".utf8)],
      deletions: ["docs/new page.md"])
    test.fake.fail(FakeFault(.loseAnswer, path: "graphql"))
    #expect(reason { _ = try client.commit(commit, to: "topic", expectedHead: head, in: name) } == .transient)
    let made = try client.commit(commit, to: "topic", expectedHead: head, in: name)
    let git = test.fake.repository(name).git
    #expect(git.tip(of: "topic") == made && git.parents(of: made.hex) == [head.hex])
    #expect(git.file("a.txt", at: made.hex) == "healed\n")
    #expect(git.file("docs/new page.md", at: made.hex) == nil)
    try test.fake.commit(["a.txt": "theirs\n"], to: "topic", in: name)
    #expect(reason { _ = try client.commit(commit, to: "topic", expectedHead: head, in: name) } == .conflict)
    test.expectNoViolations()
  }

  @Test(arguments: [ForgeKind.githubToken, .githubApp]) func asksForFailedDeliveriesAgain(kind: ForgeKind) throws {
    let test = try ForgeUnderTest(kind)
    let replies = [HTTPServer.Reply(status: 503), HTTPServer.Reply(status: 202)]
    let receiver = try HTTPServer(script: replies)
    let secret = Secret("hook-secret")
    test.fake.addHook(port: receiver.port, path: "/webhooks/github", secret: secret, in: name, isApp: kind == .githubApp)
    test.fake.addComment("Hello", by: "ada", on: 1, in: name)
    expectEventually("the delivery failed") { test.fake.deliveries(of: name).map(\.status) == [503] }
    let client = try #require(test.client as? any RedeliversWebhooks)
    let since = test.clock.now().advanced(by: .seconds(-60))
    let failed = try client.webhookDeliveries(of: name, hookAddress: receiver.url, since: since)
    #expect(failed.map(\.isAccepted) == [false])
    try client.redeliver(failed[0], of: name)
    expectEventually("the delivery came") { test.fake.deliveries(of: name).compactMap(\.status).sorted() == [202, 503] }
    let request = try #require(receiver.requests.last)
    let headers = WebhookHeaders(request.headers)
    #expect(GitHubReceiver().verify(headers: headers, body: request.body, secrets: [secret], now: test.clock.now()) == .verified)
    #expect(GitHubReceiver().deliveryKey(headers: headers, body: request.body) == failed[0].deliveryKey)
    test.expectNoViolations()
  }

  @Test(arguments: ForgeKind.allCases) func servesGitOverHTTP(kind: ForgeKind) throws {
    let test = try ForgeUnderTest(kind)
    let token = test.fake.addToken(for: "ada")
    let scratch = try TemporaryDirectory("clone")
    let address = test.fake.cloneURL(name)
    let with = address.replacing("http://", with: "http://x:\(token.reveal())@")
    let environment: [String: String?] = ["GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"]
    #expect(try runCommand(["git", "clone", "--quiet", address, scratch("no")], environment: environment).status != 0)
    #expect(try runCommand(["git", "clone", "--quiet", with, scratch("yes")], environment: environment).status == 0)
    let push = ["git", "-C", scratch("yes"), "push", "--quiet", "origin", "HEAD:refs/heads/copy"]
    #expect(try runCommand(push, environment: environment).status == 0)
    #expect(test.fake.repository(name).git.tip(of: "copy") == test.fake.repository(name).git.tip(of: "main"))
  }
}
