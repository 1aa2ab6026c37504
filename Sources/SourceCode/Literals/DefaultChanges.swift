// Default values: a constant or an option took another value, and a document beside that very name still says the old one. Any
// assignment may be a default; that a document gives exactly the old value, calls it the default and names the same thing decides.

import Domain

/// A value that the change edited.
public struct DefaultChange: Sendable, Hashable {
  /// The words of the name without `default`, joined: `maxredirects`.
  public var name: String
  /// As the code writes it.
  public var spelledName: String
  public var old: String
  public var new: String
  /// In the head.
  public var path: String
  public var line: Int
}

/// Collects default values from replaced lines.
struct DefaultChanges {
  private var found: [Key: DefaultChange] = [:]
  private var contradicted: Set<Key> = []

  private struct Key: Hashable {
    var name: String
    var old: String
  }

  var changes: [DefaultChange] {
    found.filter { !contradicted.contains($0.key) }.values.sorted { ($0.path, $0.line, $0.name) < ($1.path, $1.line, $1.name) }
  }

  /// Takes in a replaced value when a name of two words stands before it on both lines.
  mutating func add(_ substitution: LiteralSubstitution, _ old: LiteralText, _ new: LiteralText, path: String) {
    let (before, after) = (old.text(substitution.old), new.text(substitution.new))
    guard let kind = Self.kind(before, substitution.old.zone), kind == Self.kind(after, substitution.new.zone), before != after else {
      return
    }
    guard let name = Self.name(before: substitution.old, line: substitution.oldLine, old),
      name == Self.name(before: substitution.new, line: substitution.newLine, new)
    else { return }
    let words = NameWords(name).words.filter { !["default", "defaults", "def", "k", "const"].contains($0) }
    guard words.count >= 2, words.joined().utf8.count >= 6 else { return }
    let change = DefaultChange(
      name: words.joined(), spelledName: name, old: before, new: after, path: path, line: substitution.newLine + 1)
    let key = Key(name: change.name, old: before)
    if let known = found[key], known.new != after { contradicted.insert(key) }
    if found[key] == nil { found[key] = change }
  }

  private enum Kind { case number, truth, text }

  private static func kind(_ text: String, _ zone: Atom.Zone) -> Kind? {
    if zone == .comment || text.utf8.count > 60 { return nil }
    if text == "true" || text == "false" || text == "True" || text == "False" { return .truth }
    if text.utf8.first.map(LiteralShape.isDigit) == true { return zone == .identifier || zone == .key ? nil : .number }
    return zone == .wholeString && text.utf8.count >= 3 ? .text : nil
  }

  /// The last name of two words before the value.
  private static func name(before value: Atom, line: Int, _ text: LiteralText) -> String? {
    let atoms = text.atoms(in: text.lines[line].startIndex..<value.start)
    return atoms.last { atom in
      guard atom.zone == .identifier || atom.zone == .key || atom.zone == .data || atom.zone == .wholeString else { return false }
      let words = NameWords(text.text(atom)).words.filter { $0 != "default" }
      return words.count >= 2 && words.allSatisfy { $0.utf8.first.map { !LiteralShape.isDigit($0) } ?? false }
    }.map(text.text)
  }
}

/// Whose default a document means.
public enum DefaultContext {
  private static let maximumLines = 10

  /// The change that a value in a document belongs to; nil when none is named, or two with different outcomes.
  public static func change(at span: Span, in bytes: [UInt8], among changes: [DefaultChange]) -> DefaultChange? {
    let text = String(decoding: bytes[span.range], as: UTF8.self)
    guard isWhole(span, bytes) else { return nil }
    let line = VersionContext.line(around: span, bytes)
    let candidates = changes.filter { $0.old == text }
    guard !candidates.isEmpty, isCalledDefault(span, line, bytes) else { return nil }
    let named = candidates.filter { isNamed($0.name, span, line, bytes) }
    guard let first = named.first, named.allSatisfy({ $0.new == first.new }) else { return nil }
    return first
  }

