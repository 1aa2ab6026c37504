// Asking a language model, whoever provides it. A provider is one file in `Providers/`: it writes its request and reads its answer;
// what is asked, and what of an answer counts, is decided elsewhere and the same for all.
//
// A failure is one line that names the provider and the reason. It never holds a key, a header, or what the provider wrote: providers
// repeat parts of the key and of the prompt in their error texts.

import Domain
import HTTPClient

/// One question.
public struct ModelQuestion: Sendable, Hashable {
  /// What the model is to do; ours alone.
  public var instructions: String
  /// What it is asked about: data from a repository.
  public var data: String
  /// The most that the answer may be long.
  public var maximumTokens: Int

  public init(instructions: String, data: String, maximumTokens: Int) {
    self.instructions = instructions
    self.data = data
    self.maximumTokens = maximumTokens
  }
}

/// A model that answers questions.
public protocol LanguageModel: Sendable {
  /// `openai`, `anthropic` or `bedrock`.
  var provider: String { get }
  /// The model's name at its provider.
  var name: String { get }
  /// The text of the answer. Asks once; safe to call from several threads at once.
  func answer(_ question: ModelQuestion) throws(ModelFailure) -> String
}

/// Why there is no answer.
public struct ModelFailure: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Reason: Sendable, Hashable {
    case transport(HTTPError)
    /// The provider has too much to do (429, 503, 529), and says perhaps how long.
    case busy(status: Int, retryAfter: Duration?)
    /// Another status than success.
    case refused(status: Int)
    /// An answer that is not what the provider's interface promises.
    case nonsense(String)
  }

  public var provider: String
  public var reason: Reason

  public init(provider: String, _ reason: Reason) {
    self.provider = provider
    self.reason = reason
  }

  public var description: String {
    switch reason {
    case .transport(let error): "\(provider): \(error)"
    case .busy(let status, nil): "\(provider) is busy (status \(status))"
    case .busy(let status, let wait?): "\(provider) is busy (status \(status)) and asks to wait \(wait)"
    case .refused(let status): "\(provider) answered with status \(status)"
    case .nonsense(let what): "\(provider) sent an answer that cannot be read: \(what)"
    }
  }
}
