// A branch's history as a sequence of trees, for those who replay all of it. A process a commit would cost more than the work on most
// commits: one `git rev-list` names the commits, one `git diff-tree --stdin` and one `git cat-file --batch-check` tell what differs in some
// hundreds of them, and each tree is made of the one before it. Only the first tree is listed.

import Domain

/// One commit of a history, by its names alone.
public struct HistoryEntry: Sendable, Hashable {
  public var id: ObjectID
  /// Nil where the history begins, or where a shallow clone was cut off.
  public var parent: ObjectID?
  public var isMerge: Bool
  /// When it was committed.
  public var time: Timestamp
}

/// A commit, its tree and the one before.
public struct HistoryStep: Sendable {
  public var entry: HistoryEntry
  /// The tree of the first parent; nil for a commit that has none.
  public var base: HistoryTree?
  public var head: HistoryTree
  /// What differs, sorted by path; empty for a commit that has no parent.
  public var files: [FileChange]
}

extension GitRepository {
  /// The commits from the oldest to `head` along first parents. The list ends where `since` begins: at the first commit, seen from
  /// `head`, that was committed before it.
  public func history(of head: ObjectID, since: Timestamp? = nil) throws(WorkspaceError) -> [HistoryEntry] {
    let listing = try run(["rev-list", "--first-parent", "--parents", "--timestamp", head.hex], outputLimit: Self.listingLimit)
    var entries: [HistoryEntry] = []
    for line in listing.output.split(separator: 0x0A) {
      let words = String(decoding: line, as: UTF8.self).split(separator: " ")
      guard words.count >= 2, let seconds = Int64(words[0]), let id = ObjectID(String(words[1])) else {
        throw WorkspaceError(.malformed, "git rev-list gave a line that cannot be understood")
      }
      let time = Timestamp(milliseconds: min(max(seconds, 0), 253_402_300_799) * 1000)
      if let since, time < since { break }
      entries.append(
        HistoryEntry(id: id, parent: words.count > 2 ? ObjectID(String(words[2])) : nil, isMerge: words.count > 3, time: time))
    }
    return entries.reversed()
  }

  /// Whether the repository has only a part of its history.
  public func isShallow() throws(WorkspaceError) -> Bool {
    try run(["rev-parse", "--is-shallow-repository"]).output.starts(with: "true".utf8)
  }

  /// The point in time that a date means to git (`2024-05-01`, `2 weeks ago`). Throws `invalidReference` for what is no date: git itself
  /// would take any text for today.
  public func time(of date: String) throws(WorkspaceError) -> Timestamp {
    guard DateText.isOne(date) else {
      throw WorkspaceError(.invalidReference, "not a date: \(shown(date)) (2024-05-01, \"2 weeks ago\" and the like are)")
    }
    let output = String(decoding: try run(["rev-parse", "--since=\(date)"]).output, as: UTF8.self)
    guard let mark = output.firstIndex(of: "="), let seconds = Int64(output[output.index(after: mark)...].prefix { $0.isNumber }) else {
      throw WorkspaceError(.invalidReference, "not a date: \(shown(date))")
    }
    return Timestamp(milliseconds: seconds * 1000)
  }
}

/// What git's dates are made of (approxidate, date.c).
enum DateText {
  static func isOne(_ text: String) -> Bool {
    guard text.utf8.count <= 64, !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }), !text.hasPrefix("-") else {
      return false
    }
    guard text.utf8.allSatisfy({ isLetter($0) || isDigit($0) || " -:.,/+@".utf8.contains($0) }) else { return false }
    let words = text.lowercased().split { !$0.isLetter }.map(String.init)
    let digits = text.utf8.split { !isDigit($0) }
    guard digits.contains(where: { $0.count >= 4 }) || !digits.isEmpty && !words.isEmpty || words.contains(where: standsAlone),
      words.allSatisfy(isKnown)
    else { return false }
    return digits.allSatisfy { $0.count <= 14 } && isCalendarDay(text)
  }

  private static func isKnown(_ word: String) -> Bool {
    marks.contains(word) || units.contains { word == $0 || word == $0 + "s" } || isName(word, of: months) || isName(word, of: days)
      || standsAlone(word)
  }

  private static func standsAlone(_ word: String) -> Bool {
    ["yesterday", "today", "now", "noon", "midnight", "tea", "never"].contains(word) || isName(word, of: months) || isName(word, of: days)
      || numbers.contains(word) || word == "last"
  }

  private static let units = ["second", "minute", "hour", "day", "week", "month", "year", "sec", "min"]
  private static let numbers = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
  private static let marks: Set<String> = ["ago", "at", "am", "pm", "t", "z", "utc", "gmt", "st", "nd", "rd", "th", "and", "of", "the"]
  private static let months = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
  ]
  private static let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

  private static func isName(_ word: String, of names: [String]) -> Bool { word.utf8.count >= 3 && names.contains { $0.hasPrefix(word) } }

  /// Where a text begins like `2024-13-01`, whether there is such a day.
  private static func isCalendarDay(_ text: String) -> Bool {
    let parts = text.prefix { $0 != " " && $0 != "T" && $0 != "t" }.split { $0 == "-" || $0 == "/" || $0 == "." }
    guard parts.count == 3, parts[0].utf8.count == 4, let month = Int(parts[1]), let day = Int(parts[2]) else { return true }
    return (1...12).contains(month) && (1...31).contains(day)
  }

  private static func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A }
  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}

extension GitRepository {
  /// Where a browser finds the repository that `origin` is a clone of: `https://host/owner/name`; nil when it is no such place.
  public func webAddress() throws(WorkspaceError) -> String? {
    let result = try run(["config", "--local", "--no-includes", "--get", "remote.origin.url"], accepting: [0, 1])
    guard result.exit == .status(0) else { return nil }
    return WebAddress.of(String(decoding: result.output.prefix { $0 != 0x0A }, as: UTF8.self))
  }
}

/// The page of a repository, told from the address that it is cloned from.
enum WebAddress {
  /// `https://host/owner/name`; nil for another protocol, a path, or what has more in it than names.
  static func of(_ url: String) -> String? {
    var rest = url[...]
    if let end = rest.firstRange(of: "://") {
      guard ["https", "http", "ssh", "git"].contains(String(rest[..<end.lowerBound])) else { return nil }
      rest = rest[end.upperBound...]
    } else if let colon = rest.firstIndex(of: ":"), rest.contains("@") {
      rest = rest[..<colon] + "/" + rest[rest.index(after: colon)...]
    } else {
      return nil
    }
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    if let at = rest[..<slash].lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
    if rest.hasSuffix(".git") { rest = rest.dropLast(4) }
    let parts = rest.split(separator: "/")
    guard parts.count >= 3, parts.count <= 6, parts[0].contains("."), parts.allSatisfy({ $0 != ".." && $0.utf8.allSatisfy(isPart) }) else {
      return nil
    }
    return "https://" + parts.joined(separator: "/")
  }

  private static func isPart(_ byte: UInt8) -> Bool {
    byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte >= 0x30 && byte <= 0x39 || byte == 0x2D || byte == 0x2E || byte == 0x5F
      || byte == 0x7E
  }
}
