// What people read of a run on a pull request: the check's title and page, the one comment, the texts of suggestions. Short: what is
// wrong, what was done, how to say no.

import Domain
import Forges
import Validation

/// What became of a delivery so far, as its texts tell it.
struct DeliveryProgress: Sendable {
  /// Our commit with the safe repairs.
  var commit: ObjectID?
  /// Repairs that stand as suggestions at the pull request.
  var suggested: [OfferedRepair] = []
  /// Repairs that could be put nowhere but into the comment.
  var left: [OfferedRepair] = []
  /// Why the safe repairs were not committed, where they were not.
  var notCommitted: String?
}

/// Renders deliveries.
struct DeliveryText {
  let delivery: PullRequestDelivery
  let progress: DeliveryProgress
  /// What people call us in comments.
  let mention: String
  /// Characters that the forge takes.
  let limit: Int

  /// Findings that nothing on the pull request mends by itself.
  var remaining: Int { max(0, delivery.findingCount - (progress.commit == nil ? 0 : delivery.repairedCount)) }

  /// Repairs that are too many, or too long, to be shown here.
  private var unoffered: Int {
    guard progress.commit == nil else { return delivery.suggestedCount - delivery.suggestedAfterCommit.count }
    return delivery.suggestedCount + delivery.committedCount - delivery.suggested.count - delivery.committed.count
  }

  // MARK: The check

  var title: String {
    switch delivery.ending {
    case .superseded: return "Superseded by a newer head"
    case .skipped: return "Not checked: \(delivery.detail ?? "nothing to do")"
    case .failed: return "Could not be checked: \(delivery.detail ?? "an internal error")"
    case .checked: break
    }
    var parts: [String] = []
    if progress.commit != nil { parts.append("\(counted(delivery.committedCount, "repair")) committed") }
    let suggestions = progress.suggested.count + progress.left.count
    if suggestions > 0 { parts.append("\(counted(suggestions, "repair")) suggested") }
    if remaining > 0 { parts.append("\(counted(remaining, "finding")) left") }
    if parts.isEmpty { return "\(counted(delivery.documentCount, "document")) checked, nothing is wrong" }
    return parts.joined(separator: ", ")
  }

  /// - Parameter isRepaired: for the head that our commit took the place of.
  func conclusion(isRepaired: Bool = false) -> CheckReport.Conclusion {
    switch delivery.ending {
    case .superseded, .failed: return .neutral
    case .skipped: return .skipped
    case .checked: break
    }
    guard remaining > 0, !isRepaired else { return .success }
    let isSerious = delivery.findings.contains { $0.severity == .error }
    return delivery.policy.blocks && isSerious ? .failure : .neutral
  }

  /// The check's page.
  var summary: String {
    guard delivery.ending == .checked else { return MarkdownText.prose(title) }
    return fitted([head, demoted, findings, patches].filter { !$0.isEmpty })
  }

  var annotations: [CheckReport.Annotation] {
    delivery.findings.map { finding in
      let suggestion = (delivery.suggested + delivery.committed).first {
        $0.path == finding.path && $0.first <= finding.line && finding.line <= $0.last
      }
      let isOneLine = finding.line == finding.endLine
      return CheckReport.Annotation(
        path: finding.path, lines: finding.line...max(finding.line, finding.endLine),
        columns: isOneLine ? finding.column...max(finding.column, finding.endColumn) : nil, level: level(finding.severity),
        title: finding.rule, message: finding.message + (suggestion.map { "\nShould say: \($0.after)" } ?? ""))
    }
  }

  private func level(_ severity: Severity) -> CheckReport.Annotation.Level {
    switch severity {
    case .error: delivery.policy.blocks ? .failure : .warning
    case .warning: .warning
    case .note: .notice
    }
  }

  // MARK: The comment

  /// Whether there is anything to tell people.
  var isWorthTelling: Bool {
    delivery.ending == .checked && (delivery.findingCount > 0 || progress.commit != nil || !progress.suggested.isEmpty)
  }

  var comment: String {
    guard isWorthTelling else {
      return "### Documentation\n\n\(counted(delivery.documentCount, "document")) checked: nothing is wrong any more."
    }
    return fitted(["### Documentation", head, demoted, findings, patches, commands].filter { !$0.isEmpty })
  }

