// When a parser's complaint about a fragment is more likely about a way of writing than about a mistake. In doubt nothing is said.

import Domain

enum Doubts {
  /// What holds for all languages of the C family and their like.
  static func reason(_ complaint: SampleComplaint, in sample: Sample, style: FragmentStyle) -> String? {
    let literal = Reading(literal: sample)
    if Prompts.isTranscript(literal, prompts: style.prompts) { return "the sample is a session at a prompt" }
    if isTemplate(sample) { return "the sample is a template" }
    if marksChanges(literal) { return "the sample marks changes" }
    if isShell(literal) { return "the sample is a shell session" }
    if leavesOut(literal, complaint, style) { return "the sample leaves something out near the error" }
    return hasForeignMarks(literal.lines[min(complaint.line, literal.lines.count - 1)]) ? "the line is no code" : nil
  }

  /// `{{ name }}` and `{% if %}` in one piece, `<% %>`; two braces that open a block each are no template.
  private static func isTemplate(_ sample: Sample) -> Bool {
    ["{%", "<%", "${{", "{{ ", "{{.", "{{-", "{{#", "{{/"].contains { sample.contains($0) }
  }

  private static func marksChanges(_ reading: Reading) -> Bool {
    reading.lines.contains { line in
      guard let first = line.first, first == UInt8(ascii: "+") || first == UInt8(ascii: "-") || first == UInt8(ascii: "@") else {
        return false
      }
      if first == UInt8(ascii: "@") { return line.starts(with: "@@ ".utf8) }
      return line.count == 1 || line[1] != first
    }
  }

  private static func isShell(_ reading: Reading) -> Bool {
    reading.lines.contains { line in
      let text = LineText.trimmed(line)
      return ["$ ", "# apt", "npm ", "yarn ", "brew "].contains { text.starts(with: $0.utf8) }
    }
  }

  /// Something is left out within two lines of the error; where the sample ends too early, anywhere.
  private static func leavesOut(_ reading: Reading, _ complaint: SampleComplaint, _ style: FragmentStyle) -> Bool {
    let comment = Array(style.lineComment.utf8)
    return reading.lines.indices.contains { index in
      guard complaint.isAtEnd || abs(index - complaint.line) <= 2 else { return false }
      return !Elisions.marks(in: reading.lines[index], comment: comment).isEmpty || isPlaceholder(reading.lines[index])
    }
  }

  /// `<your token>`, `<YOUR_TOKEN>`: words that are no type's name.
  private static func isPlaceholder(_ line: [UInt8]) -> Bool {
    Elisions.placeholders(in: line).contains { range in
      let text = line[(range.lowerBound + 1)..<(range.upperBound - 1)]
      return text.contains { $0 == 0x20 || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") } || !text.contains { $0 >= 97 && $0 <= 122 }
    }
  }

  /// Arrows and the like, which are in no language.
  private static func hasForeignMarks(_ line: [UInt8]) -> Bool {
    let text = String(decoding: line, as: UTF8.self)
    return text.unicodeScalars.contains { (0x2190...0x21FF).contains($0.value) || (0x2500...0x25FF).contains($0.value) }
  }
}
