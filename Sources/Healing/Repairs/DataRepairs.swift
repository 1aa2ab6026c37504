// Repairs of JSON, TOML and YAML beyond brackets and quotes.

import Domain

enum DataRepairs {
  /// JSON strings in single quotes whose text needs no escape.
  static func doubleQuotes(_ sample: BrokenSample) -> Repair? {
    let strings = sample.scan.singleQuoted
    let needsEscape = strings.contains { span in
      sample.bytes[span.range].contains { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }
    }
    guard !strings.isEmpty, !needsEscape else { return nil }
    let edits = strings.flatMap { span in
      [sample.edit(Span(span.start, span.start + 1), "\""), sample.edit(Span(span.end - 1, span.end), "\"")]
    }
    return Repair(edits: edits, confidence: 0.8, statement: "json strings take double quotes")
  }

  /// A TOML value of letters that is no boolean and no number: a string without its quotes.
  static func quotedTOMLValue(_ sample: BrokenSample) -> Repair? {
    let line = sample.code(of: sample.line(at: sample.offset))
    guard let equals = sample.bytes[line.range].firstIndex(of: UInt8(ascii: "=")) else { return nil }
    let value = trimmed(Span(equals + 1, line.end), sample.bytes)
    guard !value.isEmpty, sample.bytes[value.range].allSatisfy({ isPlain($0) }) else { return nil }
    guard let first = sample.bytes[value.range].first, isLetter(first) else { return nil }
    return quoted(value, sample, "a string in toml takes quotes")
  }

  /// A YAML value that is only valid in quotes: one with `: ` in it, or one that begins with a reserved mark.
  static func quotedYAMLValue(_ sample: BrokenSample) -> Repair? {
    let line = sample.line(at: sample.offset)
    let text = sample.bytes[line.range]
    guard let colon = text.indices.first(where: { text[$0] == UInt8(ascii: ":") && $0 + 1 < line.end && text[$0 + 1] == 0x20 }) else { return nil }
    let value = trimmed(Span(colon + 1, line.end), sample.bytes)
    guard let first = sample.bytes[value.range].first else { return nil }
    let content = sample.bytes[value.range]
    guard !content.contains(UInt8(ascii: "\"")), !content.contains(UInt8(ascii: "\\")), !content.contains(UInt8(ascii: "#")) else { return nil }
    guard !"'|>[{".utf8.contains(first) else { return nil }
    let holdsColon = zip(content, content.dropFirst()).contains { $0 == UInt8(ascii: ":") && $1 == 0x20 }
    guard holdsColon || "@`%*&!".utf8.contains(first) else { return nil }
    return quoted(value, sample, "this value needs quotes in yaml")
  }

  private static func quoted(_ value: Span, _ sample: BrokenSample, _ statement: String) -> Repair {
    Repair(
      edits: [sample.insertion("\"", at: value.start), sample.insertion("\"", at: value.end)], confidence: 0.7, statement: statement)
  }

  private static func trimmed(_ span: Span, _ bytes: [UInt8]) -> Span {
    var (start, end) = (span.start, span.end)
    while start < end, bytes[start] <= 0x20 { start += 1 }
    while end > start, bytes[end - 1] <= 0x20 { end -= 1 }
    return Span(start, end)
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z") }

  private static func isPlain(_ byte: UInt8) -> Bool {
    isLetter(byte) || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")) || "-_./ ".utf8.contains(byte)
  }
}
