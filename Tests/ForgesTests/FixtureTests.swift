// Every recorded delivery: accepted when signed, refused when altered, the same key when it comes again, and the event that
// the golden file says. `UPDATE_GOLDEN=1` writes the golden file anew; read the difference before you commit it.

import Domain
import Foundation
import Testing

@testable import Forges

private let now = Timestamp(milliseconds: 1_750_000_000_000)
private let secret = Secret("fixture-secret")

@Suite struct FixtureTests {
  @Test func thereAreFixturesOfEveryForge() {
    #expect(Set(Fixture.all.map(\.forge)) == Set(Forge.allCases))
    #expect(Fixture.all.count >= 147)
  }

  @Test(arguments: Fixture.all) func aSignedDeliveryIsAccepted(_ fixture: Fixture) throws {
    let receiver = ForgeRegistry.receiver(for: fixture.forge)
    let headers = signed(fixture)
    #expect(receiver.verify(headers: headers, body: fixture.body, secrets: [Secret("older"), secret], now: now) == .verified)
    #expect(receiver.eventName(headers: headers) == fixture.eventName)
    #expect(receiver.deliveryKey(headers: headers, body: fixture.body) == "delivery-1")
    try receiver.checkDocument(in: fixture.body)
  }

  @Test(arguments: Fixture.all) func anAlteredOrMisSignedDeliveryIsRefused(_ fixture: Fixture) {
    let receiver = ForgeRegistry.receiver(for: fixture.forge)
    let headers = signed(fixture)
    #expect(receiver.verify(headers: headers, body: fixture.body, secrets: [Secret("other")], now: now) == .refused(.wrong))
    #expect(receiver.verify(headers: headers, body: fixture.body, secrets: [], now: now) == .refused(.noSecret))
    #expect(receiver.verify(headers: WebhookHeaders([:]), body: fixture.body, secrets: [secret], now: now) == .refused(.missing))
    guard fixture.forge != .gitlab else { return }  // its token does not cover the body
    var altered = fixture.body
    altered[altered.count / 2] ^= 1
    #expect(receiver.verify(headers: headers, body: altered, secrets: [secret], now: now) == .refused(.wrong))
  }

  @Test(arguments: Fixture.all) func aBodyWithoutADeliveryIdHasAStableKey(_ fixture: Fixture) {
    let receiver = ForgeRegistry.receiver(for: fixture.forge)
    let key = receiver.deliveryKey(headers: WebhookHeaders([:]), body: fixture.body)
    #expect(key == receiver.deliveryKey(headers: WebhookHeaders([:]), body: fixture.body))
    #expect(key.hasPrefix("sha256:") && key.utf8.count == 71)
    #expect(key != receiver.deliveryKey(headers: WebhookHeaders([:]), body: fixture.body + [0x20]))
  }

  @Test func everyDeliveryDecodesToTheGoldenEvent() throws {
    let lines = Fixture.all.map { "\($0.path): \(summary($0))" }
    let golden = Fixture.folder.appending(path: "events.txt")
    let text = lines.joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" { try Data(text.utf8).write(to: golden) }
    let expected = String(decoding: try Data(contentsOf: golden), as: UTF8.self).split(separator: "\n").map(String.init)
    for (line, wanted) in zip(lines, expected) { #expect(line == wanted) }
    #expect(lines.count == expected.count)
  }

  private func signed(_ fixture: Fixture) -> WebhookHeaders {
    WebhookHeaders(
      ForgeSigner.headers(
        for: fixture.forge, event: fixture.eventName, delivery: "delivery-1", body: fixture.body, secret: secret, now: now))
  }

  private func summary(_ fixture: Fixture) -> String {
    let receiver = ForgeRegistry.receiver(for: fixture.forge)
    do {
      return Self.line(try receiver.decode(eventName: fixture.eventName, payload: fixture.body))
    } catch {
      return "error \(error)"
    }
  }

  static func line(_ event: Event) -> String {
    switch event {
    case .push(let push):
      let sender = push.sender.map { " by \($0)" } ?? ""
      let message = push.headMessage.map { " \"\($0.replacing("\n", with: "⏎"))\"" } ?? ""
      return "push \(reference(push.repository)) \(push.ref) \(push.before.short)..\(push.after.short)\(message)\(sender)"
    case .pullRequest(let pull):
      let fork = pull.headRepository.map { " from \(reference($0))" } ?? ""
      let base = pull.base?.short ?? "?"
      return "pull request \(pull.action) \(reference(pull.repository))#\(pull.number) "
        + "\(pull.headBranch)@\(pull.head.short)\(fork) into \(pull.baseBranch)@\(base)"
        + (pull.isDraft ? " draft" : "") + (pull.sender.map { " by \($0)" } ?? "")
    case .comment(let comment):
      return "comment \(comment.place) \(reference(comment.repository))#\(comment.number) \(comment.id) by \(comment.author) "
        + "\"\(comment.body.replacing("\n", with: "⏎"))\"\(comment.isTruncated ? "…" : "")"
    case .repository(let news):
      return "repository \(news.action) \(reference(news.repository))" + (news.oldName.map { " was \($0)" } ?? "")
    case .ping: return "ping"
    case .installation(let news):
      return "installation \(news.action) \(news.repositories.joined(separator: ","))\(news.isTruncated ? "…" : "")"
    case .other(let name): return "other \(name)"
    }
  }

  private static func reference(_ repository: Event.RepositoryReference) -> String {
    repository.name + (repository.defaultBranch.map { "(\($0))" } ?? "")
  }
}
