// Links by name: `name`_ finds `.. _name: target`, or a title, or a place in the text, wherever in the document it stands. `name`__ takes the
// next anonymous target. Also the marks of list items and fields, which are names of another kind.

import Domain

struct ReStructuredTextNames {
  private struct Use {
    var name: String
    var isPhrase: Bool
    var reference: Int
  }
  private struct Definition {
    var target: String
    var span: Span
  }
  private var uses: [Use] = []
  private var definitions: [String: Definition] = [:]
  private var places: Set<String> = []
  private var anonymous: [Definition] = []

  mutating func refer(_ name: String, isPhrase: Bool, reference: Int) {
    uses.append(Use(name: Self.key(name), isPhrase: isPhrase, reference: reference))
  }

  mutating func define(_ name: String, _ target: Span?, _ bytes: Bytes) {
    if let target {
      definitions[Self.key(name)] = Definition(target: bytes.string(target), span: target)
    } else {
      places.insert(Self.key(name))
    }
  }

  mutating func defineTitle(_ title: String) { places.insert(Self.key(title)) }

  mutating func defineAnonymous(_ target: Span, _ bytes: Bytes) {
    anonymous.append(Definition(target: bytes.string(target), span: target))
  }

  /// Gives links their targets. A word with an underscore behind it that names nothing is no link; a phrase is one to nowhere.
  func resolve(in builder: inout PartsBuilder) {
    var nextAnonymous = 0
    var gone: Set<Int> = []
    for use in uses {
      let link = builder.parts.references[use.reference]
      var found = definition(of: use.name)
      if use.name.isEmpty, nextAnonymous < anonymous.count {
        found = anonymous[nextAnonymous]
        nextAnonymous += 1
      }
      if let found {
        builder.replaceReference(
          use.reference,
          with: Reference(
            kind: .link, text: link.text, span: link.span, target: found.target, targetSpan: found.span, block: link.block))
      } else if use.isPhrase || places.contains(use.name) {
        builder.replaceReference(
          use.reference,
          with: Reference(
            kind: .crossReference, text: link.text, span: link.span, target: use.name.isEmpty ? nil : link.text, block: link.block,
            role: "target"))
      } else {
        gone.insert(use.reference)
      }
    }
    builder.removeReferences(gone)
  }

  /// A target may itself be a name: `.. _a: b_`.
  private func definition(of name: String) -> Definition? {
    var found = definitions[name]
    for _ in 0..<4 {
      guard let target = found?.target, target.hasSuffix("_"), !target.contains("/"),
        let next = definitions[Self.key(String(target.dropLast()))]
      else { break }
      found = next
    }
    return found
  }

  private static func key(_ name: String) -> String {
    name.lowercased().filter { $0 != "\\" && $0 != "`" }.split { $0.isWhitespace }.joined(separator: " ")
  }
}

/// `-`, `*`, `1.`, `#.`, `(a)`, `|`, `:field:`.
enum ItemMark {
  /// Behind the mark, when a blank or the end of the line follows.
  static func end(_ bytes: Bytes, _ start: Int, _ limit: Int) -> Int? {
    guard start < limit else { return nil }
    switch bytes[start] {
    case UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "|"): return accepted(bytes, start + 1, limit)
    case UInt8(ascii: ":"): return field(bytes, start, limit)
    case 0xE2: return bytes.has("•", at: start) ? accepted(bytes, start + 3, limit) : nil
    default: return enumerator(bytes, start, limit)
    }
  }

  private static func accepted(_ bytes: Bytes, _ end: Int, _ limit: Int) -> Int? { end == limit || bytes[end].isBlank ? end : nil }

  private static func field(_ bytes: Bytes, _ start: Int, _ limit: Int) -> Int? {
    guard start + 1 < limit, bytes[start + 1].isWord else { return nil }
    var position = start + 1
    while position < min(limit, start + 200), bytes[position] != UInt8(ascii: "`") {
      if bytes[position] == UInt8(ascii: ":"), position + 1 == limit || bytes[position + 1].isBlank { return position + 1 }
      position += 1
    }
    return nil
  }

  private static func enumerator(_ bytes: Bytes, _ start: Int, _ limit: Int) -> Int? {
    let isBracketed = bytes[start] == UInt8(ascii: "(")
    let first = start + (isBracketed ? 1 : 0)
    guard first < limit else { return nil }
    var end = bytes.skip(first, min(limit, first + 9)) { $0.isDigit }
    if end == first, bytes[first].isLetter || bytes[first] == UInt8(ascii: "#") { end = first + 1 }
    guard end > first, end < limit else { return nil }
    guard bytes[end] == UInt8(ascii: ")") || (!isBracketed && bytes[end] == UInt8(ascii: ".")) else { return nil }
    guard end + 1 < limit else { return nil }
    return accepted(bytes, end + 1, limit)
  }
}
