// What counts as a signature, forge by forge, and that nothing near it does.

import Domain
import Foundation
import Testing

@testable import Forges

private let now = Timestamp(milliseconds: 1_750_000_000_000)
private let body = Array(#"{"zen":"Keep it logically awesome.","emoji":"🚀"}"#.utf8)

@Suite struct SignatureTests {
  /// The example of GitHub's documentation.
  @Test func githubsOwnExample() {
    let headers = WebhookHeaders([
      "X-Hub-Signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    ])
    let result = GitHubReceiver().verify(
      headers: headers, body: Array("Hello, World!".utf8), secrets: [Secret("It's a Secret to Everybody")], now: now)
    #expect(result == .verified)
  }

  /// RFC 4231, test case 2, as Gitea writes it.
  @Test(arguments: ["X-Gitea-Signature", "X-Forgejo-Signature"]) func bareHexadecimal(_ name: String) {
    let headers = WebhookHeaders([name: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"])
    let result = GiteaReceiver().verify(
      headers: headers, body: Array("what do ya want for nothing?".utf8), secrets: [Secret("Jefe")], now: now)
    #expect(result == .verified)
  }

  /// The example of the Standard Webhooks specification's reference libraries.
  @Test func standardWebhooksExample() {
    let headers = WebhookHeaders([
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    ])
    let result = GitLabReceiver().verify(
      headers: headers, body: Array(#"{"test": 2432232314}"#.utf8), secrets: [Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")],
      now: Timestamp(milliseconds: 1_614_265_330_000))
    #expect(result == .verified)
  }

  @Test(arguments: [
    (["X-Hub-Signature": "sha1=0123456789012345678901234567890123456789"], Verification.Refusal.outdated),
    ([:], .missing),
    (["X-Hub-Signature-256": "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"], .malformed),
    (["X-Hub-Signature-256": "sha256="], .malformed),
    (["X-Hub-Signature-256": "sha256=757107EA0EB2509FC211221CCE984B8A37570B6D7586C22C46F4379C8B043E17"], .malformed),
    (["X-Hub-Signature-256": "sha1=757107ea0eb2509fc211221cce984b8a37570b6d"], .malformed),
    (["X-Hub-Signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e18"], .wrong),
  ])
  func githubRefuses(_ headers: [String: String], _ refusal: Verification.Refusal) {
    let result = GitHubReceiver().verify(
      headers: WebhookHeaders(headers), body: Array("Hello, World!".utf8), secrets: [Secret("It's a Secret to Everybody")], now: now)
    #expect(result == .refused(refusal))
  }

  @Test func aWrongForgejoSignatureIsNotRescuedByAnother() {
    var headers = ForgeSigner.headers(for: .gitea, event: "push", delivery: "1", body: body, secret: Secret("s"), now: now)
    headers["X-Forgejo-Signature"] = String(repeating: "0", count: 64)
    #expect(GiteaReceiver().verify(headers: WebhookHeaders(headers), body: body, secrets: [Secret("s")], now: now) == .refused(.wrong))
  }

  @Test func gitlabTakesTokenOrSignatureWhileASecretIsReplaced() {
    let token = Secret("old token")
    let key = Secret("whsec_" + Data((0..<32).map { UInt8($0) }).base64EncodedString())
    for secret in [token, key] {
      let headers = ForgeSigner.headers(for: .gitlab, event: "Push Hook", delivery: "1", body: body, secret: secret, now: now)
      #expect(GitLabReceiver().verify(headers: WebhookHeaders(headers), body: body, secrets: [token, key], now: now) == .verified)
    }
  }

  @Test func aSigningTokenIsNoToken() {
    let key = Secret("whsec_" + Data((0..<32).map { UInt8($0) }).base64EncodedString())
    let headers = WebhookHeaders(["X-Gitlab-Token": key.reveal()])
    #expect(GitLabReceiver().verify(headers: headers, body: body, secrets: [key], now: now) == .refused(.missing))
  }

  @Test(arguments: [(-301, false), (-300, true), (0, true), (300, true), (301, false)])
  func gitlabsTimestampMustBeNear(_ seconds: Int, _ isAccepted: Bool) {
    let key = Secret("whsec_" + Data((0..<32).map { UInt8($0) }).base64EncodedString())
    let headers = ForgeSigner.headers(for: .gitlab, event: "Push Hook", delivery: "1", body: body, secret: key, now: now)
    let later = now.advanced(by: .seconds(seconds))
    let result = GitLabReceiver().verify(headers: WebhookHeaders(headers), body: body, secrets: [key], now: later)
    #expect(result == (isAccepted ? .verified : .refused(.stale)))
  }

  @Test func anEmptySecretProvesNothing() {
    let headers = ForgeSigner.headers(for: .gitlab, event: "Push Hook", delivery: "1", body: body, secret: Secret("x"), now: now)
    #expect(GitLabReceiver().verify(headers: WebhookHeaders(headers), body: body, secrets: [Secret("")], now: now) != .verified)
    let hub = ForgeSigner.headers(for: .github, event: "push", delivery: "1", body: body, secret: Secret(""), now: now)
    #expect(GitHubReceiver().verify(headers: WebhookHeaders(hub), body: body, secrets: [Secret("")], now: now) == .refused(.wrong))
  }

  /// The last character before the padding has two bits that no byte uses: only one of four spellings is the signature.
  @Test func onlyTheCanonicalSpellingCounts() throws {
    let key = Secret("whsec_" + Data((0..<32).map { UInt8($0) }).base64EncodedString())
    var headers = ForgeSigner.headers(for: .gitlab, event: "Push Hook", delivery: "1", body: body, secret: key, now: now)
    let signature = try #require(headers["webhook-signature"])
    let last = try #require(signature.dropLast().last?.asciiValue)
    headers["webhook-signature"] = signature.dropLast(2) + String(UnicodeScalar(last + 1)) + "="
    #expect(GitLabReceiver().verify(headers: WebhookHeaders(headers), body: body, secrets: [key], now: now) == .refused(.malformed))
  }

  @Test func formBodiesAreVerifiedRaw() throws {
    let json = Array(#"{"ref":"refs/heads/a b","n":"100% & more"}"#.utf8)
    let form = Array("payload=%7B%22ref%22%3A%22refs%2Fheads%2Fa+b%22%2C%22n%22%3A%22100%25+%26+more%22%7D".utf8)
    let headers = ForgeSigner.headers(for: .github, event: "push", delivery: "1", body: form, secret: Secret("s"), now: now)
    let receiver = GitHubReceiver()
    #expect(receiver.verify(headers: WebhookHeaders(headers), body: form, secrets: [Secret("s")], now: now) == .verified)
    #expect(receiver.verify(headers: WebhookHeaders(headers), body: json, secrets: [Secret("s")], now: now) == .refused(.wrong))
    #expect(receiver.document(in: form) == json)
    try receiver.checkDocument(in: form)
  }

  @Test(arguments: ["other=1", "payload=%7", "payload=%zz", "payload", "a=1&payloads=2"]) func formsWithoutAPayloadAreRefused(
    _ form: String
  ) {
    #expect(throws: ForgeError.self) { try GitHubReceiver().checkDocument(in: Array(form.utf8)) }
  }

  // Feature: lightweight-deployment, webhook intake: any mutated signature is refused.
  @Test(arguments: Forge.allCases) func anyMutatedSignatureIsRefused(_ forge: Forge) {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededRandom(seed: seed)
    let receiver = ForgeRegistry.receiver(for: forge)
    for round in 0..<400 {
      let secret = forge == .gitlab && round.isMultiple(of: 2) ? signingToken(&random) : Secret("secret-\(random.next())")
      let delivery = "\(random.next())"
      let headers = ForgeSigner.headers(for: forge, event: "push", delivery: delivery, body: body, secret: secret, now: now)
      #expect(receiver.verify(headers: WebhookHeaders(headers), body: body, secrets: [secret], now: now) == .verified)
      let (changed, name) = mutated(headers, &random)
      let result = receiver.verify(headers: WebhookHeaders(changed), body: body, secrets: [secret], now: now)
      #expect(result != .verified, "\(name): \(changed[name] ?? "") (seed \(seed), round \(round))")
    }
  }

  private func signingToken(_ random: inout SeededRandom) -> Secret {
    Secret("whsec_" + Data((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }).base64EncodedString())
  }

  /// Changes, drops or adds one character of one header that the signature covers.
  private func mutated(_ headers: [String: String], _ random: inout SeededRandom) -> ([String: String], String) {
    let names = headers.keys.filter { name in
      ["signature", "token", "webhook-id", "webhook-timestamp"].contains { name.lowercased().contains($0) }
    }.sorted()
    // Gitea's second header is only looked at when the first is missing.
    let name = names.contains("X-Gitea-Signature") ? "X-Gitea-Signature" : names[Int.random(in: 0..<names.count, using: &random)]
    var text = Array(headers[name]?.utf8 ?? "".utf8)
    let place = Int.random(in: 0..<text.count, using: &random)
    switch Int.random(in: 0..<3, using: &random) {
    case 0:
      let other = UInt8.random(in: 0x20..<0x7F, using: &random)
      text[place] = other == text[place] ? other ^ 1 : other
    case 1: text.remove(at: place)
    default: text.insert(text[place] == 0x61 ? 0x62 : 0x61, at: place)
    }
    var changed = headers
    changed[name] = String(decoding: text, as: UTF8.self)
    return (changed, name)
  }
}

@Suite struct DeliveryKeyTests {
  @Test(arguments: [
    (Forge.github, ["X-GitHub-Delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958"], "72d3162e-cc78-11e3-81ab-4c9367dc0958"),
    (.gitlab, ["Idempotency-Key": "f5e5f430", "webhook-id": "w", "X-Gitlab-Event-UUID": "u"], "f5e5f430"),
    (.gitlab, ["webhook-id": "w", "X-Gitlab-Event-UUID": "u", "X-Gitlab-Webhook-UUID": "h"], "w"),
    (.gitea, ["X-Gitea-Delivery": "g", "X-GitHub-Delivery": "h"], "g"),
    (.gitea, ["X-Gitea-Delivery": "g", "X-Forgejo-Delivery": "f"], "f"),
    (.git, ["X-Delivery-Id": "d"], "d"),
  ])
  func theForgesOwnIdIsTheKey(_ forge: Forge, _ headers: [String: String], _ key: String) {
    #expect(ForgeRegistry.receiver(for: forge).deliveryKey(headers: WebhookHeaders(headers), body: body) == key)
  }

  @Test(arguments: [
    ["X-Gitlab-Event-UUID": "u"], ["X-Gitlab-Webhook-UUID": "h"], ["Idempotency-Key": String(repeating: "k", count: 201)],
    ["Idempotency-Key": "line\nbreak"], ["Idempotency-Key": " "], ["Idempotency-Key": "é"],
  ])
  func elseTheBodysHashIs(_ headers: [String: String]) {
    let key = GitLabReceiver().deliveryKey(headers: WebhookHeaders(headers), body: body)
    #expect(key == BodyHash.key(event: "unknown", body: body))
  }

  @Test func theEventIsPartOfTheHash() {
    #expect(BodyHash.key(event: "push", body: body) != BodyHash.key(event: "ping", body: body))
  }
}
