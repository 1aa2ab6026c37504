// Tells the engine's own commits, so that a repair never starts another run.

import Domain

public enum OwnCommits {
  /// What the subject of every commit of the engine starts with.
  public static let subjectPrefix = "[bot:doc-healing]"
  /// The trailer that names the run.
  public static let trailer = "Doc-Healing-Run"
  /// What the engine's branches start with.
  public static let branchPrefix = "doc-healing/"

  /// Whether a commit message is the engine's: the prefix alone may be quoted by a person, so the trailer is needed too.
  public static func isOwn(message: String) -> Bool {
    guard message.hasPrefix(subjectPrefix) else { return false }
    return message.split(whereSeparator: \.isNewline).dropFirst().contains { line in
      line.hasPrefix(trailer + ":") && line.dropFirst(trailer.count + 1).contains { !$0.isWhitespace }
    }
  }

  /// Whether a branch is one that the engine pushes its repairs to.
  public static func isOwn(branch: String) -> Bool { branch.hasPrefix(branchPrefix) }

  /// Whether a push was the engine's work.
  public static func isOwn(_ push: Event.Push) -> Bool {
    push.branch.map(isOwn(branch:)) ?? false || push.headMessage.map(isOwn(message:)) ?? false
  }

  /// Subject and last paragraph of a message, each bounded: what `Event.Push.headMessage` keeps.
  static func digest(_ message: String) -> String {
    let lines = message.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    guard let start = lines.firstIndex(where: { !isBlank($0) }) else { return "" }
    let subject = String(lines[start].prefix(512))
    var end = lines.endIndex
    while end > start, isBlank(lines[end - 1]) { end -= 1 }
    let paragraph = lines[..<end].lastIndex(where: isBlank).map { $0 + 1 } ?? end
    guard paragraph > start, paragraph < end else { return subject }
    return subject + "\n\n" + lines[paragraph..<end].suffix(32).map { $0.prefix(256) }.joined(separator: "\n")
  }

  private static func isBlank(_ line: Substring) -> Bool { line.allSatisfy(\.isWhitespace) }
}
