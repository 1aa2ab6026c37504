// From text to `Settings`: the environment wins over `.env`, `.env` over the defaults, and the deployment mode chooses some
// of those. All mistakes are told together.

import Domain

/// What is wrong with the configuration; the program ends with status 78 (EX_CONFIG).
public struct SettingsError: Error, Sendable, Equatable, CustomStringConvertible {
  /// One line each, never with a secret in it.
  public let problems: [String]

  init(problems: [String]) { self.problems = problems }
  init(_ problem: String) { problems = [problem] }

  /// The problems, one a line.
  public var description: String { problems.joined(separator: "\n") }
}

extension Settings {
  static let ports = 1...65_535
  static let redisDatabases = 0...65_535

  /// The settings of an environment and a `.env` file; a file that does not exist is no mistake, nil reads none.
  /// Throws every mistake, one line each.
  public static func load(environment: [String: String], dotEnvPath: String? = ".env") throws(SettingsError) -> Settings {
    var dotEnv: [String: String] = [:]
    if let dotEnvPath { dotEnv = try DotEnv.load(dotEnvPath) }
    var reader = VariableReader(environment: environment, dotEnv: dotEnv)
    reader.refuseUnknownNames()
    let settings = read(from: &reader)
    guard reader.problems.isEmpty else { throw SettingsError(problems: reader.problems) }
    return settings
  }

  private static func read(from reader: inout VariableReader) -> Settings {
    var settings = Settings(mode: reader.choice(.deploymentMode, default: Mode.lightweight))
    settings.readStorage(from: &reader)
    settings.readQueue(from: &reader)
    settings.readServer(from: &reader)
    settings.readForges(from: &reader)
    settings.languageModel.read(from: &reader)
    settings.readRest(from: &reader)
    settings.origins = reader.origins
    settings.judgePairs(&reader)
    return settings
  }

  private mutating func readStorage(from reader: inout VariableReader) {
    databaseBackend = reader.choice(.databaseBackend, default: databaseBackend)
    let expected = "a libpq connection URI such as postgresql://user@host/database, spaces as %20"
    databaseURL = reader.parsed(.databaseURL, expected: expected, DatabaseURL.init) ?? databaseURL
    sqlitePath = reader.text(.sqlitePath) ?? sqlitePath
    dataDirectory = reader.text(.dataDirectory) ?? dataDirectory
  }

  private mutating func readQueue(from reader: inout VariableReader) {
    queueBackend = reader.choice(.queueBackend, default: queueBackend)
    readRedis(from: &reader)
    unifiedWorker = reader.boolean(.unifiedWorker, default: unifiedWorker)
    workerThreads = reader.integer(.workerThreads, in: 1...256, default: workerThreads)
    syncProcessing = reader.boolean(.syncProcessing, default: syncProcessing)
    maxQueueSize = reader.integer(.maxQueueSize, in: 1...10_000_000, default: maxQueueSize)
  }

  private mutating func readRedis(from reader: inout VariableReader) {
    let host = reader.parsed(.redisHost, expected: "a host name or an address", Self.host)
    redis.host = host ?? redis.host
    redis.port = reader.integer(.redisPort, in: Self.ports, default: redis.port)
    redis.database = reader.integer(.redisDatabase, in: Self.redisDatabases, default: redis.database)
    let expected = "redis://[[user]:password@]host[:port][/database] (TLS is not supported: use a tunnel)"
    guard let address = reader.parsed(.redisURL, expected: expected, RedisAddress.init(url:)) else { return }
    redis = address
    let shadowed = [Variable.redisHost, .redisPort, .redisDatabase].filter { reader.origins[$0] != nil }.map(\.name)
    if !shadowed.isEmpty { warnings.append("\(Variable.redisURL.name) is set, so \(shadowed.joined(separator: ", ")) has no effect") }
  }

  private mutating func readServer(from reader: inout VariableReader) {
    apiHost = reader.parsed(.apiHost, expected: "a host name or an address", Self.host) ?? apiHost
    apiPort = reader.integer(.apiPort, in: Self.ports, default: apiPort)
    apiTokens = reader.secrets(.apiToken)
    for (forge, variable) in Self.webhookVariables {
      let secrets = reader.secrets(variable)
      if !secrets.isEmpty { webhookSecrets[forge] = secrets }
    }
  }

  /// Which variable holds which route's secrets.
  static let webhookVariables: [(Forge, Variable)] = [
    (.github, .githubWebhookSecret), (.gitlab, .gitlabWebhookSecret), (.gitea, .giteaWebhookSecret), (.git, .gitWebhookSecret),
  ]

