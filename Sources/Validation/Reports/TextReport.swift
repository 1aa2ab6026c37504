// For people: place, rule and message, the line with the span underlined, the evidence.
//
//   docs/guide.md:12:6: error: `parse_config` is not in the code any more: it became `load_config` [removed-symbol]
//      12 | Call `parse_config()` first.
//         |       ^^^^^^^^^^^^
//         = function parse_config became load_config (src/config.py:3)
//         = help: docs/rules/removed-symbol.md

import Domain

enum TextReport {
  static func render(_ input: ReportInput) -> String {
    var lines: [String] = []
    let style = Style(isOn: input.isColoured)
    var indexes: [String: LineIndex] = [:]
    for finding in input.result.findings {
      if indexes[finding.path] == nil, let bytes = input.sources[finding.path] { indexes[finding.path] = LineIndex(bytes) }
      lines += block(finding, input.sources[finding.path], indexes[finding.path], style)
      lines += ["      = help: \(input.page(ofRule: finding.rule))", ""]
    }
    lines += skips(input.result.skips, style)
    lines.append(summary(input.result))
    return lines.joined(separator: "\n") + "\n"
  }

  private static func block(_ finding: Finding, _ bytes: [UInt8]?, _ index: LineIndex?, _ style: Style) -> [String] {
    let position = "\(finding.path):\(finding.start.line):\(finding.start.column)"
    var lines = ["\(style.bold(position)): \(style.severity(finding.severity)): \(printable(finding.message)) [\(finding.rule)]"]
    if let bytes, let index, let excerpt = Excerpt(finding, bytes, index) {
      let number = String(finding.start.line)
      let margin = String(repeating: " ", count: max(5, number.count + 2))
      lines.append(String(repeating: " ", count: margin.count - number.count) + "\(number) | \(excerpt.line)")
      lines.append("\(margin) | \(excerpt.indentation)\(style.severity(finding.severity, excerpt.underline))")
    }
    lines += finding.evidence.map { "      = \(printable($0.statement))\(source(of: $0))" }
    return lines
  }

  private static func source(of evidence: Evidence) -> String {
    guard let path = evidence.path, !evidence.statement.contains(path) else { return "" }
    return " (\(printable(path))\(evidence.line.map { ":\($0)" } ?? ""))"
  }

  /// Skips that people can do something about, one line each; the others are counted.
  private static func skips(_ skips: [Skip], _ style: Style) -> [String] {
    let lines = skips.map { skip in
      let place = skip.path.isEmpty ? "" : "\(printable(skip.path))\(skip.line.map { ":\($0)" } ?? ""): "
      return "\(place)not checked (\(skip.reason.rawValue))\(skip.detail.map { ": \(printable($0))" } ?? "")"
    }
    return lines.isEmpty ? [] : lines + [""]
  }

  private static func summary(_ result: CheckResult) -> String {
    let found = result.findings.isEmpty ? "nothing is wrong" : counted(result.findings.count, "finding")
    let forgiven = result.fragments == 0 ? "" : ", \(counted(result.fragments, "fragment")) forgiven"
    return "\(found) in \(counted(result.documents, "document")) with \(counted(result.samples, "checked sample"))\(forgiven)"
  }

  /// Text of a repository on a terminal: control characters are shown, not obeyed.
  static func printable(_ text: some StringProtocol) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? "\u{FFFD}" : $0 }))
  }

  /// Also the marks that turn the direction of writing: they can make a line look like another.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (scalar.value >= 0x7F && scalar.value < 0xA0) || (scalar.value >= 0x202A && scalar.value <= 0x202E)
      || (scalar.value >= 0x2066 && scalar.value <= 0x2069)
  }

  private struct Style {
    var isOn: Bool
    func bold(_ text: String) -> String { isOn ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
    func severity(_ severity: Severity, _ text: String? = nil) -> String {
      let colour = severity == .error ? 31 : severity == .warning ? 33 : 36
      return isOn ? "\u{1B}[\(colour)m\(text ?? severity.rawValue)\u{1B}[0m" : text ?? severity.rawValue
    }
  }
}

/// A line of a document with a mark under a span; long lines are cut to what surrounds the span.
private struct Excerpt {
  let line: String
  let indentation: String
  let underline: String

  private static let before = 60
  private static let length = 140

  init?(_ finding: Finding, _ bytes: [UInt8], _ index: LineIndex) {
    guard finding.span.end <= bytes.count else { return nil }
    let whole = index.span(ofLine: index.lineNumber(of: finding.span.start))
    var end = whole.end
    while end > whole.start, bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
    let start = finding.span.start - whole.start > Self.before + 10 ? finding.span.start - Self.before : whole.start
    let stop = min(end, start + Self.length)
    guard start <= stop else { return nil }
    func text(_ from: Int, _ to: Int) -> String {
      TextReport.printable(
        String(decoding: bytes[from..<max(from, to)], as: UTF8.self).map { $0 == "\t" ? " " : $0 }.reduce(into: "") { $0.append($1) })
    }
    let lead = start > whole.start ? "…" : ""
    line = lead + text(start, stop) + (stop < end ? "…" : "")
    indentation = String(repeating: " ", count: (lead + text(start, min(finding.span.start, stop))).count)
    underline = String(repeating: "^", count: max(1, text(finding.span.start, min(finding.span.end, stop)).count))
  }
}
