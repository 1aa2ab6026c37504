// A lock between threads and processes that goes with whoever holds it, even one that was killed: flock(2).

import Domain
import Glibc
import Threading

/// An exclusive lock on a file, held until the last reference goes and every process that was given its descriptor has ended.
final class FileLock {
  let file: Descriptor

  /// Waits for the lock, looking again in growing steps, because flock(2) itself can neither time out nor be cancelled.
  /// Throws `busy` after `patience`, `cancelled`, or `inputOutput` when the file cannot be made.
  init(_ path: String, patience: Duration, cancellation: Cancellation?) throws(WorkspaceError) {
    let number = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard number >= 0 else { throw systemError("cannot open the lock \(shown(path))", errno) }
    file = try Descriptor(adopting: number)
    let deadline = monotonicNow() + patience
    var pause: UInt32 = 1000
    while flock(file.number, LOCK_EX | LOCK_NB) != 0 {
      if cancellation?.isCancelled == true { throw WorkspaceError(.cancelled, "waiting for \(shown(path)) was cancelled") }
      guard monotonicNow() < deadline else {
        throw WorkspaceError(.busy, "another process holds \(shown(path)): try again later")
      }
      usleep(pause)
      pause = min(pause * 2, 50_000)
    }
  }
}
