// Changes written as literals.

import Domain
import TestSupport

@testable import SourceCode

/// The change between two literals; `moves` tells which removed path became which added one.
func change(_ old: [String: String], _ new: [String: String], moves: [String: String] = [:]) -> Change {
  let (base, head) = (LiteralTree(old), LiteralTree(new))
  let files = head.changes(since: base).filter { moves[$0.path] == nil }.map { file in
    guard let source = moves.first(where: { $0.value == file.path })?.key else { return file }
    return FileChange(path: file.path, kind: .renamed(from: source), old: base.entry(at: source), new: file.new)
  }
  return Change(base: base, head: head, files: files)
}

/// The analysis between two literals.
func analysis(_ old: [String: String], _ new: [String: String], moves: [String: String] = [:]) throws -> ChangeAnalysis {
  try ChangeAnalysis(change: change(old, new, moves: moves), cache: MemoryFactsCache())
}
