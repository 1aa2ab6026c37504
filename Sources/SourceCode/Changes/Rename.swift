// What the analysis says about a name.

import Domain

/// A name that the base's code defined and the head's code has no more.
public struct RemovedSymbol: Sendable, Hashable {
  public enum Certainty: Sendable, Hashable {
    /// No definition and no use is left in the head's code (tests, fixtures and examples do not count).
    case gone
    /// All that is left is a deprecated alias of another name: old samples still run, with a warning.
    case deprecatedAlias
    /// Nothing defines it any more; some uses are left, of something else or forgotten.
    case undefined
  }

  /// The declarations that the base had, all of them lost.
  public var symbols: [Symbol]
  public var certainty: Certainty
  /// Where it was, and what is left of it.
  public var evidence: [Evidence]

  public init(symbols: [Symbol], certainty: Certainty, evidence: [Evidence]) {
    self.symbols = symbols
    self.certainty = certainty
    self.evidence = evidence
  }
}

/// A pair of names that the evidence says is one thing, renamed.
public struct Rename: Sendable, Hashable {
  /// As the base declared it.
  public var old: Symbol
  /// As the head declares it.
  public var new: Symbol
  /// 0 to 1: how sure the evidence makes it. Two renames of one name, close in confidence, mean that neither may be applied.
  public var confidence: Double
  /// What pairs them, strongest first, in sentences that a person can check.
  public var evidence: [Evidence]

  public init(old: Symbol, new: Symbol, confidence: Double, evidence: [Evidence]) {
    self.old = old
    self.new = new
    self.confidence = confidence
    self.evidence = evidence
  }
}
