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

/// Which rules judge.
struct RuleOptions: ParsableArguments {
  @Option(name: .customLong("rule"), help: "Only this rule, also when it is off by default; may be given several times.")
  var names: [String] = []

  func validate() throws {
    guard let unknown = names.first(where: { RuleRegistry.rule(named: $0) == nil }) else { return }
    throw ValidationError("no rule is called \(unknown): there are \(RuleRegistry.all.map(\.name).sorted().joined(separator: ", "))")
  }
}

extension ReportFormat: ExpressibleByArgument {}

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Find what is wrong in the documentation of a repository.",
    discussion: "Exit status: 0 when nothing is wrong, 1 when there are findings.")
  @OptionGroup var sides: Sides
  @Option(help: "How findings are printed.") var format: ReportFormat = .text
  @OptionGroup var rules: RuleOptions

  func run() throws {
    let local = try LocalRepository(path: sides.path)
    defer { local.close() }
    let (change, note) = try local.change(base: sides.base, head: sides.head)
    Progress.note(note)
    let (engine, scope) = local.engine(for: change, base: sides.base, rules: rules.names)
    var result = try engine.check(change, scope: scope)
    result.findings += local.mistakes(in: change.head)
    var input = ReportInput(result: result, version: Version.current, isColoured: Progress.wantsColour)
    if format == .text { input.sources = sources(of: result.findings, in: change.head) }
    say(format.render(input))
    if !result.findings.isEmpty { throw Exit.findings }
  }

  /// The files that findings are in, to show their lines.
  private func sources(of findings: [Finding], in tree: any Checkout) -> [String: [UInt8]] {
    var sources: [String: [UInt8]] = [:]
    for path in Set(findings.map(\.path)) {
      sources[path] = tree.entry(at: path).flatMap { try? tree.read($0, limit: 16 << 20) }
    }
    return sources
  }
}
