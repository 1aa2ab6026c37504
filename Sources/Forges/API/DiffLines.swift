// Which lines of a pull request's files take a review comment: those that its unified diff shows. A forge refuses any other, and a
// range that leaves its hunk. Read from the diff that the forge itself gives, so that both mean the same lines.

import Domain

/// The lines of the new files that a diff shows.
public struct DiffLines: Sendable, Hashable {
  /// By the new path.
  public private(set) var files: [String: File] = [:]

  /// One file of the diff.
  public struct File: Sendable, Hashable {
    /// Differs from the new path where the file was renamed.
    public var oldPath: String
    var hunks: [Hunk] = []
  }

  /// A run of lines of the new file; `old` has each one's number in the old file, 0 for an added line.
  struct Hunk: Sendable, Hashable {
    var start: Int
    var old: [Int] = []
    var lines: Range<Int> { start..<start + old.count }
  }

  public init() {}

  /// Whether a comment can stand at these lines of the new file: all in one hunk.
  public func accept(_ lines: ClosedRange<Int>, of path: String) -> Bool {
    files[path]?.hunks.contains { $0.lines.contains(lines.lowerBound) && $0.lines.contains(lines.upperBound) } ?? false
  }

  /// The old number of a line of the new file; nil when the line was added or is not shown.
  func oldLine(of line: Int, in path: String) -> Int? {
    guard let hunk = files[path]?.hunks.first(where: { $0.lines.contains(line) }) else { return nil }
    let old = hunk.old[line - hunk.start]
    return old > 0 ? old : nil
  }

  /// Adds a file's hunks: what GitHub calls its `patch` and GitLab its `diff`.
  mutating func add(path: String, oldPath: String, patch: String) {
    var file = File(oldPath: oldPath)
    var reader = PatchReader(patch)
    reader.readHunks(into: &file)
    files[path] = file
  }

  /// The files of a whole `git diff`.
  init(diff: String) {
    var reader = PatchReader(diff)
    while let (path, oldPath) = reader.nextFile() {
      var file = File(oldPath: oldPath)
      reader.readHunks(into: &file)
      files[path] = file
    }
  }
}

/// Reads unified diffs line by line. A hunk's header says how many lines it has, so nothing in a line can end it.
private struct PatchReader {
  private let bytes: [UInt8]
  private var index = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  private func peek() -> ArraySlice<UInt8>? {
    guard index < bytes.count else { return nil }
    return bytes[index..<(bytes[index...].firstIndex(of: 0x0A) ?? bytes.count)]
  }

  private mutating func take() -> ArraySlice<UInt8>? {
    guard let line = peek() else { return nil }
    index = line.endIndex + 1
    return line
  }

  /// Passes to the next file that has a new side and text; nil at the end.
  mutating func nextFile() -> (path: String, oldPath: String)? {
    var old: String?
    while let line = take() {
      if line.starts(with: Self.git) {
        old = nil
      } else if line.starts(with: Self.minus) {
        old = Self.path(line.dropFirst(4), prefix: "a/")
      } else if line.starts(with: Self.plus), let new = Self.path(line.dropFirst(4), prefix: "b/") {
        return (new, old ?? new)
      }
    }
    return nil
  }

  mutating func readHunks(into file: inout DiffLines.File) {
    while let line = peek() {
      if line.starts(with: Self.git) { return }
      index = line.endIndex + 1
      guard line.starts(with: Self.at), let (old, new) = Self.header(line) else { continue }
      file.hunks.append(readHunk(old: old, new: new))
    }
  }

  private mutating func readHunk(old: (start: Int, count: Int), new: (start: Int, count: Int)) -> DiffLines.Hunk {
    var hunk = DiffLines.Hunk(start: new.start)
    var (oldLine, oldLeft, newLeft) = (old.start, old.count, new.count)
    while oldLeft > 0 || newLeft > 0, let line = take() {
      switch line.first {
      case 0x2B:
        hunk.old.append(0)
        newLeft -= 1
      case 0x2D:
        oldLine += 1
        oldLeft -= 1
      case 0x5C: continue
      default:
        hunk.old.append(oldLine)
        (oldLine, oldLeft, newLeft) = (oldLine + 1, oldLeft - 1, newLeft - 1)
      }
    }
    return hunk
  }

  private static let git = Array("diff --git ".utf8)
  private static let minus = Array("--- ".utf8)
  private static let plus = Array("+++ ".utf8)
  private static let at = Array("@@ -".utf8)

  /// The numbers of `@@ -old,count +new,count @@`.
  private static func header(_ line: ArraySlice<UInt8>) -> (old: (Int, Int), new: (Int, Int))? {
    let words = line.split(separator: 0x20, maxSplits: 3)
    guard words.count >= 3, let old = numbers(words[1].dropFirst()), let new = numbers(words[2].dropFirst()) else { return nil }
    return (old, new)
  }

  private static func numbers(_ text: ArraySlice<UInt8>) -> (Int, Int)? {
    let parts = text.split(separator: 0x2C).map { part in part.count <= 9 ? Int(String(decoding: part, as: UTF8.self)) : nil }
    guard let start = parts.first ?? nil, start >= 0 else { return nil }
    guard parts.count > 1 else { return (start, 1) }
    return parts[1].flatMap { $0 >= 0 ? (start, $0) : nil }
  }

  /// The path of a `---` or `+++` line, which git quotes as C does where it has odd bytes; nil for `/dev/null`.
  private static func path(_ text: ArraySlice<UInt8>, prefix: String) -> String? {
    var name = text
    if name.last == 0x0D { name = name.dropLast() }
    if name.last == 0x09 { name = name.dropLast() }
    let plain = name.first == 0x22 ? unquoted(name.dropFirst().dropLast()) : Array(name)
    let path = String(decoding: plain, as: UTF8.self)
    return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : nil
  }

  private static func unquoted(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      guard byte == 0x5C, let letter = rest.popFirst() else {
        bytes.append(byte)
        continue
      }
      if (0x30...0x37).contains(letter) {
        let digits = [letter] + rest.prefix(2)
        rest = rest.dropFirst(2)
        bytes.append(UInt8(truncatingIfNeeded: digits.reduce(0) { $0 << 3 | Int($1 & 7) }))
      } else {
        bytes.append([0x6E: 0x0A, 0x74: 0x09, 0x72: 0x0D, 0x61: 7, 0x62: 8, 0x66: 12, 0x76: 11][letter] ?? letter)
      }
    }
    return bytes
  }
}
