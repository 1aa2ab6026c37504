// Names in samples. A sample is often a fragment, in a language that is not certain, so this lexer promises little: identifiers that
// stand outside strings and comments, and the marks around them. What it cannot tell (a quote without its partner on the line) is a
// mark like any other. One pass; every byte is looked at a fixed number of times.

import Domain

/// How a family of languages writes comments and strings.
struct SampleStyle: Sendable {
  var lineComments: [String] = []
  var blockComments: [(open: String, close: String)] = []
  var quotes: [UInt8] = Array("\"'".utf8)
  /// `"""` and `'''`.
  var hasTripleQuotes = false
  /// Backquoted strings run over lines.
  var hasTemplates = false

  /// The style of a language's normalised name. For what is unknown, strings and no comments.
  static func of(_ language: String?) -> SampleStyle {
    switch language {
    case "python", "pycon", "ipython", "python2": SampleStyle(lineComments: ["#"], hasTripleQuotes: true)
    case "ruby", "elixir", "perl", "r": SampleStyle(lineComments: ["#"])
    case "bash", "console", "dockerfile", "makefile", "yaml", "toml", "powershell", "dotenv": SampleStyle(lineComments: ["#"])
    case "javascript", "jsx", "typescript", "tsx", "vue", "svelte", "go":
      SampleStyle(lineComments: ["//"], blockComments: [("/*", "*/")], hasTemplates: true)
    case "php": SampleStyle(lineComments: ["//", "#"], blockComments: [("/*", "*/")])
    case "java", "kotlin", "scala", "groovy", "swift", "rust", "c", "cpp", "csharp", "objectivec", "dart", "zig":
      SampleStyle(lineComments: ["//"], blockComments: [("/*", "*/")], hasTripleQuotes: true)
    case "sql", "lua", "haskell": SampleStyle(lineComments: ["--"])
    default: SampleStyle()
    }
  }
}

/// One name or mark of a sample.
struct SampleToken: Hashable {
  enum Kind: UInt8 { case name, number, string, mark }
  var kind: Kind
  var start: Int
  var end: Int
  /// The first byte.
  var byte: UInt8
  var startsLine: Bool

  func isMark(_ mark: Unicode.Scalar) -> Bool { kind == .mark && byte == UInt8(ascii: mark) }
}

/// A sample cut into tokens.
struct SampleLexer {
  private let bytes: [UInt8]
  private let style: SampleStyle
  private var position = 0
  private var startsLine = true
  private(set) var tokens: [SampleToken] = []
  /// The bytes of comments, their marks included.
  private(set) var comments: [Range<Int>] = []
  /// Block comments and long strings without an end are looked for once: after that their opening is a mark.
  private var hopeless: Set<String> = []
  /// So does a quote without a partner on its line, for the rest of the line.
  private var partnerlessUntil: [UInt8: Int] = [:]

  init(_ bytes: [UInt8], style: SampleStyle) {
    self.bytes = bytes
    self.style = style
    while position < bytes.count { step() }
  }

  func text(_ token: SampleToken) -> String { String(decoding: bytes[token.start..<token.end], as: UTF8.self) }

  private mutating func step() {
    let byte = bytes[position]
    if byte == 0x0A {
      startsLine = true
      position += 1
    } else if byte == 0x20 || byte == 0x09 || byte == 0x0D {
      position += 1
    } else if Self.isNameStart(byte) {
      take(.name) { Self.isNameStart($0) || Self.isDigit($0) }
    } else if Self.isDigit(byte) {
      take(.number) { Self.isNameStart($0) || Self.isDigit($0) }
    } else if !comment() && !string(byte) {
      append(.mark, to: position + 1)
    }
  }

  private mutating func take(_ kind: SampleToken.Kind, while accept: (UInt8) -> Bool) {
    var end = position + 1
    while end < bytes.count, accept(bytes[end]) { end += 1 }
    append(kind, to: end)
  }

  private mutating func append(_ kind: SampleToken.Kind, to end: Int) {
    tokens.append(SampleToken(kind: kind, start: position, end: end, byte: bytes[position], startsLine: startsLine))
    startsLine = false
    position = end
  }

  private mutating func comment() -> Bool {
    if style.lineComments.contains(where: { starts(with: $0) }) {
      let end = lineEnd()
      comments.append(position..<end)
      position = end
      return true
    }
    guard let form = style.blockComments.first(where: { starts(with: $0.open) }) else { return false }
    guard let end = find(form.close, from: position + form.open.utf8.count) else { return false }
    comments.append(position..<end)
    position = end
    return true
  }

  private mutating func string(_ byte: UInt8) -> Bool {
    if style.hasTemplates, byte == UInt8(ascii: "`") { return longString("`") }
    guard style.quotes.contains(byte) else { return false }
    if style.hasTripleQuotes, position + 2 < bytes.count, bytes[position + 1] == byte, bytes[position + 2] == byte {
      if longString(String(repeating: Character(UnicodeScalar(byte)), count: 3)) { return true }
    }
    guard position >= partnerlessUntil[byte, default: 0] else { return false }
    var end = position + 1
    while end < bytes.count, bytes[end] != byte, bytes[end] != 0x0A { end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1 }
    guard end < bytes.count, bytes[end] == byte else {
      partnerlessUntil[byte] = end
      return false
    }
    append(.string, to: end + 1)
    return true
  }

  private mutating func longString(_ quote: String) -> Bool {
    guard let end = find(quote, from: position + quote.utf8.count) else { return false }
    append(.string, to: end)
    return true
  }

  /// The end of the next occurrence.
  private mutating func find(_ needle: String, from start: Int) -> Int? {
    guard !hopeless.contains(needle) else { return nil }
    var index = start
    while index < bytes.count {
      if bytes[index...].starts(with: needle.utf8) { return index + needle.utf8.count }
      index += 1
    }
    hopeless.insert(needle)
    return nil
  }

  private func starts(with text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

  private func lineEnd() -> Int {
    var end = position
    while end < bytes.count, bytes[end] != 0x0A { end += 1 }
    return end
  }

  static func isNameStart(_ byte: UInt8) -> Bool {
    (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || byte == 95 || byte >= 0x80
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
}
