// What is known about content, kept by the content's own name: a blob's id, the hash of a sample and of the tool that judged it.
// What is kept so is never out of date, so a push costs what it changed and not what the repository weighs.

/// Keeps values by content. The law: a value comes back as it was stored under that key, or not at all; an implementation may forget
/// anything at any time, and never fails. Called from several threads at once.
public protocol ContentCache: Sendable {
  func value(for key: ContentKey) -> [UInt8]?
  func store(_ value: [UInt8], for key: ContentKey)
  /// Makes what was stored outlive the process, where the implementation can.
  func flush()
}

/// Names a value: what kind of knowledge, in which version of its form, about which content.
public struct ContentKey: Sendable, Hashable {
  /// The kind and its version, then the content's name; at most a few dozen bytes.
  public let bytes: [UInt8]

  /// - Parameters:
  ///   - kind: a short word with a number that changes whenever the same content would give another value: `facts.3`.
  ///   - content: the content's name.
  public init(kind: String, content: some Sequence<UInt8>) { bytes = Array(kind.utf8) + [0] + content }
}
