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
  public static func local() -> Engine { engine(tools: SandboxedTools(), clock: SystemClock()) }

  private static func engine(tools: SandboxedTools?, clock: any WallClock) -> Engine {
    Engine(validator: Validator(tools: tools, configuration: ValidationConfiguration(now: { clock.now() })))
  }
}
