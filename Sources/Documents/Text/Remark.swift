// A comment of a document: what its author says to tools and not to readers.

import Domain

/// A comment in a document, in whichever form its format has comments.
struct Remark: Hashable, Sendable {
  /// The bytes of its text.
  var content: Span
  /// With the marks around it.
  var whole: Span

  mutating func move(_ place: (Span) -> Span) {
    content = place(content)
    whole = place(whole)
  }
}
