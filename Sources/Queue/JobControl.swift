// How a running job learns that it should stop. Threads cannot be killed, so a handler looks at `isCancelled` between its
// steps and has its child processes killed through `whenCancelled`.

import Threading

/// The handle on one running job.
public final class JobControl: Sendable {
  public enum Cancellation: Sendable, Hashable {
    /// Another worker has the job: whatever this one does is not recorded.
    case leaseLost
    /// It ran longer than a job may.
    case timedOut
    /// The worker stops, and its grace is over.
    case stopping
  }

  /// Names one action given to `whenCancelled`.
  public struct Registration: Sendable, Hashable { fileprivate let number: Int }

  private struct State {
    var cancellation: Cancellation?
    var actions: [Int: @Sendable () -> Void] = [:]
    var registered = 0
    var running = false
  }

  private let state = Monitor(State())

  public init() {}

  /// True once the handler should stop as soon as it can, by throwing.
  public var isCancelled: Bool { cancellation != nil }

  /// Why it should stop; nil while it should not.
  public var cancellation: Cancellation? { state.withLock { $0.cancellation } }

  /// Calls `action` once when the job is cancelled; at once, on this thread, when it already is. The action must be short:
  /// it runs on the thread that keeps all leases alive.
  @discardableResult
  public func whenCancelled(_ action: @escaping @Sendable () -> Void) -> Registration {
    let (number, late) = state.withLock { state -> (Int, Bool) in
      state.registered += 1
      if state.cancellation == nil { state.actions[state.registered] = action }
      return (state.registered, state.cancellation != nil)
    }
    if late { action() }
    return Registration(number: number)
  }

  /// Afterwards the action does not run and is not running: a process id that it would signal can be let go. Not to be
  /// called from an action.
  public func forget(_ registration: Registration) {
    state.withLock { _ = $0.actions.removeValue(forKey: registration.number) }
    _ = state.wait(upTo: nil) { $0.running ? nil : true }
  }

  /// The handler has returned: actions that it left behind never run.
  func retire() {
    state.withLock { $0.actions = [:] }
    _ = state.wait(upTo: nil) { $0.running ? nil : true }
  }

  /// The first cancellation counts.
  func cancel(_ cancellation: Cancellation) {
    let actions = state.withLock { state -> [@Sendable () -> Void] in
      guard state.cancellation == nil else { return [] }
      state.cancellation = cancellation
      state.running = true
      defer { state.actions = [:] }
      return state.actions.sorted { $0.key < $1.key }.map(\.value)
    }
    for action in actions { action() }
    state.update { $0.running = false }
  }
}
