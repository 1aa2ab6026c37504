// The body of one request, read from libfcgi's stream of STDIN records.

import CFastCGI
import Threading

/// Reads as far as bytes are there, then waits once, then looks at the clock: a peer that sends a byte now and then cannot
/// hold the thread beyond `time` (each wait alone is bounded by the connection's receive timeout).
struct BodyReader {
  private let input: UnsafeMutablePointer<FCGX_Stream>
  private let deadline: Duration
  /// The stream went on after the announced length.
  private(set) var isTooLong = false

  init(input: UnsafeMutablePointer<FCGX_Stream>, time: Duration) {
    self.input = input
    deadline = monotonicNow() + time
  }

  /// The body if the stream holds exactly `length` bytes and ends without an error; one buffer, of that size.
  mutating func read(exactly length: Int) -> [UInt8]? {
    let body = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      let bytes = UnsafeMutableRawBufferPointer(buffer)
      while count < length, let read = readSome(into: UnsafeMutableRawBufferPointer(rebasing: bytes[count...])) { count += read }
    }
    guard body.count == length else { return nil }
    isTooLong = FCGX_GetChar(input) >= 0
    return isTooLong || FCGX_GetError(input) != 0 ? nil : body
  }

  /// Reads on to the end of the stream and forgets it.
  /// - Returns: false when the stream broke; true at its end, and after `limit` bytes or the time: then the caller answers
  ///   and closes.
  func discard(upTo limit: Int) -> Bool {
    withUnsafeTemporaryAllocation(byteCount: 8192, alignment: 8) { scratch in
      var total = 0
      while total < limit, let read = readSome(into: scratch) { total += read }
      return FCGX_GetError(input) == 0
    }
  }

  /// At least one byte and as many as have arrived; nil at the end, on an error or after the deadline.
  private func readSome(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    guard let start = buffer.baseAddress, monotonicNow() < deadline else { return nil }
    let first = FCGX_GetChar(input)
    guard first >= 0 else { return nil }
    buffer[0] = UInt8(truncatingIfNeeded: first)
    let ready = min(buffer.count - 1, input.pointee.stop - input.pointee.rdNext)
    guard ready > 0 else { return 1 }
    return 1 + Int(FCGX_GetStr((start + 1).assumingMemoryBound(to: CChar.self), Int32(ready), input))
  }
}
