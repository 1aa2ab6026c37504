// Sentences about what was. "`parse_config` was renamed to `load_config`" is true for ever, and so is a table of old and new names.

import Documents
import Domain

enum PastTense {
  /// Whether the sentence (in a table: the line) around a span, or the titles over it, speak of the past.
  ///
  /// - Parameter isTool: what is named is a thing to work with: who wants "to deprecate an API" with it speaks of the API.
  static func speaks(around span: Span, in document: Document, isTool: Bool = false) -> Bool {
    saysSo(around: span, in: document, isTool: isTool) || document.headings(over: span.start).contains { isHistory($0.text) }
  }

  /// The same for the sentence alone.
  static func saysSo(around span: Span, in document: Document, isTool: Bool = false) -> Bool {
    let text = sentence(around: span, in: document).lowercased()
    let sentence = isTool ? text.replacing("to deprecate ", with: "") : text
    return sentence.containsAny(of: phrases) || hasVersionBound(sentence) || wasSomething(span, in: document)
      || isBeside(span, in: document)
  }

  /// Words that speak of the past only of what they stand beside: "`x` is no longer needed" does, "waits until the cache is no longer
  /// used, then calls `x`" does not; and what `x` is used instead of is another thing.
  private static func isBeside(_ span: Span, in document: Document) -> Bool {
    guard let block = document.block(at: span.start) else { return false }
    if block.kind == .code { return introduction(of: block, in: document).lowercased().containsAny(of: ["legacy", "obsolete", "former "]) }
    let reach = block.kind == .tableCell ? 400 : 48
    let line = document.lines.span(ofLine: document.lines.lineNumber(of: span.start))
    let bounds = block.kind == .tableCell ? line : block.span
    let before = document.text(Span(max(bounds.start, span.start - reach), span.start)).lowercased()
    let after = document.text(Span(min(span.end, bounds.end), min(bounds.end, span.end + reach))).lowercased()
    return (before + " " + after).containsAny(of: nearby) || before.containsAny(of: behind)
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
      let text = comment.lowercased()
      let words = text.split { !$0.isLetter && !$0.isNumber && $0 != "." }
      // A comment of a sentence speaks of the line under it: `// wait before the next call`.
      guard words.count <= 4 else { return text.containsAny(of: ["deprecated", "renamed to", "no longer"]) }
      if words.contains(where: { oldWords.contains($0) }) { return true }
      // `# before`, `# before:`, `// before v2`; not `// before the request`.
      guard words.first == "before" else { return false }
      return words.count == 1 || text.contains("before:") || words[1].contains(where: \.isNumber)
    }
  }

  private static let oldWords: Set<Substring> = [
    "old", "previously", "deprecated", "formerly", "legacy", "removed", "renamed", "wrong",
  ]

  private static let nearby = ["no longer", "legacy", "obsolete", "originally", "historical", "in the past", "former "]
  /// What stands behind these is what is not to be used.
  private static let behind = ["instead of", "rather than", "in favor of", "in favour of"]

  private static let phrases = [
    "renamed", "formerly", "previously called", "previously named", "previously known", "previously,", "previously `", "was previously",
    "were previously", "previously the", "previously you", "previously it", "previously this", "previously we", "was called", "were called",
    "used to be", "deprecat", "was removed", "were removed",
    "been removed",
    "removed in ", "removed since", "replaced by", "replaced with", "old name", "older version", "earlier version", "previous version",
    "been dropped", "was dropped", "prior to",
    "superseded", "backward compat", "backwards compat", "migrating from", "old `",
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
    if block.kind == .tableCell { return document.text(document.vicinity(of: span)) }
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
    var place = utf8.offset(of: needle)
    while let found = place {
      let end = found + needle.utf8.count
      tails.append(self[utf8.index(utf8.startIndex, offsetBy: end)...])
      place = utf8.offset(of: needle, from: end)
    }
    return tails
  }
}
