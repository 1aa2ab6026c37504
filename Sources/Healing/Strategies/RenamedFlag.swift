// `renamed-flag`: a document names a flag that the change renamed; the mention takes the new name.

import Domain

/// Answers `removed-flag` with the new name, when the evidence has exactly one.
public struct RenamedFlagStrategy: Strategy {
  public let name = "renamed-flag"
  public let rules: Set<String> = ["removed-flag"]

  public init() {}

  public func fixes(for finding: Finding, in context: HealingContext) -> [Fix] {
    LiteralRepair.fixes(for: finding, in: context, strategy: name)
  }
}
