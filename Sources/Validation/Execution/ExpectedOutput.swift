// Where a document shows what a sample prints. Only ways that say so: a comment `Output:` with comments behind it, lines `#> …`, or a
// block of output that follows and is introduced as such.

import Documents
import Domain

/// What a sample is said to print.
struct ExpectedOutput: Sendable, Hashable {
  var text: String
  var place: ChangedOutput.Place
  /// Stands before each line of it in the document: `# `.
  var prefix: String

  /// What the document says that a sample prints; nil when it says nothing.
  static func find(for snippet: Snippet, at number: Int, in document: Document) -> ExpectedOutput? {
    comments(of: snippet) ?? following(snippet, number, document)
  }

  // MARK: Comments

  private static let marks = ["//", "#", "--"]

  /// `# Output:` and the comments from there to the sample's end, or every `#> …`.
  private static func comments(of snippet: Snippet) -> ExpectedOutput? {
    let lines = snippet.code.split(separator: 0x0A, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    guard let title = lines.lastIndex(where: isTitle) else { return nil }
    let mark = marks.first { lines[title].hasPrefix($0) } ?? "#"
    var last = title
    var shown: [String] = []
    for (number, line) in lines.enumerated().dropFirst(title + 1) where !line.allSatisfy({ $0 == " " }) {
      // Code behind the output: it belongs to a part of the sample, and nobody can say to which.
      guard line.hasPrefix(mark) else { return nil }
      shown.append(line)
      last = number
    }
    guard !shown.isEmpty, shown.count == last - title else { return nil }
    let prefix = shown.allSatisfy { $0 == mark || $0.hasPrefix(mark + " ") } ? mark + " " : mark
    let text = shown.map { String($0.dropFirst(min($0.count, prefix.count))) + "\n" }.joined()
    return ExpectedOutput(text: text, place: .own(bytes(ofLines: title + 1..<last + 1, in: lines)), prefix: prefix)
  }

  private static func isTitle(_ line: String) -> Bool {
    guard let mark = marks.first(where: line.hasPrefix) else { return false }
    let words = line.dropFirst(mark.count).lowercased().split(whereSeparator: { " :".contains($0) })
    return line.hasSuffix(":") && ["output", "prints", "result"].contains(words.last ?? "") && words.count <= 2
  }

  /// The bytes of some lines, without the last line feed.
  static func bytes(ofLines range: Range<Int>, in lines: [String]) -> Range<Int> {
    let start = lines[..<range.lowerBound].reduce(0) { $0 + $1.utf8.count + 1 }
    let length = lines[range].reduce(0) { $0 + $1.utf8.count + 1 }
    return start..<max(start, start + length - 1)
  }

  // MARK: A block that follows

  private static let outputLanguages: Set<String> = ["output", "stdout"]
  private static let plainLanguages: Set<String?> = [nil, "text"]

  /// The next sample, when nothing but one short line that announces output stands between, or when its language says that it is output.
  private static func following(_ snippet: Snippet, _ number: Int, _ document: Document) -> ExpectedOutput? {
    guard number + 1 < document.snippets.count else { return nil }
    let next = document.snippets[number + 1]
    guard next.kind == .fenced, !next.code.isEmpty, next.block > snippet.block, next.block <= snippet.block + 2 else { return nil }
    let between = document.blocks[(snippet.block + 1)..<next.block].map { document.text($0.span) }.joined(separator: " ").lowercased()
    if outputLanguages.contains(String(next.info.prefix { $0.isLetter }).lowercased()) {
      return ExpectedOutput(text: String(decoding: next.code, as: UTF8.self), place: .sample(next.id), prefix: "")
    }
    guard plainLanguages.contains(next.language), !between.isEmpty, between.utf8.count <= 60 else { return nil }
    let announces = ["output", "prints", "will print", "result:"].contains { between.contains($0) }
    let hedges = ["similar", "something like", "example", "might", "may ", "depend", "should look"].contains { between.contains($0) }
    guard announces, !hedges else { return nil }
    return ExpectedOutput(text: String(decoding: next.code, as: UTF8.self), place: .sample(next.id), prefix: "")
  }
}

/// Compares what came with what is shown, forgivingly: blanks at the ends of lines, `...` for anything, addresses.
enum OutputComparison {
  /// Whether the shown text leaves something out.
  static func isLoose(_ expected: String) -> Bool {
    expected.contains("...") || expected.contains("…") || expected.contains("<") && expected.contains(">")
  }

  static func agrees(_ actual: String, with expected: String) -> Bool {
    let (left, right) = (normalized(actual), normalized(expected))
    return left == right || matches(Array(left.utf8), right)
  }

  /// Lines without blanks at their ends, runs of blanks as one, addresses as `0x`.
  static func normalized(_ text: String) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.split { $0 == " " || $0 == "\t" || $0 == "\r" }.map { withoutAddress(String($0)) }.joined(separator: " ")
    }
    while lines.last == "" { lines.removeLast() }
    while lines.first == "" { lines.removeFirst() }
    return lines.joined(separator: "\n")
  }

  private static func withoutAddress(_ word: String) -> String {
    guard let start = word.firstRange(of: "0x") else { return word }
    let digits = word[start.upperBound...].prefix { $0.isHexDigit }
    return digits.count < 6 ? word : String(word[..<start.upperBound] + word[digits.endIndex...])
  }

  /// Whether `...` in the pattern, standing for anything, makes it the text. The parts are looked for from left to right.
  private static func matches(_ text: [UInt8], _ pattern: String) -> Bool {
    let parts = pattern.replacing("…", with: "...").split(separator: "...", omittingEmptySubsequences: false).map { Array($0.utf8) }
    guard parts.count > 1, let first = parts.first, let last = parts.last else { return false }
    guard text.starts(with: first), text.count >= first.count + last.count, text.suffix(last.count).elementsEqual(last) else {
      return false
    }
    var position = first.count
    let end = text.count - last.count
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let found = find(part, in: text[position..<end]) else { return false }
      position = found + part.count
    }
    return true
  }

  private static func find(_ part: [UInt8], in text: ArraySlice<UInt8>) -> Int? {
    guard text.count >= part.count else { return nil }
    return (text.startIndex...(text.endIndex - part.count)).first {
      text[$0] == part[0] && text[$0..<($0 + part.count)].elementsEqual(part)
    }
  }
}
