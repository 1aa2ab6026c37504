// What stands beside a mention. A line may be as long as its document, and a document may name one thing on it thousands of times: whoever
// read the whole line for each of them would take the square of its length.

import Documents
import Domain

extension Document {
  /// The line of a span, at most so many bytes of it on each side.
  func vicinity(of span: Span, reach: Int = 600) -> Span {
    let line = lines.span(ofLine: lines.lineNumber(of: span.start))
    return Span(max(line.start, span.start - reach), max(span.end, min(line.end, span.end + reach)))
  }
}
