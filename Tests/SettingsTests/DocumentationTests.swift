// The pages and the code list the same variables and keys.

import Foundation
import Testing

@testable import Settings

private func page(_ name: String) throws -> String {
  let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  return String(decoding: try Data(contentsOf: root.appending(path: "docs").appending(path: name)), as: UTF8.self)
}

@Suite struct DocumentationTests {
  @Test func everyVariableIsDocumented() throws {
    let text = try page("configure.md")
    for variable in Variable.allCases { #expect(text.contains("| `\(variable.name)` |"), "\(variable.name) has no row") }
  }

  @Test func everyDocumentedVariableExists() throws {
    for match in try page("configure.md").matches(of: /DOC_HEALING_[A-Z_]*[A-Z]/) {
      #expect(Variable.allNames.contains(String(match.output)), "\(match.output) is not a variable")
    }
  }

  @Test func everyKeyIsDocumented() throws {
    let text = try page("configure-a-repository.md")
    for key in RepositoryConfiguration.allKeys where key.contains(".") || key == "enabled" {
      #expect(text.contains("| `\(key.replacing("*", with: "NAME"))` |"), "\(key) has no row")
    }
  }

  @Test func theExampleHasNoMistakes() throws {
    let text = try page("configure-a-repository.md")
    let example = try #require(text.firstMatch(of: /(?s)```yaml\n(.*?)```/)?.output.1)
    let (configuration, mistakes) = RepositoryConfiguration.parse(Array(example.utf8))
    #expect(mistakes.isEmpty)
    #expect(configuration != RepositoryConfiguration())
  }
}
