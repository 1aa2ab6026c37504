// Deliveries that GitHub keeps for three days and sends again when asked.
// https://docs.github.com/en/rest/apps/webhooks, https://docs.github.com/en/rest/repos/webhooks

import Domain

extension GitHubClient {
  public var listsDeliveriesOfAllRepositories: Bool { access.isApp }

  /// The App's deliveries are of all its repositories, whichever is named.
  public func webhookDeliveries(
    of repository: String, hookAddress: String, since: Timestamp
  ) throws(ForgeAPIError) -> [WebhookDelivery] {
    if case .app = access {
      return try deliveries(APIRequest("GET", ["app", "hook", "deliveries"], authority: .account, Self.listing), nil, since)
    }
    let hooks = try connection.list(
      GitHubHook.self, try request("GET", ["hooks"], repository, "list hooks").with(("per_page", "100")))
    var found: [WebhookDelivery] = []
    for hook in hooks where hook.config?.url?.hasPrefix(hookAddress) == true {
      found += try deliveries(
        try request("GET", ["hooks", String(hook.id), "deliveries"], repository, Self.listing), String(hook.id), since)
    }
    return found
  }

  public func redeliver(_ delivery: WebhookDelivery, of repository: String) throws(ForgeAPIError) {
    let tail = ["deliveries", delivery.id, "attempts"]
    guard let hook = delivery.hook else {
      try connection.send(APIRequest("POST", ["app", "hook"] + tail, authority: .account, Self.sending))
      return
    }
    try connection.send(try request("POST", ["hooks", hook] + tail, repository, Self.sending))
  }

  private static let listing = "list deliveries"
  private static let sending = "ask for a delivery again"

  private func deliveries(_ request: APIRequest, _ hook: String?, _ since: Timestamp) throws(ForgeAPIError) -> [WebhookDelivery] {
    let list = try connection.list(GitHubDelivery.self, request.with(("per_page", "100"))) { $0.delivered_at.timestamp < since }
    return list.filter { $0.delivered_at.timestamp >= since }.map { delivery in
      WebhookDelivery(
        id: String(delivery.id), hook: hook, deliveryKey: delivery.guid, deliveredAt: delivery.delivered_at.timestamp,
        status: delivery.status_code.flatMap { $0 > 0 ? $0 : nil }, event: delivery.event)
    }
  }
}
