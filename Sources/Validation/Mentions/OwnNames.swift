// The names that the samples of a document define themselves: what a sample defines is its author's, whatever the code has under that name.

import Documents
import Domain

/// Reads each sample once, when it is first asked about.
struct OwnNames {
  private let document: Document
  private var known: [Int: Set<String>] = [:]

  init(_ document: Document) { self.document = document }

  /// What the sample at a span defines by `fn name`, `const name` and the like; nothing outside samples.
  mutating func names(at span: Span) -> Set<String> {
    guard let sample = document.snippets.first(where: { $0.span.overlaps(span) }) else { return [] }
    if let names = known[sample.span.start] { return names }
    let words = Self.identifiers(in: sample.code)
    let names = Set(zip(words, words.dropFirst()).filter { Self.definingWords.contains($0.0) }.map(\.1))
    known[sample.span.start] = names
    return names
  }

  private static let definingWords: Set<String> = [
    "class", "const", "def", "enum", "fn", "func", "fun", "function", "let", "struct", "val", "var",
  ]

  static func identifiers(in bytes: some Sequence<UInt8>) -> [String] {
    var words: [String] = []
    var word: [UInt8] = []
    for byte in bytes {
      if isNameByte(byte) {
        word.append(byte)
      } else if !word.isEmpty {
        words.append(String(decoding: word, as: UTF8.self))
        word.removeAll(keepingCapacity: true)
      }
    }
    if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
    return words
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), 0x80...: true
    default: false
    }
  }
}
