// `doc-healing check`: a linter for documentation.

import ArgumentParser
import Assembly
import Domain
import Pipeline
import Validation

/// The repository and the two sides that are compared.
struct Sides: ParsableArguments {
  @Argument(help: "A folder in a git repository, or a bare repository.") var path = "."
  @Option(help: "The earlier revision that the code is compared with; found from history when not given.") var base: String?
  @Option(help: "The revision to look at; the working tree when not given.") var head: String?
}

struct CheckCommand: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, sarif, github, junit }

  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Find what is wrong in the documentation of a repository.",
    discussion: "Exit status: 0 when nothing is wrong, 1 when there are findings.")
  @OptionGroup var sides: Sides
  @Option(help: "How findings are printed.") var format: Format = .text

  func run() throws {
    let local = try LocalRepository(path: sides.path)
    defer { local.close() }
    let (change, note) = try local.change(base: sides.base, head: sides.head)
    Progress.note(note)
    let report = try local.engine.check(change, scope: local.scope(of: change.head))
    let result = ReportInput(findings: report.findings + local.mistakes(in: change.head), skips: report.skips)
    say(try render(result, change))
    if !report.findings.isEmpty { throw Exit.findings }
  }

  private func render(_ input: ReportInput, _ change: Change) throws -> String {
    let source: (String) -> [UInt8]? = { path in
      change.head.entry(at: path).flatMap { try? change.head.read($0, limit: 16 << 20) }
    }
    switch format {
    case .text: return TextReport.render(input.findings, skips: input.skips, colour: Progress.wantsColour, source: source)
    case .json: return JSONReport.render(input.findings, skips: input.skips)
    case .sarif: return SARIFReport.render(input.findings, version: Version.current)
    case .github: return GitHubReport.render(input.findings)
    case .junit: return JUnitReport.render(input.findings)
    }
  }

  private struct ReportInput {
    var findings: [Finding]
    var skips: [Skip]
  }
}
