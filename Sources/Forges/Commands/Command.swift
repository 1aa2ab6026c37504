// What people tell the engine in comments, as values. Reading is in CommandParser.swift; the text that a command has when it is
// written out (for help and for tests) is here. Who may give which command is decided by the caller, by permission.

/// One command. `until` is the last day on which an ignore holds, `YYYY-MM-DD`.
public enum Command: Sendable, Hashable {
  /// Check again.
  case recheck
  case ignore(IgnoreTarget, until: String?, reason: String)
  /// Take back the engine's newest commit.
  case undo
  /// Do nothing more here until `resume`.
  case pause
  case resume
  /// Say what can be said: asked for (nil), or a word that is no command. The word is safe to quote within a code span.
  case help(unknown: String?)

  /// The command as a comment may say it. A reason that only an entry of the file can hold (several lines) is not written by this.
  public func text(mention: String = CommandParser.defaultMention) -> String { "@\(mention) \(words)" }

  private var words: String {
    switch self {
    case .recheck: "recheck"
    case .undo: "undo"
    case .pause: "pause"
    case .resume: "resume"
    case .help(let unknown): unknown ?? "help"
    case .ignore(let target, let until, let reason):
      "ignore \(target.text)\(until.map { " until \($0)" } ?? "")\(reason.isEmpty ? "" : " because \(reason)")"
    }
  }
}

/// What is to be ignored.
public enum IgnoreTarget: Sendable, Hashable {
  /// A finding by its fingerprint or the first characters of it: at least six hexadecimal ones, in lower case, and the number that
  /// tells equal findings apart (`3f9ac1d2e4b5a697-2`) where one was given.
  case finding(String)
  /// A rule by its name, one of those that the parser was given.
  case rule(String)
  /// A file or folder by its path from the repository's root, relative and without `..`.
  case file(String)

  /// Whether a finding's fingerprint is the one that a `finding` names. A whole one names only itself: `3f9…` and `3f9…-2` are two.
  public static func matches(_ named: String, fingerprint: String) -> Bool {
    let whole = fingerprint.prefix { $0 != "-" }
    return named.contains("-") || named.utf8.count >= whole.utf8.count ? named == fingerprint : fingerprint.hasPrefix(named)
  }

  fileprivate var text: String {
    switch self {
    case .finding(let name): "finding \(name)"
    case .rule(let name): "rule \(name)"
    case .file(let path): "file " + (path.contains("`") ? "\"\(path)\"" : "`\(path)`")
    }
  }
}

/// A command that cannot be followed; `description` is one line for the reply, safe to be put in a comment.
public enum CommandProblem: Error, Sendable, Hashable, CustomStringConvertible {
  /// `ignore` alone.
  case missingTarget
  /// Neither a rule, nor a file, nor a finding.
  case unknownTarget(String)
  case unknownRule(String)
  case badFinding(String)
  case badPath(String)
  /// `until` without a day, or with a day that does not exist.
  case badDate(String)
  case longReason
  /// A command that takes no words was followed by some: it may be a sentence about it.
  case words(after: String)
  /// The comment holds more commands than are followed.
  case tooMany

  public var description: String {
    switch self {
    case .missingTarget: "`ignore` needs what to ignore: a finding, a rule or a file"
    case .unknownTarget(let word): "`\(word)` is neither a rule, nor a file, nor a finding"
    case .unknownRule(let word): "there is no rule `\(word)`"
    case .badFinding(let word):
      "`\(word)` names no finding: at least \(CommandParser.shortestFinding) of the hexadecimal characters of its id are needed"
    case .badPath(let word): "`\(word)` is not a path from the root of the repository, such as `docs/guide.md`"
    case .badDate(let word): word.isEmpty ? "`until` needs a day, such as `2027-01-31`" : "`\(word)` is not a day, such as `2027-01-31`"
    case .longReason: "the reason is longer than \(CommandParser.longestReason) characters"
    case .words(let command): "`\(command)` takes no further words; write it alone on its line"
    case .tooMany: "only the first \(CommandParser.mostCommands) commands of a comment are followed"
    }
  }
}
