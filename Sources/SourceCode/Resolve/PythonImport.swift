// Import statements, as the outline of a file and the check of a sample read them.

/// One import statement.
struct PythonImport {
  struct Item {
    /// Dotted for `import a.b`.
    var name: String
    /// The first and last token of the name.
    var tokens: Range<Int>
    /// The token that names what is bound.
    var boundToken: Int
    var hasAlias: Bool
    var isStar: Bool
  }

  var isFrom: Bool
  /// The module behind `from`.
  var module = ""
  var moduleTokens = 0..<0
  var level = 0
  var items: [Item] = []
  /// The first token after it.
  var end: Int

  /// The statement that begins at a token; nil when none does.
  init?(_ tree: TokenTree, at start: Int, end limit: Int) {
    isFrom = tree.isWord(start, .from)
    guard isFrom || tree.isWord(start, .import) else { return nil }
    var index = start + 1
    if isFrom {
      while tree.isMark(index, ".") {
        level += 1
        index += 1
      }
      if !tree.isWord(index, .import) {
        guard tree.isName(index) else { return nil }
        module = tree.dottedName(at: index)
        moduleTokens = index..<Self.endOfName(tree, index)
        index = moduleTokens.upperBound
      }
      guard tree.isWord(index, .import) else { return nil }
      index += 1
    }
    end = index
    readItems(tree, from: index, limit)
  }

  private mutating func readItems(_ tree: TokenTree, from first: Int, _ limit: Int) {
    let isGrouped = tree.isMark(first, "(")
    let stop = isGrouped ? tree.close(of: first) : limit
    var index = isGrouped ? first + 1 : first
    while index < stop {
      if tree.isMark(index, "*") {
        items.append(Item(name: "*", tokens: index..<(index + 1), boundToken: index, hasAlias: false, isStar: true))
        index += 1
      } else if tree.isName(index) {
        let tokens = index..<(isFrom ? index + 1 : Self.endOfName(tree, index))
        let hasAlias = tree.isWord(tokens.upperBound, .as) && tree.isName(tokens.upperBound + 1)
        let bound = hasAlias ? tokens.upperBound + 1 : index
        items.append(
          Item(
            name: isFrom ? tree.text(index) : tree.dottedName(at: index), tokens: tokens, boundToken: bound, hasAlias: hasAlias,
            isStar: false))
        index = hasAlias ? bound + 1 : tokens.upperBound
      } else {
        break
      }
      guard tree.isMark(index, ","), index < stop else { break }
      index += 1
    }
    end = isGrouped ? min(limit, stop + 1) : min(limit, index)
  }

  private static func endOfName(_ tree: TokenTree, _ start: Int) -> Int {
    var index = start + 1
    while tree.isMark(index, "."), tree.isName(index + 1) { index += 2 }
    return index
  }
}
