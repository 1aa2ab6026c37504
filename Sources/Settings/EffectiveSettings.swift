// The settings as `doctor` and the log show them.

import Domain

/// One variable with the value that is in effect.
public struct EffectiveSetting: Sendable, Hashable {
  public var variable: Variable
  /// Without secrets: `***` when a secret is set, URLs without their passwords, empty when nothing is set.
  public var value: String
  public var origin: Settings.Origin

  /// `DOC_HEALING_API_PORT=8000 (default)`.
  public var line: String { "\(variable.name)=\(value) (\(origin.rawValue))" }
}

extension Settings {
  /// Every variable in the order of the documentation.
  public var effective: [EffectiveSetting] {
    Variable.allCases.map { EffectiveSetting(variable: $0, value: shown($0), origin: origins[$0] ?? .default) }
  }

  private func shown(_ variable: Variable) -> String {
    switch variable {
    case .deploymentMode: mode.rawValue
    case .databaseBackend: databaseBackend.rawValue
    case .databaseURL: databaseURL.redacted
    case .sqlitePath: sqlitePath
    case .queueBackend: queueBackend.rawValue
    case .redisURL: redis.description
    case .redisHost: redis.host
    case .redisPort: String(redis.port)
    case .redisDatabase: String(redis.database)
    case .unifiedWorker: String(unifiedWorker)
    case .workerThreads: String(workerThreads)
    case .syncProcessing: String(syncProcessing)
    case .maxQueueSize: String(maxQueueSize)
    case .apiHost: apiHost
    case .apiPort: String(apiPort)
    case .sandbox: sandbox.rawValue
    case .memoryLogInterval: String(memoryLogInterval)
    case .dataDirectory: dataDirectory
    case .logLevel: logLevel.rawValue
    case .logFormat: logFormat.rawValue
    default: shownForForges(variable)
    }
  }

  private func shownForForges(_ variable: Variable) -> String {
    switch variable {
    case .apiToken: Self.hidden(apiTokens)
    case .publicURL: publicURL?.description ?? ""
    case .githubWebhookSecret: Self.hidden(secrets(for: .github))
    case .gitlabWebhookSecret: Self.hidden(secrets(for: .gitlab))
    case .giteaWebhookSecret: Self.hidden(secrets(for: .gitea))
    case .gitWebhookSecret: Self.hidden(secrets(for: .git))
    case .githubToken: if case .token = githubCredential { "***" } else { "" }
    case .githubAppID: if case .app(let id, _) = githubCredential { id } else { "" }
    case .githubAppPrivateKeyPath: if case .app(_, let path) = githubCredential { path } else { "" }
    case .githubAPIURL: githubAPIURL.description
    case .gitlabToken: gitlabToken == nil ? "" : "***"
    case .gitlabURL: gitlabURL.description
    case .giteaToken: giteaToken == nil ? "" : "***"
    case .giteaURL: giteaURL?.description ?? ""
    default: shownForLanguageModel(variable)
    }
  }

  private func shownForLanguageModel(_ variable: Variable) -> String {
    switch variable {
    case .languageModel: languageModel.provider.rawValue
    case .languageModelName: languageModel.name
    case .languageModelURL: languageModel.url?.description ?? ""
    case .languageModelAPIKey: languageModel.apiKey == nil ? "" : "***"
    case .languageModelTimeout: String(languageModel.timeout)
    case .languageModelMaxRequests: String(languageModel.maximumRequests)
    case .languageModelMaxTokens: String(languageModel.maximumTokens)
    default: ""
    }
  }

  /// `***` once a secret, so that a rotation shows.
  private static func hidden(_ secrets: [Secret]) -> String { secrets.map(\.description).joined(separator: " ") }
}
