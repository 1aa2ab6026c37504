// File descriptors that close themselves, so that no path through the code can leak one.

import Glibc

/// An open file descriptor, closed with its last reference (or earlier by `close`). Always close-on-exec and above the
/// numbers that a child's own descriptors are given.
///
/// `@unchecked Sendable` is safe: `number` only changes in `close`, which its single owner calls when it is done with it.
final class Descriptor: @unchecked Sendable {
  private(set) var number: Int32

  /// Children get descriptors 0, 1, 2 and a few more; ours stay above, so that `dup2` in the child never overwrites one.
  private static let firstNumber: Int32 = 16

  /// Takes over an open descriptor.
  init(adopting number: Int32) throws(WorkspaceError) {
    let moved = fcntl(number, F_DUPFD_CLOEXEC, Self.firstNumber)
    let code = errno
    Glibc.close(number)
    guard moved >= 0 else { throw systemError("cannot duplicate a descriptor", code) }
    self.number = moved
  }

  deinit { close() }

  func close() {
    guard number >= 0 else { return }
    Glibc.close(number)
    number = -1
  }

  func setNonblocking() { _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK) }

  /// Reads once. Nil when nothing is there now, empty at the end.
  func readSome(into buffer: inout [UInt8]) -> ArraySlice<UInt8>? {
    while true {
      let count = read(number, &buffer, buffer.count)
      if count >= 0 { return buffer[..<count] }
      if errno == EINTR { continue }
      return errno == EAGAIN ? nil : []
    }
  }

  /// Writes once; the number of bytes taken, nil when nobody reads any more.
  func writeSome(_ bytes: ArraySlice<UInt8>) -> Int? {
    withoutSIGPIPE {
      while true {
        let count = bytes.withUnsafeBytes { write(number, $0.baseAddress, $0.count) }
        if count >= 0 { return count }
        if errno == EINTR { continue }
        return errno == EAGAIN ? 0 : nil
      }
    }
  }
}

/// The two ends of a pipe.
struct Pipe: Sendable {
  let reading: Descriptor
  let writing: Descriptor

  init() throws(WorkspaceError) {
    var ends: [Int32] = [-1, -1]
    guard pipeOfTwo(&ends, O_CLOEXEC) == 0 else { throw systemError("cannot make a pipe", errno) }
    do {
      reading = try Descriptor(adopting: ends[0])
    } catch {
      close(ends[1])
      throw error
    }
    writing = try Descriptor(adopting: ends[1])
  }
}

/// Cancels running processes from another thread. Once cancelled it stays so.
public final class Cancellation: Sendable {
  /// Becomes readable, and stays so, when it is cancelled.
  var signal: Descriptor { pipe.reading }
  private let pipe: Pipe

  public init() throws(WorkspaceError) {
    pipe = try Pipe()
    pipe.writing.setNonblocking()
  }

  /// Kills what runs with this cancellation, and refuses what would be started with it. Safe from any thread.
  public func cancel() { _ = pipe.writing.writeSome([1]) }

  public var isCancelled: Bool {
    var entry = pollfd(fd: signal.number, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, 0) > 0
  }
}

/// "what: why" out of a failed system call.
func systemError(_ what: String, _ code: Int32) -> WorkspaceError {
  let why = String(cString: strerror(code)).lowercased()
  return WorkspaceError(code == ENOENT || code == ENOEXEC || code == EACCES ? .inputOutput : .cannotStart, "\(what): \(why)")
}

/// Runs `body` so that writing to a closed pipe gives EPIPE instead of ending this process: SIGPIPE is blocked for this
/// thread, and one that `body` has caused is taken away again.
private func withoutSIGPIPE<Result>(_ body: () -> Result) -> Result {
  var pipeOnly = sigset_t()
  sigemptyset(&pipeOnly)
  sigaddset(&pipeOnly, SIGPIPE)
  var before = sigset_t()
  var pending = sigset_t()
  sigpending(&pending)
  let wasPending = sigismember(&pending, SIGPIPE) == 1
  pthread_sigmask(SIG_BLOCK, &pipeOnly, &before)
  let result = body()
  if !wasPending {
    var now = timespec()
    _ = sigtimedwait(&pipeOnly, nil, &now)
  }
  pthread_sigmask(SIG_SETMASK, &before, nil)
  return result
}

// glibc declares these only under _GNU_SOURCE, which Swift's Glibc module is built without.

@_silgen_name("pipe2")
private func pipeOfTwo(_ ends: UnsafeMutablePointer<CInt>, _ flags: CInt) -> CInt
