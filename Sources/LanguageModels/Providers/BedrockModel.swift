// Amazon Bedrock's Converse, which is the same for every model there:
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html.

import Domain
import HTTPClient
import Threading

/// A model behind `/model/NAME/converse`.
public struct BedrockModel: LanguageModel {
  public let provider = "bedrock"
  public let name: String
  private let base: String
  private let signature: AWSSignature
  private let clock: any WallClock
  private let exchange: ModelExchange

  /// - Parameters:
  ///   - name: a model's id, an inference profile's, or an ARN.
  ///   - base: another address than the region's own, such as a VPC endpoint; nil for the region's.
  public init(
    name: String, base: String? = nil, region: String, credentials: AWSCredentials, timeout: Duration, transport: any HTTPTransport,
    clock: any WallClock
  ) {
    self.name = name
    self.base = base ?? "https://bedrock-runtime.\(region).amazonaws.com"
    signature = AWSSignature(credentials: credentials, region: region, service: "bedrock")
    self.clock = clock
    exchange = ModelExchange(provider: provider, transport: transport, timeout: timeout)
  }

  public func answer(_ question: ModelQuestion) throws(ModelFailure) -> String {
    let body = Body(
      system: [Part(text: question.instructions)], messages: [Message(role: "user", content: [Part(text: question.data)])],
      inferenceConfig: Configuration(maxTokens: question.maximumTokens))
    let path = "/model/\(AWSSignature.encoded(name))/converse"
    var request = try exchange.request(ModelExchange.url(base: base, version: "", path: path), body)
    guard let address = HTTPAddress(request.url) else { throw exchange.failure(.nonsense("the address is malformed")) }
    signature.sign(&request, to: address, at: clock.now())
    let answer = try exchange.answer(Answer.self, to: request)
    return try exchange.text(answer.output.message.content.map(\.text))
  }

  private struct Part: Codable { var text: String? }

  private struct Message: Encodable {
    var role: String
    var content: [Part]
  }

  private struct Configuration: Encodable { var maxTokens: Int }

  private struct Body: Encodable {
    var system: [Part]
    var messages: [Message]
    var inferenceConfig: Configuration
  }

  private struct Answer: Decodable {
    struct Output: Decodable { var message: Message }
    struct Message: Decodable { var content: [Part] }
    var output: Output
  }
}
