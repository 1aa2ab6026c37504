// The backtest for people at a terminal: what it came to, three tables, and a sample of what nobody made.

import Domain

/// Forms of a backtest's report.
public enum BacktestFormat: String, Sendable, CaseIterable { case text, json, html }

extension BacktestReport {
  /// The report; ends with a line feed.
  public func rendered(as format: BacktestFormat, version: String) throws -> String {
    switch format {
    case .text: return BacktestText(self).text
    case .json: return try BacktestJSON.encode(self, version: version)
    case .html: return BacktestPage(self, version: version).text
    }
  }

  /// Proposals that nobody made which are shown to be judged.
  static let sample = 10

  /// What was replayed, in one sentence.
  var scopeSentence: String {
    let range = "\(first.time.day) to \(head.time.day)"
    let merged = merges == 0 ? "" : ", \(Count.of(merges, "merge")) among them"
    let part = isShallow ? "; the clone is shallow: what came before is not known" : ""
    return "\(Count.of(commits, "commit")) from \(range)\(merged), \(Count.of(documents, "document")) at the head\(part)"
  }
}

enum Count {
  static func of(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  /// `87 %`; a dash when there is nothing to divide.
  static func share(_ share: Double?) -> String { share.map { "\(Int(($0 * 100).rounded())) %" } ?? "–" }

  /// `12.5`, `3`
  static func days(_ days: Double) -> String {
    let tenths = Int((days * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }

  /// `0.95`
  static func confidence(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}

extension Timestamp {
  /// `2026-11-24`
  var day: String { String(rfc3339.prefix(10)) }
}

extension ProposalOutcome.Kind {
  /// For people.
  var title: String {
    switch self {
    case .made: "made later"
    case .madeInRewrite: "made in a rewriting"
    case .madeOtherwise: "made otherwise"
    case .gone: "deleted"
    case .neverMade: "never made"
    }
  }
}

/// Text without what a terminal would obey.
enum Shown {
  static func line(_ text: some StringProtocol) -> String {
    var shown = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
        shown += scalar == "\t" ? "  " : "\u{FFFD}"
      default: shown.unicodeScalars.append(scalar)
      }
    }
    return shown.count <= 200 ? shown : shown.prefix(200) + "…"
  }

  static func lines(_ text: String) -> [String] { text.split(separator: "\n", omittingEmptySubsequences: false).map { line($0) } }
}

/// Writes the text.
private struct BacktestText {
  private(set) var text = ""
  private let report: BacktestReport

  init(_ report: BacktestReport) {
    self.report = report
    add("Backtest of \(Shown.line(report.repository)): \(report.scopeSentence)")
    add("")
    summary()
    guard !report.proposals.isEmpty else { return }
    table("strategy", report.byStrategy)
    table("rule", report.byRule)
    table("confidence", report.byConfidence.map { ("\(Count.confidence($0.from)) to \(Count.confidence($0.to))", $0.tally) })
    sample()
  }

  private mutating func add(_ line: String) { text += line + "\n" }

  private mutating func summary() {
    let tally = report.tally
    let standing = report.proposals.count { $0.isStanding }
    add(
      "\(Count.of(tally.proposals, "edit")) would have been proposed"
        + (standing == 0 ? "" : ", \(standing) of them for what was wrong before"))
    guard tally.proposals > 0 else { return }
    for kind in ProposalOutcome.Kind.allCases { add("  \(padded(String(tally.count(kind)), 6)) \(kind.title)") }
    if let median = report.medianDaysSaved {
      let days = report.daysSaved
      add("made ones would have come \(Count.days(median)) days earlier (median), \(Count.days(days.last ?? 0)) at the most")
    }
    if let agreement = tally.agreement {
      add("where the maintainers edited the lines later, \(Count.share(agreement)) became what was proposed")
    }
  }

  private mutating func table(_ title: String, _ rows: [(name: String, tally: BacktestTally)]) {
    let width = max(title.count, rows.map(\.name.count).max() ?? 0)
    add("")
    add(title.padded(width) + "  proposed  made  rewritten  otherwise  deleted  never  agreement")
    for (name, tally) in rows {
      let cells = [(tally.proposals, 8), (tally.count(.made), 4), (tally.count(.madeInRewrite), 9), (tally.count(.madeOtherwise), 9)]
      let rest = [(tally.count(.gone), 7), (tally.count(.neverMade), 5)]
      add(
        name.padded(width) + (cells + rest).map { "  " + padded(String($0.0), $0.1) }.joined() + "  "
          + padded(Count.share(tally.agreement), 9))
    }
  }

  private mutating func sample() {
    let never = report.neverMade
    guard !never.isEmpty else { return }
    add("")
    add("never made: \(min(never.count, BacktestReport.sample)) of \(never.count), to be judged")
    for proposal in never.prefix(BacktestReport.sample) {
      let place = "\(Shown.line(proposal.outcome.path)):\(proposal.outcome.line ?? proposal.line)"
      add("")
      add(
        "\(place)  \(proposal.strategy), \(proposal.applicability.rawValue), \(Count.confidence(proposal.confidence)), since \(proposal.commit.id.short)"
      )
      for line in Shown.lines(proposal.before).prefix(4) { add("  - \(line)") }
      for line in Shown.lines(proposal.after).prefix(4) { add("  + \(line)") }
      for evidence in proposal.evidence.prefix(2) { add("    \(Shown.line(evidence.statement))") }
      if let path = proposal.outcome.oldWordsIn { add("    the head's code has the old word: \(Shown.line(path))") }
    }
  }

  private func padded(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
}

extension String {
  fileprivate func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
