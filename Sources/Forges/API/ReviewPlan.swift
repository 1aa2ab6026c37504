// What every forge's review has in common: what was sent already, what cannot be sent, and in which portions the rest goes.

import Domain

/// Sorts the suggestions of a review.
struct ReviewPlan {
  /// To be sent now.
  private(set) var pending: [Review.Suggestion] = []
  private(set) var result = PublishedReview()

  /// - Parameters:
  ///   - bodies: our own review comments that stand at the pull request.
  ///   - text: what a suggestion becomes; nothing longer than `limit` is sent.
  init(_ review: Review, lines: DiffLines, bodies: [String], limit: Int, text: (Review.Suggestion) -> String) {
    for suggestion in review.suggestions {
      if bodies.contains(where: suggestion.mark.isIn) {
        result.published.append(suggestion.mark)
      } else if lines.accept(suggestion.lines, of: suggestion.path), APIText.length(text(suggestion)) <= limit {
        pending.append(suggestion)
      } else {
        result.left.append(suggestion)
      }
    }
  }

  /// Sends the pending ones, `size` at a time. What is refused as a whole is sent one by one, so that one bad suggestion does not keep
  /// the others back.
  mutating func send(batches size: Int, _ body: ([Review.Suggestion]) throws(ForgeAPIError) -> Void) throws(ForgeAPIError) {
    var start = 0
    while start < pending.count {
      let batch = Array(pending[start..<min(pending.count, start + size)])
      start += batch.count
      do throws(ForgeAPIError) {
        try body(batch)
        result.published += batch.map(\.mark)
      } catch  where error.isRefusal && batch.count > 1 {
        for suggestion in batch { try sendAlone(suggestion, body) }
      } catch  where error.isRefusal {
        result.left += batch
      }
    }
  }

  private mutating func sendAlone(
    _ suggestion: Review.Suggestion, _ body: ([Review.Suggestion]) throws(ForgeAPIError) -> Void
  ) throws(ForgeAPIError) {
    do throws(ForgeAPIError) {
      try body([suggestion])
      result.published.append(suggestion.mark)
    } catch  where error.isRefusal {
      result.left.append(suggestion)
    }
  }
}

extension ForgeAPIError {
  /// Whether the forge refused the value itself.
  var isRefusal: Bool { if case .invalid = reason { true } else { false } }
}
