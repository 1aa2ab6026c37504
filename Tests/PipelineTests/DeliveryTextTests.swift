// What people read on a pull request; golden files in Golden/.

import Domain
import Forges
import Settings
import TestSupport
import Testing

@testable import Pipeline

@Suite struct DeliveryTextTests {
  private static func id(_ digit: String) -> ObjectID {
    guard let id = ObjectID(String(repeating: digit, count: 40)) else { fatalError("not an id") }
    return id
  }

  private static func repair(_ line: Int, path: String = "docs/guide.md", reason: String = "function `a` became function `b`")
    -> OfferedRepair
  {
    OfferedRepair(
      path: path, first: line, last: line, before: "call a() ``` here", after: "call b() ``` here", healing: "h\(line)",
      rule: "removed-symbol", strategy: "renamed-symbol", isSafe: true, reason: reason)
  }

  private static func finding(_ line: Int, path: String = "docs/guide.md", message: String = "`a` is gone") -> ReportedFinding {
    ReportedFinding(
      path: path, line: line, endLine: line, column: 6, endColumn: 8, rule: "removed-symbol", severity: .error, message: message,
      fingerprint: "3f9ac1d2e4b5a697-\(line)")
  }

  private static func delivery() -> PullRequestDelivery {
    var delivery = PullRequestDelivery(run: RunID(rawValue: "RUN"), number: 7, head: id("a"), baseBranch: "main")
    delivery.documentCount = 12
    delivery.findings = [
      finding(3), finding(9, message: "@everyone | <b>see</b> https://evil.example www.evil.example `x|y`"),
      finding(20, path: "docs/a|b.md"),
    ]
    delivery.findingCount = 3
    delivery.repairedCount = 1
    delivery.committed = [repair(3)]
    delivery.committedCount = 1
    delivery.suggested = [repair(9)]
    delivery.suggestedCount = 1
    delivery.suggestedAfterCommit = [repair(9)]
    return delivery
  }

  private static func text(_ delivery: PullRequestDelivery, _ progress: DeliveryProgress, limit: Int = 65_535) -> DeliveryText {
    DeliveryText(delivery: delivery, progress: progress, mention: "doc-healing", limit: limit)
  }

  private static func page(_ text: DeliveryText) -> String {
    "title: \(text.title)\nconclusion: \(text.conclusion())\n\n--- check\n\(text.summary)\n\n--- comment\n\(text.comment)\n"
  }

  @Test func aCommitAndASuggestion() throws {
    let progress = DeliveryProgress(commit: Self.id("b"), suggested: [Self.repair(9)])
    try expectGolden(Self.page(Self.text(Self.delivery(), progress)), "Golden/delivery-committed.md")
  }

  @Test func nothingCouldBePlaced() throws {
    var delivery = Self.delivery()
    delivery.demoted = ["`broken-link` only reports in this repository: of 9 repairs that somebody decided on 1 were accepted"]
    let progress = DeliveryProgress(left: [Self.repair(3), Self.repair(9)], notCommitted: "the pull request comes from a fork")
    try expectGolden(Self.page(Self.text(delivery, progress)), "Golden/delivery-fork.md")
  }

  @Test func nothingIsWrong() throws {
    var delivery = PullRequestDelivery(run: RunID(rawValue: "RUN"), number: 7, head: Self.id("a"), baseBranch: "main")
    delivery.documentCount = 12
    try expectGolden(Self.page(Self.text(delivery, DeliveryProgress())), "Golden/delivery-clean.md")
  }

  @Test func onlySeriousFindingsOfABlockingPolicyFail() {
    var delivery = Self.delivery()
    #expect(Self.text(delivery, DeliveryProgress()).conclusion() == .neutral)
    delivery.policy.blocks = true
    #expect(Self.text(delivery, DeliveryProgress()).conclusion() == .failure)
    #expect(Self.text(delivery, DeliveryProgress(commit: Self.id("b"))).conclusion(isRepaired: true) == .success)
    delivery.findings = delivery.findings.map { finding in
      var finding = finding
      finding.severity = .warning
      return finding
    }
    #expect(Self.text(delivery, DeliveryProgress()).conclusion() == .neutral)
    for (ending, conclusion) in [
      (PullRequestDelivery.Ending.superseded, CheckReport.Conclusion.neutral), (.failed, .neutral), (.skipped, .skipped),
    ] {
      delivery.ending = ending
      #expect(Self.text(delivery, DeliveryProgress()).conclusion() == conclusion)
    }
  }

