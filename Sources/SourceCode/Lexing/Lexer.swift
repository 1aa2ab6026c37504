// Cuts a text into tokens in one pass that never goes back, so its time is linear whatever the bytes are. It knows only
// what must be known to tell code from comments and strings; a text that breaks its language's rules still gives tokens.

/// Turns the bytes of one file into tokens.
struct Lexer {
  /// A string that an interpolation interrupted.
  struct Interruption {
    var form: StringForm
    /// Brackets opened inside the interpolation and not yet closed.
    var depth: Int
  }

  /// A here-document whose text begins on the next line.
  struct Heredoc {
    var terminator: ArraySlice<UInt8>
    var mayIndent: Bool
  }

  static let maximumTokens = 600_000
  static let maximumInterruptions = 32

  let bytes: [UInt8]
  let table: LexicalTable
  let language: SourceLanguage
  var position = 0
  var line: UInt32 = 1
  var atLineStart = true
  var tokens: ContiguousArray<Token> = []
  var remarks: [LexedSource.Remark] = []
  var stringWords: [UInt64] = []
  var interruptions: [Interruption] = []
  var heredocs: [Heredoc] = []
  /// For each open `#if`: whether its first branch is over.
  var conditionals: [Bool] = []

  static func lex(_ bytes: [UInt8], as language: SourceLanguage) throws(Unscannable) -> LexedSource {
    var lexer = Lexer(bytes: bytes, table: .of(language), language: language)
    try lexer.run()
    return LexedSource(
      bytes: bytes, language: language, tokens: lexer.tokens, remarks: lexer.remarks, stringWords: lexer.stringWords)
  }

  private init(bytes: [UInt8], table: LexicalTable, language: SourceLanguage) {
    self.bytes = bytes
    self.table = table
    self.language = language
    tokens.reserveCapacity(bytes.count / 6)
  }

  /// The byte `distance` ahead; zero beyond the end.
  func peek(_ distance: Int = 0) -> UInt8 {
    let index = position + distance
    return index < bytes.count ? bytes[index] : 0
  }

  func has(_ text: [UInt8]) -> Bool {
    guard position + text.count <= bytes.count else { return false }
    for (offset, byte) in text.enumerated() where bytes[position + offset] != byte { return false }
    return true
  }

  private mutating func run() throws(Unscannable) {
    if table.quirks.contains(.php) { skipTemplateText() }
    while position < bytes.count {
      step()
      if tokens.count > Self.maximumTokens { throw .tooManyTokens }
    }
  }

  private mutating func step() {
    let byte = bytes[position]
    switch byte {
    case 0x0A: newline()
    case 0x09, 0x0B, 0x0C, 0x0D, 0x20: position += 1
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), 0x80...0xFF: identifier()
    case UInt8(ascii: "0")...UInt8(ascii: "9"): number()
    default:
      if !table.opens[Int(byte)] || !special(byte) { punctuation(byte) }
    }
  }

  private mutating func newline() {
    position += 1
    line += 1
    atLineStart = true
    while let last = interruptions.last, !last.form.isMultiline { interruptions.removeLast() }
    if !heredocs.isEmpty { skipHeredocs() }
    if table.quirks.contains(.ruby) && peek() == UInt8(ascii: "=") && has(Array("=begin".utf8)) { skipRubyBlockComment() }
  }

  /// Adds the token from `start` to `position`.
  mutating func add(_ kind: Token.Kind, from start: Int, line: UInt32, hash: UInt64, word: Word = .none) {
    var flags: Token.Flags = atLineStart ? .startsLine : []
    if conditionals.contains(true) { flags.insert(.alternative) }
    atLineStart = false
    tokens.append(
      Token(
        kind: kind, byte: bytes[start], word: word, flags: flags, start: UInt32(truncatingIfNeeded: start),
        end: UInt32(truncatingIfNeeded: position), line: line, hash: hash))
  }

  private mutating func punctuation(_ byte: UInt8) {
    position += 1
    add(.punctuation, from: position - 1, line: line, hash: UInt64(byte) &* 0x9E37_79B9_7F4A_7C15)
    guard !interruptions.isEmpty else { return }
    switch byte {
    case UInt8(ascii: "("), UInt8(ascii: "{"): interruptions[interruptions.count - 1].depth += 1
    case UInt8(ascii: ")"), UInt8(ascii: "}"): leaveBracket()
    default: break
    }
  }

  /// A closing bracket inside an interpolation: the one too many ends it and the string goes on.
  private mutating func leaveBracket() {
    let last = interruptions.count - 1
    if interruptions[last].depth > 0 {
      interruptions[last].depth -= 1
      return
    }
    tokens.removeLast()
    string(interruptions.removeLast().form)
  }

  static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "_"), 0x80...0xFF:
      true
    default: false
    }
  }

  private mutating func identifier() {
    let start = position
    let hash = name()
    if position - start <= 3 && prefixedString(from: start) { return }
    add(.identifier, from: start, line: line, hash: hash, word: .of(hash))
    if table.quirks.contains(.preprocessor) { followDirective() }
    if table.quirks.contains(.ruby) && isRubyEnd(start) { position = bytes.count }
  }

  /// Reads a name and returns its hash.
  private mutating func name() -> UInt64 {
    var hash = fnvOffset
    let hasDollar = table.quirks.contains(.dollarNames)
    while position < bytes.count {
      let byte = bytes[position]
      guard Self.isNameByte(byte) || (hasDollar && byte == UInt8(ascii: "$")) else { break }
      hash = (hash ^ UInt64(byte)) &* fnvPrime
      position += 1
    }
    if table.quirks.contains(.ruby), peek() == UInt8(ascii: "?") || peek() == UInt8(ascii: "!"), peek(1) != UInt8(ascii: "=") {
      hash = (hash ^ UInt64(peek())) &* fnvPrime
      position += 1
    }
    return hash
  }

  private mutating func number() {
    let start = position
    var hash: UInt64 = 7
    while position < bytes.count {
      let byte = bytes[position]
      let separates = byte == UInt8(ascii: ".") || (byte == UInt8(ascii: "'") && language == .cpp)
      guard Self.isNameByte(byte) || (separates && isDigit(peek(1))) else { break }
      hash = (hash ^ UInt64(byte)) &* fnvPrime
      position += 1
    }
    add(.number, from: start, line: line, hash: hash)
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  /// The names after a `#` that open, turn and close conditional branches.
  private mutating func followDirective() {
    guard tokens.count >= 2, tokens[tokens.count - 2].flags.contains(.directive), let word = tokens.last?.word else { return }
    switch word {
    case .if, .ifdef, .ifndef: if conditionals.count < 256 { conditionals.append(false) }
    case .else, .elif: if !conditionals.isEmpty { conditionals[conditionals.count - 1] = true }
    case .endif: _ = conditionals.popLast()
    default: break
    }
  }
}
