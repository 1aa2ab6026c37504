// A name as documents write it, and how words of names are compared.

/// A plain or qualified name: `close`, `Client.close`, `client::connect`, `Client#close()`.
struct NameQuery {
  /// The last part.
  var name: String
  /// The parts before it, outermost first.
  var qualifiers: [String]

  init?(_ text: String) {
    var parts: [String] = []
    var part = ""
    for scalar in text.unicodeScalars {
      if scalar == "(" { break }
      if ".:#/>-".unicodeScalars.contains(scalar) {
        if !part.isEmpty { parts.append(part) }
        part = ""
      } else {
        part.unicodeScalars.append(scalar)
      }
    }
    if !part.isEmpty { parts.append(part) }
    guard let last = parts.popLast(), last.utf8.count <= 200, parts.count <= 16 else { return nil }
    name = last
    qualifiers = parts
  }
}

/// A name cut into its words, in lower case: `parseHTTPConfig_v2` is `parse`, `http`, `config`, `v2`.
struct NameWords: Equatable {
  let words: [String]

  init(_ name: String) {
    var words: [String] = []
    var word: [UInt8] = []
    let bytes = Array(name.utf8)
    func isUpper(_ index: Int) -> Bool { index < bytes.count && bytes[index] >= 0x41 && bytes[index] <= 0x5A }
    func isLower(_ index: Int) -> Bool { index < bytes.count && bytes[index] >= 0x61 && bytes[index] <= 0x7A }
    for (index, byte) in bytes.enumerated() {
      let isSeparator = !Lexer.isNameByte(byte) || byte == UInt8(ascii: "_")
      let startsWord = isUpper(index) && index > 0 && (!isUpper(index - 1) || isLower(index + 1))
      if (isSeparator || startsWord) && !word.isEmpty {
        words.append(String(decoding: word, as: UTF8.self))
        word = []
      }
      if !isSeparator { word.append(isUpper(index) ? byte | 0x20 : byte) }
    }
    if !word.isEmpty { words.append(String(decoding: word, as: UTF8.self)) }
    self.words = words
  }

  /// The words without anything between them.
  var folded: String { words.joined() }

  /// 0 to 1: the share of words in common, where a word that begins another counts half.
  func similarity(to other: NameWords) -> Double {
    if folded == other.folded { return 1 }
    var rest = other.words
    var common = 0.0
    for word in words {
      if let index = rest.firstIndex(of: word) {
        rest.remove(at: index)
        common += 1
      } else if let index = rest.firstIndex(where: { Self.areRelated($0, word) }) {
        rest.remove(at: index)
        common += 0.5
      }
    }
    let total = Double(words.count + other.words.count) - common
    return total == 0 ? 0 : common / total
  }

  private static func areRelated(_ left: String, _ right: String) -> Bool {
    min(left.utf8.count, right.utf8.count) >= 3 && (left.hasPrefix(right) || right.hasPrefix(left))
  }
}
