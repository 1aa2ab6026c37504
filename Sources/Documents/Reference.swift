// A mention of something outside the document.

import Domain

/// A mention of something outside the document: a name in code type, a link, an image, or a place that links can name.
public struct Reference: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    /// `` `name` ``; with a role, what the role names: ``:func:`name` ``.
    case codeSpan
    /// `[text](target)`, `<https://…>`, `<a href="…">`, `` `text <target>`_ ``, `link:target[text]`
    case link
    /// `![text](target)`, `<img src="…">`
    case image
    /// `<a id="…">`, `(name)=`, `.. _name:`, `[[name]]`: a place in this document that a link can name.
    case anchor
    /// A page or a label by the name that the generator knows: ``:doc:`…` ``, ``:ref:`…` ``, an entry of a `toctree`, `<<name>>`,
    /// `xref:…[]`, `{@link …}`. `role` says which; `target` is the name.
    case crossReference
    /// Another file's text, put in when pages are made: `literalinclude`, `include::`, `{{#include …}}`. `target` is the path.
    case include
    /// `[label]: target` and `.. _label: target`, used or not. `text` is the label.
    case linkDefinition
  }
  public let kind: Kind
  /// What is shown: for a code span its code, for a link its text (possibly empty), for an anchor its name.
  public let text: String
  /// The bytes of `text`, without the marks around it. Where the text was broken over lines or written with escapes, `text` has
  /// them resolved and the bytes have not. For a link without text, the bytes of its target.
  public private(set) var span: Span
  /// Where a link or an image leads, as written; nil for the other kinds.
  public let target: String?
  /// The bytes of `target`. Nil where it was written with escapes or entities, or is derived (`www.…`).
  public private(set) var targetSpan: Span?
  /// The bytes at which `target` is written, also with escapes and entities; nil where it is derived.
  public private(set) var writtenTarget: Span?
  /// Which of the document's blocks it stands in.
  public private(set) var block: Int
  /// The word that says what the name is, in lower case: `func`, `doc`, `toctree`, `literalinclude`; nil when there is none.
  public let role: String?
  /// What else is said of it: the options of an include (`lines`, `tag`, `start-after`), the title of a link.
  public internal(set) var options: [Attribute]

  init(
    kind: Kind, text: String, span: Span, target: String? = nil, targetSpan: Span? = nil, writtenTarget: Span? = nil, block: Int,
    role: String? = nil, options: [Attribute] = []
  ) {
    self.kind = kind
    self.text = text
    self.span = span
    self.target = target
    self.targetSpan = targetSpan
    self.writtenTarget = targetSpan ?? writtenTarget
    self.block = block
    self.role = role
    self.options = options
  }

  /// The value of an option; the empty string when it has none; nil when it is not there.
  public func option(_ name: String) -> String? { options.first { $0.name == name }.map { $0.value ?? "" } }

  mutating func move(_ place: (Span) -> Span) {
    span = place(span)
    targetSpan = targetSpan.map(place)
    writtenTarget = writtenTarget.map(place)
  }

  func inBlock(_ number: Int) -> Self {
    var moved = self
    moved.block = number
    return moved
  }
}
