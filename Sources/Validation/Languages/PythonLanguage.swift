// Python samples, judged by python3 itself.

struct PythonLanguage: ToolLanguage {
  let name = "python"
  let names = ["python", "pycon", "ipython"]
  var parser: any ToolParser { PythonChecker.parser }
  let showsFirst = true

  func readings(of sample: Sample) -> Result<[Reading], Unreadable> { PythonFragments.readings(of: sample) }

  func doubt(about complaint: SampleComplaint, in sample: Sample) -> String? {
    if Doubts.isShell(Reading(literal: sample)) { return "the sample is a shell session" }
    return PythonDoubts.reason(message: complaint.complaint.message, line: complaint.complaint.line, in: complaint.reading, sample)
  }
}

/// When a reading's error is more likely a way of writing than a mistake.
enum PythonDoubts {
  static func reason(message: String, line: Int, in reading: Reading, _ sample: Sample) -> String? {
    if message.hasPrefix("expected an indented block") || message.contains("indent") { return "the sample leaves lines out" }
    let text = reading.lines.indices.contains(line - 1) ? String(decoding: reading.lines[line - 1], as: UTF8.self) : ""
    if text.contains("...") || text.contains("…") || text.contains("<") && text.contains(">") { return "the line leaves something out" }
    if isNewerSyntax(text) { return "the line may be in a newer Python" }
    return nil
  }

  /// Statements that Python learned after 3.10: the tool here may be older than the sample.
  private static func isNewerSyntax(_ line: String) -> Bool {
    let text = line.drop { $0 == " " }
    if text.hasPrefix("type ") || text.hasPrefix("match ") || text.hasPrefix("except*") || text.hasPrefix("except ") { return true }
    guard text.hasPrefix("def ") || text.hasPrefix("class ") || text.hasPrefix("async def ") else {
      return text.contains("t\"") || text.contains("f\"")
    }
    return text.contains("[") && (text.firstIndex(of: "[") ?? text.endIndex) < (text.firstIndex(of: "(") ?? text.endIndex)
  }
}
