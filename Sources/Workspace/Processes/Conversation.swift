// A child that stays: requests go in, answers come out (`git cat-file --batch`). Synchronous; one user at a time.

import Domain
import Glibc
import Threading

/// A running program with which requests and answers are exchanged. Killed with its last reference.
///
/// Not thread-safe: its owner gives it to one thread at a time.
final class Conversation {
  private let child: ChildGroup
  private let input: Descriptor
  private let output: Descriptor
  private let name: String
  private let cancellation: Cancellation?
  private var buffer: [UInt8] = []
  private var position = 0
  private var chunk = [UInt8](repeating: 0, count: 64 << 10)
  private var ended = false

  /// Starts `command`; its `input` and `limits` are not used, its standard error goes to `/dev/null`.
  init(_ command: Command, cancellation: Cancellation?) throws(WorkspaceError) {
    let toChild = try Pipe()
    let fromChild = try Pipe()
    child = try spawn(command, descriptors: [toChild.reading, fromChild.writing, nil])
    toChild.reading.close()
    fromChild.writing.close()
    input = toChild.writing
    output = fromChild.reading
    name = command.arguments.last(where: { !$0.hasPrefix("-") }) ?? command.executable
    self.cancellation = cancellation
    input.setNonblocking()
    output.setNonblocking()
  }

  deinit { end() }

  /// Kills the program. Nothing can be asked afterwards.
  func end() {
    if ended { return }
    ended = true
    child.kill()
    _ = child.reap()
  }

  /// Sends all of `bytes`. A request must be small enough not to wait for an answer being read.
  func send(_ bytes: [UInt8], deadline: Duration) throws(WorkspaceError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      guard let count = input.writeSome(rest) else { throw WorkspaceError(.failed, "git \(name) ended unexpectedly") }
      rest = rest.dropFirst(count)
      if count == 0 { try wait(for: input, Int16(POLLOUT), deadline) }
    }
  }

  /// The bytes up to the next line feed, which is taken and not returned.
  func line(limit: Int, deadline: Duration) throws(WorkspaceError) -> [UInt8] {
    var searched = position
    while true {
      if let end = buffer[searched...].firstIndex(of: 0x0A) {
        defer { position = end + 1 }
        return Array(buffer[position..<end])
      }
      guard buffer.count - position <= limit else { throw WorkspaceError(.malformed, "git \(name) answered with an endless line") }
      let unread = buffer.count - position
      try fill(deadline)
      searched = position + unread
    }
  }

  /// Exactly `count` bytes.
  func bytes(_ count: Int, deadline: Duration) throws(WorkspaceError) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(count)
    while true {
      let taken = buffer[position...].prefix(count - result.count)
      result += taken
      position += taken.count
      if result.count == count { return result }
      try fill(deadline)
    }
  }

  /// Reads at least one byte more; forgets what was consumed.
  private func fill(_ deadline: Duration) throws(WorkspaceError) {
    buffer.removeFirst(position)
    position = 0
    while true {
      if let bytes = output.readSome(into: &chunk) {
        if bytes.isEmpty { throw WorkspaceError(.failed, "git \(name) ended unexpectedly") }
        buffer += bytes
        return
      }
      try wait(for: output, Int16(POLLIN), deadline)
    }
  }

  private func wait(for end: Descriptor, _ event: Int16, _ deadline: Duration) throws(WorkspaceError) {
    if cancellation?.isCancelled == true { throw WorkspaceError(.cancelled, "git \(name) was cancelled") }
    let remaining = (deadline - monotonicNow()).inMilliseconds
    guard remaining > 0 else { throw WorkspaceError(.timedOut, "git \(name) did not answer in time") }
    var entries = [pollfd(fd: end.number, events: event, revents: 0)]
    if let cancellation { entries.append(pollfd(fd: cancellation.signal.number, events: Int16(POLLIN), revents: 0)) }
    _ = poll(&entries, nfds_t(entries.count), Int32(clamping: remaining))
  }
}
