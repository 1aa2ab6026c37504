// Most shell samples are `npm install x`. Those that are surely right are not worth a process: commands of plain words, one a line,
// with `|`, `&&` and `;` between them, closed quotes and comments.

/// Recognises shell texts that need no parser.
struct PlainCommands {
  private var reader: ByteReader

  /// False says nothing; true says that every shell reads the text without an error.
  static func surelyParse(_ code: [UInt8]) -> Bool {
    var scanner = PlainCommands(reader: ByteReader(code))
    while !scanner.reader.isAtEnd {
      guard scanner.line() else { return false }
    }
    return true
  }

  /// A line with its continuations.
  private mutating func line() -> Bool {
    var needsCommand = false
    reader.skip(while: \.isBlank)
    if reader.isAtEnd || endLine() { return true }
    while true {
      reader.skip(while: \.isBlank)
      if reader.current == UInt8(ascii: "#") { reader.skipLine() }
      if reader.isAtEnd || endLine() { return !needsCommand }
      guard command() else { return false }
      needsCommand = operators()
    }
  }

  private mutating func endLine() -> Bool {
    guard reader.current == 0x0A else { return false }
    reader.position += 1
    return true
  }

  /// Words up to an operator or the end of the line. The first one must be no word of the grammar.
  private mutating func command() -> Bool {
    var words = 0
    while true {
      reader.skip(while: \.isBlank)
      while reader.isAt("\\\n") {
        reader.position += 2
        reader.skip(while: \.isBlank)
        if reader.isAtEnd || reader.current == 0x0A || reader.current == UInt8(ascii: "#") { return false }
      }
      let start = reader.position
      guard word() else { return false }
      if reader.position == start { return words > 0 && endsCommand }
      if words == 0, Self.reserved.contains(reader.text(from: start)) { return false }
      words += 1
    }
  }

  private var endsCommand: Bool { reader.isAtEnd || "\n|&;#".utf8.contains(reader.current) }

  /// A word with its quotes and variables; empty at an operator. False where it takes more to read on.
  private mutating func word() -> Bool {
    let start = reader.position
    while !reader.isAtEnd {
      let byte = reader.current
      if byte.isWord || "./:=@%+,~^-]*?".utf8.contains(byte) || byte == UInt8(ascii: "#") && reader.position > start {
        reader.position += 1
      } else if byte == UInt8(ascii: "["), reader.position == start {
        // Inside of a word it may begin the index of an array.
        reader.position += 1
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        guard quoted(byte) else { return false }
      } else if byte == UInt8(ascii: "$"), reader.peek().isWord {
        reader.position += 2
      } else {
        return byte.isBlank || "\n|&;#\\".utf8.contains(byte) && (byte != UInt8(ascii: "\\") || reader.isAt("\\\n"))
      }
    }
    return true
  }

  private mutating func quoted(_ quote: UInt8) -> Bool {
    reader.position += 1
    while !reader.isAtEnd, reader.current != quote {
      let byte = reader.current
      if byte == 0x0A || quote == UInt8(ascii: "\"") && "\\`$!".utf8.contains(byte) { return false }
      reader.position += 1
    }
    guard !reader.isAtEnd else { return false }
    reader.position += 1
    return true
  }

  /// Whether another command must follow.
  private mutating func operators() -> Bool {
    if reader.skip("&&") || reader.skip("||") { return true }
    if reader.current == UInt8(ascii: "|"), reader.peek() != UInt8(ascii: "&") {
      reader.position += 1
      return true
    }
    if reader.current == UInt8(ascii: ";") { reader.position += 1 }
    return false
  }

  private static let reserved: Set<String> = [
    "if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac", "select", "function", "time", "coproc", "in",
    "[[", "]]",
  ]
}
