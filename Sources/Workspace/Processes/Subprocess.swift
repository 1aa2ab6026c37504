// Runs one program to its end: feeds it, reads what it writes, and kills its process group at the first limit that it
// reaches. Synchronous, on the caller's thread (docs/decisions/0006-processes-and-sandbox.md says why not swift-subprocess).
//
// One poll loop waits for input to be taken, output to come, cancellation, and the deadline, so neither side can block
// the other. A child that has ended while a stray descendant still holds its output is noticed by looking every
// `tick`; a child that closed its output and runs on likewise.

import Domain
import Glibc
import Threading

/// Runs programs.
public enum Subprocess {
  /// Looks at a running child from time to time and may end it.
  typealias Watch = (pid_t) -> ProcessResult.Kill?

  /// How often a child is looked at while nothing comes from it.
  static let tick: Duration = .milliseconds(20)

  /// Runs `command` to its end. A program that fails or is killed is a result, not an error.
  /// Throws `toolMissing`, `cannotStart` or, when `cancellation` came before the start, `cancelled`.
  public static func run(_ command: Command, cancellation: Cancellation? = nil) throws(WorkspaceError) -> ProcessResult {
    try run(command, cancellation: cancellation, extra: [], watch: nil)
  }

  /// - Parameters:
  ///   - extra: become descriptors 3, 4 … of the child.
  ///   - watch: called every `tick`.
  static func run(
    _ command: Command, cancellation: Cancellation?, extra: [Descriptor], watch: Watch?
  ) throws(WorkspaceError) -> ProcessResult {
    if cancellation?.isCancelled == true {
      throw WorkspaceError(.cancelled, "cannot start \(shown(command.executable)): cancelled")
    }
    let input = command.input.isEmpty ? nil : try Pipe()
    let output = try Pipe()
    let errorOutput = try Pipe()
    let started = monotonicNow()
    let child = try spawn(command, descriptors: [input?.reading, output.writing, errorOutput.writing] + extra)
    for end in [input?.reading, output.writing, errorOutput.writing] { end?.close() }
    var exchange = Exchange(
      child: child, limits: command.limits, deadline: started + command.limits.time, cancellation: cancellation, watch: watch,
      input: input?.writing, pending: command.input[...], output: output.reading, errorOutput: errorOutput.reading)
    exchange.perform()
    let exit = child.reap()
    exchange.drain()
    return ProcessResult(
      exit: exit, kill: exchange.kill, output: exchange.captured, errorOutput: exchange.capturedErrors,
      duration: monotonicNow() - started)
  }
}

/// The conversation with one child, until it has ended or must end.
private struct Exchange {
  let child: ChildGroup
  let limits: ProcessLimits
  let deadline: Duration
  let cancellation: Cancellation?
  let watch: Subprocess.Watch?
  var input: Descriptor?
  var pending: ArraySlice<UInt8>
  var output: Descriptor?
  var errorOutput: Descriptor?

  var captured: [UInt8] = []
  var capturedErrors: [UInt8] = []
  var kill: ProcessResult.Kill?
  private var buffer = [UInt8](repeating: 0, count: 64 << 10)
  private var nextLook = monotonicNow() + Subprocess.tick

  init(
    child: ChildGroup, limits: ProcessLimits, deadline: Duration, cancellation: Cancellation?, watch: Subprocess.Watch?,
    input: Descriptor?, pending: ArraySlice<UInt8>, output: Descriptor, errorOutput: Descriptor
  ) {
    self.child = child
    self.limits = limits
    self.deadline = deadline
    self.cancellation = cancellation
    self.watch = watch
    self.input = input
    self.pending = pending
    self.output = output
    self.errorOutput = errorOutput
    for end in [input, output, errorOutput] { end?.setNonblocking() }
  }

  /// Returns once the child has ended or its group was killed.
  mutating func perform() {
    // Right after its output has ended a child is about to end: look often at first.
    var pause: Duration = .microseconds(100)
    while kill == nil {
      let quiet = output == nil && errorOutput == nil
      if quiet, child.hasEnded { return }
      waitForNews(upTo: quiet ? pause : Subprocess.tick)
      if quiet { pause = min(pause * 2, Subprocess.tick) }
      feed()
      takeOutput()
      if look() { return }
    }
    child.kill()
  }

  /// Takes what is still in the pipes of a child that has ended, without waiting for more.
  mutating func drain() { takeOutput() }

  /// Whether the child has ended, looked at once a tick; kills for time, cancellation and what `watch` says.
  private mutating func look() -> Bool {
    let now = monotonicNow()
    if now >= deadline { kill = kill ?? .timeLimit }
    if cancellation?.isCancelled == true { kill = kill ?? .cancelled }
    guard now >= nextLook else { return false }
    nextLook = now + Subprocess.tick
    if let watch, let verdict = watch(child.pid) { kill = kill ?? verdict }
    return kill == nil && child.hasEnded
  }

  private func waitForNews(upTo patience: Duration) {
    var entries: [pollfd] = []
    if let input { entries.append(pollfd(fd: input.number, events: Int16(POLLOUT), revents: 0)) }
    for end in [output, errorOutput, cancellation?.signal] {
      if let end { entries.append(pollfd(fd: end.number, events: Int16(POLLIN), revents: 0)) }
    }
    let remaining = max(.zero, min(patience, deadline - monotonicNow()))
    let parts = remaining.components
    var limit = timespec(tv_sec: Int(parts.seconds), tv_nsec: Int(parts.attoseconds / 1_000_000_000))
    _ = pollWithNanoseconds(&entries, nfds_t(entries.count), &limit, nil)
  }

  private mutating func feed() {
    guard let end = input else { return }
    while !pending.isEmpty {
      guard let count = end.writeSome(pending.prefix(64 << 10)) else {
        pending = []
        break
      }
      if count == 0 { return }
      pending = pending.dropFirst(count)
    }
    end.close()
    input = nil
  }

  /// Reads what is there; a bounded amount a call, so that an endless writer cannot keep us from looking at the clock.
  private mutating func takeOutput() {
    for _ in 0..<64 {
      guard let end = output, let bytes = end.readSome(into: &buffer) else { break }
      if bytes.isEmpty { output = nil }
      let room = limits.output - captured.count
      captured += bytes.prefix(room)
      if bytes.count > room {
        kill = kill ?? .outputLimit
        output = nil
      }
    }
    for _ in 0..<64 {
      guard let end = errorOutput, let bytes = end.readSome(into: &buffer) else { break }
      if bytes.isEmpty { errorOutput = nil }
      capturedErrors += bytes.prefix(limits.errorOutput - capturedErrors.count)
    }
  }
}

// glibc declares this only under _GNU_SOURCE, which Swift's Glibc module is built without.

@_silgen_name("ppoll")
private func pollWithNanoseconds(
  _ entries: UnsafeMutablePointer<pollfd>, _ count: nfds_t, _ limit: UnsafePointer<timespec>, _ signals: UnsafePointer<sigset_t>?
) -> CInt
