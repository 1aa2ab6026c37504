// What is different between two versions of a line, word by word.

/// The words between the common beginning and the common end of two lines.
struct Substitution: Sendable {
  /// Equal for equal substitutions in different lines.
  let hash: UInt64
  /// Words that only the old line has, by hash.
  let removedWords: Set<UInt64>
  /// Words that only the new line has, by hash.
  let addedWords: Set<UInt64>
  /// Whether a word, and not only marks, is put in or taken out.
  let hasWords: Bool
  /// Whether one letter takes another's place, as where a type parameter is renamed.
  let renamesLetter: Bool
  /// Whether every word that only the old line has is a letter or two.
  let removesLetters: Bool
  /// Whether both lines begin and end alike, as parts of statements: a line that took over another's bracket or semicolon does not.
  let keepsEnds: Bool
  /// Whether the old line only lists names, as an import does.
  let isList: Bool

  init(_ old: ArraySlice<UInt8>, _ new: ArraySlice<UInt8>) {
    let (left, right) = (Self.tokens(old), Self.tokens(new))
    var low = 0
    while low < left.count, low < right.count, left[low] == right[low] { low += 1 }
    var (leftEnd, rightEnd) = (left.count, right.count)
    while leftEnd > low, rightEnd > low, left[leftEnd - 1] == right[rightEnd - 1] {
      leftEnd -= 1
      rightEnd -= 1
    }
    var hash = fnvOffset
    for token in left[low..<leftEnd] { hash = (hash ^ identifierHash(token)) &* fnvPrime }
    hash = (hash ^ 0xFF) &* fnvPrime
    for token in right[low..<rightEnd] { hash = (hash ^ identifierHash(token)) &* fnvPrime }
    self.hash = hash
    hasWords = left[low..<leftEnd].contains(where: Self.isWord) || right[low..<rightEnd].contains(where: Self.isWord)
    let (oldWords, newWords) = (Set(left.filter(Self.isWord).map(identifierHash)), Set(right.filter(Self.isWord).map(identifierHash)))
    removedWords = oldWords.subtracting(newWords)
    addedWords = newWords.subtracting(oldWords)
    removesLetters = left.filter(Self.isWord).allSatisfy { $0.count <= 2 || newWords.contains(identifierHash($0)) }
    keepsEnds = Self.isSamePart(old.first, new.first, of: ".)]}") && Self.isSamePart(old.last, new.last, of: ",;{([")
    renamesLetter = leftEnd - low == 1 && rightEnd - low == 1 && left[low].count == 1 && right[low].count == 1
    isList = old.allSatisfy { Lexer.isNameByte($0) || " \t{},:;.*\"'@/-".utf8.contains($0) }
  }

  private static func isSamePart(_ left: UInt8?, _ right: UInt8?, of marks: String) -> Bool {
    guard let left, let right else { return false }
    return left == right || !marks.utf8.contains(left) && !marks.utf8.contains(right)
  }

  private static func isWord(_ token: ArraySlice<UInt8>) -> Bool { token.first.map(Lexer.isNameByte) == true }

  /// Words, runs of blanks and single marks.
  static func tokens(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var tokens: [ArraySlice<UInt8>] = []
    var start = bytes.startIndex
    while start < bytes.endIndex {
      var end = start + 1
      if Lexer.isNameByte(bytes[start]) {
        while end < bytes.endIndex, Lexer.isNameByte(bytes[end]) { end += 1 }
      } else if bytes[start] == 0x20 || bytes[start] == 0x09 {
        while end < bytes.endIndex, bytes[end] == 0x20 || bytes[end] == 0x09 { end += 1 }
      }
      tokens.append(bytes[start..<end])
      start = end
    }
    return tokens
  }
}

/// The smallest edits that turn one line into another, word by word.
public enum LineRewriting {
  /// One replacement, as offsets into the old text.
  public struct Piece: Sendable, Hashable {
    public var range: Range<Int>
    public var replacement: String
  }

  /// Blanks that only stand in another number are left as they are.
  public static func pieces(from old: String, to new: String) -> [Piece] {
    let (left, right) = (Array(old.utf8), Array(new.utf8))
    let (oldTokens, newTokens) = (Substitution.tokens(left[...]), Substitution.tokens(right[...]))
    return LineDiff(from: oldTokens, to: newTokens).hunks.compactMap { hunk in
      let start = hunk.old.lowerBound < oldTokens.count ? oldTokens[hunk.old.lowerBound].startIndex : left.count
      let end = hunk.old.isEmpty ? start : oldTokens[hunk.old.upperBound - 1].endIndex
      let text = newTokens[hunk.new].flatMap { Array($0) }
      if !text.isEmpty, end > start, (text + left[start..<end]).allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { return nil }
      return Piece(range: start..<end, replacement: String(decoding: text, as: UTF8.self))
    }
  }
}
