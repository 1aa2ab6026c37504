// What changed between two versions of one line of code: runs of tokens that took the place of others.

/// Two versions of a line as token trees.
struct LinePair {
  let old: TokenTree
  let new: TokenTree
  /// The runs that differ; each is balanced in brackets on both sides.
  let edits: [Edit]

  struct Edit {
    var old: Range<Int>
    var new: Range<Int>
  }

  private static let maximumBytes = 400
  private static let maximumEdits = 3
  private static let maximumRegion = 16

  /// Nil when the lines are too long, or too much of them differs.
  init?(_ oldText: ArraySlice<UInt8>, _ newText: ArraySlice<UInt8>, _ language: SourceLanguage) {
    guard oldText.count <= Self.maximumBytes, newText.count <= Self.maximumBytes else { return nil }
    guard let oldSource = try? Lexer.lex(Array(oldText), as: language), let newSource = try? Lexer.lex(Array(newText), as: language) else {
      return nil
    }
    let (old, new) = (TokenTree(oldSource), TokenTree(newSource))
    (self.old, self.new) = (old, new)
    let diff = LineDiff(from: Self.texts(oldSource), to: Self.texts(newSource))
    let merged = Self.merged(diff.hunks.map { Edit(old: $0.old, new: $0.new) }, old, new)
    guard !merged.isEmpty, merged.count <= Self.maximumEdits else { return nil }
    edits = merged.filter {
      $0.old.count <= Self.maximumRegion && $0.new.count <= Self.maximumRegion && Self.isBalanced($0.old, old)
        && Self.isBalanced($0.new, new)
    }
  }

  private static func texts(_ source: LexedSource) -> [ArraySlice<UInt8>] {
    source.tokens.map { source.bytes[Int($0.start)..<Int($0.end)] }
  }

  /// Joins runs that belong together: nothing but marks between them, a bracket opened in one and closed in the other, or arguments of
  /// the same call.
  private static func merged(_ edits: [Edit], _ old: TokenTree, _ new: TokenTree) -> [Edit] {
    var result: [Edit] = []
    for edit in edits {
      guard let last = result.last else {
        result.append(edit)
        continue
      }
      let gap = last.old.upperBound..<max(last.old.upperBound, edit.old.lowerBound)
      let isNear = gap.count <= 2 && gap.allSatisfy { old[$0].kind == .punctuation }
      let isOpen = !isBalanced(last.old, old) || !isBalanced(last.new, new)
      let opener = enclosing(edit.old, old)
      if isNear || isOpen || (opener != nil && opener == enclosing(last.old, old)) {
        result[result.count - 1] = Edit(old: last.old.lowerBound..<edit.old.upperBound, new: last.new.lowerBound..<edit.new.upperBound)
      } else {
        result.append(edit)
      }
    }
    return result
  }

  static func isBalanced(_ range: Range<Int>, _ tree: TokenTree) -> Bool {
    var depth = 0
    for index in range where tree[index].kind == .punctuation {
      switch tree[index].byte {
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      default: break
      }
      if depth < 0 { return false }
    }
    return depth == 0
  }

  /// The innermost bracket that opens before a range and closes on this line behind it.
  static func enclosing(_ range: Range<Int>, _ tree: TokenTree) -> Int? {
    var index = range.lowerBound - 1
    while index >= 0 {
      if tree[index].kind == .punctuation {
        switch tree[index].byte {
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
          let opener = Int(tree.matches[index])
          guard opener >= 0 else { return nil }
          index = opener
        case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
          let close = tree.close(of: index)
          return close < tree.count && close >= range.upperBound ? index : nil
        default: break
        }
      }
      index -= 1
    }
    return nil
  }
}
