// `changed-address`: a document leads to a repository that the change moved; the link takes the new address.

import Domain

/// Answers `moved-repository` with the address that took the old one's place in the code.
public struct ChangedAddressStrategy: Strategy {
  public let name = "changed-address"
  public let rules: Set<String> = ["moved-repository"]

  public init() {}

  public func fixes(for finding: Finding, in context: HealingContext) -> [Fix] {
    LiteralRepair.fixes(for: finding, in: context, strategy: name)
  }
}
