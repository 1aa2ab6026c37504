// Which bracket closes which: computed once, so that everything after it can step over a bracketed stretch at once.

/// The tokens of a text with their brackets matched.
struct TokenTree {
  var source: LexedSource
  /// For an opening bracket the index of the one that closes it, or the number of tokens; for a closing bracket the index
  /// of its opener, or -1; for anything else its own index.
  let matches: ContiguousArray<Int32>

  var tokens: ContiguousArray<Token> { source.tokens }
  var count: Int { source.tokens.count }

  init(_ source: LexedSource) {
    self.source = source
    matches = Self.match(source.tokens)
  }

  private static func match(_ tokens: ContiguousArray<Token>) -> ContiguousArray<Int32> {
    var matches = ContiguousArray<Int32>(0..<Int32(tokens.count))
    var open: [(index: Int, close: UInt8)] = []
    // Brackets of an `#else` branch match among themselves, or not at all: the first branch has closed or opened the block.
    var outside: [(index: Int, close: UInt8)]?
    for (index, token) in tokens.enumerated() where token.kind == .punctuation {
      let isAlternative = token.flags.contains(.alternative)
      if isAlternative && outside == nil {
        (outside, open) = (open, [])
      } else if !isAlternative, let rest = outside {
        (outside, open) = (nil, rest)
      }
      switch token.byte {
      case UInt8(ascii: "("): open.append((index, UInt8(ascii: ")")))
      case UInt8(ascii: "["): open.append((index, UInt8(ascii: "]")))
      case UInt8(ascii: "{"): open.append((index, UInt8(ascii: "}")))
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
        guard let depth = opener(of: token.byte, in: open) else {
          matches[index] = -1
          continue
        }
        for unclosed in open[(depth + 1)...] { matches[unclosed.index] = Int32(index) }
        matches[open[depth].index] = Int32(index)
        matches[index] = Int32(open[depth].index)
        open.removeSubrange(depth...)
      default: break
      }
    }
    for unclosed in outside ?? open { matches[unclosed.index] = Int32(tokens.count) }
    return matches
  }

  /// The innermost open bracket that the byte closes. Only a few levels are searched: a bracket further out than that is
  /// more likely a stray.
  private static func opener(of close: UInt8, in open: [(index: Int, close: UInt8)]) -> Int? {
    for depth in stride(from: open.count - 1, through: max(0, open.count - 8), by: -1) where open[depth].close == close { return depth }
    return nil
  }

  /// The token at the index; beyond the ends a token that is nothing.
  subscript(index: Int) -> Token { index >= 0 && index < count ? source.tokens[index] : Self.nothing }

  private static let nothing = Token(kind: .punctuation, byte: 0, word: .none, flags: [], start: 0, end: 0, line: 1, hash: 0)

  func isMark(_ index: Int, _ mark: Unicode.Scalar) -> Bool { index >= 0 && index < count && source.tokens[index].isMark(mark) }

  func isWord(_ index: Int, _ word: Word) -> Bool { index >= 0 && index < count && source.tokens[index].word == word }

  func isName(_ index: Int) -> Bool { index >= 0 && index < count && source.tokens[index].kind == .identifier }

  /// The index after the bracketed stretch that opens here, or the next one.
  func after(_ index: Int) -> Int {
    let token = self[index]
    guard token.kind == .punctuation, token.byte == 0x28 || token.byte == 0x5B || token.byte == 0x7B else { return index + 1 }
    return min(count, Int(matches[index]) + 1)
  }

  /// The close of the bracket at the index.
  func close(of index: Int) -> Int { index >= 0 && index < count ? min(count, Int(matches[index])) : count }

  /// The index after `<…>` that opens here, balanced within one statement; the index itself when there is none.
  func afterAngles(_ index: Int) -> Int {
    guard isMark(index, "<") else { return index }
    var depth = 0
    var position = index
    let limit = min(count, index + 400)
    while position < limit {
      if isMark(position, "<") { depth += 1 }
      if isMark(position, ">") && !isMark(position - 1, "-") && !isMark(position - 1, "=") { depth -= 1 }
      if depth == 0 { return position + 1 }
      if isMark(position, ";") { return index }
      position = after(position)
    }
    return index
  }

  func text(_ index: Int) -> String { source.text(self[index]) }

  /// The bytes from the first to the last token of a range.
  func text(_ range: Range<Int>) -> String {
    guard let first = range.first, let last = range.last, last < count else { return "" }
    let end = min(Int(source.tokens[last].end), Int(source.tokens[first].start) + 200)
    let start = Int(source.tokens[first].start)
    return end > start ? source.text(stretch(start, end)) : ""
  }

  /// Whether two neighbouring marks are written without a space: `::`, `->`.
  func isPair(_ index: Int, _ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Bool {
    isMark(index, first) && isMark(index + 1, second) && source.tokens[index].end == source.tokens[index + 1].start
  }
}

/// The range from one index to another, empty where the other comes first: in a text that breaks its language's rules the end of a part
/// may be found before its beginning.
func stretch(_ lower: Int, _ upper: Int) -> Range<Int> { lower..<max(lower, upper) }
