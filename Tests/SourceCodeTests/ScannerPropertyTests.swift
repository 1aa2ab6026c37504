// What holds for any bytes: the scanner comes to an end, its positions lie in the text, and its work grows with the text and not faster.

import Domain
import TestSupport
import Testing

@testable import SourceCode

@Suite struct ScannerPropertyTests {
  private static let pieces = [
    "{", "}", "(", ")", "[", "]", "<", ">", "\"", "'", "`", "\"\"\"", "'''", "/*", "*/", "//", "#", "\\", "\n", "\r\n", " ", "  ", "\t",
    ";", ",",
    ":", "::", "=", "=>", "->", ".", "$", "@", "%", "&", "*", "?", "!", "~", "${", "#{", "\\(", "f\"", "r#\"", "R\"(", "<<~A", "<<<A",
    "A\n",
    "=begin\n", "=end\n", "%w[", "?>", "<?php ", "#if X\n", "#else\n", "#endif\n", "#define A", "class ", "def ", "fn ", "func ",
    "function ",
    "impl ", "struct ", "enum ", "trait ", "interface ", "type ", "typedef ", "namespace ", "const ", "var ", "let ", "import ", "from ",
    "export ", "pub ", "public ", "static ", "async ", "case ", "mod ", "use ", "alias ", "attr_accessor :", "#[cfg(test)]", "@A(", "x",
    "name", "é",
    "0x1F", "1.5", "extern \"C\" ", "template <", "operator", "\u{0}", "self.", "end\n",
  ]

  /// Positions and names of declarations lie in the text.
  private func check(_ bytes: [UInt8], _ language: SourceLanguage, _ comment: Comment) {
    guard case .success(let file) = FileScanner.scan(bytes, language) else { return }
    let lines = bytes.count { $0 == 0x0A } + 1
    #expect(file.declarations.allSatisfy { 1 <= $0.line && $0.line <= $0.endLine && $0.endLine <= lines }, comment)
    #expect(file.source.tokens.allSatisfy { $0.start <= $0.end && Int($0.end) <= bytes.count }, comment)
  }

  @Test(arguments: SourceLanguage.allCases) func anyBytesAreScanned(_ language: SourceLanguage) {
    forAll(cases: 150) { random in
      check(random.bytes(count: random.int(in: 0...400)).map { random.bool() ? $0 & 0x7F : $0 }, language, random.comment)
    }
  }

  @Test(arguments: SourceLanguage.allCases) func anyPiecesAreScanned(_ language: SourceLanguage) {
    forAll(cases: 400) { random in
      let text = (0..<random.int(in: 0...120)).map { _ in random.pick(Self.pieces) }.joined()
      check(Array(text.utf8), language, random.comment)
    }
  }

  /// A file cut anywhere.
  @Test(arguments: SourceLanguage.allCases) func anyPrefixIsScanned(_ language: SourceLanguage) {
    let bytes = outlineCases.first { $0.language == language }.map { Array($0.text.utf8) } ?? []
    #expect(!bytes.isEmpty)
    for end in bytes.indices { check(Array(bytes[..<end]), language, "cut at \(end)") }
  }

  /// Patterns that would make a careless scanner go back again and again, or call itself too deep.
  @Test(arguments: SourceLanguage.allCases) func hostilePatternsEnd(_ language: SourceLanguage) {
    for pattern in [
      "{", "(", "[", "<", "a<", "a(", "}{", "\"", "/*", "`${", "f\"{", "\\(", "#{", "class a", "class a{", "fn a(", "@a(", "a::", "a.",
      "#if\n", "<<A\n", "=begin\n", "%w(", "'", "\n", " \n ", "def a\n ", "typedef a", "enum{a,", "?", "->", "=>",
    ] {
      let bytes = Array(String(repeating: pattern, count: 15_000 / pattern.utf8.count).utf8)
      guard let source = try? Lexer.lex(bytes, as: language) else { continue }
      #expect(source.tokens.count <= bytes.count + 1)
      check(bytes, language, "\(pattern)")
    }
  }

  /// A renamed function in generated code is found, whatever stands around it.
  @Test func renamesAreFound() {
    forAll(cases: 150) { random in
      let code = GeneratedCode(&random)
      let (old, new) = (code.text(named: "old_\(random.text(count: 6))x"), code.text(named: "new_\(random.text(count: 6))y"))
      let analysis = try analysis(
        ["src/a.\(code.ending)": old.text, "src/b.py": "x = 1\n"], ["src/a.\(code.ending)": new.text, "src/b.py": "x = 1\n"])
      try #require(analysis.removed(old.name)?.certainty == .gone, random.comment)
      let renames = analysis.renames(of: old.name)
      try #require(renames.first?.new.name == new.name, random.comment)
      try #require((renames.first?.confidence ?? 0) >= 0.9, "\(renames.first?.confidence ?? 0) \(random.comment)")
      try #require(renames.count == 1, random.comment)
    }
  }
}

/// A file of some functions in one of a few languages, one of which can be named.
private struct GeneratedCode {
  let ending: String
  private let before: [String]
  private let after: [String]
  private let body: [String]
  private let template: (_ name: String, _ body: [String]) -> String

  init(_ random: inout SeededGenerator) {
    ending = random.pick(["py", "js", "go", "rs", "c", "rb", "swift"])
    template = Self.template(ending)
    body = Self.statements(&random, ending)
    let template = self.template
    let ending = self.ending
    before = (0..<random.int(in: 0...4)).map { template("f\($0)_\(random.text(count: 4))", Self.statements(&random, ending)) }
    after = (0..<random.int(in: 0...4)).map { template("g\($0)_\(random.text(count: 4))", Self.statements(&random, ending)) }
  }

  func text(named name: String) -> (name: String, text: String) {
    (name, (before + [template(name, body)] + after).joined(separator: "\n"))
  }

  private static func statements(_ random: inout SeededGenerator, _ ending: String) -> [String] {
    let end = ending == "py" || ending == "rb" ? "" : ";"
    return (0..<random.int(in: 2...6)).map { _ in
      "\(random.text(count: 3, of: "abcdefgh")) = \(random.text(count: 4, of: "klmnopqr"))(\(random.int(in: 0...99)), \"\(random.text(count: 4))\")\(end)"
    }
  }

  private static func template(_ ending: String) -> (String, [String]) -> String {
    { name, body in
      func lines(_ indent: String) -> String { body.map { indent + $0 + "\n" }.joined() }
      switch ending {
      case "py": return "def \(name)(a, b=1):\n" + lines("    ")
      case "js": return "export function \(name)(a, b) {\n" + lines("  ") + "}\n"
      case "go": return "func \(name)(a int, b string) {\n" + lines("\t") + "}\n"
      case "rs": return "pub fn \(name)(a: u8, b: &str) {\n" + lines("    ") + "}\n"
      case "c": return "int \(name)(int a, char *b)\n{\n" + lines("  ") + "}\n"
      case "rb": return "def \(name)(a, b)\n" + lines("  ") + "end\n"
      default: return "func \(name)(a: Int, b: String) {\n" + lines("  ") + "}\n"
      }
    }
  }
}
