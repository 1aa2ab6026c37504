// `renamed-subcommand`: a document names a subcommand that the change renamed; the mention takes the new name.

import Domain

/// Answers `removed-subcommand` with the new name, when the evidence has exactly one.
public struct RenamedSubcommandStrategy: Strategy {
  public let name = "renamed-subcommand"
  public let rules: Set<String> = ["removed-subcommand"]

  public init() {}

  public func fixes(for finding: Finding, in context: HealingContext) -> [Fix] {
    LiteralRepair.fixes(for: finding, in: context, strategy: name)
  }
}
