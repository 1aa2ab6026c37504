// Writes a patch that `git apply` takes: the extended header, quoted paths, three lines of context, and the marker for a
// last line without a line feed. Carriage returns and bytes that are not UTF-8 pass through untouched, which is why a
// patch is bytes and not text.

import SourceCode

/// One file before and after.
public struct FilePair: Sendable, Hashable {
  /// Relative, `/`-separated.
  public var path: String
  public var old: [UInt8]
  public var new: [UInt8]

  public init(path: String, old: [UInt8], new: [UInt8]) {
    self.path = path
    self.old = old
    self.new = new
  }
}

/// Patches.
public enum UnifiedDiff {
  private static let context = 3

  /// The patch of all the files that differ, in the order given; empty when none does.
  public static func patch(_ files: [FilePair]) -> [UInt8] {
    var patch: [UInt8] = []
    for file in files where file.old != file.new { append(file, to: &patch) }
    return patch
  }

  private static func append(_ file: FilePair, to patch: inout [UInt8]) {
    let (before, after) = (quoted("a/" + file.path), quoted("b/" + file.path))
    patch += Array("diff --git \(before) \(after)\n--- \(ended(before))\n+++ \(ended(after))\n".utf8)
    let (old, new) = (LineDiff.lines(of: file.old), LineDiff.lines(of: file.new))
    for group in groups(LineDiff(from: old, to: new).hunks, oldCount: old.count) { append(group, old, new, to: &patch) }
  }

  /// Hunks whose context would touch belong to one group.
  private static func groups(_ hunks: [LineDiff.Hunk], oldCount: Int) -> [[LineDiff.Hunk]] {
    var groups: [[LineDiff.Hunk]] = []
    for hunk in hunks {
      if let last = groups.last?.last, hunk.old.lowerBound - last.old.upperBound <= 2 * context {
        groups[groups.count - 1].append(hunk)
      } else {
        groups.append([hunk])
      }
    }
    return groups
  }

  private static func append(
    _ group: [LineDiff.Hunk], _ old: [ArraySlice<UInt8>], _ new: [ArraySlice<UInt8>], to patch: inout [UInt8]
  ) {
    guard let first = group.first, let last = group.last else { return }
    let lead = min(context, first.old.lowerBound)
    let tail = min(context, old.count - last.old.upperBound)
    let oldRange = first.old.lowerBound - lead..<last.old.upperBound + tail
    let newRange = first.new.lowerBound - lead..<last.new.upperBound + tail
    patch += Array("@@ -\(numbers(oldRange)) +\(numbers(newRange)) @@\n".utf8)
    var position = oldRange.lowerBound
    for hunk in group {
      for line in old[position..<hunk.old.lowerBound] { append(" ", line, to: &patch) }
      for line in old[hunk.old] { append("-", line, to: &patch) }
      for line in new[hunk.new] { append("+", line, to: &patch) }
      position = hunk.old.upperBound
    }
    for line in old[position..<oldRange.upperBound] { append(" ", line, to: &patch) }
  }

  private static func append(_ mark: Unicode.Scalar, _ line: ArraySlice<UInt8>, to patch: inout [UInt8]) {
    patch.append(UInt8(ascii: mark))
    patch += line
    if line.last != 0x0A { patch += Array("\n\\ No newline at end of file\n".utf8) }
  }

  /// `start,count`, where an empty range names the line before it.
  private static func numbers(_ range: Range<Int>) -> String {
    range.isEmpty ? "\(range.lowerBound),0" : range.count == 1 ? "\(range.lowerBound + 1)" : "\(range.lowerBound + 1),\(range.count)"
  }

  /// Git ends a file name that has a space with a tab, so that tools do not take the rest for a date.
  private static func ended(_ name: String) -> String { name.utf8.contains(0x20) && name.first != "\"" ? name + "\t" : name }

  /// The name as git writes it: in quotes, with C escapes, when it has a quote, a backslash, a control or a non-ASCII byte.
  private static func quoted(_ name: String) -> String {
    guard name.utf8.contains(where: { $0 < 0x20 || $0 >= 0x7F || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) else {
      return name
    }
    return "\"" + name.utf8.map(escaped).joined() + "\""
  }

  private static func escaped(_ byte: UInt8) -> String {
    switch byte {
    case UInt8(ascii: "\""): return "\\\""
    case UInt8(ascii: "\\"): return "\\\\"
    case UInt8(ascii: "\t"): return "\\t"
    case UInt8(ascii: "\n"): return "\\n"
    case 0x20..<0x7F: return String(UnicodeScalar(byte))
    default:
      let octal = String(byte, radix: 8)
      return "\\" + String(repeating: "0", count: 3 - octal.count) + octal
    }
  }
}
