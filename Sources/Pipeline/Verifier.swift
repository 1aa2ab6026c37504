// Nobody sees a fix that was not proven. The verifier applies fixes to a document, validates the healed document with the
// same rules, and lets a fix through only when its finding is gone and nothing new is wrong. This is the one file that may
// make a `VerifiedFix` (`scripts/check-imports` sees to it).

import Documents
@_spi(Verification) import Domain
import Healing
import SourceCode
import Validation

/// What verifying the fixes of one document came to.
public struct Verification: Sendable {
  public var fixes: [VerifiedFix]
  public var original: [UInt8]
  public var healed: [UInt8]
  public var path: String
  /// Findings that are left in the healed document.
  public var remaining: [Finding]
  /// Fixes that were not tried, because proving one by one what fails together would take too long.
  public var untried = 0
}

/// Proves fixes.
struct Verifier: Sendable {
  let strategies: StrategyRegistry
  let selection: FixSelection
  /// Regions in which only what a tool put there may be refreshed.
  let foreign: [Span]
  /// The findings of a document's bytes, by the rules that found what is to be healed.
  let findings: @Sendable ([UInt8]) throws -> [Finding]

  init(
    strategies: StrategyRegistry, selection: FixSelection, foreign: [Span] = [],
    findings: @escaping @Sendable ([UInt8]) throws -> [Finding]
  ) {
    self.strategies = strategies
    self.selection = selection
    self.foreign = foreign
    self.findings = findings
  }

  /// Proves what the strategies propose for the findings of one document.
  /// - Parameter wanted: the findings that are to be healed; nil for all of them.
  func verify(
    path: String, bytes: [UInt8], findings before: [Finding], wanted: [Finding]? = nil, context: HealingContext
  ) throws -> Verification {
    var accepted: [Fix] = []
    var current = before
    let proposals = (wanted ?? before).map { strategies.fixes(for: $0, in: context).filter { selection.takes($0) && staysOut($0) } }.filter
    {
      !$0.isEmpty
    }
    let first = withoutOverlaps(proposals.compactMap(\.first))
    var budget = ProofBudget(bytes: bytes.count)
    try accept(first[...], onto: &accepted, bytes: bytes, before: before, after: &current, &budget)
    // A finding whose best proposal failed gets its others, one by one.
    for list in proposals where list.count > 1 && !accepted.contains(where: { $0.finding == list[0].finding }) {
      for fix in list.dropFirst() {
        try accept([fix], onto: &accepted, bytes: bytes, before: before, after: &current, &budget)
        if accepted.last == fix { break }
      }
    }
    accepted.sort { ($0.edits.first?.span ?? $0.finding.span) < ($1.edits.first?.span ?? $1.finding.span) }
    let healed = try FixApplier.apply(accepted.flatMap(\.edits), to: bytes).bytes
    return Verification(
      fixes: accepted.map(VerifiedFix.init(proven:)), original: bytes, healed: healed, path: path, remaining: current,
      untried: budget.refused)
  }

  /// The verification with one more fix, when that proves good beside those that are proven already; nil when it does not.
  func extending(_ verification: Verification, with fix: Fix, findings before: [Finding]) throws -> Verification? {
    guard selection.takes(fix), staysOut(fix) else { return nil }
    var accepted = verification.fixes.map(\.fix) + [fix]
    guard let remaining = try proven(accepted, bytes: verification.original, before: before) else { return nil }
    accepted.sort { ($0.edits.first?.span ?? $0.finding.span) < ($1.edits.first?.span ?? $1.finding.span) }
    let healed = try FixApplier.apply(accepted.flatMap(\.edits), to: verification.original).bytes
    return Verification(
      fixes: accepted.map(VerifiedFix.init(proven:)), original: verification.original, healed: healed, path: verification.path,
      remaining: remaining)
  }

  /// The findings that are still there after the fixes, as they stand in the original.
  static func unhealed(_ before: [Finding], after verification: Verification) -> [Finding] {
    var left: [String: Int] = [:]
    for finding in verification.remaining { left[sameness(finding), default: 0] += 1 }
    let answered = Set(verification.fixes.map(\.fix.finding))
    return before.filter { finding in
      guard !answered.contains(finding), left[sameness(finding), default: 0] > 0 else { return false }
      left[sameness(finding), default: 0] -= 1
      return true
    }
  }

  private func staysOut(_ fix: Fix) -> Bool {
    fix.finding.rule == "stale-embed" || !fix.edits.contains { edit in foreign.contains { $0.overlaps(edit.span) } }
  }

  /// Takes all the fixes when they prove good together, else halves them until the bad ones stand alone: a document with many
  /// good fixes and few bad ones is validated few times.
  private func accept(
    _ fixes: ArraySlice<Fix>, onto accepted: inout [Fix], bytes: [UInt8], before: [Finding], after current: inout [Finding],
    _ budget: inout ProofBudget
  ) throws {
    guard !fixes.isEmpty else { return }
    guard budget.takes(fixes.count) else { return }
    if let remaining = try proven(accepted + fixes, bytes: bytes, before: before) {
      accepted += fixes
      current = remaining
      return
    }
    guard fixes.count > 1 else { return }
    let middle = fixes.startIndex + fixes.count / 2
    try accept(fixes[..<middle], onto: &accepted, bytes: bytes, before: before, after: &current, &budget)
    try accept(fixes[middle...], onto: &accepted, bytes: bytes, before: before, after: &current, &budget)
  }

  /// What is left to find after the fixes, or nil when they do not apply, a finding of theirs stays, or something new is wrong.
  private func proven(_ fixes: [Fix], bytes: [UInt8], before: [Finding]) throws -> [Finding]? {
    guard let healed = try? FixApplier.apply(fixes.flatMap(\.edits), to: bytes) else { return nil }
    let after = try findings(healed.bytes)
    var allowed: [String: Int] = [:]
    for finding in before { allowed[Self.sameness(finding), default: 0] += 1 }
    for finding in Set(fixes.map(\.finding)) { allowed[Self.sameness(finding), default: 0] -= 1 }
    for finding in after {
      allowed[Self.sameness(finding), default: 0] -= 1
      if allowed[Self.sameness(finding), default: 0] < 0 { return nil }
    }
    return after
  }

  /// The fingerprint without the number that tells equal findings of one document apart: when one of three is healed, the
  /// other two are numbered anew.
  static func sameness(_ finding: Finding) -> String {
    finding.rule + ":" + finding.fingerprint.prefix { $0 != "-" }
  }

  private func withoutOverlaps(_ fixes: [Fix]) -> [Fix] {
    var taken: [Edit] = []
    return fixes.filter { fix in
      let clashes = fix.edits.contains { edit in taken.contains { $0 != edit && $0.path == edit.path && $0.span.overlaps(edit.span) } }
      if !clashes { taken += fix.edits }
      return !clashes
    }
  }
}

/// How often one document may be validated to prove its fixes. Whoever writes documents can write one in which many fixes prove bad, and
/// each of them costs validations of the whole document: so the bytes are counted, not the fixes.
struct ProofBudget {
  private var left: Int
  /// Fixes that were not tried.
  private(set) var refused = 0

  private static let totalBytes = 32 << 20
  private static let fewest = 24
  private static let most = 400

  init(bytes: Int) { left = min(max(Self.totalBytes / max(bytes, 1), Self.fewest), Self.most) }

  /// Whether `count` fixes may be tried together.
  mutating func takes(_ count: Int) -> Bool {
    guard left > 0 else {
      refused += count
      return false
    }
    left -= 1
    return true
  }
}
