// What the author of a sample said about it to tools: to the test runners, formatters and generators of the field, in their words.
// `AnnotationTable` knows the words; here is what they come to.

import Domain

/// What the author said about running, checking and showing a sample. Any skip wins; words that nobody knows say nothing.
public struct SnippetAnnotations: Sendable, Hashable {
  /// Why it is not to be checked; nil when nobody said so.
  public internal(set) var skip: String?
  /// It fails when it is compiled or run, and shall: what said so.
  public internal(set) var expectsFailure: String?
  /// It may be compiled, but not run: what said so.
  public internal(set) var noRun: String?
  /// It goes on where the sample before it, of the same group, ended.
  public internal(set) var isContinuation = false
  /// It is run, and not shown: preparation.
  public internal(set) var isHidden = false
  /// Lines of the code (0-based) that readers do not see: `# ` in Rust.
  public internal(set) var hiddenLines: [Range<Int>] = []
  /// Samples of one group share their names.
  public internal(set) var group: String?
  /// Its own name.
  public internal(set) var name: String?
  /// The id of the sample of which this one is the expected output.
  public internal(set) var outputOf: String?
  /// The file (and what of it) that it is a copy of: it is repaired there, not here.
  public internal(set) var embed: Embed?
  /// A formatter or a linter is told to leave it as it is.
  public internal(set) var isFormatExempt = false

  /// A part of a file.
  public struct Embed: Sendable, Hashable {
    /// As written; for a keyed embed the key. Relative to the page or to the root: the dialect decides.
    public var path: String
    /// Lines, a region, an anchor, as written: `L1-L9`, `2:10`, `setup`; nil for the whole file.
    public var range: String?
    /// `embedme`, `mdbook`, `markdown-snippets`, `cog`, `markdown-code-runner`, `docusaurus`.
    public var dialect: String
    /// Where it says so; nil when the place is derived.
    public var span: Span?
  }

  public init() {}

  /// Whether it may be checked for errors.
  public var isChecked: Bool { skip == nil && expectsFailure == nil }
  /// Whether it may be run.
  public var isRun: Bool { isChecked && noRun == nil }
}
