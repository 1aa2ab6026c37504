// Samples that their author said, or showed, not to be judged. Any skip wins; a word that nobody knows never means "run".

import Documents
import Domain

enum SampleExemptions {
  /// Why a sample's syntax is not judged; nil when it is.
  static func reason(_ snippet: Snippet, in document: Document) -> String? {
    let said = snippet.annotations
    if let word = said.skip ?? said.expectsFailure { return "its author says \(word)" }
    if said.embed?.dialect == "mdbook" { return "a file is put into it" }
    if introduction(of: snippet, in: document).containsAny(of: failureWords) { return "the text before it says that it fails" }
    let head = String(decoding: snippet.code.prefix(4000), as: UTF8.self).lowercased()
    return head.containsAny(of: ["syntaxerror", "syntax error", "pseudo"]) ? "it says itself that it fails" : nil
  }

  private static let failureWords = [
    "syntaxerror", "syntax error", "invalid", "incorrect", "malformed", "not valid", "won't work", "will not work", "does not work",
    "doesn't work", "won't compile", "does not compile", "doesn't compile", "won't parse", "does not parse", "doesn't parse",
    "fail to parse", "fails to parse", "considered problems", "considered violations", "algorithm", "parse error", "illegal", "pseudo",
    "wrong", "broken",
    "considered problem", "considered a problem", "considered violation", "considered a violation",
  ]

  /// The text directly before a sample: at most 300 bytes of it, within its section.
  private static func introduction(of snippet: Snippet, in document: Document) -> String {
    var text = ""
    var index = snippet.block - 1
    // What introduces a sample introduces those that follow it at once.
    while index >= 0, document.blocks[index].kind == .code { index -= 1 }
    let first = index + 1
    while index >= 0, text.utf8.count < 300, document.blocks[index].kind != .code, document.blocks[index].kind != .heading {
      let span = document.blocks[index].span
      text = document.text(Span(max(span.start, span.end - 300), span.end)) + "\n" + text
      index -= 1
      if first - index > 2 { break }
    }
    let heading = document.headings(over: snippet.span.start).last?.text ?? ""
    return (heading + "\n" + text).lowercased()
  }
}

extension String {
  /// Whether any of the needles occurs, as it is written.
  func containsAny(of needles: [String]) -> Bool { utf8.contains(anyOf: needles) }
}
