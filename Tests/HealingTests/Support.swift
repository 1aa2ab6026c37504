// What the tests of healing share.

import Domain
import Healing
import TestSupport
import Validation

/// Runs tools directly: what tests give them is their own.
struct DirectTools: ToolRunner {
  func run(tool: String, arguments: [String], input: [UInt8], timeout: Duration) throws -> ToolResult {
    let result = try runCommand([tool] + arguments, input: String(decoding: input, as: UTF8.self), within: timeout)
    return ToolResult(status: result.status, output: Array(result.output.utf8), errorOutput: Array(result.errorOutput.utf8))
  }
}

/// The folder of this file.
let testFolder = String(#filePath.dropLast("/Support.swift".count))

/// An edit of `a.md`.
func edit(_ start: Int, _ end: Int, _ expected: String, _ replacement: String) -> Edit {
  Edit(path: "a.md", span: Span(start, end), expected: expected, replacement: replacement)
}

/// A fix with one edit, on a finding that is the edit's text.
func fix(
  _ edit: Edit, rule: String = "removed-symbol", applicability: Applicability = .safe, confidence: Double = 0.95,
  evidence: [String] = ["proof"]
) -> Fix {
  let finding = Finding(
    rule: rule, severity: .error, path: edit.path, span: edit.span, start: Position(line: 1, column: 1), end: Position(line: 1, column: 1),
    message: "wrong", text: edit.expected, fingerprint: "f")
  return Fix(
    strategy: "s", finding: finding, edits: [edit], applicability: applicability, confidence: confidence,
    evidence: evidence.map { Evidence($0) })
}

extension SeededGenerator {
  /// A text of a few lines in which everything that troubles a diff occurs: no last line feed, CRLF, equal lines, other bytes.
  mutating func document(lines: ClosedRange<Int> = 0...40) -> [UInt8] {
    var document: [UInt8] = []
    let count = int(in: lines)
    for number in 0..<count {
      document += Array(
        pick(["", "alpha", "beta", "gamma delta", "\t- x", "naïve ☃", "-- a", "@@ -1 +1 @@", "\\ No newline", text(count: 6)]).utf8)
      if int(in: 0...30) == 0 { document.append(UInt8(int(in: 0x80...0xFF))) }
      if number < count - 1 || bool() { document += bool() || bool() ? [0x0A] : [0x0D, 0x0A] }
    }
    return document
  }

  /// Edits that fit the bytes and do not touch each other.
  mutating func edits(of bytes: [UInt8], at path: String = "a.md") -> [Edit] {
    var edits: [Edit] = []
    var position = 0
    while position <= bytes.count, edits.count < 12 {
      let start = position + int(in: 0...9)
      let end = start + (bool() ? 0 : int(in: 1...8))
      guard end <= bytes.count else { break }
      position = end + 1
      // What is no UTF-8 cannot be expected as text.
      guard let expected = String(validating: bytes[start..<end], as: UTF8.self) else { continue }
      edits.append(
        Edit(path: path, span: Span(start, end), expected: expected, replacement: pick(["", "x", "new\nline", "é", text(count: 5)])))
    }
    return edits
  }
}
