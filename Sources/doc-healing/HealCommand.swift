// `doc-healing heal`: the edits that repair a repository's documentation.

import ArgumentParser
import Assembly
import Domain
import Healing
import Pipeline

struct HealCommand: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case diff, json, text }

  static let configuration = CommandConfiguration(
    commandName: "heal", abstract: "Repair the documentation of a repository.",
    discussion: "Prints the repair and changes nothing, unless told to with --write or --commit.")
  @OptionGroup var sides: Sides
  @Option(help: "How the repair is printed.") var format: Format = .diff
  @Flag(help: "Change the files of the working tree.") var write = false
  @Flag(help: "Change the files and commit them on the current branch.") var commit = false
  @OptionGroup var rules: RuleOptions
  @Flag(help: "Leave out fixes that a person should look at.") var safeOnly = false

  @Flag(help: "With --base: also repair what was wrong at the base already.") var older = false

  func validate() throws {
    if write && commit { throw ValidationError("--commit writes too: give one of --write and --commit") }
    if (write || commit) && sides.head != nil {
      throw ValidationError("--write and --commit change the working tree, which is not what --head names: leave --head out")
    }
  }

  func run() throws {
    let local = try LocalRepository(path: sides.path)
    defer { local.close() }
    let (change, note) = try local.change(base: sides.base, head: sides.head)
    Progress.note(note)
    let (engine, chosen) = local.engine(for: change, base: sides.base, rules: rules.names)
    var scope = chosen
    if older { scope.healsOlder = true }
    let report = try engine.heal(
      change, scope: scope,
      // What a language model proposes is for a person to look at before it becomes a commit.
      selection: FixSelection(applicability: safeOnly ? .safe : .suggested, includesModel: !commit))
    for note in report.notes { Progress.note(note) }
    if write || commit { try local.write(report) }
    if commit { try local.commit(report) }
    say(try render(report))
  }

  private func render(_ report: HealReport) throws -> String {
    switch format {
    case .diff: return report.patch
    case .json: return try JSONText.encode(HealOutput(findings: report.findings, edits: report.lineEdits())) + "\n"
    case .text: return HealOutput.text(report)
    }
  }
}

/// The JSON of `heal`.
struct HealOutput: Encodable {
  var findings: [Finding]
  var edits: [LineEdit]

  /// What was repaired, for people.
  static func text(_ report: HealReport) -> String {
    var lines: [String] = []
    for verification in report.healed {
      for fix in verification.fixes.map(\.fix) {
        let edits = fix.edits.map { "\($0.expected) -> \($0.replacement)" }.joined(separator: ", ")
        lines.append(
          "\(verification.path):\(fix.finding.start.line): \(edits) (\(fix.applicability.rawValue), confidence \(fix.confidence))")
        for evidence in fix.evidence {
          lines.append("    \(evidence.statement)" + (evidence.path.map { " (\($0)\(evidence.line.map { ":\($0)" } ?? ""))" } ?? ""))
        }
      }
    }
    let count = report.fixes.count
    lines.append("\(count) \(count == 1 ? "repair" : "repairs"), \(report.findings.count) findings in \(report.documentCount) documents")
    return lines.joined(separator: "\n") + "\n"
  }
}
