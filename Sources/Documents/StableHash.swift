// Names for things that must keep their name while lines move: fingerprints and the ids of samples. FNV-1a, 64 bits
// (http://www.isthe.com/chongo/tech/comp/fnv): the same on every machine and in every version, which Swift's Hasher is not. It
// guards nothing: whoever wants a collision can make one, and gains one hidden finding in their own repository.

/// FNV-1a over fields; each field is closed by a byte that UTF-8 never has, so that `ab`,`c` is not `a`,`bc`.
public struct StableHash: Sendable {
  private var state: UInt64 = 0xcbf2_9ce4_8422_2325

  public init() {}

  /// The same for an array, which is what code is: without the generic's indirection it is many times faster.
  public mutating func add(_ bytes: [UInt8]) {
    var state = state
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
    self.state = state
    mix(0xFF)
  }

  var value: UInt64 { state }

  public mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { mix(byte) }
    mix(0xFF)
  }

  public mutating func add(_ text: String) { add(text.utf8) }

  private mutating func mix(_ byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }

  /// 16 hexadecimal digits.
  public var hex: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
