// A line as it can be compared across files: what stands on it between the marks of its surroundings. `/// Reads a file.` in code,
// `> Reads a file.` in a quote and `    Reads a file.` in a sample are one line.

/// The content of one line of a text.
public struct PlainLine: Sendable, Hashable {
  /// The content's bytes: without indentation, comment and quote marks before it and without what may follow it.
  public let range: Range<Int>
  /// Equal for equal contents, however many blanks stand between their words.
  let hash: UInt64
  /// Runs of letters and digits.
  let words: Int

  var isBlank: Bool { range.isEmpty }

  /// Whether it is unlikely to stand in two places by chance.
  var isDistinctive: Bool { words >= 3 && range.count >= 20 || words >= 2 && range.count >= 28 }

  /// The lines of a text, one for each, in order.
  static func lines(of bytes: [UInt8]) -> [PlainLine] {
    bytes.withUnsafeBufferPointer { bytes in
      var lines: [PlainLine] = []
      lines.reserveCapacity(bytes.count / 32)
      var start = 0
      while start < bytes.count {
        var end = start
        while end < bytes.count, bytes[end] != 0x0A { end += 1 }
        lines.append(line(bytes, start, end))
        start = end + 1
      }
      return lines
    }
  }

  private static func line(_ bytes: UnsafeBufferPointer<UInt8>, _ first: Int, _ last: Int) -> PlainLine {
    var (start, end) = (first, last)
    while start < end, isMark(bytes, start, end) { start += 1 }
    while end > start, isBlank(bytes[end - 1]) { end -= 1 }
    if end - start >= 2, bytes[end - 1] == UInt8(ascii: "/"), bytes[end - 2] == UInt8(ascii: "*") {
      end -= 2
      while end > start, isBlank(bytes[end - 1]) { end -= 1 }
    }
    var hash: UInt64 = fnvOffset
    var words = 0
    var wasWord = false
    var index = start
    while index < end {
      let byte = bytes[index]
      let isWord = Lexer.isNameByte(byte)
      if isWord, !wasWord { words += 1 }
      wasWord = isWord
      if isBlank(byte) {
        while index + 1 < end, isBlank(bytes[index + 1]) { index += 1 }
        hash = (hash ^ 0x20) &* fnvPrime
      } else {
        hash = (hash ^ UInt64(byte)) &* fnvPrime
      }
      index += 1
    }
    return PlainLine(range: start..<end, hash: words == 0 ? 0 : hash, words: words)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

  /// Marks that quotes, lists and comments put before a line; a dash only before a blank, so that `-x` and `--flag` stay whole.
  private static func isMark(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int, _ end: Int) -> Bool {
    switch bytes[index] {
    case 0x20, 0x09, UInt8(ascii: "/"), UInt8(ascii: "*"), UInt8(ascii: "#"), UInt8(ascii: ">"), UInt8(ascii: "!"): true
    case UInt8(ascii: "-"), UInt8(ascii: "+"): index + 1 < end && isBlank(bytes[index + 1])
    default: false
    }
  }
}
