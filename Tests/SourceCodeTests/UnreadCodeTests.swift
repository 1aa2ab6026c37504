// Code that cannot be read, or is too much to read, may have everything still: nothing counts as gone then.

import Domain
import TestSupport
import Testing

@testable import SourceCode

@Suite struct UnreadCodeTests {
  private static let base = [
    "src/reader.py": "def load(path, strict_mode=False):\n    return open_with_care(path, strict_mode)\n",
    "src/other.py": "value = 1\n",
  ]
  private static let head = [
    "src/reader.py": "def load(path, lenient_mode=False):\n    return open_with_care(path, lenient_mode)\n",
    "src/other.py": "value = 1\n",
  ]
  private static func analysis(treeBytes: Int) throws -> ChangeAnalysis {
    let (old, new) = (LiteralTree(base), LiteralTree(head))
    let change = Change(base: old, head: new, files: new.changes(since: old))
    return try ChangeAnalysis(change: change, cache: MemoryFactsCache(), limits: AnalysisLimits(treeBytes: treeBytes))
  }

  @Test func aParameterIsGoneWhereAllWasRead() throws {
    #expect(try Self.analysis(treeBytes: 1 << 20).calls.lostParameters == ["strict_mode"])
    #expect(try Self.analysis(treeBytes: 1 << 20).calls.isGone(parameter: "strict_mode"))
  }

  @Test func nothingIsGoneWhereCodeWasNotRead() throws {
    #expect(try !Self.analysis(treeBytes: 10).calls.isGone(parameter: "strict_mode"))
  }
}
