// The engine as the service and the command line have it.

import Domain
import Pipeline
import Settings
import Threading
import Validation

/// Makes engines.
public enum Engines {
  /// For the service: tools of other languages run in the sandbox, or not at all.
  static func engine(_ settings: Settings, clock: any WallClock) -> Engine {
    engine(tools: settings.sandbox == .bubblewrap ? SandboxedTools() : nil, clock: clock)
  }

  /// For the command line.
  public static func local() -> Engine { engine(tools: SandboxedTools(), clock: SystemClock(), threads: processorCount) }

  /// A service's workers are threads already: each of their runs keeps to one.
  private static func engine(tools: SandboxedTools?, clock: any WallClock, threads: Int = 1) -> Engine {
    Engine(
      validator: Validator(tools: tools, threads: threads, configuration: ValidationConfiguration(now: { clock.now() })), threads: threads)
  }
}
