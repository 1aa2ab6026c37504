// The message of a commit that repairs documentation: what was repaired, with the evidence.

import Domain
import Forges
import Workspace

/// Commit messages.
public enum RepairMessage {
  /// Subject, one line a repair with its evidence, and for a run the trailer by which the engine knows its own commits.
  /// - Parameter isSignedOff: whether the engine certifies the commit by its name (developercertificate.org), as on people's branches.
  public static func text(_ healed: [Verification], after head: ObjectID?, run: RunID?, isSignedOff: Bool = false) -> String {
    let files = healed.count == 1 ? healed[0].path : "\(healed.count) files"
    let subject = [run == nil ? nil : OwnCommits.subjectPrefix, "Repair \(oneLine(files))", head.map { "after \($0.short)" }]
    var text = subject.compactMap { $0 }.joined(separator: " ") + "\n\n" + body(healed).joined(separator: "\n") + "\n"
    if let run { text += "\n\(OwnCommits.trailer): \(run)\n" }
    if isSignedOff { text += "\(signOff)\n" }
    return text
  }

  /// The engine's certification of origin.
  static var signOff: String { "Signed-off-by: \(GitRepository.engine.name) <\(GitRepository.engine.email)>" }

  /// The message of a commit that a command asked for; its trailer makes it the engine's own.
  static func text(subject: String, body: String, run: RunID) -> String {
    "\(OwnCommits.subjectPrefix) \(oneLine(subject))\n\n\(body)\n\n\(OwnCommits.trailer): \(run)\n\(signOff)\n"
  }

  /// Lines of a message at the most: a commit that repairs hundreds of places lists the first of them.
  private static let lineLimit = 200

  private static func body(_ healed: [Verification]) -> [String] {
    var lines: [String] = []
    var told: Set<String> = []
    for verification in healed {
      for fix in verification.fixes.map(\.fix) {
        for edit in fix.edits {
          lines.append(
            "- \(oneLine(verification.path)):\(fix.finding.start.line): \(oneLine(edit.expected)) -> \(oneLine(edit.replacement))")
        }
        for evidence in fix.evidence where told.insert(evidence.statement).inserted { lines.append("  \(oneLine(evidence.statement))") }
      }
    }
    if lines.count <= lineLimit { return lines }
    return lines.prefix(lineLimit) + ["- and \(lines.count - lineLimit) lines more"]
  }

  private static func oneLine(_ text: String) -> String {
    let line = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
    return line.count > 120 ? line.prefix(117) + "..." : line
  }
}
