// The registry holds every strategy, and every strategy is documented and specified.

import TestSupport
import Testing

@testable import Healing

@Suite struct RegistryTests {
  static let root = testFolder.split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 }
  static let names = StrategyRegistry.standard.strategies.map(\.name)

  @Test(arguments: names) func aStrategyIsDocumentedAndSpecified(_ name: String) throws {
    #expect(fileExists("\(testFolder)/Specs/\(name).md"), "no spec for \(name)")
    let page = String(decoding: try readFile("\(Self.root)/docs/strategies/\(name).md"), as: UTF8.self)
    #expect(page.hasPrefix("# \(name)\n"))
    for section in ["## What it does", "## Example", "## Fix safety"] {
      #expect(page.contains(section), "docs/strategies/\(name).md has no section \(section)")
    }
  }

  @Test func everyStrategyFileIsRegistered() throws {
    let files = try namesInDirectory("\(Self.root)/Sources/Healing/Strategies").filter { $0.hasSuffix(".swift") }
    let registered = StrategyRegistry.standard.strategies.map { "\(type(of: $0))".replacing("Strategy", with: "") + ".swift" }
    #expect(files.sorted() == registered.sorted())
  }

  @Test func namesAreDistinctKebabCase() {
    #expect(Set(Self.names).count == Self.names.count)
    #expect(Self.names.allSatisfy { $0.utf8.allSatisfy { ($0 >= 97 && $0 <= 122) || $0 == 45 } })
  }
}
