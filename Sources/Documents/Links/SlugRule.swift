// How programs make the anchor of a heading out of its text. Each rule is what its program does to text, as documented or read in its
// source; numbers for equal headings are the caller's.
//
//   gitHub          lower case; letters, digits, `_` and `-` stay, a space is `-`, the rest goes; doubles `-1` (also mdBook, Docusaurus, Gitea)
//   gitLab          like GitHub's, runs of `-` become one
//   pythonMarkdown  ASCII only, blanks and runs of `-` become one `-`; doubles `_1` (MkDocs)
//   pymdownx        like Python-Markdown's with letters of every script
//   docutils        ASCII letters and digits, every run of anything else is one `-` (Sphinx)
//   vitePress       accents go, every run of punctuation is one `-` (VitePress, VuePress)
//   kramdown        what stands before the first letter goes; doubles `-1` (Jekyll)

import Domain

/// How a program makes anchors out of headings.
public enum SlugRule: Int, Sendable, Hashable, CaseIterable {
  case gitHub, gitLab, pythonMarkdown, pymdownx, docutils, vitePress, kramdown

  /// The rule of the program that makes a site.
  init(_ generator: Site.Generator?) {
    switch generator {
    case .mkdocs: self = .pythonMarkdown
    case .sphinx: self = .docutils
    case .vitepress, .vuepress: self = .vitePress
    case .jekyll: self = .kramdown
    default: self = .gitHub
    }
  }

  /// What stands before the number of a heading's double.
  var doubleMark: String { self == .pythonMarkdown || self == .pymdownx ? "_" : "-" }

  /// The anchor of a text.
  public func slug(_ text: String) -> String {
    let scalars = HeadingText.withoutEntities(text)
    switch self {
    case .gitHub: return kept(scalars, squeezes: false)
    case .gitLab: return kept(scalars, squeezes: true)
    case .pythonMarkdown: return kept(folded(scalars), squeezes: true, trims: true)
    case .pymdownx: return kept(scalars, squeezes: true, trims: true)
    case .docutils: return runs(folded(scalars)) { ($0 >= 97 && $0 <= 122) || ($0 >= 48 && $0 <= 57) }
    case .vitePress: return runs(folded(scalars)) { ($0 >= 97 && $0 <= 122) || ($0 >= 48 && $0 <= 57) || $0 == 95 || $0 >= 0x80 }
    case .kramdown: return kept(Array(scalars.drop { !$0.properties.isAlphabetic }), squeezes: false)
    }
  }

  private func kept(_ scalars: [Unicode.Scalar], squeezes: Bool, trims: Bool = false) -> String {
    var result = String.UnicodeScalarView()
    for scalar in scalars {
      let isBlank = scalar == " " || scalar == "-" || (trims && scalar.properties.isWhitespace)
      if isBlank {
        if squeezes, result.last == "-" { continue }
        if trims, result.isEmpty, scalar != "-" { continue }
        result.append("-")
      } else if isWord(scalar) {
        Self.appendLowercased(scalar, to: &result)
      }
    }
    if trims { while result.last == "-", scalars.last != "-" { result.removeLast() } }
    return String(result)
  }

  private func isWord(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x80 {
      let value = scalar.value
      return (value | 0x20 >= 97 && value | 0x20 <= 122) || (value >= 48 && value <= 57) || value == 95
    }
    if self == .pythonMarkdown { return false }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark, .enclosingMark,
      .decimalNumber, .letterNumber, .connectorPunctuation:
      return true
    default: return false
    }
  }

  private static func appendLowercased(_ scalar: Unicode.Scalar, to result: inout String.UnicodeScalarView) {
    if scalar.value < 0x80 {
      result.append(scalar.value >= 65 && scalar.value <= 90 ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar)
    } else {
      result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
    }
  }

  /// Accepted characters in lower case, every run of others as one `-`, none at the ends.
  private func runs(_ scalars: [Unicode.Scalar], accepts: (UInt32) -> Bool) -> String {
    var result = String.UnicodeScalarView()
    var lower = String.UnicodeScalarView()
    for scalar in scalars { Self.appendLowercased(scalar, to: &lower) }
    for scalar in lower {
      if accepts(scalar.value) {
        result.append(scalar)
      } else if !result.isEmpty, result.last != "-" {
        result.append("-")
      }
    }
    if result.last == "-" { result.removeLast() }
    if self == .docutils { while let first = result.first, first == "-" || (first >= "0" && first <= "9") { result.removeFirst() } }
    return String(result)
  }

  /// Latin letters without their accents.
  private func folded(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
    scalars.map { scalar in
      guard scalar.value >= 0xC0, scalar.value < 0x180 else { return scalar }
      return Self.plainLetters[Int(scalar.value - 0xC0)]
    }
  }

  /// Letters for U+00C0 to U+017F; those that have none stay.
  private static let plainLetters: [Unicode.Scalar] = {
    let latin1 = "AAAAAAÆCEEEEIIIIÐNOOOOO×OUUUUYÞßaaaaaaæceeeeiiiiðnooooo÷ouuuuyþy"
    let extended =
      "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiĲĳJjKkĸLlLlLlLlLlNnNnNnŉŊŋOoOoOoŒœRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs"
    return Array((latin1 + extended).unicodeScalars)
  }()
}

/// The text of a heading: the id that its author gave it, and what stays for a slug.
struct HeadingText {
  /// Without the id.
  let text: String
  /// `Install {#setup}`, `Install { #setup .wide }`, `Install {/* #setup */}`.
  let id: String?

  init(_ heading: String) {
    guard heading.utf8.last == UInt8(ascii: "}"), let open = heading.lastIndex(of: "{") else {
      (text, id) = (heading, nil)
      return
    }
    let words = heading[heading.index(after: open)...].dropLast().split(whereSeparator: { $0 == " " || $0 == "*" || $0 == "/" || $0 == ":" }
    )
    guard let named = words.first(where: { $0.first == "#" && $0.count > 1 }) else {
      (text, id) = (heading, nil)
      return
    }
    id = String(named.dropFirst())
    var rest = heading[..<open]
    while rest.last == " " { rest.removeLast() }
    text = String(rest)
  }

  /// Without `&amp;` and its like, of which no rule leaves anything.
  static func withoutEntities(_ text: String) -> [Unicode.Scalar] {
    let scalars = Array(text.unicodeScalars)
    guard scalars.contains("&") else { return scalars }
    var result: [Unicode.Scalar] = []
    var position = 0
    while position < scalars.count {
      if scalars[position] == "&", let end = scalars[position...].prefix(12).firstIndex(of: ";"), end > position + 1,
        scalars[(position + 1)..<end].allSatisfy({ $0.properties.isAlphabetic || $0 == "#" || ($0 >= "0" && $0 <= "9") })
      {
        position = end + 1
      } else {
        result.append(scalars[position])
        position += 1
      }
    }
    return result
  }

  /// Without emoji short names (`:rocket:`): a forge shows a picture of which no rule leaves anything.
  static func withoutShortNames(_ text: String) -> String? {
    guard text.contains(":") else { return nil }
    var result = ""
    var rest = text[...]
    var found = false
    while let open = rest.firstIndex(of: ":") {
      let behind = rest[rest.index(after: open)...]
      let name = behind.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "+" || $0 == "-" }
      result += rest[..<open]
      if !name.isEmpty, name.endIndex < rest.endIndex, rest[name.endIndex] == ":" {
        rest = rest[rest.index(after: name.endIndex)...]
        found = true
      } else {
        result += ":"
        rest = behind
      }
    }
    return found ? result + rest : nil
  }
}
