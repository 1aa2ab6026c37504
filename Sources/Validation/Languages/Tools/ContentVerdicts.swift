// Verdicts that outlive the process, in the cache by content; in front of it a memory of this process.

import Domain

/// Keeps verdicts by content.
public struct ContentVerdicts: VerdictCache {
  private static let kind = "verdict.2"
  private let content: any ContentCache
  private let memory = MemoryVerdictCache()

  public init(_ content: any ContentCache) { self.content = content }

  public func verdict(_ key: VerdictKey) -> SyntaxVerdict? {
    if let known = memory.verdict(key) { return known }
    guard let bytes = content.value(for: Self.name(key)), let verdict = try? SyntaxVerdict(kept: bytes) else { return nil }
    memory.store(verdict, key)
    return verdict
  }

  public func store(_ verdict: SyntaxVerdict, _ key: VerdictKey) {
    memory.store(verdict, key)
    content.store(verdict.kept, for: Self.name(key))
  }

  private static func name(_ key: VerdictKey) -> ContentKey { ContentKey(kind: kind, content: key.text.utf8) }
}

extension SyntaxVerdict {
  /// As it is kept.
  var kept: [UInt8] {
    var writer = ContentWriter()
    switch self {
    case .valid: writer.add(0)
    case .broken(let problem):
      writer.add(1)
      writer.add(problem.range.lowerBound)
      writer.add(problem.range.upperBound)
      writer.add(problem.message)
    case .unjudged(let reason, let detail):
      writer.add(2)
      writer.add(reason.rawValue)
      writer.add(detail)
    }
    return writer.bytes
  }

  init(kept bytes: [UInt8]) throws(ContentReader.Malformed) {
    var reader = ContentReader(bytes)
    switch try reader.integer() {
    case 0: self = .valid
    case 1:
      let (start, end) = (try reader.integer(), try reader.integer())
      guard start <= end else { throw ContentReader.Malformed() }
      self = .broken(SyntaxProblem(range: start..<end, message: try reader.text()))
    case 2:
      guard let reason = Skip.Reason(rawValue: try reader.text()) else { throw ContentReader.Malformed() }
      self = .unjudged(reason, try reader.text())
    default: throw ContentReader.Malformed()
    }
  }
}
