// Finds many texts in one pass: each word of the bytes is hashed and looked up, and where it is the longest word of a text, the text
// around it is compared. Linear in the bytes, whatever is looked for.

/// A text where it stands.
public struct LiteralOccurrence: Sendable, Hashable {
  public var text: String
  public var range: Range<Int>
}

/// A set of texts to be found.
struct LiteralIndex: Sendable {
  private struct Entry {
    var text: String
    var bytes: [UInt8]
    /// Where the longest word begins in it.
    var offset: Int
  }

  private var entries: [UInt64: [Entry]] = [:]

  init(_ texts: some Collection<String>) {
    for text in texts {
      let bytes = Array(text.utf8)
      guard let word = Self.longestWord(bytes) else { continue }
      entries[identifierHash(bytes[word]), default: []].append(Entry(text: text, bytes: bytes, offset: word.lowerBound))
    }
  }

  var isEmpty: Bool { entries.isEmpty }

  mutating func remove(_ text: String) {
    let bytes = Array(text.utf8)
    guard let word = Self.longestWord(bytes) else { return }
    let hash = identifierHash(bytes[word])
    entries[hash]?.removeAll { $0.text == text }
    if entries[hash]?.isEmpty == true { entries[hash] = nil }
  }

  /// Every place where a text stands as a whole.
  func occurrences(in bytes: [UInt8]) -> [LiteralOccurrence] {
    guard !entries.isEmpty else { return [] }
    var found: [LiteralOccurrence] = []
    var start = -1
    var hash = fnvOffset
    for index in 0...bytes.count {
      if index < bytes.count, Self.letters[Int(bytes[index])] {
        if start < 0 { (start, hash) = (index, fnvOffset) }
        hash = (hash ^ UInt64(bytes[index])) &* fnvPrime
      } else if start >= 0 {
        if let candidates = entries[hash] {
          for entry in candidates {
            let range = start - entry.offset..<start - entry.offset + entry.bytes.count
            if Self.matches(entry, range, bytes) { found.append(LiteralOccurrence(text: entry.text, range: range)) }
          }
        }
        start = -1
      }
    }
    return found
  }

  private static func matches(_ entry: Entry, _ range: Range<Int>, _ bytes: [UInt8]) -> Bool {
    guard range.lowerBound >= 0, range.upperBound <= bytes.count, bytes[range].elementsEqual(entry.bytes) else { return false }
    return LiteralBoundary.isWhole(range, in: bytes)
  }

  private static func longestWord(_ bytes: [UInt8]) -> Range<Int>? {
    var best: Range<Int>?
    var start: Int?
    for index in 0...bytes.count {
      if index < bytes.count, LiteralShape.isWordByte(bytes[index]) {
        start = start ?? index
      } else if let from = start {
        if index - from > best?.count ?? 0 { best = from..<index }
        start = nil
      }
    }
    return best
  }

  private static let letters: [Bool] = (0..<256).map { LiteralShape.isWordByte(UInt8($0)) }
}

/// A set of texts to be found where they begin, whatever follows: versions, which may have a `v` before them, and values, which may
/// have a unit behind them.
struct PrefixIndex: Sendable {
  /// By their first byte, longest first.
  private var texts: [UInt8: [(text: String, bytes: [UInt8])]] = [:]

  init(_ texts: some Collection<String>) {
    for text in texts.sorted(by: { ($0.utf8.count, $0) > ($1.utf8.count, $1) }) {
      let bytes = Array(text.utf8)
      if let first = bytes.first { self.texts[first, default: []].append((text, bytes)) }
    }
  }

  /// Every place where a text stands and no digit before it; the longest text of a place counts.
  func occurrences(in bytes: [UInt8]) -> [LiteralOccurrence] {
    guard !texts.isEmpty else { return [] }
    var isFirst = Array(repeating: false, count: 256)
    for byte in texts.keys { isFirst[Int(byte)] = true }
    var found: [LiteralOccurrence] = []
    for index in bytes.indices where isFirst[Int(bytes[index])] && (index == 0 || !LiteralShape.isDigit(bytes[index - 1])) {
      guard let longest = texts[bytes[index]]?.first(where: { bytes[index...].starts(with: $0.bytes) }) else { continue }
      found.append(LiteralOccurrence(text: longest.text, range: index..<index + longest.bytes.count))
    }
    return found
  }
}
