// `renamed-value`: a document names a string constant that the change renamed; the mention takes the new name.

import Domain

/// Answers `removed-value` with the new name, when the evidence has exactly one.
public struct RenamedValueStrategy: Strategy {
  public let name = "renamed-value"
  public let rules: Set<String> = ["removed-value"]

  public init() {}

  public func fixes(for finding: Finding, in context: HealingContext) -> [Fix] {
    LiteralRepair.fixes(for: finding, in: context, strategy: name)
  }
}
