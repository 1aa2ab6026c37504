// What the environment, a `.env` file and the defaults make of the settings.

import Domain
import Foundation
import Testing

@testable import Settings

/// A folder that is removed at the end.
struct TemporaryFolder: ~Copyable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  /// Writes a file and returns its path.
  func file(_ name: String, _ text: String) throws -> String {
    let file = path + "/" + name
    try Data(text.utf8).write(to: URL(filePath: file))
    return file
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Settings from an environment without the prefix and without a `.env` file.
func load(_ environment: [String: String]) throws(SettingsError) -> Settings {
  try Settings.load(environment: prefixed(environment), dotEnvPath: nil)
}

func prefixed(_ environment: [String: String]) -> [String: String] {
  Dictionary(uniqueKeysWithValues: environment.map { (Variable.prefix + $0.key, $0.value) })
}

@Suite struct SettingsTests {
  @Test func nothingSetIsLightweight() throws {
    let settings = try Settings.load(environment: ["PATH": "/bin", "DOC_HEALINGX": "no prefix of ours"], dotEnvPath: nil)
    #expect(settings == Settings())
    #expect(settings.mode == .lightweight && settings.databaseBackend == .sqlite && settings.queueBackend == .memory)
    #expect(settings.unifiedWorker && settings.workerThreads == 2 && settings.warnings.isEmpty)
    #expect(settings.sqlitePath == "./data/doc_healing.db" && settings.databaseURL.reveal() == "postgresql://localhost/doc_healing")
    #expect(settings.redis.description == "redis://localhost:6379/0" && settings.maxQueueSize == 10_000)
    #expect(settings.apiHost == "127.0.0.1" && settings.apiPort == 8000 && settings.memoryLogInterval == 60)
  }

  @Test(arguments: [
    (Settings.Mode.lightweight, Settings.DatabaseBackend.sqlite, Settings.QueueBackend.memory, true, 2),
    (.hybrid, .postgresql, .memory, true, 4), (.full, .postgresql, .redis, false, 4),
  ])
  func theModeSetsTheDefaults(
    _ mode: Settings.Mode, _ database: Settings.DatabaseBackend, _ queue: Settings.QueueBackend, _ unified: Bool, _ threads: Int
  ) throws {
    let settings = try load(["DEPLOYMENT_MODE": mode.rawValue])
    #expect(settings.mode == mode && settings.databaseBackend == database && settings.queueBackend == queue)
    #expect(settings.unifiedWorker == unified && settings.workerThreads == threads && settings.warnings.isEmpty)
  }

  @Test func everyVariableIsRead() throws {
    let settings = try load([
      "DEPLOYMENT_MODE": "full", "DATABASE_BACKEND": "postgresql", "DATABASE_URL": "postgres://me:pw@db/x",
      "SQLITE_PATH": "/var/lib/a b.db",
      "QUEUE_BACKEND": "redis", "REDIS_HOST": "cache", "REDIS_PORT": "6380", "REDIS_DB": "3", "UNIFIED_WORKER": "yes",
      "WORKER_THREADS": "8",
      "SYNC_PROCESSING": "on", "MAX_QUEUE_SIZE": "5", "API_HOST": "[::1]", "API_PORT": "9", "API_TOKEN": "t1 t2",
      "GITHUB_WEBHOOK_SECRET": "a,b",
      "GITLAB_WEBHOOK_SECRET": "c", "GITEA_WEBHOOK_SECRET": "d", "GIT_WEBHOOK_SECRET": "e", "GITHUB_TOKEN": "gh",
      "GITHUB_API_URL": "https://ghe.example.org/api/v3/", "GITLAB_TOKEN": "gl", "GITLAB_URL": "https://lab.example.org/sub",
      "GITEA_TOKEN": "ge",
      "GITEA_URL": "http://gitea:3000", "SANDBOX": "off", "MEMORY_LOG_INTERVAL": "0", "DATA_DIRECTORY": "/srv/data", "LOG_LEVEL": "trace",
      "LOG_FORMAT": "json",
    ])
    #expect(settings.databaseURL.reveal() == "postgres://me:pw@db/x" && settings.sqlitePath == "/var/lib/a b.db")
    #expect(settings.redis.host == "cache" && settings.redis.port == 6380 && settings.redis.database == 3)
    #expect(settings.unifiedWorker && settings.workerThreads == 8 && settings.syncProcessing && settings.maxQueueSize == 5)
    #expect(settings.apiHost == "::1" && settings.apiPort == 9 && settings.apiTokens.map { $0.reveal() } == ["t1", "t2"])
    #expect(settings.secrets(for: .github).map { $0.reveal() } == ["a", "b"] && settings.secrets(for: .git) == [Secret("e")])
    #expect(
      settings.githubCredential == .token(Secret("gh")) && settings.gitlabToken == Secret("gl") && settings.giteaToken == Secret("ge"))
    #expect(settings.cloneBase(for: .github)?.description == "https://ghe.example.org")
    #expect(settings.cloneBase(for: .gitlab)?.description == "https://lab.example.org/sub")
    #expect(settings.cloneBase(for: .gitea)?.description == "http://gitea:3000" && settings.cloneBase(for: .git) == nil)
    #expect(settings.sandbox == .off && settings.memoryLogInterval == 0 && settings.dataDirectory == "/srv/data")
    #expect(settings.logLevel == .trace && settings.logFormat == .json && settings.warnings.isEmpty)
  }

  @Test func theEnvironmentWinsOverTheFileAndTheFileOverTheDefaults() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file(".env", "DOC_HEALING_API_PORT=1000\nDOC_HEALING_LOG_LEVEL=debug\nDOC_HEALING_LOG_FORMAT=json\nOTHER=x\n")
    let settings = try Settings.load(environment: prefixed(["API_PORT": "2000", "LOG_FORMAT": ""]), dotEnvPath: path)
    #expect(settings.apiPort == 2000 && settings.logLevel == .debug)
    #expect(settings.logFormat == .text, "an empty variable means the default, whatever the file says")
    #expect(settings.origins == [.apiPort: .environment, .logLevel: .dotEnv])
    #expect(try Settings.load(environment: [:], dotEnvPath: folder.path + "/none") == Settings())
  }

  @Test func secretsComeFromFilesToo() throws {
    let folder = try TemporaryFolder()
    let secrets = try folder.file("secrets", "new-secret\nold-secret\n")
    let token = try folder.file("token", "abc\n")
    let settings = try load([
      "GITHUB_WEBHOOK_SECRET_FILE": secrets, "API_TOKEN_FILE": token, "GITHUB_TOKEN_FILE": token,
      "DATABASE_URL_FILE": try folder.file("url", "postgresql://u:p@h/d\n"), "REDIS_URL_FILE": try folder.file("redis", "redis://:pw@h"),
    ])
    #expect(settings.secrets(for: .github).map { $0.reveal() } == ["new-secret", "old-secret"])
    #expect(settings.apiTokens == [Secret("abc")] && settings.githubCredential == .token(Secret("abc")))
    #expect(settings.databaseURL.reveal() == "postgresql://u:p@h/d" && settings.redis.password == Secret("pw"))
    #expect(settings.origins[.githubWebhookSecret] == .environment)
  }

  @Test func aRedisURLHoldsEverything() throws {
    let settings = try load(["DEPLOYMENT_MODE": "full", "REDIS_URL": "redis://me:p%40ss@cache.example.org:7000/4", "REDIS_PORT": "1"])
    #expect(settings.redis.host == "cache.example.org" && settings.redis.port == 7000 && settings.redis.database == 4)
    #expect(settings.redis.username == "me" && settings.redis.password == Secret("p@ss"))
    #expect(settings.redis.description == "redis://me:***@cache.example.org:7000/4")
    #expect(settings.warnings == ["DOC_HEALING_REDIS_URL is set, so DOC_HEALING_REDIS_PORT has no effect"])
  }

  @Test func aGitHubAppComesBeforeAToken() throws {
    let settings = try load(["GITHUB_APP_ID": "12345", "GITHUB_APP_PRIVATE_KEY_PATH": "/etc/key.pem", "GITHUB_TOKEN": "t"])
    #expect(settings.githubCredential == .app(id: "12345", privateKeyPath: "/etc/key.pem"))
    #expect(settings.warnings == ["DOC_HEALING_GITHUB_APP_ID is set, so DOC_HEALING_GITHUB_TOKEN has no effect"])
  }

  @Test(arguments: [
    ("https://api.github.com", "https://github.com"), ("https://ghe.example.org/api/v3", "https://ghe.example.org"),
    ("https://ghe.example.org:8443/api/v3/", "https://ghe.example.org:8443"), ("https://api.octo.ghe.com", "https://octo.ghe.com"),
    ("http://localhost:3000", "http://localhost:3000"),
  ])
  func whereGitHubClonesFrom(_ api: String, _ base: String) throws {
    #expect(try load(["GITHUB_API_URL": api]).cloneBase(for: .github)?.description == base)
  }

  @Test(arguments: [
    (
      ["DEPLOYMENT_MODE": "lightweight", "QUEUE_BACKEND": "redis"],
      "lightweight mode with a Redis queue is unusual: full mode is made for it"
    ),
    (["DATABASE_BACKEND": "postgresql"], "lightweight mode with PostgreSQL is unusual: hybrid mode is made for it"),
    (
      ["DEPLOYMENT_MODE": "full", "DATABASE_BACKEND": "sqlite"],
      "full mode with SQLite is unusual: workers on other machines cannot reach the file"
    ),
    (
      ["DEPLOYMENT_MODE": "full", "QUEUE_BACKEND": "memory", "UNIFIED_WORKER": "true"],
      "full mode with a memory queue is unusual: only one responder may run, and hybrid mode is made for it"
    ),
    (
      ["API_HOST": "0.0.0.0"],
      "DOC_HEALING_API_HOST serves more than this machine and DOC_HEALING_API_TOKEN is not set: the API and pages stay closed"
    ),
    (
      ["GITEA_WEBHOOK_SECRET": "s"],
      "DOC_HEALING_GITEA_WEBHOOK_SECRET is set without DOC_HEALING_GITEA_URL: nothing can be cloned from there"
    ),
  ])
  func unusualPairsAreWarnings(_ environment: [String: String], _ warning: String) throws {
    #expect(try load(environment).warnings == [warning])
  }

  @Test(arguments: [
    ("127.0.0.1", true), ("127.8.9.10", true), ("localhost", true), ("::1", true), ("[::1]", true), ("0.0.0.0", false), ("::", false),
    ("127.0.0.1.evil.org", false),
    ("127.evil.org", false), ("192.168.0.1", false), ("example.org", false), ("127.0.0.256", false),
  ])
  func loopback(_ host: String, _ isLoopback: Bool) throws {
    let settings = try load(["API_HOST": host])
    #expect(settings.servesOnlyLoopback == isLoopback && settings.requiresToken == !isLoopback)
  }

  @Test func aWebhookWithoutItsSecretIsClosedExceptOnALaptop() throws {
    for forge in Forge.allCases {
      #expect(try load([:]).isWebhookOpen(forge) && load([:]).takesUnsignedWebhooks(forge))
      #expect(try !load(["API_HOST": "0.0.0.0"]).isWebhookOpen(forge))
      #expect(try !load(["DEPLOYMENT_MODE": "hybrid"]).isWebhookOpen(forge))
    }
    let settings = try load(["DEPLOYMENT_MODE": "full", "GITLAB_WEBHOOK_SECRET": "s"])
    #expect(settings.isWebhookOpen(.gitlab) && !settings.takesUnsignedWebhooks(.gitlab) && !settings.isWebhookOpen(.github))
    #expect(try !load(["GITHUB_WEBHOOK_SECRET": "s"]).takesUnsignedWebhooks(.github))
  }

  @Test func tokensOpenTheAPI() throws {
    let settings = try load(["API_TOKEN": "one,two"])
    #expect(settings.requiresToken && settings.accepts(token: "one".utf8) && settings.accepts(token: "two".utf8))
    #expect(!settings.accepts(token: "three".utf8) && !settings.accepts(token: "".utf8) && !settings.accepts(token: "on".utf8))
    #expect(try !load([:]).accepts(token: "".utf8))
  }

  @Test func nothingShowsASecret() throws {
    let word = "s3cr3t-w0rd"
    let url = "postgresql://me:\(word)@db.example.org:5432/x?sslmode=require&password=\(word)&sslpassword=\(word)"
    var environment = ["DATABASE_URL": url, "REDIS_URL": "redis://:\(word)@cache"]
    for variable in Variable.allCases where variable.isSecret && environment[variable.rawValue] == nil {
      environment[variable.rawValue] = word
    }
    let settings = try load(environment)
    var dumped = ""
    dump(settings, to: &dumped)
    let shown = [dumped, "\(settings)", String(reflecting: settings)] + settings.effective.map(\.line) + settings.warnings
    for text in shown { #expect(!text.contains(word)) }
    #expect(settings.databaseURL.redacted == "postgresql://me:***@db.example.org:5432/x?sslmode=require&password=***&sslpassword=***")
    #expect(settings.effective.contains { $0.line == "DOC_HEALING_REDIS_URL=redis://:***@cache:6379/0 (environment)" })
    #expect(settings.effective.contains { $0.line == "DOC_HEALING_GITHUB_WEBHOOK_SECRET=*** (environment)" })
    #expect(settings.effective.contains { $0.line == "DOC_HEALING_API_PORT=8000 (default)" })
    #expect(settings.effective.map(\.variable) == Variable.allCases)
  }

  @Test(arguments: [
    ("postgresql://localhost/x", "postgresql://localhost/x"), ("postgresql://me@h/x", "postgresql://me@h/x"),
    ("postgresql://me:a@b@h/x", "postgresql://me:***@h/x"), ("postgres://:p@h", "postgres://:***@h"),
    ("postgresql:///x?host=/run/postgresql", "postgresql:///x?host=/run/postgresql"),
    ("postgresql://h/x?pass%77ord=y", "postgresql://h/x?pass%77ord=***"),
  ])
  func databaseURLsWithoutPasswords(_ url: String, _ redacted: String) throws {
    #expect(try #require(DatabaseURL(url)).redacted == redacted)
  }
}
