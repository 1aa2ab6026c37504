// A place in a sample's bytes, and the few moves that hand-written scanners need. Each move costs what it passes over, so a scanner
// that only moves on is linear.

/// Reads bytes from the front to the back.
struct ByteReader {
  let bytes: [UInt8]
  /// At most the end: behind a last backslash nothing is passed over.
  var position = 0 {
    didSet { if position > bytes.count { position = bytes.count } }
  }

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position >= bytes.count }
  /// The byte here; 0 at the end.
  var current: UInt8 { position < bytes.count ? bytes[position] : 0 }

  /// The byte at a distance; 0 outside of the text.
  func peek(_ distance: Int = 1) -> UInt8 {
    let place = position + distance
    return place >= 0 && place < bytes.count ? bytes[place] : 0
  }

  /// Whether the text goes on with these bytes.
  func isAt(_ text: StaticString) -> Bool {
    guard position + text.utf8CodeUnitCount <= bytes.count else { return false }
    for offset in 0..<text.utf8CodeUnitCount where text.utf8Start[offset] != bytes[position + offset] { return false }
    return true
  }

  mutating func skip(_ text: StaticString) -> Bool {
    guard isAt(text) else { return false }
    position += text.utf8CodeUnitCount
    return true
  }

  mutating func skip(while condition: (UInt8) -> Bool) {
    while position < bytes.count, condition(bytes[position]) { position += 1 }
  }

  /// Behind the next occurrence of these bytes; false, and at the end, when there is none.
  mutating func skip(past text: StaticString) -> Bool {
    while position < bytes.count {
      if skip(text) { return true }
      position += 1
    }
    return false
  }

  /// To the end of the line, its line feed not included.
  mutating func skipLine() { skip { $0 != 0x0A } }

  mutating func skipSpace() { skip(while: \.isSpace) }

  /// The bytes from a place to here as text.
  func text(from start: Int) -> String { String(decoding: bytes[start..<position], as: UTF8.self) }
}

extension UInt8 {
  /// Space, tab, line feed, carriage return, form feed.
  var isSpace: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D) }
  /// Space or tab.
  var isBlank: Bool { self == 0x20 || self == 0x09 }
  var isDigit: Bool { self >= 0x30 && self <= 0x39 }
  var isLetter: Bool { self | 0x20 >= 0x61 && self | 0x20 <= 0x7A }
  /// What names are made of nearly everywhere; also the bytes of characters beyond ASCII.
  var isWord: Bool { isLetter || isDigit || self == 0x5F || self >= 0x80 }

  /// The bracket that closes this one; nil when it opens none.
  var closingBracket: UInt8? {
    switch self {
    case UInt8(ascii: "("): UInt8(ascii: ")")
    case UInt8(ascii: "["): UInt8(ascii: "]")
    case UInt8(ascii: "{"): UInt8(ascii: "}")
    default: nil
    }
  }

  /// The character, for a message.
  var shown: String { self < 0x80 ? String(UnicodeScalar(self)) : "?" }
}
