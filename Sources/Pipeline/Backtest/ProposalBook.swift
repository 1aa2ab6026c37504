// The proposals that are still open, by the page that they are in. An edit is entered once: while its lines stand, later commits after
// which it is proposed again are only counted.

import Domain
import Healing
import SourceCode
import Workspace

/// Open proposals.
struct ProposalBook {
  private struct Open {
    /// Which of the proposals.
    var number: Int
    var lines: TrackedLines
    /// The fixes that it is made of.
    var fixes: Set<FixKey>
    /// Since when.
    var time: Timestamp
  }

  /// What a fix answers, wherever its line is: the first answer counts, whatever later commits make of it.
  private struct FixKey: Hashable {
    var rule: String
    var text: String

    init(_ fix: Fix) { (rule, text) = (fix.finding.rule, fix.finding.text) }
  }

  private var open: [String: [Open]] = [:]

  /// Evidence of one proposal that is kept.
  private static let maximumEvidence = 4
  /// Bytes of the lines of one proposal: longer ones are no lines that a person reads.
  private static let maximumText = 4000

  // MARK: Adding

  /// Enters what is proposed for a page, but for what is open already.
  mutating func add(_ page: Verification, _ commit: CommitName, isStanding: Bool, _ proposals: inout [Proposal]) throws {
    let index = LineIndex(page.original)
    var new: [Fix] = []
    var again: Set<Int> = []
    for fix in page.fixes.map(\.fix) {
      let lines = Set(fix.edits.map { index.lineNumber(of: $0.span.start) - 1 })
      let key = FixKey(fix)
      let known = (open[page.path] ?? []).filter { open in open.fixes.contains(key) && lines.contains { open.lines.range.contains($0) } }
      if known.isEmpty { new.append(fix) } else { again.formUnion(known.map(\.number)) }
    }
    for number in again { proposals[number].repeats += 1 }
    for edit in try LineEdits.make(path: page.path, bytes: page.original, fixes: new) {
      let fixes = new.filter { fix in fix.edits.contains { (edit.line...edit.endLine).contains(index.lineNumber(of: $0.span.start)) } }
      open[page.path, default: []].append(
        Open(
          number: proposals.count, lines: TrackedLines(start: edit.line - 1, before: edit.before, after: edit.after),
          fixes: Set(fixes.map(FixKey.init)), time: commit.time))
      proposals.append(Self.proposal(edit, fixes, commit, isStanding))
    }
  }

  private static func proposal(_ edit: LineEdit, _ fixes: [Fix], _ commit: CommitName, _ isStanding: Bool) -> Proposal {
    Proposal(
      commit: commit, path: edit.path, line: edit.line, before: bounded(edit.before), after: bounded(edit.after),
      strategies: Set(fixes.map(\.strategy)).sorted(), rules: Set(fixes.map(\.finding.rule)).sorted(), applicability: edit.applicability,
      confidence: edit.confidence, evidence: Array(edit.evidence.prefix(maximumEvidence)), isStanding: isStanding,
      outcome: ProposalOutcome(.neverMade, days: 0, path: edit.path, line: edit.line))
  }

  private static func bounded(_ text: String) -> String {
    text.utf8.count <= maximumText ? text : String(decoding: text.utf8.prefix(maximumText), as: UTF8.self) + "…"
  }

  // MARK: Following

  /// Follows the open proposals into the next tree, and closes those that it settles.
  mutating func follow(_ step: HistoryStep, _ proposals: inout [Proposal], name: () throws -> CommitName) throws {
    guard !open.isEmpty, let base = step.base else { return }
    var commit: CommitName?
    var moved: [String: [Open]] = [:]
    for file in step.files {
      guard let old = file.old, let entries = open.removeValue(forKey: old.path) else { continue }
      let before = try? base.read(old, limit: .max)
      let after = file.new.flatMap { try? step.head.read($0, limit: .max) }
      for entry in entries {
        let taken = Set(moved.values.joined().filter { $0.lines.before == entry.lines.before }.map(\.lines.start))
        let fate = Self.fate(of: entry, before, after, file.new?.path, step, taken)
        if case (.standing(let lines), let path) = fate {
          var kept = entry
          kept.lines = lines
          moved[path, default: []].append(kept)
          continue
        }
        let settled = try commit ?? name()
        commit = settled
        proposals[entry.number].outcome = Self.outcome(fate.0, fate.path, entry, settled)
      }
    }
    for (path, entries) in moved { open[path, default: []] += entries }
  }

  private static func fate(
    of entry: Open, _ before: [UInt8]?, _ after: [UInt8]?, _ path: String?, _ step: HistoryStep, _ taken: Set<Int>
  ) -> (LineFate, path: String) {
    let here: LineFate = if let before, let after { LineFate.of(entry.lines, from: before, to: after) } else { .gone }
    switch here {
    case .standing, .made, .madeInRewrite: return (here, path ?? "")
    case .otherwise, .gone: return elsewhere(entry, but: path, step, taken) ?? (here, path ?? "")
    }
  }

