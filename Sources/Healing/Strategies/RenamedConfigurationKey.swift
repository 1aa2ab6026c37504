// `renamed-configuration-key`: a document names a configuration key that the change renamed; the mention takes the new name.

import Domain

/// Answers `removed-configuration-key` with the new name, when the evidence has exactly one.
public struct RenamedConfigurationKeyStrategy: Strategy {
  public let name = "renamed-configuration-key"
  public let rules: Set<String> = ["removed-configuration-key"]

  public init() {}

  public func fixes(for finding: Finding, in context: HealingContext) -> [Fix] {
    LiteralRepair.fixes(for: finding, in: context, strategy: name)
  }
}
