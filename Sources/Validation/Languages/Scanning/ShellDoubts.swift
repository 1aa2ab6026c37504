// When bash's error is more likely a way of writing than a mistake. Commands are shown with their output, in usage lines, in pieces, and
// for other shells; certain is what no reader could run as it stands.

import Domain

/// An error in a reading of a fragment.
struct ShellDoubts {
  let reading: ShellReading
  /// From 1, in the sample.
  let line: Int
  let message: String

  private var text: ArraySlice<UInt8> { lineText(line) }

  private func lineText(_ number: Int) -> ArraySlice<UInt8> {
    reading.lines.indices.contains(number - 1) ? reading.lines[number - 1] : [][...]
  }

  /// Why nothing is said; nil when the mistake is certain.
  var reason: String? {
    if reading.isGuess { return "the sample may be output" }
    if message.contains("unexpected end of file") { return "the sample is the head of a longer one" }
    if message.hasPrefix("warning: here-document") { return hasIndentedEnd ? nil : "the sample leaves lines out" }
    if message.contains("while looking for matching") { return openQuote == nil ? "an apostrophe in a text" : nil }
    guard let token = unexpectedToken else { return "the shell says something else" }
    return isCertain(token) ? nil : "the line may be a usage line, output or another shell"
  }

  /// The bytes of the line to show.
  var range: Range<Int> {
    if let place = openQuote { return place..<place + 1 }
    let body = text.trimmed
    if let token = unexpectedToken, body.starts(with: token.utf8) { return body.startIndex..<body.startIndex + token.utf8.count }
    return body.startIndex..<body.endIndex
  }

  /// As bash says it, and what that means where it can be said better.
  var explanation: String {
    if message.hasPrefix("warning: here-document") {
      return "a here-document without the line `\(heredocEnd)` that ends it\(hasIndentedEnd ? ": it is indented" : "")"
    }
    if let token = unexpectedToken, Self.operators.contains(token) { return "\(message): the line before ends the command" }
    return message
  }

  private var unexpectedToken: String? {
    guard let mark = message.firstRange(of: "unexpected token `") else { return nil }
    return String(message[mark.upperBound...].dropLast())
  }

  private static let operators: Set<String> = ["|", "&&", "||"]

  private func isCertain(_ token: String) -> Bool {
    if Self.operators.contains(token) { return continuesCommand(token) }
    guard let opener = Self.openers[token] else { return false }
    let before = reading.lines.prefix(max(0, line - 1)) + [text]
    return before.contains { begins($0, opener) }
  }

  private static let openers: [String: [String]] = [
    "fi": ["if"], "then": ["if", "elif"], "else": ["if"], "elif": ["if"], "done": ["for", "while", "until", "select"],
    "do": ["for", "while", "until", "select"], "esac": ["case"],
  ]

  private func begins(_ line: ArraySlice<UInt8>, _ words: [String]) -> Bool {
    let body = line.trimmed
    let word = body.prefix { !$0.isSpace }
    return words.contains { word.elementsEqual($0.utf8) }
  }

  /// A line that begins with an operator, below a command: the backslash between them is missing, or followed by a space.
  private func continuesCommand(_ token: String) -> Bool {
    let body = text.trimmed
    guard line > 1, body.starts(with: token.utf8) else { return false }
    let previous = lineText(line - 1).trimmed
    guard let first = previous.first, first.isWord, previous.last != UInt8(ascii: "|"), body.last != UInt8(ascii: "|") else { return false }
    let command = body.dropFirst(token.utf8.count).trimmed
    return command.first.map { $0 >= 0x61 && $0 <= 0x7A } == true
  }

  /// The quote that bash finds open, where it begins a word: an apostrophe inside of one belongs to a text.
  private var openQuote: Int? {
    guard let mark = message.firstRange(of: "matching `"), let quote = message[mark.upperBound...].utf8.first else { return nil }
    guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
    guard let place = text.indices.first(where: { text[$0] == quote && isOpening($0) }) else { return nil }
    let isCommand = text.trimmed.first.map { $0 >= 0x61 && $0 <= 0x7A } == true
    return isCommand && text.filter({ $0 == quote }).count % 2 == 1 ? place : nil
  }

  private func isOpening(_ place: Int) -> Bool {
    place == text.startIndex || text[place - 1].isBlank || "=(:,".utf8.contains(text[place - 1])
  }

  /// The word that bash waits for: `(wanted `EOF')`.
  private var heredocEnd: Substring {
    guard let mark = message.firstRange(of: "wanted `") else { return "" }
    return message[mark.upperBound...].prefix { $0 != "'" }
  }

  /// The word that ends a here-document stands on a line by itself, but not at its start.
  private var hasIndentedEnd: Bool {
    reading.lines.contains { $0.first?.isBlank == true && $0.trimmed.elementsEqual(heredocEnd.utf8) }
  }
}
