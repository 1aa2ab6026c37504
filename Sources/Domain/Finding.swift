// What is wrong, what repairs it, and what was proven about the repair.

public enum Severity: String, Sendable, Codable, CaseIterable, Hashable, Comparable {
  case note, warning, error
  public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
  private var rank: Int { self == .note ? 0 : self == .warning ? 1 : 2 }
}

/// A rule's statement that a span is wrong.
public struct Finding: Sendable, Hashable, Codable {
  /// The rule's name, such as `removed-symbol`.
  public var rule: String
  public var severity: Severity
  public var path: String
  public var span: Span
  public var start: Position
  public var end: Position
  /// One sentence, lower case, without a full stop: what is wrong.
  public var message: String
  /// What proves it.
  public var evidence: [Evidence]
  /// The text of the span.
  public var text: String
  /// Stable while lines move: a hash of rule, path, text and the heading or neighbourhood, not of the position.
  public var fingerprint: String

  public init(
    rule: String, severity: Severity, path: String, span: Span, start: Position, end: Position, message: String, evidence: [Evidence] = [],
    text: String, fingerprint: String
  ) {
    self.rule = rule
    self.severity = severity
    self.path = path
    self.span = span
    self.start = start
    self.end = end
    self.message = message
    self.evidence = evidence
    self.text = text
    self.fingerprint = fingerprint
  }
}

/// A fact that a person can look up.
public struct Evidence: Sendable, Hashable, Codable {
  /// One sentence: `function parse_config became load_config`.
  public var statement: String
  /// The file that shows it.
  public var path: String?
  /// 1-based.
  public var line: Int?
  public var commit: ObjectID?

  public init(_ statement: String, path: String? = nil, line: Int? = nil, commit: ObjectID? = nil) {
    self.statement = statement
    self.path = path
    self.line = line
    self.commit = commit
  }
}

/// Something that was not judged, and why. Nothing is left out silently.
public struct Skip: Sendable, Hashable, Codable {
  public enum Reason: String, Sendable, Codable, CaseIterable {
    case ignoredByMarker = "ignored-by-marker"
    case excludedByConfiguration = "excluded-by-configuration"
    case generated, vendored, changelog
    /// A page of an older version, kept as it was.
    case oldVersion = "old-version"
    /// Input of the repository's own tests, often wrong on purpose.
    case testFixture = "test-fixture"
    case tooLarge = "too-large"
    case notText = "not-text"
    case toolMissing = "tool-missing"
    case timedOut = "timed-out"
    case noSandbox = "no-sandbox"
    case unknownLanguage = "unknown-language"
    case fragment
    case tooManyFiles = "too-many-files"
    /// A sample that was to be run and was not, or whose failure says nothing of it.
    case notExecuted = "not-executed"
    /// What it needs could not be installed: somebody has to look.
    case manualReview = "manual-review"
    /// What the change did to the code could not be told.
    case notAnalyzed = "not-analyzed"
  }
  public var path: String
  public var line: Int?
  public var reason: Reason
  public var detail: String?

  public init(path: String, line: Int? = nil, reason: Reason, detail: String? = nil) {
    self.path = path
    self.line = line
    self.reason = reason
    self.detail = detail
  }
}

/// Who may apply a fix, as in Ruff and rustc.
public enum Applicability: String, Sendable, Codable, CaseIterable, Hashable, Comparable {
  /// Text only.
  case display
  /// Offered as a suggestion.
  case suggested
  /// A careful engineer applies it unread; it is committed.
  case safe
  public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
  private var rank: Int { self == .display ? 0 : self == .suggested ? 1 : 2 }
}

/// One replacement on original bytes.
public struct Edit: Sendable, Hashable, Codable {
  public var path: String
  public var span: Span
  /// What stands at `span`; an edit is refused where something else does.
  public var expected: String
  public var replacement: String

  public init(path: String, span: Span, expected: String, replacement: String) {
    self.path = path
    self.span = span
    self.expected = expected
    self.replacement = replacement
  }
}

/// Edits that answer a finding, from one strategy; not yet proven.
public struct Fix: Sendable, Hashable, Codable {
  /// The strategy's name, such as `renamed-symbol`.
  public var strategy: String
  public var finding: Finding
  public var edits: [Edit]
  public var applicability: Applicability
  /// 0 to 1: the share of such fixes that are right.
  public var confidence: Double
  public var evidence: [Evidence]

  public init(
    strategy: String, finding: Finding, edits: [Edit], applicability: Applicability, confidence: Double, evidence: [Evidence]
  ) {
    self.strategy = strategy
    self.finding = finding
    self.edits = edits
    self.applicability = applicability
    self.confidence = confidence
    self.evidence = evidence
  }
}

/// A fix whose healed document was validated again and got better. Only the verifier makes one (its initializer is
/// hidden behind an SPI that `scripts/check-imports` lets one file import), and the publisher takes nothing else.
public struct VerifiedFix: Sendable, Hashable {
  public let fix: Fix

  @_spi(Verification) public init(proven fix: Fix) { self.fix = fix }
}