  /// A number may have a unit behind it: `30s`, `5MB`.
  private static func isWhole(_ span: Span, _ bytes: [UInt8]) -> Bool {
    if span.start > 0 {
      let before = bytes[span.start - 1]
      if LiteralShape.isWordByte(before) || before == 0x2E || before == LiteralShape.dash || before == UInt8(ascii: "/") { return false }
    }
    var end = span.end
    if LiteralShape.isDigit(bytes[span.start]) {
      while end < bytes.count, LiteralShape.isLetter(bytes[end]) { end += 1 }
      if end - span.end > 3 { return false }
    }
    guard end < bytes.count else { return true }
    if LiteralShape.isWordByte(bytes[end]) || bytes[end] == LiteralShape.dash || bytes[end] == UInt8(ascii: "/") { return false }
    return !(bytes[end] == 0x2E && end + 1 < bytes.count && LiteralShape.isWordByte(bytes[end + 1]))
  }

  // MARK: Whether it is called a default

  private static func isCalledDefault(_ span: Span, _ line: Range<Int>, _ bytes: [UInt8]) -> Bool {
    let before = lowered(bytes[max(line.lowerBound, span.start - 30)..<span.start])
    if let mark = before.ranges(of: "default").last {
      // Nothing but the word, `value`, `is`, marks and quotes stands between.
      let between = before[mark.upperBound...].split { !$0.isLetter && !$0.isNumber }
      return between.allSatisfy { ["s", "ed", "value", "is", "to", "of", "values", "set"].contains(String($0)) }
    }
    return isDefaultCell(span, line, bytes)
  }

  /// A table's cell that is the value, in a column whose title says `default`.
  private static func isDefaultCell(_ span: Span, _ line: Range<Int>, _ bytes: [UInt8]) -> Bool {
    let bar = UInt8(ascii: "|")
    guard bytes[line].first == bar else { return false }
    let column = bytes[line.lowerBound..<span.start].count { $0 == bar }
    var title = line
    for _ in 0..<500 where title.lowerBound > 0 {
      let above = VersionContext.line(around: Span(title.lowerBound - 1, title.lowerBound - 1), bytes)
      guard bytes[above].first == bar else { break }
      title = above
    }
    let cells = bytes[title].split(separator: bar, omittingEmptySubsequences: false)
    guard title != line, column < cells.count, lowered(cells[column]).contains("default") else { return false }
    let own = bytes[line].split(separator: bar, omittingEmptySubsequences: false)[column]
    return own.filter { LiteralShape.isWordByte($0) }.elementsEqual(bytes[span.range].filter(LiteralShape.isWordByte))
  }

  private static func lowered(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self).lowercased() }

  // MARK: Whether it is named

  /// The name is the last one before the value in its line, or stands in the nearest line above that begins an entry.
  private static func isNamed(_ name: String, _ span: Span, _ line: Range<Int>, _ bytes: [UInt8]) -> Bool {
    let before = bytes[line.lowerBound..<span.start]
    if let last = names(in: before).last(where: { $0.isCode || folded($0.word) == name }) { return folded(last.word) == name }
    if beginsEntry(before) { return before.first == UInt8(ascii: "|") && spells(name, before) }
    var range = line
    for _ in 0..<maximumLines where range.lowerBound > 0 {
      range = VersionContext.line(around: Span(range.lowerBound - 1, range.lowerBound - 1), bytes)
      if spells(name, bytes[range]) { return true }
      if beginsEntry(bytes[range]) { return false }
    }
    return false
  }

  /// The words of a line; those in code type, with humps or with dashes before them are names of code.
  private static func names(in bytes: ArraySlice<UInt8>) -> [(word: ArraySlice<UInt8>, isCode: Bool)] {
    bytes.split { !LiteralShape.isWordByte($0) && $0 != LiteralShape.dash }.filter { $0.count <= 80 }.map { word in
      let quoted = word.startIndex > bytes.startIndex && bytes[word.startIndex - 1] == UInt8(ascii: "`")
      let text = String(decoding: word, as: UTF8.self)
      let isJoined = word.contains(LiteralShape.underscore) || !word.contains(LiteralShape.dash)
      return (word, quoted || text.hasPrefix("--") || (isJoined && LiteralShape.isDistinctive(text)))
    }
  }

  private static func folded(_ word: ArraySlice<UInt8>) -> String {
    NameWords(String(decoding: word, as: UTF8.self)).words.filter { $0 != "default" }.joined()
  }

  private static func spells(_ name: String, _ bytes: ArraySlice<UInt8>) -> Bool { names(in: bytes).contains { folded($0.word) == name } }

  private static func beginsEntry(_ line: ArraySlice<UInt8>) -> Bool {
    guard let first = line.first(where: { $0 != 0x20 && $0 != 0x09 }) else { return false }
    return "-*#|=".utf8.contains(first) || (first == UInt8(ascii: "`") && line.first == first)
  }
}
