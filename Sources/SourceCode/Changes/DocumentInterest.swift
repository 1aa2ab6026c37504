// Which documents a change can concern at all, told from the words and lines that they have. Rules read a document from one end to the other;
// most changes concern none of a repository's documents, and whoever replays thousands of changes must know that without reading any.
//
// When a rule asks the analysis something new, say here what a document must have for an answer: a document that is passed over here is
// judged by nobody. The backtest's tests compare with judging every document.

import Domain

/// The words and lines of one document, as hashes. Depends on nothing but the bytes.
public struct DocumentWords: Sendable {
  /// Ascending and distinct.
  private let words: [UInt64]
  private let lines: [UInt64]

  public init(_ bytes: [UInt8]) {
    var words: Set<UInt64> = []
    Self.collect(bytes, into: &words)
    // Markdown's `max\_size` is `max_size`.
    let escaped = bytes.indices.dropLast().contains { bytes[$0] == UInt8(ascii: "\\") && bytes[$0 + 1] == UInt8(ascii: "_") }
    if escaped { Self.collect(bytes.filter { $0 != UInt8(ascii: "\\") }, into: &words) }
    self.words = words.sorted()
    lines = Set(PlainLine.lines(of: bytes).lazy.filter { !$0.isBlank }.map(\.hash)).sorted()
  }

  /// Every reading of every run of letters that some rule may take for a name.
  private static func collect(_ bytes: [UInt8], into words: inout Set<UInt64>) {
    var index = 0
    while index < bytes.count {
      guard TextToken.isWordByte(bytes[index]) else {
        index += 1
        continue
      }
      let start = index
      while index < bytes.count, TextToken.isWordByte(bytes[index]) { index += 1 }
      add(start..<index, bytes, into: &words)
    }
  }

  private static func add(_ run: Range<Int>, _ bytes: [UInt8], into words: inout Set<UInt64>) {
    let hash = identifierHash(bytes[run])
    words.insert(hash)
    // Ruby's names end with `?` or `!`.
    if run.upperBound < bytes.count { words.insert((hash ^ UInt64(bytes[run.upperBound])) &* fnvPrime) }
    let isPlain = bytes[run].allSatisfy { $0 < 0x80 && $0 != UInt8(ascii: "$") }
    if !isPlain { for part in bytes[run].split(whereSeparator: { $0 == UInt8(ascii: "$") }) { words.insert(identifierHash(part)) } }
    if !isPlain { for part in bytes[run].split(whereSeparator: { !LiteralShape.isWordByte($0) }) { words.insert(identifierHash(part)) } }
    // `_name_` is emphasis.
    let underscore = UInt8(ascii: "_")
    if bytes[run.lowerBound] == underscore || bytes[run.upperBound - 1] == underscore {
      let trimmed = bytes[run].drop { $0 == underscore }
      words.insert(identifierHash(trimmed.prefix(trimmed.lastIndex { $0 != underscore }.map { $0 - trimmed.startIndex + 1 } ?? 0)))
    }
  }

  fileprivate func hasOne(of interest: DocumentInterest) -> Bool {
    interest.words.contains { Self.contains($0, words) } || interest.lines.contains { Self.contains($0, lines) }
  }

  private static func contains(_ hash: UInt64, _ hashes: [UInt64]) -> Bool {
    var low = 0
    var high = hashes.count
    while low < high {
      let middle = (low + high) / 2
      if hashes[middle] < hash { low = middle + 1 } else { high = middle }
    }
    return low < hashes.count && hashes[low] == hash
  }
}

/// What a document must mention for a change to concern it.
public struct DocumentInterest: Sendable {
  fileprivate private(set) var words: Set<UInt64> = []
  fileprivate private(set) var lines: Set<UInt64> = []
  /// Whether any document may be concerned.
  private var isEverything = false
  private let literals: LiteralAnalysis
  private let hasValues: Bool

  init(_ analysis: ChangeAnalysis) {
    literals = analysis.literals
    hasValues = !literals.moves.versions.isEmpty || !literals.defaults.isEmpty
    for name in analysis.mentionNames { add(name) }
    for text in analysis.finderTexts { add(text) }
    for text in literals.lostTexts { add(text) }
    for name in analysis.calls.lostParameters { add(name) }
    for exchange in literals.dependencies { add(exchange.old); add(exchange.oldModule) }
    if let branch = literals.branch { add(branch.old) }
    words.formUnion(analysis.calls.interestingTokens)
    lines = analysis.mirror.replacedLines
    isEverything = !literals.terms.isEmpty
  }

  /// Whether nothing that the change did to the code can concern a document.
  public var isEmpty: Bool { words.isEmpty && lines.isEmpty && !isEverything && !hasValues }

  /// Whether the change may concern the document with these words.
  /// - Parameter bytes: the document, asked for only where words do not tell.
  public func concerns(_ document: DocumentWords, bytes: () throws -> [UInt8]) rethrows -> Bool {
    if isEverything || document.hasOne(of: self) { return true }
    return hasValues ? concernsValues(try bytes()) : false
  }

  /// Versions and default values are numbers and common words: what stands around them tells.
  private func concernsValues(_ bytes: [UInt8]) -> Bool {
    let moves = literals.moves
    if moves.occurrences(in: bytes).contains(where: { VersionContext.move(at: Span($0.range), in: bytes, among: moves.versions) != nil }) {
      return true
    }
    let defaults = literals.defaults
    return literals.defaultOccurrences(in: bytes).contains { DefaultContext.change(at: Span($0.range), in: bytes, among: defaults) != nil }
  }

  /// A text that stands in a document as a whole: its longest run of letters does.
  private mutating func add(_ text: String) {
    let bytes = Array(text.utf8)
    if bytes.allSatisfy(TextToken.isWordByte) { words.insert(identifierHash(bytes)) }
    // A mark at the end may be the name's own, or the end of a path.
    if let last = bytes.last, last == UInt8(ascii: "?") || last == UInt8(ascii: "!") { words.insert(identifierHash(bytes)) }
    let runs = bytes.split { !LiteralShape.isWordByte($0) }
    if let longest = runs.max(by: { $0.count < $1.count }), runs.count > 1 || longest.count < bytes.count {
      words.insert(identifierHash(longest))
    }
  }
}

extension ChangeAnalysis {
  /// Which documents the change may concern. Reads the changed files.
  public var interest: DocumentInterest { DocumentInterest(self) }
}
