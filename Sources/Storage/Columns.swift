// From values to columns and back: the only place that knows how a Swift type is kept in a column.

import Domain

/// Reads a row's columns from left to right. A column of the wrong type or with an unknown word is `corrupt`.
public struct Columns {
  private let row: any SQLRow
  private var next = 0

  init(_ row: any SQLRow) { self.row = row }

  private mutating func advance() -> Int {
    defer { next += 1 }
    return next
  }

  private func present<Value>(_ value: Value?) throws(StoreError) -> Value {
    guard let value else {
      throw StoreError(.corrupt, "stored row cannot be read: column \(next) has another type or an unknown value; restore a backup")
    }
    return value
  }

  public mutating func optionalText() -> String? { row.text(advance()) }
  public mutating func text() throws(StoreError) -> String { try present(row.text(advance())) }
  mutating func bytes() throws(StoreError) -> [UInt8] { try present(row.blob(advance())) }
  mutating func optionalBytes() -> [UInt8]? { row.blob(advance()) }
  mutating func real() throws(StoreError) -> Double { try present(row.real(advance())) }
  public mutating func integer() throws(StoreError) -> Int { Int(try present(row.integer(advance()))) }
  mutating func optionalInteger() -> Int? { row.integer(advance()).map(Int.init) }
  mutating func flag() throws(StoreError) -> Bool { try integer() != 0 }
  mutating func time() throws(StoreError) -> Timestamp { Timestamp(milliseconds: try present(row.integer(advance()))) }
  mutating func optionalTime() -> Timestamp? { row.integer(advance()).map(Timestamp.init(milliseconds:)) }
  mutating func id<Subject>() throws(StoreError) -> Identifier<Subject> { Identifier(rawValue: try text()) }

  mutating func objectID() throws(StoreError) -> ObjectID { try present(ObjectID(try text())) }

  mutating func optionalObjectID() throws(StoreError) -> ObjectID? {
    guard let hex = optionalText() else { return nil }
    return try present(ObjectID(hex))
  }

  /// An enumeration that is kept as its word.
  mutating func word<Word: RawRepresentable>() throws(StoreError) -> Word where Word.RawValue == String {
    try present(Word(rawValue: try text()))
  }
}

extension SQLValue {
  /// Text as both databases can keep it: PostgreSQL has no U+0000, so it becomes U+FFFD in both.
  static func of(_ text: String) -> SQLValue {
    text.utf8.contains(0) ? .text(text.replacing("\0", with: "\u{FFFD}")) : .text(text)
  }

  static func of(_ text: String?) -> SQLValue { text.map { .of($0) } ?? .null }
  static func of(_ number: Int) -> SQLValue { .integer(Int64(number)) }
  static func of(_ number: Int?) -> SQLValue { number.map { .of($0) } ?? .null }
  static func of(_ flag: Bool) -> SQLValue { .integer(flag ? 1 : 0) }
  static func of(_ time: Timestamp) -> SQLValue { .integer(time.milliseconds) }
  static func of(_ time: Timestamp?) -> SQLValue { time.map { .of($0) } ?? .null }
  static func of<Subject>(_ id: Identifier<Subject>) -> SQLValue { .of(id.rawValue) }
  static func of(_ object: ObjectID) -> SQLValue { .text(object.hex) }
  static func of(_ object: ObjectID?) -> SQLValue { object.map { .of($0) } ?? .null }
  static func of(_ word: some RawRepresentable<String>) -> SQLValue { .text(word.rawValue) }
}
