// Anthropic's Messages: https://docs.anthropic.com/en/api/messages.

import Domain
import HTTPClient

/// A model behind `/v1/messages`.
public struct AnthropicModel: LanguageModel {
  public static let publicURL = "https://api.anthropic.com"
  public let provider = "anthropic"
  public let name: String
  private let base: String
  private let key: Secret
  private let exchange: ModelExchange

  public init(name: String, base: String = publicURL, key: Secret, timeout: Duration, transport: any HTTPTransport) {
    self.name = name
    self.base = base
    self.key = key
    exchange = ModelExchange(provider: provider, transport: transport, timeout: timeout)
  }

  public func answer(_ question: ModelQuestion) throws(ModelFailure) -> String {
    let body = Body(
      model: name, max_tokens: question.maximumTokens, system: question.instructions,
      messages: [Message(role: "user", content: question.data)])
    var request = try exchange.request(ModelExchange.url(base: base, version: "/v1", path: "/messages"), body)
    request.headers["anthropic-version"] = "2023-06-01"
    request.setSecret("x-api-key", key)
    let answer = try exchange.answer(Answer.self, to: request)
    return try exchange.text(answer.content.map { $0.type == "text" ? $0.text : nil })
  }

  private struct Message: Encodable { var role, content: String }

  private struct Body: Encodable {
    var model: String
    var max_tokens: Int
    var system: String
    var messages: [Message]
  }

  private struct Answer: Decodable {
    struct Part: Decodable {
      var type: String
      var text: String?
    }
    var content: [Part]
  }
}
