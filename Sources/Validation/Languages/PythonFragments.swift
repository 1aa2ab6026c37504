// What a Python sample in a document may mean. Each reading is a text with as many lines as the sample, so that an error's line is
// the sample's line; what a reading takes off the front of a line is remembered, so that its column is found too.
//
// A sample is right when any reading parses. The first reading is the most literal one: its error is the one that is shown.

import Domain

enum PythonFragments {
  /// The readings of a sample, the most literal first; or why it cannot be judged.
  static func readings(of sample: Sample) -> Result<[Reading], Unreadable> {
    let plain = Reading(literal: sample)
    if sample.isWhole { return .success([plain]) }
    if let reason = foreignMarks(in: sample, plain.lines) { return .failure(Unreadable(detail: reason)) }
    var first = dedented(plain)
    var loose: Reading?
    if let transcript = transcript(first, keepsIndented: false) {
      loose = Self.transcript(first, keepsIndented: true)
      first = transcript
    } else if sample.language != "python" {
      return .failure(Unreadable(detail: "the transcript has no prompts"))
    }
    first = withoutMagics(first)
    var readings = [first]
    readings += [filled(first, elision: "___"), filled(first, elision: "**_")].filter { $0 != first }
    readings += [loose.map(withoutMagics), firstLineDedented(first), nested(first), decorated(first), asSignatures(first)].compactMap { $0 }
    return .success(readings)
  }

  // MARK: What is not Python

  private static func foreignMarks(in sample: Sample, _ lines: [[UInt8]]) -> String? {
    if sample.hasTemplateMarks { return "the sample is a template" }
    let starts = lines.map { line in line.drop { $0 == 0x20 || $0 == 0x09 } }
    if starts.contains(where: { $0.starts(with: "Traceback (most recent".utf8) }) { return "the sample shows output" }
    if starts.contains(where: { $0.starts(with: "$ ".utf8) }) { return "the sample is a shell session" }
    return lines.contains { line in ["+", "- ", "@@ "].contains { line.starts(with: $0.utf8) } } ? "the sample marks changes" : nil
  }

  // MARK: Readings

  /// The indentation that all lines share, taken off.
  private static func dedented(_ reading: Reading) -> Reading {
    let lines = reading.lines
    let filled = lines.filter { !isBlank($0) }
    let shared = filled.map(indentation).min() ?? 0
    let prefix = filled.first.map { $0.prefix(shared) } ?? []
    let removable = filled.allSatisfy { $0.starts(with: prefix) } ? shared : 0
    var result = reading
    result.lines = lines.map { isBlank($0) ? [] : Array($0.dropFirst(removable)) }
    result.removed = lines.map { isBlank($0) ? 0 : removable }
    return result
  }

  /// Lines behind prompts are code, the others are output; many authors continue a statement on an indented line without a prompt.
  /// Nil when there are no prompts.
  private static func transcript(_ reading: Reading, keepsIndented: Bool) -> Reading? {
    var result = reading
    var found = false
    var inCode = false
    for (index, line) in reading.lines.enumerated() {
      let prompt = promptLength(line)
      let continued = inCode ? continuationLength(line) : nil
      if let length = prompt ?? continued {
        found = found || prompt != nil
        inCode = true
        result.lines[index] = Array(line.dropFirst(length))
        result.removed[index] += length
      } else if !(keepsIndented && inCode && indentation(line) > 0) {
        inCode = false
        result.lines[index] = []
      }
    }
    return found ? result : nil
  }

  /// `>>> `, `In [3]: `.
  private static func promptLength(_ line: [UInt8]) -> Int? {
    if line.starts(with: ">>>".utf8) { return line.count > 3 ? (line[3] == 0x20 ? 4 : nil) : 3 }
    guard line.starts(with: "In [".utf8), let close = line.firstIndex(of: UInt8(ascii: "]")) else { return nil }
    guard line[4..<close].allSatisfy({ $0 >= 48 && $0 <= 57 }), line.dropFirst(close + 1).first == UInt8(ascii: ":") else { return nil }
    return min(line.count, close + 3)
  }

  /// `... `, and IPython's `   ...: `.
  private static func continuationLength(_ line: [UInt8]) -> Int? {
    let body = line.drop { $0 == 0x20 }
    guard body.starts(with: "...".utf8) else { return nil }
    var length = line.count - body.count + 3
    if line.count > length, line[length] == UInt8(ascii: ":") { length += 1 }
    if line.count > length, line[length] == 0x20 { return length + 1 }
    return line.count == length ? length : nil
  }

