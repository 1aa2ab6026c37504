// Every strategy there is, in the order in which they are asked. Written by hand: what heals documents should be readable
// in one place.

import Domain

/// The list of strategies.
public struct StrategyRegistry: Sendable {
  public let strategies: [any Strategy]

  public init(_ strategies: [any Strategy]) { self.strategies = strategies }

  /// The strategies that the engine comes with.
  public static let standard = StrategyRegistry([
    MovedFileStrategy(),
    RenamedHeadingStrategy(),
    LinkCaseStrategy(),
    BrokenLinkTargetStrategy(),
    RefreshedEmbedStrategy(),
    RenamedSymbolStrategy(),
    ChangedCallStrategy(),
    RenamedParameterStrategy(),
    MirroredTextStrategy(),
    ChangedAddressStrategy(),
    ChangedDefaultStrategy(),
    ChangedBranchStrategy(),
    ChangedDependencyStrategy(),
    ChangedTermStrategy(),
    MovedVersionStrategy(),
    RenamedConfigurationKeyStrategy(),
    RenamedEnvironmentVariableStrategy(),
    RenamedFlagStrategy(),
    RenamedSubcommandStrategy(),
    RenamedValueStrategy(),
    SyntaxRepairStrategy(),
    RefreshedOutputStrategy(),
  ])

  /// The fixes that any strategy has for the finding: in the order of the list, each strategy's best first.
  public func fixes(for finding: Finding, in context: HealingContext) -> [Fix] {
    strategies.filter { $0.rules.contains(finding.rule) }.flatMap { $0.fixes(for: finding, in: context) }
  }
}
