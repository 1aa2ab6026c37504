// Names of content in caches that several repositories share. Whoever writes a repository chooses the content, so the name must be one
// that nobody can give to other content on purpose; `StableHash` is only for fingerprints within one document.

import Crypto

/// SHA-256 over parts, each with its length, so that no two lists of parts are one.
public struct ContentHash {
  private var hash = SHA256()

  public init() {}

  /// Adds one part.
  public mutating func add(_ bytes: [UInt8]) {
    withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { hash.update(bufferPointer: $0) }
    bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
  }

  public mutating func add(_ text: String) { add(Array(text.utf8)) }

  /// 64 hexadecimal digits.
  public var hex: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
