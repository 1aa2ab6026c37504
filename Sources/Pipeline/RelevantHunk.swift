// The piece of a change that a finding is about: first in the files that its evidence names, then in others of the code, the hunk whose
// removed lines hold the finding's text. Bounded in files, bytes and lines; no hunk is no loss but context.

import Documents
import Domain
import LanguageModels
import SourceCode

enum RelevantHunk {
  private static let maximumFiles = 20
  private static let maximumFileSize = 256 << 10
  private static let maximumLines = 40
  private static let contextLines = 2

  /// The hunk as a diff; nil when none is found.
  static func find(for finding: Finding, in change: Change) -> String? {
    let needle = longestName(in: Array(finding.text.utf8))
    guard (3...200).contains(needle.count) else { return nil }
    let named = Set(finding.evidence.compactMap(\.path))
    let (first, others) = candidates(change, named)
    for file in first + others {
      guard let (old, new) = sides(file, change), let text = hunk(old, new, path: file.path, holding: needle) else { continue }
      return text
    }
    return nil
  }

  /// The longest run of letters, digits, `_` and `-`: `parse_config` of `parse_config(path)`.
  private static func longestName(in text: [UInt8]) -> [UInt8] {
    let names = text.split { !((0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x5F || $0 == 0x2D) }
    return names.max { $0.count < $1.count }.map { Array($0) } ?? []
  }

  /// Changed files of code: those that the evidence names, and some others.
  private static func candidates(_ change: Change, _ named: Set<String>) -> ([FileChange], [FileChange]) {
    let readable = change.files.filter { file in
      file.old != nil && (file.old?.size ?? 0) <= maximumFileSize && (file.new?.size ?? 0) <= maximumFileSize
        && DocumentSelection.format(ofPath: file.path) == nil && !ModelProposer.isSecretFile(file.path)
        && !ModelProposer.isSecretFile(file.old?.path ?? "")
    }
    let first = readable.filter { named.contains($0.path) || named.contains($0.old?.path ?? "") }
    return (Array(first.prefix(maximumFiles)), Array(readable.filter { !named.contains($0.path) }.prefix(maximumFiles)))
  }

  private static func sides(_ file: FileChange, _ change: Change) -> (old: [UInt8], new: [UInt8])? {
    guard let base = change.base, let entry = file.old, let old = try? base.read(entry, limit: maximumFileSize) else { return nil }
    guard let head = file.new else { return (old, []) }
    return (try? change.head.read(head, limit: maximumFileSize)).map { (old, $0) }
  }

  private static func hunk(_ old: [UInt8], _ new: [UInt8], path: String, holding needle: [UInt8]) -> String? {
    guard old.firstRange(of: needle) != nil else { return nil }
    let (oldLines, newLines) = (LineDiff.lines(of: old), LineDiff.lines(of: new))
    let hunk = LineDiff(from: oldLines, to: newLines).hunks.first { hunk in
      oldLines[hunk.old].contains { $0.firstRange(of: needle) != nil }
    }
    guard let hunk else { return nil }
    let before = oldLines[max(0, hunk.old.lowerBound - contextLines)..<hunk.old.lowerBound].map { shown(" ", $0) }
    let removed = oldLines[hunk.old].prefix(maximumLines).map { shown("-", $0) }
    let added = newLines[hunk.new].prefix(maximumLines).map { shown("+", $0) }
    return (["--- \(path)"] + before + removed + added).joined(separator: "\n")
  }

  private static func shown(_ sign: String, _ line: ArraySlice<UInt8>) -> String {
    let text = String(decoding: line.prefix(300), as: UTF8.self)
    return sign + (text.last?.isNewline == true ? String(text.dropLast()) : text)
  }
}
