// OpenAI's chat completions, and the many servers that speak the same: https://platform.openai.com/docs/api-reference/chat. Nothing
// but the plain fields that all of them know is sent.

import Domain
import HTTPClient

/// A model behind `/v1/chat/completions`.
public struct OpenAIModel: LanguageModel {
  public static let publicURL = "https://api.openai.com"
  public let provider = "openai"
  public let name: String
  private let base: String
  private let key: Secret?
  private let exchange: ModelExchange

  /// - Parameters:
  ///   - base: where the server is, with or without `/v1`.
  ///   - key: nil for a server that asks for none.
  public init(name: String, base: String = publicURL, key: Secret?, timeout: Duration, transport: any HTTPTransport) {
    self.name = name
    self.base = base
    self.key = key
    exchange = ModelExchange(provider: provider, transport: transport, timeout: timeout)
  }

  public func answer(_ question: ModelQuestion) throws(ModelFailure) -> String {
    // The public interface gave the limit another name, which most other servers do not know.
    let isPublic = base.hasPrefix(Self.publicURL)
    let body = Body(
      model: name,
      messages: [Message(role: "system", content: question.instructions), Message(role: "user", content: question.data)],
      max_tokens: isPublic ? nil : question.maximumTokens, max_completion_tokens: isPublic ? question.maximumTokens : nil)
    var request = try exchange.request(ModelExchange.url(base: base, version: "/v1", path: "/chat/completions"), body)
    if let key { request.setSecret("Authorization", prefix: "Bearer ", key) }
    let answer = try exchange.answer(Answer.self, to: request)
    return try exchange.text([answer.choices.first?.message.content])
  }

  private struct Message: Encodable { var role, content: String }

  private struct Body: Encodable {
    var model: String
    var messages: [Message]
    var max_tokens: Int?
    var max_completion_tokens: Int?
  }

  private struct Answer: Decodable {
    struct Choice: Decodable { var message: Message }
    struct Message: Decodable { var content: String? }
    var choices: [Choice]
  }
}
