// The outbox: effects are stored by those who want them, and done here, on threads of their own, so that a long run keeps no check
// waiting. Every process with workers has one; they share the store, and leases keep them apart.
//
// An effect may be done twice (a process was killed, an answer was lost): performers converge, as `ForgeClient` promises.

import Domain
import Forges
import Logging
import Storage
import Threading

/// How an effect went.
enum EffectOutcome: Sendable {
  case done(String? = nil)
  /// Pointless now, and why.
  case dropped(String)
}

/// Does effects.
protocol EffectPerformer: Sendable {
  /// Does the effect. Calls `step` before each thing that others see: it throws when the effect is another's by now.
  func perform(_ effect: Effect, step: @escaping () throws -> Void) throws -> EffectOutcome

  /// Ends what takes long; later calls fail soon.
  func stop()
}

/// The lease went to another: whatever was being done is theirs now.
struct LeaseLost: Error {}

/// Tells the outbox of this process that something was posted, and everybody at which forges there is something to be done.
public final class OutboxBell: Sendable {
  /// Forges whose API can be asked here.
  let forges: Set<Forge>
  fileprivate let state = Monitor(State())

  fileprivate struct State {
    var isStopped = false
    /// Counts posts in this process: a thread that waits looks again when it has moved.
    var posted = 0
    /// A forge that said "too many requests" is left in peace by all threads.
    var pausedUntil: [Forge: Timestamp] = [:]
  }

  public init(forges: Set<Forge>) { self.forges = forges }

  /// The next effect begins at once.
  func ring() { state.update { $0.posted += 1 } }
}

/// Sees that effects happen.
public final class Outbox: Sendable {
  let store: any Store
  let clock: any WallClock
  let logger: Logger
  private let performer: any EffectPerformer
  private let bell: OutboxBell
  private let threads = Monitor<[OwnedThread]>([])
  /// When each effect under way was leased, and by whom.
  private let underWay = Monitor<[EffectID: (holder: String, since: Timestamp)]>([:])

  /// How long an effect is its performer's without a sign of life. A thread gives one for all effects under way, however long a fetch
  /// takes, so an effect of a killed process is free soon.
  static let lease = Duration.seconds(60)
  private static let heartbeat = Duration.seconds(15)
  /// An effect that takes longer gets no further signs of life: something hangs.
  private static let longest = Duration.seconds(1200)
  /// Tries of an effect whose forge does not answer; with the backoff below they take about three hours.
  static let maximumAttempts = 24
  /// Another process may have posted, or a retry be due.
  private static let patience = Duration.milliseconds(1500)

  init(store: any Store, performer: any EffectPerformer, bell: OutboxBell, clock: any WallClock, logger: Logger) {
    self.store = store
    self.performer = performer
    self.bell = bell
    self.clock = clock
    self.logger = logger
  }

  /// Starts performing.
  public func start(threads count: Int) throws {
    let started = try (0..<count).map { index in
      try OwnedThread(name: "outbox-\(index)", niceness: 0, stackSize: 2 << 20) { self.performForEver() }
    }
    let keeper = try OwnedThread(name: "outbox-leases", stackSize: 512 << 10) { self.keepForEver() }
    threads.withLock { $0 = started + [keeper] }
  }

  /// Lets each thread finish the effect at hand, or give it up when its server is not asked any more, and ends them.
  public func stop() {
    bell.state.update { $0.isStopped = true }
    performer.stop()
    let threads = self.threads.withLock { threads -> [OwnedThread] in
      defer { threads = [] }
      return threads
    }
    for thread in threads { thread.join() }
  }

  private var isStopped: Bool { bell.state.withLock { $0.isStopped } }

  private func performForEver() {
    let holder = Identifier<Outbox>.make(at: clock.now()).rawValue
    while !isStopped {
      let seen = bell.state.withLock { $0.posted }
      do {
        if try performNext(as: holder) { continue }
      } catch {
        logger.warning("the outbox cannot be read; it is tried again", metadata: ["error": "\(error)"])
      }
      _ = bell.state.wait(upTo: Self.patience) { $0.isStopped || $0.posted != seen ? true : nil }
    }
  }

