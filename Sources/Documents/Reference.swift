// A mention of something outside the document.

import Domain

/// A mention of something outside the document: a name in code type, a link, an image, or a place that links can name.
public struct Reference: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    /// `` `name` ``
    case codeSpan
    /// `[text](target)`, `<https://…>`, `<a href="…">`
    case link
    /// `![text](target)`, `<img src="…">`
    case image
    /// `<a id="…">`: a place in this document that a link can name.
    case anchor
  }
  public let kind: Kind
  /// What is shown: for a code span its code, for a link its text (possibly empty), for an anchor its name.
  public let text: String
  /// The bytes of `text`, without the marks around it. Where the text was broken over lines or written with escapes, `text` has
  /// them resolved and the bytes have not. For a link without text, the bytes of its target.
  public let span: Span
  /// Where a link or an image leads, as written; nil for the other kinds.
  public let target: String?
  /// The bytes of `target`. Nil where it was written with escapes or entities, or is derived (`www.…`).
  public let targetSpan: Span?
  /// Which of the document's blocks it stands in.
  public let block: Int
}
