// GitHub and GitHub Enterprise: `X-Hub-Signature-256` over the raw body, JSON or form; `X-GitHub-Delivery` stays the same
// when a delivery is sent again. SHA-1 signatures (`X-Hub-Signature` alone) are refused.
// https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries

import Domain

public struct GitHubReceiver: ForgeReceiver {
  public init() {}

  public var forge: Forge { .github }

  public func verify(headers: WebhookHeaders, body: [UInt8], secrets: [Secret], now: Timestamp) -> Verification {
    HexSignature.verifyHub(headers, body: body, secrets: secrets)
  }

  public func eventName(headers: WebhookHeaders) -> String { headers.token("x-github-event", limit: 64) ?? "unknown" }

  public func deliveryKey(headers: WebhookHeaders, body: [UInt8]) -> String {
    headers.token("x-github-delivery", limit: 200) ?? BodyHash.key(event: eventName(headers: headers), body: body)
  }

  public func document(in body: [UInt8]) -> [UInt8]? { FormBody.document(in: body) }

  public func decode(eventName: String, payload: [UInt8]) throws(ForgeError) -> Event {
    let decoding = PayloadDecoding(forge: forge, event: eventName)
    switch eventName {
    case "push": return try decoding.decode(HubPush.self, from: document(in: payload)).event(decoding)
    case "pull_request": return try decoding.decode(HubPullRequest.self, from: document(in: payload)).event(decoding)
    case "issue_comment": return try decoding.decode(HubIssueComment.self, from: document(in: payload)).event(decoding)
    case "pull_request_review_comment":
      return try decoding.decode(HubReviewComment.self, from: document(in: payload)).event(decoding)
    case "pull_request_review": return try decoding.decode(HubReview.self, from: document(in: payload)).event(decoding)
    case "repository": return try decoding.decode(HubRepositoryNews.self, from: document(in: payload)).event(decoding)
    case "installation", "installation_repositories":
      return try decoding.decode(HubInstallation.self, from: document(in: payload)).event(decoding)
    case "ping": return .ping
    default: return .other(eventName)
    }
  }
}
