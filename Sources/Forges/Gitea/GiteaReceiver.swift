// Gitea and Forgejo: the digest of the raw body in bare hexadecimal, and GitHub's header too. Forgejo sends each header under
// both names. Only the first signature header that is there is looked at: a wrong one is not rescued by another.
// https://docs.gitea.com/usage/webhooks · https://forgejo.org/docs/latest/user/webhooks/

import Domain

public struct GiteaReceiver: ForgeReceiver {
  public init() {}

  public var forge: Forge { .gitea }

  public func verify(headers: WebhookHeaders, body: [UInt8], secrets: [Secret], now: Timestamp) -> Verification {
    if let digest = headers["x-forgejo-signature"] ?? headers["x-gitea-signature"] {
      return HexSignature.verify(digest, body: body, secrets: secrets)
    }
    return HexSignature.verifyHub(headers, body: body, secrets: secrets)
  }

  public func eventName(headers: WebhookHeaders) -> String {
    headers.token("x-forgejo-event", limit: 64) ?? headers.token("x-gitea-event", limit: 64) ?? "unknown"
  }

  public func deliveryKey(headers: WebhookHeaders, body: [UInt8]) -> String {
    headers.token("x-forgejo-delivery", limit: 200) ?? headers.token("x-gitea-delivery", limit: 200)
      ?? BodyHash.key(event: eventName(headers: headers), body: body)
  }

  public func document(in body: [UInt8]) -> [UInt8]? { FormBody.document(in: body) }

  public func decode(eventName: String, payload: [UInt8]) throws(ForgeError) -> Event {
    let decoding = PayloadDecoding(forge: forge, event: eventName)
    switch eventName {
    case "push": return try decoding.decode(HubPush.self, from: document(in: payload)).event(decoding)
    case "pull_request", "pull_request_sync":
      return try decoding.decode(HubPullRequest.self, from: document(in: payload)).event(decoding)
    case "issue_comment": return try decoding.decode(HubIssueComment.self, from: document(in: payload)).event(decoding)
    case "pull_request_comment", "pull_request_review", "pull_request_approved", "pull_request_rejected":
      return try decoding.decode(GiteaReviewPayload.self, from: document(in: payload)).event(decoding)
    case "repository": return try decoding.decode(HubRepositoryNews.self, from: document(in: payload)).event(decoding)
    case "ping": return .ping
    default: return .other(eventName)
    }
  }
}
