// Property tests: the same law on many random cases, each reproducible from one number.

import Glibc
import Testing

/// SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014): small, and the same everywhere.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  /// What this generator began with; `forAll` prints it when a case fails.
  public let seed: UInt64
  private var state: UInt64

  public init(seed: UInt64) {
    self.seed = seed
    state = seed
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A comment for `#expect`: how to run this case again.
  public var comment: Comment { "run again with DOC_HEALING_TEST_SEED=\(seed)" }

  public mutating func bool() -> Bool { next() & 1 == 1 }
  public mutating func int(in range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  /// One of `choices`, which must not be empty.
  public mutating func pick<Choices: Collection>(_ choices: Choices) -> Choices.Element {
    choices[choices.index(choices.startIndex, offsetBy: int(in: 0...choices.count - 1))]
  }

  public mutating func bytes(count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }

  /// Text of `count` characters out of `alphabet`.
  public mutating func text(count: Int, of alphabet: String = "abcdefghijklmnopqrstuvwxyz0123456789") -> String {
    let characters = Array(alphabet)
    return String((0..<count).map { _ in characters[int(in: 0...characters.count - 1)] })
  }
}

/// Runs `law` on `cases` random cases. A case fails by throwing (use `try #require`) or by `#expect(…, random.comment)`;
/// after a throw the seed of the case is recorded with the failure and no further case is run.
///
/// `DOC_HEALING_TEST_SEED` makes that seed the first case.
public func forAll(
  cases: Int = 100, sourceLocation: SourceLocation = #_sourceLocation, _ law: (inout SeededGenerator) throws -> Void
) {
  var seeds = SeededGenerator(seed: .random(in: 0 ... .max))
  let given = getenv("DOC_HEALING_TEST_SEED").flatMap { UInt64(String(cString: $0)) }
  for number in 0..<cases {
    let seed = number == 0 ? given ?? seeds.next() : seeds.next()
    var random = SeededGenerator(seed: seed)
    do {
      try law(&random)
    } catch {
      Issue.record("case \(number) failed: \(error); \(SeededGenerator(seed: seed).comment)", sourceLocation: sourceLocation)
      return
    }
  }
}
