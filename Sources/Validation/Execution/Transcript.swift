// Samples that show a session: prompts, what was typed behind them, and what came back. Read here for the rules that need only the
// code, and for the runner that compares what comes back.

/// A session of a read-eval-print loop or of a shell, cut into what was typed and what was answered.
struct Transcript: Sendable, Hashable {
  /// Something typed, and its answer.
  struct Entry: Sendable, Hashable {
    /// Lines without prompts.
    var input: [String]
    /// Lines as shown.
    var output: [String]
    /// The sample's lines of each, from 0, half open.
    var inputLines: Range<Int>
    var outputLines: Range<Int>
  }
  var entries: [Entry] = []

  /// How a session marks what was typed.
  enum Prompt: Sendable { case python, shell }

  /// Nil when the sample shows no session.
  init?(_ lines: [String], _ prompt: Prompt) {
    for (number, line) in lines.enumerated() {
      if let typed = Self.typed(line, prompt) {
        entries.append(Entry(input: [typed], output: [], inputLines: number..<number + 1, outputLines: number + 1..<number + 1))
      } else if !entries.isEmpty {
        add(line, number, prompt)
      } else if !line.allSatisfy({ $0 == " " || $0 == "\t" }) {
        return nil
      }
    }
    if entries.isEmpty { return nil }
    for index in entries.indices { entries[index].trim() }
  }

  private mutating func add(_ line: String, _ number: Int, _ prompt: Prompt) {
    let last = entries.count - 1
    if entries[last].output.isEmpty, let more = Self.continued(line, prompt, after: entries[last].input.last ?? "") {
      entries[last].input.append(more)
      entries[last].inputLines = entries[last].inputLines.lowerBound..<number + 1
      entries[last].outputLines = number + 1..<number + 1
    } else {
      entries[last].output.append(line)
      entries[last].outputLines = entries[last].outputLines.lowerBound..<number + 1
    }
  }

  private static func typed(_ line: String, _ prompt: Prompt) -> String? {
    switch prompt {
    case .python:
      let text = line.drop { $0 == " " }
      return text == ">>>" ? "" : text.hasPrefix(">>> ") ? String(text.dropFirst(4)) : nil
    case .shell: return line.hasPrefix("$ ") ? String(line.dropFirst(2)) : nil
    }
  }

  private static func continued(_ line: String, _ prompt: Prompt, after last: String) -> String? {
    switch prompt {
    case .python:
      let text = line.drop { $0 == " " }
      return text == "..." ? "" : text.hasPrefix("... ") ? String(text.dropFirst(4)) : nil
    case .shell: return last.hasSuffix("\\") ? (line.hasPrefix("> ") ? String(line.dropFirst(2)) : line) : nil
    }
  }

  /// The bytes of a Python sample with prompts and answers blanked out; the sample itself where it shows no session.
  static func pythonCode(_ code: [UInt8]) -> [UInt8] {
    let lines = code.split(separator: 0x0A, omittingEmptySubsequences: false)
    guard lines.contains(where: { promptLength($0) != nil }) else { return code }
    var result: [UInt8] = []
    result.reserveCapacity(code.count)
    var inCode = false
    for (number, line) in lines.enumerated() {
      if number > 0 { result.append(0x0A) }
      let length = promptLength(line) ?? (inCode ? continuationLength(line) : nil)
      inCode = length != nil
      let kept = length.map { line.dropFirst($0) } ?? []
      result += [UInt8](repeating: 0x20, count: line.count - kept.count) + kept
    }
    return result
  }

  /// `>>> ` and `In [3]: `.
  private static func promptLength(_ line: ArraySlice<UInt8>) -> Int? {
    let body = line.drop { $0 == 0x20 }
    let blanks = line.count - body.count
    if body.starts(with: ">>> ".utf8) { return blanks + 4 }
    if body.elementsEqual(">>>".utf8) { return blanks + 3 }
    guard body.starts(with: "In [".utf8), let close = body.firstIndex(of: UInt8(ascii: "]")) else { return nil }
    return body[close...].starts(with: "]: ".utf8) ? close - line.startIndex + 3 : nil
  }

  private static func continuationLength(_ line: ArraySlice<UInt8>) -> Int? {
    let body = line.drop { $0 == 0x20 }
    guard body.starts(with: "...".utf8) else { return nil }
    let rest = body.dropFirst(3).first == UInt8(ascii: ":") ? body.dropFirst(4) : body.dropFirst(3)
    guard rest.isEmpty || rest.first == 0x20 else { return nil }
    return line.count - max(0, rest.count - 1)
  }
}

extension Transcript.Entry {
  /// Blank lines at the end of an answer are the sample's own.
  fileprivate mutating func trim() {
    while let last = output.last, last.allSatisfy({ $0 == " " || $0 == "\t" || $0 == "\r" }) {
      output.removeLast()
      outputLines = outputLines.lowerBound..<max(outputLines.lowerBound, outputLines.upperBound - 1)
    }
  }
}
