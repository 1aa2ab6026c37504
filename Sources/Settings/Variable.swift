// The one list of variables. `docs/configure.md` has a row for each (a test compares them), `VariableReader` knows a name
// only by being listed here, and `doctor` walks it.
//
// When you add a variable: a case here, a property in `Settings`, a line in `Settings.read`, one in `effective`, one row
// in `docs/configure.md`.

/// A variable of the service's configuration; the raw value is its name without the prefix.
public enum Variable: String, Sendable, CaseIterable, Hashable {
  case deploymentMode = "DEPLOYMENT_MODE"
  case databaseBackend = "DATABASE_BACKEND"
  case databaseURL = "DATABASE_URL"
  case sqlitePath = "SQLITE_PATH"
  case queueBackend = "QUEUE_BACKEND"
  case redisURL = "REDIS_URL"
  case redisHost = "REDIS_HOST"
  case redisPort = "REDIS_PORT"
  case redisDatabase = "REDIS_DB"
  case unifiedWorker = "UNIFIED_WORKER"
  case workerThreads = "WORKER_THREADS"
  case syncProcessing = "SYNC_PROCESSING"
  case maxQueueSize = "MAX_QUEUE_SIZE"
  case apiHost = "API_HOST"
  case apiPort = "API_PORT"
  case apiToken = "API_TOKEN"
  case publicURL = "PUBLIC_URL"
  case githubWebhookSecret = "GITHUB_WEBHOOK_SECRET"
  case gitlabWebhookSecret = "GITLAB_WEBHOOK_SECRET"
  case giteaWebhookSecret = "GITEA_WEBHOOK_SECRET"
  case gitWebhookSecret = "GIT_WEBHOOK_SECRET"
  case githubToken = "GITHUB_TOKEN"
  case githubAppID = "GITHUB_APP_ID"
  case githubAppPrivateKeyPath = "GITHUB_APP_PRIVATE_KEY_PATH"
  case githubAPIURL = "GITHUB_API_URL"
  case gitlabToken = "GITLAB_TOKEN"
  case gitlabURL = "GITLAB_URL"
  case giteaToken = "GITEA_TOKEN"
  case giteaURL = "GITEA_URL"
  case languageModel = "LANGUAGE_MODEL"
  case languageModelName = "LANGUAGE_MODEL_NAME"
  case languageModelURL = "LANGUAGE_MODEL_URL"
  case languageModelAPIKey = "LANGUAGE_MODEL_API_KEY"
  case languageModelTimeout = "LANGUAGE_MODEL_TIMEOUT"
  case languageModelMaxRequests = "LANGUAGE_MODEL_MAX_REQUESTS"
  case languageModelMaxTokens = "LANGUAGE_MODEL_MAX_TOKENS"
  case sandbox = "SANDBOX"
  case memoryLogInterval = "MEMORY_LOG_INTERVAL"
  case dataDirectory = "DATA_DIRECTORY"
  case logLevel = "LOG_LEVEL"
  case logFormat = "LOG_FORMAT"

  /// What every name starts with.
  public static let prefix = "DOC_HEALING_"

  /// The name in the environment: `DOC_HEALING_API_PORT`.
  public var name: String { Self.prefix + rawValue }

  /// The name of the variable that holds a path to a file with the value; only secrets have one.
  public var fileName: String? { isSecret ? name + "_FILE" : nil }

  /// Whether the value never appears in errors, logs and `doctor`.
  public var isSecret: Bool {
    switch self {
    case .databaseURL, .redisURL, .apiToken, .githubWebhookSecret, .gitlabWebhookSecret, .giteaWebhookSecret, .gitWebhookSecret,
      .githubToken, .gitlabToken, .giteaToken, .languageModelAPIKey:
      true
    default: false
    }
  }

  /// Whether the value is a list, so that a secret can be replaced without a moment in which neither works.
  public var isList: Bool {
    switch self {
    case .apiToken, .githubWebhookSecret, .gitlabWebhookSecret, .giteaWebhookSecret, .gitWebhookSecret: true
    default: false
    }
  }

  /// Every name that may be set: the variables and the file forms of the secrets.
  static let allNames: [String] = allCases.flatMap { [$0.name] + ($0.fileName.map { [$0] } ?? []) }
}
