// A plain git server: its post-receive hook sends `{"repository","ref","before","after"}`, signed like GitHub's deliveries.
// An optional `X-Delivery-Id` names the delivery, so that a hook can send it again; else the same body is the same delivery.

import Domain

public struct GitReceiver: ForgeReceiver {
  public init() {}

  public var forge: Forge { .git }

  public func verify(headers: WebhookHeaders, body: [UInt8], secrets: [Secret], now: Timestamp) -> Verification {
    HexSignature.verifyHub(headers, body: body, secrets: secrets)
  }

  public func eventName(headers: WebhookHeaders) -> String { "push" }

  public func deliveryKey(headers: WebhookHeaders, body: [UInt8]) -> String {
    headers.token("x-delivery-id", limit: 200) ?? BodyHash.key(event: eventName(headers: headers), body: body)
  }

  public func decode(eventName: String, payload: [UInt8]) throws(ForgeError) -> Event {
    guard eventName == "push" else { return .other(eventName) }
    let decoding = PayloadDecoding(forge: forge, event: eventName)
    let push = try decoding.decode(PlainPush.self, from: payload)
    return .push(
      Event.Push(
        repository: Event.RepositoryReference(name: try GitLocation(push.repository).text),
        ref: try decoding.ref(push.ref, field: "ref"),
        before: try decoding.objectID(push.before, field: "before"),
        after: try decoding.objectID(push.after, field: "after")))
  }

  private struct PlainPush: Decodable {
    let repository: String
    let ref: String
    let before: String
    let after: String
  }
}
