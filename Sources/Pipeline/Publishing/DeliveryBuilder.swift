// From what the engine found to what a pull request is told: which repairs go into the commit, and every repair at its lines, both in
// the head as it is and in the head that the commit makes.

import Domain
import FoundationEssentials
import Healing
import Settings

/// Makes deliveries.
struct DeliveryBuilder {
  let run: Run
  let configuration: RepositoryConfiguration

  /// Findings that are listed, and repairs that are offered, at the most; how many there are is always told.
  static let findingLimit = 500
  static let repairLimit = 200
  /// Repairs of one rolling pull request whose fate is remembered.
  static let proposalLimit = 1000
  /// Bytes of the files of one commit; a repair of more is left to the run's patch.
  static let commitLimit = 8 << 20
  /// Bytes of the lines of one offer: longer ones are no suggestion that anybody reads.
  static let offerLimit = 8 << 10

  /// - Parameters:
  ///   - report: with every repair that may be offered.
  ///   - safe: the same, narrowed to what may be committed unread.
  func build(_ report: HealReport, safe: HealReport, demoted: [String]) throws -> PullRequestDelivery {
    var delivery = PullRequestDelivery(run: run.id, number: run.pullRequest ?? 0, head: run.head, baseBranch: run.branch)
    delivery.policy = PublishingPolicy(configuration)
    delivery.documentCount = report.documentCount
    delivery.demoted = demoted
    delivery.findingCount = report.findings.count
    delivery.findings = Self.listed(report.findings)
    let committed = safe.healed.flatMap { $0.fixes.map(\.fix) }
    delivery.repairedCount = Set(committed.map(\.finding)).count
    delivery.message = RepairMessage.text(safe.healed, after: run.head, run: run.id, isSignedOff: true)
    if safe.healed.reduce(0, { $0 + $1.healed.count }) <= Self.commitLimit {
      delivery.files = safe.healed.map { CommittedFile(path: $0.path, content: Data($0.healed)) }
    } else {
      delivery.notCommitted = "the repaired files are larger than \(Self.commitLimit >> 20) MiB together"
    }
    let safeRepairs = try safe.healed.flatMap { try Self.repairs($0.path, $0.original, $0.fixes.map(\.fix)) }
    delivery.committedCount = safeRepairs.count
    delivery.committed = Self.bounded(safeRepairs)
    let taken = Set(committed.map(\.healingName))
    var before: [OfferedRepair] = []
    var after: [OfferedRepair] = []
    for verification in report.healed {
      let offered = verification.fixes.map(\.fix).filter { !taken.contains($0.healingName) }
      guard !offered.isEmpty else { continue }
      before += try Self.repairs(verification.path, verification.original, offered)
      let done = safe.healed.first { $0.path == verification.path }
      after += try Self.repairs(
        verification.path, done?.healed ?? verification.original,
        Self.shifted(offered, past: done?.fixes.flatMap(\.fix.edits) ?? []))
    }
    delivery.suggestedCount = before.count
    delivery.suggested = Self.bounded(before)
    delivery.suggestedAfterCommit = Self.bounded(after)
    return delivery
  }

  /// The fixes as they stand once `done` is in; one that meets an edit of it is left out, since two proofs may have chosen differently.
  static func shifted(_ fixes: [Fix], past done: [Edit]) -> [Fix] {
    let done = done.sorted { $0.span < $1.span }
    return fixes.compactMap { fix in
      var fix = fix
      for index in fix.edits.indices {
        let span = fix.edits[index].span
        if done.contains(where: { $0.span.overlaps(span) || $0.span == span }) { return nil }
        let offset = done.prefix { $0.span.start < span.start }.reduce(0) { $0 + $1.replacement.utf8.count - $1.span.count }
        fix.edits[index].span = Span(span.start + offset, span.end + offset)
      }
      return fix
    }
  }

  /// Repairs by line, so that two of one line are one suggestion: a second one would undo the first.
  static func repairs(_ path: String, _ bytes: [UInt8], _ fixes: [Fix]) throws -> [OfferedRepair] {
    let lines = LineIndex(bytes)
    return try LineEdits.make(path: path, bytes: bytes, fixes: fixes).compactMap { entry in
      let inside = fixes.filter { fix in
        fix.edits.contains { (entry.line...entry.endLine).contains(min(lines.lineNumber(of: $0.span.start), entry.endLine)) }
      }
      guard let first = inside.first else { return nil }
      return OfferedRepair(
        path: path, first: entry.line, last: entry.endLine, before: entry.before, after: entry.after,
        healing: String(inside.map(\.healingName).sorted().joined(separator: "-").prefix(healingLimit)), rule: first.finding.rule,
        strategy: first.strategy, isSafe: entry.applicability == .safe,
        reason: MarkdownText.oneLine(entry.evidence.first?.statement ?? first.finding.message, limit: 300))
    }
  }

  /// Names of some twenty repairs of one line.
  private static let healingLimit = 590

  static func bounded(_ repairs: [OfferedRepair], to limit: Int = repairLimit) -> [OfferedRepair] {
    Array(repairs.lazy.filter { $0.before.utf8.count + $0.after.utf8.count <= offerLimit }.prefix(limit))
  }

  private static func listed(_ findings: [Finding]) -> [ReportedFinding] {
    findings.sorted { ($1.severity, $0.path, $0.start.line) < ($0.severity, $1.path, $1.start.line) }.prefix(findingLimit).map { finding in
      ReportedFinding(
        path: finding.path, line: finding.start.line, endLine: max(finding.start.line, finding.end.line), column: finding.start.column,
        endColumn: max(finding.start.column, finding.end.column - 1), rule: finding.rule, severity: finding.severity,
        message: MarkdownText.oneLine(finding.message, limit: 1000), fingerprint: finding.fingerprint)
    }
  }
}

extension PublishingPolicy {
  init(_ configuration: RepositoryConfiguration) {
    commits = configuration.validation.autoCorrect && !configuration.validation.requireManualReview
    comments = configuration.notifications.prComments
    reviews = configuration.notifications.reviewComments
    blocks = configuration.validation.blockOnFailure
  }
}
