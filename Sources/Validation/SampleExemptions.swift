// Samples that their author said, or showed, not to be judged. Any skip wins; a word that nobody knows never means "run".

import Documents
import Domain

enum SampleExemptions {
  /// Why a sample's syntax is not judged; nil when it is.
  static func reason(_ snippet: Snippet, in document: Document) -> String? {
    let said = snippet.annotations
    if let word = said.skip ?? said.expectsFailure { return "its author says \(word)" }
    if said.embed?.dialect == "mdbook" { return "a file is put into it" }
    if failureWords.isIn(introduction(of: snippet, in: document).utf8) { return "the text before it says that it fails" }
    return ownWords.isIn(lowercased(snippet.code.prefix(4000))) ? "it says itself that it fails" : nil
  }

  private static let failureWords = TextSet([
    "syntaxerror", "syntax error", "invalid", "incorrect", "malformed", "not valid", "won't work", "will not work", "does not work",
    "doesn't work", "won't compile", "does not compile", "doesn't compile", "won't parse", "does not parse", "doesn't parse",
    "fail to parse", "fails to parse", "considered problems", "considered violations", "algorithm", "parse error", "illegal", "pseudo",
    "wrong", "broken",
    "considered problem", "considered a problem", "considered violation", "considered a violation",
  ])
  private static let ownWords = TextSet(["syntaxerror", "syntax error", "pseudo"])

  private static func lowercased(_ text: ArraySlice<UInt8>) -> [UInt8] {
    // Beyond ASCII only Unicode knows small letters.
    text.contains { $0 >= 0x80 } ? Array(String(decoding: text, as: UTF8.self).lowercased().utf8) : text.asciiLowercased
  }

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

/// Some texts that are looked for together: one pass, in which nearly every place is passed over by its first two bytes.
struct TextSet: Sendable {
  /// The texts by their first two bytes.
  private var texts: [UInt16: [[UInt8]]] = [:]
  /// Whether a text begins with these bytes.
  private var isStart = Array(repeating: false, count: 1 << 16)

  /// - Parameter texts: of at least two bytes each.
  init(_ texts: [String]) {
    for text in texts.map({ Array($0.utf8) }) where text.count >= 2 {
      let pair = UInt16(text[0]) << 8 | UInt16(text[1])
      self.texts[pair, default: []].append(text)
      isStart[Int(pair)] = true
    }
  }

  /// Whether one of the texts stands somewhere, as it is written.
  func isIn(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.withContiguousStorageIfAvailable(isIn) ?? Array(bytes).withUnsafeBufferPointer(isIn)
  }

  private func isIn(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes.count >= 2 else { return false }
    for index in 0..<(bytes.count - 1) {
      let pair = UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1])
      guard isStart[Int(pair)] else { continue }
      if texts[pair]?.contains(where: { bytes[index...].starts(with: $0) }) == true { return true }
    }
    return false
  }
}