  private mutating func readForges(from reader: inout VariableReader) {
    let expected = "an http or https address without user, query and fragment"
    githubAPIURL = reader.parsed(.githubAPIURL, expected: expected, WebURL.init) ?? githubAPIURL
    gitlabURL = reader.parsed(.gitlabURL, expected: expected, WebURL.init) ?? gitlabURL
    giteaURL = reader.parsed(.giteaURL, expected: expected, WebURL.init)
    publicURL = reader.parsed(.publicURL, expected: expected, WebURL.init)
    gitlabToken = reader.secret(.gitlabToken)
    giteaToken = reader.secret(.giteaToken)
    readGitHubCredential(from: &reader)
  }

  private mutating func readGitHubCredential(from reader: inout VariableReader) {
    let token = reader.secret(.githubToken)
    let id = reader.parsed(.githubAppID, expected: "the App's number or client id") { text in
      text.utf8.count <= 64 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? text : nil
    }
    let path = reader.text(.githubAppPrivateKeyPath)
    switch (id, path) {
    case (let id?, let path?): githubCredential = .app(id: id, privateKeyPath: path)
    case (nil, nil): githubCredential = token.map(GitHubCredential.token)
    case (_?, nil): reader.report("\(Variable.githubAppID.name) is set without \(Variable.githubAppPrivateKeyPath.name): set both")
    case (nil, _?): reader.report("\(Variable.githubAppPrivateKeyPath.name) is set without \(Variable.githubAppID.name): set both")
    }
    if token != nil, case .app = githubCredential {
      warnings.append("\(Variable.githubAppID.name) is set, so \(Variable.githubToken.name) has no effect")
    }
  }

  private mutating func readRest(from reader: inout VariableReader) {
    sandbox = reader.choice(.sandbox, default: sandbox)
    memoryLogInterval = reader.integer(.memoryLogInterval, in: 0...86_400, default: memoryLogInterval)
    logLevel = reader.choice(.logLevel, default: logLevel)
    logFormat = reader.choice(.logFormat, default: logFormat)
  }

  /// Refuses the impossible pair and warns of the unusual ones.
  private mutating func judgePairs(_ reader: inout VariableReader) {
    if queueBackend == .memory, !unifiedWorker {
      reader.report(
        """
        a memory queue cannot be shared with separate worker processes \
        (\(Variable.queueBackend.name) memory, \(Variable.unifiedWorker.name) false): \
        set \(Variable.unifiedWorker.name)=true or \(Variable.queueBackend.name)=redis
        """)
    }
    if mode == .lightweight, queueBackend == .redis {
      warnings.append("lightweight mode with a Redis queue is unusual: full mode is made for it")
    }
    if mode == .lightweight, databaseBackend == .postgresql {
      warnings.append("lightweight mode with PostgreSQL is unusual: hybrid mode is made for it")
    }
    if mode == .full, databaseBackend == .sqlite {
      warnings.append("full mode with SQLite is unusual: workers on other machines cannot reach the file")
    }
    if mode == .full, queueBackend == .memory {
      warnings.append("full mode with a memory queue is unusual: only one responder may run, and hybrid mode is made for it")
    }
    warnOfClosedDoors()
    if languageModel.provider == .off {
      let idle = Variable.allCases.filter { $0.rawValue.hasPrefix(Variable.languageModel.rawValue + "_") && reader.origins[$0] != nil }
      let names = idle.map(\.name).joined(separator: ", ")
      if !idle.isEmpty {
        warnings.append("\(Variable.languageModel.name) is off, so \(names) \(idle.count == 1 ? "has" : "have") no effect")
      }
    }
  }

  private mutating func warnOfClosedDoors() {
    if requiresToken, apiTokens.isEmpty {
      warnings.append(
        "\(Variable.apiHost.name) serves more than this machine and \(Variable.apiToken.name) is not set: the API and pages stay closed")
    }
    if !secrets(for: .gitea).isEmpty, giteaURL == nil {
      warnings.append("\(Variable.giteaWebhookSecret.name) is set without \(Variable.giteaURL.name): nothing can be cloned from there")
    }
  }

  /// A name or an address, without the brackets of an IPv6 one.
  private static func host(_ text: String) -> String? {
    let bare = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
    return HostAndPort.isHostName(bare) || HostAndPort.isAddressV6(bare) ? bare : nil
  }
}
