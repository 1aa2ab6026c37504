// What was wrong before a change is not the change's doing. A repair of a push or a pull request that also mends a stray link
// from years ago is noise to the people who read it; so where a base was named, only what the change broke is healed. The rest
// stays a finding, and a heal without a base mends it.

import Documents
import Domain
import Validation

extension Engine {
  /// The findings of which the base had no equal in the same document. Rules that judge the change itself cannot fire on the base
  /// alone: what they find is always the change's doing.
  func broken(by change: Change, among findings: [Finding]) throws -> [Finding] {
    guard let base = change.base else { return findings }
    let documents = try Set(findings.map(\.path)).sorted().compactMap { try document(at: $0, in: base) }
    guard !documents.isEmpty else { return findings }
    let revisions = Revisions(head: Revision(base, documents: documents, limits: documentLimits))
    var older: [String: Int] = [:]
    for finding in validator.check(documents: documents, analysis: nil, revisions: revisions).findings {
      older[Verifier.sameness(finding), default: 0] += 1
    }
    return findings.filter { finding in
      let sameness = Verifier.sameness(finding)
      guard let left = older[sameness], left > 0 else { return true }
      older[sameness] = left - 1
      return false
    }
  }

  private func document(at path: String, in tree: any Checkout) throws -> Document? {
    guard let entry = tree.entry(at: path), entry.kind == .file || entry.kind == .executable, entry.size <= documentLimits.bytes,
      case .document(let document) = Document.load(
        path: path, bytes: try tree.read(entry, limit: documentLimits.bytes), limits: documentLimits, includeDocComments: true)
    else { return nil }
    return document
  }
}
