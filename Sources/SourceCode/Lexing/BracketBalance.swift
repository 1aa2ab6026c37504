// The brackets of a text, as the lexer sees them: outside of comments and strings. What cannot be told from brackets alone is not said.

/// How the brackets of a text stand to each other.
public struct BracketBalance: Sendable {
  /// Closing brackets that close nothing.
  public private(set) var unexpected: [Int] = []
  /// Opening brackets that are never closed.
  public private(set) var open: [Int] = []
  /// The first pair of different kinds: `(` and `}`.
  public private(set) var crossed: (open: Int, close: Int)?
  /// Where lines begin that are blank and stand outside all brackets.
  public private(set) var blankLines: [Int] = []
  /// The text was too long to be cut into tokens; nothing else is said.
  public private(set) var isUnknown = false

  /// - Parameter text: a text in `language`.
  public init(_ text: [UInt8], _ language: SourceLanguage) {
    // Samples of PHP leave out the tag that begins code.
    let tag = language == .php && !Self.hasTag(text) ? Array("<?php ".utf8) : []
    let bytes = tag + text
    guard let source = try? Lexer.lex(bytes, as: language) else {
      isUnknown = true
      return
    }
    var stack: [(byte: UInt8, offset: Int)] = []
    var last = tag.count
    for token in source.tokens where !token.flags.contains(.alternative) {
      if stack.isEmpty { addBlankLines(bytes, last, Int(token.start)) }
      last = Int(token.end)
      guard token.kind == .punctuation else { continue }
      take(token, &stack)
    }
    open = stack.map(\.offset)
    if !tag.isEmpty { move(by: -tag.count) }
  }

  private static func hasTag(_ text: [UInt8]) -> Bool {
    zip(text, text.dropFirst()).contains { $0 == (UInt8(ascii: "<"), UInt8(ascii: "?")) }
  }

  private mutating func move(by distance: Int) {
    unexpected = unexpected.map { $0 + distance }
    open = open.map { $0 + distance }
    crossed = crossed.map { ($0.open + distance, $0.close + distance) }
    blankLines = blankLines.map { $0 + distance }
  }

  private mutating func take(_ token: Token, _ stack: inout [(byte: UInt8, offset: Int)]) {
    let offset = Int(token.start)
    switch token.byte {
    case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): stack.append((token.byte, offset))
    case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
      guard let opener = stack.last else { return unexpected.append(offset) }
      // Only `(` and `)` are one byte apart.
      let matches = token.byte == opener.byte + (opener.byte == UInt8(ascii: "(") ? 1 : 2)
      if !matches, crossed == nil { crossed = (opener.offset, offset) }
      stack.removeLast()
    default: break
    }
  }

  /// The blank lines between two tokens.
  private mutating func addBlankLines(_ bytes: [UInt8], _ start: Int, _ end: Int) {
    var lineStart: Int?
    for index in start..<max(start, end) {
      switch bytes[index] {
      case 0x0A:
        if let lineStart { blankLines.append(lineStart) }
        lineStart = index + 1
      case 0x20, 0x09, 0x0D: break
      default: lineStart = nil
      }
    }
  }
}
