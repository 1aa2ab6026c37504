// Lines that documents share with the code. A sample that was copied from a test, an option's help that was copied from a doc comment: the
// copy stands in the document word for word, and when the change edits the original, the copy is stale.
//
// The change is small and the documents are many, so the index is made of the change: for each line that the change replaced, what it
// became and which lines stood beside it. A document is read once and looks up each of its lines. Only when one is found, the rest of the
// head's code is searched for lines that still stand as they were: while the code itself says both, the document may say either.

import Domain
import Synchronization

/// A line of a document that stood in the code and that the change edited there.
public struct StaleCopy: Sendable, Hashable {
  /// The content of the line, in the document.
  public var range: Range<Int>
  /// What stands there.
  public var old: String
  /// What the original says now.
  public var new: String
  /// The head's file and 1-based line of the original.
  public var path: String
  public var line: Int
  public var confidence: Double
}

/// What the change did to single lines. A value of reference: it is made when a document first asks. Use it from any thread.
public final class MirrorIndex: Sendable {
  private let change: Change
  private let texts: ComparedTexts
  private let edited: Set<UInt64>
  private let limits: AnalysisLimits
  private let state = Mutex(State())

  private struct State {
    var replacements: Replacements?
    var remains: LineRemains?
    /// The copies of the document that was asked about last: rule, strategy and verifier ask one after the other.
    var last: (bytes: [UInt8], copies: [StaleCopy])?
  }

  init(change: Change, texts: ComparedTexts, edited: Set<UInt64>, limits: AnalysisLimits) {
    self.change = change
    self.texts = texts
    self.edited = edited
    self.limits = limits
  }

  /// Contents of lines that the change replaced, by hash: a document without one of them has no stale copy.
  var replacedLines: Set<UInt64> {
    state.withLock { state in
      let replacements = state.replacements ?? Replacements(texts.comparisons(), edited: edited)
      state.replacements = replacements
      return Set(replacements.byLine.keys)
    }
  }

  /// What was not compared, and why.
  public var skips: [Skip] { texts.skips + state.withLock { $0.replacements?.skips ?? [] } }

  /// The stale copies in a document, in its order.
  public func copies(in bytes: [UInt8]) -> [StaleCopy] {
    state.withLock { state in
      if let last = state.last, last.bytes == bytes { return last.copies }
      let replacements = state.replacements ?? Replacements(texts.comparisons(), edited: edited)
      state.replacements = replacements
      guard !replacements.byLine.isEmpty else { return [] }
      let document = PlainText(bytes)
      let hits = document.lines.indices.filter { replacements.byLine[document.lines[$0].hash] != nil }
      var copies: [StaleCopy] = []
      if !hits.isEmpty {
        let remains = state.remains ?? replacements.remains(in: change.head, limits: limits)
        state.remains = remains
        copies = replacements.copies(at: hits, in: document, remains: remains)
      }
      state.last = (bytes, copies)
      return copies
    }
  }
}
