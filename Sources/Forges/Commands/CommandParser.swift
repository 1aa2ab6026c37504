// From the text of a comment to commands. A command is a mention at the start of a line with words after it:
//
//     @doc-healing recheck
//     @doc-healing ignore broken-link until 2027-01-01 because the site is down
//     @doc-healing ignore docs/old.md
//     @doc-healing ignore 3f9ac1 because this one is meant so
//
// CommandLines.swift finds the lines (none in code, quotes or hidden text); this file reads the words of one. In doubt nothing is
// done: `undo is a bad idea` is answered with a problem, not followed. Linear in the text.

import Domain

/// Reads commands.
public struct CommandParser: Sendable {
  public static let defaultMention = "doc-healing"
  /// Further commands of one comment are not followed.
  public static let mostCommands = 10
  /// In characters.
  public static let longestReason = 500
  public static let shortestFinding = 6

  let mention: String
  let rules: Set<String>

  /// - Parameters:
  ///   - mention: the account's login; an App's `[bot]` is not part of how people mention it.
  ///   - rules: names of all rules, in lower case.
  public init(mention: String = defaultMention, rules: Set<String>) {
    self.mention = LoginName.mention(of: mention)
    self.rules = rules
  }

  /// The commands of a comment in their order; `CommandProblem.tooMany` is the last when there were more than are followed.
  public func parse(_ comment: String) -> [Result<Command, CommandProblem>] {
    var lines = CommandLines(comment, mention: mention).arguments(limit: Self.mostCommands + 1)
    let isCut = lines.count > Self.mostCommands
    if isCut { lines.removeLast() }
    let commands = lines.map { line in Result { () throws(CommandProblem) in try command(line) } }
    return isCut ? commands + [.failure(.tooMany)] : commands
  }

  private func command(_ line: String) throws(CommandProblem) -> Command {
    var words = CommandWords(line)
    guard let word = words.next() else { return .help(unknown: nil) }
    switch Self.plain(word).lowercased() {
    case "recheck": return try alone(.recheck, "recheck", words)
    case "undo": return try alone(.undo, "undo", words)
    case "pause": return try alone(.pause, "pause", words)
    case "resume": return try alone(.resume, "resume", words)
    case "help": return .help(unknown: nil)
    case "ignore": return try ignore(&words)
    default: return .help(unknown: Self.quotable(word))
    }
  }

  private func alone(_ command: Command, _ name: String, _ words: CommandWords) throws(CommandProblem) -> Command {
    var words = words
    while let word = words.next() {
      guard ["please", "now", "again", "thanks"].contains(Self.plain(word).lowercased()) else { throw .words(after: name) }
    }
    return command
  }

  private func ignore(_ words: inout CommandWords) throws(CommandProblem) -> Command {
    let target = try target(&words)
    var until: String?
    if words.peek()?.lowercased() == "until" {
      _ = words.next()
      let day = Self.plain(words.next() ?? "")
      guard CalendarDay.isValid(day) else { throw .badDate(Self.quotable(day)) }
      until = day
    }
    if let word = words.peek(), word.lowercased() == "because" || ["-", "--", "–", "—", ":"].contains(word) { _ = words.next() }
    let reason = words.rest
    guard reason.count <= Self.longestReason else { throw .longReason }
    return .ignore(target, until: until, reason: reason)
  }

  private func target(_ words: inout CommandWords) throws(CommandProblem) -> IgnoreTarget {
    guard let first = words.next(), !first.isEmpty else { throw .missingTarget }
    let kind = first.lowercased()
    if ["finding", "rule", "file"].contains(kind), let next = words.peek(), !["until", "because"].contains(next.lowercased()) {
      _ = words.next()
      return try named(next, kind: kind)
    }
    if ["until", "because"].contains(kind) { throw .missingTarget }
    return try guessed(first)
  }

  /// `rule broken-link`: the kind was said.
  private func named(_ word: String, kind: String) throws(CommandProblem) -> IgnoreTarget {
    switch kind {
    case "rule":
      guard let rule = rule(word) else { throw .unknownRule(Self.quotable(word)) }
      return .rule(rule)
    case "finding":
      guard let finding = FindingName(word)?.text else { throw .badFinding(Self.quotable(word)) }
      return .finding(finding)
    default: return .file(try Self.path(word))
    }
  }

  private func guessed(_ word: String) throws(CommandProblem) -> IgnoreTarget {
    if let rule = rule(word) { return .rule(rule) }
    if let finding = FindingName(word) { return .finding(finding.text) }
    if DocumentPath.looksLikeOne(word) { return .file(try Self.path(word)) }
    if FindingName.isShortened(word) { throw .badFinding(Self.quotable(word)) }
    throw .unknownTarget(Self.quotable(word))
  }

  private func rule(_ word: String) -> String? {
    let name = Self.plain(word).lowercased()
    return rules.contains(name) ? name : nil
  }

  private static func path(_ word: String) throws(CommandProblem) -> String {
    guard let path = DocumentPath.normalized(word) else { throw .badPath(quotable(word)) }
    return path
  }

  /// Without the marks that end a sentence.
  static func plain(_ word: String) -> String {
    var word = word[...]
    while let last = word.last, ".,;:!?".contains(last) { word.removeLast() }
    return String(word)
  }

  /// At most 60 characters that cannot leave a code span, so that a reply mentions nobody and hides nothing.
  static func quotable(_ word: String) -> String { String(word.filter { $0 != "`" && !$0.isNewline }.prefix(60)) }
}
