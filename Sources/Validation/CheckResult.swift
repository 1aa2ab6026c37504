// What a check found.

import Documents
import Domain

/// What a check found, and what it left out.
public struct CheckResult: Sendable, Hashable {
  /// Sorted by path, place and rule. Fingerprints are distinct.
  public var findings: [Finding]
  /// Sorted by path, line and reason.
  public var skips: [Skip]
  /// Documents that were read.
  public var documents: Int
  /// Samples that were judged.
  public var samples: Int
  /// Samples that are no whole program, and were forgiven.
  public var fragments: Int

  public init(findings: [Finding] = [], skips: [Skip] = [], documents: Int = 0, samples: Int = 0, fragments: Int = 0) {
    self.findings = findings
    self.skips = skips
    self.documents = documents
    self.samples = samples
    self.fragments = fragments
  }

  /// Sorts, drops what was said twice (the same finding, the same skip), and numbers findings that share a fingerprint (the same text
  /// under the same heading).
  mutating func finish() {
    findings.sort { ($0.path, $0.span, $0.rule, $0.message) < ($1.path, $1.span, $1.rule, $1.message) }
    findings = findings.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    var seen: [String: Int] = [:]
    for index in findings.indices {
      let number = seen[findings[index].fingerprint, default: 0] + 1
      seen[findings[index].fingerprint] = number
      if number > 1 { findings[index].fingerprint += "-\(number)" }
    }
    skips.sort {
      ($0.path, $0.line ?? 0, $0.reason.rawValue, $0.detail ?? "") < ($1.path, $1.line ?? 0, $1.reason.rawValue, $1.detail ?? "")
    }
    skips = skips.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
  }
}
