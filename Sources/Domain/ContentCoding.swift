// The form in which values are kept by content: numbers in seven-bit groups, counted bytes. Reading is total: bytes that somebody
// damaged give nil and never more memory than they are long.

/// Writes values one after the other.
public struct ContentWriter {
  public private(set) var bytes: [UInt8] = []

  public init() {}

  /// LEB128, unsigned.
  public mutating func add(_ number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  /// A number that is not negative; a negative one counts as 0.
  public mutating func add(_ number: Int) { add(UInt64(max(0, number))) }
  public mutating func add(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

  public mutating func add(_ text: String) { add(Array(text.utf8)) }

  public mutating func add(_ content: [UInt8]) {
    add(content.count)
    bytes += content
  }

  public mutating func add(_ text: String?) {
    add(text != nil)
    if let text { add(text) }
  }

  /// A number of fixed width, little end first: where a reader jumps.
  public mutating func addFixed(_ number: UInt64) { withUnsafeBytes(of: number.littleEndian) { bytes += $0 } }

  public mutating func add<Element>(_ elements: [Element], _ write: (inout ContentWriter, Element) -> Void) {
    add(elements.count)
    for element in elements { write(&self, element) }
  }
}

/// Reads what a `ContentWriter` wrote.
public struct ContentReader {
  /// The bytes are not what was expected.
  public struct Malformed: Error {
    public init() {}
  }

  private let bytes: [UInt8]
  private var position = 0

  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  public var isAtEnd: Bool { position == bytes.count }

  public mutating func number() throws(Malformed) -> UInt64 {
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while position < bytes.count, shift < 64 {
      let byte = bytes[position]
      position += 1
      result |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return result }
      shift += 7
    }
    throw Malformed()
  }

  public mutating func integer() throws(Malformed) -> Int {
    guard let number = Int(exactly: try number()) else { throw Malformed() }
    return number
  }

  public mutating func flag() throws(Malformed) -> Bool {
    guard position < bytes.count else { throw Malformed() }
    position += 1
    return bytes[position - 1] != 0
  }

  public mutating func content() throws(Malformed) -> [UInt8] {
    let count = try integer()
    guard count <= bytes.count - position else { throw Malformed() }
    position += count
    return Array(bytes[(position - count)..<position])
  }

  public mutating func text() throws(Malformed) -> String { String(decoding: try content(), as: UTF8.self) }
  public mutating func optionalText() throws(Malformed) -> String? { try flag() ? try text() : nil }

  public mutating func fixed() throws(Malformed) -> UInt64 {
    guard bytes.count - position >= 8 else { throw Malformed() }
    let number = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: UInt64.self) }
    position += 8
    return UInt64(littleEndian: number)
  }

  public mutating func list<Element>(
    _ read: (inout ContentReader) throws(Malformed) -> Element
  ) throws(Malformed) -> [Element] {
    let count = try integer()
    // Each element has at least one byte.
    guard count <= bytes.count - position else { throw Malformed() }
    var elements: [Element] = []
    elements.reserveCapacity(count)
    for _ in 0..<count { elements.append(try read(&self)) }
    return elements
  }
}
