// For programs: `{"findings":[…],"skips":[…],"documents":n,"samples":n,"fragments":n,"version":"…"}`. Keys are sorted, so that equal
// results are equal bytes.

import Domain
import FoundationEssentials

enum JSONReport {
  private struct Body: Encodable {
    var documents: Int
    var findings: [Item]
    var fragments: Int
    var samples: Int
    var skips: [Skip]
    var version: String
  }

  /// A finding as the HTTP API shows it (`line`, `column`, `end_line`, `end_column`), with its bytes and evidence.
  private struct Item: Encodable {
    var rule: String
    var severity: String
    var path: String
    var line: Int
    var column: Int
    var end_line: Int
    var end_column: Int
    var start: Int
    var end: Int
    var message: String
    var text: String
    var fingerprint: String
    var evidence: [Evidence]

    init(_ finding: Finding) {
      rule = finding.rule
      severity = finding.severity.rawValue
      path = finding.path
      line = finding.start.line
      column = finding.start.column
      end_line = finding.end.line
      end_column = finding.end.column
      start = finding.span.start
      end = finding.span.end
      message = finding.message
      text = finding.text
      fingerprint = finding.fingerprint
      evidence = finding.evidence
    }
  }

  static func render(_ input: ReportInput) -> String {
    let result = input.result
    return encode(
      Body(
        documents: result.documents, findings: result.findings.map(Item.init), fragments: result.fragments, samples: result.samples,
        skips: result.skips, version: input.version))
  }

  /// Pretty, with sorted keys. What reports encode are texts, numbers and lists of them: encoding these cannot fail.
  static func encode(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else { preconditionFailure("a report has only texts and numbers") }
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}
