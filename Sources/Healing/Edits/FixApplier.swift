// Applies edits to the original bytes, all at once. Positions never shift: every span means the bytes before any edit, so
// the order in which edits are given does not matter. What does not fit is refused, never bent.

import Domain

/// Why edits cannot be applied.
public enum EditError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Two different edits want the same bytes.
  case overlap(Edit, Edit)
  /// Something else than the expected text stands at the span.
  case mismatch(Edit, found: String)
  /// The span reaches beyond the text.
  case outside(Edit, byteCount: Int)
  /// Edits of several files were given for one.
  case otherPath(Edit, Edit)

  public var description: String {
    switch self {
    case .overlap(let first, let second):
      "cannot apply edits to \(first.path): \(Self.name(first)) and \(Self.name(second)) overlap: apply one of them"
    case .mismatch(let edit, let found):
      "cannot apply \(Self.name(edit)) to \(edit.path): found \(Self.quoted(found)): make the edit again from the present text"
    case .outside(let edit, let byteCount):
      "cannot apply \(Self.name(edit)) to \(edit.path): the text has \(byteCount) bytes: make the edit again from the present text"
    case .otherPath(let first, let second):
      "cannot apply edits of \(first.path) and \(second.path) to one text: apply them file by file"
    }
  }

  private static func name(_ edit: Edit) -> String {
    "\(edit.span.start)-\(edit.span.end) \(quoted(edit.expected)) to \(quoted(edit.replacement))"
  }

  private static func quoted(_ text: String) -> String { "'\(text.count > 40 ? text.prefix(40) + "…" : text[...])'" }
}

/// Edits applied, and what takes them back.
public struct Healed: Sendable, Hashable {
  public var bytes: [UInt8]
  /// The edits that were applied: ascending, each once.
  public var applied: [Edit]
  /// Edits on `bytes` that give the original bytes.
  public var inverse: [Edit]
}

/// Applies edits to one text.
public enum FixApplier {
  /// The text with every edit made. Equal edits count once. Two insertions at one place overlap (their order would be a
  /// guess), an insertion at the edge of a replacement does not.
  public static func apply(_ edits: [Edit], to bytes: [UInt8]) throws(EditError) -> Healed {
    let ordered = try validated(edits, on: bytes)
    var healed: [UInt8] = []
    healed.reserveCapacity(bytes.count)
    var inverse: [Edit] = []
    var position = 0
    for edit in ordered {
      let touches = !inverse.isEmpty && edit.span.start == position
      healed += bytes[position..<edit.span.start]
      let start = healed.count
      healed += edit.replacement.utf8
      let back = Edit(path: edit.path, span: Span(start, healed.count), expected: edit.replacement, replacement: edit.expected)
      if touches { inverse.append(joined(inverse.removeLast(), back)) } else { inverse.append(back) }
      position = edit.span.end
    }
    healed += bytes[position...]
    return Healed(bytes: healed, applied: ordered, inverse: inverse)
  }

  /// Two edits that touch, as one: taken back alone, two neighbouring deletions would insert at the same place.
  private static func joined(_ left: Edit, _ right: Edit) -> Edit {
    Edit(
      path: left.path, span: Span(left.span.start, right.span.end), expected: left.expected + right.expected,
      replacement: left.replacement + right.replacement)
  }

  /// Ascending, without repetitions, each checked against the text and its neighbour.
  private static func validated(_ edits: [Edit], on bytes: [UInt8]) throws(EditError) -> [Edit] {
    let sorted = edits.sorted { ($0.span, $0.replacement) < ($1.span, $1.replacement) }
    var ordered: [Edit] = []
    for edit in sorted where ordered.last != edit {
      if let last = ordered.last { try check(last, before: edit) }
      guard edit.span.end <= bytes.count else { throw .outside(edit, byteCount: bytes.count) }
      guard bytes[edit.span.range].elementsEqual(edit.expected.utf8) else {
        throw .mismatch(edit, found: String(decoding: bytes[edit.span.range], as: UTF8.self))
      }
      ordered.append(edit)
    }
    return ordered
  }

  private static func check(_ last: Edit, before edit: Edit) throws(EditError) {
    guard last.path == edit.path else { throw .otherPath(last, edit) }
    guard !collide(last, edit) else { throw .overlap(last, edit) }
  }

  /// Whether two edits want the same bytes, or the same gap between two bytes.
  static func collide(_ left: Edit, _ right: Edit) -> Bool {
    left.span == right.span || left.span.overlaps(right.span)
  }
}
