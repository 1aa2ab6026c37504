// What came of running a sample.

import Domain

/// What came of running a sample.
public enum ExecutionVerdict: Sendable, Hashable {
  /// It ran to its end, and what it printed is what the document shows, if it shows anything.
  case passed
  /// It failed, and by its own fault or this repository's.
  case failed(ExecutionProblem)
  /// It ran, and printed something else than the document shows, at one place or several.
  case differs([ChangedOutput])
  /// It was not run, or what happened says nothing of the sample; why.
  case unjudged(Skip.Reason, String)
}

/// Where a sample failed.
public struct ExecutionProblem: Sendable, Hashable {
  /// The bytes of the sample's line, without the line feed.
  public var range: Range<Int>
  /// One line: `TypeError: connect() got an unexpected keyword argument 'port'`.
  public var message: String

  public init(range: Range<Int>, message: String) {
    self.range = range
    self.message = message
  }
}

/// An output that is not what the document shows.
public struct ChangedOutput: Sendable, Hashable {
  /// Where the shown output stands.
  public var place: Place
  public var expected: String
  /// What came, with the same mark in front of each line that the shown one has (`# `, blanks).
  public var actual: String
  /// It came out the same twice, and no line of the shown one leaves anything out: it may stand in its place.
  public var isRepeatable: Bool

  public enum Place: Sendable, Hashable {
    /// Bytes of the sample itself.
    case own(Range<Int>)
    /// The sample with this id shows it, whole.
    case sample(String)
  }

  public init(place: Place, expected: String, actual: String, isRepeatable: Bool) {
    self.place = place
    self.expected = expected
    self.actual = actual
    self.isRepeatable = isRepeatable
  }
}
