// What no table of comments and strings can say.

extension Lexer {
  /// Whether an operand may stand here, so that `/`, `%` and `<<` open literals: after an operator, an opening bracket, a
  /// keyword, or nothing.
  private var operandMayFollow: Bool {
    guard let last = tokens.last else { return true }
    switch last.kind {
    case .number, .string: return false
    case .punctuation: return ![UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}")].contains(last.byte)
    case .identifier:
      switch last.word {
      case .return, .typeof, .case, .in, .delete, .void, .throw, .new, .else, .do, .instanceof, .yield, .await, .if, .unless, .when, .and,
        .or, .not, .while, .until, .then:
        return true
      default: return false
      }
    }
  }

  /// In Ruby `split /,/`: a space before and none after.
  private var looksLikeRubyArgument: Bool {
    guard table.quirks.contains(.ruby), tokens.last?.kind == .identifier, position > 0 else { return false }
    return bytes[position - 1] == 0x20 && peek(1) > 0x20 && peek(1) != UInt8(ascii: "=")
  }

  mutating func regularExpression() -> Bool {
    guard operandMayFollow || looksLikeRubyArgument else { return false }
    var end = position + 1
    var inClass = false
    while end < bytes.count && bytes[end] != 0x0A {
      switch bytes[end] {
      case UInt8(ascii: "\\"): end += 1
      case UInt8(ascii: "["): inClass = true
      case UInt8(ascii: "]"): inClass = false
      case UInt8(ascii: "/") where !inClass:
        let start = position + 1
        position = end
        endSegment(from: start, line: line)
        position = end + 1
        return true
      default: break
      }
      end += 1
    }
    return false
  }

  mutating func lifetimeOrCharacter() -> Bool {
    if peek(1) == UInt8(ascii: "\\") || closesCharacter {
      position += 1
      string(StringForm("'", "'"))
    } else {
      position += 1
      while Self.isNameByte(peek()) { position += 1 }
    }
    return true
  }

  /// `'x'`, where x may take up to four bytes.
  private var closesCharacter: Bool {
    let first = peek(1)
    let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    return peek(1 + length) == UInt8(ascii: "'")
  }

  mutating func backquotedName() -> Bool {
    var length = 1
    while Self.isNameByte(peek(length)) { length += 1 }
    guard length > 1, peek(length) == UInt8(ascii: "`") else { return false }
    let start = position + 1
    position += length
    let hash = identifierHash(bytes[start..<position])
    add(.identifier, from: start, line: line, hash: hash)
    position += 1
    return true
  }

  /// A name that begins with a dollar sign.
  mutating func dollarName() -> Bool {
    let start = position
    while Self.isNameByte(peek()) || peek() == UInt8(ascii: "$") { position += 1 }
    add(.identifier, from: start, line: line, hash: identifierHash(bytes[start..<position]))
    return true
  }

  /// C#'s `@"…""…"`, `$"…{x}…"`, `$@"…"`.
  mutating func verbatimString(_ byte: UInt8) -> Bool {
    guard byte == UInt8(ascii: "@") || byte == UInt8(ascii: "$") else { return false }
    var length = 1
    while length < 4 && (peek(length) == UInt8(ascii: "@") || peek(length) == UInt8(ascii: "$")) { length += 1 }
    guard peek(length) == UInt8(ascii: "\"") else { return false }
    let marks = bytes[position..<position + length]
    let isVerbatim = marks.contains(UInt8(ascii: "@"))
    position += length + 1
    string(
      StringForm(
        "\"", "\"", escapes: !isVerbatim, multiline: isVerbatim, marks.contains(UInt8(ascii: "$")) ? .brace : .none))
    return true
  }

  // MARK: Ruby

