// `renamed-symbol`: a document names a symbol that the change renamed; the mention takes the new name.

import Domain
import SourceCode

/// Answers `removed-symbol` with the new name, when the evidence has exactly one.
public struct RenamedSymbolStrategy: Strategy {
  public let name = "renamed-symbol"
  public let rules: Set<String> = ["removed-symbol"]

  /// From here on a single candidate is applied unread.
  static let safeConfidence = 0.9
  /// Below this a new name is shown, not offered.
  static let suggestedConfidence = 0.6
  /// Two candidates closer than this are a tie.
  static let tie = 0.15

  public init() {}

  public func fixes(for finding: Finding, in context: HealingContext) -> [Fix] {
    guard let analysis = context.analysis, context.text(finding.span) == finding.text else { return [] }
    if let (removed, renames) = Self.answer(finding, context, analysis), let rename = Self.decided(renames) {
      // What became private may not be for the reader any more.
      let isPrivate = rename.new.name.hasPrefix("_") && !finding.text.hasPrefix("_")
      let applicability = Self.applicability(rename.confidence, removed.certainty)
      return fix(
        finding, rename.new.name, isPrivate ? min(applicability, .suggested) : applicability, rename.confidence, rename.evidence, context)
    }
    guard let rename = analysis.textRename(of: finding.text) else { return [] }
    return fix(finding, rename.new, Self.applicability(rename.confidence, .gone), rename.confidence, rename.evidence, context)
  }

  private func fix(
    _ finding: Finding, _ new: String, _ applicability: Applicability, _ confidence: Double, _ evidence: [Evidence],
    _ context: HealingContext
  ) -> [Fix] {
    guard new != finding.text, !LetterCase.isWordInCapitals(finding.span, in: context.bytes, before: new) else { return [] }
    let edit = Edit(path: context.path, span: finding.span, expected: finding.text, replacement: new)
    let anchors = HeadingAnchors.edits(for: edit, in: context.bytes) + NameAnchors.edits(for: edit, in: context.bytes)
    return [
      Fix(
        strategy: name, finding: finding, edits: [edit] + anchors, applicability: applicability, confidence: confidence, evidence: evidence)
    ]
  }

  /// What the analysis says of the mention: with its qualifier first, as the rule asked.
  private static func answer(
    _ finding: Finding, _ context: HealingContext, _ analysis: ChangeAnalysis
  ) -> (RemovedSymbol, [Rename])? {
    let qualified = QualifiedMention(around: finding.span, in: context.bytes).text
    for name in qualified == finding.text ? [qualified] : [qualified, finding.text] {
      if let removed = analysis.removed(name) { return (removed, analysis.renames(of: name)) }
    }
    return nil
  }

  /// The one rename that stands clear of the others, or nil.
  private static func decided(_ renames: [Rename]) -> Rename? {
    guard let best = renames.first else { return nil }
    guard renames.dropFirst().allSatisfy({ $0.new.name == best.new.name || best.confidence - $0.confidence >= tie }) else { return nil }
    return best
  }

  private static func applicability(_ confidence: Double, _ certainty: RemovedSymbol.Certainty) -> Applicability {
    if confidence < suggestedConfidence { return .display }
    return confidence >= safeConfidence && certainty == .gone ? .safe : .suggested
  }
}

/// A renamed title has a new anchor: the links to it in the same document go with it.
enum HeadingAnchors {
  /// The edits of `(#anchor)` that an edit in the line of a title brings about.
  static func edits(for edit: Edit, in bytes: [UInt8]) -> [Edit] {
    let start = bytes[..<edit.span.start].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    guard start < bytes.count, bytes[start] == UInt8(ascii: "#") else { return [] }
    let end = bytes[edit.span.end...].firstIndex(of: 0x0A) ?? bytes.count
    let title = String(decoding: bytes[start..<end].drop { $0 == UInt8(ascii: "#") || $0 == 0x20 }, as: UTF8.self)
    let (old, new) = (slug(title), slug(title.replacing(edit.expected, with: edit.replacement)))
    guard old != new, !old.isEmpty else { return [] }
    return places(of: Array("(#\(old))".utf8), in: bytes).map { place in
      Edit(path: edit.path, span: Span(place + 2, place + 2 + old.utf8.count), expected: old, replacement: new)
    }
  }

  /// As GitHub makes it: lower case, spaces are hyphens, other marks are left out.
  private static func slug(_ title: String) -> String {
    var slug = ""
    for character in title.lowercased() {
      if character == " " {
        slug.append("-")
      } else if character.isLetter || character.isNumber || character == "-" || character == "_" {
        slug.append(character)
      }
    }
    return slug
  }

  private static func places(of needle: [UInt8], in bytes: [UInt8]) -> [Int] {
    guard bytes.count >= needle.count else { return [] }
    return (0...(bytes.count - needle.count)).filter { bytes[$0] == needle[0] && bytes[$0..<($0 + needle.count)].elementsEqual(needle) }
  }
}

/// A mention with the qualifier that stands before it: `Client.close` around a span that is only `close`.
struct QualifiedMention {
  let text: String

  init(around span: Span, in bytes: [UInt8]) {
    var start = span.start
    while let part = Self.qualifier(before: start, in: bytes) { start = part }
    text = String(decoding: bytes[start..<span.end], as: UTF8.self)
  }

  /// The start of `name.`, `name::` or `name#` that ends at `end`.
  private static func qualifier(before end: Int, in bytes: [UInt8]) -> Int? {
    guard end > 0 else { return nil }
    var position = end
    if end >= 2 && bytes[end - 1] == UInt8(ascii: ":") && bytes[end - 2] == UInt8(ascii: ":") {
      position -= 2
    } else if bytes[end - 1] == UInt8(ascii: ".") || bytes[end - 1] == UInt8(ascii: "#") {
      position -= 1
    } else {
      return nil
    }
    let nameEnd = position
    while position > 0 && isWord(bytes[position - 1]) { position -= 1 }
    return position < nameEnd ? position : nil
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: byte == UInt8(ascii: "_") || byte >= 0x80
    }
  }
}
