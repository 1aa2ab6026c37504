// The outbox: what is tried again, what is given up, what waits for what, and whose effect it is.

import Domain
import Forges
import Logging
import Storage
import StorageSQLite
import TestSupport
import Testing
import Threading

@testable import Pipeline

/// Does what the test says.
private final class ScriptedPerformer: EffectPerformer {
  let seen = Monitor<[String]>([])
  let script: @Sendable (Effect, () throws -> Void) throws -> EffectOutcome

  init(_ script: @escaping @Sendable (Effect, () throws -> Void) throws -> EffectOutcome) { self.script = script }

  func perform(_ effect: Effect, step: @escaping () throws -> Void) throws -> EffectOutcome {
    seen.withLock { $0.append(effect.key) }
    return try script(effect, step)
  }

  func stop() {}
}

@Suite struct OutboxTests {
  private let directory: TemporaryDirectory
  private let store: SQLStore
  private let clock = ManualClock()
  private let bell = OutboxBell(forges: [.github])

  init() throws {
    directory = try TemporaryDirectory("outbox")
    store = try SQLStore(migrating: SQLiteDatabase(path: directory("store.db")))
    _ = try store.register(
      Repository(id: RepositoryID(rawValue: "R"), forge: .github, name: "o/r", cloneURL: "x", createdAt: clock.now()))
  }

  private func post(_ key: String, order: String = "a") throws {
    try store.post([
      Effect(
        id: .make(at: clock.now()), key: key, repositoryID: RepositoryID(rawValue: "R"), orderingKey: order, kind: .deliver, payload: "{}",
        notBefore: clock.now(), createdAt: clock.now())
    ])
    clock.advance(by: .milliseconds(1))
  }

  private func outbox(
    _ script: @escaping @Sendable (Effect, () throws -> Void) throws -> EffectOutcome
  ) -> (Outbox, ScriptedPerformer) {
    let performer = ScriptedPerformer(script)
    return (
      Outbox(store: store, performer: performer, bell: bell, clock: clock, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }),
      performer
    )
  }

  private func error(_ reason: ForgeAPIError.Reason) -> ForgeAPIError { ForgeAPIError(reason, operation: "github: test") }

  @Test func doesEffectsOfOneOrderOneAfterAnother() throws {
    for key in ["1", "2", "3"] { try post(key) }
    let (outbox, performer) = outbox { effect, _ in effect.key == "2" ? .dropped("no use") : .done("fine") }
    while try outbox.performNext(as: "me") {}
    #expect(performer.seen.withLock { $0 } == ["1", "2", "3"])
    #expect(try store.effect(key: "1")?.state == .done)
    #expect(try store.effect(key: "1")?.detail == "fine")
    #expect(try store.effect(key: "2")?.state == .dropped)
  }

  @Test func triesAgainLaterWhatWasNotAnswered() throws {
    try post("1")
    try post("2")
    let tries = Monitor(0)
    let (outbox, performer) = outbox { effect, _ in
      if effect.key == "1",
        tries.update({
          $0 += 1; return $0
        }) < 3
      {
        throw ForgeAPIError(.transient, operation: "github: test")
      }
      return .done()
    }
    #expect(try outbox.performNext(as: "me"))
    // Neither it nor the one behind it is due.
    #expect(try !outbox.performNext(as: "me"))
    clock.advance(by: .seconds(1))
    #expect(try outbox.performNext(as: "me"))
    clock.advance(by: .seconds(2))
    while try outbox.performNext(as: "me") {}
    #expect(performer.seen.withLock { $0 } == ["1", "1", "1", "2"])
    #expect(try store.effect(key: "1")?.attempts == 3)
  }

  @Test(arguments: [ForgeAPIError.Reason.unauthorized, .forbidden, .invalid(field: "x"), .unsupported, .unexpected])
  func givesUpWhatNobodyCanMend(_ reason: ForgeAPIError.Reason) throws {
    try post("1")
    let (outbox, performer) = outbox { _, _ in throw ForgeAPIError(reason, operation: "github: test") }
    while try outbox.performNext(as: "me") {}
    #expect(performer.seen.withLock { $0.count } == 1)
    #expect(try store.effect(key: "1")?.state == .dead)
    #expect(try store.effect(key: "1")?.detail?.hasPrefix("github: test") == true)
  }

  @Test func givesUpInTheEnd() throws {
    try post("1")
    let (outbox, performer) = outbox { _, _ in throw ForgeAPIError(.transient, operation: "github: test") }
    for _ in 0..<100 {
      clock.advance(by: .seconds(1000))
      try outbox.performNext(as: "me")
    }
    #expect(performer.seen.withLock { $0.count } == Outbox.maximumAttempts)
    #expect(try store.effect(key: "1")?.state == .dead)
  }

  @Test func leavesAForgeInPeaceThatAsksForIt() throws {
    try post("1", order: "a")
    try post("2", order: "b")
    let asked = Monitor(false)
    let (outbox, performer) = outbox { effect, _ in
      if effect.key == "1",
        !asked.update({ asked in
          defer { asked = true }; return asked
        })
      {
        throw ForgeAPIError(.retryAfter(.seconds(60)), operation: "github: test")
      }
      return .done()
    }
    while try outbox.performNext(as: "me") {}
    // The second one is not even tried.
    #expect(performer.seen.withLock { $0 } == ["1"])
    #expect(try store.effect(key: "1")?.attempts == 0)
    #expect(try store.effect(key: "2")?.attempts == 0)
    clock.advance(by: .seconds(61))
    #expect(try outbox.performNext(as: "me") && outbox.performNext(as: "me"))
    #expect(performer.seen.withLock { Set($0) } == ["1", "2"])
  }

  @Test func stopsWhenTheEffectIsAnothersByNow() throws {
    try post("1")
    let (clock, store) = (clock, store)
    let reached = Monitor(false)
    let (outbox, _) = outbox { effect, step in
      clock.advance(by: Outbox.lease + .seconds(1))
      _ = try store.leaseEffect(by: "other", at: clock.now(), until: clock.now().advanced(by: Outbox.lease))
      try step()
      reached.update { $0 = true }
      return .done()
    }
    try outbox.performNext(as: "me")
    #expect(!reached.withLock { $0 })
    let effect = try #require(try store.effect(key: "1"))
    #expect(effect.state == .queued && effect.holder == "other")
  }

  @Test func backsOffToTenMinutes() {
    for attempt in 1...30 {
      let base = min(500.0 * Double(1 << min(attempt - 1, 20)), 600_000)
      let delay = Double(Outbox.backoff(attempt).inMilliseconds)
      #expect(delay >= base * 0.74 && delay <= base * 1.26)
    }
  }
}
