import Domain
import Settings
import Testing

/// Entries of `ignore`: read, and written into files that people wrote.
@Suite struct IgnoreEntryTests {
  private func adding(_ entry: [(key: String, value: String)], to text: String) -> String? {
    RepositoryConfiguration.adding(ignore: entry, to: Array(text.utf8), knownRules: ["broken-link"]).map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  private let entry = [
    (key: "rule", value: "broken-link"), (key: "until", value: "2027-01-31"), (key: "reason", value: "it's \"so\" \\ ok"),
  ]
  private let lines = "  - rule: \"broken-link\"\n    until: \"2027-01-31\"\n    reason: \"it's \\\"so\\\" \\\\ ok\"\n"

  @Test func isAddedToWhatPeopleWrote() {
    #expect(adding(entry, to: "") == "ignore:\n" + lines)
    #expect(adding(entry, to: "# ours\nenabled: true\n") == "# ours\nenabled: true\n\nignore:\n" + lines)
    #expect(
      adding(entry, to: "ignore:\n  # why\n  - file: \"a/**\"\n\nenabled: true")
        == "ignore:\n  # why\n  - file: \"a/**\"\n" + lines + "\nenabled: true\n")
    #expect(adding(entry, to: "ignore:\n- file: a.md\nenabled: true\n")?.contains("\n- rule: \"broken-link\"\n  until:") == true)
    #expect(adding(entry, to: "enabled: true\r\n")?.contains("\r\nignore:\r\n  - rule:") == true)
  }

  @Test(arguments: ["ignore: []\n", "ignore: [{rule: broken-link}]\n", "a: [", "ignore:\n  rule: broken-link\n", "- a\n"])
  func leavesFilesAloneThatItDoesNotUnderstand(_ text: String) { #expect(adding(entry, to: text) == nil) }

  @Test func knowsWhatIsThereAlready() throws {
    let text = try #require(adding(entry, to: "enabled: true\n"))
    #expect(RepositoryConfiguration.holds(ignore: entry, in: Array(text.utf8), knownRules: ["broken-link"]))
    #expect(!RepositoryConfiguration.holds(ignore: entry, in: Array("enabled: true\n".utf8), knownRules: ["broken-link"]))
    #expect(!RepositoryConfiguration.holds(ignore: [entry[0]], in: Array(text.utf8), knownRules: ["broken-link"]))
  }

  @Test func coversWhatItNames() throws {
    func covers(_ target: RepositoryConfiguration.IgnoreEntry.Target, until: String? = nil) -> Bool {
      RepositoryConfiguration.IgnoreEntry(target: target, until: until)
        .covers(rule: "broken-link", path: "docs/a.md", fingerprint: "3f9ac1d2e4b5a697", on: "2026-11-24")
    }
    #expect(covers(.rule("broken-link")) && !covers(.rule("other")))
    let (mine, other) = (try Glob("docs/"), try Glob("other/"))
    #expect(covers(.file(mine)) && !covers(.file(other)))
    #expect(covers(.finding("3f9ac1")) && !covers(.finding("3f9ac2")) && !covers(.finding("3f9ac1d2e4b5a697-2")))
    #expect(covers(.rule("broken-link"), until: "2026-11-24") && !covers(.rule("broken-link"), until: "2026-11-23"))
  }

  @Test(arguments: [
    "ignore:\n  - rule: no-such\n", "ignore:\n  - {}\n", "ignore:\n  - {rule: broken-link, file: a}\n", "ignore:\n  - {finding: abc}\n",
    "ignore:\n  - {rule: broken-link, until: 2027-02-30}\n", "ignore: 3\n",
  ])
  func mistakesAreTold(_ text: String) {
    let (configuration, mistakes) = RepositoryConfiguration.parse(Array(text.utf8), knownRules: ["broken-link"])
    #expect(configuration.ignored.isEmpty && mistakes.count == 1, "\(mistakes)")
  }
}
