// Names of stored things. An identifier is a ULID (26 characters of Crockford's base 32: 48 bits of milliseconds, 80
// random bits; https://github.com/ulid/spec), so identifiers sort by the time they were made and a page's cursor is
// simply the last identifier that the page showed.

/// The name of one stored `Subject`; two identifiers of different subjects cannot be mixed up.
public struct Identifier<Subject>: RawRepresentable, Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
  public let rawValue: String

  public init(rawValue: String) { self.rawValue = rawValue }

  /// A new identifier that sorts after those made in earlier milliseconds.
  public static func make(at time: Timestamp, using random: inout some RandomNumberGenerator) -> Self {
    var text: [UInt8] = []
    text.reserveCapacity(26)
    for shift in stride(from: 45, through: 0, by: -5) { text.append(digit(UInt64(bitPattern: time.milliseconds) >> UInt64(shift))) }
    for word in [random.next() as UInt64, random.next() as UInt64] {
      for shift in stride(from: 35, through: 0, by: -5) { text.append(digit(word >> UInt64(shift))) }
    }
    return Self(rawValue: String(decoding: text, as: UTF8.self))
  }

  /// A new identifier from the system's randomness.
  public static func make(at time: Timestamp) -> Self {
    var random = SystemRandomNumberGenerator()
    return make(at: time, using: &random)
  }

  public init(from decoder: any Decoder) throws { rawValue = try decoder.singleValueContainer().decode(String.self) }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  public var description: String { rawValue }

  private static func digit(_ bits: UInt64) -> UInt8 { crockford[Int(bits & 31)] }
}

private let crockford = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

public typealias RepositoryID = Identifier<Repository>
public typealias DeliveryID = Identifier<Delivery>
public typealias JobID = Identifier<Job>
public typealias RunID = Identifier<Run>
