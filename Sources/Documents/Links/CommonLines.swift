// How much of one file another has, by lines: whether a page was moved and edited, or split into parts.

import Domain
import Synchronization

/// Compares files of the base with files of the head; lines that were read are kept.
final class CommonLines: Sendable {
  private let head: Revision
  private let base: Revision?
  private let kept = Mutex<[String: Set<Int>?]>([:])

  /// Larger files are not compared.
  private static let maximumBytes = 256 << 10

  init(head: Revision, base: Revision?) {
    self.head = head
    self.base = base
  }

  /// The share of the old file's lines that the new one has; nil when either cannot be read or has too little to say.
  func share(of old: String, in new: String) -> Double? {
    guard let base, let before = lines(old, base, "base"), let after = lines(new, head, "head"), before.count >= 4 else { return nil }
    return Double(before.intersection(after).count) / Double(before.count)
  }

  /// Hashes of the lines that say something.
  private func lines(_ path: String, _ revision: Revision, _ side: String) -> Set<Int>? {
    let key = side + ":" + path
    if let known = kept.withLock({ $0[key] }) { return known }
    let made = revision.bytes(at: path, limit: Self.maximumBytes).map { bytes in
      Set(bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).filter { $0.count >= 6 }.map(\.hashValue))
    }
    kept.withLock { $0[key] = .some(made) }
    return made
  }
}
