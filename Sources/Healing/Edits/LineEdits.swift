// The edits of `heal --format json`: whole lines of the head tree before and after, for tools that know lines and not
// byte spans. Fixes that touch a common line become one entry, so no two entries share a line.

import Domain

/// One entry of the JSON list.
public struct LineEdit: Sendable, Hashable, Codable {
  public var path: String
  /// 1-based, in the head tree.
  public var line: Int
  /// The last line replaced; not smaller than `line`.
  public var endLine: Int
  /// The lines joined with `\n`, without the last line's line feed.
  public var before: String
  public var after: String
  /// The rules of the findings answered, in the order of the text, joined with `, `.
  public var rule: String
  /// The weakest of the fixes in these lines.
  public var applicability: Applicability
  /// The lowest of the fixes in these lines.
  public var confidence: Double
  public var evidence: [Evidence]
}

/// From fixes of one document to entries.
public enum LineEdits {
  /// The entries for the fixes, ascending. Throws when the fixes do not apply to the bytes together.
  public static func make(path: String, bytes: [UInt8], fixes: [Fix]) throws(EditError) -> [LineEdit] {
    _ = try FixApplier.apply(fixes.flatMap(\.edits), to: bytes)
    let lines = LineIndex(bytes)
    var groups: [Group] = []
    for (edit, fix) in fixes.flatMap({ fix in fix.edits.map { ($0, fix) } }).sorted(by: { $0.0.span < $1.0.span }) {
      let touched = self.lines(of: edit, lines, bytes)
      if let last = groups.last, touched.lowerBound <= last.lines.upperBound {
        groups[groups.count - 1].add(edit, fix, touched)
      } else {
        groups.append(Group(lines: touched, edits: [edit], fixes: [fix]))
      }
    }
    return try groups.map { group throws(EditError) in try group.entry(path: path, bytes, lines) }
  }

  /// The lines whose text an edit changes. A line that loses its line feed takes the next one in; lines deleted in whole
  /// take a neighbour in, because no text can say "no line".
  private static func lines(of edit: Edit, _ lines: LineIndex, _ bytes: [UInt8]) -> ClosedRange<Int> {
    // What is appended after the last line feed belongs to the line before it.
    let first = min(lines.lineNumber(of: edit.span.start), lineCount(lines))
    let last = lines.lineNumber(of: edit.span.end)
    let endsWithLine = last > first && lines.starts[last - 1] == edit.span.end
    if endsWithLine && edit.replacement.utf8.last == 0x0A { return first...last - 1 }
    let end = max(first, min(last, lineCount(lines)))
    let deletesTheEnd = edit.replacement.isEmpty && edit.span.end == bytes.count && lines.starts[first - 1] == edit.span.start
    return (deletesTheEnd && first > 1 ? first - 1 : first)...end
  }

  /// Lines that have text: the empty rest after the last line feed is none.
  private static func lineCount(_ lines: LineIndex) -> Int {
    lines.starts.count > 1 && lines.starts.last == lines.byteCount ? lines.starts.count - 1 : lines.starts.count
  }

  private struct Group {
    var lines: ClosedRange<Int>
    var edits: [Edit]
    var fixes: [Fix]

    mutating func add(_ edit: Edit, _ fix: Fix, _ touched: ClosedRange<Int>) {
      lines = lines.lowerBound...max(lines.upperBound, touched.upperBound)
      edits.append(edit)
      fixes.append(fix)
    }

    func entry(path: String, _ bytes: [UInt8], _ index: LineIndex) throws(EditError) -> LineEdit {
      let span = Span(index.span(ofLine: lines.lowerBound).start, index.span(ofLine: lines.upperBound).end)
      let inside = edits.map { edit in
        Edit(
          path: edit.path, span: Span(edit.span.start - span.start, edit.span.end - span.start), expected: edit.expected,
          replacement: edit.replacement)
      }
      let healed = try FixApplier.apply(inside, to: Array(bytes[span.range]))
      return LineEdit(
        path: path, line: lines.lowerBound, endLine: lines.upperBound, before: text(bytes[span.range]), after: text(healed.bytes[...]),
        rule: unique(fixes.map(\.finding.rule)).joined(separator: ", "), applicability: fixes.map(\.applicability).min() ?? .display,
        confidence: fixes.map(\.confidence).min() ?? 0, evidence: unique(fixes.flatMap(\.evidence)))
    }

    private func text(_ bytes: ArraySlice<UInt8>) -> String {
      String(decoding: bytes.last == 0x0A ? bytes.dropLast() : bytes, as: UTF8.self)
    }

    private func unique<Element: Hashable>(_ elements: [Element]) -> [Element] {
      var seen: Set<Element> = []
      return elements.filter { seen.insert($0).inserted }
    }
  }
}
