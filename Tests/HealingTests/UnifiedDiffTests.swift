// Patches, judged by git itself.

import Domain
import Healing
import TestSupport
import Testing

@Suite struct UnifiedDiffTests {
  @Test func looksAsGitWritesIt() {
    let old = "a\nb\nc\nd\ne\nf\ng\nh\n"
    let patch = UnifiedDiff.patch([
      FilePair(path: "docs/a.md", old: Array(old.utf8), new: Array(old.replacing("e", with: "E\nE2").utf8)),
      FilePair(path: "same.md", old: [1], new: [1]),
      FilePair(path: "ü b.md", old: Array("x".utf8), new: Array("y\n".utf8)),
      FilePair(path: "c d.md", old: [], new: Array("y\n".utf8)),
    ])
    #expect(
      String(decoding: patch, as: UTF8.self) == """
        diff --git a/docs/a.md b/docs/a.md
        --- a/docs/a.md
        +++ b/docs/a.md
        @@ -2,7 +2,8 @@
         b
         c
         d
        -e
        +E
        +E2
         f
         g
         h
        diff --git "a/\\303\\274 b.md" "b/\\303\\274 b.md"
        --- "a/\\303\\274 b.md"
        +++ "b/\\303\\274 b.md"
        @@ -1 +1 @@
        -x
        \\ No newline at end of file
        +y
        diff --git a/c d.md b/c d.md
        --- a/c d.md\t
        +++ b/c d.md\t
        @@ -0,0 +1 @@
        +y

        """)
  }

  @Test func gitAppliesIt() throws {
    let folder = try TemporaryDirectory("patch")
    _ = try runCommand(["git", "init", "-q", folder.path])
    var number = 0
    forAll(cases: 150) { random in
      number += 1
      var pairs: [FilePair] = []
      for file in 0...random.int(in: 0...2) {
        let name = random.pick(["a.md", "with space.md", "naïve.md", "quote\"d.md", "tab\tbed.md", "back\\slash.md", "-dash.md"])
        let path = "case\(number)/\(file)/\(name)"
        let old = random.document()
        let new = random.bool() ? random.document() : try FixApplier.apply(random.edits(of: old, at: path), to: old).bytes
        try folder.write(path, bytes: old)
        pairs.append(FilePair(path: path, old: old, new: new))
      }
      let patch = UnifiedDiff.patch(pairs)
      guard !patch.isEmpty else { return }
      let file = try folder.write("p\(number).patch", bytes: patch)
      let result = try runCommand(["git", "apply", "--whitespace=nowarn", file], directory: folder.path)
      #expect(result.status == 0, "\(result.errorOutput) \(random.comment)")
      for pair in pairs { #expect(try readFile(folder(pair.path)) == pair.new, "\(pair.path) \(random.comment)") }
    }
  }
}
