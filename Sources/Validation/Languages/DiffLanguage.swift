// Unified diff samples: a hunk has as many lines as its header says. In a fragment only a whole patch is judged, one that names its
// files; what is shown in diff's colours is mostly no patch. Empty lines count as context: editors cut the space off.

import Domain

struct DiffLanguage: ScannedLanguage {
  let name = "diff"
  let names = ["diff"]

  func mistake(in sample: Sample) -> Mistake? {
    var scanner = DiffScanner(lines: sample.lines)
    return scanner.mistake()
  }

  func forgives(_ mistake: Mistake, in sample: Sample) -> Bool {
    let lines = sample.lines
    return !lines.contains { $0.starts(with: "--- ") } || !lines.contains { $0.starts(with: "+++ ") } || mistake.kind == .unclosed
  }
}

private struct DiffScanner {
  let lines: [ArraySlice<UInt8>]
  private var index = 0

  init(lines: [ArraySlice<UInt8>]) { self.lines = lines }

  mutating func mistake() -> Mistake? {
    while index < lines.count {
      let line = lines[index]
      index += 1
      guard line.starts(with: "@@ -"), let counts = Self.counts(line) else { continue }
      if let found = hunk(line, counts) { return found }
    }
    return nil
  }

  /// `@@ -1,3 +1,4 @@`: how many lines the hunk has before and after; nil when it says something else.
  private static func counts(_ line: ArraySlice<UInt8>) -> (old: Int, new: Int)? {
    let words = line.split(separator: 0x20, maxSplits: 4)
    guard words.count >= 4, words[3].starts(with: "@@"), let old = count(words[1]), let new = count(words[2]) else { return nil }
    return (old, new)
  }

  private static func count(_ word: ArraySlice<UInt8>) -> Int? {
    let numbers = word.dropFirst().split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { Int($0.text) }
    guard numbers.count <= 2, let last = numbers.last, numbers.first != nil else { return nil }
    return numbers.count == 2 ? last : 1
  }

  private mutating func hunk(_ header: ArraySlice<UInt8>, _ counts: (old: Int, new: Int)) -> Mistake? {
    var (old, new) = counts
    while old > 0 || new > 0 {
      guard index < lines.count else { return Self.wrong(header, .unclosed) }
      switch lines[index].first ?? 0x20 {
      case 0x20, 0x09: (old, new) = (old - 1, new - 1)
      case UInt8(ascii: "-"): old -= 1
      case UInt8(ascii: "+"): new -= 1
      case UInt8(ascii: "\\"): break
      default: return Self.wrong(header, .malformed)
      }
      if old < 0 || new < 0 { return Self.wrong(header, .malformed) }
      index += 1
    }
    guard index < lines.count, let first = lines[index].first, !lines[index].starts(with: "--"), !lines[index].starts(with: "++") else {
      return nil
    }
    return "+-".utf8.contains(first) ? Self.wrong(header, .malformed) : nil
  }

  private static func wrong(_ header: ArraySlice<UInt8>, _ kind: Mistake.Kind) -> Mistake {
    Mistake(kind, header.startIndex..<header.endIndex, "the hunk has other lines than its header counts")
  }
}
