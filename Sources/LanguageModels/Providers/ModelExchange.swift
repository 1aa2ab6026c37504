// What the providers share: JSON out, JSON in, and what a status means.

import Domain
import FoundationEssentials
import HTTPClient

/// Speaks JSON with one provider.
struct ModelExchange: Sendable {
  var provider: String
  var transport: any HTTPTransport
  /// The most that one question may take.
  var timeout: Duration
  /// The bytes of an answer that are read at the most.
  static let maximumAnswer = 1 << 20

  /// A request with a JSON body.
  func request(_ url: String, _ body: some Encodable) throws(ModelFailure) -> HTTPRequest {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let bytes = try? encoder.encode(body) else { throw failure(.nonsense("the question cannot be written as JSON")) }
    var request = HTTPRequest("POST", url, headers: ["Content-Type": "application/json", "Accept": "application/json"], body: Array(bytes))
    request.deadline = timeout
    request.maximumBodySize = Self.maximumAnswer
    // Asking twice costs a little money and changes nothing.
    request.isRepeatable = true
    return request
  }

  /// Sends the request and reads the answer's JSON.
  func answer<Answer: Decodable>(_ type: Answer.Type, to request: HTTPRequest) throws(ModelFailure) -> Answer {
    let response: HTTPResponse
    do throws(HTTPError) { response = try transport.send(request) } catch { throw failure(.transport(error)) }
    switch response.status {
    case 200...299: break
    case 429, 503, 529: throw failure(.busy(status: response.status, retryAfter: response.retryAfter))
    default: throw failure(.refused(status: response.status))
    }
    guard let answer = try? JSONDecoder().decode(type, from: Data(response.body)) else {
      throw failure(.nonsense("not the JSON that was expected"))
    }
    return answer
  }

  /// The answer's text; nil and empty are nonsense.
  func text(_ parts: [String?]) throws(ModelFailure) -> String {
    let text = parts.compactMap { $0 }.joined()
    guard !text.isEmpty else { throw failure(.nonsense("no text in it")) }
    return text
  }

  func failure(_ reason: ModelFailure.Reason) -> ModelFailure { ModelFailure(provider: provider, reason) }

  /// A path below a base address that may name the version already, as `http://localhost:8080/v1` does.
  static func url(base: String, version: String, path: String) -> String {
    var base = base
    while base.last == "/" { base.removeLast() }
    return base + (base.hasSuffix(version) ? "" : version) + path
  }
}
