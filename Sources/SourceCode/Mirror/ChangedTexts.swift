// The texts that the change edited and that documents may have copied from: code with its comments, tests, examples. Documents are not
// among them, and neither is what nobody writes by hand.

import Domain

/// A text before and after the change.
struct ChangedText: Sendable {
  /// The head's path.
  var path: String
  var role: PathRole
  var language: SourceLanguage?
  var old: [UInt8]
  var new: [UInt8]
}

/// Reads the changed texts.
struct ChangedTexts: Sendable {
  private(set) var texts: [ChangedText] = []
  private(set) var skips: [Skip] = []

  private static let totalBytes = 48 << 20

  init(change: Change, limits: AnalysisLimits) {
    guard let base = change.base else { return }
    var bytes = 0
    for (old, new) in Self.pairs(change.files) {
      let role = PathRole(path: new.path)
      guard Self.isSource(new.path, role), Self.isFile(old), Self.isFile(new) else { continue }
      guard old.size <= limits.fileBytes, new.size <= limits.fileBytes else { continue }
      bytes += old.size + new.size
      guard bytes <= Self.totalBytes, texts.count < limits.changedFiles else {
        skips.append(Skip(path: new.path, reason: .tooLarge, detail: "more than \(Self.totalBytes) bytes of changed text"))
        return
      }
      guard let before = try? base.read(old, limit: limits.fileBytes) else { continue }
      guard let after = try? change.head.read(new, limit: limits.fileBytes) else { continue }
      guard FileScanner.refusal(of: before) == nil, FileScanner.refusal(of: after) == nil else { continue }
      texts.append(ChangedText(path: new.path, role: role, language: SourceLanguage(path: new.path), old: before, new: after))
    }
  }

  private static func isFile(_ entry: TreeEntry) -> Bool { entry.kind == .file || entry.kind == .executable }

  /// Whether documents may have copied from a text at this path.
  static func isSource(_ path: String, _ role: PathRole) -> Bool {
    guard role != .vendored, role != .generated else { return false }
    if SourceLanguage(path: path) != nil { return true }
    guard role != .code, !path.hasPrefix("."), let dot = path.lastIndex(of: ".") else { return false }
    return dataExtensions.contains(String(path[path.index(after: dot)...]))
  }

  /// What examples and test data are written in, beside code.
  private static let dataExtensions: Set<String> = [
    "txt", "yml", "yaml", "toml", "json", "sh", "html", "xml", "sql", "graphql", "scala", "dart",
  ]

  /// Both sides of each file; a file that went from one folder to another counts as one file where its name is the only one of
  /// its kind on both sides.
  private static func pairs(_ files: [FileChange]) -> [(TreeEntry, TreeEntry)] {
    var pairs: [(TreeEntry, TreeEntry)] = []
    var removed: [Substring: [TreeEntry]] = [:]
    var added: [Substring: [TreeEntry]] = [:]
    for file in files {
      switch (file.old, file.new) {
      case (let old?, let new?): pairs.append((old, new))
      case (let old?, nil): removed[PathIndex.name(of: old.path), default: []].append(old)
      case (nil, let new?): added[PathIndex.name(of: new.path), default: []].append(new)
      case (nil, nil): break
      }
    }
    for (name, olds) in removed.sorted(by: { $0.key < $1.key }) {
      guard olds.count == 1, let news = added[name], news.count == 1 else { continue }
      pairs.append((olds[0], news[0]))
    }
    return pairs
  }
}
