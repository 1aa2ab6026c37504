// What a document may cost. All of it is hostile: a file of a few megabytes can hold a million links, or link definitions on which
// the Markdown parser's work grows with the square of their number. Each limit is far above any page that people write; a
// document beyond one is left out as a whole, with a skip that names the limit.

/// What a document may cost.
public struct DocumentLimits: Sendable {
  /// Bytes of the file.
  public var bytes = 16 << 20
  public var blocks = 1_000_000
  public var references = 200_000
  public var snippets = 100_000
  /// Lines of all samples together.
  public var codeLines = 1_000_000
  /// Link definitions (`[a]: b`); libmd4c 0.4 compares those of one hash bucket pair by pair.
  public var linkDefinitions = 50_000
  /// Calls of the parser for each byte of the file: a table's row of two bytes can make a hundred empty cells.
  public var eventsPerByte = 32
  /// Images in links in images …
  public var nestedLinks = 16

  public init() {}
}

/// Why a document cannot be read.
public enum DocumentError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What there is too much of, and how much is allowed.
  case tooLarge(what: String, limit: Int)
  /// It has bytes that no text has.
  case notText
  /// The parser ran out of memory.
  case parserFailed

  public var description: String {
    switch self {
    case .tooLarge(let what, let limit): "more than \(limit) \(what)"
    case .notText: "the file contains zero bytes: it is no text"
    case .parserFailed: "the markdown parser gave up for want of memory"
    }
  }
}
