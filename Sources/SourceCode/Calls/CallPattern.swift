// The shape of a call as tokens: names and marks that must stand there, and holes for what may be anything. A pattern is compared with a
// token tree in one step for each of its elements, because brackets are matched beforehand.

/// A sequence of tokens and holes.
struct CallPattern: Hashable, Sendable {
  enum Element: Hashable, Sendable {
    /// A token with this hash.
    case token(UInt64)
    /// Any one string or number.
    case literal(isString: Bool)
    /// One argument: at least one token, up to the next comma or the closing bracket.
    case argument
    /// Everything up to the closing bracket, possibly nothing.
    case contents
  }

  var elements: [Element]
  /// Which elements are replaced; the others are what must stand around them.
  var region: Range<Int>

  /// The hash of the token that it begins with.
  var first: UInt64 {
    if case .token(let hash)? = elements.first { return hash }
    return 0
  }

  /// The hashes of its tokens.
  var names: Set<UInt64> { names(in: elements.indices) }

  func names(in range: Range<Int>) -> Set<UInt64> {
    Set(elements[range].compactMap { element in if case .token(let hash) = element { hash } else { nil } })
  }

  /// The tokens that each element takes when the pattern stands at a token; nil when it does not.
  func match(_ tree: TokenTree, at start: Int) -> [Range<Int>]? {
    var ranges: [Range<Int>] = []
    ranges.reserveCapacity(elements.count)
    var index = start
    for element in elements {
      guard let end = end(of: element, tree, index) else { return nil }
      ranges.append(index..<end)
      index = end
    }
    return ranges
  }

  private func end(of element: Element, _ tree: TokenTree, _ index: Int) -> Int? {
    switch element {
    case .token(let hash): return index < tree.count && tree[index].hash == hash ? index + 1 : nil
    case .literal(let isString): return index < tree.count && tree[index].kind == (isString ? .string : .number) ? index + 1 : nil
    case .argument:
      let end = Self.stretchEnd(tree, index, stopsAtComma: true)
      return end > index ? end : nil
    case .contents: return Self.stretchEnd(tree, index, stopsAtComma: false)
    }
  }

  /// The first closing bracket, or comma, at the level of `index`.
  static func stretchEnd(_ tree: TokenTree, _ index: Int, stopsAtComma: Bool) -> Int {
    var position = index
    while position < tree.count {
      let token = tree[position]
      if token.kind == .punctuation {
        switch token.byte {
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): return position
        case UInt8(ascii: ",") where stopsAtComma: return position
        default: break
        }
      }
      position = tree.after(position)
    }
    return position
  }
}

/// What takes the place of a pattern's region.
struct CallReplacement: Hashable, Sendable {
  enum Piece: Hashable, Sendable {
    case text([UInt8])
    /// What stands in the place of this element of the pattern.
    case element(Int)
  }
  var pieces: [Piece]

  /// The hashes of its words outside of strings.
  var words: Set<UInt64> {
    var words: Set<UInt64> = []
    for case .text(let bytes) in pieces {
      var quote: UInt8?
      var word: [UInt8] = []
      for byte in bytes + [0x20] {
        if quote == nil, Lexer.isNameByte(byte) {
          word.append(byte)
          continue
        }
        if let first = word.first, first > UInt8(ascii: "9") { words.insert(identifierHash(word)) }
        word = []
        if byte == quote {
          quote = nil
        } else if quote == nil, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
          quote = byte
        }
      }
    }
    return words
  }
}

/// A place where a pattern stands in a text.
struct CallMatch {
  /// The bytes from the first to the last token.
  var range: Range<Int>
  /// The bytes that are replaced: those of the region and the blanks around it.
  var replaced: Range<Int>
  var replacement: [UInt8]

  init?(_ pattern: CallPattern, _ replacement: CallReplacement, _ tree: TokenTree, at index: Int) {
    guard let ranges = pattern.match(tree, at: index), let first = ranges.first, let last = ranges.last else { return nil }
    guard last.upperBound > first.lowerBound else { return nil }
    let tokens = tree.source.tokens
    range = Int(tokens[first.lowerBound].start)..<Int(tokens[last.upperBound - 1].end)
    let region = pattern.region
    var (start, end) = (range.lowerBound, range.upperBound)
    if region.lowerBound > 0 {
      let token = ranges[region.lowerBound - 1].upperBound - 1
      guard token >= 0 else { return nil }
      start = Int(tokens[token].end)
    }
    if region.upperBound < ranges.count {
      let token = ranges[region.upperBound].lowerBound
      guard token < tokens.count else { return nil }
      end = Int(tokens[token].start)
    }
    guard start <= end else { return nil }
    replaced = start..<end
    let text = replacement.pieces.flatMap { piece -> [UInt8] in
      switch piece {
      case .text(let bytes): return bytes
      case .element(let element):
        let stretch = ranges[element]
        guard let low = stretch.first, let high = stretch.last else { return [] }
        return Array(tree.source.bytes[Int(tokens[low].start)..<Int(tokens[high].end)])
      }
    }
    guard let kept = Self.keepingLines(Array(tree.source.bytes[start..<end]), text) else { return nil }
    self.replacement = kept
  }

  /// Line breaks of the old text stay where they are; nil where it is not clear which of the new words they stand between.
  private static func keepingLines(_ old: [UInt8], _ new: [UInt8]) -> [UInt8]? {
    guard old.contains(0x0A) else { return new }
    let inner = old.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
    if inner.contains(0x0A) {
      let (words, blanks) = (new.split(whereSeparator: isBlank), old.split { !isBlank($0) })
      guard words.count > 1, words.count == Array(old).split(whereSeparator: isBlank).count else { return nil }
      var gaps = blanks[...]
      var kept = isBlank(old[0]) ? Array(gaps.removeFirst()) : []
      for (index, word) in words.enumerated() {
        kept += word
        if index + 1 < words.count { kept += gaps.removeFirst() }
      }
      return kept + (gaps.first.map(Array.init) ?? [])
    }
    let before = old.prefix(while: isBlank)
    let core = new.drop(while: isBlank)
    if before.count == old.count { return before.contains(0x0A) ? Array(before + core) : new }
    let after = old.reversed().prefix(while: isBlank).reversed()
    let end = core.reversed().drop(while: isBlank).reversed()
    return (before.contains(0x0A) ? Array(before) : Array(new.prefix(while: isBlank))) + Array(end)
      + (after.contains(0x0A) ? Array(after) : Array(core.suffix(core.count - end.count)))
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
}
