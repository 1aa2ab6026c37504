import Domain
import Synchronization
import TestSupport
import Testing

@testable import Validation

@Suite struct ContentVerdictsTests {
  /// A cache as another process would find it.
  final class Kept: ContentCache {
    let values = Mutex<[ContentKey: [UInt8]]>([:])
    func value(for key: ContentKey) -> [UInt8]? { values.withLock { $0[key] } }
    func store(_ value: [UInt8], for key: ContentKey) { values.withLock { $0[key] = value } }
    func flush() {}
  }

  private static func key(_ code: String) -> VerdictKey {
    VerdictKey(Sample(code: Array(code.utf8), language: "python", isWhole: false), language: "python", tool: "1")
  }

  @Test(arguments: [
    SyntaxVerdict.valid, .broken(SyntaxProblem(range: 3..<300, message: "invalid ‘syntax’")), .unjudged(.fragment, "it leaves lines out"),
  ])
  func verdictsOutliveTheProcess(_ verdict: SyntaxVerdict) {
    let kept = Kept()
    ContentVerdicts(kept).store(verdict, Self.key("x"))
    #expect(ContentVerdicts(kept).verdict(Self.key("x")) == verdict)
    #expect(ContentVerdicts(kept).verdict(Self.key("y")) == nil)
  }

  @Test func damagedOnesAreForgotten() {
    let kept = Kept()
    ContentVerdicts(kept).store(.broken(SyntaxProblem(range: 3..<9, message: "no")), Self.key("x"))
    kept.values.withLock { values in for key in values.keys { values[key] = [1, 9, 3, 0] } }
    #expect(ContentVerdicts(kept).verdict(Self.key("x")) == nil)
  }
}
