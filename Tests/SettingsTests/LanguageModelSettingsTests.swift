// Which language model is asked: off by default, and a mistake is told like every other.

import Domain
import Testing

@testable import Settings

private let aws = ["AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "hidden", "AWS_REGION": "eu-central-1"]

@Suite struct LanguageModelSettingsTests {
  private func load(_ environment: [String: String], _ foreign: [String: String] = [:]) throws(SettingsError) -> LanguageModelSettings {
    try LanguageModelSettings.load(environment: prefixed(environment).merging(foreign) { $1 })
  }

  @Test func isOffUnlessNamed() throws {
    #expect(try load([:]) == LanguageModelSettings())
    #expect(try load(["LANGUAGE_MODEL": "off"], aws).provider == .off)
    let settings = try Settings.load(
      environment: prefixed(["LANGUAGE_MODEL_NAME": "m", "LANGUAGE_MODEL_API_KEY": "hidden"]), dotEnvPath: nil)
    #expect(settings.languageModel.provider == .off)
    #expect(
      settings.warnings == [
        "DOC_HEALING_LANGUAGE_MODEL is off, so DOC_HEALING_LANGUAGE_MODEL_NAME, DOC_HEALING_LANGUAGE_MODEL_API_KEY have no effect"
      ])
  }

  @Test func everyValueIsRead() throws {
    let settings = try load([
      "LANGUAGE_MODEL": "openai", "LANGUAGE_MODEL_NAME": "m", "LANGUAGE_MODEL_URL": "https://models.example.org/v1/",
      "LANGUAGE_MODEL_API_KEY": "hidden", "LANGUAGE_MODEL_TIMEOUT": "7", "LANGUAGE_MODEL_MAX_REQUESTS": "8",
      "LANGUAGE_MODEL_MAX_TOKENS": "99",
    ])
    #expect(settings.provider == .openai && settings.name == "m" && settings.url?.description == "https://models.example.org/v1")
    #expect(settings.apiKey == Secret("hidden") && settings.timeout == 7 && settings.maximumRequests == 8 && settings.maximumTokens == 99)
    #expect(!"\(settings)".contains("hidden"))
  }

  @Test func bedrockTakesWhatAWSProgramsTake() throws {
    let bedrock = ["LANGUAGE_MODEL": "bedrock", "LANGUAGE_MODEL_NAME": "vendor.model-v1:0"]
    let settings = try load(bedrock, aws.merging(["AWS_SESSION_TOKEN": "also-hidden"]) { $1 })
    #expect(settings.aws?.accessKeyID == "AKID" && settings.aws?.region == "eu-central-1")
    #expect(settings.aws?.secretAccessKey == Secret("hidden") && settings.aws?.sessionToken == Secret("also-hidden"))
    #expect(!"\(settings)".contains("hidden"))
    let other = ["AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "hidden", "AWS_DEFAULT_REGION": "us-west-2"]
    #expect(try load(bedrock, other).aws?.region == "us-west-2")
  }

  @Test func aKeyMayStandInAFile() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("key", "from-a-file\n")
    let settings = try load(["LANGUAGE_MODEL": "anthropic", "LANGUAGE_MODEL_NAME": "m", "LANGUAGE_MODEL_API_KEY_FILE": path])
    #expect(settings.apiKey == Secret("from-a-file"))
  }

  @Test func aLocalServerNeedsNoKey() throws {
    let local = ["LANGUAGE_MODEL": "openai", "LANGUAGE_MODEL_NAME": "m", "LANGUAGE_MODEL_URL": "http://127.0.0.1:8080"]
    #expect(try load(local).apiKey == nil)
    #expect(try load(local.merging(["LANGUAGE_MODEL_API_KEY": "hidden"]) { $1 }).apiKey != nil)
  }

  @Test(
    arguments: [
      (
        ["LANGUAGE_MODEL": "opnai"], [:],
        "DOC_HEALING_LANGUAGE_MODEL is \"opnai\": expected off, openai, anthropic or bedrock; did you mean openai?"
      ),
      (["LANGUAGE_MODEL": "openai"], [:], "DOC_HEALING_LANGUAGE_MODEL is openai without DOC_HEALING_LANGUAGE_MODEL_NAME: set both"),
      (
        ["LANGUAGE_MODEL": "openai", "LANGUAGE_MODEL_NAME": "m"], [:],
        "DOC_HEALING_LANGUAGE_MODEL is openai without DOC_HEALING_LANGUAGE_MODEL_API_KEY: set it, or its _FILE form"
      ),
      (
        ["LANGUAGE_MODEL": "anthropic", "LANGUAGE_MODEL_NAME": "m", "LANGUAGE_MODEL_URL": "https://h"], [:],
        "DOC_HEALING_LANGUAGE_MODEL is anthropic without DOC_HEALING_LANGUAGE_MODEL_API_KEY: set it, or its _FILE form"
      ),
      (
        ["LANGUAGE_MODEL": "bedrock", "LANGUAGE_MODEL_NAME": "m"], [:],
        "DOC_HEALING_LANGUAGE_MODEL is bedrock: set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION"
      ),
      (
        ["LANGUAGE_MODEL": "bedrock", "LANGUAGE_MODEL_NAME": "m", "LANGUAGE_MODEL_API_KEY": "hidden"], aws,
        "DOC_HEALING_LANGUAGE_MODEL_API_KEY has no meaning for bedrock: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
      ),
      (
        ["LANGUAGE_MODEL": "openai", "LANGUAGE_MODEL_NAME": "m", "LANGUAGE_MODEL_API_KEY": "hidden", "LANGUAGE_MODEL_URL": "http://h"], [:],
        "DOC_HEALING_LANGUAGE_MODEL_URL is \"http://h\": a key would be sent unencrypted; use https"
      ),
      (
        ["LANGUAGE_MODEL_MAX_REQUESTS": "0"], [:],
        "DOC_HEALING_LANGUAGE_MODEL_MAX_REQUESTS is \"0\": expected a whole number from 1 to 1000"
      ),
      (
        ["LANGUAGE_MODEL_NAME": "a b"], [:],
        "DOC_HEALING_LANGUAGE_MODEL_NAME is \"a b\": expected a model's name of at most 200 characters without spaces"
      ),
    ] as [([String: String], [String: String], String)])
  func tellsMistakes(_ environment: [String: String], _ foreign: [String: String], _ problem: String) throws {
    let error = try #require(throws: SettingsError.self) { try load(environment, foreign) }
    #expect(error.problems == [problem])
  }

  @Test func aRegionIsNoHost() throws {
    let foreign = aws.merging(["AWS_REGION": "evil.example/"]) { $1 }
    let error = try #require(throws: SettingsError.self) {
      try load(["LANGUAGE_MODEL": "bedrock", "LANGUAGE_MODEL_NAME": "m"], foreign)
    }
    #expect(error.problems.first == "AWS_REGION is \"evil.example/\": expected a region such as eu-central-1")
  }
}
