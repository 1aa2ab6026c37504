// Looking for text in bytes. String's own search goes through characters, and where some module of the program imports Foundation even
// through its strings: a hundred times slower than the C library's, which is what documents of megabytes need.

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

extension StringProtocol {
  /// Whether a text stands in this one, byte by byte. It takes the place of the search that modules importing Foundation would bring
  /// along, so that a search means and costs the same everywhere.
  public func contains(_ text: String) -> Bool { utf8.contains(text: text) }
}

extension Sequence<UInt8> {
  /// Where the UTF-8 of a text first stands at or behind `start`, counted from the first byte; nil when it does not. The empty text
  /// stands everywhere.
  public func offset(of text: String, from start: Int = 0) -> Int? {
    withContiguousStorageIfAvailable { find(text, in: UnsafeRawBufferPointer($0), from: start) }
      ?? Array(self).withUnsafeBytes { find(text, in: $0, from: start) }
  }

  /// Whether the UTF-8 of a text stands somewhere.
  public func contains(text: String) -> Bool { offset(of: text) != nil }

  /// Whether one of the texts stands somewhere.
  public func contains(anyOf texts: [String]) -> Bool {
    withContiguousStorageIfAvailable { bytes in texts.contains { find($0, in: UnsafeRawBufferPointer(bytes), from: 0) != nil } }
      ?? Array(self).withUnsafeBytes { bytes in texts.contains { find($0, in: bytes, from: 0) != nil } }
  }

  /// The bytes with ASCII's capital letters made small.
  public var asciiLowercased: [UInt8] { map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 } }
}

/// Jumps from one place of the text's first byte to the next with the C library's `memchr`, and compares there.
private func find(_ text: String, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
  var text = text
  return text.withUTF8 { (needle: UnsafeBufferPointer<UInt8>) -> Int? in
    guard start >= 0, start <= bytes.count else { return nil }
    if needle.isEmpty { return start }
    guard let base = bytes.baseAddress, let first = needle.baseAddress else { return nil }
    var place = start
    while place <= bytes.count - needle.count {
      guard let found = memchr(base + place, Int32(first.pointee), bytes.count - needle.count + 1 - place) else { return nil }
      place = UnsafeRawPointer(found) - base
      if memcmp(base + place, first, needle.count) == 0 { return place }
      place += 1
    }
    return nil
  }
}
