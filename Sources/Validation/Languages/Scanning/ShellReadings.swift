// How a shell sample may be meant. Readings keep the lines where they are, so that an error's line is the sample's line.

import Domain

/// One way to read a shell sample.
struct ShellReading: Hashable {
  var lines: [ArraySlice<UInt8>]
  /// Lines that the reading has before the sample's first one.
  var linesBefore = 0
  /// A session without prompts: which lines are commands is a guess.
  var isGuess = false

  var code: [UInt8] { Array(lines.joined(separator: [0x0A])) + [0x0A] }
}

enum ShellReadings {
  /// What is read first: behind prompts the commands, else the text as it stands; in a fragment with placeholders filled. Nil when it is
  /// no shell.
  static func first(of sample: Sample) -> ShellReading? {
    let lines = sample.lines
    if sample.isWhole { return ShellReading(lines: lines) }
    if isForeign(lines) { return nil }
    let body = dedented(lines)
    let isSession = sample.language == "console" || body.contains { ShellPrompt.length($0, isSession: false) != nil }
    guard isSession else { return ShellReading(lines: body.map(withoutPlaceholders)) }
    guard body.contains(where: { ShellPrompt.length($0, isSession: sample.language == "console") != nil }) else {
      return ShellReading(lines: body.map(withoutPlaceholders), isGuess: true)
    }
    return ShellReading(lines: commands(body, isSession: sample.language == "console").map(withoutPlaceholders))
  }

  /// The branches of a `case` by themselves; nil when the reading has none.
  static func branches(_ reading: ShellReading) -> ShellReading? {
    guard reading.lines.contains(where: { $0.trimmed.suffix(2).elementsEqual(";;".utf8) }) else { return nil }
    return ShellReading(lines: [Array("case x in".utf8)[...]] + reading.lines + [Array("esac".utf8)[...]], linesBefore: 1)
  }

  // MARK: Lines

  /// The indentation that all lines share, taken off: the line that ends a heredoc must begin at the margin.
  private static func dedented(_ lines: [ArraySlice<UInt8>]) -> [ArraySlice<UInt8>] {
    let filled = lines.filter { !$0.trimmed.isEmpty }
    guard let first = filled.first else { return lines }
    let shared = filled.map { $0.prefix(while: \.isBlank).count }.min() ?? 0
    let prefix = first.prefix(shared)
    guard shared > 0, filled.allSatisfy({ $0.starts(with: prefix) }) else { return lines }
    return lines.map { $0.trimmed.isEmpty ? $0.prefix(0) : $0.dropFirst(shared) }
  }

  /// What stands behind prompts, with the lines that belong to a command: behind a backslash, an open quote, a heredoc, or `> `.
  private static func commands(_ lines: [ArraySlice<UInt8>], isSession: Bool) -> [ArraySlice<UInt8>] {
    var result: [ArraySlice<UInt8>] = []
    var command = OpenCommand()
    for line in lines {
      if let length = ShellPrompt.length(line, isSession: isSession) {
        let text = line.dropFirst(length)
        command = OpenCommand()
        command.read(text)
        result.append(text)
      } else if command.isOpen {
        let text = line.starts(with: "> ") ? line.dropFirst(2) : line
        command.read(text)
        result.append(text)
      } else {
        result.append(line.prefix(0))
      }
    }
    return result
  }

  /// `<file>`, `[options]`, `{a|b}` and `…` become words.
  private static func withoutPlaceholders(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var bytes = Array(line)
    for range in Sample.placeholders(in: bytes[...])
    where range.lowerBound + 1 >= bytes.count || bytes[range.lowerBound + 1] != UInt8(ascii: "<") {
      for index in range { bytes[index] = UInt8(ascii: "x") }
    }
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      // A usage line's choice: `[--all | --none]`, `(start|stop)`.
      if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "("), let end = choiceEnd(bytes, index) {
        for place in index...end { bytes[place] = UInt8(ascii: "x") }
        index = end
      }
      index += 1
    }
    return bytes[...]
  }

  private static func choiceEnd(_ bytes: [UInt8], _ start: Int) -> Int? {
    guard start == 0 || bytes[start - 1].isBlank, let closing = bytes[start].closingBracket else { return nil }
    let limit = min(bytes.count, start + 200)
    guard let end = bytes[start..<limit].firstIndex(of: closing), bytes[start..<end].contains(UInt8(ascii: "|")) else { return nil }
    return end
  }

  // MARK: Other languages under this name

  /// PowerShell, cmd.exe and fish write other languages.
  private static func isForeign(_ lines: [ArraySlice<UInt8>]) -> Bool {
    lines.contains { line in
      let body = line.trimmed
      if body.starts(with: "PS ") || body.starts(with: "@echo") || body.starts(with: "REM ") || body.starts(with: "::") { return true }
      if body.starts(with: "$env:") || body.elementsEqual("end".utf8) || body.suffix(2).elementsEqual(" `".utf8) { return true }
      if body.count > 2, body.first?.isLetter == true, body.dropFirst().first == UInt8(ascii: ":"),
        body.dropFirst(2).first == UInt8(ascii: "\\")
      {
        return true
      }
      return isCmdlet(body)
    }
  }

  /// `Get-Item`, `Invoke-WebRequest`: a verb and a noun, both with capitals.
  private static func isCmdlet(_ body: ArraySlice<UInt8>) -> Bool {
    let word = body.prefix { $0.isLetter || $0 == UInt8(ascii: "-") }
    guard let dash = word.firstIndex(of: UInt8(ascii: "-")), dash > word.startIndex + 1, dash + 1 < word.endIndex else { return false }
    let isCapital: (UInt8) -> Bool = { $0 >= 0x41 && $0 <= 0x5A }
    return isCapital(word[word.startIndex]) && isCapital(word[dash + 1]) && !isCapital(word[word.startIndex + 1])
  }
}

