// What `doc-healing check` prints. Each format is a pure function from a result to text; the caller prints it.
//
// To add a format: a file here, a case below; `Tests/ValidationTests/ReportTests.swift` holds its golden file.

import Domain

/// What a report shows.
public struct ReportInput: Sendable {
  public var result: CheckResult
  /// Bytes of the documents, by path: the text report shows lines of them. A path that is not there is shown without its line.
  public var sources: [String: [UInt8]]
  /// The engine's version.
  public var version: String
  /// Terminal colours in the text report.
  public var isColoured: Bool
  /// Where the pages of the rules are: a folder of the project, or an address; ends with `/`.
  public var rulePages = "docs/rules/"

  public init(result: CheckResult, sources: [String: [UInt8]] = [:], version: String, isColoured: Bool = false) {
    self.result = result
    self.sources = sources
    self.version = version
    self.isColoured = isColoured
  }
}

extension ReportInput {
  /// The page that says what a rule finds, why that is bad, and what to do.
  func page(ofRule name: String) -> String { "\(rulePages)\(name).md" }
}

/// How a result is written.
public enum ReportFormat: String, Sendable, CaseIterable {
  case text, json, sarif, github, junit

  /// The report, ending with a line feed (or empty, where the format has nothing to say).
  public func render(_ input: ReportInput) -> String {
    switch self {
    case .text: TextReport.render(input)
    case .json: JSONReport.render(input)
    case .sarif: SARIFReport.render(input)
    case .github: GitHubReport.render(input)
    case .junit: JUnitReport.render(input)
    }
  }
}

/// `1 finding`, `2 findings`.
public func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
