// The engine as the service and the command line have it.

import Documents
import Domain
import Healing
import Logging
import Pipeline
import Settings
import SourceCode
import Threading
import Validation
import Workspace

/// Makes engines.
public enum Engines {
  /// For the service: tools of other languages run in the sandbox, or not at all.
  static func engine(_ settings: Settings, logger: Logger) -> Engine {
    let tools = settings.sandbox == .bubblewrap ? SandboxedTools() : nil
    return Engine(validator: Validator(tools: tools))
  }

  /// For the command line.
  public static func local() -> Engine { Engine(validator: Validator(tools: SandboxedTools())) }
}
