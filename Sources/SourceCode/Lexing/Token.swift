// The lexer's output. Comments are left out, strings are one token a literal segment, punctuation is one token a byte.

/// A keyword of any of the languages. Each recogniser looks only for those of its own, and only where they can stand:
/// in another place `type` or `get` is a name like any other.
enum Word: String, CaseIterable {
  case none = ""
  case abstract, actor, alias, `as`, `associatedtype`, async, await, `case`, `catch`, `class`, companion, const, constructor, crate, data
  case declare, def, `default`, `defer`, define, delete, `do`, dynamic, `else`, elif, end, endif, `enum`, event, export, extends,
    `extension`
  case extern, final, `fileprivate`, fn, `for`, from, fun, `func`, function, get, global, `guard`, `if`, ifdef, ifndef, impl, implements
  case `import`, `in`, include, indirect, `init`, inline, `instanceof`, interface, `internal`, isolated, lateinit, lazy, `let`, macro
  case macroRules = "macro_rules", mod, module, mut, mutating, namespace, native, new, nonisolated, nonmutating, not, object, open
  case `operator`, optional, or, and, override, package, partial, `private`, protected, `protocol`, pub, `public`
  case readonly, record, ref, `repeat`, require, `rethrows`, `return`, sealed, `self`, set, some, `static`, strictfp, `struct`, `subscript`
  case suspend, `switch`, synchronized, template, test, then, this, `throw`, `throws`, trait, transient, `try`, type, `typealias`, typedef
  case typeof, union, unless, unowned, unsafe, until, use, using, val, `var`, virtual, void, volatile, weak, when, `where`, `while`, yield
  case attrReader = "attr_reader", attrWriter = "attr_writer", attrAccessor = "attr_accessor", aliasMethod = "alias_method"
  case defineMethod = "define_method", prototype, exports

  /// The keyword whose identifier has this hash, or `none`.
  static func of(_ hash: UInt64) -> Word {
    var slot = Int(truncatingIfNeeded: hash & 511)
    while true {
      let entry = table[slot]
      if entry.hash == hash { return entry.word }
      if entry.hash == 0 { return .none }
      slot = (slot + 1) & 511
    }
  }

  private static let table: [(hash: UInt64, word: Word)] = {
    var table: [(hash: UInt64, word: Word)] = Array(repeating: (0, .none), count: 512)
    for word in allCases where word != .none {
      let hash = identifierHash(word.rawValue.utf8)
      var slot = Int(truncatingIfNeeded: hash & 511)
      while table[slot].hash != 0 { slot = (slot + 1) & 511 }
      table[slot] = (hash, word)
    }
    return table
  }()
}

/// One token of a source text.
struct Token {
  enum Kind: UInt8 { case identifier, number, string, punctuation }

  struct Flags: OptionSet {
    let rawValue: UInt8
    /// The first token of its line (a line that a backslash continues is no new line).
    static let startsLine = Flags(rawValue: 1)
    /// Between `#else` and `#endif`: its brackets repeat those of the first branch.
    static let alternative = Flags(rawValue: 2)
    /// The `#` of a preprocessor line.
    static let directive = Flags(rawValue: 4)
    /// In code that only tests use.
    static let test = Flags(rawValue: 8)
  }

  var kind: Kind
  /// The first byte: tells punctuation apart.
  var byte: UInt8
  var word: Word
  var flags: Flags
  var start: UInt32
  var end: UInt32
  /// 1-based.
  var line: UInt32
  /// Equal for equal text of the same kind.
  var hash: UInt64

  func isMark(_ mark: Unicode.Scalar) -> Bool { kind == .punctuation && byte == UInt8(ascii: mark) }
  var startsLine: Bool { flags.contains(.startsLine) }
}

/// A text with its tokens.
struct LexedSource {
  /// A comment that speaks of deprecation.
  struct Remark {
    var range: Range<Int>
    /// The token that follows it.
    var nextToken: Int
  }

  let bytes: [UInt8]
  let language: SourceLanguage
  var tokens: ContiguousArray<Token>
  var remarks: [Remark]
  /// Hashes of the identifier-shaped words in string literals, with repetitions.
  var stringWords: [UInt64]

  func text(_ token: Token) -> String { text(Int(token.start)..<Int(token.end)) }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// The number of columns that the token's line is indented, a tab counting to the next multiple of eight.
  func indentation(of token: Token) -> Int {
    var start = Int(token.start)
    while start > 0 && bytes[start - 1] != 0x0A { start -= 1 }
    let blanks = bytes[start...].prefix { $0 == 0x20 || $0 == 0x09 }
    return blanks.reduce(0) { $1 == 0x09 ? ($0 / 8 + 1) * 8 : $0 + 1 }
  }
}

/// Why a text was not scanned.
enum Unscannable: Error {
  /// More tokens than the limit: generated or minified.
  case tooManyTokens
}
