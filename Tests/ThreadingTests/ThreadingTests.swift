import Foundation
import Testing
import Threading

@Suite struct MonitorTests {
  @Test("the state is touched by one thread at a time") func exclusion() throws {
    let counter = Monitor(0)
    let threads = try (0..<4).map { number in
      try OwnedThread(name: "count-\(number)") { for _ in 0..<5000 { counter.withLock { $0 += 1 } } }
    }
    for thread in threads { thread.join() }
    #expect(counter.withLock { $0 } == 20_000)
  }

  @Test("a waiting thread sees an update") func update() throws {
    let value = Monitor(0)
    let seen = Monitor(0)
    let thread = try OwnedThread(name: "waits") {
      let result = value.wait(upTo: nil) { $0 > 2 ? $0 : nil }
      seen.withLock { $0 = result ?? -1 }
    }
    for _ in 0..<3 { value.update { $0 += 1 } }
    thread.join()
    #expect(seen.withLock { $0 } == 3)
  }

  @Test("an update that is needed wakes, with its result and its error") func updateIfNeeded() throws {
    struct Refused: Error {}
    let value = Monitor(0)
    let thread = try OwnedThread(name: "waits") { _ = value.wait(upTo: nil) { $0 == 7 ? true : nil } }
    #expect(value.updateIfNeeded { state, _ in state } == 0)
    #expect(throws: Refused.self) {
      try value.updateIfNeeded { (state: inout Int, wakes: inout Bool) throws(Refused) in
        state = 7
        wakes = true
        throw Refused()
      }
    }
    thread.join()
  }

  @Test("no wait is longer than its time, whatever that is", arguments: [Duration.seconds(-5), .zero, .milliseconds(1)])
  func timeouts(timeout: Duration) {
    #expect(Monitor(0).wait(upTo: timeout) { $0 == 1 ? true : nil } == nil)
  }

  @Test("a wait of ages is a wait") func ages() throws {
    let value = Monitor(false)
    let thread = try OwnedThread(name: "waits") { _ = value.wait(upTo: .seconds(Int64.max)) { $0 ? true : nil } }
    value.update { $0 = true }
    thread.join()
  }
}

@Suite struct OwnedThreadTests {
  @Test("a thread has its name and its niceness") func attributes() throws {
    let read = Monitor((name: "", niceness: Int32(-1)))
    let thread = try OwnedThread(name: "a-name-longer-than-fifteen", niceness: 5) {
      let name = (try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)) ?? ""
      let niceness = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
      read.withLock { $0 = (name, niceness) }
    }
    thread.join()
    #expect(read.withLock { $0.name } == "a-name-longer-t\n")
    #expect(read.withLock { $0.niceness } == 5)
  }

  @Test("a stack that cannot be had is an error with its reason") func refused() {
    do {
      _ = try OwnedThread(name: "huge", stackSize: 1 << 60) {}
      Issue.record("the thread started")
    } catch {
      #expect(error.description.hasPrefix("cannot start thread huge: "))
    }
  }
}

@Suite struct ClockTests {
  @Test("a manual clock moves only by hand") func manual() {
    let clock = ManualClock()
    let start = clock.now()
    #expect(clock.now() == start)
    clock.advance(by: .milliseconds(1500))
    #expect(clock.now().since(start) == .milliseconds(1500))
  }

  @Test("the system clock tells this century's time, and the monotonic one does not run back") func system() {
    #expect(SystemClock().now().rfc3339.hasPrefix("20"))
    let first = monotonicNow()
    #expect(monotonicNow() >= first)
  }
}
