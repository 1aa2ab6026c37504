// Makefile samples. Broken are recipes that are indented with spaces where make wants a tab, conditionals and definitions that are never
// closed, and those that close without having been opened.
//
// Forgiven in fragments: heads and tails, and indentation of less than four spaces (a page's list may have eaten part of a tab).

import Domain

struct MakefileLanguage: ScannedLanguage {
  let name = "makefile"
  let names = ["makefile"]
  /// `./...` is a path of Go.
  let hasOwnEllipsis = true

  func mistake(in sample: Sample) -> Mistake? {
    var scanner = MakefileScanner(sample: sample)
    return scanner.mistake()
  }

  func forgives(_ mistake: Mistake, in sample: Sample) -> Bool {
    mistake.kind != .malformed || sample.contains(".RECIPEPREFIX") || sample.hasPlaceholder || sample.contains("$ make")
      || sample.contains("…")
      || sample.lines.contains { $0.trimmed.suffix(3).elementsEqual("...".utf8) && $0.trimmed.suffix(4).first != UInt8(ascii: "/") }
  }
}

private struct MakefileScanner {
  let sample: Sample
  private let lines: [ArraySlice<UInt8>]
  private var open: [(name: String, place: Range<Int>)] = []
  private var isAfterRule = false
  private var isContinued = false

  init(sample: Sample) {
    self.sample = sample
    lines = sample.lines
  }

  mutating func mistake() -> Mistake? {
    let shared = lines.filter { !$0.trimmed.isEmpty }.map(Self.spaces).min() ?? 0
    for line in lines {
      let body = line.dropFirst(shared)
      defer { isContinued = line.trimmed.last == UInt8(ascii: "\\") }
      if isContinued || body.trimmed.isEmpty { continue }
      if let found = read(body) { return found }
    }
    return open.last.map { Mistake(.unclosed, $0.place, "`\($0.name)` is never closed") }
  }

  private static func spaces(_ line: ArraySlice<UInt8>) -> Int { (line.firstIndex { $0 != 0x20 } ?? line.endIndex) - line.startIndex }

  private mutating func read(_ line: ArraySlice<UInt8>) -> Mistake? {
    if line.first == 0x09 { return nil }
    let body = line.trimmed
    let word = body.prefix { $0.isLetter }.text
    if let found = block(word, body) { return found }
    if open.last?.name == "define" || Self.isDirective(word, body) || body.first == UInt8(ascii: "#") { return nil }
    if line.first == 0x20 { return recipe(line) }
    isAfterRule = Self.isRule(body)
    return nil
  }

  /// Behind a rule an indented line is its recipe, unless it is an assignment.
  private func recipe(_ line: ArraySlice<UInt8>) -> Mistake? {
    let spaces = line.prefix { $0 == 0x20 }
    guard isAfterRule, sample.isWhole || spaces.count >= 4, !line.contains(UInt8(ascii: "=")) || sample.isWhole && !Self.isAssignment(line)
    else {
      return nil
    }
    if line.dropFirst(spaces.count).first == 0x09, !sample.isWhole { return nil }
    return Mistake(spaces.startIndex..<spaces.endIndex, "a recipe that is indented with spaces: make wants a tab")
  }

  private mutating func block(_ word: String, _ body: ArraySlice<UInt8>) -> Mistake? {
    let place = body.startIndex..<body.startIndex + word.utf8.count
    switch word {
    case "ifeq", "ifneq", "ifdef", "ifndef":
      if open.last?.name != "define" { open.append((word, place)) }
    case "define":
      open.append((word, place))
    case "endif", "endef":
      if open.last?.name == "define", word == "endif" { return nil }
      guard let last = open.popLast(), (last.name == "define") == (word == "endef") else {
        return Mistake(.stray, place, "`\(word)` closes nothing")
      }
    default: break
    }
    return nil
  }

  private static func isDirective(_ word: String, _ body: ArraySlice<UInt8>) -> Bool {
    [
      "ifeq", "ifneq", "ifdef", "ifndef", "else", "endif", "define", "endef", "include", "sinclude", "export", "unexport", "override",
      "vpath",
      "undefine",
    ].contains(word) || body.first == UInt8(ascii: "-")
  }

  /// `target: sources`, not `name := value` and not an address.
  private static func isRule(_ body: ArraySlice<UInt8>) -> Bool {
    guard let colon = body.firstIndex(of: UInt8(ascii: ":")), colon > body.startIndex else { return false }
    let rest = body[(colon + 1)...]
    if body[..<colon].contains(UInt8(ascii: "=")) || rest.contains(UInt8(ascii: "=")) || rest.contains(UInt8(ascii: ";")) { return false }
    return body[..<colon].allSatisfy { $0.isWord || " .-_/%$()*".utf8.contains($0) } && rest.first != UInt8(ascii: "/")
  }

  private static func isAssignment(_ line: ArraySlice<UInt8>) -> Bool {
    let name = line.trimmed.prefix { $0.isWord || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    let rest = line[name.endIndex...].drop(while: \.isBlank)
    return [":=", "=", "?=", "+=", "::=", "!="].contains { rest.starts(with: $0.utf8) }
  }
}
