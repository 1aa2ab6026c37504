// Sentences about what was. "`parse_config` was renamed to `load_config`" is true for ever, and so is a table of old and new names.

import Documents
import Domain

enum PastTense {
  /// Whether the sentence (in a table: the line) around a span, or the titles over it, speak of the past.
  static func speaks(around span: Span, in document: Document) -> Bool {
    saysSo(around: span, in: document) || document.headings(over: span.start).contains { isHistory($0.text) }
  }

  /// The same for the sentence alone.
  static func saysSo(around span: Span, in document: Document) -> Bool {
    let sentence = sentence(around: span, in: document).lowercased()
    return sentence.containsAny(of: phrases) || hasVersionBound(sentence) || wasSomething(span, in: document)
  }

  /// `` `name` was set by … ``: a thing that was.
  private static func wasSomething(_ span: Span, in document: Document) -> Bool {
    let bytes = document.bytes
    let rest = bytes[span.end...].prefix(40).drop { "`()*_".utf8.contains($0) }
    return [" was ", " were "].contains { rest.starts(with: $0.utf8) }
  }

  /// Titles of sections that tell history or how to leave it behind.
  static func isHistory(_ title: String) -> Bool {
    let text = title.lowercased()
    return text.containsAny(of: titles) || text.containsAny(of: ["deprecated", "deprecation", "removed in", "renamed", "legacy"])
  }

  /// Comments such as `# before`, `// old`: the sample shows what was.
  static func isOldCode(_ comments: [String]) -> Bool {
    comments.contains { comment in
      let words = comment.lowercased().split { !$0.isLetter }
      return words.contains {
        ["before", "old", "previously", "deprecated", "formerly", "legacy", "removed", "renamed", "wrong"].contains($0)
      }
    }
  }

  private static let phrases = [
    "renamed", "formerly", "previously", "was called", "were called", "used to be", "deprecat", "was removed", "were removed",
    "been removed",
    "removed in ", "removed since", "no longer", "replaced by", "replaced with", "in favor of", "in favour of", "instead of", "rather than",
    "legacy", "obsolete", "old name", "older version", "earlier version", "previous version", "been dropped", "was dropped", "prior to",
    "superseded", "historical", "in the past", "originally", "backward compat", "backwards compat", "migrating from", "former ", "old `",
    "(was ", "was `", "→",
  ]

  private static let titles = [
    "changelog", "change log", "release notes", "what's new", "what’s new", "whats new", "history", "migrat", "upgrading", "upgrade guide",
    "upgrade note", "upgrade from",
    "upgrade to", "breaking change",
    "news", "unreleased", "changes in", "changes since", "changed in",
  ]

  /// `before 2.0`, `until v3`, `since 1.2`, `in 0.9 and earlier`.
  private static func hasVersionBound(_ sentence: String) -> Bool {
    for word in ["before ", "until ", "up to ", "below ", "through "] {
      for tail in sentence.tails(behind: word) {
        let version = tail.drop { $0 == "`" || $0 == "*" }
        let afterName = version.drop { $0.isLetter || $0 == "-" }.drop { $0 == " " }
        if startsWithVersion(version) || startsWithVersion(afterName) { return true }
      }
    }
    return sentence.contains(" and earlier") || sentence.contains(" and below") || sentence.contains(" or older")
  }

  /// `1.2`, `v3`; not `3 seconds`.
  private static func startsWithVersion(_ text: Substring) -> Bool {
    if text.first == "v", text.dropFirst().first?.isNumber == true { return true }
    let digits = text.prefix { $0.isNumber }
    let rest = text.dropFirst(digits.count)
    return !digits.isEmpty && rest.first == "." && rest.dropFirst().first?.isNumber == true
  }

  /// From the last full stop before the span to the next one behind it, inside its block; in a table the whole line.
  private static func sentence(around span: Span, in document: Document) -> String {
    guard let block = document.block(at: span.start) else { return "" }
    if block.kind == .tableCell { return document.text(document.lines.span(ofLine: document.lines.lineNumber(of: span.start))) }
    if block.kind == .code { return introduction(of: block, in: document) }
    var start = span.start
    while start > block.span.start, span.start - start < 600, !endsSentence(document.bytes, start - 1) { start -= 1 }
    var end = min(span.end, block.span.end)
    while end < block.span.end, end - span.end < 600, !endsSentence(document.bytes, end) { end += 1 }
    return document.text(Span(start, max(start, end)))
  }

  /// The last 300 bytes of the paragraph before a sample.
  private static func introduction(of block: Block, in document: Document) -> String {
    guard block.span.start > 0, let index = document.blocks.firstIndex(of: block), index > 0 else { return "" }
    let before = document.blocks[index - 1]
    guard before.kind == .paragraph || before.kind == .listItem else { return "" }
    return document.text(Span(max(before.span.start, before.span.end - 300), before.span.end))
  }

  private static func endsSentence(_ bytes: [UInt8], _ offset: Int) -> Bool {
    let byte = bytes[offset]
    guard byte == UInt8(ascii: ".") || byte == UInt8(ascii: "!") || byte == UInt8(ascii: "?") else { return false }
    guard offset + 1 < bytes.count else { return true }
    return bytes[offset + 1] == 0x20 || bytes[offset + 1] == 0x0A || bytes[offset + 1] == 0x0D
  }
}

extension String {
  /// What follows each occurrence of a text.
  fileprivate func tails(behind needle: String) -> [Substring] {
    var tails: [Substring] = []
    var rest = self[...]
    while !rest.isEmpty {
      if rest.hasPrefix(needle) { tails.append(rest.dropFirst(needle.count)) }
      rest = rest.dropFirst()
    }
    return tails
  }
}
