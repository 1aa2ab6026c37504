import Domain
import TestSupport
import Testing

@testable import SourceCode

@Suite struct TextChangeTests {
  private func substitutions(_ old: String, _ new: String) -> [String] {
    RawComparison(Array(old.utf8), Array(new.utf8)).substitutions.map { "\($0.old) -> \($0.new)" }
  }

  @Test func aWordAndItsPath() {
    #expect(substitutions("  let a = shop.order(1)\n", "  let a = shop.buy(1)\n") == ["order -> buy", "shop.order -> shop.buy"])
    #expect(
      substitutions("use old_lib::net::Client;\n", "use new_lib::net::Client;\n") == [
        "old_lib -> new_lib", "old_lib::net -> new_lib::net", "old_lib:: -> new_lib::",
      ])
  }

  @Test func namesWithHyphensAreWhole() {
    #expect(substitutions("name = \"web-frame\"\n", "name = \"web-wave\"\n") == ["web-frame -> web-wave"])
    #expect(
      substitutions("url = \"https://host.org/me/web-frame\"\n", "url = \"https://host.org/me/waveframe\"\n") == [
        "web-frame -> waveframe", "me/web-frame -> me/waveframe",
      ])
    // A host's last label is no folder.
    #expect(substitutions("url = \"https://host.org/aaa\"\n", "url = \"https://host.org/bbb\"\n") == ["aaa -> bbb"])
  }

  @Test func aLineThatSaysSomethingElseIsNoEvidence() {
    #expect(substitutions("value = read(header)\n", "value = headers[header]\n") == [])
    #expect(substitutions("import (one, two)\n", "import (two, three)\n") == [])
  }

  @Test func findsWholeTextsOnly() {
    let finder = TextFinder(["web-frame", "load_rows", "lib::"])
    func found(_ text: String) -> [String] { finder.matches(in: Array(text.utf8)).map(\.text) }
    #expect(found("web-frame, load_rows() and lib::x") == ["web-frame", "load_rows", "lib::"])
    #expect(found("web-frames my-web-frame web-frame-x preload_rows load_rows2 a::lib::x lib:: ") == [])
  }

  @Test func strengthOfNames() {
    #expect(NameStrength.of("parse_config") == .word)
    #expect(NameStrength.of("onClose") == .word)
    #expect(NameStrength.of("_section") == .word)
    #expect(NameStrength.of("client.close") == .path)
    for text in ["close", "MAXIMUM", "v4", "1.2.0", "CHANGES.rst", "a.b/c"] { #expect(NameStrength.of(text) == .none, "\(text)") }
  }

  /// Every match is exactly its text, matches are in order and apart, and a text between spaces is always found.
  @Test func matchesAreTheirTexts() {
    var random = SeededGenerator(seed: 20_261_124)
    let pieces = ["a", "ab", "_", "-", ".", "::", "/", " ", "\n", "é", "load_rows", "web-frame", "x.y"]
    let texts = ["load_rows", "web-frame", "x.y", "ab"]
    let finder = TextFinder(texts)
    for _ in 0..<300 {
      let parts = (0..<Int.random(in: 0...30, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
      let text = parts.joined() + " load_rows "
      let bytes = Array(text.utf8)
      let matches = finder.matches(in: bytes)
      var end = 0
      for match in matches {
        #expect(String(decoding: bytes[match.range], as: UTF8.self) == match.text, "seed \(random.seed): \(text)")
        #expect(match.range.lowerBound >= end, "seed \(random.seed): \(text)")
        end = match.range.upperBound
      }
      #expect(matches.last?.text == "load_rows", "seed \(random.seed): \(text)")
    }
  }

  @Test func manifestsNameTheirPackages() {
    func declared(_ text: String, _ path: String) -> [String] { PackageNames.declared(in: Array(text.utf8), path: path) }
    #expect(declared("[package]\nname = \"web-frame\"\n[dependencies]\nname = \"other\"\n", "Cargo.toml") == ["web-frame"])
    #expect(declared("{\n  \"name\": \"@me/tool\",\n  \"version\": \"1\"\n}\n", "packages/tool/package.json") == ["@me/tool"])
    #expect(declared("module example.org/store/v2\n\ngo 1.22\n", "go.mod") == ["example.org/store/v2"])
    #expect(declared("setup(\n    name=\"tool\",\n)\n", "setup.py") == ["tool"])
    #expect(declared("x", "README.md") == [])
  }
}
