// Reports against golden files (`Golden/report.*`; UPDATE_GOLDEN=1 renews them).

import Domain
import TestSupport
import Testing

@testable import Validation

@Suite struct ReportTests {
  static let source =
    "# Gäste\n\nRuf `parse_config()` \"auf\" & <so>.\n\n" + String(repeating: "weit ", count: 40) + "`fetch_rows`\ta\u{1B}b\n"

  static var input: ReportInput {
    let bytes = Array(source.utf8)
    let lines = LineIndex(bytes)
    func finding(_ text: String, _ severity: Severity, _ message: String, _ evidence: [Evidence]) -> Finding {
      let start = bytes.indices.first { bytes[$0...].starts(with: text.utf8) } ?? 0
      let span = Span(start, start + text.utf8.count)
      return Finding(
        rule: "removed-symbol", severity: severity, path: "docs/a b.md", span: span, start: lines.position(of: span.start),
        end: lines.position(of: span.end), message: message, evidence: evidence, text: text, fingerprint: "0123456789abcdef")
    }
    let evidence = Evidence("function parse_config became load_config", path: "src/config.py", line: 12)
    let findings = [
      finding("parse_config", .error, "`parse_config` is not in the code any more: it became `load_config`", [evidence]),
      finding("fetch_rows", .warning, "`fetch_rows` is odd: 100%, <b>\nand \u{1B}[31mmore", []),
    ]
    let skips = [
      Skip(path: "", reason: .toolMissing, detail: "python3 is not installed: 2 samples were not checked for python syntax"),
      Skip(path: "docs/x.md", line: 3, reason: .ignoredByMarker, detail: "removed-symbol on `y`"),
    ]
    let result = CheckResult(findings: findings, skips: skips, documents: 2, samples: 1, fragments: 1)
    return ReportInput(result: result, sources: ["docs/a b.md": bytes], version: "1.2.3")
  }

  @Test(arguments: ReportFormat.allCases) func isAsTheGoldenFile(_ format: ReportFormat) throws {
    try expectGolden(format.render(Self.input), "Golden/report.\(format.rawValue)")
  }

  @Test(arguments: ReportFormat.allCases) func nothingFoundIsAReportToo(_ format: ReportFormat) throws {
    try expectGolden(format.render(ReportInput(result: CheckResult(documents: 1), version: "1.2.3")), "Golden/empty.\(format.rawValue)")
  }

  /// What a hostile document can put into a finding does not reach a terminal or a runner as a command.
  @Test func controlCharactersAreShownAndNotObeyed() {
    #expect(!TextReport.render(Self.input).utf8.contains(0x1B))
    var input = Self.input
    input.result.findings[0].message = "a\n::error::b"
    #expect(
      GitHubReport.render(input).split(separator: "\n").allSatisfy { $0.hasPrefix("::error file=") || $0.hasPrefix("::warning file=") })
    input.isColoured = true
    #expect(TextReport.render(input).utf8.contains(0x1B))
  }

  @Test func jsonAndXMLParse() throws {
    for (format, program) in [
      (ReportFormat.json, "import json,sys; json.load(sys.stdin)"), (.sarif, "import json,sys; json.load(sys.stdin)"),
      (.junit, "import sys, xml.etree.ElementTree as e; e.parse(sys.stdin)"),
    ] {
      let result = try runCommand(["python3", "-c", program], input: format.render(Self.input))
      #expect(result.status == 0, "\(format): \(result.errorOutput)")
    }
  }
}
