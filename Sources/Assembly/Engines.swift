// The engine as the service and the command line have it.

import Domain
import Pipeline
import Settings
import StorageSQLite
import Threading
import Validation

/// Makes engines.
public enum Engines {
  /// For the service: tools of other languages run in the sandbox, or not at all.
  static func engine(_ settings: Settings, clock: any WallClock) -> Engine {
    let content = SQLiteContentCache(path: "\(settings.dataDirectory)/cache/content.db", now: clock.now())
    return engine(tools: settings.sandbox == .bubblewrap ? SandboxedTools() : nil, clock: clock, content: content)
  }

  /// For the command line. What is known by content is kept in the user's cache folder (XDG Base Directory Specification).
  public static func local() -> Engine {
    let clock = SystemClock()
    let content = cacheFolder.map { SQLiteContentCache(path: "\($0)/doc-healing/content.db", now: clock.now()) }
    return engine(tools: SandboxedTools(), clock: clock, content: content, threads: processorCount)
  }

  private static var cacheFolder: String? {
    let environment = Environment.current
    if let folder = environment["XDG_CACHE_HOME"], folder.hasPrefix("/") { return folder }
    return environment["HOME"].flatMap { $0.hasPrefix("/") ? "\($0)/.cache" : nil }
  }

  /// A service's workers are threads already: each of their runs keeps to one.
  private static func engine(
    tools: SandboxedTools?, clock: any WallClock, content: (any ContentCache)?, threads: Int = 1
  ) -> Engine {
    Engine(
      validator: Validator(
        tools: tools, threads: threads, configuration: ValidationConfiguration(now: { clock.now() }),
        verdicts: content.map { ContentVerdicts($0) } ?? MemoryVerdictCache()), content: content, threads: threads)
  }
}