  private var head: String {
    var lines: [String] = []
    if let commit = progress.commit {
      lines.append("\(counted(delivery.committedCount, "place")) repaired in \(commit.short).")
    } else if let reason = progress.notCommitted {
      lines.append("Nothing was committed: \(MarkdownText.prose(reason)).")
    }
    let suggestions = progress.suggested.count
    if suggestions > 0 { lines.append("\(counted(suggestions, "repair")) suggested at the lines.") }
    if unoffered > 0 { lines.append("\(counted(unoffered, "repair")) more \(unoffered == 1 ? "is" : "are") in the run's patch only.") }
    if remaining > 0 {
      lines.append("\(counted(remaining, "place")) \(remaining == 1 ? "does" : "do") not match the code at \(delivery.head.short).")
    }
    if lines.isEmpty { lines.append("\(counted(delivery.documentCount, "document")) checked: nothing is wrong.") }
    return lines.joined(separator: " ")
  }

  private var demoted: String {
    delivery.demoted.map { "> \(MarkdownText.prose($0))" }.joined(separator: "\n")
  }

  private static let rows = 30

  private var findings: String {
    let repaired = progress.commit == nil ? [] : delivery.committed
    let open = delivery.findings.filter { finding in
      !repaired.contains { $0.path == finding.path && $0.first <= finding.line && finding.line <= $0.last }
    }
    guard !open.isEmpty else { return committedRows }
    var lines = ["| Where | What | Finding |", "|---|---|---|"]
    for finding in open.prefix(Self.rows) {
      let cells = [
        MarkdownText.code("\(finding.path):\(finding.line)"), "\(MarkdownText.prose(finding.message)) (\(finding.rule))",
        MarkdownText.code(finding.fingerprint),
      ]
      lines.append("| " + cells.map(MarkdownText.cell).joined(separator: " | ") + " |")
    }
    let count = max(open.count, remaining)
    if count > Self.rows { lines.append("\nand \(count - Self.rows) more.") }
    return ([committedRows, lines.joined(separator: "\n")].filter { !$0.isEmpty }).joined(separator: "\n\n")
  }

  private var committedRows: String {
    guard progress.commit != nil, !delivery.committed.isEmpty else { return "" }
    let rows = delivery.committed.prefix(Self.rows).map {
      "- \(MarkdownText.code("\($0.path):\($0.first)")): \(MarkdownText.prose($0.reason))"
    }
    let more = delivery.committedCount > rows.count ? ["- and \(delivery.committedCount - rows.count) more"] : []
    return (rows + more).joined(separator: "\n")
  }

  /// Repairs that no suggestion could carry, as a patch to apply by hand.
  private var patches: String {
    guard !progress.left.isEmpty else { return "" }
    let hunks = progress.left.map { repair in
      let removed = repair.before.split(separator: "\n", omittingEmptySubsequences: false).map { "-\($0)" }
      let added = repair.after.split(separator: "\n", omittingEmptySubsequences: false).map { "+\($0)" }
      return "\(repair.path):\(repair.first)\n" + (removed + added).joined(separator: "\n")
    }
    let title = "\(counted(progress.left.count, "repair")) outside of the changed lines"
    return "<details><summary>\(title)</summary>\n\n\(MarkdownText.block(hunks.joined(separator: "\n"), language: "diff"))\n\n</details>"
  }

  private var commands: String {
    let undo = progress.commit == nil ? "" : "`@\(mention) undo` · "
    return "<sub>\(undo)`@\(mention) ignore <finding|rule|file>` · `@\(mention) recheck` · `@\(mention) pause`</sub>"
  }

  /// The sections as far as the forge takes them. The last cut is told.
  private func fitted(_ sections: [String]) -> String {
    // Room for the mark and the note.
    let room = limit - 600
    var text = ""
    for section in sections {
      let candidate = text.isEmpty ? section : text + "\n\n" + section
      guard candidate.unicodeScalars.count <= room else {
        text += "\n\nThe rest is too long to be shown here; the run's report has all of it."
        continue
      }
      text = candidate
    }
    return text
  }

  // MARK: Suggestions

  static func suggestion(_ repair: OfferedRepair) -> Review.Suggestion {
    Review.Suggestion(
      path: repair.path, lines: repair.first...repair.last, before: repair.before, after: repair.after,
      body: "\(MarkdownText.prose(repair.reason)) (\(repair.rule))", mark: HiddenMark("fix", key: String(repair.healing.prefix(150))))
  }
}
