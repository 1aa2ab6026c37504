// The registries hold everything that there is, and everything that they hold is documented and specified.

import TestSupport
import Testing

@testable import Validation

@Suite struct RegistryTests {
  static let root = testFolder.split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 }

  @Test(arguments: RuleRegistry.all.map(\.name)) func aRuleIsDocumentedAndSpecified(_ name: String) throws {
    #expect(fileExists("\(testFolder)/Specs/\(name).md"), "no spec for \(name)")
    let page = String(decoding: try readFile("\(Self.root)/docs/rules/\(name).md"), as: UTF8.self)
    #expect(page.hasPrefix("# \(name)\n"))
    for section in ["## What it does", "## Why is this bad?", "## Example", "## When it says nothing"] {
      #expect(page.contains(section), "docs/rules/\(name).md has no section \(section)")
    }
  }

  @Test(arguments: RuleRegistry.languages.map(\.name)) func aLanguageIsSpecified(_ name: String) {
    #expect(fileExists("\(testFolder)/Specs/lang-\(name).md"), "no spec for \(name)")
  }

  @Test func everyRuleFileIsRegistered() throws {
    let files = try namesInDirectory("\(Self.root)/Sources/Validation/Rules").filter { $0.hasSuffix(".swift") }
    let registered = RuleRegistry.all.map { "\(type(of: $0))".replacingSuffix("Rule", with: ".swift") }
    #expect(files.sorted() == registered.sorted())
  }

  @Test func everyLanguageFileIsRegistered() throws {
    let files = try namesInDirectory("\(Self.root)/Sources/Validation/Languages").filter {
      $0.hasSuffix("Language.swift") && $0 != "Language.swift"
    }
    #expect(files.sorted() == Set(RuleRegistry.languages.map { "\(type(of: $0)).swift" }).sorted())
  }

  @Test func namesAreDistinctKebabCase() {
    let names = RuleRegistry.all.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.allSatisfy { $0.utf8.allSatisfy { ($0 >= 97 && $0 <= 122) || $0 == 45 } })
    let languages = RuleRegistry.languages.flatMap(\.names)
    #expect(Set(languages).count == languages.count)
  }
}

extension String {
  fileprivate func replacingSuffix(_ suffix: String, with other: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) + other : self
  }
}
