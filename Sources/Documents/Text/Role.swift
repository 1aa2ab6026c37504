// Roles: what a name in backquotes is, as Sphinx writes it: :func:`name` in reStructuredText, {func}`name` in MyST. One table says what each
// role means to the engine. A title may stand before the name: `title <name>`.

import Domain

/// A role and what it makes of the text behind it.
struct Role {
  enum Meaning: Hashable {
    /// A name of the code, a file, an option: judged as a code span.
    case code
    /// A page or a label.
    case crossReference
    /// Text with a style.
    case text
  }

  let name: String

  /// Without its domain: `py:func` and `func` are one. `c:func` too: the name is looked for in all code.
  init(name: String) {
    let lower = name.lowercased()
    self.name = lower.lastIndex(of: ":").map { String(lower[lower.index(after: $0)...]) } ?? lower
  }

  var meaning: Meaning { Self.meanings[name] ?? .code }

  private static let meanings: [String: Meaning] = {
    var table: [String: Meaning] = [:]
    for name in ["doc", "ref", "numref", "any", "download", "term", "keyword", "token", "eq", "std-ref", "std-doc", "external"] {
      table[name] = .crossReference
    }
    for name in [
      "abbr", "dfn", "guilabel", "menuselection", "kbd", "sub", "sup", "subscript", "superscript", "emphasis", "strong", "title",
      "title-reference", "t", "math", "manpage", "pep", "rfc", "cite", "cite-p", "cite-t", "footcite", "raw", "mailheader", "newsgroup",
      "mimetype", "index", "issue", "pr", "pull", "user", "ghissue", "ghpull", "gh", "bpo", "cve", "cwe", "wiki", "github", "regexp", "bdg",
      "octicon", "fa", "icon", "html", "emoji", "del", "ins", "attr-literal", "eval", "sub-ref", "span", "badge", "button", "bdg-primary",
      "source", "underline", "red", "color", "fas", "fab", "commit", "pypi", "ticket", "djadmin-link", "versionadded", "deprecated",
    ] { table[name] = .text }
    return table
  }()

  /// - Parameter span: the bytes between the backquotes.
  func reference(text: String, span: Span, bytes: Bytes, block: Int) -> Reference {
    let inner = target(in: span, bytes)
    switch meaning {
    case .code:
      let place = inner ?? span
      let first = place.isEmpty ? 0 : bytes[place.start]
      let isMarked = first == UInt8(ascii: "~") || first == UInt8(ascii: "!")
      let name = Span(place.start + (isMarked ? 1 : 0), place.end)
      return Reference(kind: .codeSpan, text: joined(bytes.string(name)), span: name, block: block, role: self.name)
    case .crossReference:
      let place = inner ?? span
      let target = joined(bytes.string(place))
      let title = inner.map { bytes.trimmed(span.start, $0.start - 1) } ?? span
      let shown = inner == nil ? text : joined(bytes.string(title))
      return Reference(
        kind: .crossReference, text: shown, span: title.isEmpty ? place : title, target: target,
        targetSpan: target == bytes.string(place) ? place : nil, block: block, role: self.name)
    case .text: return Reference(kind: .crossReference, text: text, span: span, block: block, role: self.name)
    }
  }

  /// The name in `title <name>`.
  private func target(in span: Span, _ bytes: Bytes) -> Span? {
    guard span.count > 2, bytes[span.end - 1] == UInt8(ascii: ">") else { return nil }
    var open = span.end - 2
    while open > span.start, bytes[open] != UInt8(ascii: "<") { open -= 1 }
    guard open > span.start, bytes[open] == UInt8(ascii: "<"), bytes[open - 1].isSpace, open + 1 < span.end - 1 else { return nil }
    return Span(open + 1, span.end - 1)
  }

  /// Line breaks are spaces.
  private func joined(_ text: String) -> String {
    text.utf8.contains { $0 == 0x0A || $0 == 0x0D }
      ? text.split { $0.isNewline }.map { $0.drop { $0 == " " || $0 == "\t" } }.joined(separator: " ") : text
  }
}

/// The name of a role in MyST's form, before a code span.
enum RoleName {
  /// - Parameter start: the first byte of the code, behind its backquotes.
  static func before(_ start: Int, in bytes: Bytes) -> String? {
    var position = start
    if position > 0, bytes[position - 1] == 0x20 { position -= 1 }
    guard position > 0, bytes[position - 1] == UInt8(ascii: "`") else { return nil }
    while position > 0, bytes[position - 1] == UInt8(ascii: "`") { position -= 1 }
    guard position > 1, bytes[position - 1] == UInt8(ascii: "}") else { return nil }
    let end = position - 1
    position = end
    while position > 0, end - position < 64, isName(bytes[position - 1]) { position -= 1 }
    guard position > 0, position < end, bytes[position - 1] == UInt8(ascii: "{"), bytes[position].isLetter else { return nil }
    return bytes.string(Span(position, end))
  }

  static func isName(_ byte: UInt8) -> Bool {
    byte.isLetter || byte.isDigit || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
      || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
  }
}
