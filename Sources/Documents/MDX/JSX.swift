// The little of JavaScript that must be understood to leave it out: where a bracket closes, where a tag ends.

import Domain

/// Brackets, strings and comments of JavaScript.
struct JavaScriptBalance {
  private var depth = 0
  private var quote: UInt8 = 0
  private var isInComment = false

  var isClosed: Bool { depth <= 0 && quote == 0 && !isInComment }

  mutating func read(_ bytes: Bytes, _ start: Int, _ end: Int) {
    var position = start
    while position < end { position = step(bytes, position, end) }
    // Only template strings go over lines.
    if quote != UInt8(ascii: "`") { quote = 0 }
  }

  /// Reads one byte, or what must be read together; returns the next place.
  private mutating func step(_ bytes: Bytes, _ position: Int, _ end: Int) -> Int {
    let byte = bytes[position]
    if isInComment {
      guard bytes.has("*/", at: position) else { return position + 1 }
      isInComment = false
      return position + 2
    }
    if quote != 0 {
      if byte == UInt8(ascii: "\\") { return position + 2 }
      if byte == quote || (byte == 0x0A && quote != UInt8(ascii: "`")) { quote = 0 }
      return position + 1
    }
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
    case UInt8(ascii: "}"), UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
    case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): quote = byte
    case UInt8(ascii: "/"):
      if bytes.has("/*", at: position) {
        isInComment = true
        return position + 2
      }
      if bytes.has("//", at: position), position == 0 || bytes[position - 1] != UInt8(ascii: ":") {
        return bytes.first(0x0A, in: position..<end) ?? end
      }
    default: break
    }
    return position + 1
  }

  /// Behind the bracket that closes the one at `start`; nil when there is none before `limit`.
  static func close(_ bytes: Bytes, from start: Int, limit: Int) -> Int? {
    var balance = JavaScriptBalance()
    var position = start
    while position < limit {
      position = balance.step(bytes, position, limit)
      if balance.isClosed { return position <= limit ? position : nil }
    }
    return nil
  }
}

/// A tag of JSX: `<Name a="b" c={d}>`, `</Name>`, `<>`.
struct JSXTag {
  struct Attribute {
    var name: Span
    var value: Span
  }

  /// Of the element; empty for `<>` and closing tags.
  private(set) var name: Span
  /// Those with a quoted value that lead somewhere or name a place.
  private(set) var attributes: [Attribute] = []
  /// Behind `>`; nil when the tag does not end.
  private(set) var end: Int?
  /// Bytes looked at.
  private(set) var cost = 0

  /// Nil when no tag begins here.
  init?(_ bytes: Bytes, _ start: Int) {
    var position = start + 1
    if position < bytes.count, bytes[position] == UInt8(ascii: "/") { position += 1 }
    let nameEnd = bytes.skip(position, bytes.count) {
      $0.isLetter || $0.isDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
    }
    name = Span(position, nameEnd)
    guard nameEnd < bytes.count else { return nil }
    if name.isEmpty {
      guard bytes[nameEnd] == UInt8(ascii: ">") else { return nil }
    } else {
      guard bytes[position].isLetter, bytes[nameEnd].isSpace || bytes[nameEnd] == UInt8(ascii: ">") || bytes[nameEnd] == UInt8(ascii: "/")
      else { return nil }
    }
    readAttributes(bytes, from: nameEnd)
    cost = (end ?? bytes.count) - start
  }

  private mutating func readAttributes(_ bytes: Bytes, from start: Int) {
    var position = start
    var attribute = Span(start, start)
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: ">"):
        end = position + 1
        return
      case UInt8(ascii: "{"):
        guard let close = JavaScriptBalance.close(bytes, from: position, limit: bytes.count) else { return }
        position = close
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        guard let close = bytes.first(bytes[position], in: (position + 1)..<bytes.count) else { return }
        keep(attribute, Span(position + 1, close), bytes)
        position = close + 1
      case UInt8(ascii: "<"): return
      default:
        if bytes[position].isLetter {
          let stop = bytes.skip(position, bytes.count) { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") }
          attribute = Span(position, stop)
          position = stop
        } else {
          position += 1
        }
      }
    }
  }

  private mutating func keep(_ name: Span, _ value: Span, _ bytes: Bytes) {
    guard !value.isEmpty, ["href", "src", "id", "to"].contains(bytes.string(name)) else { return }
    guard bytes[value.range].allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: ">") && $0 != UInt8(ascii: "<") })
    else { return }
    attributes.append(Attribute(name: name, value: value))
  }
}
