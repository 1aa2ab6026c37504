// Header fields in their order, found by name whatever its case.

/// Header fields; a name may stand more than once.
public struct HTTPHeaders: Sendable, Hashable, ExpressibleByDictionaryLiteral {
  /// One field as it was written.
  public struct Field: Sendable, Hashable {
    public var name: String
    public var value: String
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public private(set) var fields: [Field]

  public init(_ fields: [Field] = []) { self.fields = fields }

  public init(dictionaryLiteral elements: (String, String)...) { fields = elements.map { Field($0, $1) } }

  /// The first value of a name, whatever its case. Setting replaces every field of the name.
  public subscript(name: String) -> String? {
    get { fields.first { Self.isSame($0.name, name) }?.value }
    set {
      fields.removeAll { Self.isSame($0.name, name) }
      if let newValue { fields.append(Field(name, newValue)) }
    }
  }

  /// Every value of a name, in order.
  public func all(_ name: String) -> [String] { fields.filter { Self.isSame($0.name, name) }.map(\.value) }

  /// Adds a field and keeps those of the same name.
  public mutating func add(_ name: String, _ value: String) { fields.append(Field(name, value)) }

  private static func isSame(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && zip(left.utf8, right.utf8).allSatisfy { lower($0) == lower($1) }
  }

  private static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}

extension HTTPHeaders {
  /// What a server's header line says, without its line end; nil for a line without a colon.
  static func field(ofLine line: some Collection<UInt8>) -> Field? {
    guard let colon = line.firstIndex(of: 0x3A) else { return nil }
    let name = String(decoding: line[..<colon], as: UTF8.self)
    let value = line[line.index(after: colon)...]
    let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }
    let bare = Array(value.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    return Field(name, String(decoding: bare, as: UTF8.self))
  }

  /// Why a field cannot be sent, without its value; nil when it can.
  static func problem(name: String, value: String) -> String? {
    guard !name.isEmpty, name.utf8.allSatisfy(isTokenByte) else { return "a header has a malformed name" }
    guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else { return "the header \(name) holds a control character" }
    return nil
  }

  /// The bytes of names in RFC 9110, section 5.6.2.
  private static func isTokenByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
  }
}