  /// `%timeit x`, `!ls`, `x?` are IPython's own.
  private static func withoutMagics(_ reading: Reading) -> Reading {
    var result = reading
    for (index, line) in reading.lines.enumerated() {
      let body = line.drop { $0 == 0x20 || $0 == 0x09 }
      guard let first = body.first else { continue }
      let isMagic =
        first == UInt8(ascii: "%")
        && body.dropFirst().first.map { $0 == UInt8(ascii: "%") || ($0 | 0x20 >= 97 && $0 | 0x20 <= 122) } == true
      if isMagic || first == UInt8(ascii: "!") || first == UInt8(ascii: "?") || (body.last == UInt8(ascii: "?") && !body.contains(0x20)) {
        result.lines[index] = line.prefix(line.count - body.count) + Array("pass".utf8)
      }
    }
    return result
  }

  /// `...`, `…` and `<placeholder>` filled with what may stand there; `elision` has three bytes, so that columns stay.
  private static func filled(_ reading: Reading, elision: String) -> Reading {
    var result = reading
    for (index, line) in reading.lines.enumerated() {
      result.lines[index] = withoutPlaceholders(replacing(["...", "…"], in: line, with: Array(elision.utf8)))
    }
    return result
  }

  private static func replacing(_ needles: [String], in line: [UInt8], with replacement: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var index = 0
    while index < line.count {
      if needles.contains(where: { line[index...].starts(with: $0.utf8) }) {
        result += replacement
        index += 3
      } else {
        result.append(line[index])
        index += 1
      }
    }
    return result
  }

  /// `<your token>` becomes a name of the same length.
  private static func withoutPlaceholders(_ line: [UInt8]) -> [UInt8] {
    var result = line
    var start: Int?
    for (index, byte) in line.enumerated() {
      if byte == UInt8(ascii: "<") {
        start = index
      } else if byte == UInt8(ascii: ">"), let open = start, index > open + 1 {
        for position in open...index { result[position] = UInt8(ascii: "_") }
        start = nil
      } else if !isPlaceholder(byte) {
        start = nil
      }
    }
    return result
  }

  private static func isPlaceholder(_ byte: UInt8) -> Bool {
    (byte | 0x20 >= 97 && byte | 0x20 <= 122) || (byte >= 48 && byte <= 57) || byte == 0x20 || byte == 95 || byte == 45 || byte == 46
  }

  /// A sample cut out of a page so that only its first line lost its indentation.
  private static func firstLineDedented(_ reading: Reading) -> Reading? {
    guard let first = reading.lines.firstIndex(where: { !isBlank($0) }), indentation(reading.lines[first]) == 0 else { return nil }
    let rest = reading.lines[(first + 1)...].filter { !isBlank($0) }
    guard let shared = rest.map(indentation).min(), shared > 0 else { return nil }
    var result = reading
    for index in (first + 1)..<result.lines.count where !isBlank(result.lines[index]) {
      result.lines[index].removeFirst(shared)
      result.removed[index] += shared
    }
    return result
  }

  /// A function's or class's inside: `return`, `await`, `yield`, a lone `else:` do not stand alone.
  private static func nested(_ reading: Reading) -> Reading? {
    var result = reading
    result.lines = [Array("async def _():".utf8)] + reading.lines.map { isBlank($0) ? $0 : [0x20] + $0 } + [Array(" pass".utf8)]
    result.linesBefore = 1
    return result
  }

  /// Decorators without what they decorate.
  private static func decorated(_ reading: Reading) -> Reading? {
    guard reading.lines.contains(where: { $0.first == UInt8(ascii: "@") }) else { return nil }
    var result = reading
    result.lines.append(Array("def _(): pass".utf8))
    return result
  }

  /// A list of signatures: `connect(host, port=80) -> Client`, `def close(self)`.
  private static func asSignatures(_ reading: Reading) -> Reading? {
    var result = reading
    for (index, line) in reading.lines.enumerated() where !isBlank(line) {
      guard line.first != UInt8(ascii: "#"), line.first != UInt8(ascii: "@") else { continue }
      let isDeclared = ["def ", "async def ", "class "].contains { line.starts(with: $0.utf8) }
      var head = line
      while let last = head.last, last == UInt8(ascii: ":") || last == 0x20 { head.removeLast() }
      result.lines[index] = (isDeclared ? [] : Array("def ".utf8)) + head + Array(": pass".utf8)
    }
    return result
  }

  private static func isBlank(_ line: [UInt8]) -> Bool { LineText.isBlank(line) }
  private static func indentation(_ line: [UInt8]) -> Int { LineText.indentation(line) }
}