  @Test func whatIsTooLongOrTooMuchIsTold() {
    var delivery = Self.delivery()
    delivery.committedCount = 300
    #expect(Self.text(delivery, DeliveryProgress()).comment.contains("299 repairs more are in the run's patch only."))
    let progress = DeliveryProgress(left: (0..<200).map { Self.repair($0 + 1) })
    let short = Self.text(delivery, progress, limit: 4000)
    #expect(short.comment.unicodeScalars.count <= 4000 && short.comment.contains("too long to be shown here"))
  }

  // MARK: Untrusted text

  @Test(arguments: [
    ("@octocat", "@\u{2060}octocat"), ("a <!-- b", "a \\<\\!-- b"), ("[x](y)", "\\[x\\](y)"), ("see http://a", "see http:\u{2060}//a"),
    ("www.a.example", "www\u{2060}.a.example"), ("`a` b `", "`a` b `  `"), ("a\nb\u{202E}c", "a b c"),
  ])
  func proseCallsNobodyAndLinksNowhere(_ text: String, _ expected: String) { #expect(MarkdownText.prose(text) == expected) }

  @Test(arguments: [("a", "`a`"), ("a`b", "``a`b``"), ("`", "`` ` ``"), ("", "`  `"), ("a``b`c", "```a``b`c```")])
  func codeSpansHoldWhateverComes(_ text: String, _ expected: String) { #expect(MarkdownText.code(text) == expected) }

  /// No line of the content can be the end of its fence, whatever the content is.
  @Test func fencesHoldWhateverComes() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededRandomness(seed: seed)
    for _ in 0..<200 {
      let text = (0..<Int.random(in: 0...30, using: &random)).map { _ in ["`", "\n", "a", " "].randomElement(using: &random) ?? "" }
        .joined()
      let lines = MarkdownText.block(text).split(separator: "\n", omittingEmptySubsequences: false)
      let fence = lines.last ?? ""
      #expect(fence.allSatisfy { $0 == "`" } && fence.count >= 3)
      #expect(!lines.dropFirst().dropLast().contains { $0.drop { $0 == " " }.hasPrefix(fence) }, "seed \(seed)")
    }
  }
}

@Suite struct RuleAcceptanceTests {
  private func count(_ state: Offer.State, _ count: Int) -> OfferCount {
    OfferCount(rule: "r", strategy: "s", state: state, count: count)
  }

  @Test func aRuleIsDemotedWhenPeopleMostlyDecline() throws {
    let few = try #require(RuleAcceptance.table([count(.accepted, 1), count(.declined, 6), count(.lapsed, 50), count(.open, 50)]).first)
    #expect(!few.isDemoted(below: 0.5) && few.judged == 7 && few.open == 50)
    let many = try #require(RuleAcceptance.table([count(.accepted, 3), count(.edited, 1), count(.declined, 4)]).first)
    #expect(many.isDemoted(below: 0.5) && !many.isDemoted(below: 0.375))
    #expect(RuleAcceptance(rule: "r").share == 1)
  }

  @Test(arguments: [
    ("new", "a\nnew\nb", Offer.State.accepted), ("new", "a\nold\nb", .declined), ("new", "a\nother\nb", .edited),
    ("new", "a\nsomething new\nb", .edited), ("", "a\nb", .accepted), ("", "a\nold", .declined), ("new", "new", .accepted),
  ])
  func theMergedTextTells(_ after: String, _ text: String, _ state: Offer.State) {
    let offer = Offer(
      repositoryID: RepositoryID(rawValue: "R"), branch: "main", pullRequest: 1, healing: "h", rule: "r", strategy: "s", path: "a.md",
      before: "old", after: after, road: .suggestion, offeredAt: Timestamp(milliseconds: 0))
    #expect(OutcomeLearner.verdict(on: offer, in: text) == state)
  }
}
