// Publishing to plain git: the proven, safe fixes of a run as one commit on `doc-healing/<branch>`. The branch is rebuilt on
// every head it is pushed for; it is never taken from a person.

import Domain
import Forges
import Storage
import Threading
import Workspace

/// Publishes what a run healed.
struct Publisher: Sendable {
  let store: any Store
  let clock: any WallClock

  /// Commits and pushes the healed documents, and says so in the run. The report has only fixes that may be committed unread.
  func publish(_ report: HealReport, of run: inout Run, repository: Repository, _ workspace: RunWorkspace) throws {
    guard !report.healed.isEmpty else { return }
    let branch = OwnCommits.branchPrefix + run.branch
    let commit = try workspace.commit(
      report.healed.map { ($0.path, $0.healed) }, onto: run.head, message: Self.message(report.healed, of: run))
    let key = "commit:\(repository.id):\(branch):\(commit)"
    if try store.publication(key: key) == nil {
      guard try push(commit, to: branch, workspace, &run) else { return }
      _ = try store.record(Publication(runID: run.id, key: key, forgeID: commit.hex, createdAt: clock.now()))
    }
    run.state = .healed
    run.publishedTo = branch
    run.publishedCommit = commit
  }

  /// False, with the reason in the run, when the branch is a person's now.
  private func push(_ commit: ObjectID, to branch: String, _ workspace: RunWorkspace, _ run: inout Run) throws -> Bool {
    let tip = try workspace.tip(of: branch)
    if tip == commit { return true }
    if let tip, let message = try workspace.message(of: tip), !OwnCommits.isOwn(message: message) {
      run.detail = "branch \(branch) has a commit that is not the engine's (\(tip.short)); it was left alone"
      return false
    }
    try workspace.push(commit, to: branch, expecting: tip)
    return true
  }

  /// Subject, one line a repair with its evidence, and the trailer by which the engine knows its own commits.
  private static func message(_ documents: [Verification], of run: Run) -> String {
    var lines: [String] = []
    var seen: Set<String> = []
    for document in documents {
      for fix in document.fixes.map(\.fix) {
        for edit in fix.edits {
          lines.append("- \(document.path):\(fix.finding.start.line): \(oneLine(edit.expected)) -> \(oneLine(edit.replacement))")
        }
        for evidence in fix.evidence where seen.insert(evidence.statement).inserted { lines.append("  \(oneLine(evidence.statement))") }
      }
    }
    if lines.count > 200 { lines = lines.prefix(200) + ["- and \(lines.count - 200) lines more"] }
    let files = documents.count == 1 ? documents[0].path : "\(documents.count) files"
    return """
      \(OwnCommits.subjectPrefix) Repair \(files) after \(run.head.short)

      \(lines.joined(separator: "\n"))

      \(OwnCommits.trailer): \(run.id)

      """
  }

  private static func oneLine(_ text: String) -> String {
    let line = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
    return line.count > 120 ? line.prefix(117) + "..." : line
  }
}
