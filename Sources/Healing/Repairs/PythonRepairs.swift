// Repairs of Python: what Python 2 wrote otherwise, and the colon that is forgotten.

import Domain

enum PythonRepairs {
  private static let compound = ["if", "elif", "else", "for", "while", "def", "class", "try", "except", "finally", "with", "async"]

  /// A compound statement's header without its colon.
  static func missingColon(_ sample: BrokenSample) -> Repair? {
    let code = header(sample)
    let text = String(decoding: sample.bytes[code.range], as: UTF8.self)
    let word = String(text.drop { $0 == " " || $0 == "\t" }.prefix { $0.isLetter })
    guard compound.contains(word), !text.hasSuffix(":"), SampleScan(sample.bytes[code.range], .python).isBalanced else { return nil }
    // Without a body it is an excerpt, and no statement with a colon either.
    guard let last = sample.scan.lastCode, last >= code.end else { return nil }
    return Repair(
      edits: [sample.insertion(":", at: code.end)], confidence: 0.85, statement: "`\(word)` needs a colon at the end of its line")
  }

  /// The line of the finding, or the one before it: some parsers point to the first line of the body.
  private static func header(_ sample: BrokenSample) -> Span {
    let line = sample.line(at: sample.offset)
    let code = sample.code(of: line)
    let isHeader = compound.contains { sample.bytes[code.range].drop { $0 == 0x20 || $0 == 0x09 }.starts(with: $0.utf8) }
    guard !isHeader, line.start > sample.span.start else { return code }
    return sample.code(of: sample.line(at: line.start - 1))
  }

  /// `print x` of Python 2: every such statement of the sample.
  static func printCalls(_ sample: BrokenSample) -> Repair? {
    var edits: [Edit] = []
    for line in lines(sample) {
      let code = sample.code(of: line)
      let start = code.start + sample.indentation(of: line).count
      let text = sample.bytes[start..<max(start, code.end)]
      guard text.starts(with: "print ".utf8), text.count > 6, SampleScan(text, .python).isBalanced else { continue }
      let argument = text.dropFirst(6)
      let first = argument[argument.startIndex]
      guard !"(=,.>".utf8.contains(first), text.last != UInt8(ascii: ",") else { continue }
      edits += [sample.edit(Span(start + 5, start + 6), "("), sample.insertion(")", at: code.end)]
    }
    return edits.isEmpty ? nil : Repair(edits: edits, confidence: 0.85, statement: "`print` is a function since Python 3")
  }

  /// `except Error, name:` of Python 2.
  static func exceptAs(_ sample: BrokenSample) -> Repair? {
    var edits: [Edit] = []
    for line in lines(sample) {
      let code = sample.code(of: line)
      let start = code.start + sample.indentation(of: line).count
      let text = sample.bytes[start..<max(start, code.end)]
      guard text.starts(with: "except ".utf8), text.last == UInt8(ascii: ":"), !text.contains(UInt8(ascii: "(")) else { continue }
      let commas = text.indices.filter { text[$0] == UInt8(ascii: ",") }
      guard commas.count == 1, let comma = commas.first else { continue }
      let after = text[(comma + 1)...].first == 0x20 ? comma + 2 : comma + 1
      edits.append(sample.edit(Span(comma, min(after, code.end)), " as "))
    }
    return edits.isEmpty ? nil : Repair(edits: edits, confidence: 0.85, statement: "an exception is named with `as` since Python 3")
  }

  /// One bracket too few on a line of its own statement.
  static func closingBrackets(_ sample: BrokenSample) -> Repair? {
    guard let first = sample.scan.open.first, !sample.scan.isCrossed, sample.scan.openStrings.isEmpty else { return nil }
    let line = sample.line(at: first.offset)
    let code = sample.code(of: line)
    guard sample.scan.open.allSatisfy({ line.start <= $0.offset && $0.offset < line.end }), code.end > first.offset + 1 else { return nil }
    guard let last = sample.bytes[code.range].last, !",(".utf8.contains(last) else { return nil }
    let closes = String(decoding: sample.scan.open.reversed().map(\.close), as: UTF8.self)
    let place = last == UInt8(ascii: ":") ? code.end - 1 : code.end
    return Repair(edits: [sample.insertion(closes, at: place)], confidence: 0.75, statement: "a bracket is not closed on its line")
  }

  private static func lines(_ sample: BrokenSample) -> [Span] {
    var lines: [Span] = []
    var start = sample.span.start
    while start < sample.span.end {
      let line = sample.line(at: start)
      lines.append(line)
      start = (sample.bytes[line.end..<sample.span.end].firstIndex(of: 0x0A) ?? sample.span.end) + 1
    }
    return lines
  }
}
