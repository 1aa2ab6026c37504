// GitLab: a secret token that comes as it is in `X-Gitlab-Token`, or the newer signing token, a Standard Webhooks signature.
// A configured secret that starts with `whsec_` is a signing token, any other one a secret token; a hook may use both, and
// one that proves the delivery is enough (whoever holds the other could leave it out).
//
// A delivery that is sent again has the same `Idempotency-Key`, which `webhook-id` repeats. `X-Gitlab-Event-UUID` is no
// substitute: recursive webhooks share it, and older versions name each attempt anew.
// https://docs.gitlab.com/user/project/integrations/webhooks/

import Domain

public struct GitLabReceiver: ForgeReceiver {
  public init() {}

  public var forge: Forge { .gitlab }

  public func verify(headers: WebhookHeaders, body: [UInt8], secrets: [Secret], now: Timestamp) -> Verification {
    guard !secrets.isEmpty else { return .refused(.noSecret) }
    let keys = secrets.compactMap(StandardWebhook.key)
    let tokens = secrets.filter { StandardWebhook.key($0) == nil }
    if let token = headers["x-gitlab-token"], tokens.reduce(false, { $1.matches(token.utf8) || $0 }) { return .verified }
    if !keys.isEmpty, headers["webhook-signature"] != nil {
      return StandardWebhook.verify(headers: headers, body: body, keys: keys, now: now)
    }
    return .refused(headers["x-gitlab-token"] == nil || tokens.isEmpty ? .missing : .wrong)
  }

  public func eventName(headers: WebhookHeaders) -> String { headers.token("x-gitlab-event", limit: 64) ?? "unknown" }

  public func deliveryKey(headers: WebhookHeaders, body: [UInt8]) -> String {
    headers.token("idempotency-key", limit: 200) ?? headers.token("webhook-id", limit: 200)
      ?? BodyHash.key(event: eventName(headers: headers), body: body)
  }

  /// The body says what it is (`object_kind`, in system hooks sometimes `event_name`): the header of a system hook does not.
  public func decode(eventName: String, payload: [UInt8]) throws(ForgeError) -> Event {
    let decoding = PayloadDecoding(forge: forge, event: eventName)
    let kind = try decoding.decode(GitLabKind.self, from: payload)
    switch kind.object_kind?.value ?? kind.event_name?.value {
    case "push", "tag_push": return try decoding.decode(GitLabPush.self, from: payload).event(decoding)
    case "merge_request": return try decoding.decode(GitLabMergeRequest.self, from: payload).event(decoding)
    case "note": return try decoding.decode(GitLabNotePayload.self, from: payload).event(decoding)
    case "project_rename", "project_transfer", "project_destroy":
      return try decoding.decode(GitLabProjectNews.self, from: payload).event(decoding)
    case let other?: return .other(String(other.prefix(64)))
    case nil: return .other(eventName)
    }
  }
}
