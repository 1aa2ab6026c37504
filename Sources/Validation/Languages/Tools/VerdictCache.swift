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

/// What names a verdict: the sample's bytes and name, whether it stands for itself, the tool that judges and how it is asked. Repositories
/// share what is kept, so it is a hash that nobody can aim.
public struct VerdictKey: Sendable, Hashable {
  /// Hexadecimal digits.
  public let text: String

  init(_ sample: Sample, language: String, tool: String) {
    var hash = ContentHash()
    for part in [language, sample.language, "\(sample.isWhole)", tool] { hash.add(part) }
    hash.add(sample.code)
    text = hash.hex
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
