// Signs a body as a forge does: for the example that `scripts/run` sends, for redelivery and for tests.

import Domain

public enum ForgeSigner {
  /// The headers with which `forge` would send `body`. For GitLab a `whsec_` secret gives the newer signature, any other one
  /// the token. `delivery` is the forge's id of the delivery, `event` the value of its event header.
  public static func headers(
    for forge: Forge, event: String, delivery: String, body: [UInt8], secret: Secret, now: Timestamp
  ) -> [String: String] {
    switch forge {
    case .github:
      return ["X-GitHub-Event": event, "X-GitHub-Delivery": delivery, "X-Hub-Signature-256": hub(body, secret)]
    case .gitlab:
      return gitlab(event: event, delivery: delivery, body: body, secret: secret, now: now)
    case .gitea:
      let signature = HexSignature.make(body: body, secret: secret)
      return [
        "X-Gitea-Event": event, "X-Gitea-Delivery": delivery, "X-Gitea-Signature": signature, "X-Hub-Signature-256": "sha256=" + signature,
      ]
    case .git:
      return ["X-Delivery-Id": delivery, "X-Hub-Signature-256": hub(body, secret)]
    }
  }

  private static func hub(_ body: [UInt8], _ secret: Secret) -> String { "sha256=" + HexSignature.make(body: body, secret: secret) }

  private static func gitlab(event: String, delivery: String, body: [UInt8], secret: Secret, now: Timestamp) -> [String: String] {
    var headers = ["X-Gitlab-Event": event, "Idempotency-Key": delivery]
    guard let key = StandardWebhook.key(secret) else {
      headers["X-Gitlab-Token"] = secret.reveal()
      return headers
    }
    let time = String(now.milliseconds / 1000)
    headers["webhook-id"] = delivery
    headers["webhook-timestamp"] = time
    headers["webhook-signature"] = StandardWebhook.make(id: delivery, time: time, body: body, key: key)
    return headers
  }
}
