// A strategy turns a finding into a fix. It is a pure function: it reads the document's bytes and what the change analysis
// knows, proposes edits with evidence, and proves nothing. The verifier validates the healed document afterwards, so a
// strategy may offer several fixes, best first, and the first one that verifies is taken.
//
// To add one: a file in `Strategies/`, a line in `StrategyRegistry.swift`, a page `docs/strategies/NAME.md` with a
// paragraph "Fix safety", and a spec `Tests/HealingTests/Specs/NAME.md`. The registry's test fails on any that is missing.

import Documents
import Domain
import SourceCode

/// What a strategy may know.
public struct HealingContext: Sendable {
  /// The document's path in the head tree.
  public var path: String
  /// The document's bytes as they are in the head tree.
  public var bytes: [UInt8]
  /// Nil when nothing earlier is known: a snippet sent by itself, a check without a base.
  public var analysis: ChangeAnalysis?
  /// The samples of the document, in order.
  public var snippets: [Sample]
  /// The trees of both sides; nil for a document that stands for itself.
  public var revisions: Revisions?

  /// A sample of the document: where its code stands and what language its fence names.
  public struct Sample: Sendable, Hashable {
    /// The code's bytes, without the fence lines. Inside a quote or a list they contain the markers of each line.
    public var span: Span
    /// Lower case; empty when the fence names none.
    public var language: String
    public init(span: Span, language: String) {
      self.span = span
      self.language = language
    }
  }

  public init(path: String, bytes: [UInt8], analysis: ChangeAnalysis? = nil, snippets: [Sample] = [], revisions: Revisions? = nil) {
    self.path = path
    self.bytes = bytes
    self.analysis = analysis
    self.snippets = snippets
    self.revisions = revisions
  }

  /// The text of a span of the document.
  public func text(_ span: Span) -> String {
    guard span.end <= bytes.count else { return "" }
    return String(decoding: bytes[span.range], as: UTF8.self)
  }

  /// The sample that contains the span.
  public func sample(around span: Span) -> Sample? { snippets.first { $0.span.contains(span) } }
}

/// Answers findings of some rules with fixes.
public protocol Strategy: Sendable {
  /// Kebab case, unique, and the name of its page and its spec.
  var name: String { get }
  /// The rules whose findings it answers.
  var rules: Set<String> { get }
  /// The fixes for one finding, best first; none when the evidence allows no edit, or two readings. Every edit lies in
  /// the document of the context, expects what stands there, and differs from it.
  func fixes(for finding: Finding, in context: HealingContext) -> [Fix]
}
