// From the bytes of one file to its facts, or to the reason why it is not scanned.

import Domain

/// A file's tokens and declarations together: what a change analysis needs of a changed file.
struct ScannedFile {
  var source: LexedSource
  var declarations: [Declaration]
  var facts: FileFacts
}

enum FileScanner {
  /// A line longer than this in a file of some size was written by a machine.
  private static let longestLine = 20_000
  private static let longestAverageLine = 400

  /// The facts of a text, or why there are none.
  static func facts(of bytes: [UInt8], _ language: SourceLanguage) -> Result<FileFacts, Refusal> {
    scan(bytes, language).map(\.facts)
  }

  static func scan(_ bytes: [UInt8], _ language: SourceLanguage) -> Result<ScannedFile, Refusal> {
    if let refusal = refusal(of: bytes) { return .failure(refusal) }
    guard var source = try? Lexer.lex(bytes, as: language) else {
      return .failure(Refusal(.generated, "more than \(Lexer.maximumTokens) tokens"))
    }
    let (declarations, tests) = DeclarationScanner.facts(of: source)
    for index in tests.joined() where index < source.tokens.count { source.tokens[index].flags.insert(.test) }
    let names = source.tokens.lazy.filter { $0.kind == .identifier && !$0.flags.contains(.test) }.map(\.hash)
    let facts = FileFacts(declarations: declarations, code: IdentifierSet(names), strings: IdentifierSet(source.stringWords))
    source.stringWords = []
    return .success(ScannedFile(source: source, declarations: declarations, facts: facts))
  }

  /// Why a text is not scanned.
  struct Refusal: Error {
    var reason: Skip.Reason
    var detail: String
    init(_ reason: Skip.Reason, _ detail: String) {
      self.reason = reason
      self.detail = detail
    }
  }

  /// Text with zero bytes is binary; text with endless lines is generated.
  static func refusal(of bytes: [UInt8]) -> Refusal? {
    if bytes.prefix(8000).contains(0) { return Refusal(.notText, "zero bytes") }
    guard bytes.count > longestLine else { return nil }
    var (lines, start, longest) = (1, 0, 0)
    for (index, byte) in bytes.enumerated() where byte == 0x0A {
      longest = max(longest, index - start)
      start = index + 1
      lines += 1
    }
    longest = max(longest, bytes.count - start)
    let isMinified = bytes.count / lines > longestAverageLine || longest > longestLine && longest > bytes.count / 2
    return isMinified ? Refusal(.generated, "lines as a minifier writes them") : nil
  }
}
