// Text that must never be shown: webhook secrets, tokens, passwords. It can be interpolated, logged, dumped and put in an
// error without being told; reading it takes a call that a reviewer finds by its name.

/// A value that prints as `***`.
public struct Secret: Sendable, Hashable {
  private let text: String

  public init(_ text: String) { self.text = text }

  /// The secret itself, for the one place that sends it.
  public func reveal() -> String { text }

  /// The secret's UTF-8 bytes, for the one place that computes with it.
  public func revealBytes() -> [UInt8] { Array(text.utf8) }

  public var isEmpty: Bool { text.isEmpty }

  /// Whether `candidate` is exactly this secret. The time depends on the candidate's length only, not on where it differs.
  public func matches(_ candidate: some Collection<UInt8>) -> Bool {
    let own = Array(text.utf8)
    var difference = own.count ^ candidate.count
    var index = 0
    for byte in candidate {
      difference |= Int(byte ^ (own.isEmpty ? 0 : own[index]))
      index = index + 1 < own.count ? index + 1 : 0
    }
    return difference == 0 && !own.isEmpty
  }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "***" }
  public var debugDescription: String { "***" }
  /// Hides the text from `dump` too.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
