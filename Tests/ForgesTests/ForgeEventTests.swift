// What the fake forge tells its hooks is what the receivers understand: each event is sent over HTTP, verified and decoded as a delivery
// of the real forge would be. Else the service's tests would prove nothing.

import Domain
import Forges
import TestSupport
import Testing

@Suite struct ForgeEventTests {
  private let name = ForgeUnderTest.name
  private let secret = Secret("hook-secret")

  /// A forge whose hook ends at a server that takes everything.
  private func hooked(_ kind: ForgeKind) throws -> (ForgeUnderTest, HTTPServer) {
    let test = try ForgeUnderTest(kind)
    let receiver = try HTTPServer { _ in HTTPServer.Reply(status: 202) }
    test.fake.addHook(port: receiver.port, path: "/hook", secret: secret, in: name, isApp: kind == .githubApp)
    return (test, receiver)
  }

  /// The events that came, in words; waits for `count`.
  private func events(_ receiver: HTTPServer, _ test: ForgeUnderTest, count: Int) throws -> [String] {
    expectEventually("\(count) deliveries came") { receiver.requests.count >= count }
    let decoder = ForgeRegistry.receiver(for: test.kind.forge)
    return try receiver.requests.map { request in
      let headers = WebhookHeaders(request.headers)
      #expect(decoder.verify(headers: headers, body: request.body, secrets: [secret], now: test.clock.now()) == .verified)
      try decoder.checkDocument(in: request.body)
      #expect(try decoder.orderingName(in: request.body) == name)
      return Self.line(try decoder.decode(eventName: decoder.eventName(headers: headers), payload: request.body))
    }
  }

  private static func line(_ event: Event) -> String {
    switch event {
    case .push(let push): "push \(push.repository.name) \(push.ref) \(push.after.short) by \(push.sender ?? "?")"
    case .pullRequest(let pull):
      "pull \(pull.action) \(pull.repository.name)#\(pull.number) \(pull.headRepository?.name ?? "")/\(pull.headBranch) \(pull.head.short) "
        + "into \(pull.baseBranch)\(pull.isDraft ? " draft" : "") by \(pull.sender ?? "?")"
    case .comment(let comment): "comment \(comment.place) #\(comment.number) \(comment.id) by \(comment.author): \(comment.body)"
    case .repository(let news): "repository \(news.action)"
    case .installation(let news): "installation \(news.action)"
    case .ping: "ping"
    case .other(let name): "other \(name)"
    }
  }

  @Test(arguments: ForgeKind.allCases) func pushes(kind: ForgeKind) throws {
    let (test, receiver) = try hooked(kind)
    let id = try test.fake.commit(["a.txt": "b\n"], to: "main", in: name, by: "grace")
    #expect(try events(receiver, test, count: 1) == ["push \(name) refs/heads/main \(id.short) by grace"])
  }

  @Test(arguments: ForgeKind.allCases) func theLifeOfAPullRequest(kind: ForgeKind) throws {
    let (test, receiver) = try hooked(kind)
    let first = try test.fake.commit(["a.txt": "b\n"], to: "patch", from: "main", in: name)
    let number = test.fake.addPull(from: "patch", isDraft: true, in: name)
    let second = try test.fake.commit(["a.txt": "c\n"], to: "patch", in: name, by: "grace")
    test.fake.closePull(number, by: "grace", in: name)
    let pull = "\(name)#\(number) /patch"
    #expect(
      try events(receiver, test, count: 5) == [
        "push \(name) refs/heads/patch \(first.short) by ada", "pull opened \(pull) \(first.short) into main draft by ada",
        "push \(name) refs/heads/patch \(second.short) by grace", "pull updated \(pull) \(second.short) into main draft by grace",
        "pull closed \(pull) \(second.short) into main draft by grace",
      ])
  }

  @Test(arguments: ForgeKind.allCases) func aForkAndAMerge(kind: ForgeKind) throws {
    let (test, receiver) = try hooked(kind)
    try test.fake.addFork(of: name, as: "ada/hello")
    let head = try test.fake.commit(["a.txt": "b\n"], to: "patch", from: "main", in: "ada/hello")
    let number = test.fake.addPull(from: "patch", of: "ada/hello", in: name)
    test.fake.closePull(number, isMerged: true, by: "grace", in: name)
    let pull = "\(name)#\(number) ada/hello/patch \(head.short) into main"
    #expect(try events(receiver, test, count: 2) == ["pull opened \(pull) by ada", "pull merged \(pull) by grace"])
  }

  @Test(arguments: ForgeKind.allCases) func comments(kind: ForgeKind) throws {
    let (test, receiver) = try hooked(kind)
    let comment = test.fake.addComment("@doc-healing recheck", by: "grace", on: 1, in: name)
    let ours = try test.client.addComment("Done.", mark: HiddenMark("answer", key: "1"), on: 1, in: name)
    let lines = try events(receiver, test, count: 2)
    #expect(lines.first == "comment conversation #1 \(comment.id) by grace: @doc-healing recheck")
    // What we write comes back to us, under our own name.
    #expect(lines.last?.hasPrefix("comment conversation #1 \(ours.id) by \(test.account): Done.") == true)
    #expect(ours.author == test.account)
  }

  @Test(arguments: ForgeKind.allCases) func whatTheClientDoes(kind: ForgeKind) throws {
    let (test, receiver) = try hooked(kind)
    let head = try test.fake.commit(["a.txt": "healed\n"], to: "doc-healing/main", from: "main", in: name)
    let proposal = PullRequestProposal(branch: "doc-healing/main", base: "main", title: "Heal", body: "One")
    let opened = try test.client.openPullRequest(proposal, in: name)
    try test.client.closePullRequest(opened.number, in: name)
    let pull = "\(name)#\(opened.number) /doc-healing/main \(head.short) into main by \(test.account)"
    #expect(try events(receiver, test, count: 3).dropFirst() == ["pull opened \(pull)", "pull closed \(pull)"])
  }

  @Test(arguments: [ForgeKind.githubToken, .githubApp]) func aCommitOfTheClient(kind: ForgeKind) throws {
    let (test, receiver) = try hooked(kind)
    let client = try #require(test.client as? any CommitsThroughAPI)
    let commit = ForgeCommit(
      subject: "[bot:doc-healing] Heal", body: "Doc-Healing-Run: 1", additions: ["a.txt": Array("healed\n".utf8)], deletions: [])
    let made = try client.commit(commit, to: "topic", expectedHead: try test.head, in: name)
    #expect(
      try events(receiver, test, count: 2) == [
        "push \(name) refs/heads/topic \(made.short) by \(test.account)",
        "pull updated \(name)#1 /topic \(made.short) into main by \(test.account)",
      ])
    guard case .push(let push) = try GitHubReceiver().decode(eventName: "push", payload: receiver.requests[0].body) else {
      Issue.record("not a push")
      return
    }
    #expect(OwnCommits.isOwn(push))
  }
}
