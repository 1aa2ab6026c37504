// How much memory this process has, told in the log at an interval: a leak is seen before it hurts.

import Domain
import Logging
import Threading

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The memory of this process at one moment.
public struct MemoryReading: Sendable, Hashable {
  /// Pages in memory, shared ones counted in full.
  public var residentBytes: Int
  /// Pages in memory, shared ones divided among those who share them (PSS).
  public var proportionalBytes: Int

  /// Reads `/proc/self/smaps_rollup` (proc(5)); nil where there is none.
  public static func now() -> MemoryReading? {
    guard let text = readSmallFile("/proc/self/smaps_rollup") else { return nil }
    func kibibytes(_ field: String) -> Int? {
      for line in text.split(separator: "\n") where line.hasPrefix(field + ":") {
        return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }
      }
      return nil
    }
    guard let resident = kibibytes("Rss"), let proportional = kibibytes("Pss") else { return nil }
    return MemoryReading(residentBytes: resident * 1024, proportionalBytes: proportional * 1024)
  }
}

/// The text of a file of a few pages; nil when it cannot be read.
func readSmallFile(_ path: String) -> String? {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { return nil }
  defer { close(file) }
  var buffer = [UInt8](repeating: 0, count: 16_384)
  let count = read(file, &buffer, buffer.count)
  return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
}

/// Writes memory readings to the log until it is stopped.
public final class MemoryMonitor: Sendable {
  private let stopped = Monitor(false)
  private let thread = Monitor<OwnedThread?>(nil)

  public init() {}

  /// Logs a reading every `interval`; an interval of zero is off.
  public func start(interval: Duration, logger: Logger, reading: @escaping @Sendable () -> MemoryReading? = MemoryReading.now) throws {
    guard interval > .zero else { return }
    let stopped = stopped
    let started = try OwnedThread(name: "memory", niceness: 5, stackSize: 256 << 10) {
      var due = monotonicNow() + interval
      while stopped.wait(upTo: due - monotonicNow(), for: { $0 ? true : nil }) == nil {
        due += interval
        guard let memory = reading() else { continue }
        logger.info(
          "memory",
          metadata: ["resident_kib": "\(memory.residentBytes / 1024)", "proportional_kib": "\(memory.proportionalBytes / 1024)"])
      }
    }
    thread.withLock { $0 = started }
  }

  /// Stops and waits for the thread.
  public func stop() {
    stopped.update { $0 = true }
    thread.withLock { thread -> OwnedThread? in
      defer { thread = nil }
      return thread
    }?.join()
  }
}
