// What a tool said of a sample, kept by the sample's content: a push that changes one sample starts a tool for that one, and a
// document that is checked again after it was healed starts none.

import Documents
import Domain
import Synchronization

/// Keeps verdicts by their names.
///
/// The law: `verdict` returns what was last stored under the name, or nil; a cache may forget. Called from several threads at once.
public protocol VerdictCache: Sendable {
  func verdict(_ key: VerdictKey) -> SyntaxVerdict?
  func store(_ verdict: SyntaxVerdict, _ key: VerdictKey)
}

/// What names a verdict: the sample's bytes and name, whether it stands for itself, the tool that judges and how it is asked. Two hashes
/// of 64 bits and the length: whoever makes two samples with one name gains that one of their own is not judged.
public struct VerdictKey: Sendable, Hashable {
  /// Hexadecimal digits, and a length.
  public let text: String

  init(_ sample: Sample, language: String, tool: String) {
    var first = StableHash()
    var second = StableHash()
    second.add("second")
    let head = "\(language) \(sample.language) \(sample.isWhole) \(tool)"
    first.add(head)
    first.add(sample.code)
    second.add(sample.code.reversed())
    second.add(head)
    text = "\(first.hex)\(second.hex)-\(sample.code.count)"
  }
}

/// Keeps verdicts in memory: the newest ones, up to a number.
public final class MemoryVerdictCache: VerdictCache {
  private struct Generations {
    var young: [VerdictKey: SyntaxVerdict] = [:]
    var old: [VerdictKey: SyntaxVerdict] = [:]
  }

  private let limit: Int
  private let state = Mutex(Generations())

  /// - Parameter limit: verdicts kept at the most; the half that was not asked for lately goes first.
  public init(limit: Int = 20_000) { self.limit = max(2, limit) }

  public func verdict(_ key: VerdictKey) -> SyntaxVerdict? {
    state.withLock { state in
      if let verdict = state.young[key] { return verdict }
      guard let verdict = state.old[key] else { return nil }
      keep(verdict, key, in: &state)
      return verdict
    }
  }

  public func store(_ verdict: SyntaxVerdict, _ key: VerdictKey) { state.withLock { keep(verdict, key, in: &$0) } }

  private func keep(_ verdict: SyntaxVerdict, _ key: VerdictKey, in state: inout Generations) {
    if state.young.count >= limit / 2 {
      state.old = state.young
      state.young = [:]
    }
    state.young[key] = verdict
  }
}
