// A rule states what is wrong in a document. It is a pure function of its context: what needs a tool (whether samples parse) is
// known before, for all documents at once, and stands in the context.
//
// To add a rule: a file in `Rules/`, a line in `RuleRegistry.swift`, a page `docs/rules/NAME.md` and a spec
// `Tests/ValidationTests/Specs/NAME.md`. The registry's test fails on any that is missing. See `docs/write-a-rule.md`.

import Documents
import Domain
import SourceCode

/// States what is wrong in a document.
///
/// The law: findings lie in the document, each on exactly the bytes that are wrong; equal contexts give equal findings; in doubt
/// a rule says nothing.
public protocol Rule: Sendable {
  /// Kebab case, named for the problem and not for the cure; also the name of its page and its spec.
  var name: String { get }
  /// One sentence for reports: what it finds.
  var summary: String { get }
  /// Whether it judges where nobody configured it. A rule that was not measured to be right nine times in ten is off
  /// (`docs/precision.md`).
  var isOnByDefault: Bool { get }
  /// Whether it also judges where the base was only guessed. What is right about one push need not be right about a hundred commits.
  var trustsGuessedBase: Bool { get }
  func judge(_ context: RuleContext) -> RuleOutcome
}

extension Rule {
  public var isOnByDefault: Bool { true }
  public var trustsGuessedBase: Bool { true }
}

/// What a rule says of a document.
public struct RuleOutcome: Sendable, Hashable {
  public var findings: [Finding]
  /// What the rule did not look at.
  public var skips: [Skip]

  public init(findings: [Finding] = [], skips: [Skip] = []) {
    self.findings = findings
    self.skips = skips
  }
}

/// What a rule may know.
public struct RuleContext: Sendable {
  public let document: Document
  /// What the change did to the code; nil when nothing earlier is known.
  public let analysis: ChangeAnalysis?
  /// The trees of both sides; nil for a document that stands for itself.
  public let revisions: Revisions?
  /// What is known of the document's samples, by their ids; a sample that nobody judged is not there.
  public let syntax: [String: SyntaxVerdict]
  /// What running the document's samples came to, by their ids; a sample that was not to be run is not there.
  public let executions: [String: ExecutionVerdict]
  /// Which names the head's code has; nil for a document that stands for itself.
  public let resolver: Resolver?
  public let configuration: ValidationConfiguration
  /// What rules about links share.
  let links = LinkMemo()

  public init(
    document: Document, analysis: ChangeAnalysis?, revisions: Revisions? = nil, syntax: [String: SyntaxVerdict] = [:],
    executions: [String: ExecutionVerdict] = [:], resolver: Resolver? = nil,
    configuration: ValidationConfiguration = ValidationConfiguration()
  ) {
    self.document = document
    self.analysis = analysis
    self.revisions = revisions
    self.syntax = syntax
    self.executions = executions
    self.resolver = resolver
    self.configuration = configuration
  }

  /// A finding of `rule` on a span of the document.
  public func finding(
    _ rule: any Rule, _ severity: Severity = .error, at span: Span, _ message: String, evidence: [Evidence] = []
  ) -> Finding {
    let text = document.text(span)
    var hash = StableHash()
    hash.add(rule.name)
    hash.add(document.path)
    hash.add(text)
    for heading in document.headings(over: span.start) { hash.add(heading.text) }
    return Finding(
      rule: rule.name, severity: severity, path: document.path, span: span, start: document.lines.position(of: span.start),
      end: document.lines.position(of: span.end), message: message, evidence: evidence, text: text, fingerprint: hash.hex)
  }
}

/// What a repository's configuration says about validation, and the day on which markers are read.
public struct ValidationConfiguration: Sendable {
  /// Rules that are switched on or off; the others are as they are by default.
  public var rules: [String: Bool]
  /// Only these rules, whatever else is said; nil for all that are on.
  public var selectedRules: Set<String>?
  /// Languages (normalised names) whose samples are not judged.
  public var disabledLanguages: Set<String>
  /// Only samples of these languages (normalised names) are judged; empty for all.
  public var sampleLanguages: Set<String> = []
  /// Languages (normalised names) whose samples are judged by their syntax alone.
  public var unresolvedLanguages: Set<String> = []
  /// Whether nobody named the earlier side.
  public var isBaseGuessed = false
  /// A line before a sample that says: leave it alone. The engine's own marker counts in any case.
  public var ignoreMarker: String?
  /// `YYYY-MM-DD` in UTC: markers with an earlier `until` hold no more.
  public var today: String { now.map { String($0().rfc3339.prefix(10)) } ?? "0000-00-00" }
  /// Asked at each check, so that a service that runs for months knows what day it is; nil: no marker ever ends.
  private let now: (@Sendable () -> Timestamp)?

  public init(
    rules: [String: Bool] = [:], selectedRules: Set<String>? = nil, disabledLanguages: Set<String> = [],
    now: (@Sendable () -> Timestamp)? = nil
  ) {
    self.rules = rules
    self.selectedRules = selectedRules
    self.disabledLanguages = disabledLanguages
    self.now = now
  }

  /// Whether a rule judges.
  func allows(_ rule: any Rule) -> Bool {
    selectedRules.map { $0.contains(rule.name) } ?? rules[rule.name] ?? (rule.isOnByDefault && (!isBaseGuessed || rule.trustsGuessedBase))
  }

  /// Whether the names in samples of a language (its normalised name) are looked up.
  func resolvesSamples(in language: String) -> Bool { judgesSamples(in: language) && !unresolvedLanguages.contains(language) }

  /// Whether samples of a language (its normalised name) are judged.
  func judgesSamples(in language: String) -> Bool {
    !disabledLanguages.contains(language) && (sampleLanguages.isEmpty || sampleLanguages.contains(language))
  }
}
