// The receiver: closed without its secret, verified over the raw bytes before anything is parsed, on disk before it is
// answered (the checklist of webhook receivers: docs/threat-model.md).

import Domain
import FastCGI
import Forges
import Pipeline

extension Application {
  func webhook(_ request: Request, _ target: Target) throws -> Response {
    guard target.segments.count == 2, let forge = Forge(rawValue: target.segments[1]) else {
      throw Problem.notFound("webhook routes are \(Forge.allCases.map { "/webhooks/\($0.rawValue)" }.joined(separator: ", "))")
    }
    guard request.method == "POST" else { throw Problem.methodNotAllowed(allowed: "POST") }
    let receiver = ForgeRegistry.receiver(for: forge)
    try verify(request, by: receiver)
    let (payload, repository) = try readable(request, by: receiver)
    let key = receiver.deliveryKey(headers: headers(of: request), body: request.body)
    let answer = try intake.accept(
      forge: forge, key: key, eventName: receiver.eventName(headers: headers(of: request)), payload: payload, repository: repository)
    return Response(status: answer.isDuplicate ? 200 : 202, headers: jsonHeaders, body: Array(body(answer, key: key).utf8))
  }

  private func headers(of request: Request) -> WebhookHeaders { WebhookHeaders { request[header: $0] } }

  private func verify(_ request: Request, by receiver: any ForgeReceiver) throws {
    guard settings.isWebhookOpen(receiver.forge) else {
      throw Problem.forbidden(
        "this route is closed: set DOC_HEALING_\(receiver.forge.rawValue.uppercased())_WEBHOOK_SECRET to the secret of the webhook")
    }
    let secrets = settings.secrets(for: receiver.forge)
    if secrets.isEmpty { return }
    let verification = receiver.verify(headers: headers(of: request), body: request.body, secrets: secrets, now: clock.now())
    if case .refused(let refusal) = verification {
      logger.notice("webhook refused", metadata: ["forge": "\(receiver.forge.rawValue)", "why": "\(refusal.rawValue)"])
      throw Problem.unauthorized("the signature or token is missing or wrong; give the webhook the secret that this service has")
    }
  }

  /// The JSON of the delivery and the repository it is about. The body must be one JSON object, plain or in a form.
  private func readable(_ request: Request, by receiver: any ForgeReceiver) throws -> (payload: [UInt8], repository: String) {
    let type = request.contentType.split(separator: ";").first.map { String($0).trimmingSpaces.lowercased() } ?? ""
    guard type == "application/json" || type == "application/x-www-form-urlencoded" || type.isEmpty || type.hasSuffix("+json") else {
      throw Problem(
        status: 415, title: "unsupported media type", detail: "send application/json or, from GitHub, application/x-www-form-urlencoded")
    }
    guard let document = receiver.document(in: request.body) else { throw Problem.badRequest("the form has no field named payload") }
    do throws(ForgeError) {
      return (request.body, try receiver.orderingName(in: document))
    } catch {
      throw Problem.badRequest(error.description)
    }
  }

  private var jsonHeaders: [(String, String)] { [("Content-Type", "application/json")] }

  /// Written by hand: the hot path is spared an encoder. Identifiers are base 32; the key is escaped.
  private func body(_ answer: Intake.Answer, key: String) -> String {
    switch answer {
    case .queued(let job):
      "{\"task_id\":\"\(job)\",\"status\":\"queued\",\"queue_name\":\"webhooks\",\"delivery_id\":\"\(escapedForJSON(key))\"}"
    case .duplicate(let job):
      "{\"status\":\"duplicate\",\"task_id\":\"\(job)\",\"queue_name\":\"webhooks\",\"delivery_id\":\"\(escapedForJSON(key))\"}"
    }
  }
}

extension Intake.Answer {
  var isDuplicate: Bool {
    if case .duplicate = self { return true }
    return false
  }
}

/// A string's characters as they stand between the quotes of JSON.
func escapedForJSON(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case _ where scalar.value < 0x20:
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}
