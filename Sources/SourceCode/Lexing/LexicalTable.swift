// How each language writes comments and strings. Most of a language is a row of this table; what no table can say (whether
// `/` divides, where a here-document ends) is a quirk that the lexer asks for.

/// A way of writing string literals.
struct StringForm: Sendable {
  enum Interpolation: Sendable { case none, dollarBrace, hashBrace, backslashParenthesis, brace }

  var open: [UInt8]
  var close: [UInt8]
  /// A backslash takes the next byte's meaning away.
  var escapes = true
  /// A line break does not end it.
  var isMultiline = false
  var interpolation = Interpolation.none
  /// Swift's `#` count of a raw string, between backslash and parenthesis.
  var hashes = 0

  init(
    _ open: String, _ close: String, escapes: Bool = true, multiline: Bool = false, _ interpolation: Interpolation = .none, hashes: Int = 0
  ) {
    self.open = Array(open.utf8)
    self.close = Array(close.utf8)
    self.escapes = escapes
    isMultiline = multiline
    self.interpolation = interpolation
    self.hashes = hashes
  }
}

/// One language's row.
struct LexicalTable: Sendable {
  struct Quirks: OptionSet, Sendable {
    let rawValue: Int
    static let slashComments = Quirks(rawValue: 1 << 0)
    static let hashComments = Quirks(rawValue: 1 << 1)
    static let nestedComments = Quirks(rawValue: 1 << 2)
    /// `$` is a letter.
    static let dollarNames = Quirks(rawValue: 1 << 3)
    /// A slash may open a regular expression.
    static let regularExpressions = Quirks(rawValue: 1 << 4)
    static let preprocessor = Quirks(rawValue: 1 << 5)
    /// `'a` may be a lifetime.
    static let lifetimes = Quirks(rawValue: 1 << 6)
    /// `#"…"#`.
    static let hashStrings = Quirks(rawValue: 1 << 7)
    /// `` `name` `` is a name.
    static let backquotedNames = Quirks(rawValue: 1 << 8)
    /// `name?` and `name!` are names; `%w[]`, here-documents, `=begin`.
    static let ruby = Quirks(rawValue: 1 << 9)
    /// Text outside `<?php … ?>`, here-documents.
    static let php = Quirks(rawValue: 1 << 10)
    /// A backslash joins two lines.
    static let lineJoining = Quirks(rawValue: 1 << 11)
    /// `@"…"`, `$"…"`.
    static let verbatimStrings = Quirks(rawValue: 1 << 12)
  }

  var strings: [StringForm]
  var quirks: Quirks
  /// Bytes that may begin something other than one punctuation mark.
  let opens: [Bool]

  private init(_ strings: [StringForm], _ quirks: Quirks) {
    self.strings = strings
    self.quirks = quirks
    var opens = Array(repeating: false, count: 256)
    for form in strings { opens[Int(form.open[0])] = true }
    for byte in "/#'`<=%@$?\\\"".utf8 { opens[Int(byte)] = true }
    self.opens = opens
  }

  static func of(_ language: SourceLanguage) -> LexicalTable {
    switch language {
    case .python: python
    case .javascript, .typescript: javascript
    case .go: go
    case .rust: rust
    case .java: java
    case .c, .cpp: c
    case .csharp: csharp
    case .kotlin: kotlin
    case .php: php
    case .ruby: ruby
    case .swift: swift
    }
  }

  private static let character = StringForm("'", "'")
  private static let quoted = StringForm("\"", "\"")

  private static let python = LexicalTable(
    [
      StringForm("\"\"\"", "\"\"\"", multiline: true), StringForm("'''", "'''", multiline: true), quoted, character,
    ], [.hashComments, .lineJoining])
  private static let javascript = LexicalTable(
    [quoted, character, StringForm("`", "`", multiline: true, .dollarBrace)], [.slashComments, .dollarNames, .regularExpressions])
  private static let go = LexicalTable([quoted, character, StringForm("`", "`", escapes: false, multiline: true)], [.slashComments])
  private static let rust = LexicalTable(
    [StringForm("\"", "\"", multiline: true)], [.slashComments, .nestedComments, .lifetimes])
  private static let java = LexicalTable(
    [StringForm("\"\"\"", "\"\"\"", multiline: true), quoted, character], [.slashComments, .dollarNames])
  private static let c = LexicalTable([quoted, character], [.slashComments, .preprocessor, .lineJoining])
  private static let csharp = LexicalTable(
    [StringForm("\"\"\"", "\"\"\"", escapes: false, multiline: true), quoted, character], [.slashComments, .preprocessor, .verbatimStrings])
  private static let kotlin = LexicalTable(
    [
      StringForm("\"\"\"", "\"\"\"", escapes: false, multiline: true, .dollarBrace), StringForm("\"", "\"", .dollarBrace), character,
    ], [.slashComments, .nestedComments, .backquotedNames])
  private static let php = LexicalTable(
    [StringForm("\"", "\"", multiline: true), StringForm("'", "'", multiline: true)], [.slashComments, .hashComments, .php])
  private static let ruby = LexicalTable(
    [
      StringForm("\"", "\"", multiline: true, .hashBrace), StringForm("'", "'", multiline: true),
      StringForm("`", "`", multiline: true, .hashBrace),
    ], [.hashComments, .regularExpressions, .ruby, .lineJoining])
  private static let swift = LexicalTable(
    [
      StringForm("\"\"\"", "\"\"\"", multiline: true, .backslashParenthesis), StringForm("\"", "\"", .backslashParenthesis),
    ], [.slashComments, .nestedComments, .hashStrings, .backquotedNames])
}
