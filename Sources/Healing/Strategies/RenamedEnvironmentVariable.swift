// `renamed-environment-variable`: a document names an environment variable that the change renamed; the mention takes the new name.

import Domain

/// Answers `removed-environment-variable` with the new name, when the evidence has exactly one.
public struct RenamedEnvironmentVariableStrategy: Strategy {
  public let name = "renamed-environment-variable"
  public let rules: Set<String> = ["removed-environment-variable"]

  public init() {}

  public func fixes(for finding: Finding, in context: HealingContext) -> [Fix] {
    LiteralRepair.fixes(for: finding, in: context, strategy: name)
  }
}
