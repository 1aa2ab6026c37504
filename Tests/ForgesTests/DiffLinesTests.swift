import Testing

@testable import Forges

@Suite struct DiffLinesTests {
  @Test func readsNamesAsGitWritesThem() {
    let diff = """
      diff --git "a/d\\303\\251j\\303\\240.md" "b/d\\303\\251j\\303\\240.md"
      --- "a/d\\303\\251j\\303\\240.md"
      +++ "b/d\\303\\251j\\303\\240.md"
      @@ -1,2 +1,2 @@
       one
      --- two
      +++ b/no.md
      diff --git a/gone.md b/gone.md
      --- a/gone.md
      +++ /dev/null
      @@ -1 +0,0 @@
      -gone
      diff --git a/old.md b/new.md
      rename from old.md
      rename to new.md
      --- a/old.md
      +++ b/new.md
      @@ -3 +3,2 @@ title
       three
      +four
      \\ No newline at end of file
      """
    let lines = DiffLines(diff: diff)
    #expect(lines.files.keys.sorted() == ["déjà.md", "new.md"])
    #expect(lines.accept(1...2, of: "déjà.md") && !lines.accept(1...3, of: "déjà.md"))
    #expect(lines.files["new.md"]?.oldPath == "old.md")
    #expect(lines.oldLine(of: 3, in: "new.md") == 3 && lines.oldLine(of: 4, in: "new.md") == nil)
  }

  @Test(arguments: ["@@ -1,9 +1,9 @@\n+x", "@@ -99999999999,1 +1 @@\n", "@@ -1,x +1,1 @@\n+a", "@@ -", "", "@@ -1 +1,-2 @@\n"])
  func livesWithNonsense(patch: String) {
    var lines = DiffLines()
    lines.add(path: "a", oldPath: "a", patch: patch)
    #expect(!lines.accept(2...9, of: "a"))
  }

  @Test func keepsGitLabFromTakingLinesForCommands() {
    let text = "/close\nfine\n  /merge\n```\n/in code\n```\n~~~~\n```\n/in code\n~~~~\n/label ~x"
    #expect(GitLabText.harmless(text) == "\\/close\nfine\n  \\/merge\n```\n/in code\n```\n~~~~\n```\n/in code\n~~~~\n\\/label ~x")
  }

  @Test func readsTimes() {
    #expect(APITime.parse("2026-11-24T05:24:56Z")?.rfc3339 == "2026-11-24T05:24:56.000Z")
    #expect(APITime.parse("2026-11-24T05:24:56.7891+02:00")?.rfc3339 == "2026-11-24T03:24:56.789Z")
    #expect(APITime.parse("2026-13-24T05:24:56Z") == nil && APITime.parse("yesterday") == nil)
  }
}