  private func keepForEver() {
    while bell.state.wait(upTo: Self.heartbeat, for: { $0.isStopped ? true : nil }) == nil {
      for (id, work) in underWay.withLock({ $0 }) where clock.now().since(work.since) < Self.longest {
        // Lost leases and a store that does not answer are noticed at the next step.
        _ = try? store.extendLease(of: id, by: work.holder, until: clock.now().advanced(by: Self.lease))
      }
    }
  }

  /// Does one effect that is due; false when there is none.
  @discardableResult
  func performNext(as holder: String) throws -> Bool {
    let now = clock.now()
    guard let effect = try store.leaseEffect(by: holder, at: now, until: now.advanced(by: Self.lease)) else { return false }
    underWay.withLock { $0[effect.id] = (holder, now) }
    defer { underWay.withLock { $0[effect.id] = nil } }
    try perform(effect, as: holder)
    // One that was waiting for this one may be due now.
    bell.ring()
    return true
  }

  private func perform(_ leased: Effect, as holder: String) throws {
    var effect = leased
    do {
      try pause(for: effect)
      switch try performer.perform(effect, step: { try self.keep(effect, holder) }) {
      case .done(let detail):
        effect.state = .done
        effect.detail = detail
      case .dropped(let reason):
        effect.state = .dropped
        effect.detail = reason
      }
      effect.finishedAt = clock.now()
    } catch is LeaseLost {
      return
    } catch {
      fail(&effect, error)
    }
    guard try store.settle(effect) else { return }
    log(effect)
  }

  private func keep(_ effect: Effect, _ holder: String) throws {
    guard try store.extendLease(of: effect.id, by: holder, until: clock.now().advanced(by: Self.lease)) else { throw LeaseLost() }
  }

  private func pause(for effect: Effect) throws {
    guard let forge = try store.repository(effect.repositoryID)?.forge else { return }
    let now = clock.now()
    guard let end = bell.state.withLock({ $0.pausedUntil[forge] }), end > now else { return }
    throw ForgeAPIError(.retryAfter(end.since(now)), operation: "\(forge.rawValue): wait as it asked")
  }

  // MARK: Failures

  private func fail(_ effect: inout Effect, _ error: any Error) {
    effect.detail = "\(error)"
    // What the end of this process cut off is not the forge's failure.
    if isStopped {
      effect.attempts -= 1
      effect.notBefore = clock.now()
      return
    }
    guard let delay = delay(of: &effect, after: error) else {
      effect.state = .dead
      effect.finishedAt = clock.now()
      return
    }
    effect.notBefore = clock.now().advanced(by: delay)
  }

  /// When it is tried again; nil when that is no use.
  private func delay(of effect: inout Effect, after error: any Error) -> Duration? {
    if let error = error as? ForgeAPIError {
      if case .retryAfter(let delay) = error.reason {
        // The forge did nothing: it does not count as a try, for a week.
        guard clock.now().since(effect.createdAt) < .seconds(7 * 86_400) else { return nil }
        effect.attempts -= 1
        pauseAll(of: effect, for: delay)
        return max(delay, .seconds(1))
      }
      guard error.isWorthRetrying || error.reason == .conflict else { return nil }
    }
    return effect.attempts < Self.maximumAttempts ? Self.backoff(effect.attempts) : nil
  }

  private func pauseAll(of effect: Effect, for delay: Duration) {
    guard let forge = try? store.repository(effect.repositoryID)?.forge else { return }
    let end = clock.now().advanced(by: delay)
    bell.state.update { $0.pausedUntil[forge] = max($0.pausedUntil[forge] ?? end, end) }
  }

  /// 0.5 s, doubled each time up to ten minutes, a quarter more or less, so that what failed together does not come together.
  static func backoff(_ attempt: Int) -> Duration {
    let base = min(500 << min(max(attempt - 1, 0), 20), 600_000)
    return .milliseconds(base * 3 / 4 + Int.random(in: 0...(base / 2)))
  }

  private func log(_ effect: Effect) {
    let metadata: Logger.Metadata = [
      "effect": "\(effect.id)", "kind": "\(effect.kind.rawValue)", "attempt": "\(effect.attempts)", "detail": "\(effect.detail ?? "")",
    ]
    switch effect.state {
    case .queued: logger.warning("effect failed and will be tried again", metadata: metadata)
    case .dead: logger.error("effect gave up", metadata: metadata)
    case .done, .dropped: logger.debug("effect \(effect.state.rawValue)", metadata: metadata)
    }
  }
}
