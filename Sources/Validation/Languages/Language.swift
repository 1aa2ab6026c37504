// A language judges whether samples parse. In process where a library parses it, else by its own tool, many samples to one start.
//
// To add a language: a file here, a line in `RuleRegistry.swift`, a spec `Tests/ValidationTests/Specs/lang-NAME.md`.

import Domain

/// Judges samples of one language.
///
/// The law: one verdict for each sample, in order; a sample that is not whole is a fragment of documentation, and is called broken
/// only when no reading of it parses; what cannot be judged is named. Time and memory are bounded whatever the samples are.
public protocol Language: Sendable {
  var name: String { get }
  /// The normalised names of samples that it judges, its own first.
  var names: [String] { get }
  /// The program that judges, whose verdicts are kept; nil when nothing is started.
  var tool: String? { get }
  /// Part of the name of what is kept: another text when the same samples are judged otherwise.
  var revision: String { get }
  func judge(_ samples: [Sample], tools: (any ToolRunner)?) -> [SyntaxVerdict]
}

extension Language {
  /// Judges in process.
  public var tool: String? { nil }
  public var revision: String { "" }
}

/// Code to judge.
public struct Sample: Sendable, Hashable {
  public var code: [UInt8]
  /// The normalised name under which it was shown.
  public var language: String
  /// It must parse as it stands; otherwise it is a sample in a document, and may be a fragment.
  public var isWhole: Bool

  public init(code: [UInt8], language: String, isWhole: Bool) {
    self.code = code
    self.language = language
    self.isWhole = isWhole
  }
}

/// Whether a sample parses.
public enum SyntaxVerdict: Sendable, Hashable {
  case valid
  case broken(SyntaxProblem)
  /// Nobody can say; why.
  case unjudged(Skip.Reason, String)
}

/// Where a sample does not parse, and why.
public struct SyntaxProblem: Sendable, Hashable {
  /// Bytes of the code; not empty unless at its end.
  public var range: Range<Int>
  /// One line, as the language's parser says it.
  public var message: String

  public init(range: Range<Int>, message: String) {
    self.range = range
    self.message = message
  }
}

extension Sample {
  /// The code as text; nil when it is not UTF-8.
  var text: String? { String(validating: code, as: UTF8.self) }

  /// The bytes at a place that a parser counted in lines and Unicode scalars, both from 1; one scalar, or the line's last one.
  func range(line: Int, column: Int) -> Range<Int> {
    let lines = LineIndex(code)
    let number = min(max(1, line), lines.starts.count)
    var span = lines.span(ofLine: number)
    while span.count > 0, code[span.end - 1] == 0x0A || code[span.end - 1] == 0x0D { span = Span(span.start, span.end - 1) }
    var start = span.start
    for _ in 1..<max(1, column) {
      let next = Self.nextScalar(in: code, after: start, end: span.end)
      if next >= span.end { break }
      start = next
    }
    return start..<min(Self.nextScalar(in: code, after: start, end: span.end), code.count)
  }

  private static func nextScalar(in code: [UInt8], after offset: Int, end: Int) -> Int {
    guard offset < end else { return end }
    var next = offset + 1
    while next < end, code[next] & 0xC0 == 0x80 { next += 1 }
    return next
  }

  func contains(_ needle: String) -> Bool { contains(Array(needle.utf8)) }

  private func contains(_ needle: [UInt8]) -> Bool {
    guard let first = needle.first, code.count >= needle.count else { return false }
    return (0...(code.count - needle.count)).contains { code[$0] == first && code[$0..<($0 + needle.count)].elementsEqual(needle) }
  }

  /// Marks of a template engine or an elision: what stands there is not the language.
  var hasTemplateMarks: Bool { ["{{", "{%", "<%", "${{"].contains(where: contains) }
  var hasElision: Bool { ["...", "…", ". . .", "//.."].contains(where: contains) }
}
