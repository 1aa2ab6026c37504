// The service's configuration as typed values. `Settings.load` (SettingsLoading.swift) makes it from the environment, a
// `.env` file and the defaults of the deployment mode; everything else in the program takes it as a value.

import Domain

/// Everything that an operator can set.
public struct Settings: Sendable, Equatable {
  public enum Mode: String, Sendable, CaseIterable { case lightweight, hybrid, full }
  public enum DatabaseBackend: String, Sendable, CaseIterable { case sqlite, postgresql }
  public enum QueueBackend: String, Sendable, CaseIterable { case memory, redis }
  public enum Sandbox: String, Sendable, CaseIterable { case bubblewrap, off }
  /// The levels of swift-log, with its names.
  public enum LogLevel: String, Sendable, CaseIterable { case trace, debug, info, notice, warning, error, critical }
  public enum LogFormat: String, Sendable, CaseIterable { case text, json }

  /// How the engine speaks to GitHub.
  public enum GitHubCredential: Sendable, Equatable {
    case token(Secret)
    case app(id: String, privateKeyPath: String)
  }

  /// Where a value came from.
  public enum Origin: String, Sendable, Equatable { case environment, dotEnv = ".env", `default` }

  public var mode = Mode.lightweight
  public var databaseBackend = DatabaseBackend.sqlite
  public var databaseURL = DatabaseURL.standard
  /// Created, with its folder, at exactly this path.
  public var sqlitePath = "./data/doc_healing.db"
  public var queueBackend = QueueBackend.memory
  public var redis = RedisAddress()
  /// Workers run as threads inside the responder.
  public var unifiedWorker = true
  /// Worker threads a process.
  public var workerThreads = 2
  /// Each task runs before its `enqueue` returns.
  public var syncProcessing = false
  /// Jobs a queue holds at most.
  public var maxQueueSize = 10_000
  /// Where the bundled nginx listens.
  public var apiHost = "127.0.0.1"
  public var apiPort = 8000
  /// Any of them opens the API and the pages.
  public var apiTokens: [Secret] = []
  /// Where forges and people reach the bundled nginx, or the proxy before it; nil when nobody said.
  public var publicURL: WebURL?
  /// The secrets of each webhook route; any of them may have signed a delivery.
  public var webhookSecrets: [Forge: [Secret]] = [:]
  public var githubCredential: GitHubCredential?
  public var githubAPIURL = WebURL.github
  public var gitlabToken: Secret?
  public var gitlabURL = WebURL.gitlab
  public var giteaToken: Secret?
  /// Nil until set: Gitea and Forgejo have no well-known host.
  public var giteaURL: WebURL?
  /// Off unless somebody names a provider.
  public var languageModel = LanguageModelSettings()
  public var sandbox = Sandbox.bubblewrap
  /// Seconds between memory lines in the log; 0 is off.
  public var memoryLogInterval = 60
  /// Mirrors and caches.
  public var dataDirectory = "./data"
  public var logLevel = LogLevel.info
  public var logFormat = LogFormat.text
  /// What works but is probably not meant, one line each, for the log.
  public internal(set) var warnings: [String] = []
  /// Where each value that was set came from; the others are defaults.
  public internal(set) var origins: [Variable: Origin] = [:]

  /// The defaults of the lightweight mode.
  public init() {}

  /// The defaults of a mode.
  public init(mode: Mode) {
    self.mode = mode
    databaseBackend = mode == .lightweight ? .sqlite : .postgresql
    queueBackend = mode == .full ? .redis : .memory
    unifiedWorker = mode != .full
    workerThreads = mode == .lightweight ? 2 : 4
  }
}

// MARK: - What is open to whom

extension Settings {
  /// Whether only this machine reaches the bundled nginx: `localhost`, 127.0.0.0/8 or ::1.
  public var servesOnlyLoopback: Bool { Self.isLoopback(apiHost) }

  /// Whether the API and pages ask for a bearer token: one is set, or others than this machine are served.
  public var requiresToken: Bool { !apiTokens.isEmpty || !servesOnlyLoopback }

  /// Whether a bearer token is one of the configured ones, in constant time.
  public func accepts(token: some Collection<UInt8>) -> Bool {
    apiTokens.reduce(false) { $1.matches(token) || $0 }
  }

  /// The secrets of a forge's webhook route; empty when none is set.
  public func secrets(for forge: Forge) -> [Secret] { webhookSecrets[forge] ?? [] }

  /// Whether the forge's webhook route answers at all. Without a secret it is closed (403), except in lightweight mode on
  /// loopback, where deliveries are taken unsigned.
  public func isWebhookOpen(_ forge: Forge) -> Bool { !secrets(for: forge).isEmpty || takesUnsignedWebhooks(forge) }

  /// Whether deliveries of this forge are taken without a signature.
  public func takesUnsignedWebhooks(_ forge: Forge) -> Bool {
    secrets(for: forge).isEmpty && mode == .lightweight && servesOnlyLoopback
  }

  static func isLoopback(_ host: String) -> Bool {
    if host == "localhost" || host == "::1" || host == "[::1]" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}

// MARK: - Where repositories are cloned from

extension Settings {
  /// The base of a forge's clone URLs; nil for plain git, and for Gitea when `GITEA_URL` is not set.
  public func cloneBase(for forge: Forge) -> WebURL? {
    switch forge {
    case .github: githubCloneBase
    case .gitlab: gitlabURL
    case .gitea: giteaURL
    case .git: nil
    }
  }

  /// `https://github.com` for `https://api.github.com`, `https://HOST` for GitHub Enterprise's `https://HOST/api/v3`,
  /// `https://NAME.ghe.com` for `https://api.NAME.ghe.com`.
  private var githubCloneBase: WebURL {
    var url = githubAPIURL
    if url.path == "/api/v3" { url.path = "" }
    if url.path.isEmpty, url.host == "api.github.com" || (url.host.hasPrefix("api.") && url.host.hasSuffix(".ghe.com")) {
      url.host.removeFirst("api.".count)
    }
    return url
  }
}
