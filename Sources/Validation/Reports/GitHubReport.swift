// GitHub's workflow commands: a line that a runner turns into an annotation on the file
// (https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions).

import Domain

enum GitHubReport {
  static func render(_ input: ReportInput) -> String {
    input.result.findings.map(command).joined()
  }

  private static func command(_ finding: Finding) -> String {
    let kind = finding.severity == .note ? "notice" : finding.severity.rawValue
    // An annotation over several lines takes no columns.
    let columns = finding.start.line == finding.end.line ? ",col=\(finding.start.column),endColumn=\(finding.end.column)" : ""
    let place = "file=\(property(finding.path)),line=\(finding.start.line),endLine=\(finding.end.line)\(columns)"
    let evidence = finding.evidence.map { "\n\($0.statement)" }.joined()
    return "::\(kind) \(place),title=\(property(finding.rule))::\(data(finding.message + evidence))\n"
  }

  /// The escapes of the runner's own toolkit: without them a document could write commands of its own.
  private static func data(_ text: String) -> String {
    replaced(text, [UInt8(ascii: "%"): "%25", 0x0D: "%0D", 0x0A: "%0A"])
  }

  private static func property(_ text: String) -> String {
    replaced(text, [UInt8(ascii: "%"): "%25", 0x0D: "%0D", 0x0A: "%0A", UInt8(ascii: ":"): "%3A", UInt8(ascii: ","): "%2C"])
  }

  private static func replaced(_ text: String, _ escapes: [UInt8: String]) -> String {
    var result: [UInt8] = []
    for byte in text.utf8 { result += escapes[byte].map { Array($0.utf8) } ?? [byte] }
    return String(decoding: result, as: UTF8.self)
  }
}