/// What a shell shows when it waits for a command.
enum ShellPrompt {
  /// Bytes of the prompt that a line begins with; nil when it begins with none. Some marks are prompts only in a session: elsewhere they
  /// are comments or redirections.
  static func length(_ line: ArraySlice<UInt8>, isSession: Bool) -> Int? {
    let indentation = line.prefix(while: \.isBlank).count
    let body = line.dropFirst(indentation)
    if body.elementsEqual("$".utf8) { return line.count }
    if body.starts(with: "$ ") { return indentation + 2 }
    guard isSession else { return nil }
    if body.starts(with: "% ") || body.starts(with: "❯ ") || body.starts(with: "➜ ") {
      return indentation + (body.firstIndex(of: 0x20) ?? body.startIndex) - body.startIndex + 1
    }
    return named(body).map { $0 + indentation }
  }

  /// `me@host:~/x$ `, `[me@host x]$ `, `host:x me$ `: a mark behind a name.
  private static func named(_ body: ArraySlice<UInt8>) -> Int? {
    var index = body.startIndex
    while index + 1 < body.endIndex, index - body.startIndex < 60 {
      let byte = body[index]
      if byte == UInt8(ascii: "$") || byte == UInt8(ascii: "#"), body[index + 1] == 0x20, index > body.startIndex {
        let name = body[..<index]
        return name.contains(UInt8(ascii: "@")) || name.last == UInt8(ascii: "~") ? index + 2 - body.startIndex : nil
      }
      guard byte.isWord || "@:~/.-[]() ".utf8.contains(byte) else { return nil }
      index += 1
    }
    return nil
  }
}

/// Whether a command goes on in the next line. An approximation: what it gets wrong, the parser shows.
private struct OpenCommand {
  private var quote: UInt8 = 0
  private var isContinued = false
  private var brackets = 0
  private var heredoc: ArraySlice<UInt8>?

  var isOpen: Bool { quote != 0 || isContinued || brackets > 0 || heredoc != nil }

  mutating func read(_ line: ArraySlice<UInt8>) {
    if let end = heredoc {
      if line.trimmed == end { heredoc = nil }
      return
    }
    isContinued = false
    var index = line.startIndex
    while index < line.endIndex {
      let byte = line[index]
      if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "'") {
        isContinued = index + 1 == line.endIndex
        index += 2
        continue
      }
      if quote != 0 {
        if byte == quote { quote = 0 }
      } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "`") {
        quote = byte
      } else if byte == UInt8(ascii: "#"), index == line.startIndex || line[index - 1].isBlank {
        break
      } else {
        mark(byte, index, in: line)
      }
      index += 1
    }
    let last = line.trimmed.last
    if quote == 0, last == UInt8(ascii: "|") || line.trimmed.suffix(2).elementsEqual("&&".utf8) { isContinued = true }
  }

  private mutating func mark(_ byte: UInt8, _ index: Int, in line: ArraySlice<UInt8>) {
    switch byte {
    case UInt8(ascii: "("), UInt8(ascii: "{"): brackets += 1
    case UInt8(ascii: ")"), UInt8(ascii: "}"): brackets = max(0, brackets - 1)
    case UInt8(ascii: "<"):
      let rest = line[index...]
      guard heredoc == nil, rest.starts(with: "<<"), !rest.starts(with: "<<<"), index == line.startIndex || line[index - 1] != byte else {
        return
      }
      let name = rest.dropFirst(2).drop { "-'\" \\".utf8.contains($0) }.prefix { $0.isWord }
      heredoc = name.isEmpty ? nil : name
    default: break
    }
  }
}
