// Finds the lines of a comment that mention the engine at their start, where a reader sees them as its author's own words: not in
// code fences, indented code, code spans, quotes, `<!-- -->` or `<pre>`. Close to CommonMark where it matters, and where the two
// differ a line is rather not taken (a fence in a list that ends with the list stays open here). One exception: a line right after a
// quote is its author's own, though Markdown shows it as the quote's last one; replies by mail are written like that.
//
// One pass over the bytes; a code span is only opened where a run of as many backticks follows in its paragraph, which
// `lastRuns` knows before, so that nothing is ever looked for twice.

struct CommandLines {
  private let text: [UInt8]
  private let mention: [UInt8]
  private let lines: [Range<Int>]
  /// Paragraph of each line; code spans end with it.
  private let paragraphs: [Int]
  private let lastRuns: [Run: Int]

  /// So many backticks in a row in one paragraph.
  private struct Run: Hashable {
    let paragraph: Int
    let length: Int
  }

  private enum State: Equatable {
    case plain
    case fence(UInt8, length: Int)
    case span(length: Int)
    /// Until these bytes, in lower case.
    case hidden(until: [UInt8])
  }

  init(_ comment: String, mention: String) {
    let text = Array(comment.utf8)
    let lines = Self.lines(of: text)
    var paragraphs: [Int] = []
    var runs: [Run: Int] = [:]
    var paragraph = 0
    for line in lines {
      if Self.endsParagraph(text[line]) { paragraph += 1 }
      paragraphs.append(paragraph)
      for run in Self.runs(in: text, line) { runs[Run(paragraph: paragraph, length: run.count)] = run.lowerBound }
    }
    (self.text, self.lines, self.paragraphs, self.lastRuns) = (text, lines, paragraphs, runs)
    self.mention = [UInt8(ascii: "@")] + mention.lowercased().utf8
  }

  /// What follows the mention on each line that starts with one, up to a hidden comment; at most `limit` lines.
  func arguments(limit: Int) -> [String] {
    var found: [String] = []
    var state = State.plain
    for (index, line) in lines.enumerated() where found.count < limit {
      if case .span = state, index > 0, paragraphs[index] != paragraphs[index - 1] { state = .plain }
      if state == .plain, let argument = argument(of: line) { found.append(argument) }
      state = self.state(after: line, in: paragraphs[index], from: state)
    }
    return found
  }

  // MARK: one line

  private func argument(of line: Range<Int>) -> String? {
    let start = line.first { text[$0] != 0x20 } ?? line.upperBound
    guard start - line.lowerBound <= 3, line.upperBound - start >= mention.count else { return nil }
    guard zip(text[start...], mention).allSatisfy({ Self.lower($0) == $1 }) else { return nil }
    var rest = text[(start + mention.count)..<line.upperBound]
    let suffix = Array(LoginName.appSuffix.utf8)
    if rest.starts(with: suffix) { rest = rest.dropFirst(suffix.count) }
    guard let next = rest.first else { return "" }
    guard [0x20, 0x09, 0x3A, 0x2C].contains(next) else { return nil }
    let visible = rest.dropFirst().prefix(upTo: Self.find(Array("<!--".utf8), in: text, rest.indices) ?? rest.endIndex)
    return Self.printable(visible)
  }

