// The engine as the service and the command line have it.

import Domain
import Pipeline
import Settings
import StorageSQLite
import Threading
import Validation
import Workspace

/// Makes engines.
public enum Engines {
  /// For the service: tools of other languages run in the sandbox, or not at all.
  static func engine(_ settings: Settings, clock: any WallClock) -> Engine {
    let content = SQLiteContentCache(path: "\(settings.dataDirectory)/cache/content.db", now: clock.now())
    return engine(
      sandbox: settings.sandbox == .bubblewrap ? Sandbox() : nil, clock: clock, content: content,
      packages: "\(settings.dataDirectory)/packages")
  }

  /// For the command line. What is known by content is kept in the user's cache folder (XDG Base Directory Specification).
  public static func local() -> Engine {
    let clock = SystemClock()
    let content = cacheFolder.map { SQLiteContentCache(path: "\($0)/doc-healing/content.db", now: clock.now()) }
    return engine(
      sandbox: Sandbox(), clock: clock, content: content, packages: cacheFolder.map { "\($0)/doc-healing/packages" },
      threads: processorCount)
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

  /// A service's workers are threads already: each of their runs keeps to one.
  private static func engine(
    sandbox: Sandbox?, clock: any WallClock, content: (any ContentCache)?, packages: String?, threads: Int = 1
  ) -> Engine {
    let tools = sandbox.map { SandboxedTools(sandbox: $0) }
    let store = packages.map { DependencyStore(folder: $0, environment: installerEnvironment) }
    return Engine(
      validator: Validator(
        tools: tools, threads: threads, configuration: ValidationConfiguration(now: { clock.now() }),
        verdicts: content.map { ContentVerdicts($0) } ?? MemoryVerdictCache()),
      host: sandbox.map { sandbox in { SandboxedHost($0, sandbox: sandbox, dependencies: store) } }, content: content, threads: threads)
  }
}
