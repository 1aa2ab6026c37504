// The language model that may propose fixes: off unless somebody names a provider. The service reads it with everything else; the
// command line reads it from the environment alone, because a `.env` file in front of it is the repository's.

import Domain

/// Which language model is asked, if any.
public struct LanguageModelSettings: Sendable, Equatable {
  public enum Provider: String, Sendable, CaseIterable { case off, openai, anthropic, bedrock }

  /// What signs requests to Amazon Bedrock, from the variables that all AWS programs read.
  public struct AWS: Sendable, Equatable {
    public var accessKeyID: String
    public var secretAccessKey: Secret
    public var sessionToken: Secret?
    public var region: String
  }

  public var provider = Provider.off
  /// The model's name at its provider; set whenever one is.
  public var name = ""
  /// Nil is the provider's own.
  public var url: WebURL?
  public var apiKey: Secret?
  public var aws: AWS?
  /// Seconds that one question may take.
  public var timeout = 60
  /// Questions in one run.
  public var maximumRequests = 10
  /// Tokens of one answer.
  public var maximumTokens = 1024

  /// Only this part of the settings, from an environment. Throws every mistake, one line each.
  public static func load(environment: [String: String]) throws(SettingsError) -> LanguageModelSettings {
    var reader = VariableReader(environment: environment, dotEnv: [:])
    var settings = LanguageModelSettings()
    settings.read(from: &reader)
    guard reader.problems.isEmpty else { throw SettingsError(problems: reader.problems) }
    return settings
  }

  mutating func read(from reader: inout VariableReader) {
    provider = reader.choice(.languageModel, default: provider)
    name = reader.parsed(.languageModelName, expected: "a model's name of at most 200 characters without spaces", Self.modelName) ?? name
    url = reader.parsed(.languageModelURL, expected: "an http or https address without user, query and fragment", WebURL.init)
    apiKey = reader.secret(.languageModelAPIKey)
    timeout = reader.integer(.languageModelTimeout, in: 1...600, default: timeout)
    maximumRequests = reader.integer(.languageModelMaxRequests, in: 1...1000, default: maximumRequests)
    maximumTokens = reader.integer(.languageModelMaxTokens, in: 64...32_768, default: maximumTokens)
    guard provider != .off else { return }
    if name.isEmpty {
      reader.report("\(Variable.languageModel.name) is \(provider.rawValue) without \(Variable.languageModelName.name): set both")
    }
    if provider == .bedrock { readAWS(from: &reader) } else { judgeKey(&reader) }
    judgeAddress(&reader)
  }

  private func judgeKey(_ reader: inout VariableReader) {
    let isPublic = provider == .anthropic || url == nil
    guard apiKey == nil, isPublic, reader.problems.isEmpty else { return }
    reader.report(
      "\(Variable.languageModel.name) is \(provider.rawValue) without \(Variable.languageModelAPIKey.name): set it, or its _FILE form")
  }

  /// A key, a signature or a document in plain text is for this machine only.
  private func judgeAddress(_ reader: inout VariableReader) {
    guard let url, url.scheme == "http", !Settings.isLoopback(url.host), apiKey != nil || provider == .bedrock else { return }
    reader.report("\(Variable.languageModelURL.name) is \(Shown.quoted(url.description)): a key would be sent unencrypted; use https")
  }

  private mutating func readAWS(from reader: inout VariableReader) {
    if apiKey != nil {
      reader.report("\(Variable.languageModelAPIKey.name) has no meaning for bedrock: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    }
    let id = reader.foreign("AWS_ACCESS_KEY_ID", expected: "an access key's id", isSecret: true, Self.word)
    let secret = reader.foreign("AWS_SECRET_ACCESS_KEY", expected: "one line without spaces", isSecret: true, Self.word)
    let token = reader.foreign("AWS_SESSION_TOKEN", expected: "one line without spaces", isSecret: true, Self.word)
    let region =
      reader.foreign("AWS_REGION", expected: "a region such as eu-central-1", isSecret: false, Self.region)
      ?? reader.foreign("AWS_DEFAULT_REGION", expected: "a region such as eu-central-1", isSecret: false, Self.region)
    guard let id, let secret, let region else {
      reader.report("\(Variable.languageModel.name) is bedrock: set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION")
      return
    }
    aws = AWS(accessKeyID: id, secretAccessKey: Secret(secret), sessionToken: token.map { Secret($0) }, region: region)
  }

  private static func modelName(_ text: String) -> String? {
    text.utf8.count <= 200 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? text : nil
  }

  private static func word(_ text: String) -> String? { text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? text : nil }

  /// It becomes part of a host's name.
  private static func region(_ text: String) -> String? {
    let isName =
      (1...40).contains(text.utf8.count) && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    return isName ? text : nil
  }
}
