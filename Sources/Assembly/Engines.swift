// The engine as the service and the command line have it.

import Domain
import HTTPClient
import LanguageModels
import Pipeline
import Settings
import SourceCode
import StorageSQLite
import Threading
import Validation
import Workspace

/// Makes engines.
public enum Engines {
  /// For the service: tools of other languages and samples run in the sandbox, or not at all. A service's workers are threads
  /// already: each of their runs keeps to one.
  /// - Parameter transport: asks the language model, where the settings name one.
  static func engine(_ settings: Settings, clock: any WallClock, transport: any HTTPTransport) -> Engine {
    let content = SQLiteContentCache(path: "\(settings.dataDirectory)/cache/content.db", now: clock.now())
    return engine(
      sandbox: settings.sandbox == .bubblewrap ? Sandbox() : nil, clock: clock, content: content,
      packages: "\(settings.dataDirectory)/packages", threads: 1,
      model: proposer(settings.languageModel, transport: transport, clock: clock))
  }

  /// For the command line. What is known by content is kept in the user's cache folder (XDG Base Directory Specification). Of the
  /// service's settings only the language model counts, and only from the environment. Throws `SettingsError`.
  public static func local() throws -> Engine {
    let clock = SystemClock()
    let folder = cacheFolder.map { "\($0)/doc-healing" }
    let content = folder.map { SQLiteContentCache(path: "\($0)/content.db", now: clock.now()) }
    return engine(
      sandbox: Sandbox(), clock: clock, content: content, packages: folder.map { "\($0)/packages" }, threads: processorCount,
      model: proposer(try LanguageModelSettings.load(environment: Environment.current), transport: CurlTransport(), clock: clock))
  }

  /// Who is asked about what no strategy heals; nil when the settings name nobody.
  private static func proposer(
    _ settings: LanguageModelSettings, transport: any HTTPTransport, clock: any WallClock
  ) -> ModelProposer? {
    guard let model = model(settings, transport: transport, clock: clock) else { return nil }
    return ModelProposer(model: model, maximumRequests: settings.maximumRequests, maximumTokens: settings.maximumTokens)
  }

  private static func model(
    _ settings: LanguageModelSettings, transport: any HTTPTransport, clock: any WallClock
  ) -> (any LanguageModel)? {
    let (name, url, timeout) = (settings.name, settings.url?.description, Duration.seconds(settings.timeout))
    switch settings.provider {
    case .off: return nil
    case .openai:
      return OpenAIModel(name: name, base: url ?? OpenAIModel.publicURL, key: settings.apiKey, timeout: timeout, transport: transport)
    case .anthropic:
      guard let key = settings.apiKey else { return nil }
      return AnthropicModel(name: name, base: url ?? AnthropicModel.publicURL, key: key, timeout: timeout, transport: transport)
    case .bedrock:
      guard let aws = settings.aws else { return nil }
      let credentials = AWSCredentials(
        accessKeyID: aws.accessKeyID, secretAccessKey: aws.secretAccessKey, sessionToken: aws.sessionToken)
      return BedrockModel(
        name: name, base: url, region: aws.region, credentials: credentials, timeout: timeout, transport: transport, clock: clock)
    }
  }

  /// For replaying a history: samples are parsed by what is built in and not by other programs, and nothing is run; what is known of a
  /// file is kept for the commits that follow.
  static func backtest() -> Engine {
    let clock = SystemClock()
    let validator = Validator(
      tools: nil, threads: processorCount, configuration: ValidationConfiguration(now: { clock.now() }), verdicts: MemoryVerdictCache())
    return Engine(validator: validator, facts: MemoryFactsCache(byteLimit: 48 << 20), threads: processorCount)
  }

  private static func engine(
    sandbox: Sandbox?, clock: any WallClock, content: (any ContentCache)?, packages: String?, threads: Int,
    model: ModelProposer?
  ) -> Engine {
    let store = packages.map { DependencyStore(folder: $0, environment: installerEnvironment) }
    let verdicts: any VerdictCache = if let content { ContentVerdicts(content) } else { MemoryVerdictCache() }
    let validator = Validator(
      tools: sandbox.map { SandboxedTools(sandbox: $0) }, threads: threads,
      configuration: ValidationConfiguration(now: { clock.now() }), verdicts: verdicts)
    return Engine(validator: validator, host: sandbox.map { host(in: $0, store) }, content: content, threads: threads, model: model)
  }

  /// Where samples of a tree are run.
  private static func host(in sandbox: Sandbox, _ store: DependencyStore?) -> @Sendable (any Checkout) -> any SampleHost {
    { SandboxedHost($0, sandbox: sandbox, dependencies: store) }
  }

  /// What package managers may know of the host: how to reach a registry.
  private static var installerEnvironment: [String: String] {
    let names: Set = [
      "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "PIP_INDEX_URL",
      "PIP_CERT", "NPM_CONFIG_REGISTRY",
    ]
    return Environment.current.filter { names.contains($0.key) }
  }

  private static var cacheFolder: String? {
    let environment = Environment.current
    if let folder = environment["XDG_CACHE_HOME"], folder.hasPrefix("/") { return folder }
    return environment["HOME"].flatMap { $0.hasPrefix("/") ? "\($0)/.cache" : nil }
  }
}
