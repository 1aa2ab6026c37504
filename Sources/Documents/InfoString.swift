// What stands behind a fence. There is no standard beyond "the first word is the language"; these are the ways in which the
// generators of documentation extended it:
//   ```python title="x.py" {1,3-5}       Docusaurus, MkDocs, VitePress …
//   ```js{1,3}    ```js:title            Gatsby, Zenn
//   ```rust,ignore,should_panic          rustdoc, mdBook
//   ```{.python .numberLines start="2"}  Pandoc
//   ```{code-block} python               MyST
//   ```{python, echo=FALSE}              knitr, Quarto

import Domain

/// The parts of an info string.
struct InfoString: Hashable {
  /// Normalised; nil when there is none.
  var language: String?
  var attributes: [Attribute] = []

  init(_ text: String) {
    var words = Words(text)
    let first = words.next()
    if let first, first.utf8.first == UInt8(ascii: "{") {
      readBraces(first, &words)
    } else if let first {
      readLanguage(first)
    }
    while let word = words.next() { add(word) }
  }

  /// `js{1,3}`, `js:title`, `rust,ignore`: the language ends where another mark begins.
  private mutating func readLanguage(_ word: Substring) {
    let end = word.firstIndex { $0 == "{" || $0 == ":" || $0 == "=" } ?? word.endIndex
    if end < word.endIndex, word[end] == "=" { return add(word) }
    if end > word.startIndex { language = LanguageNames.normalized(word[..<end]) }
    let rest = word[end...]
    if rest.first == ":" { attributes.append(Attribute(name: "title", value: String(rest.dropFirst()))) }
    if rest.first == "{" { add(rest) }
  }

  /// `{code-block}` names a directive and the language follows; in the other forms the braces hold everything.
  private mutating func readBraces(_ word: Substring, _ words: inout Words) {
    var inner = word.dropFirst()
    if inner.last == "}" { inner = inner.dropLast() }
    var parts = Words(String(inner))
    let head = parts.next()
    if let head, Self.directives.contains(head.lowercased()) {
      attributes.append(Attribute(name: "directive", value: String(head)))
      if let name = words.next() { readLanguage(name) }
    } else if let head {
      readBraced(head)
    }
    while let part = parts.next() { readBraced(part) }
  }

  private mutating func readBraced(_ part: Substring) {
    let isClass = part.first == "."
    let name = isClass ? part.dropFirst() : part
    if language == nil, !name.isEmpty, name.first != "#", !name.contains("="), name.first?.isNumber != true {
      language = LanguageNames.normalized(name)
    } else {
      add(name)
    }
  }

  private mutating func add(_ word: Substring) {
    guard !word.isEmpty else { return }
    guard word.first != "{", let equals = word.firstIndex(of: "=") else {
      return attributes.append(Attribute(name: String(word), value: nil))
    }
    var value = word[word.index(after: equals)...]
    if let quote = value.first, quote == "\"" || quote == "'", value.count > 1, value.last == quote { value = value.dropFirst().dropLast() }
    attributes.append(Attribute(name: String(word[..<equals]), value: String(value)))
  }

  private static let directives: Set<String> = ["code-block", "code", "sourcecode", "code-cell", "literalinclude", "testcode", "doctest"]
}

/// The words of an info string: separated by spaces and commas, but not inside quotes or braces.
private struct Words {
  private let text: String
  private var position: String.Index

  init(_ text: String) {
    self.text = text
    position = text.startIndex
  }

  mutating func next() -> Substring? {
    while position < text.endIndex, Self.separates(text[position]) { position = text.index(after: position) }
    guard position < text.endIndex else { return nil }
    let start = position
    var quote: Character?
    var depth = 0
    while position < text.endIndex {
      let character = text[position]
      if let open = quote {
        if character == open { quote = nil }
      } else if (character == "\"" || character == "'") && text[start..<position].last == "=" {
        quote = character
      } else if character == "{" {
        depth += 1
      } else if character == "}" {
        depth -= 1
      } else if depth == 0 && Self.separates(character) {
        break
      }
      position = text.index(after: position)
    }
    return text[start..<position]
  }

  private static func separates(_ character: Character) -> Bool { character == " " || character == "\t" || character == "," }
}
