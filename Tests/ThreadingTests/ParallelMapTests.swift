import Synchronization
import TestSupport
import Testing
import Threading

@Suite struct ParallelMapTests {
  @Test func isAMap() {
    forAll(cases: 100) { random in
      let items = (0..<random.int(in: 0...200)).map { _ in random.int(in: 0...1000) }
      let threads = random.int(in: 1...8)
      #expect(parallelMap(items, threads: threads, name: "test") { $0 * 3 } == items.map { $0 * 3 }, random.comment)
    }
  }

  @Test func severalItemsAreWorkedOnAtOnce() {
    let inside = Monitor(0)
    // Each waits for the other: with one thread the first would wait in vain.
    let met = parallelMap([0, 1], threads: 2, name: "test") { _ in
      inside.update { $0 += 1 }
      return inside.wait(upTo: .seconds(30)) { $0 == 2 ? true : nil } ?? false
    }
    #expect(met == [true, true])
  }
}
