// Golden files: what a test expects, kept beside it, renewed by UPDATE_GOLDEN=1 and reviewed, never edited by hand.

import Glibc
import Testing

/// Compares `actual` with the file at `path`, byte for byte. With `UPDATE_GOLDEN=1` in the environment writes it instead.
/// - Parameter path: absolute, or relative to the folder of the test's own source file.
public func expectGolden(
  _ actual: String, _ path: String, file: String = #filePath, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let target = path.hasPrefix("/") ? path : file.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/" + path
  if getenv("UPDATE_GOLDEN").map({ String(cString: $0) }) == "1" {
    try makeParents(of: target)
    return try writeFile(target, Array(actual.utf8))
  }
  guard fileExists(target) else {
    Issue.record("no golden file \(path): run with UPDATE_GOLDEN=1 and review it", sourceLocation: sourceLocation)
    return
  }
  let expected = String(decoding: try readFile(target), as: UTF8.self)
  if expected != actual { Issue.record("\(difference(expected, actual, path))", sourceLocation: sourceLocation) }
}

private func difference(_ expected: String, _ actual: String, _ path: String) -> Comment {
  let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
  let new = actual.split(separator: "\n", omittingEmptySubsequences: false)
  let line = zip(old, new).prefix { $0 == $1 }.count
  let was = line < old.count ? String(old[line]) : "(end)"
  let now = line < new.count ? String(new[line]) : "(end)"
  return "\(path) differs at line \(line + 1): expected \(was.debugDescription), came \(now.debugDescription)"
}
