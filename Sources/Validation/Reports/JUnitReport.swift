// JUnit's XML, as the schema of Jenkins' xUnit plug-in has it (`junit-10.xsd`), which other readers take as well: a suite for each
// document with findings, a failed case for each finding; what was left out is a skipped case. A run without findings is one passed
// case, so that viewers do not call it empty.

import Domain

enum JUnitReport {
  private struct Suite {
    var name: String
    var findings: [Finding] = []
    var skips: [Skip] = []
  }

  static func render(_ input: ReportInput) -> String {
    let suites = suites(input.result)
    let failures = input.result.findings.count
    let tests = max(1, failures + input.result.skips.count)
    var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>"]
    lines.append("<testsuites name=\"doc-healing\" tests=\"\(tests)\" failures=\"\(failures)\" errors=\"0\">")
    lines += suites.isEmpty ? passed : suites.flatMap(render)
    lines.append("</testsuites>")
    return lines.joined(separator: "\n") + "\n"
  }

  private static let passed = [
    "  <testsuite name=\"documents\" tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\">",
    "    <testcase name=\"nothing is wrong\" classname=\"documents\"/>", "  </testsuite>",
  ]

  /// By path, in the order of the result.
  private static func suites(_ result: CheckResult) -> [Suite] {
    var suites: [String: Suite] = [:]
    for finding in result.findings { suites[finding.path, default: Suite(name: finding.path)].findings.append(finding) }
    for skip in result.skips {
      let name = skip.path.isEmpty ? "tools" : skip.path
      suites[name, default: Suite(name: name)].skips.append(skip)
    }
    return suites.values.sorted { $0.name < $1.name }
  }

  private static func render(_ suite: Suite) -> [String] {
    let count = suite.findings.count + suite.skips.count
    let counts = "tests=\"\(count)\" failures=\"\(suite.findings.count)\" errors=\"0\" skipped=\"\(suite.skips.count)\""
    let head = "  <testsuite name=\"\(escaped(suite.name))\" \(counts)>"
    return [head] + suite.findings.flatMap(render) + suite.skips.flatMap { render($0, suite.name) } + ["  </testsuite>"]
  }

  private static func render(_ finding: Finding) -> [String] {
    let place = "\(finding.path):\(finding.start.line):\(finding.start.column)"
    let name = "\(finding.rule) at \(finding.start.line):\(finding.start.column)"
    let body = ([place] + finding.evidence.map(\.statement)).joined(separator: "\n")
    return [
      "    <testcase name=\"\(escaped(name))\" classname=\"\(escaped(finding.path))\">",
      "      <failure type=\"\(escaped(finding.rule))\" message=\"\(escaped(finding.message))\">\(escaped(body))</failure>",
      "    </testcase>",
    ]
  }

  private static func render(_ skip: Skip, _ name: String) -> [String] {
    let line = skip.line.map { " at \($0)" } ?? ""
    return [
      "    <testcase name=\"\(escaped(skip.reason.rawValue + line))\" classname=\"\(escaped(name))\">",
      "      <skipped message=\"\(escaped(skip.detail ?? skip.reason.rawValue))\"/>", "    </testcase>",
    ]
  }

  /// Text for an attribute or an element. What XML 1.0 cannot write at all becomes U+FFFD.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n": result += "&#10;"
      case "\t": result += "&#9;"
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
