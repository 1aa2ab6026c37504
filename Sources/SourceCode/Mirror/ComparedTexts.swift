// The changed texts, compared line by line: read when somebody first asks, once for all who ask.

import Domain
import Synchronization

/// Use it from any thread.
final class ComparedTexts: Sendable {
  private let change: Change
  private let limits: AnalysisLimits
  private let state = Mutex<(comparisons: [TextComparison], skips: [Skip])?>(nil)

  init(change: Change, limits: AnalysisLimits) {
    self.change = change
    self.limits = limits
  }

  func comparisons() -> [TextComparison] { loaded().comparisons }

  /// What was not compared; empty while nobody asked.
  var skips: [Skip] { state.withLock { $0?.skips ?? [] } }

  private func loaded() -> (comparisons: [TextComparison], skips: [Skip]) {
    state.withLock { state in
      if let state { return state }
      let texts = ChangedTexts(change: change, limits: limits)
      let loaded = (texts.texts.map(TextComparison.init), texts.skips)
      state = loaded
      return loaded
    }
  }
}
