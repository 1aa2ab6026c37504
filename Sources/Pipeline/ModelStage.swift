// After the strategies: what they left is put to a language model, where there is one, and what it proposes is proven like everything
// else. A proposal must also leave nothing for the strategies to do, so that healing twice changes nothing.

import Documents
import Domain
import Healing
import LanguageModels
import SourceCode

/// The questions of one run.
struct ModelStage {
  let engine: Engine
  let change: Change
  let analysis: ChangeAnalysis?
  let facts: HeadFacts
  let selection: FixSelection
  let session: ModelSession

  /// Nil when there is no model, or when none of its fixes would be taken.
  init?(engine: Engine, change: Change, analysis: ChangeAnalysis?, facts: HeadFacts, selection: FixSelection) {
    guard let model = engine.model, selection.includesModel, selection.applicability <= ModelProposer.applicability,
      selection.confidence <= ModelProposer.confidence
    else { return nil }
    self.engine = engine
    self.change = change
    self.analysis = analysis
    self.facts = facts
    self.selection = selection
    session = model.session()
  }

  /// The document's verification with those of the model's fixes that prove good.
  func heal(_ document: Document, _ verification: Verification, findings: [Finding], wanted: [Finding]) throws -> Verification {
    var verification = verification
    let verifier = engine.verifier(for: document, analysis: analysis, facts: facts, selection: selection)
    let older = findings.filter { !wanted.contains($0) }
    for finding in Verifier.unhealed(findings, after: verification) where wanted.contains(finding) {
      guard let fix = session.propose(for: inputs(finding, document)),
        let extended = try verifier.extending(verification, with: fix, findings: findings), try isSettled(extended, besides: older)
      else { continue }
      session.countProven()
      verification = extended
    }
    return verification
  }

  /// Whether the strategies find nothing to do in the healed document.
  /// - Parameter older: findings that are not to be healed.
  private func isSettled(_ verification: Verification, besides older: [Finding]) throws -> Bool {
    let loaded = Document.load(path: verification.path, bytes: verification.healed, limits: engine.documentLimits)
    guard case .document(let healed) = loaded else { return false }
    let left = Set(older.map(Verifier.sameness))
    let wanted = verification.remaining.filter { !left.contains(Verifier.sameness($0)) }
    return try engine.heal(
      healed, findings: verification.remaining, wanted: wanted, analysis: analysis, facts: facts, selection: selection
    ).fixes.isEmpty
  }

  private func inputs(_ finding: Finding, _ document: Document) -> ModelInputs {
    ModelInputs(
      finding: finding, bytes: document.bytes, isInSample: document.snippets.contains { $0.span.overlaps(finding.span) },
      hunk: session.goesOn ? RelevantHunk.find(for: finding, in: change) : nil,
      markers: [engine.validator.configuration.ignoreMarker].compactMap { $0 })
  }
}