  mutating func rubyQuirk(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "%"): return percentLiteral()
    case UInt8(ascii: "<"): return peek(1) == byte && rubyHeredoc()
    case UInt8(ascii: "?"): return characterLiteral()
    default: return false
    }
  }

  private mutating func characterLiteral() -> Bool {
    guard operandMayFollow, peek(1) > 0x20, !Self.isNameByte(peek(2)) else { return false }
    position += 2
    return true
  }

  private mutating func percentLiteral() -> Bool {
    guard operandMayFollow || looksLikeRubyArgument else { return false }
    let hasLetter = "wWiIqQrsx".utf8.contains(peek(1))
    let open = peek(hasLetter ? 2 : 1)
    guard open > 0x20, open < 0x7F, !Self.isNameByte(open), open != UInt8(ascii: "=") else { return false }
    position += hasLetter ? 3 : 2
    delimited(by: open)
    return true
  }

  /// Reads to the delimiter that closes `open`; brackets nest.
  private mutating func delimited(by open: UInt8) {
    let pairs: [UInt8: UInt8] = [0x28: 0x29, 0x5B: 0x5D, 0x7B: 0x7D, 0x3C: 0x3E]
    let close = pairs[open] ?? open
    let start = position
    let firstLine = line
    var depth = 1
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\\") { position += 1 }
      if byte == 0x0A { line += 1 }
      if byte == open && close != open { depth += 1 }
      if byte == close { depth -= 1 }
      if depth == 0 { break }
      position += 1
    }
    position = min(position, bytes.count)
    endSegment(from: start, line: firstLine)
    position = min(position + 1, bytes.count)
  }

  private mutating func rubyHeredoc() -> Bool {
    let mark = peek(2)
    let isMarked = mark == UInt8(ascii: "~") || mark == UInt8(ascii: "-")
    guard let name = heredocName(at: isMarked ? 3 : 2), isMarked || operandMayFollow || looksLikeRubyArgument else { return false }
    guard isMarked || (bytes[name.lowerBound] >= 0x41 && bytes[name.lowerBound] <= 0x5A) else { return false }
    begin(Heredoc(terminator: bytes[name], mayIndent: isMarked), name)
    return true
  }

  /// The name at a distance, without its quotes.
  private func heredocName(at distance: Int) -> Range<Int>? {
    let isQuoted = peek(distance) == UInt8(ascii: "'") || peek(distance) == UInt8(ascii: "\"")
    let start = position + distance + (isQuoted ? 1 : 0)
    var end = start
    while end < bytes.count && end - start < 64 && Self.isNameByte(bytes[end]) { end += 1 }
    guard end > start, !isQuoted || (end < bytes.count && bytes[end] == bytes[start - 1]) else { return nil }
    return start..<end
  }

  private mutating func begin(_ heredoc: Heredoc, _ name: Range<Int>) {
    if heredocs.count < 16 { heredocs.append(heredoc) }
    position = name.upperBound
    if peek() == UInt8(ascii: "'") || peek() == UInt8(ascii: "\"") { position += 1 }
  }

  /// Reads the texts of the here-documents that the last line opened.
  mutating func skipHeredocs() {
    for heredoc in heredocs {
      let start = position
      let firstLine = line
      while position < bytes.count && !endsHeredoc(heredoc) { nextLine() }
      endSegment(from: start, line: firstLine)
      namesInInterpolations(start..<position)
      atLineStart = true
    }
    heredocs = []
  }

  private mutating func nextLine() {
    guard let end = bytes[position...].firstIndex(of: 0x0A) else {
      position = bytes.count
      return
    }
    position = end + 1
    line += 1
  }

  /// Whether the line at `position` is the terminator.
  private func endsHeredoc(_ heredoc: Heredoc) -> Bool {
    var start = position
    while heredoc.mayIndent && start < bytes.count && (bytes[start] == 0x20 || bytes[start] == 0x09) { start += 1 }
    let end = start + heredoc.terminator.count
    guard end <= bytes.count, bytes[start..<end].elementsEqual(heredoc.terminator) else { return false }
    guard end == bytes.count || !Self.isNameByte(bytes[end]) else { return false }
    return true
  }

  /// Names between `#{` and `}` (Ruby) or after `{$` (PHP) in a here-document are code.
  private mutating func namesInInterpolations(_ range: Range<Int>) {
    let end = position
    var inside = false
    var index = range.lowerBound
    while index < range.upperBound {
      let byte = bytes[index]
      if byte == UInt8(ascii: "{") && index > range.lowerBound && bytes[index - 1] == UInt8(ascii: "#") { inside = true }
      if byte == UInt8(ascii: "}") || byte == 0x0A { inside = false }
      guard inside && Self.isNameByte(byte) else {
        index += 1
        continue
      }
      let start = index
      while index < range.upperBound && Self.isNameByte(bytes[index]) { index += 1 }
      position = index
      add(.identifier, from: start, line: line, hash: identifierHash(bytes[start..<index]))
    }
    position = end
  }

  mutating func skipRubyBlockComment() {
    let start = position
    while position < bytes.count && !has(Array("=end".utf8)) { nextLine() }
    if position < bytes.count { nextLine() }
    remark(start..<position)
  }

  /// `__END__` on a line of its own ends a Ruby program.
  func isRubyEnd(_ start: Int) -> Bool {
    guard let token = tokens.last, token.startsLine, position - start == 7 else { return false }
    return bytes[start..<position].elementsEqual("__END__".utf8) && (peek() == 0x0A || peek() == 0x0D || position == bytes.count)
  }

  // MARK: PHP

  mutating func phpQuirk(_ byte: UInt8) -> Bool {
    if byte == UInt8(ascii: "?") && peek(1) == UInt8(ascii: ">") {
      position += 2
      skipTemplateText()
      return true
    }
    guard byte == UInt8(ascii: "<"), peek(1) == byte, peek(2) == byte, let name = heredocName(at: peek(3) == 0x20 ? 4 : 3) else {
      return false
    }
    begin(Heredoc(terminator: bytes[name], mayIndent: true), name)
    return true
  }

  /// Moves past text outside of PHP's tags.
  mutating func skipTemplateText() {
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "<") && peek(1) == UInt8(ascii: "?") {
        position += has(Array("<?php".utf8)) ? 5 : peek(2) == UInt8(ascii: "=") ? 3 : 2
        return
      }
      if bytes[position] == 0x0A { line += 1 }
      position += 1
    }
    position = min(position, bytes.count)
  }
}