  /// Without what an eye does not see and a committed reason must not hold: controls, and marks that turn the direction of text.
  private static func printable(_ bytes: ArraySlice<UInt8>) -> String {
    var result = String.UnicodeScalarView()
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      switch scalar.value {
      case 0x09, 0xA0: result.append(" ")
      case ..<0x20, 0x7F...0x9F, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF: continue
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  private func state(after line: Range<Int>, in paragraph: Int, from state: State) -> State {
    switch state {
    case .fence(let mark, let length):
      return Self.closesFence(text[line], mark, length) ? .plain : state
    case .plain where Self.isQuote(text[line]): return .plain
    case .plain:
      if let (mark, length) = Self.fence(in: text[line]) { return .fence(mark, length: length) }
    case .span, .hidden: break
    }
    return inlineState(after: line, in: paragraph, from: state)
  }

  /// Walks over code spans and hidden parts.
  private func inlineState(after line: Range<Int>, in paragraph: Int, from state: State) -> State {
    var state = state
    var index = line.lowerBound
    while index < line.upperBound {
      if case .hidden(let end) = state {
        guard let found = Self.find(end, in: text, index..<line.upperBound) else { return state }
        (state, index) = (.plain, found + end.count)
      } else if text[index] == 0x60 {
        let run = Self.run(in: text, index..<line.upperBound)
        state = self.state(at: run, in: paragraph, from: state)
        index = run.upperBound
      } else if state == .plain, text[index] == 0x5C {
        index += 2
      } else if state == .plain, let end = Self.hiding(text, index..<line.upperBound) {
        (state, index) = (.hidden(until: end), index + 4)
      } else {
        index += 1
      }
    }
    return state
  }

  private func state(at run: Range<Int>, in paragraph: Int, from state: State) -> State {
    if case .span(let length) = state { return length == run.count ? .plain : state }
    let last = lastRuns[Run(paragraph: paragraph, length: run.count)] ?? 0
    return last > run.lowerBound ? .span(length: run.count) : .plain
  }

  // MARK: bytes

  private static func lines(of text: [UInt8]) -> [Range<Int>] {
    var lines: [Range<Int>] = []
    var start = 0
    for index in text.indices where text[index] == 0x0A || text[index] == 0x0D {
      lines.append(start..<index)
      start = index + 1
    }
    lines.append(start..<text.count)
    // "\r\n" left an empty line between, which would end a paragraph.
    return lines.filter {
      !($0.isEmpty && $0.lowerBound > 0 && text[$0.lowerBound - 1] == 0x0D && $0.upperBound < text.count
        && text[$0.upperBound] == 0x0A)
    }
  }

  private static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

  private static func run(in text: [UInt8], _ range: Range<Int>) -> Range<Int> {
    range.lowerBound..<(range.first { text[$0] != 0x60 } ?? range.upperBound)
  }

  private static func runs(in text: [UInt8], _ line: Range<Int>) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var index = line.lowerBound
    while index < line.upperBound {
      let run = run(in: text, index..<line.upperBound)
      if !run.isEmpty { runs.append(run) }
      index = max(run.upperBound, index + 1)
    }
    return runs
  }

  private static func endsParagraph(_ line: ArraySlice<UInt8>) -> Bool {
    line.allSatisfy { $0 == 0x20 || $0 == 0x09 } || isQuote(line) || fence(in: line) != nil
  }

  private static func isQuote(_ line: ArraySlice<UInt8>) -> Bool {
    let spaces = line.prefix { $0 == 0x20 }
    return spaces.count <= 3 && line.dropFirst(spaces.count).first == 0x3E
  }

  /// The mark and length of a fence that the line opens, also as the first thing in a list's item.
  private static func fence(in line: ArraySlice<UInt8>) -> (UInt8, Int)? {
    let rest = line.drop { $0 == 0x20 || $0 == 0x09 || [0x2D, 0x2A, 0x2B, 0x2E, 0x29].contains($0) || (0x30...0x39).contains($0) }
    guard let mark = rest.first, mark == 0x60 || mark == 0x7E else { return nil }
    let length = rest.prefix { $0 == mark }.count
    guard length >= 3, mark == 0x7E || !rest.dropFirst(length).contains(0x60) else { return nil }
    return (mark, length)
  }

  private static func closesFence(_ line: ArraySlice<UInt8>, _ mark: UInt8, _ length: Int) -> Bool {
    let rest = line.drop { $0 == 0x20 }
    let run = rest.prefix { $0 == mark }
    return run.count >= length && rest.dropFirst(run.count).allSatisfy { $0 == 0x20 || $0 == 0x09 }
  }

  /// What ends a hidden part that starts here.
  private static func hiding(_ text: [UInt8], _ range: Range<Int>) -> [UInt8]? {
    guard text[range.lowerBound] == 0x3C, range.count >= 4 else { return nil }
    switch text[range.lowerBound..<(range.lowerBound + 4)].map(lower) {
    case Array("<!--".utf8): return Array("-->".utf8)
    case Array("<pre".utf8): return Array("</pre>".utf8)
    default: return nil
    }
  }

  private static func find(_ needle: [UInt8], in text: [UInt8], _ range: Range<Int>) -> Int? {
    guard range.count >= needle.count else { return nil }
    return (range.lowerBound...(range.upperBound - needle.count)).first { start in
      zip(text[start...], needle).allSatisfy { lower($0) == $1 }
    }
  }
}