  /// Where the lines went, when the commit put them, or the proposed ones, into another page.
  /// - Parameter taken: lines into which equal ones went already.
  private static func elsewhere(_ entry: Open, but path: String?, _ step: HistoryStep, _ taken: Set<Int>) -> (LineFate, path: String)? {
    guard entry.lines.isDistinctive else { return nil }
    let after = entry.lines.after.filter { !$0.isEmpty }
    for file in step.files.prefix(maximumPages) {
      guard let new = file.new, new.path != path, new.size <= 1 << 20, let bytes = try? step.head.read(new, limit: 1 << 20) else {
        continue
      }
      let old = file.old.flatMap { try? step.base?.read($0, limit: 1 << 20) } ?? []
      let (lines, known) = (LineDiff.lines(of: bytes).map(trimmed), Set(LineDiff.lines(of: old).map(trimmed)))
      if let line = place(of: after, lines), !known.contains(trimmed(after[0][...])) { return (.made(line: line), new.path) }
      if let line = place(of: entry.lines.before, lines, but: taken), !known.contains(trimmed(entry.lines.before[0][...])) {
        var moved = entry.lines
        moved.start = line
        return (.standing(moved), new.path)
      }
    }
    return nil
  }

  /// Files of a commit into which lines may have gone.
  private static let maximumPages = 100

  private static func place(of wanted: [[UInt8]], _ lines: [ArraySlice<UInt8>], but taken: Set<Int> = []) -> Int? {
    let wanted = wanted.map { trimmed($0[...]) }
    guard let first = wanted.first else { return nil }
    return lines.indices.first { index in
      lines[index] == first && !taken.contains(index) && index + wanted.count <= lines.count
        && lines[index..<index + wanted.count].elementsEqual(wanted)
    }
  }

  private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let start = line.drop { $0 <= 0x20 }
    return start.prefix(start.lastIndex { $0 > 0x20 }.map { $0 - start.startIndex + 1 } ?? 0)
  }

  private static func outcome(_ fate: LineFate, _ path: String, _ entry: Open, _ commit: CommitName) -> ProposalOutcome {
    let days = Self.days(from: entry.time, to: commit.time)
    switch fate {
    case .made(let line): return ProposalOutcome(.made, commit: commit, days: days, path: path, line: line + 1)
    case .madeInRewrite(let line, let text):
      return ProposalOutcome(.madeInRewrite, commit: commit, days: days, path: path, line: line + 1, text: bounded(text))
    case .otherwise(let line, let text):
      return ProposalOutcome(.madeOtherwise, commit: commit, days: days, path: path, line: line + 1, text: bounded(text))
    case .gone, .standing: return ProposalOutcome(.gone, commit: commit, days: days, path: path)
    }
  }

  /// In tenths.
  static func days(from start: Timestamp, to end: Timestamp) -> Double {
    max(0, (Double(end.milliseconds - start.milliseconds) / 8_640_000).rounded() / 10)
  }

  // MARK: Closing

  /// What is open at the end was never made.
  mutating func close(_ time: Timestamp, _ proposals: inout [Proposal]) {
    for (path, entries) in open {
      for entry in entries {
        proposals[entry.number].outcome = ProposalOutcome(
          .neverMade, days: Self.days(from: entry.time, to: time), path: path, line: entry.lines.start + 1)
      }
    }
    open = [:]
  }
}

/// Looks whether the head's code has, or has again, the words that never made proposals would take out.
enum OldWords {
  private static let maximumBytes = 256 << 20

  static func mark(_ proposals: inout [Proposal], in head: any Checkout) throws {
    var wanted: [String: [Int]] = [:]
    for (number, proposal) in proposals.enumerated() where proposal.outcome.kind == .neverMade {
      let lines = TrackedLines(start: 0, before: proposal.before, after: proposal.after)
      let lost = lines.words.lost.texts.filter { $0.utf8.count >= 4 }
      // Of a path or a sentence the words are everywhere: only one word is one name.
      if lost.count == 1 { wanted[lost[0], default: []].append(number) }
    }
    var finder = TextFinder(wanted.keys)
    var read = 0
    for entry in head.entries where !finder.isEmpty && (entry.kind == .file || entry.kind == .executable) {
      guard SourceLanguage(path: entry.path) != nil, PathRole(path: entry.path) == .code, entry.size <= 1 << 20 else { continue }
      read += entry.size
      guard read <= maximumBytes else { return }
      for match in finder.matches(in: try head.read(entry, limit: 1 << 20)) {
        for number in wanted.removeValue(forKey: match.text) ?? [] { proposals[number].outcome.oldWordsIn = entry.path }
        finder.remove(match.text)
      }
    }
  }
}
