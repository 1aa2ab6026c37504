// From an answer that is no success to a `ForgeAPIError`.
//
// Rate limits: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api (a primary limit is 403 or 429 with
// `x-ratelimit-remaining: 0`, a secondary one 403 or 429 with `retry-after` or a message) and
// https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/ (429 with `Retry-After` and `RateLimit-Reset`).

import Domain
import FoundationEssentials
import HTTPClient

enum APIAnswer {
  static func error(_ response: HTTPResponse, forge: Forge, request: APIRequest, now: Timestamp) -> ForgeAPIError {
    let trouble = Trouble(response.body)
    return ForgeAPIError(
      reason(response, trouble, now: now), operation: "\(forge.rawValue): \(request.operation)", status: response.status,
      detail: trouble.message)
  }

  private static func reason(_ response: HTTPResponse, _ trouble: Trouble, now: Timestamp) -> ForgeAPIError.Reason {
    switch response.status {
    case 401: return .unauthorized
    case 403: return delay(response, trouble, now: now).map { .retryAfter($0) } ?? .forbidden
    case 404, 410, 451: return .gone
    case 301, 302, 303, 307, 308: return .gone
    case 409, 412: return .conflict
    case 400, 422: return .invalid(field: trouble.field ?? "request")
    case 413: return .invalid(field: "body")
    case 423: return .forbidden
    case 429: return .retryAfter(delay(response, trouble, now: now) ?? unnamed)
    case 503: return response.retryAfter.map { .retryAfter(bounded($0)) } ?? .transient
    case 408, 425, 500...599: return .transient
    default: return .unexpected
    }
  }

  /// How long a forge that refused for the number of requests wants to be left alone; nil when it refused for another reason.
  private static func delay(_ response: HTTPResponse, _ trouble: Trouble, now: Timestamp) -> Duration? {
    if let delay = response.retryAfter { return bounded(delay) }
    let number = { (name: String) in response.headers[name].flatMap { Int64($0) } }
    if let remaining = number("X-RateLimit-Remaining") ?? number("RateLimit-Remaining"), remaining <= 0,
      let reset = number("X-RateLimit-Reset") ?? number("RateLimit-Reset"), (0...1 << 40).contains(reset)
    {
      // The second after: their clock and ours differ.
      return bounded(Timestamp(milliseconds: (reset + 1) * 1000).since(now))
    }
    let message = trouble.message.lowercased()
    return message.contains("rate limit") || message.contains("abuse detection") ? unnamed : nil
  }

  /// "Wait for at least one minute", GitHub says, where no time is named.
  private static let unnamed = Duration.seconds(60)

  private static func bounded(_ delay: Duration) -> Duration { min(max(delay, .seconds(1)), .seconds(24 * 3600)) }
}

/// What the bodies of errors have in common: GitHub's `{"message", "errors": [{"field", "message"}]}`, GitLab's `{"message"}` or
/// `{"error"}` with a text or lists by field, Gitea's `{"message"}`.
struct Trouble {
  private(set) var message = ""
  private(set) var field: String?

  init(_ body: [UInt8]) {
    guard body.count <= 64 << 10, let shape = try? JSONDecoder().decode(Shape.self, from: Data(body)) else { return }
    message = shape.message?.value?.text ?? shape.error?.value?.text ?? ""
    let first = shape.errors?.value?.first
    field = first?.value?.field ?? shape.message?.value?.field
    if let more = first?.value?.message { message += message.isEmpty ? more : "; " + more }
    if message.isEmpty, let text = first?.value?.text { message = text }
  }

  private struct Shape: Decodable {
    let message: Lenient<Words>?
    let error: Lenient<Words>?
    let errors: Lenient<[Lenient<Item>]>?
  }

  /// A text, or texts by field.
  private struct Words: Decodable {
    let text: String
    let field: String?

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let plain = try? container.decode(String.self) {
        (text, field) = (plain, nil)
        return
      }
      let fields = try container.decode([String: Lenient<[String]>].self)
      let first = fields.keys.min()
      text = first.flatMap { name in fields[name]?.value?.first.map { "\(name) \($0)" } } ?? ""
      field = first
    }
  }

  private struct Item: Decodable {
    let field: String?
    let message: String?
    let text: String?

    enum Key: CodingKey { case field, message, code, resource }

    init(from decoder: any Decoder) throws {
      if let plain = try? decoder.singleValueContainer().decode(String.self) {
        (field, message, text) = (nil, plain, plain)
        return
      }
      let container = try decoder.container(keyedBy: Key.self)
      field = try? container.decode(String.self, forKey: .field)
      message = (try? container.decode(String.self, forKey: .message)) ?? (try? container.decode(String.self, forKey: .code))
      text = nil
    }
  }
}
