// `refreshed-embed`: an embedded copy takes what its source says now, and the name of a region that the change renamed follows it.

import Documents
import Domain
import SourceCode

/// Answers `stale-embed` where the source has one answer.
public struct RefreshedEmbedStrategy: Strategy {
  public let name = "refreshed-embed"
  public let rules: Set<String> = ["stale-embed"]

  public init() {}

  public func fixes(for finding: Finding, in context: HealingContext) -> [Fix] {
    guard let revisions = context.revisions, let document = revisions.head.document(at: context.path), document.bytes == context.bytes,
      let embed = document.embeds.first(where: { [$0.pathSpan, $0.partSpan, $0.copy].contains(finding.span) })
    else { return [] }
    switch revisions.links.verdict(embed, in: document) {
    case .missingFile(.some(let was)): return moved(finding, embed, was, context, revisions).map { [$0] } ?? []
    case .missingPart(let file): return renamedPart(finding, embed, file, context, revisions).map { [$0] } ?? []
    case .staleCopy(let file, let now, let wasEqual): return copied(finding, file, now, wasEqual, context).map { [$0] } ?? []
    default: return []
    }
  }

  /// The path of a file that moved, written as it was: counted from the document, or from the place that it was counted from.
  private func moved(_ finding: Finding, _ embed: Embed, _ was: String, _ context: HealingContext, _ revisions: Revisions) -> Fix? {
    guard let move = revisions.links.moves?.file(was) else { return nil }
    let folder = PathIndex.folder(of: context.path[...])
    let old = PathIndex.resolve(embed.path, from: PathIndex.folder(of: revisions.links.oldPath(of: context.path)[...]))
    let path: String
    if old == was {
      let steps = move.path.relative(to: String(folder))
      path = embed.path.hasPrefix("./") && !steps.hasPrefix("../") ? "./" + steps : steps
    } else {
      guard was.hasSuffix(embed.path) else { return nil }
      let root = was.dropLast(embed.path.utf8.count)
      guard move.path.hasPrefix(root) else { return nil }
      path = String(move.path.dropFirst(root.count))
    }
    return MovedFileStrategy.fix(name, finding, Span(0, finding.span.count), path, move, context)
  }

  /// A region whose mark the change renamed: the line that had it became a line that differs in this word alone.
  private func renamedPart(_ finding: Finding, _ embed: Embed, _ file: String, _ context: HealingContext, _ revisions: Revisions) -> Fix? {
    guard case .region(let region) = embed.part, let base = revisions.base, let new = revisions.head.bytes(at: file),
      let old = base.bytes(at: revisions.links.oldPath(of: file))
    else { return nil }
    let names = RenamedWord.candidates(for: region, from: old, to: new)
    guard names.count == 1, let replacement = names.first else { return nil }
    let move = Move(
      path: file, confidence: 0.93, evidence: Evidence("the region `\(region)` became `\(replacement)`", path: file))
    return MovedFileStrategy.fix(name, finding, Span(0, finding.span.count), replacement, move, context)
  }

  /// The lines of the source in place of the copy, where the copy's lines stand alone on theirs.
  private func copied(_ finding: Finding, _ file: String, _ now: [UInt8], _ wasEqual: Bool, _ context: HealingContext) -> Fix? {
    let text = String(decoding: now, as: UTF8.self)
    guard !now.isEmpty, !text.contains("```"), !text.contains("~~~") else { return nil }
    let start = finding.span.start
    guard start == 0 || context.bytes[start - 1] == 0x0A else { return nil }
    let move = Move(
      path: file, confidence: wasEqual ? 0.97 : 0.7, evidence: Evidence("the copy takes what `\(file)` says", path: file))
    return MovedFileStrategy.fix(name, finding, Span(0, finding.span.count), text, move, context)
  }
}

/// What a word of a file became, by the lines that replaced its lines.
enum RenamedWord {
  /// The words that stand wherever `word` stood, each time in a line that is the same otherwise.
  static func candidates(for word: String, from old: [UInt8], to new: [UInt8]) -> Set<String> {
    let (before, after) = (LineDiff.lines(of: old), LineDiff.lines(of: new))
    var found: Set<String>?
    for hunk in LineDiff(from: before, to: after).hunks {
      for line in hunk.old {
        let text = String(decoding: before[line], as: UTF8.self)
        guard let parts = split(text, at: word) else { continue }
        var here: Set<String> = []
        for candidate in hunk.new {
          let other = String(decoding: after[candidate], as: UTF8.self)
          guard other.hasPrefix(parts.0), other.hasSuffix(parts.1), other.utf8.count > parts.0.utf8.count + parts.1.utf8.count else {
            continue
          }
          let middle = other.dropFirst(parts.0.count).dropLast(parts.1.count)
          if middle.utf8.allSatisfy(isWord) { here.insert(String(middle)) }
        }
        if !here.isEmpty { found = found.map { $0.intersection(here) } ?? here }
      }
    }
    return found ?? []
  }

  /// What stands before and behind a word in a line; nil when it is not there as a whole word.
  private static func split(_ line: String, at word: String) -> (String, String)? {
    let (text, needle) = (Array(line.utf8), Array(word.utf8))
    guard !needle.isEmpty, text.count >= needle.count else { return nil }
    for start in 0...(text.count - needle.count) where text[start..<(start + needle.count)].elementsEqual(needle) {
      let end = start + needle.count
      if start > 0, isWord(text[start - 1]) { continue }
      if end < text.count, isWord(text[end]) { continue }
      return (String(decoding: text[..<start], as: UTF8.self), String(decoding: text[end...], as: UTF8.self))
    }
    return nil
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (byte | 0x20 >= 97 && byte | 0x20 <= 122) || (byte >= 48 && byte <= 57) || byte == 45 || byte == 95
  }
}
