// Samples that show what was. Stricter than for single names: a sample's introduction says "instead of" about anything, and only a comment
// that is little more than the word itself (`# before`, `// v1`) speaks of the sample.

import Documents
import Domain

enum OldSamples {
  /// Whether the text or the sample around a span is about the past.
  static func show(_ span: Span, in document: Document) -> Bool {
    if isDated(document.path) { return true }
    guard let snippet = document.snippets.first(where: { $0.span.overlaps(span) }) else {
      return isUnderHistory(span, document) || PastTense.saysSo(around: span, in: document)
    }
    return isUnderHistory(span, document) || isOld(snippet) || isIntroducedAsOld(snippet, document)
  }

  /// Posts say what was true on their day: `blog/2024-03-01-faster.md`.
  private static func isDated(_ path: String) -> Bool {
    let parts = path.lowercased().split(separator: "/")
    if parts.dropLast().contains(where: { $0 == "blog" || $0 == "posts" || $0 == "_posts" || $0 == "news" }) { return true }
    let name = Array((parts.last ?? "").utf8.prefix(10))
    return name.count == 10
      && name.enumerated().allSatisfy { index, byte in
        index == 4 || index == 7 ? byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") : byte >= 0x30 && byte <= 0x39
      }
  }

  /// Whether a title over the span tells of the past, or of an older version beside a newer one.
  private static func isUnderHistory(_ span: Span, _ document: Document) -> Bool {
    document.headings(over: span.start).contains { heading in
      let words = heading.text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == ".") }
      if words.contains(where: { word in titleBeginnings.contains(where: word.hasPrefix) }) { return true }
      if words.contains("history") || words.contains("news"), words.allSatisfy({ historyWords.contains(String($0)) }) { return true }
      guard let version = words.compactMap(major).first else { return false }
      return document.headings.contains { other in
        other.level == heading.level
          && other.text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == ".") }.compactMap(major).contains { $0 > version }
      }
    }
  }

  private static let titleBeginnings = [
    "changelog", "migrat", "upgrad", "breaking", "unreleased", "deprecat", "legacy", "renamed", "removed", "obsolete",
  ]
  private static let historyWords: Set<String> = [
    "history", "news", "version", "release", "releases", "project", "change", "of", "the", "and",
  ]

  /// `v4` is 4.
  private static func major(_ word: Substring) -> Int? {
    word.first == "v" ? Int(word.dropFirst().prefix { $0 != "." }) : nil
  }

  /// Whether comments of a sample say that it shows what was, or several versions.
  private static func isOld(_ snippet: Snippet) -> Bool {
    let lexer = SampleLexer(snippet.code, style: .of(snippet.language ?? ""))
    var versions = 0
    for range in lexer.comments.prefix(200) {
      let comment = String(decoding: snippet.code[range].prefix(80), as: UTF8.self).lowercased()
      let words = comment.split { !($0.isLetter || $0.isNumber || $0 == ".") }
      guard words.count <= 4 else { continue }
      if words.contains(where: { markers.contains(String($0)) }) { return true }
      if words.contains(where: isVersion) { versions += 1 }
    }
    return versions > 1
  }

  private static func isVersion(_ word: Substring) -> Bool {
    let digits = word.first == "v" ? word.dropFirst() : word
    return digits.first?.isNumber == true && (word.first == "v" || digits.contains("."))
  }

  private static let markers: Set<String> = [
    "before", "old", "previously", "deprecated", "formerly", "legacy", "removed", "renamed", "wrong",
  ]

  private static func isIntroducedAsOld(_ snippet: Snippet, _ document: Document) -> Bool {
    guard snippet.block > 0, snippet.block <= document.blocks.count else { return false }
    let before = document.blocks[snippet.block - 1]
    guard before.kind == .paragraph || before.kind == .listItem else { return false }
    let text = document.text(Span(max(before.span.start, before.span.end - 300), before.span.end)).lowercased()
    return phrases.contains(where: text.contains)
  }

  private static let phrases = [
    "renamed", "formerly", "previously called", "used to be", "deprecated", "was removed", "were removed", "been removed", "older version",
    "earlier version", "previous version", "migrating from", "prior to", "before version", "before v", "legacy",
  ]
}
